//! A shop that orders, the service that turns orders into invoices, and the reader of the invoices; in simulated time.

use std::collections::BTreeSet;

use super::broker::{Appended, Broker, Entry, Fate, Stamp};
use super::parties::{Bank, Reader};
use super::service::{Commit, Moved, Phase, Service};
use crate::labs::Log;

/// The shop orders so often, in milliseconds.
const ORDER_MILLIS: u64 = 1000;
/// A move of the service.
const MOVE_MILLIS: u64 = 150;
/// `retry.backoff.ms`, its default.
pub const RETRY_MILLIS: u64 = 100;
/// A dead service is started again after so long; a frozen one goes on after twice as long.
const RESTART_MILLIS: u64 = 3000;

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings that are on or off, whatever the others")]
pub struct Settings {
    pub commit: Commit,
    pub idempotence: bool,
    pub read_committed: bool,
    pub transaction_timeout_millis: u64,
    pub max_poll: usize,
    /// The bank refuses a charge whose key it knows.
    pub idempotency_key: bool,
    /// A dead service is started again.
    pub restarts: bool,
}

#[derive(Clone, Debug)]
pub struct World {
    pub settings: Settings,
    pub now: u64,
    pub broker: Broker,
    pub service: Option<Service>,
    /// One that stood still while another took its place.
    pub frozen: Option<Service>,
    pub reader: Reader,
    pub bank: Bank,
    /// Orders whose invoice is neither written nor still to come.
    pub lost: BTreeSet<u32>,
    pub last: Last,
    /// The next answer that does not arrive.
    pub lose: Option<Leg>,
    pub shop: Shop,
    next_move_at: u64,
    restart_at: Option<u64>,
    pub thaw_at: Option<u64>,
    /// Commits that the group refused.
    pub refused_commits: u64,
    pub(super) markers_at: Option<u64>,
    pub(super) invoiced: BTreeSet<u32>,
}

/// Between which two an answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    Shop,
    Service,
}

#[derive(Clone, Debug)]
pub struct Shop {
    producer: u64,
    sequence: u64,
    pub ordered: u32,
    next_at: u64,
    /// An order without an answer, its sequence, and when it is sent again.
    again: Option<(u32, u64, u64)>,
}

/// What happened last: the nodes and edges it is about, and the words.
#[derive(Clone, Debug, Default)]
pub struct Last {
    pub flow: Vec<&'static str>,
    pub focus: Vec<&'static str>,
    pub says: String,
}

impl World {
    pub fn new() -> Self {
        let mut broker = Broker::new();
        let producer = broker.producer_id();
        let settings = Settings {
            commit: Commit::After,
            idempotence: true,
            read_committed: false,
            transaction_timeout_millis: 60_000,
            max_poll: 500,
            idempotency_key: false,
            restarts: true,
        };
        let service = Service::new(settings.commit, true, broker.generation);
        Self {
            settings,
            now: 0,
            broker,
            service: Some(service),
            frozen: None,
            reader: Reader::default(),
            bank: Bank::default(),
            lost: BTreeSet::new(),
            last: Last::default(),
            lose: None,
            shop: Shop { producer, sequence: 0, ordered: 0, next_at: 300, again: None },
            next_move_at: 100,
            restart_at: None,
            thaw_at: None,
            refused_commits: 0,
            markers_at: None,
            invoiced: BTreeSet::new(),
        }
    }

    /// Moves to the next event worth showing.
    pub fn step(&mut self, log: &mut Log) {
        // The shop orders every second, so this ends.
        while !self.next_event(log) {}
        let needed = self.service.as_ref().map_or(0, |service| service.position - service.batch.len() as u64);
        self.broker.forget(needed, self.reader.position);
    }

    fn next_event(&mut self, log: &mut Log) -> bool {
        let frozen_moves = self.frozen.as_ref().and(self.thaw_at);
        let times = [
            self.markers_at,
            self.broker.times_out_at(self.settings.transaction_timeout_millis),
            self.shop.again.map(|again| again.2),
            self.restart_at,
            frozen_moves,
            self.service.as_ref().map(|_| self.next_move_at),
            Some(self.shop.next_at),
        ];
        let soonest = times.iter().enumerate().filter_map(|(what, at)| Some(((*at)?, what))).min();
        let Some((at, what)) = soonest else { return true };
        self.now = self.now.max(at);
        let shown = match what {
            0 => self.write_markers(log),
            1 => self.time_out(log),
            2 => self.order_again(log),
            3 => self.start_service(log),
            4 => self.move_frozen(log),
            5 => self.move_service(log),
            _ => self.order(log),
        };
        self.read(log);
        shown
    }

    /// What happened, for the picture.
    pub(super) fn show(&mut self, flow: &[&'static str], focus: &[&'static str], says: impl Into<String>) {
        self.last = Last { flow: flow.to_vec(), focus: focus.to_vec(), says: says.into() };
    }

    fn order(&mut self, log: &mut Log) -> bool {
        self.shop.next_at = self.now + ORDER_MILLIS;
        self.shop.ordered += 1;
        self.shop.sequence += 1;
        let (order, sequence) = (self.shop.ordered, self.shop.sequence);
        self.send_order(order, sequence, log);
        true
    }

    fn order_again(&mut self, log: &mut Log) -> bool {
        if let Some((order, sequence, _)) = self.shop.again.take() {
            self.send_order(order, sequence, log);
        }
        true
    }

    fn send_order(&mut self, order: u32, sequence: u64, log: &mut Log) {
        let stamp = Stamp { producer: self.shop.producer, epoch: 0, sequence };
        let again = self.broker.orders.entries.contains(&order);
        let appended = self.broker.append_order(order, self.settings.idempotence.then_some(stamp));
        if self.lose == Some(Leg::Shop) {
            self.lose = None;
            self.shop.again = Some((order, sequence, self.now + RETRY_MILLIS));
            let says = format!(
                "Order {order} is in the log, but the connection breaks before the answer: the shop cannot know, and will send it again."
            );
            log.bad(self.now, &says);
            return self.show(&["order"], &["shop", "orders"], says);
        }
        let says = match appended {
            Appended::At(offset) if again => {
                format!(
                    "The shop sends order {order} again; without idempotence it is appended a second time, at offset {offset}."
                )
            }
            Appended::At(offset) => format!("The shop sends order {order}; it is at offset {offset}."),
            Appended::Again => format!(
                "The shop sends order {order} again; the leader knows producer {} and sequence {sequence}, and answers without appending.",
                self.shop.producer
            ),
        };
        log.say(self.now, &says);
        self.show(&["order"], &["orders"], says);
    }

    /// The service makes its next move; false when it had nothing to do.
    fn move_service(&mut self, log: &mut Log) -> bool {
        self.next_move_at = self.now + MOVE_MILLIS;
        let Some(mut service) = self.service.take() else { return false };
        let moved = service.advance(&mut self.broker, self.settings.max_poll, self.now);
        let shown = self.tell(&mut service, &moved, "service", log);
        if !matches!(moved, Moved::Stopped(_)) {
            self.service = Some(service);
        } else if self.settings.restarts {
            self.restart_at = Some(self.now + RESTART_MILLIS);
        }
        shown
    }

    fn move_frozen(&mut self, log: &mut Log) -> bool {
        self.thaw_at = Some(self.now + MOVE_MILLIS);
        let Some(mut service) = self.frozen.take() else { return false };
        if matches!(service.phase, Phase::Polling | Phase::Starting) {
            let says = "The frozen instance goes on, with nothing at hand; at its next poll it joins the group again.";
            log.say(self.now, says);
            self.thaw_at = None;
            self.show(&[], &["service"], says);
            return true;
        }
        let moved = service.advance(&mut self.broker, self.settings.max_poll, self.now);
        let shown = self.tell(&mut service, &moved, "frozen", log);
        // Back at its poll, it learns that it is no member any more and joins anew, as a standby without a partition.
        if matches!(moved, Moved::Stopped(_) | Moved::Idle) || service.phase == Phase::Polling {
            self.thaw_at = None;
        } else {
            self.frozen = Some(service);
        }
        shown
    }

    fn write_markers(&mut self, log: &mut Log) -> bool {
        self.markers_at = None;
        let Some(commits) = self.broker.complete() else { return false };
        self.after_end(commits);
        let says =
            "The coordinator writes commit markers to the invoices and to __consumer_offsets: both count from now on.";
        log.good(self.now, says);
        self.show(&["mark-invoices", "mark-offsets"], &["invoices", "offsets"], says);
        true
    }

    fn time_out(&mut self, log: &mut Log) -> bool {
        self.broker.abort();
        self.after_end(false);
        let says = format!(
            "The transaction is older than transaction.timeout.ms ({} s): the coordinator, which looks every 10 s, aborts it, and readers behind it go on.",
            self.settings.transaction_timeout_millis / 1000
        );
        log.good(self.now, &says);
        self.show(&["mark-invoices"], &["coordinator", "invoices"], says);
        true
    }

    /// The service learns the next epoch, unless it has been aborted; what is committed counts as invoiced.
    fn after_end(&mut self, commits: bool) {
        let epoch = self.broker.transaction.as_ref().map_or(0, |transaction| transaction.epoch);
        if let Some(service) = self.service.as_mut().filter(|service| commits && service.phase == Phase::Waiting) {
            service.completed(epoch);
        }
        for entry in &self.broker.invoices.entries {
            if let Entry::Invoice { order, fate: Fate::Committed } = entry
                && self.invoiced.insert(*order)
            {
                self.lost.remove(order);
            }
        }
    }

    /// Orders behind the offset where a new instance starts, and of which nobody has an invoice to write, are lost.
    pub(super) fn note_lost(&mut self, from: u64, starting: &Service) {
        let held = |order: &u32| self.frozen.as_ref().is_some_and(|frozen| frozen.batch.contains(order));
        let first = self.broker.orders.first;
        let behind = (first..from).filter_map(|offset| self.broker.orders.get(offset).copied());
        let lost: Vec<u32> = behind.filter(|order| !self.invoiced.contains(order) && !held(order)).collect();
        debug_assert!(starting.batch.is_empty());
        self.lost.extend(lost);
    }

    fn start_service(&mut self, log: &mut Log) -> bool {
        self.restart_at = None;
        let mut service = Service::new(self.settings.commit, self.settings.idempotence, self.broker.generation);
        let moved = service.advance(&mut self.broker, self.settings.max_poll, self.now);
        if matches!(moved, Moved::Started { aborted: true, .. }) {
            self.markers_at = None;
        }
        self.after_end(false);
        self.tell(&mut service, &moved, "service", log);
        self.service = Some(service);
        self.next_move_at = self.now + MOVE_MILLIS;
        true
    }

    /// The reader takes what it may see.
    fn read(&mut self, log: &mut Log) {
        let end =
            if self.settings.read_committed { self.broker.last_stable_offset() } else { self.broker.invoices.end() };
        while self.reader.position < end {
            let entry = self.broker.invoices.get(self.reader.position).copied();
            self.reader.position += 1;
            let Some(Entry::Invoice { order, fate }) = entry else { continue };
            if self.settings.read_committed && fate == Fate::Aborted {
                continue;
            }
            if let Some(before) = self.reader.take(order) {
                let why = if before > 1 { "again" } else { "a second time" };
                log.bad(self.now, format!("The reader sees the invoice of order {order} {why}."));
            }
            if !self.last.flow.contains(&"read") {
                self.last.flow.push("read");
            }
        }
    }

    /// The service dies where it stands.
    pub fn kill(&mut self, log: &mut Log) {
        let Some(service) = self.service.take() else { return };
        let says = format!("The service dies {}.", service.place());
        log.bad(self.now, &says);
        self.show(&[], &["service"], says);
        if self.settings.restarts {
            self.restart_at = Some(self.now + RESTART_MILLIS);
        }
    }

    /// A dead service is about to be started.
    pub const fn starts_soon(&self) -> bool {
        self.restart_at.is_some()
    }

    pub fn start_now(&mut self, log: &mut Log) {
        self.start_service(log);
    }

    /// The service stands still for longer than `max.poll.interval.ms`; another instance takes its partition.
    pub fn freeze(&mut self, log: &mut Log) {
        let Some(service) = self.service.take() else { return };
        let says = format!(
            "The service stands still {}, longer than max.poll.interval.ms: the group goes on without it, and a second instance takes the partition.",
            service.place()
        );
        log.bad(self.now, &says);
        self.broker.generation += 1;
        self.frozen = Some(service);
        self.thaw_at = Some(self.now + 2 * RESTART_MILLIS);
        self.restart_at = Some(self.now + MOVE_MILLIS);
        self.show(&[], &["frozen"], says);
    }

    /// The settings of the service changed: it is deployed anew between two batches, or where it stands.
    pub fn deploy(&mut self, log: &mut Log) {
        let Some(service) = self.service.take() else { return };
        if service.phase == Phase::Starting {
            self.service = Some(Service::new(self.settings.commit, self.settings.idempotence, self.broker.generation));
            return;
        }
        let says = format!("The service is deployed anew; the old one is stopped {}.", service.place());
        log.say(self.now, &says);
        self.restart_at = Some(self.now + MOVE_MILLIS);
        self.show(&[], &["service"], says);
    }

    /// Messages that `read_committed` readers do not get yet.
    pub fn stable_lag(&self) -> u64 {
        self.broker.invoices.end() - self.broker.last_stable_offset()
    }

    /// Orders that the group has not committed.
    pub fn orders_lag(&self) -> u64 {
        self.broker.orders.end() - self.broker.committed.unwrap_or(0)
    }
}
