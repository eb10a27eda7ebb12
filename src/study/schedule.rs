//! When a card comes back: FSRS-6 through the `fsrs` crate, with Anki's learning steps and fuzz.
//!
//! A pure function of the reviews so far: replaying the log gives the same state to the bit.

use std::fmt;

use fsrs::{FSRS, MemoryState, NextStates};
use serde::{Deserialize, Serialize};

use super::fact::Grade;
use crate::ids::CardId;
use crate::time::{Day, Moment, Timestamp};

/// What FSRS knows of a card: stability in days, difficulty 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub stability: f32,
    pub difficulty: f32,
}

/// Where a card stands between new and known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    #[default]
    New,
    /// On the given learning step.
    Learning(u8),
    Review,
    /// Forgotten, and on the given step back.
    Relearning(u8),
}

/// The schedule of one card. An imported card's is written down, so its fields keep their names and meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub phase: Phase,
    pub memory: Option<Memory>,
    /// When it is due; None while new.
    pub due: Option<Timestamp>,
    pub last_review: Option<Moment>,
    /// Days given at the last review; 0 within the steps.
    pub interval_days: u32,
    pub reps: u32,
    pub lapses: u32,
}

/// Share of cards that shall be recalled when they come due.
pub const DESIRED_RETENTION: f32 = 0.90;
/// Learning steps in seconds, as in Anki's defaults.
const LEARNING_STEPS: [i64; 2] = [60, 600];
const RELEARNING_STEPS: [i64; 1] = [600];
/// No interval is longer than this many days.
pub const LONGEST_INTERVAL: u32 = 36_500;

/// How long until a card comes back, as a grade button shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    Secs(i64),
    Days(u32),
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Secs(secs) => write!(f, "{} min", (secs + 59) / 60),
            Self::Days(days) if days < 31 => write!(f, "{days} d"),
            Self::Days(days) if days < 365 => write!(f, "{:.1} mo", f64::from(days) / 30.44),
            Self::Days(days) => write!(f, "{:.1} y", f64::from(days) / 365.25),
        }
    }
}

/// Probability, 0 to 1, that a card is recalled `elapsed_days` after its last review, under the default parameters.
pub fn predicted_recall(memory: Memory, elapsed_days: f32) -> f32 {
    recall_with(memory, elapsed_days, fsrs::FSRS6_DEFAULT_DECAY)
}

/// As [`predicted_recall`], under parameters with the decay `d`.
///
/// FSRS-6 forgetting curve, `(1 + f·t/S)^-d` with `f = 0.9^(-1/d) - 1`, so that it is 0.9 at `t = S`.
/// `S` is the stability in days. Source: `current_retrievability` of the `fsrs` crate, 6.6.
pub fn recall_with(memory: Memory, elapsed_days: f32, decay: f32) -> f32 {
    fsrs::current_retrievability(raw(memory), elapsed_days.max(0.0), decay)
}

/// The weights that the schedule works with: those that fit most people, or the reader's own.
#[derive(Clone, Debug)]
pub struct Parameters {
    fsrs: FSRS,
    decay: f32,
}

/// Where the decay stands among the 21 weights of FSRS-6.
const DECAY_AT: usize = 20;

impl Default for Parameters {
    fn default() -> Self {
        Self { fsrs: FSRS::default(), decay: fsrs::FSRS6_DEFAULT_DECAY }
    }
}

impl Parameters {
    /// None unless they are the 21 finite weights of FSRS-6.
    pub fn new(weights: &[f32]) -> Option<Self> {
        let decay = *weights.get(DECAY_AT)?;
        let fsrs = FSRS::new(weights).ok().filter(|_| weights.len() == DECAY_AT + 1)?;
        weights.iter().all(|weight| weight.is_finite()).then_some(Self { fsrs, decay })
    }

    pub const fn decay(&self) -> f32 {
        self.decay
    }

    fn next_states(&self, memory: Option<Memory>, elapsed_days: u32) -> Option<NextStates> {
        self.fsrs.next_states(memory.map(raw), DESIRED_RETENTION, elapsed_days).ok()
    }

    /// The memory of a card that stood at `base`, after more reviews under these parameters alone.
    pub fn memory(&self, base: &Schedule, reviews: &[(Grade, Moment)]) -> Option<Memory> {
        let (mut memory, mut last) = (base.memory, base.last_review);
        for (grade, at) in reviews {
            let states = self.next_states(memory, elapsed_between(last, *at))?;
            memory = Some(memory_of(&states, *grade));
            last = Some(*at);
        }
        memory
    }
}

/// Whole study days between two reviews.
fn elapsed_between(last: Option<Moment>, at: Moment) -> u32 {
    let days = last.map_or(0, |last| Day::days_since(at.day(), last.day()).max(0));
    u32::try_from(days).unwrap_or_default()
}

const fn memory_of(states: &NextStates, grade: Grade) -> Memory {
    let state = match grade {
        Grade::Again => &states.again,
        Grade::Hard => &states.hard,
        Grade::Good => &states.good,
        Grade::Easy => &states.easy,
    };
    Memory { stability: state.memory.stability, difficulty: state.memory.difficulty }
}

/// The memory of a card that was scheduled by SM-2: `ease` as a factor (2.5), the interval in days. None when they make
/// no sense. Source: `memory_state_from_sm2` of the `fsrs` crate, at the retention of 0.9 that SM-2 is taken to have.
pub fn memory_from_sm2(ease: f32, interval_days: f32) -> Option<Memory> {
    let found = FSRS::default().memory_state_from_sm2(ease, interval_days, DESIRED_RETENTION).ok()?;
    Memory { stability: found.stability, difficulty: found.difficulty }.sane()
}

impl Memory {
    /// The same, if a review could have led to it.
    pub fn sane(self) -> Option<Self> {
        let stable = self.stability.is_finite() && (0.001..=36_500.0).contains(&self.stability);
        (stable && self.difficulty.is_finite() && (1.0..=10.0).contains(&self.difficulty)).then_some(self)
    }
}

const fn raw(memory: Memory) -> MemoryState {
    MemoryState { stability: memory.stability, difficulty: memory.difficulty }
}

/// What the plan asks of every card beyond its memory. Applied when a due date is asked for and never written down, so that a
/// change of plan takes effect at once and replaying the log gives the same memory whatever was planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Share of cards that shall be recalled when they come due.
    pub retention: f32,
    /// No card waits longer than for the day before this one.
    pub interview: Option<Day>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { retention: DESIRED_RETENTION, interview: None }
    }
}

impl Policy {
    /// How much longer a card waits at a retention than at [`DESIRED_RETENTION`].
    ///
    /// From the forgetting curve, recall `r` comes after `S·(r^(-1/d) - 1) / (0.9^(-1/d) - 1)` days.
    pub(super) fn stretch(retention: f32) -> f32 {
        let after = |retention: f32| retention.powf(-1.0 / fsrs::FSRS6_DEFAULT_DECAY) - 1.0;
        after(retention) / after(DESIRED_RETENTION)
    }

    /// The day on which a card is due that was reviewed on `from` and given so many days at [`DESIRED_RETENTION`]. A card reviewed on the eve of the
    /// interview is due on the day itself, which is no day for cards; it is due no later.
    pub fn due_day(&self, from: Day, days: u32) -> Day {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of days"
        )]
        let days = ((days as f32 * Self::stretch(self.retention)).round().max(1.0) as u32).min(LONGEST_INTERVAL);
        let due = from.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
        match self.interview {
            Some(interview) if from < interview => due.min(interview.plus_days(-1).max(from.plus_days(1))),
            _ => due,
        }
    }

    /// What a grade button shows.
    pub fn interval(&self, interval: Interval, today: Day) -> Interval {
        match interval {
            Interval::Days(days) => {
                Interval::Days(u32::try_from(self.due_day(today, days).days_since(today)).unwrap_or_default())
            }
            secs @ Interval::Secs(_) => secs,
        }
    }
}

impl Schedule {
    /// When it is due under the plan; None while new.
    pub fn due(&self, policy: &Policy) -> Option<Timestamp> {
        match (self.phase, self.last_review, self.due) {
            (Phase::Review, Some(last), Some(due)) => {
                let days = Day::of(due, last.offset_secs).days_since(last.day());
                let planned = policy.due_day(last.day(), u32::try_from(days).unwrap_or_default());
                Some(planned.starts_at(last.offset_secs))
            }
            _ => self.due,
        }
    }

    /// The schedule after one more review, under the default parameters.
    pub fn reviewed(&self, card: &CardId, grade: Grade, at: Moment) -> Self {
        self.reviewed_with(&Parameters::default(), card, grade, at)
    }

    /// The schedule after one more review. Fuzz is drawn from the card's id and its number of reviews.
    pub fn reviewed_with(&self, parameters: &Parameters, card: &CardId, grade: Grade, at: Moment) -> Self {
        let Some((memory, interval)) = self.outcome(parameters, card, grade, at) else { return self.clone() };
        let phase = match (self.phase, grade, interval) {
            (_, _, Interval::Days(_)) => Phase::Review,
            (Phase::Review, ..) | (Phase::Relearning(_), Grade::Again, _) => Phase::Relearning(0),
            (Phase::Relearning(step), ..) => Phase::Relearning(step),
            (Phase::Learning(step), Grade::Good, _) => Phase::Learning(step + 1),
            (Phase::Learning(step), Grade::Hard, _) => Phase::Learning(step),
            (Phase::New, Grade::Good, _) => Phase::Learning(1),
            (Phase::New | Phase::Learning(_), ..) => Phase::Learning(0),
        };
        let lapsed = self.phase == Phase::Review && grade == Grade::Again;
        let (due, interval_days) = match interval {
            Interval::Secs(secs) => (at.at.plus_secs(secs), 0),
            Interval::Days(days) => {
                let day = at.day().plus_days(i32::try_from(days).unwrap_or(i32::MAX));
                (day.starts_at(at.offset_secs), days)
            }
        };
        Self {
            phase,
            memory: Some(memory),
            due: Some(due),
            last_review: Some(at),
            interval_days,
            reps: self.reps + 1,
            lapses: self.lapses + u32::from(lapsed),
        }
    }

    /// What each of the four grades would give now.
    pub fn next_intervals(&self, parameters: &Parameters, card: &CardId, at: Moment) -> Vec<Interval> {
        Grade::ALL.into_iter().filter_map(|grade| Some(self.outcome(parameters, card, grade, at)?.1)).collect()
    }

    /// Days since the last review, as a fraction; 0 while new.
    pub fn elapsed_days(&self, now: Timestamp) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "days fit a float")]
        self.last_review.map_or(0.0, |last| now.days_since(last.at) as f32)
    }

    fn outcome(&self, parameters: &Parameters, card: &CardId, grade: Grade, at: Moment) -> Option<(Memory, Interval)> {
        let states = parameters.next_states(self.memory, elapsed_between(self.last_review, at))?;
        let memory = memory_of(&states, grade);
        let days = || Interval::Days(self.days(card, grade, &states));
        let interval = match (self.phase, grade) {
            (Phase::Review, Grade::Again) => Interval::Secs(RELEARNING_STEPS[0]),
            (Phase::Review, _) | (_, Grade::Easy) => days(),
            (Phase::Relearning(step), grade) => step_interval(&RELEARNING_STEPS, step, grade).unwrap_or_else(days),
            (Phase::Learning(step), grade) => step_interval(&LEARNING_STEPS, step, grade).unwrap_or_else(days),
            (Phase::New, grade) => step_interval(&LEARNING_STEPS, 0, grade).unwrap_or_else(days),
        };
        Some((memory, interval))
    }

    /// Whole days for a grade: hard < good < easy holds after rounding and fuzz, as in Anki.
    fn days(&self, card: &CardId, grade: Grade, states: &NextStates) -> u32 {
        // Anki rounds before it fuzzes when a card leaves its steps, and does not on a review.
        let whole = |interval: f32| if self.phase == Phase::Review { interval } else { interval.round().max(1.0) };
        let fuzzed = |interval: f32, least: u32| fuzz(whole(interval), least, fraction(card, self.reps));
        let is_review = self.phase == Phase::Review;
        // What grows beyond the last interval is not fuzzed back to it.
        let more_than_last = |interval: f32| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of days")]
            let grows = is_review && interval.round().max(0.0) as u32 > self.interval_days;
            if grows { self.interval_days + 1 } else { 1 }
        };
        let hard = fuzzed(states.hard.interval, more_than_last(states.hard.interval));
        let after_hard = if is_review { hard + 1 } else { 1 };
        let good = fuzzed(states.good.interval, more_than_last(states.good.interval).max(after_hard));
        match grade {
            Grade::Again => fuzzed(states.again.interval, 1),
            Grade::Hard => hard,
            Grade::Good => good,
            Grade::Easy => fuzzed(states.easy.interval, more_than_last(states.easy.interval).max(good + 1)),
        }
    }
}

/// The next step, or None when the card leaves the steps.
///
/// Hard repeats a step; on the first of several it waits the mean of the first two, on an only one half as long again (Anki).
fn step_interval(steps: &[i64], step: u8, grade: Grade) -> Option<Interval> {
    let at = |index: usize| steps.get(index).copied();
    let step = usize::from(step);
    let secs = match grade {
        Grade::Again => at(0)?,
        Grade::Hard if step == 0 => match at(1) {
            Some(second) => i64::midpoint(at(0)?, second),
            None => at(0)? * 3 / 2,
        },
        Grade::Hard => at(step).or_else(|| steps.last().copied())?,
        Grade::Good => at(step + 1)?,
        Grade::Easy => return None,
    };
    Some(Interval::Secs(secs))
}

/// Spreads an interval so that cards learned together do not stay together.
///
/// From 2.5 days on, ± 1 day and 15 % of what lies between 2.5 and 7 days, 10 % up to 20, 5 % beyond. Source: Anki manual,
/// "fuzz factor", and the ranges of its scheduler.
fn fuzz(interval: f32, least: u32, fraction: f32) -> u32 {
    let longest = LONGEST_INTERVAL.max(least);
    let bounded = |days: f32| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of days")]
        let whole = days.round().max(1.0) as u32;
        whole.clamp(least, longest)
    };
    if interval < 2.5 {
        return bounded(interval);
    }
    let ranges = [(2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, f32::MAX, 0.05)];
    let spread: f32 = ranges.iter().map(|(from, to, share)| share * (interval.min(*to) - from).max(0.0)).sum();
    let delta = 1.0 + spread;
    let (low, high) = ((interval - delta).round().max(2.0), (interval + delta).round());
    bounded(low + fraction * (high - low))
}

/// 0 to 1 from a card and its number of reviews: FNV-1a, so that every machine draws the same.
fn fraction(card: &CardId, reps: u32) -> f32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in card.as_str().bytes().chain(reps.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // FNV's high bits are its best; 24 of them fill a float exactly.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
    let fraction = (hash >> 40) as f32 / (1u32 << 24) as f32;
    fraction
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 86_400_000;

    fn at(millis: i64) -> Moment {
        Moment { at: Timestamp(1_790_000_000_000 + millis), offset_secs: 3600 }
    }

    fn card() -> CardId {
        CardId::new("kafka/isr#shrinks")
    }

    #[test]
    fn a_new_card_goes_through_the_steps_and_graduates() {
        let first = Schedule::default().reviewed(&card(), Grade::Good, at(0));
        assert_eq!((first.phase, first.due), (Phase::Learning(1), Some(at(10 * MINUTE).at)));
        let second = first.reviewed(&card(), Grade::Good, at(10 * MINUTE));
        assert_eq!(second.phase, Phase::Review);
        assert!(second.interval_days >= 1);
        assert!(second.due > Some(at(11 * MINUTE).at));
        assert!(second.due <= Some(at(i64::from(second.interval_days) * DAY).at));
    }

    #[test]
    fn forgetting_is_a_lapse_and_comes_back_in_ten_minutes() {
        let known = Schedule::default().reviewed(&card(), Grade::Easy, at(0));
        let later = at(20 * DAY);
        let lapsed = known.reviewed(&card(), Grade::Again, later);
        assert_eq!((lapsed.phase, lapsed.lapses), (Phase::Relearning(0), 1));
        assert_eq!(lapsed.due, Some(later.at.plus_secs(600)));
        let before = known.memory.unwrap();
        assert!(lapsed.memory.unwrap().stability < before.stability);
    }

    #[test]
    fn a_new_cards_buttons_read_as_in_anki() {
        let texts: Vec<_> = Schedule::default()
            .next_intervals(&Parameters::default(), &card(), at(0))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(texts[..3], ["1 min", "6 min", "10 min"]);
        assert!(texts[3].ends_with(" d"), "{texts:?}");
    }

    /// What Anki answered; `tests/against_real/anki_schedule.py` asks it again.
    #[test]
    fn every_grade_of_every_state_is_as_in_anki() {
        #[derive(serde::Deserialize)]
        struct Vectors {
            cases: Vec<Case>,
        }
        #[derive(serde::Deserialize)]
        struct Case {
            state: State,
            again: After,
            hard: After,
            good: After,
            easy: After,
        }
        #[derive(serde::Deserialize)]
        struct State {
            phase: String,
            #[serde(default)]
            step: u8,
            stability: Option<f32>,
            difficulty: Option<f32>,
            #[serde(default)]
            elapsed: i64,
            #[serde(default)]
            given: u32,
        }
        #[derive(serde::Deserialize)]
        struct After {
            stability: f32,
            difficulty: f32,
            secs: Option<i64>,
            days: Option<(u32, u32)>,
        }
        let vectors: Vectors = serde_json::from_str(include_str!("../../tests/vectors/anki-schedule.json")).unwrap();
        assert!(vectors.cases.len() >= 30);
        for Case { state, again, hard, good, easy } in vectors.cases {
            let phase = match state.phase.as_str() {
                "new" => Phase::New,
                "learning" => Phase::Learning(state.step),
                "relearning" => Phase::Relearning(state.step),
                _ => Phase::Review,
            };
            let memory = state.stability.zip(state.difficulty);
            let now = at(400 * DAY);
            let before = |reps| Schedule {
                phase,
                memory: memory.map(|(stability, difficulty)| Memory { stability, difficulty }),
                last_review: memory.map(|_| at((400 - state.elapsed) * DAY)),
                interval_days: state.given,
                reps,
                ..Schedule::default()
            };
            for (grade, expected) in Grade::ALL.into_iter().zip([again, hard, good, easy]) {
                let about = format!("{grade:?} on {:?}, {:?}, {} days", phase, memory, state.elapsed);
                let after = before(0).reviewed(&card(), grade, now).memory.unwrap();
                assert!(
                    (after.stability - expected.stability).abs() <= 2e-4 * expected.stability.max(1.0),
                    "{about}: {after:?}"
                );
                assert!((after.difficulty - expected.difficulty).abs() < 2e-3, "{about}: {after:?}");
                for reps in 0..200 {
                    let (_, interval) = before(reps).outcome(&Parameters::default(), &card(), grade, now).unwrap();
                    match interval {
                        Interval::Secs(secs) => assert_eq!(Some(secs), expected.secs, "{about}"),
                        Interval::Days(days) => {
                            let (least, most) = expected.days.unwrap_or_else(|| panic!("{about}: {days} days"));
                            assert!((least..=most).contains(&days), "{about}: {days} days, Anki {least} to {most}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn recall_is_ninety_percent_at_the_stability() {
        let memory = Memory { stability: 12.0, difficulty: 5.0 };
        assert!((predicted_recall(memory, 12.0) - 0.9).abs() < 1e-4);
        assert!((predicted_recall(memory, 0.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_lower_retention_waits_longer_and_nothing_waits_past_the_eve() {
        let today = at(0).day();
        let policy =
            |retention, days: Option<i32>| Policy { retention, interview: days.map(|days| today.plus_days(days)) };
        let days = |policy: Policy, days| policy.due_day(today, days).days_since(today);
        assert_eq!(days(policy(0.90, None), 10), 10);
        assert!(days(policy(0.85, None), 10) > 15 && days(policy(0.80, None), 10) > 30);
        assert_eq!(days(policy(0.80, Some(9)), 10), 8, "the eve of the interview");
        assert_eq!(days(policy(0.90, Some(1)), 10), 1);
        assert_eq!(days(policy(0.90, Some(0)), 10), 10, "the interview is over");
    }

    proptest! {
        #[test]
        fn better_grades_never_come_back_sooner(
            grades in proptest::collection::vec(0usize..4, 0..12),
            gaps in proptest::collection::vec(1i64..40, 12),
        ) {
            let mut schedule = Schedule::default();
            let mut now = 0;
            for (grade, gap) in grades.iter().zip(&gaps) {
                schedule = schedule.reviewed(&card(), Grade::ALL[*grade], at(now));
                now += gap * DAY;
            }
            let secs = |interval: &Interval| match *interval {
                Interval::Secs(secs) => secs,
                Interval::Days(days) => i64::from(days) * 86_400,
            };
            let next: Vec<_> = schedule.next_intervals(&Parameters::default(), &card(), at(now)).iter().map(secs).collect();
            prop_assert!(next.is_sorted(), "{:?}", next);
            prop_assert!(next[3] <= i64::from(LONGEST_INTERVAL) * 86_400);
        }

        #[test]
        fn fuzz_stays_near(interval in 0.1f32..2000.0, fraction in 0.0f32..1.0) {
            let days = f64::from(fuzz(interval, 1, fraction));
            let slack = 2.0 + f64::from(interval) * 0.16;
            prop_assert!((days - f64::from(interval)).abs() <= slack, "{days} for {interval}");
        }
    }
}
