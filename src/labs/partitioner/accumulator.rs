//! The batches that a producer has not sent yet, and the partition it sticks to for records without a key.
//!
//! Built after `RecordAccumulator` and `BuiltInPartitioner` of kafka-clients 4.3.1, without compression.

use std::collections::{BTreeMap, VecDeque};

/// Settings of the producer that bear on batches.
#[derive(Clone, Debug)]
pub struct Config {
    pub batch_size: u32,
    pub linger_millis: u64,
    pub adaptive: bool,
    /// 0 is off.
    pub availability_timeout_millis: u64,
}

/// A batch being filled or waiting to be sent.
#[derive(Clone, Debug)]
pub struct Batch<R> {
    pub bytes: u32,
    pub records: Vec<R>,
    limit: u32,
    created_millis: u64,
    /// No more records are taken.
    closed: bool,
}

/// A record as it is appended; sizes in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub key: Option<u32>,
    pub value: u32,
}

#[derive(Clone, Debug)]
pub struct Accumulator<R> {
    queues: BTreeMap<u8, VecDeque<Batch<R>>>,
    sticky: Option<Sticky>,
    /// Partitions with a running sum of their weights; none while all are alike.
    loads: Option<Vec<(u8, u32)>>,
    latency: BTreeMap<u8, Latency>,
}

#[derive(Clone, Copy, Debug)]
struct Sticky {
    partition: u8,
    bytes: u32,
}

/// When a broker last had something to be sent, and when it last took it.
#[derive(Clone, Copy, Debug)]
struct Latency {
    ready_millis: u64,
    drained_millis: u64,
}

/// Bytes of a batch before its first record.
const BATCH_HEADER: u32 = 61;
/// The most that a record needs besides key, value and their lengths.
const RECORD_OVERHEAD: u32 = 21;

impl<R> Default for Accumulator<R> {
    fn default() -> Self {
        Self { queues: BTreeMap::new(), sticky: None, loads: None, latency: BTreeMap::new() }
    }
}

impl<R> Accumulator<R> {
    /// Appends a record to the last batch of a partition, or of the sticky one when none is named; returns the partition.
    ///
    /// `random` gives 31 bits of chance each time the sticky partition is chosen.
    pub fn append(
        &mut self,
        partition: Option<u8>,
        record: R,
        sizes: Sizes,
        now: u64,
        (partitions, config): (u8, &Config),
        random: &mut dyn FnMut() -> u32,
    ) -> u8 {
        loop {
            let to = partition.unwrap_or_else(|| self.current(partitions, config, random));
            let queue = self.queues.entry(to).or_default();
            let room = queue.back().map(|last| last.room_for(sizes, now));
            let added = match (room, queue.back_mut()) {
                (Some(Some(bytes)), Some(last)) => {
                    last.bytes += bytes;
                    last.records.push(record);
                    bytes
                }
                (Some(None), Some(last)) if !last.is_full() => {
                    // Without room the batch is closed, and a switch that it had put off is made up for.
                    last.closed = true;
                    continue;
                }
                _ => {
                    let batch = Batch::new(record, sizes, now, config.batch_size);
                    let bytes = batch.bytes;
                    queue.push_back(batch);
                    bytes
                }
            };
            if partition.is_none() {
                let may_switch = self.all_full(to);
                self.produced(added, may_switch, partitions, config, random);
            }
            return to;
        }
    }

    /// The sticky partition; a switch that an unfinished batch had put off is made up for first.
    fn current(&mut self, partitions: u8, config: &Config, random: &mut dyn FnMut() -> u32) -> u8 {
        loop {
            let Some(sticky) = self.sticky else {
                let partition = self.next_partition(partitions, random);
                self.sticky = Some(Sticky { partition, bytes: 0 });
                continue;
            };
            self.queues.entry(sticky.partition).or_default();
            if !self.all_full(sticky.partition) || sticky.bytes < config.batch_size {
                return sticky.partition;
            }
            self.produced(0, true, partitions, config, random);
        }
    }

    /// Counts bytes towards the sticky partition; from `batch.size` on, it is left when its last batch is full, from twice
    /// as much on in any case.
    fn produced(
        &mut self,
        bytes: u32,
        may_switch: bool,
        partitions: u8,
        config: &Config,
        random: &mut dyn FnMut() -> u32,
    ) {
        let Some(sticky) = &mut self.sticky else { return };
        sticky.bytes += bytes;
        if sticky.bytes >= config.batch_size && may_switch || sticky.bytes >= config.batch_size * 2 {
            let partition = self.next_partition(partitions, random);
            self.sticky = Some(Sticky { partition, bytes: 0 });
        }
    }

    fn next_partition(&self, partitions: u8, random: &mut dyn FnMut() -> u32) -> u8 {
        let random = random();
        match &self.loads {
            Some(loads) => {
                let point = random % loads.last().map_or(1, |load| load.1);
                loads.iter().find(|load| load.1 > point).map_or(0, |load| load.0)
            }
            None => u8::try_from(random % u32::from(partitions.max(1))).unwrap_or(0),
        }
    }

    fn all_full(&self, partition: u8) -> bool {
        self.queues.get(&partition).and_then(VecDeque::back).is_none_or(Batch::is_full)
    }

    /// Partitions with a batch that may be sent: full, or older than `linger.ms`. Weighs the partitions by their queues for
    /// the next choice of a sticky one. Each partition is taken to have a broker of its own.
    pub fn ready(&mut self, now: u64, partitions: u8, config: &Config) -> Vec<u8> {
        let mut ready = Vec::new();
        let weighs = config.adaptive && self.queues.len() >= usize::from(partitions);
        // As the client does, places are reused when a partition is left out: an empty queue keeps what stood there.
        let mut places = vec![(0u8, 0u32); self.queues.len()];
        let mut next = 0;
        for (partition, queue) in &self.queues {
            if let Some(place) = places.get_mut(next) {
                place.0 = *partition;
            }
            next += 1;
            let Some(first) = queue.front() else { continue };
            if let Some(place) = places.get_mut(next - 1) {
                place.1 = u32::try_from(queue.len()).unwrap_or(u32::MAX);
            }
            let late =
                |latency: &Latency| latency.ready_millis - latency.drained_millis > config.availability_timeout_millis;
            if config.availability_timeout_millis > 0 && self.latency.get(partition).is_some_and(late) {
                next -= 1;
            }
            let waited = now.saturating_sub(first.created_millis);
            if queue.len() > 1 || first.is_full() || waited >= config.linger_millis {
                ready.push(*partition);
            }
        }
        self.loads = if weighs { weighed(&places, next) } else { None };
        ready
    }

    /// When the oldest unsent batch of a partition will have waited for `linger.ms`.
    pub fn lingers_until(&self, partition: u8, config: &Config) -> Option<u64> {
        Some(self.queues.get(&partition)?.front()?.created_millis + config.linger_millis)
    }

    /// Takes the oldest batch of a partition to be sent.
    pub fn drain(&mut self, partition: u8) -> Option<Batch<R>> {
        self.queues.get_mut(&partition)?.pop_front()
    }

    /// Notes that a broker had something to be sent to it, and whether it could take it.
    pub fn note_latency(&mut self, partition: u8, now: u64, could_drain: bool, config: &Config) {
        if config.availability_timeout_millis == 0 {
            return;
        }
        let latency = self.latency.entry(partition).or_insert(Latency { ready_millis: now, drained_millis: now });
        if could_drain {
            latency.drained_millis = now;
        }
        latency.ready_millis = now;
    }

    /// Batches of a partition that wait to be sent.
    pub fn queued(&self, partition: u8) -> usize {
        self.queues.get(&partition).map_or(0, VecDeque::len)
    }

    /// Records that wait to be sent.
    #[cfg(test)]
    pub fn records(&self) -> usize {
        self.queues.values().flatten().map(|batch| batch.records.len()).sum()
    }

    /// Bytes in the batch of a partition that still takes records.
    pub fn open_bytes(&self, partition: u8) -> u32 {
        self.queues.get(&partition).and_then(VecDeque::back).map_or(0, |batch| batch.bytes)
    }

    /// The sticky partition and the bytes counted towards it.
    pub fn sticky(&self) -> Option<(u8, u32)> {
        self.sticky.map(|sticky| (sticky.partition, sticky.bytes))
    }
}

impl<R> Batch<R> {
    fn new(record: R, sizes: Sizes, now: u64, batch_size: u32) -> Self {
        let needs = BATCH_HEADER + RECORD_OVERHEAD + sizes.key_and_value();
        let bytes = BATCH_HEADER + sizes.in_batch(0, 0);
        Self { bytes, records: vec![record], limit: batch_size.max(needs), created_millis: now, closed: false }
    }

    fn is_full(&self) -> bool {
        self.closed || self.limit <= self.bytes
    }

    /// The bytes that a record would add, when there is room for it.
    fn room_for(&self, sizes: Sizes, now: u64) -> Option<u32> {
        let bytes = sizes.in_batch(self.records.len(), now.saturating_sub(self.created_millis));
        (!self.is_full() && self.limit >= self.bytes + bytes).then_some(bytes)
    }
}

impl Sizes {
    /// Bytes of the record in a batch of format 2: lengths and deltas are zigzag varints.
    fn in_batch(self, offset_delta: usize, timestamp_delta: u64) -> u32 {
        let body = 1 + varint(timestamp_delta) + varint(offset_delta as u64) + self.key_and_value();
        body + varint(u64::from(body))
    }

    fn key_and_value(self) -> u32 {
        // A key that is not there has the length -1; headers are only their count, 0.
        let key = self.key.map_or(1, |key| varint(u64::from(key)) + key);
        key + varint(u64::from(self.value)) + self.value + 1
    }
}

/// Bytes of a number that is not negative as a zigzag varint.
const fn varint(value: u64) -> u32 {
    let bits = 64 - (value << 1).leading_zeros();
    if bits == 0 { 1 } else { bits.div_ceil(7) }
}

/// Weighs each partition by how much shorter its queue is than the longest, as a running sum; none when all are alike.
fn weighed(places: &[(u8, u32)], used: usize) -> Option<Vec<(u8, u32)>> {
    let taken = places.get(..used)?;
    let longest = taken.iter().map(|place| place.1).max()?;
    let alike = taken.iter().all(|place| place.1 == longest);
    if places.len() < 2 || alike && used == places.len() {
        return None;
    }
    let mut sum = 0;
    let running = taken.iter().map(|(partition, queued)| {
        sum += longest + 1 - queued;
        (*partition, sum)
    });
    Some(running.collect())
}
