//! Callers, attempts and a service with a queue, from event to event; a step is a tenth of a second of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::breaker::{Breaker, Jitter, State};
use crate::labs::{Chance, Log};

/// Milliseconds of a step.
pub const TICK: u64 = 100;
/// Steps that the charts show.
pub const COURSE: usize = 60;
/// How much slower the service becomes when it is slowed.
const SLOWED: u64 = 8;
/// Retries that the budget can save up.
const BUDGET_MOST: f64 = 10.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A worker is done with an attempt.
    Done(u64),
    /// The caller of an attempt waits no longer.
    TimedOut(u64),
    /// A request makes its next attempt.
    Attempt(u64),
    /// A user's request comes in.
    Arrives,
}

/// A request under way.
#[derive(Clone, Debug)]
struct Request {
    attempts: u32,
    last_wait: u64,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    pub arrived: u64,
    pub attempts: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    /// Turned away by the service: its queue is full, or it is down.
    pub refused: u64,
    /// Not sent, for the breaker was open or the bulkhead full.
    pub held_back: u64,
    /// Retries that the budget did not allow.
    pub over_budget: u64,
    /// Work that the service finished for callers who had gone.
    pub wasted: u64,
}

#[derive(Clone)]
pub struct Storm {
    chance: Chance,
    pub now: u64,
    // The callers
    pub rate: u64,
    pub max_attempts: u32,
    pub timeout: u64,
    pub initial: u64,
    pub multiplier: f64,
    pub jitter: Jitter,
    /// Retries allowed for each hundred requests; None allows all.
    pub budget: Option<u64>,
    tokens: f64,
    pub breaker_on: bool,
    pub breaker: Breaker,
    /// `maxConcurrentCalls`; None is no bulkhead.
    pub bulkhead: Option<u64>,
    pub in_flight: u64,
    // The service
    pub workers: u64,
    pub service_time: u64,
    pub queue_capacity: usize,
    pub slow: bool,
    pub down: bool,
    pub queue: VecDeque<u64>,
    busy: BTreeSet<u64>,
    // Under way
    events: BTreeMap<(u64, u64), Event>,
    turn: u64,
    requests: BTreeMap<u64, Request>,
    /// The request of each attempt whose caller still waits.
    waiting: BTreeMap<u64, u64>,
    next_request: u64,
    next_attempt: u64,
    /// Arrivals that are due, in thousandths.
    owed: u64,
    // What there is to see
    pub course: VecDeque<Tick>,
    pub total: Tick,
    pub opened: u64,
    /// Requests that had come in when the breaker first opened.
    pub requests_at_opening: Option<u64>,
    pub most_attempts_of_a_tick: u64,
    pub longest_queue: usize,
    pub says: String,
}

impl Storm {
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::from_seed(seed),
            now: 0,
            rate: 80,
            max_attempts: 3,
            timeout: 500,
            initial: 100,
            multiplier: 2.0,
            jitter: Jitter::NoWait,
            budget: None,
            tokens: BUDGET_MOST,
            breaker_on: false,
            breaker: Breaker::new(100, 100, 50, 2_000, 10),
            bulkhead: None,
            in_flight: 0,
            workers: 6,
            service_time: 50,
            queue_capacity: 1_000,
            slow: false,
            down: false,
            queue: VecDeque::new(),
            busy: BTreeSet::new(),
            events: BTreeMap::new(),
            turn: 0,
            requests: BTreeMap::new(),
            waiting: BTreeMap::new(),
            next_request: 0,
            next_attempt: 0,
            owed: 0,
            course: VecDeque::new(),
            total: Tick::default(),
            opened: 0,
            requests_at_opening: None,
            most_attempts_of_a_tick: 0,
            longest_queue: 0,
            says: "Users check out; every checkout calls payments once.".to_owned(),
        }
    }

    /// Milliseconds that a worker takes for an attempt now.
    pub const fn takes(&self) -> u64 {
        if self.slow { self.service_time * SLOWED } else { self.service_time }
    }

    /// Attempts a second that the service can do now.
    pub const fn capacity(&self) -> u64 {
        if self.down { 0 } else { self.workers * 1_000 / self.takes() }
    }

    pub fn last(&self) -> Tick {
        self.course.back().copied().unwrap_or_default()
    }

    /// Over the last second: successes, attempts for each request.
    pub fn goodput(&self) -> u64 {
        self.course.iter().rev().take(10).map(|tick| tick.succeeded).sum()
    }

    pub fn attempts_a_second(&self) -> u64 {
        self.course.iter().rev().take(10).map(|tick| tick.attempts).sum()
    }

    pub fn step(&mut self, log: &mut Log) {
        let mut tick = Tick::default();
        let end = self.now + TICK;
        self.owed += self.rate * TICK;
        let arrivals = self.owed / 1_000;
        self.owed %= 1_000;
        for n in 0..arrivals {
            self.at(self.now + n * TICK / arrivals.max(1), Event::Arrives);
        }
        let was_open = matches!(self.breaker.state, State::Open { .. });
        while let Some((&(at, turn), &event)) = self.events.first_key_value()
            && at < end
        {
            self.events.remove(&(at, turn));
            self.now = at;
            self.carry_out(event, &mut tick);
        }
        self.now = end;
        self.longest_queue = self.longest_queue.max(self.queue.len());
        self.most_attempts_of_a_tick = self.most_attempts_of_a_tick.max(tick.attempts);
        let is_open = matches!(self.breaker.state, State::Open { .. });
        self.add(tick);
        self.tell(tick, was_open, is_open, log);
        self.course.push_back(tick);
        if self.course.len() > COURSE {
            self.course.pop_front();
        }
    }

    /// Many requests at the same moment, as a job on the hour makes them.
    pub fn burst(&mut self, count: u64, log: &mut Log) {
        for _ in 0..count {
            self.at(self.now, Event::Arrives);
        }
        self.says = format!("{count} requests at the same millisecond, as a job on the hour makes them.");
        log.bad(self.now, &self.says);
    }

    fn add(&mut self, tick: Tick) {
        let total = &mut self.total;
        total.arrived += tick.arrived;
        total.attempts += tick.attempts;
        total.succeeded += tick.succeeded;
        total.failed += tick.failed;
        total.timed_out += tick.timed_out;
        total.refused += tick.refused;
        total.held_back += tick.held_back;
        total.over_budget += tick.over_budget;
        total.wasted += tick.wasted;
    }

    fn tell(&mut self, tick: Tick, was_open: bool, is_open: bool, log: &mut Log) {
        if is_open && !was_open {
            self.says = format!(
                "The breaker opens: {} % or more of the last calls failed. For {} ms no call goes out.",
                self.breaker.threshold, self.breaker.wait
            );
            log.bad(self.now, &self.says);
            return;
        }
        if was_open && !is_open {
            self.says = "The breaker lets trial calls through.".into();
            log.say(self.now, &self.says);
            return;
        }
        let Tick { arrived, attempts, succeeded, timed_out, refused, held_back, over_budget, wasted, .. } = tick;
        let mut says = format!("{arrived} requests made {attempts} attempts; {succeeded} succeeded");
        for (count, what) in [
            (timed_out, "timed out"),
            (refused, "were refused"),
            (held_back, "were held back"),
            (over_budget, "were not retried, the budget being spent"),
        ] {
            if count > 0 {
                says.push_str(", ");
                says.push_str(&count.to_string());
                says.push(' ');
                says.push_str(what);
            }
        }
        says.push('.');
        if wasted > 0 {
            says.push_str(" Payments finished ");
            says.push_str(&wasted.to_string());
            says.push_str(" for callers who had gone.");
        }
        self.says = says;
        if succeeded * 2 < arrived {
            log.bad(self.now, &self.says);
        } else {
            log.say(self.now, &self.says);
        }
    }

    fn at(&mut self, at: u64, event: Event) {
        self.turn += 1;
        self.events.insert((at, self.turn), event);
    }

    fn carry_out(&mut self, event: Event, tick: &mut Tick) {
        match event {
            Event::Arrives => {
                tick.arrived += 1;
                let id = self.next_request;
                self.next_request += 1;
                self.requests.insert(id, Request { attempts: 0, last_wait: 0 });
                #[expect(clippy::cast_precision_loss, reason = "a percentage")]
                let earned = self.budget.unwrap_or_default() as f64 / 100.0;
                self.tokens = (self.tokens + earned).min(BUDGET_MOST);
                self.attempt(id, tick);
            }
            Event::Attempt(id) => self.attempt(id, tick),
            Event::TimedOut(attempt) => {
                if let Some(request) = self.waiting.remove(&attempt) {
                    tick.timed_out += 1;
                    self.in_flight -= 1;
                    self.failed(request, true, tick);
                }
            }
            Event::Done(attempt) => {
                self.busy.remove(&attempt);
                if let Some(request) = self.waiting.remove(&attempt) {
                    self.in_flight -= 1;
                    tick.succeeded += 1;
                    self.requests.remove(&request);
                    if self.breaker_on {
                        self.breaker.ended(self.now, false);
                    }
                } else {
                    tick.wasted += 1;
                }
                self.work();
            }
        }
    }

    /// The order of Resilience4j's annotations: Retry ( CircuitBreaker ( Bulkhead ( call ))).
    fn attempt(&mut self, id: u64, tick: &mut Tick) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.attempts += 1;
        if self.breaker_on && !self.breaker.permits(self.now) {
            tick.held_back += 1;
            self.failed(id, false, tick);
            return;
        }
        if self.bulkhead.is_some_and(|most| self.in_flight >= most) {
            tick.held_back += 1;
            self.failed(id, true, tick);
            return;
        }
        tick.attempts += 1;
        if self.down || self.queue.len() >= self.queue_capacity {
            tick.refused += 1;
            self.failed(id, true, tick);
            return;
        }
        let attempt = self.next_attempt;
        self.next_attempt += 1;
        self.waiting.insert(attempt, id);
        self.in_flight += 1;
        self.queue.push_back(attempt);
        self.at(self.now + self.timeout, Event::TimedOut(attempt));
        self.work();
    }

    /// An attempt failed: the request is tried again, or has failed.
    fn failed(&mut self, id: u64, counts: bool, tick: &mut Tick) {
        if self.breaker_on && counts {
            let open = matches!(self.breaker.state, State::Open { .. });
            self.breaker.ended(self.now, true);
            if !open && matches!(self.breaker.state, State::Open { .. }) {
                self.opened += 1;
                self.requests_at_opening.get_or_insert(self.next_request);
            }
        }
        let Some(request) = self.requests.get(&id) else { return };
        let (attempts, last_wait) = (request.attempts, request.last_wait);
        let again = attempts < self.max_attempts;
        let allowed = self.budget.is_none() || self.tokens >= 1.0;
        if again && allowed {
            if self.budget.is_some() {
                self.tokens -= 1.0;
            }
            let wait = self.jitter.wait(self.initial, self.multiplier, attempts, last_wait, &mut self.chance);
            if let Some(request) = self.requests.get_mut(&id) {
                request.last_wait = wait;
            }
            self.at(self.now + wait.max(1), Event::Attempt(id));
        } else {
            tick.over_budget += u64::from(again);
            tick.failed += 1;
            self.requests.remove(&id);
        }
    }

    /// Free workers take from the queue, whether or not the caller still waits.
    fn work(&mut self) {
        while (self.busy.len() as u64) < self.workers && !self.down {
            let Some(attempt) = self.queue.pop_front() else { return };
            self.busy.insert(attempt);
            self.at(self.now + self.takes(), Event::Done(attempt));
        }
    }

    /// The service goes down, and what it held is lost; or comes back.
    pub fn set_down(&mut self, down: bool) {
        self.down = down;
        if down {
            self.queue.clear();
            self.busy.clear();
            self.events.retain(|_, event| !matches!(event, Event::Done(_)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Requests are neither lost nor made up, the budget and the bulkhead hold, whatever happens to the service.
        #[test]
        fn every_request_ends_once_and_limits_hold(
            seed in 0u64..50, budget in prop::option::of(0u64..40), bulkhead in prop::option::of(1u64..20),
            breaker in any::<bool>(), attempts in 1u32..6, faults in prop::collection::vec(0u8..12, 60),
        ) {
            let mut storm = Storm::new(seed);
            (storm.budget, storm.bulkhead, storm.breaker_on, storm.max_attempts) = (budget, bulkhead, breaker, attempts);
            let mut log = Log::default();
            for fault in faults {
                match fault {
                    0 => storm.slow = !storm.slow,
                    1 => storm.set_down(!storm.down),
                    2 => storm.burst(50, &mut log),
                    _ => {}
                }
                storm.step(&mut log);
                let total = storm.total;
                let under_way = storm.requests.len() as u64;
                prop_assert_eq!(total.arrived, total.succeeded + total.failed + under_way);
                prop_assert!(total.attempts <= total.arrived * u64::from(attempts));
                if let Some(most) = bulkhead {
                    prop_assert!(storm.in_flight <= most);
                }
                if let Some(budget) = budget {
                    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                    let most = total.arrived as f64 * (1.0 + budget as f64 / 100.0) + BUDGET_MOST + 1.0;
                    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                    let attempts = total.attempts as f64;
                    prop_assert!(attempts <= most, "{attempts} attempts, at most {most}");
                }
                prop_assert_eq!(storm.in_flight, storm.waiting.len() as u64);
                prop_assert!(storm.busy.len() as u64 <= storm.workers && storm.queue.len() <= storm.queue_capacity);
            }
        }
    }
}
