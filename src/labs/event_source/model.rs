//! A Lambda function behind an event source mapping: the settings, the function and its calls, and the clock. The two kinds of
//! source are in `queue` and `stream`.

use std::collections::{BTreeMap, BTreeSet};

use super::queue::Queue;
use super::stream::Stream;
use super::words::{many, records};
use crate::labs::Log;

/// A record arrives so often.
const ARRIVES_MILLIS: u64 = 2_000;
/// How long the function takes for a call, and for each record: as a rule, and when what it depends on is slow.
const CALL_MILLIS: u64 = 100;
const RECORD_MILLIS: (u64, u64) = (100, 1_000);
/// The producer pauses while so many records wait, so that a long run stays small.
const MOST_WAITING: usize = 200;
/// Records that wait when the mapping begins.
const WAITING_FIRST: usize = 7;
/// Records whose handling is remembered.
const REMEMBERED: u32 = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Sqs,
    Kinesis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub source: Source,
    /// `BatchSize`.
    pub batch: usize,
    /// `MaximumBatchingWindowInSeconds`, in milliseconds.
    pub window: u64,
    /// `FunctionResponseTypes=ReportBatchItemFailures`.
    pub partial: bool,
    /// The function's `Timeout`.
    pub timeout: u64,
    /// `ReservedConcurrentExecutions`; none is as many as there are.
    pub reserved: Option<usize>,
    /// SQS: `ScalingConfig.MaximumConcurrency`.
    pub max_concurrency: Option<usize>,
    pub visibility: u64,
    pub max_receives: u32,
    /// Streams: `MaximumRetryAttempts`; none is for ever.
    pub attempts: Option<u32>,
    /// `MaximumRecordAgeInSeconds`, in milliseconds.
    pub max_age: Option<u64>,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
    /// `ParallelizationFactor`.
    pub parallel: usize,
}

impl Settings {
    /// As the mapping is created when only source and function are named; the queue with a dead-letter queue.
    pub fn of(source: Source) -> Self {
        Self {
            source,
            batch: if source == Source::Sqs { 10 } else { 100 },
            window: 0,
            partial: false,
            timeout: 3_000,
            reserved: None,
            max_concurrency: None,
            visibility: 30_000,
            max_receives: 3,
            attempts: None,
            max_age: None,
            bisect: false,
            parallel: 1,
        }
    }
}

/// Where a call's records came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Queue,
    /// Index of the lane.
    Lane(usize),
}

/// One invocation under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub from: From,
    pub records: Vec<u32>,
    pub ends: u64,
    pub fails: Failure,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    None,
    /// It throws: nothing is known of single records.
    Throws,
    TimesOut,
    /// It returns which records failed.
    Returns(Vec<u32>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Happening {
    pub says: String,
    pub flow: Vec<String>,
    pub focus: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub invocations: u32,
    pub errors: u32,
    pub throttles: u32,
    pub done: u32,
    /// Dead letters, or discarded to the destination.
    pub dead: u32,
    /// Those of them that had nothing wrong with them.
    pub healthy_dead: u32,
    /// The longest that a record has waited, in milliseconds.
    pub oldest: u64,
}

#[derive(Clone, Debug)]
pub struct Mapping {
    pub now: u64,
    pub settings: Settings,
    pub queue: Queue,
    pub stream: Stream,
    pub calls: Vec<Call>,
    /// Records that the function cannot handle.
    pub poison: BTreeSet<u32>,
    /// How often each record was worked on.
    pub handled: BTreeMap<u32, u32>,
    /// The newest that were given up.
    pub dead: Vec<u32>,
    /// The newest that are done.
    pub done: Vec<u32>,
    pub slow: bool,
    /// Every call throws: a bug was deployed.
    pub broken: bool,
    pub counters: Counters,
    pub last: Happening,
    next_record: u32,
    next_arrival: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Arrives,
    Ends(usize),
    Retries,
    Receives,
    Reads(usize),
}

impl Mapping {
    pub fn new(_seed: u64) -> Self {
        let mut mapping = Self {
            now: 0,
            settings: Settings::of(Source::Sqs),
            queue: Queue::default(),
            stream: Stream::default(),
            calls: Vec::new(),
            poison: BTreeSet::new(),
            handled: BTreeMap::new(),
            dead: Vec::new(),
            done: Vec::new(),
            slow: false,
            broken: false,
            counters: Counters::default(),
            last: Happening::default(),
            next_record: 1,
            next_arrival: ARRIVES_MILLIS,
        };
        mapping.begin(Source::Sqs);
        mapping
    }

    /// Anew, with another source and a few records that wait.
    pub(super) fn begin(&mut self, source: Source) {
        *self = Self {
            now: self.now,
            settings: Settings { source, ..Settings::of(source) },
            queue: Queue::default(),
            stream: Stream::default(),
            calls: Vec::new(),
            poison: BTreeSet::new(),
            handled: BTreeMap::new(),
            dead: Vec::new(),
            done: Vec::new(),
            slow: false,
            broken: false,
            counters: Counters::default(),
            last: Happening::default(),
            next_record: 1,
            next_arrival: self.now + ARRIVES_MILLIS,
        };
        self.stream.lanes(self.settings.parallel);
        for _ in 0..WAITING_FIRST {
            self.arrives();
        }
        let what =
            if source == Source::Sqs { "seven messages wait in the queue" } else { "seven records wait in two shards" };
        self.last.says = format!("The mapping is new; {what}. Another comes every two seconds.");
    }

    /// Moves to the next event that can be seen.
    pub fn step(&mut self, log: &mut Log) {
        // Arrivals pass unseen; what they set off is shown.
        for _ in 0..10_000 {
            let (at, due) = self.next_due();
            self.now = at;
            self.last = Happening::default();
            let seen = match due {
                Due::Arrives => {
                    self.next_arrival = at + ARRIVES_MILLIS;
                    if self.waiting() < MOST_WAITING {
                        self.arrives();
                    }
                    false
                }
                Due::Ends(index) => self.ends(index, log),
                Due::Retries => self.retries_throttled(log),
                Due::Receives => self.receives(log),
                Due::Reads(lane) => self.reads(lane, log),
            };
            self.counters.oldest = self.counters.oldest.max(self.oldest_age());
            if seen {
                return;
            }
        }
    }

    fn next_due(&self) -> (u64, Due) {
        let mut due = vec![(self.next_arrival, Due::Arrives)];
        due.extend(self.calls.iter().enumerate().map(|(index, call)| (call.ends, Due::Ends(index))));
        match self.settings.source {
            Source::Sqs => {
                due.extend(self.queue.retry_at().map(|at| (at, Due::Retries)));
                due.extend(self.receive_at().map(|at| (at, Due::Receives)));
            }
            Source::Kinesis => {
                due.extend(
                    self.stream.read_at(self.now, &self.settings).into_iter().map(|(lane, at)| (at, Due::Reads(lane))),
                );
            }
        }
        let (at, due) = due.into_iter().min().unwrap_or((self.now, Due::Arrives));
        (at.max(self.now), due)
    }

    fn arrives(&mut self) {
        let id = self.next_record;
        self.next_record += 1;
        match self.settings.source {
            Source::Sqs => self.queue.send(id, self.now),
            Source::Kinesis => self.stream.put(id, self.now),
        }
        self.handled.insert(id, 0);
        let keep = id.saturating_sub(REMEMBERED);
        self.handled = self.handled.split_off(&keep);
        self.poison = self.poison.split_off(&keep);
    }

    /// Somebody sends a record that the function cannot handle.
    pub(super) fn send_poison(&mut self, log: &mut Log) {
        let id = self.next_record;
        self.arrives();
        self.poison.insert(id);
        self.last = Happening {
            says: format!("Record {id} is malformed: the function throws on it, every time."),
            ..Happening::default()
        };
        log.bad(self.now, format!("Record {id} arrives; the function cannot handle it"));
    }

    /// How many records have arrived so far.
    #[cfg(test)]
    pub(super) fn sent(&self) -> u32 {
        self.next_record - 1
    }

    /// Records that are neither done nor given up.
    pub fn waiting(&self) -> usize {
        match self.settings.source {
            Source::Sqs => self.queue.messages.len(),
            Source::Kinesis => self.stream.waiting(),
        }
    }

    /// `ApproximateAgeOfOldestMessage` or `IteratorAge`, in milliseconds.
    pub fn oldest_age(&self) -> u64 {
        let oldest = match self.settings.source {
            Source::Sqs => self.queue.messages.iter().map(|message| message.sent).min(),
            Source::Kinesis => self.stream.oldest(),
        };
        oldest.map_or(0, |at| self.now.saturating_sub(at))
    }

    /// Healthy records that were worked on more than once.
    pub fn handled_again(&self) -> usize {
        self.handled.iter().filter(|(id, times)| **times > 1 && !self.poison.contains(id)).count()
    }

    /// Whether the function may run once more at the same time.
    pub(super) fn has_room(&self) -> bool {
        self.settings.reserved.is_none_or(|reserved| self.calls.len() < reserved)
    }

    /// Calls the function with a batch.
    pub(super) fn invoke(&mut self, from: From, batch: Vec<u32>, log: &mut Log) {
        self.counters.invocations += 1;
        let each = if self.slow { RECORD_MILLIS.1 } else { RECORD_MILLIS.0 };
        let bad = |id: &u32| self.poison.contains(id);
        let first_bad = batch.iter().position(bad);
        // A handler that reports goes on past a failure on a queue, and stops at it on a stream, where order counts.
        let stops_at = match (self.settings.partial, from) {
            (true, From::Queue) => None,
            _ => first_bad,
        };
        let worked = stops_at.map_or(batch.len(), |at| at + 1);
        let needs = CALL_MILLIS + each * worked as u64;
        let (takes, worked, fails) = if self.broken {
            (CALL_MILLIS, 0, Failure::Throws)
        } else if needs > self.settings.timeout {
            let in_time = self.settings.timeout.saturating_sub(CALL_MILLIS) / each;
            (self.settings.timeout, usize::try_from(in_time).unwrap_or(usize::MAX), Failure::TimesOut)
        } else if first_bad.is_none() {
            (needs, worked, Failure::None)
        } else if self.settings.partial {
            let failed: Vec<u32> = match from {
                From::Queue => batch.iter().copied().filter(bad).collect(),
                From::Lane(_) => batch.iter().copied().skip(first_bad.unwrap_or(0)).take(1).collect(),
            };
            (needs, worked, Failure::Returns(failed))
        } else {
            (needs, worked, Failure::Throws)
        };
        for id in batch.iter().take(worked) {
            *self.handled.entry(*id).or_default() += 1;
        }
        log.say(self.now, format!("Invoke with {} ({})", many(batch.len(), "record"), records(&batch)));
        self.last.flow.push("invoke".to_owned());
        self.last.focus.push("function".to_owned());
        self.calls.push(Call { from, records: batch, ends: self.now + takes, fails });
    }

    /// A call comes to its end.
    fn ends(&mut self, index: usize, log: &mut Log) -> bool {
        if index >= self.calls.len() {
            return false;
        }
        let call = self.calls.remove(index);
        self.counters.errors += u32::from(matches!(call.fails, Failure::Throws | Failure::TimesOut));
        self.last.flow.push("~invoke".to_owned());
        self.last.focus.push("function".to_owned());
        match call.from {
            From::Queue => self.queue_call_ended(call, log),
            From::Lane(lane) => self.lane_call_ended(lane, call, log),
        }
        true
    }

    pub(super) fn is_done(&mut self, ids: &[u32]) {
        self.counters.done += u32::try_from(ids.len()).unwrap_or_default();
        self.done.extend(ids);
        let cut = self.done.len().saturating_sub(12);
        self.done.drain(..cut);
    }

    pub(super) fn is_dead(&mut self, ids: &[u32]) {
        let healthy = ids.iter().filter(|id| !self.poison.contains(id)).count();
        self.counters.dead += u32::try_from(ids.len()).unwrap_or_default();
        self.counters.healthy_dead += u32::try_from(healthy).unwrap_or_default();
        self.dead.extend(ids);
        let cut = self.dead.len().saturating_sub(12);
        self.dead.drain(..cut);
        self.last.focus.push("dead".to_owned());
    }
}
