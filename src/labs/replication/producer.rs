//! The producer: one record in a request, at most five unanswered, retries until `delivery.timeout.ms`; idempotent with
//! acks=all, as the client is by default, and not otherwise.

use std::collections::VecDeque;

use super::model::{Acks, Cluster, Id, Power};
use super::words::set;
use crate::labs::Log;

/// The application sends a record so often.
pub const SEND_EVERY_MILLIS: u64 = 2_000;
/// `max.in.flight.requests.per.connection`; the application waits while so many records are unanswered.
pub const IN_FLIGHT: usize = 5;
/// `delivery.timeout.ms`.
const DELIVERY_MILLIS: u64 = 120_000;
/// `retry.backoff.ms` and `retry.backoff.max.ms`.
const BACKOFF_MILLIS: (u64, u64) = (100, 1_000);
/// An error that repeats is told again only after so long.
const TELL_AGAIN_MILLIS: u64 = 10_000;
/// As many acknowledged records are remembered, to tell whether they are still there.
const ACKED_KEPT: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    /// The number of the next record.
    next: u32,
    next_at: u64,
    /// Sent or to be sent, not answered, in order.
    pub pending: Vec<Pending>,
    /// The newest acknowledged records.
    pub acked: VecDeque<Acked>,
    pub acked_total: u32,
    /// Given up after `delivery.timeout.ms`.
    pub failed: u32,
    /// The longest that an answer took, in milliseconds, among the remembered.
    pub latency: u64,
    pub retries: u32,
    /// The leader as the producer knows it.
    pub leader: Option<Id>,
    told: (String, u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub id: u32,
    pub made: u64,
    pub tries: u32,
    pub state: Sending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Is sent, again or for the first time, at this time.
    Waits(u64),
    /// With this broker since then; at this offset when it has been appended.
    Sent { to: Id, at: u64, offset: Option<u64> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acked {
    pub id: u32,
    pub offset: u64,
    pub at: u64,
    pub took: u64,
    pub by: Id,
}

impl Default for Producer {
    fn default() -> Self {
        Self {
            next: 0,
            next_at: SEND_EVERY_MILLIS / 2,
            pending: Vec::new(),
            acked: VecDeque::new(),
            acked_total: 0,
            failed: 0,
            latency: 0,
            retries: 0,
            leader: Some(Id(1)),
            told: (String::new(), 0),
        }
    }
}

impl Producer {
    /// The batches of a partition go in order: one that waits for its next try holds up those behind it.
    fn first_waiting(&self) -> Option<(usize, u64)> {
        let waits = |(index, pending): (usize, &Pending)| match pending.state {
            Sending::Waits(at) => Some((index, at)),
            Sending::Sent { .. } => None,
        };
        self.pending.iter().enumerate().find_map(waits)
    }
}

#[cfg(test)]
impl Producer {
    /// Sends nothing of its own accord any more.
    pub(super) fn stop(&mut self) {
        self.next_at = u64::MAX;
    }
}

impl Cluster {
    /// When the producer next has something to do.
    pub(super) fn producer_due(&self) -> u64 {
        let producer = &self.producer;
        let make = (producer.pending.len() < IN_FLIGHT).then_some(producer.next_at);
        let timeout = |pending: &Pending| match pending.state {
            Sending::Waits(_) => pending.made + DELIVERY_MILLIS,
            Sending::Sent { at, .. } => (at + self.settings.request_millis).min(pending.made + DELIVERY_MILLIS),
        };
        let send = producer.first_waiting().map(|(_, at)| at);
        producer.pending.iter().map(timeout).chain(make).chain(send).min().unwrap_or(producer.next_at)
    }

    pub(super) fn produce(&mut self, log: &mut Log) -> bool {
        let now = self.now;
        if let Some(index) = self.producer.pending.iter().position(|pending| now >= pending.made + DELIVERY_MILLIS) {
            let gone = self.producer.pending.remove(index);
            self.producer.failed += 1;
            self.last.focus.push("producer".to_owned());
            self.last.says = format!(
                "Record {} was not acknowledged in {DELIVERY_MILLIS} ms. The producer gives up and tells the application.",
                gone.id
            );
            log.bad(now, format!("TimeoutException: expiring 1 record for orders-0: {DELIVERY_MILLIS} ms have passed since record {} was created", gone.id));
            return true;
        }
        let timeout = self.settings.request_millis;
        let late = |pending: &Pending| matches!(pending.state, Sending::Sent { at, .. } if now >= at + timeout);
        if let Some(pending) = self.producer.pending.iter_mut().find(|pending| late(pending)) {
            let id = pending.id;
            pending.state = Sending::Waits(now + BACKOFF_MILLIS.0);
            // A timeout closes the connection, and what else was on it comes back too.
            self.reset_connections(|_| true);
            self.refresh();
            let text = format!(
                "No answer for record {id} in {timeout} ms: the producer closes the connection, asks who leads, and sends again"
            );
            return self.told(&text, log);
        }
        if let Some((index, _)) = self.producer.first_waiting().filter(|(_, at)| now >= *at) {
            return self.send(index, log);
        }
        if self.producer.pending.len() < IN_FLIGHT && now >= self.producer.next_at {
            let id = self.producer.next;
            self.producer.next += 1;
            self.producer.next_at = now + SEND_EVERY_MILLIS;
            self.producer.pending.push(Pending { id, made: now, tries: 0, state: Sending::Waits(now) });
            let first = self.producer.first_waiting().filter(|(_, at)| now >= *at);
            return first.is_some_and(|(index, _)| self.send(index, log));
        }
        false
    }

    /// Everything unanswered on a connection is sent again.
    pub(super) fn reset_connections(&mut self, to: impl Fn(Id) -> bool) {
        let at = self.now + BACKOFF_MILLIS.0;
        for pending in &mut self.producer.pending {
            if matches!(pending.state, Sending::Sent { to: broker, .. } if to(broker)) {
                pending.state = Sending::Waits(at);
                self.producer.retries += 1;
            }
        }
    }

    /// The producer asks a broker that hears of changes who leads.
    fn refresh(&mut self) {
        if REPLICAS_ANY.iter().any(|id| self.is_connected(*id)) {
            self.producer.leader = self.partition.leader;
        }
    }

    fn send(&mut self, index: usize, log: &mut Log) -> bool {
        let Some(pending) = self.producer.pending.get(index) else { return false };
        let (id, tries) = (pending.id, pending.tries);
        if self.producer.leader.is_none() {
            self.refresh();
        }
        let Some(leader) = self.producer.leader else {
            return self.again(index, "LEADER_NOT_AVAILABLE: the partition has no leader", log);
        };
        self.last.focus.push("producer".to_owned());
        self.last.flow.push(format!("send{leader}"));
        match self.broker(leader).power {
            Power::Down | Power::Starting(_) => {
                self.refresh();
                self.again(index, &format!("Connection to broker {leader} refused"), log)
            }
            Power::Frozen => {
                self.set_state(index, Sending::Sent { to: leader, at: self.now, offset: None });
                if self.settings.acks == Acks::None {
                    self.acked(id, 0, leader);
                }
                self.last.says = format!("Record {id} goes to broker {leader}, which does not answer.");
                log.say(self.now, self.last.says.trim_end_matches('.').to_owned());
                true
            }
            Power::Up => self.deliver_produce(index, leader, tries, log),
        }
    }

    /// A produce request at a broker that works.
    pub(super) fn deliver_produce(&mut self, index: usize, leader: Id, tries: u32, log: &mut Log) -> bool {
        let Some(id) = self.producer.pending.get(index).map(|pending| pending.id) else { return false };
        let (now, acks) = (self.now, self.settings.acks);
        if self.broker(leader).seen.leader != Some(leader) {
            self.refresh();
            return self.again(index, &format!("NotLeaderOrFollowerException: broker {leader} does not lead"), log);
        }
        let isr = self.broker(leader).seen.isr.clone();
        if acks == Acks::All && isr.len() < self.min_isr() {
            let text = format!(
                "NotEnoughReplicasException: The size of the current ISR {} is insufficient to satisfy the min.isr requirement of {} for partition orders-0",
                set(&isr),
                self.min_isr()
            );
            return self.again(index, &text, log);
        }
        let known = self.broker(leader).log.offset_of(id).filter(|_| acks == Acks::All);
        let offset = match known {
            Some(offset) => {
                log.say(now, format!("Broker {leader} has record {id} already and knows the producer's sequence number: it appends nothing"));
                offset
            }
            None => self.append(leader, id),
        };
        let again = if tries > 0 { " again" } else { "" };
        self.last.says = match (acks, known) {
            (Acks::All, Some(_)) => format!(
                "Record {id} arrives again. Broker {leader} knows its sequence number and does not append it twice."
            ),
            (Acks::All, None) if isr.len() == 1 => format!(
                "Record {id} is sent{again} and appended by broker {leader} at offset {offset}. The whole ISR is broker {leader}, so it is acknowledged at once."
            ),
            (Acks::All, None) => format!(
                "Record {id} is sent{again} and appended by broker {leader} at offset {offset}. The producer waits for the whole ISR {}.",
                set(&isr)
            ),
            (Acks::Leader, _) => format!(
                "Record {id} is sent{again}, appended by broker {leader} at offset {offset}, and acknowledged at once: acks=1 waits for nobody else."
            ),
            (Acks::None, _) => format!(
                "Record {id} is sent{again}; acks=0 does not wait for an answer. Broker {leader} appends it at offset {offset}."
            ),
        };
        log.say(
            now,
            format!(
                "Record {id} appended by broker {leader} at offset {offset}, epoch {}",
                self.broker(leader).seen.epoch
            ),
        );
        self.set_state(index, Sending::Sent { to: leader, at: now, offset: Some(offset) });
        if acks == Acks::All {
            self.answer_produce(leader, log);
        } else {
            self.acked(id, offset, leader);
        }
        true
    }

    fn set_state(&mut self, index: usize, state: Sending) {
        if let Some(pending) = self.producer.pending.get_mut(index) {
            pending.state = state;
        }
    }

    fn again(&mut self, index: usize, why: &str, log: &mut Log) -> bool {
        let now = self.now;
        if let Some(pending) = self.producer.pending.get_mut(index) {
            let backoff = (BACKOFF_MILLIS.0 << pending.tries.min(8)).min(BACKOFF_MILLIS.1);
            pending.tries += 1;
            pending.state = Sending::Waits(now + backoff);
            self.producer.retries += 1;
        }
        self.told(&format!("{why}. The producer tries again"), log)
    }

    /// Tells of an error, unless it is the one told last and that was not long ago.
    fn told(&mut self, text: &str, log: &mut Log) -> bool {
        let (last, at) = &self.producer.told;
        if last == text && self.now < at + TELL_AGAIN_MILLIS {
            return false;
        }
        self.producer.told = (text.to_owned(), self.now);
        self.last.focus.push("producer".to_owned());
        self.last.says = format!("{text}.");
        log.bad(self.now, text.to_owned());
        true
    }

    /// Answers the requests that wait for the high-water mark, or that came to a broker that no longer leads.
    pub(super) fn answer_produce(&mut self, id: Id, log: &mut Log) {
        if self.broker(id).power != Power::Up {
            return;
        }
        let (leads, high_water) = (self.acts_as_leader(id), self.broker(id).high_water);
        let mut done = Vec::new();
        for pending in &self.producer.pending {
            let Sending::Sent { to, offset: Some(offset), .. } = pending.state else { continue };
            if to == id && (!leads || high_water > offset) {
                done.push((pending.id, offset));
            }
        }
        if done.is_empty() {
            return;
        }
        if !leads {
            self.reset_connections(|to| to == id);
            self.refresh();
            log.bad(
                self.now,
                format!("NotLeaderOrFollowerException for what waited at broker {id}: the producer sends it again"),
            );
            return;
        }
        for (record, offset) in done {
            let took = self.acked(record, offset, id);
            log.good(
                self.now,
                format!("Record {record} is committed at offset {offset} and acknowledged after {took} ms"),
            );
        }
        self.last.flow.push(format!("~send{id}"));
    }

    /// The producer has its answer; returns how long it took.
    fn acked(&mut self, id: u32, offset: u64, by: Id) -> u64 {
        let now = self.now;
        let made = self.producer.pending.iter().find(|pending| pending.id == id).map_or(now, |pending| pending.made);
        self.producer.pending.retain(|pending| pending.id != id);
        self.producer.acked.push_back(Acked { id, offset, at: now, took: now - made, by });
        if self.producer.acked.len() > ACKED_KEPT {
            self.producer.acked.pop_front();
        }
        self.producer.acked_total += 1;
        self.producer.latency = self.producer.acked.iter().rev().take(20).map(|acked| acked.took).max().unwrap_or(0);
        now - made
    }
}

const REPLICAS_ANY: [Id; 3] = super::model::REPLICAS;
