//! An SQS queue as a source: pollers receive, a failed batch comes back when its visibility timeout has passed, and what
//! was received too often goes to the dead-letter queue.

use super::model::{Call, Failure, From, Happening, Mapping};
use super::words::{records, them};
use crate::labs::Log;

/// A mapping begins with so many concurrent batches.
const POLLERS: usize = 5;
/// A throttled batch is tried again after so long, while its visibility timeout lasts.
const THROTTLED_MILLIS: u64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: u32,
    pub sent: u64,
    /// Nobody receives it before.
    pub visible_at: u64,
    /// `ApproximateReceiveCount`.
    pub receives: u32,
}

/// A batch that was received and could not be handed to the function.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Throttled {
    batch: Vec<u32>,
    retry_at: u64,
    gives_up_at: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub messages: Vec<Message>,
    throttled: Vec<Throttled>,
}

impl Queue {
    pub fn send(&mut self, id: u32, now: u64) {
        self.messages.push(Message { id, sent: now, visible_at: now, receives: 0 });
    }

    pub fn retry_at(&self) -> Option<u64> {
        self.throttled.iter().map(|throttled| throttled.retry_at).min()
    }

    /// Takes up to `batch` visible messages: those received too often already go out as dead letters instead.
    pub fn receive(&mut self, now: u64, batch: usize, visibility: u64, max_receives: u32) -> (Vec<u32>, Vec<u32>) {
        let (mut got, mut dead) = (Vec::new(), Vec::new());
        for message in &mut self.messages {
            if message.visible_at > now || got.len() == batch {
                continue;
            }
            if message.receives >= max_receives {
                dead.push(message.id);
            } else {
                message.receives += 1;
                message.visible_at = now + visibility;
                got.push(message.id);
            }
        }
        self.delete(&dead);
        (got, dead)
    }

    pub fn delete(&mut self, ids: &[u32]) {
        self.messages.retain(|message| !ids.contains(&message.id));
    }
}

impl Mapping {
    /// Batches that may be under way at once.
    pub fn pollers(&self) -> usize {
        self.settings.max_concurrency.unwrap_or(POLLERS)
    }

    fn batches(&self) -> usize {
        self.calls.len() + self.queue.throttled.len()
    }

    /// When a poller next has a batch: full, or its window over.
    pub(super) fn receive_at(&self) -> Option<u64> {
        if self.batches() >= self.pollers() {
            return None;
        }
        let mut visible: Vec<u64> = self.queue.messages.iter().map(|message| message.visible_at).collect();
        visible.sort_unstable();
        let first = *visible.first()?;
        let full = visible.get(self.settings.batch.saturating_sub(1)).copied();
        let over = first + self.settings.window;
        Some(full.map_or(over, |full| full.min(over)).max(first))
    }

    pub(super) fn receives(&mut self, log: &mut Log) -> bool {
        let settings = &self.settings;
        let (got, dead) = self.queue.receive(self.now, settings.batch, settings.visibility, settings.max_receives);
        let max_receives = settings.max_receives;
        self.last.flow.push("poll".to_owned());
        self.last.focus.push("queue".to_owned());
        if !dead.is_empty() {
            self.last.flow.push("die".to_owned());
            log.bad(
                self.now,
                format!("{} to the dead-letter queue: received {max_receives} times already", records(&dead)),
            );
            self.is_dead(&dead);
            self.last.says = format!(
                "{} {} been received {max_receives} times (maxReceiveCount) and {} to the dead-letter queue. ",
                capital(&records(&dead)),
                has(&dead),
                goes(&dead)
            );
        }
        if got.is_empty() {
            return !dead.is_empty();
        }
        let window = if self.settings.window > 0 { " after its batching window" } else { "" };
        let says = format!("A poller receives {}{window} and invokes the function with {}.", records(&got), them(&got));
        self.last.says.push_str(&says);
        if self.has_room() {
            self.invoke(From::Queue, got, log);
        } else {
            self.throttle(got, log);
        }
        true
    }

    fn throttle(&mut self, batch: Vec<u32>, log: &mut Log) {
        self.counters.throttles += 1;
        log.bad(self.now, format!("TooManyRequestsException: {} were received, but the function has no concurrency left (ReservedFunctionConcurrentInvocationLimitExceeded)", records(&batch)));
        self.last.says = format!(
            "A poller has received {}, but the function is throttled: its reserved concurrency is used up. The receive counts all the same.",
            records(&batch)
        );
        let gives_up_at = self.now + self.settings.visibility;
        self.queue.throttled.push(Throttled { batch, retry_at: self.now + THROTTLED_MILLIS, gives_up_at });
    }

    pub(super) fn retries_throttled(&mut self, log: &mut Log) -> bool {
        let now = self.now;
        let Some(index) = self.queue.throttled.iter().position(|throttled| throttled.retry_at <= now) else {
            return false;
        };
        if self.has_room() {
            let batch = self.queue.throttled.remove(index).batch;
            self.last.says = format!("The function has room again: the poller hands it {}.", records(&batch));
            self.invoke(From::Queue, batch, log);
            return true;
        }
        let throttled = &mut self.queue.throttled[index];
        throttled.retry_at = now + THROTTLED_MILLIS;
        self.counters.throttles += 1;
        if throttled.retry_at < throttled.gives_up_at {
            return false;
        }
        let batch = self.queue.throttled.remove(index).batch;
        log.bad(
            now,
            format!(
                "{} were throttled until the visibility timeout was over: they go back without having been tried",
                records(&batch)
            ),
        );
        self.last.says = format!(
            "The visibility timeout of {} is over before the function had room. They are visible again, one receive poorer.",
            records(&batch)
        );
        true
    }

    pub(super) fn queue_call_ended(&mut self, call: Call, log: &mut Log) {
        self.last.focus.push("queue".to_owned());
        let (good, back): (Vec<u32>, Vec<u32>) = match &call.fails {
            Failure::None => (call.records, Vec::new()),
            Failure::Throws | Failure::TimesOut => (Vec::new(), call.records),
            Failure::Returns(failed) => call.records.iter().partition(|id| !failed.contains(id)),
        };
        // A message whose visibility timeout ran out meanwhile may be with another poller; deleting it is still right.
        self.queue.delete(&good);
        self.is_done(&good);
        let seconds = self.settings.visibility / 1_000;
        self.last =
            Happening { flow: vec!["~invoke".to_owned(), "~poll".to_owned()], ..std::mem::take(&mut self.last) };
        self.last.says = match call.fails {
            Failure::None => {
                log.good(self.now, format!("{} done and deleted", records(&good)));
                format!("The function has handled {}; the poller deletes {}.", records(&good), them(&good))
            }
            Failure::Throws | Failure::TimesOut => {
                let why = if call.fails == Failure::TimesOut { "times out" } else { "throws" };
                log.bad(self.now, format!("The function {why}: nothing of {} is deleted", records(&back)));
                format!(
                    "The function {why}. Nothing is deleted: {} will be visible again {seconds} s after the receive.",
                    records(&back)
                )
            }
            Failure::Returns(_) => {
                log.bad(
                    self.now,
                    format!("batchItemFailures: {}; the other {} are deleted", records(&back), good.len()),
                );
                format!(
                    "The function returns {} as failed. Only that comes back; {} deleted.",
                    records(&back),
                    match good.len() {
                        0 => "nothing is".to_owned(),
                        1 => "the other one is".to_owned(),
                        count => format!("the other {count} are"),
                    }
                )
            }
        };
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

const fn has(ids: &[u32]) -> &'static str {
    if ids.len() == 1 { "has" } else { "have" }
}

const fn goes(ids: &[u32]) -> &'static str {
    if ids.len() == 1 { "goes" } else { "go" }
}
