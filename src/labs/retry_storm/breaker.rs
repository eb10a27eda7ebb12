//! A circuit breaker over a count of calls, and the intervals of a backoff, as Resilience4j 2.4 has them.

use std::collections::VecDeque;

use rand::RngExt as _;

use crate::labs::Chance;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Closed,
    /// Until this moment, in milliseconds.
    Open {
        until: u64,
    },
    /// So many trial calls may still go out.
    HalfOpen {
        permits: u32,
    },
}

/// Source: `CircuitBreakerStateMachine`, Resilience4j 2.4.0, sliding window `COUNT_BASED`. Left out: slow calls, automatic
/// transition.
#[derive(Clone, Debug)]
pub struct Breaker {
    /// `slidingWindowSize`.
    pub window: usize,
    /// `minimumNumberOfCalls`; never more than the window.
    pub minimum: usize,
    /// `failureRateThreshold`, in percent.
    pub threshold: u32,
    /// `waitDurationInOpenState`, in milliseconds.
    pub wait: u64,
    /// `permittedNumberOfCallsInHalfOpenState`.
    pub half: u32,
    pub state: State,
    /// The last calls, true for a failure.
    calls: VecDeque<bool>,
}

impl Breaker {
    pub const fn new(window: usize, minimum: usize, threshold: u32, wait: u64, half: u32) -> Self {
        Self { window, minimum, threshold, wait, half, state: State::Closed, calls: VecDeque::new() }
    }

    /// Whether a call may go out now.
    pub fn permits(&mut self, now: u64) -> bool {
        if let State::Open { until } = self.state
            && now > until
        {
            self.state = State::HalfOpen { permits: self.half };
            self.calls.clear();
        }
        match &mut self.state {
            State::Closed => true,
            State::Open { .. } => false,
            State::HalfOpen { permits } => {
                let permitted = *permits > 0;
                *permits = permits.saturating_sub(1);
                permitted
            }
        }
    }

    /// A call that went out has ended. It counts in the state of now, whichever it began in.
    pub fn ended(&mut self, now: u64, failed: bool) {
        let size = if matches!(self.state, State::HalfOpen { .. }) { self.half as usize } else { self.window };
        self.calls.push_back(failed);
        while self.calls.len() > size {
            self.calls.pop_front();
        }
        let Some(rate) = self.failure_rate() else { return };
        let above = rate >= f64::from(self.threshold);
        match self.state {
            State::Closed | State::HalfOpen { .. } if above => self.state = State::Open { until: now + self.wait },
            State::HalfOpen { .. } => {
                self.state = State::Closed;
                self.calls.clear();
            }
            State::Closed | State::Open { .. } => {}
        }
    }

    /// In percent; None while there are too few calls to say.
    pub fn failure_rate(&self) -> Option<f64> {
        let least = match self.state {
            State::HalfOpen { .. } => self.minimum.min(self.half as usize),
            State::Closed | State::Open { .. } => self.minimum.min(self.window),
        };
        let failed = self.calls.iter().filter(|failed| **failed).count();
        #[expect(clippy::cast_precision_loss, reason = "at most some hundred calls")]
        let rate = failed as f64 * 100.0 / self.calls.len().max(1) as f64;
        (self.calls.len() >= least.max(1)).then_some(rate)
    }
}

/// How the wait before a retry is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// At once.
    NoWait,
    /// `initial · multiplier^(attempt − 1)`.
    Exponential,
    /// The same, ± half of it: Resilience4j's `ofExponentialRandomBackoff`.
    Randomized,
    /// From nothing to the whole. Source of the last three: “Exponential backoff and jitter”, AWS Architecture Blog.
    Full,
    /// From half to the whole.
    Equal,
    /// From the initial wait to three times the last one.
    Decorrelated,
}

impl Jitter {
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::NoWait, "no wait"),
        (Self::Exponential, "exponential, no jitter"),
        (Self::Randomized, "exponential ± 50 %"),
        (Self::Full, "full jitter"),
        (Self::Equal, "equal jitter"),
        (Self::Decorrelated, "decorrelated jitter"),
    ];

    /// The wait before the retry after the `attempt`th attempt, in milliseconds; `last` is the wait before this one.
    pub fn wait(self, initial: u64, multiplier: f64, attempt: u32, last: u64, chance: &mut Chance) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a wait"
        )]
        let whole = (initial as f64 * multiplier.powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(0))) as u64;
        let whole = whole.min(LONGEST);
        match self {
            Self::NoWait => 0,
            Self::Exponential => whole,
            Self::Randomized => chance.random_range(whole / 2..=whole + whole / 2),
            Self::Full => chance.random_range(0..=whole),
            Self::Equal => chance.random_range(whole / 2..=whole),
            Self::Decorrelated => chance.random_range(initial..=(last.max(initial) * 3).min(LONGEST).max(initial)),
        }
    }
}

/// The cap of every backoff, in milliseconds.
pub const LONGEST: u64 = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vectors {
        breakers: Vec<Case>,
        backoffs: Vec<Backoff>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        window: usize,
        minimum: usize,
        half: u32,
        threshold: u32,
        wait: u64,
        /// `c`: a call asks to go out; `e`, `s`: one that did ends in an error, in success; `w`: 100 ms pass.
        script: String,
        /// The state after each: `C`, `O`, `H`, small when the call was permitted.
        states: String,
    }

    #[derive(serde::Deserialize)]
    struct Backoff {
        initial: u64,
        multiplier: f64,
        factor: f64,
        /// The least and the most of 20,000 draws, by attempt.
        intervals: Vec<(u64, u64)>,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../../../tests/vectors/retry-resilience4j.json")).unwrap()
    }

    /// What Resilience4j 2.4.0 did with the same calls.
    #[test]
    fn the_breaker_is_in_the_state_that_resilience4j_is_in() {
        let cases = vectors().breakers;
        assert!(cases.len() >= 200);
        for case in cases {
            let mut breaker = Breaker::new(case.window, case.minimum, case.threshold, case.wait, case.half);
            let mut now = 0;
            for (index, (event, state)) in case.script.chars().zip(case.states.chars()).enumerate() {
                let mut permitted = false;
                match event {
                    'c' => permitted = breaker.permits(now),
                    'w' => now += 100,
                    _ => breaker.ended(now, event == 'e'),
                }
                let found = match breaker.state {
                    State::Closed => 'C',
                    State::Open { .. } => 'O',
                    State::HalfOpen { .. } => 'H',
                };
                let found = if permitted { found.to_ascii_lowercase() } else { found };
                assert_eq!(found, state, "event {index} of {} in {:?}", case.script, breaker);
            }
        }
    }

    /// The same bounds as `IntervalFunction`, within the rounding of a draw.
    #[test]
    fn the_backoff_waits_as_long_as_resilience4j() {
        let mut chance = Chance::from_seed(1);
        for case in vectors().backoffs.iter().filter(|case| [0.0, 0.5].contains(&case.factor)) {
            let jitter = if case.factor == 0.0 { Jitter::Exponential } else { Jitter::Randomized };
            for ((least, most), attempt) in case.intervals.iter().zip(1..) {
                for _ in 0..2_000 {
                    let wait = jitter.wait(case.initial, case.multiplier, attempt, 0, &mut chance);
                    assert!((least.saturating_sub(2)..=most + 2).contains(&wait), "{wait} of {least} to {most}");
                }
            }
        }
    }
}
