//! One SQS queue: who may receive what, what a receipt handle is worth, when a message is dead.

use std::collections::{BTreeMap, VecDeque};

/// Deduplication of a FIFO queue looks back so far.
pub const DEDUPLICATION_MILLIS: u64 = 300_000;
/// Fair queues: a tenant is noisy above this share of what is in flight or of recent processing time.
const NOISY_PERCENT: u64 = 10;
/// And, for the share of what is in flight, with at least so many messages of its own.
const NOISY_IN_FLIGHT: usize = 30;
/// What counts as recent processing time; the documentation gives no figure.
const RECENT_MILLIS: u64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Good,
    /// Takes longer than the others.
    Slow,
    /// Fails whenever it is processed.
    Poison,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: u32,
    /// The message group, or the tenant: 0 is A.
    pub group: u8,
    /// Its number in the group.
    pub number: u32,
    pub kind: Kind,
    pub sent_at: u64,
    /// `ApproximateReceiveCount`.
    pub received: u32,
    /// The receipt handle of the last receive.
    pub handle: u64,
    pub visible_at: u64,
}

impl Message {
    pub fn name(&self) -> String {
        format!("{}{}", char::from(b'A' + self.group), self.number)
    }

    pub const fn is_in_flight(&self, now: u64) -> bool {
        self.received > 0 && self.visible_at > now
    }
}

/// How a queue is set.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub fifo: bool,
    /// `MessageGroupId` is set on a standard queue.
    pub fair: bool,
    pub visibility_millis: u64,
    /// None: no dead-letter queue.
    pub max_receive_count: Option<u32>,
    pub in_flight_quota: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// In the order of sending.
    messages: BTreeMap<u64, Message>,
    next_place: u64,
    next_handle: u64,
    /// Deduplication ids and until when they count.
    seen: BTreeMap<(u8, u32), u64>,
    /// Processing time of late, by tenant: when it ended, whose, how long.
    processed: VecDeque<(u64, u8, u64)>,
}

/// What a receive came to.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub taken: Vec<Message>,
    /// Moved to the dead-letter queue instead.
    pub dead: Vec<Message>,
    /// The quota of messages in flight is used up.
    pub over_limit: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    Gone,
    /// FIFO: `InvalidParameterValue`, the receipt handle has expired.
    Expired,
    /// Standard: answered with success, but the message was received again since and stays.
    Stale,
    /// Standard: answered with success, though there is nothing left to delete.
    Nothing,
}

impl Queue {
    /// False when the deduplication id was seen within five minutes: accepted, and not delivered.
    pub fn send(&mut self, message: Message, fifo: bool) -> bool {
        let now = message.sent_at;
        if fifo {
            self.seen.retain(|_, until| *until > now);
            let id = (message.group, message.number);
            if self.seen.contains_key(&id) {
                return false;
            }
            self.seen.insert(id, now + DEDUPLICATION_MILLIS);
        }
        self.next_place += 1;
        self.messages.insert(self.next_place, message);
        true
    }

    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    pub fn visible(&self, now: u64) -> usize {
        self.messages.values().filter(|message| !message.is_in_flight(now)).count()
    }

    pub fn in_flight(&self, now: u64) -> usize {
        self.messages.values().filter(|message| message.is_in_flight(now)).count()
    }

    /// Takes up to `most` messages.
    ///
    /// A message that has been received `maxReceiveCount` times goes to the dead-letter queue when it would be received again,
    /// not before. FIFO: nothing of a group that had a message in flight before this call.
    pub fn receive(&mut self, now: u64, most: usize, policy: Policy) -> Received {
        let in_flight = self.in_flight(now);
        if in_flight >= policy.in_flight_quota {
            return Received { over_limit: true, ..Received::default() };
        }
        let most = most.min(policy.in_flight_quota - in_flight);
        let blocked = self.groups_in_flight(now);
        let mut out = Received::default();
        for place in self.places(now, policy) {
            if out.taken.len() >= most {
                break;
            }
            let Some(message) = self.messages.get_mut(&place) else { continue };
            if policy.fifo && blocked.get(&message.group).is_some_and(|count| *count > 0) {
                continue;
            }
            if policy.max_receive_count.is_some_and(|most| message.received >= most) {
                out.dead.extend(self.messages.remove(&place));
                continue;
            }
            self.next_handle += 1;
            message.received += 1;
            message.handle = self.next_handle;
            message.visible_at = now + policy.visibility_millis;
            out.taken.push(message.clone());
        }
        out
    }

    /// How many messages a receive could have, those for the dead-letter queue included.
    pub fn deliverable(&self, now: u64, policy: Policy) -> usize {
        let blocked = if policy.fifo { self.groups_in_flight(now) } else { BTreeMap::new() };
        self.messages
            .values()
            .filter(|message| !message.is_in_flight(now) && !blocked.contains_key(&message.group))
            .count()
    }

    /// Places of what is visible, in the order of delivery.
    fn places(&self, now: u64, policy: Policy) -> Vec<u64> {
        let visible = self.messages.iter().filter(|(_, message)| !message.is_in_flight(now));
        if policy.fifo || !policy.fair {
            return visible.map(|(place, _)| *place).collect();
        }
        let in_flight = self.groups_in_flight(now);
        let noisy = self.noisy(now);
        let mut places: Vec<_> = visible
            .map(|(place, message)| {
                let is_noisy = noisy.contains(&message.group);
                let flying = if is_noisy { in_flight.get(&message.group).copied().unwrap_or_default() } else { 0 };
                (is_noisy, flying, *place)
            })
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, _, place)| place).collect()
    }

    fn groups_in_flight(&self, now: u64) -> BTreeMap<u8, usize> {
        let mut out = BTreeMap::new();
        for message in self.messages.values().filter(|message| message.is_in_flight(now)) {
            *out.entry(message.group).or_default() += 1;
        }
        out
    }

    /// Fair queues: the tenants whose messages come after those of all others.
    ///
    /// Source: Amazon SQS developer guide, "How Amazon SQS fair queues work" (November 2026); the thresholds are approximate there.
    pub fn noisy(&self, now: u64) -> Vec<u8> {
        let in_flight = self.groups_in_flight(now);
        let all: usize = in_flight.values().sum();
        let recent = self.processed.iter().filter(|(at, _, _)| at + RECENT_MILLIS > now);
        let mut times: BTreeMap<u8, u64> = BTreeMap::new();
        for (_, group, millis) in recent {
            *times.entry(*group).or_default() += millis;
        }
        let time: u64 = times.values().sum();
        let waits =
            |group: u8| self.messages.values().any(|message| message.group == group && !message.is_in_flight(now));
        (0..u8::try_from(super::model::TENANTS).unwrap_or(u8::MAX))
            .filter(|group| {
                let flying = in_flight.get(group).copied().unwrap_or_default();
                let share =
                    flying * 100 > all * usize::try_from(NOISY_PERCENT).unwrap_or(10) && flying >= NOISY_IN_FLIGHT;
                let busy = times.get(group).copied().unwrap_or_default() * 100 > time * NOISY_PERCENT;
                waits(*group) && (share || busy)
            })
            .collect()
    }

    /// A consumer has spent so long on a message of this group.
    pub fn spent(&mut self, now: u64, group: u8, millis: u64) {
        self.processed.push_back((now, group, millis));
        while self.processed.front().is_some_and(|(at, _, _)| at + RECENT_MILLIS <= now) {
            self.processed.pop_front();
        }
    }

    pub fn delete(&mut self, now: u64, id: u32, handle: u64, fifo: bool) -> Deleted {
        let found = self
            .messages
            .iter()
            .find(|(_, message)| message.id == id)
            .map(|(place, message)| (*place, message.clone()));
        match found {
            Some((place, message)) if message.handle == handle && !(fifo && message.visible_at <= now) => {
                self.messages.remove(&place);
                Deleted::Gone
            }
            _ if fifo => Deleted::Expired,
            Some(_) => Deleted::Stale,
            None => Deleted::Nothing,
        }
    }

    /// `ChangeMessageVisibility`: false when the handle is not worth anything any more.
    pub fn change_visibility(&mut self, now: u64, id: u32, handle: u64, millis: u64) -> bool {
        let found = self.messages.values_mut().find(|message| message.id == id && message.handle == handle);
        match found {
            Some(message) if message.visible_at > now => {
                message.visible_at = now + millis;
                true
            }
            _ => false,
        }
    }

    /// Takes everything out, as a redrive does.
    pub fn drain(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages).into_values().collect()
    }
}
