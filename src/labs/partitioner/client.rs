//! A producing client: which partition its partitioner picks, and the batches that it has not sent or not had answered.

use std::collections::VecDeque;

use rand::Rng as _;

use super::accumulator::{Accumulator, Batch, Config, Sizes};
use super::hash::{java_partition, librdkafka_partition, murmur2};
use super::workload::Event;
use crate::labs::Chance;

#[derive(Clone, Debug)]
pub struct Settings {
    /// What the key of a record is: `order_id`, `merchant_id`, `merchant_id#0..3` or `none`.
    pub key: String,
    /// The reader's own key, of every fourth record when it is not empty.
    pub own_key: String,
    /// `partitioner.class`: the built-in one, or `RoundRobinPartitioner`.
    pub round_robin: bool,
    pub ignore_keys: bool,
    pub producer: Config,
    /// Who writes *shipped*.
    pub shipping: Shipping,
    pub interval_millis: u64,
    pub record_bytes: u32,
    pub process_millis: u64,
    /// One merchant has most of the new orders.
    pub sale: bool,
}

/// The client that writes the last event of each order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shipping {
    /// The order service itself.
    Same,
    Java,
    /// librdkafka with its default, `partitioner=consistent_random`.
    Consistent,
    /// librdkafka with `partitioner=murmur2_random`.
    Murmur2,
}

#[derive(Clone, Debug, Default)]
pub struct Client {
    pub unsent: Accumulator<Event>,
    /// By partition, each batch with the moment at which the broker has written it.
    pub in_flight: Vec<VecDeque<(u64, Batch<Event>)>>,
    /// The key of its last record, empty for none; nothing before the first record.
    pub last_key: Option<String>,
    round_robin: u32,
    /// librdkafka's partition for records without a key, and until when it stays.
    sticky_until: (u8, u64),
}

/// How a record's partition was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What stands in the partitioner: `murmur2 48d2a6ae`, `sticky, 5106 B`.
    pub by: String,
    /// `mod 3 = 1`, or nothing.
    pub modulo: String,
}

impl Settings {
    /// The share of new orders that the merchant with the sale has, in per cent.
    pub fn hot_percent(&self) -> u64 {
        if self.sale { 80 } else { 10 }
    }
}

impl Client {
    /// Appends an event to a batch; where it went and why. `rdkafka` tells a librdkafka client from a Java one.
    pub fn append(
        &mut self,
        event: &Event,
        (settings, count, now): (&Settings, u8, u64),
        rdkafka: bool,
        chance: &mut Chance,
    ) -> (u8, Choice) {
        let key = event.key.as_deref().map(str::as_bytes);
        let (chosen, by) = match key {
            None if rdkafka => {
                let partition = self.rdkafka_sticky(now, count, settings.producer.linger_millis, chance);
                (Some(partition), "random, sticky".to_owned())
            }
            Some(key) if rdkafka && settings.shipping == Shipping::Consistent => {
                (Some(librdkafka_partition(key, count)), format!("crc32 {:08x}", crc32fast::hash(key)))
            }
            _ if !rdkafka && settings.round_robin => (Some(self.next_in_turn(count)), "next in turn".to_owned()),
            Some(key) if rdkafka || !settings.ignore_keys => {
                (Some(java_partition(key, count)), format!("murmur2 {:08x}", murmur2(key) & 0x7fff_ffff))
            }
            _ => (None, String::new()),
        };
        let bytes = key.map(|key| u32::try_from(key.len()).unwrap_or(u32::MAX));
        let sizes = Sizes { key: bytes, value: settings.record_bytes };
        let mut random = || chance.next_u32() & 0x7fff_ffff;
        let config = (count, &settings.producer);
        let partition = self.unsent.append(chosen, event.clone(), sizes, now, config, &mut random);
        self.last_key = Some(event.key.clone().unwrap_or_default());
        let hashed = by.contains("murmur2") || by.contains("crc32");
        let modulo = if hashed { format!("mod {count} = {partition}") } else { String::new() };
        let by = match self.unsent.sticky() {
            _ if chosen.is_some() => by,
            Some((stays, bytes)) if stays == partition && bytes > 0 => format!("sticky, {bytes} B"),
            _ => "sticky, full".to_owned(),
        };
        (partition, Choice { by, modulo })
    }

    /// Source: `RoundRobinPartitioner`, kafka-clients 4.3.1: keys do not matter.
    pub fn next_in_turn(&mut self, count: u8) -> u8 {
        let turn = self.round_robin;
        self.round_robin = self.round_robin.wrapping_add(1);
        u8::try_from(turn % u32::from(count.max(1))).unwrap_or(0)
    }

    /// librdkafka stays on a random partition for `sticky.partitioning.linger.ms`, twice `linger.ms` unless set.
    fn rdkafka_sticky(&mut self, now: u64, count: u8, linger_millis: u64, chance: &mut Chance) -> u8 {
        if now >= self.sticky_until.1 {
            let partition = u8::try_from(chance.next_u32() % u32::from(count.max(1))).unwrap_or(0);
            self.sticky_until = (partition, now + 2 * linger_millis);
        }
        self.sticky_until.0
    }
}
