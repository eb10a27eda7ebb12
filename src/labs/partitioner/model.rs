//! Producers with their unsent batches, a topic with a broker for each partition, and the group that reads it.

use std::collections::VecDeque;

use super::accumulator::Config;
use super::client::{Choice, Client, Settings, Shipping};
use super::hash::java_partition;
use super::workload::{Event, Orders};
use crate::labs::{Chance, Log};

/// The most partitions that the topic can come to.
pub const MOST_PARTITIONS: u8 = 8;
/// A broker's time for a request, in milliseconds: healthy, and slow.
const REQUEST_MILLIS: (u64, u64) = (2, 120);
/// `max.in.flight.requests.per.connection`, its default.
const IN_FLIGHT: usize = 5;
/// Events of the group that are kept to be shown.
const SHOWN: usize = 8;

#[derive(Clone, Debug)]
pub struct World {
    pub settings: Settings,
    pub now: u64,
    /// The order service, and the shipping service when it is one of its own.
    pub clients: [Client; 2],
    pub partitions: Vec<Partition>,
    /// What the group processed last, newest last.
    pub processed: VecDeque<Event>,
    pub last: Last,
    /// How the partition of the last record was chosen.
    pub chosen: Option<Choice>,
    pub counts: Counts,
    orders: Orders,
    rng: Chance,
    next_record_at: u64,
    /// Records sent so far, by which every fourth is known.
    sent: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// Records from the first one that is shown or unread.
    pub log: VecDeque<Event>,
    /// Offset of the first record of `log`.
    pub first: u64,
    /// The next offset that the group reads.
    pub position: u64,
    busy_until: Option<u64>,
    pub stalled: bool,
    pub slow: bool,
    /// Records that were ever sent to it.
    pub sent: u64,
    /// The group has read from it since the last event that was shown.
    pub was_read: bool,
}

/// Figures since the start.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub records: u64,
    pub batches: u64,
    pub batch_bytes: u64,
    /// Events that the group processed before an earlier one of the same order.
    pub out_of_order: u64,
    /// Orders whose *shipped* went to another partition than their key has in the order service.
    pub shipped: u64,
    pub shipped_elsewhere: u64,
    /// Of a thousand order ids, how many another partition had after the last change of the count.
    pub moved: u64,
}

/// What happened last.
#[derive(Clone, Debug)]
pub enum Last {
    Nothing,
    /// Client and partition, and the words.
    Sent {
        client: usize,
        partition: u8,
        says: String,
    },
    Written {
        partition: u8,
        says: String,
    },
    OutOfOrder {
        partition: u8,
        says: String,
    },
    /// Something that was done.
    Done {
        says: String,
    },
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = Chance::from_seed(seed);
        let orders = Orders::new(&mut rng);
        let producer = Config { batch_size: 16_384, linger_millis: 5, adaptive: true, availability_timeout_millis: 0 };
        let settings = Settings {
            key: "order_id".to_owned(),
            own_key: String::new(),
            round_robin: false,
            ignore_keys: false,
            producer,
            shipping: Shipping::Same,
            interval_millis: 2,
            record_bytes: 1000,
            process_millis: 5,
            sale: false,
        };
        let mut world = Self {
            settings,
            now: 0,
            clients: Default::default(),
            partitions: Vec::new(),
            processed: VecDeque::new(),
            last: Last::Nothing,
            chosen: None,
            counts: Counts::default(),
            orders,
            rng,
            next_record_at: 1,
            sent: 0,
        };
        world.set_partitions(3);
        world
    }

    /// The number of partitions, which only grows.
    pub fn count(&self) -> u8 {
        u8::try_from(self.partitions.len()).unwrap_or(MOST_PARTITIONS)
    }

    fn set_partitions(&mut self, count: u8) {
        self.partitions.resize_with(usize::from(count), Partition::default);
        for client in &mut self.clients {
            client.in_flight.resize_with(usize::from(count), VecDeque::new);
        }
    }

    /// Creates the topic anew with so many partitions while nothing has been sent, or adds to it.
    pub fn alter_partitions(&mut self, count: u8, log: &mut Log) {
        let before = self.count();
        if self.sent == 0 {
            self.set_partitions(count);
            return log.say(self.now, format!("Topic orders is created with {count} partitions."));
        }
        self.set_partitions(count);
        let moves = |n: u32| {
            let key = format!("order-{n}");
            java_partition(key.as_bytes(), before) != java_partition(key.as_bytes(), count)
        };
        self.counts.moved = (1..=1000).filter(|n| moves(*n)).count() as u64;
        let moved = self.counts.moved / 10;
        let says = format!(
            "kafka-topics.sh --alter --partitions {count}: {before} become {count}. The divisor changes, so {moved} % of all order ids now belong to another partition; records already written stay where they are."
        );
        log.bad(self.now, &says);
        self.last = Last::Done { says };
    }

    /// Moves to the next event worth showing.
    pub fn step(&mut self, log: &mut Log) {
        for partition in &mut self.partitions {
            partition.was_read = false;
        }
        // A record is due within the interval, so this ends.
        while !self.next_event(log) {}
    }

    /// Carries out whatever comes next; true when it is worth showing.
    fn next_event(&mut self, log: &mut Log) -> bool {
        let config = self.settings.producer.clone();
        let written = self.soonest(|world, n| {
            let done = |client: &Client| client.in_flight.get(n)?.front().map(|batch| batch.0);
            world.clients.iter().filter_map(done).min()
        });
        let processed = self.soonest(|world, n| world.partitions.get(n)?.busy_until);
        let lingered = self.soonest(|world, n| {
            let free = |client: &&Client| client.in_flight.get(n).is_some_and(|sent| sent.len() < IN_FLIGHT);
            let until = |client: &Client| client.unsent.lingers_until(u8::try_from(n).unwrap_or(0), &config);
            world.clients.iter().filter(free).filter_map(until).min()
        });
        let times = [written, processed, lingered, Some((self.next_record_at, 0))];
        let soonest = times.iter().enumerate().filter_map(|(what, when)| Some((when.as_ref()?.0, what)));
        let Some((at, what)) = soonest.min() else { return true };
        self.now = self.now.max(at);
        let place = times.get(what).copied().flatten().map_or(0, |when| when.1);
        let shown = match what {
            0 => self.write(place, log),
            1 => self.process(place, log),
            2 => false,
            _ => self.send(log),
        };
        self.run_senders();
        self.start_processing();
        shown
    }

    fn soonest(&self, of: impl Fn(&Self, usize) -> Option<u64>) -> Option<(u64, usize)> {
        (0..self.partitions.len()).filter_map(|n| Some((of(self, n)?, n))).min()
    }

    /// A service sends the next record.
    fn send(&mut self, log: &mut Log) -> bool {
        self.next_record_at = self.now + self.settings.interval_millis;
        self.sent += 1;
        let hot = self.settings.hot_percent();
        let own = !self.settings.own_key.is_empty() && self.sent.is_multiple_of(4);
        let event = if own {
            Event { order: 0, stage: 0, key: Some(self.settings.own_key.clone()) }
        } else {
            self.orders.event(&self.settings.key, hot, &mut self.rng)
        };
        let shipped = event.order > 0 && event.stage == 2;
        let client = usize::from(shipped && self.settings.shipping != Shipping::Same);
        let rdkafka = client == 1 && matches!(self.settings.shipping, Shipping::Consistent | Shipping::Murmur2);
        let setting = (&self.settings, self.count(), self.now);
        let Some((partition, choice)) =
            self.clients.get_mut(client).map(|sender| sender.append(&event, setting, rdkafka, &mut self.rng))
        else {
            return false;
        };
        self.counts.records += 1;
        if let Some(partition) = self.partitions.get_mut(usize::from(partition)) {
            partition.sent += 1;
        }
        if shipped && let Some(key) = &event.key {
            self.counts.shipped += 1;
            let elsewhere = partition != java_partition(key.as_bytes(), self.count());
            self.counts.shipped_elsewhere += u64::from(elsewhere);
        }
        let key = event.key.as_ref().map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
        let modulo = if choice.modulo.is_empty() { String::new() } else { format!(", {}", choice.modulo) };
        let who = if client == 1 { "The shipping service sends" } else { "The order service sends" };
        let says = format!("{who} {} ({key}): {}{modulo}, partition {partition}.", event.words(), choice.by);
        log.say(self.now, &says);
        self.chosen = Some(choice);
        self.last = Last::Sent { client, partition, says };
        true
    }

    /// Sends every batch that is ready and that its connection takes.
    fn run_senders(&mut self) {
        let (now, count) = (self.now, self.count());
        let config = self.settings.producer.clone();
        for client in &mut self.clients {
            loop {
                let mut drained = false;
                for ready in client.unsent.ready(now, count, &config) {
                    let place = usize::from(ready);
                    let Some(sent) = client.in_flight.get_mut(place) else { continue };
                    let takes = sent.len() < IN_FLIGHT;
                    client.unsent.note_latency(ready, now, takes, &config);
                    if !takes {
                        continue;
                    }
                    if let Some(batch) = client.unsent.drain(ready) {
                        let slow = self.partitions.get(place).is_some_and(|partition| partition.slow);
                        let takes_millis = if slow { REQUEST_MILLIS.1 } else { REQUEST_MILLIS.0 };
                        // A broker answers the requests of one connection one after another.
                        let from = sent.back().map_or(now, |last| last.0.max(now));
                        sent.push_back((from + takes_millis, batch));
                        drained = true;
                    }
                }
                if !drained {
                    break;
                }
            }
        }
    }

    /// A broker has written a batch.
    fn write(&mut self, place: usize, log: &mut Log) -> bool {
        let due = |client: &Client| client.in_flight.get(place).and_then(VecDeque::front).map(|batch| batch.0);
        let Some(client) =
            self.clients.iter_mut().filter(|client| due(client).is_some()).min_by_key(|client| due(client))
        else {
            return false;
        };
        let Some((_, batch)) = client.in_flight.get_mut(place).and_then(VecDeque::pop_front) else { return false };
        let Some(partition) = self.partitions.get_mut(place) else { return false };
        self.counts.batches += 1;
        self.counts.batch_bytes += u64::from(batch.bytes);
        let (records, bytes) = (batch.records.len(), batch.bytes);
        let offset = partition.end();
        partition.log.extend(batch.records);
        partition.forget();
        let words = if records == 1 { "1 record".to_owned() } else { format!("{records} records") };
        let says = format!("Partition {place} takes a batch of {words} ({bytes} bytes) at offset {offset}.");
        log.say(self.now, &says);
        self.last = Last::Written { partition: u8::try_from(place).unwrap_or(0), says };
        true
    }

    /// A consumer has finished a record.
    fn process(&mut self, place: usize, log: &mut Log) -> bool {
        let Some(partition) = self.partitions.get_mut(place) else { return false };
        partition.busy_until = None;
        partition.was_read = true;
        let index = usize::try_from(partition.position - partition.first).unwrap_or(usize::MAX);
        let Some(event) = partition.log.get(index).cloned() else { return false };
        partition.position += 1;
        partition.forget();
        if self.processed.len() == SHOWN {
            self.processed.pop_front();
        }
        let missing = self.orders.process(&event);
        let words = event.words();
        self.processed.push_back(event);
        let Some(missing) = missing else { return false };
        self.counts.out_of_order += 1;
        let says = format!(
            "The group processes {words} from partition {place}, and {missing} of that order is still to come: across partitions there is no order."
        );
        log.bad(self.now, &says);
        self.last = Last::OutOfOrder { partition: u8::try_from(place).unwrap_or(0), says };
        true
    }

    fn start_processing(&mut self) {
        for partition in &mut self.partitions {
            if partition.busy_until.is_none() && !partition.stalled && partition.lag() > 0 {
                partition.busy_until = Some(self.now + self.settings.process_millis);
            }
        }
    }

    /// Records that wait in the clients or are on their way.
    #[cfg(test)]
    pub fn unwritten(&self) -> u64 {
        let of = |client: &Client| {
            let sent = client.in_flight.iter().flatten().map(|(_, batch)| batch.records.len());
            sent.sum::<usize>() + client.unsent.records()
        };
        self.clients.iter().map(of).sum::<usize>() as u64
    }

    /// The largest lag of a partition.
    pub fn lag_max(&self) -> u64 {
        self.partitions.iter().map(Partition::lag).max().unwrap_or(0)
    }
}

impl Partition {
    pub fn end(&self) -> u64 {
        self.first + self.log.len() as u64
    }

    /// Records that the group has still to process.
    pub fn lag(&self) -> u64 {
        self.end() - self.position
    }

    /// Keeps what is unread and the last few.
    fn forget(&mut self) {
        while self.log.len() > SHOWN && self.first < self.position {
            self.log.pop_front();
            self.first += 1;
        }
    }

    /// A consumer that is stalled gives up the record it is at.
    pub fn stall(&mut self, stalled: bool) {
        self.stalled = stalled;
        if stalled {
            self.busy_until = None;
        }
    }
}
