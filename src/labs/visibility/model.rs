//! A producer, a queue, its consumers and the dead-letter queue, event by event.

use std::collections::{BTreeMap, VecDeque};

use super::queue::{Kind, Message, Queue};
use super::settings::{Settings, unsigned};
use crate::labs::Level;

/// Tenants, or message groups: A, B and C.
pub const TENANTS: usize = 3;
pub const CONSUMERS: usize = 3;
pub(super) const SLOW_MILLIS: u64 = 45_000;
pub(super) const RESTART_MILLIS: u64 = 5_000;
/// `WaitTimeSeconds`, as long as it goes.
pub(super) const LONG_POLL_MILLIS: u64 = 20_000;
/// The producer waits while so many are in the queue.
const MOST: usize = 300;
/// Of how many messages it is remembered how often they took effect.
pub(super) const REMEMBERED: usize = 400;
pub const BURST: u32 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Send,
    Poll(usize),
    PollOver {
        consumer: usize,
        until: u64,
    },
    Done {
        consumer: usize,
        handle: u64,
    },
    Heartbeat {
        consumer: usize,
        handle: u64,
    },
    /// A message's timeout is over, unless something happened to it since.
    Visible {
        id: u32,
        handle: u64,
    },
    Restart(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Consumer {
    /// What it holds, in the order in which it works on it; the first is at work.
    pub held: VecDeque<Message>,
    pub down: bool,
    /// Until when it waits in a long poll.
    pub waits_until: Option<u64>,
    /// When it is through with the first.
    pub done_at: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub sent: u32,
    pub received: usize,
    pub deleted: usize,
    pub empty: usize,
    /// Messages that took effect, and those that did so more than once.
    pub done: usize,
    pub twice: usize,
    pub out_of_order: usize,
    pub expired_deletes: usize,
    pub over_limit: usize,
    pub dead: usize,
    /// When a message first went to the dead-letter queue, and when it had first been received.
    pub first_dead: Option<(u64, u64)>,
    /// The longest that a message of B or C waited for its first receive, in milliseconds, of those received last.
    pub quiet_dwell: VecDeque<u64>,
    /// The longest that a message of A waited for its first receive, in milliseconds.
    pub longest_of_a: u64,
    /// Receives of the message that was redriven last.
    pub redriven_receives: u32,
}

#[derive(Clone)]
pub struct Model {
    pub set: Settings,
    pub now: u64,
    pub queue: Queue,
    pub dead: Queue,
    pub consumers: Vec<Consumer>,
    pub counts: Counts,
    /// The next number of each group.
    pub(super) numbers: [u32; TENANTS],
    /// The last number of each group that took effect.
    pub(super) last_done: [u32; TENANTS],
    pub(super) turn: usize,
    pub(super) next_id: u32,
    /// How often each message took effect.
    pub(super) effects: BTreeMap<u32, u32>,
    pub(super) first_received: BTreeMap<u32, u64>,
    /// Poison is cured: the consumers' bug is mended.
    pub mended: bool,
    pub(super) last_sent: Option<Message>,
    pub(super) redriven: Option<u32>,
    pub(super) events: BTreeMap<(u64, u64), Event>,
    pub(super) planned: u64,
    pub says: String,
    pub level: Level,
    pub flow: Vec<String>,
}

impl Model {
    pub fn new(now: u64) -> Self {
        let mut model = Self {
            set: Settings::default(),
            now,
            queue: Queue::default(),
            dead: Queue::default(),
            consumers: vec![Consumer::default(); CONSUMERS],
            counts: Counts::default(),
            numbers: [0; TENANTS],
            last_done: [0; TENANTS],
            turn: 0,
            next_id: 0,
            effects: BTreeMap::new(),
            first_received: BTreeMap::new(),
            mended: false,
            last_sent: None,
            redriven: None,
            events: BTreeMap::new(),
            planned: 0,
            says: "Three tenants send to a queue. A consumer receives a message, works on it, and deletes it."
                .to_owned(),
            level: Level::Plain,
            flow: Vec::new(),
        };
        model.plan(now + 1_000, Event::Send);
        for consumer in 0..CONSUMERS {
            model.poll(consumer);
        }
        model
    }

    pub(super) fn plan(&mut self, at: u64, event: Event) {
        self.planned += 1;
        self.events.insert((at, self.planned), event);
    }

    pub(super) fn say(&mut self, level: Level, says: String, flow: &[&str]) {
        (self.level, self.says) = (level, says);
        self.flow = flow.iter().map(|edge| (*edge).to_owned()).collect();
    }

    /// The next event that comes to something.
    pub fn happen(&mut self) {
        while let Some(((at, _), event)) = self.events.pop_first() {
            if self.is_void(at, event) {
                continue;
            }
            self.now = at.max(self.now);
            match event {
                Event::Send => self.send_next(),
                Event::Poll(consumer) => {
                    if !self.poll(consumer) {
                        continue;
                    }
                }
                Event::PollOver { consumer, .. } => {
                    self.poll_over(consumer);
                    continue;
                }
                Event::Done { consumer, .. } => self.done(consumer),
                Event::Heartbeat { consumer, .. } => self.heartbeat(consumer),
                Event::Visible { id, handle } => self.visible_again(id, handle),
                Event::Restart(consumer) => self.restart(consumer),
            }
            return;
        }
    }

    pub(super) fn is_void(&self, at: u64, event: Event) -> bool {
        let works_on = |consumer: usize, handle: u64| {
            self.consumers
                .get(consumer)
                .is_some_and(|consumer| consumer.held.front().is_some_and(|message| message.handle == handle))
        };
        match event {
            Event::Send | Event::Restart(_) => false,
            Event::Poll(consumer) => self.consumers.get(consumer).is_none_or(|state| {
                state.down || !state.held.is_empty() || consumer >= self.active() || state.waits_until.is_some()
            }),
            Event::PollOver { consumer, until } => {
                self.consumers.get(consumer).is_none_or(|consumer| consumer.waits_until != Some(until))
            }
            Event::Done { consumer, handle } | Event::Heartbeat { consumer, handle } => !works_on(consumer, handle),
            // Renewed, received again or deleted meanwhile, it is not visible now.
            Event::Visible { id, handle } => !self
                .queue
                .messages()
                .any(|message| message.id == id && message.handle == handle && message.visible_at == at),
        }
    }

    /// Consumers that there are.
    pub fn active(&self) -> usize {
        usize::try_from(self.set.consumers).unwrap_or(1).min(CONSUMERS)
    }

    pub(super) fn send_next(&mut self) {
        self.plan(self.now + unsigned(self.set.pace_millis), Event::Send);
        let waiting = self.queue.messages().count();
        if waiting >= MOST {
            self.say(
                Level::Bad,
                format!(
                    "{waiting} messages wait; the producer of this lab holds back. SQS itself would take any number."
                ),
                &[],
            );
            return;
        }
        let group = self.turn % TENANTS;
        self.turn += 1;
        let name = self.put(group, Kind::Good);
        self.say(Level::Plain, format!("{name} is sent."), &["send"]);
        self.wake();
    }

    /// Sends a message; its name.
    pub fn put(&mut self, group: usize, kind: Kind) -> String {
        let number = self.numbers.get_mut(group).map_or(0, |number| {
            *number += 1;
            *number
        });
        self.next_id += 1;
        self.counts.sent += 1;
        let message = Message {
            id: self.next_id,
            group: u8::try_from(group).unwrap_or_default(),
            number,
            kind,
            sent_at: self.now,
            received: 0,
            handle: 0,
            visible_at: 0,
        };
        let name = message.name();
        self.last_sent = Some(message.clone());
        self.queue.send(message, self.set.fifo);
        name
    }

    /// Sends the last message once more, with the same deduplication id; its name and whether it counts.
    pub fn put_again(&mut self) -> Option<(String, bool)> {
        let mut message = self.last_sent.clone()?;
        self.next_id += 1;
        self.counts.sent += 1;
        message.id = self.next_id;
        message.sent_at = self.now;
        let name = message.name();
        let taken = self.queue.send(message, self.set.fifo);
        Some((name, taken))
    }

    /// Those who wait in a long poll look again: something may be visible.
    pub fn wake(&mut self) {
        let mut left = self.queue.deliverable(self.now, self.set.policy());
        for consumer in 0..self.active() {
            if left == 0 {
                return;
            }
            let waits = self.consumers.get_mut(consumer).is_some_and(|state| state.waits_until.take().is_some());
            if waits {
                left -= 1;
                self.plan(self.now, Event::Poll(consumer));
            }
        }
    }

    /// All of the dead-letter queue goes back, as new messages.
    pub fn redrive(&mut self) -> usize {
        let dead = self.dead.drain();
        let count = dead.len();
        for message in dead {
            self.next_id += 1;
            self.redriven = Some(self.next_id);
            self.counts.redriven_receives = 0;
            self.queue.send(
                Message { id: self.next_id, sent_at: self.now, received: 0, handle: 0, visible_at: 0, ..message },
                false,
            );
        }
        self.wake();
        count
    }

    /// More consumers than there were begin to poll.
    pub fn start_consumers(&mut self) {
        for consumer in 0..self.active() {
            self.plan(self.now, Event::Poll(consumer));
        }
    }
}
