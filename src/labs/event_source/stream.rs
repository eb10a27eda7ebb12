//! A Kinesis stream (or a table's stream) as a source: each shard in order, so a batch that fails stops what is behind it
//! until it succeeds or is given up.

use std::collections::VecDeque;

use super::model::{Call, Failure, From, Mapping, Settings};
use super::words::{many, records, them};
use crate::labs::Log;

/// Shards of the stream.
pub const SHARDS: usize = 2;
/// A shard is read so often.
const READ_MILLIS: u64 = 1_000;
/// A failed batch is tried again after so long, doubled each time up to the second value.
const BACKOFF_MILLIS: (u64, u64) = (1_000, 16_000);
/// Retention of the stream: 24 hours.
const RETENTION_MILLIS: u64 = 86_400_000;

/// A shard, or with a parallelization factor the part of its partition keys that is worked on as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    pub shard: usize,
    /// Not read yet: the record and when it arrived.
    pub records: VecDeque<(u32, u64)>,
    /// Read and not done, first to be worked on first: a batch, and how often it has failed.
    pub work: VecDeque<Work>,
    busy: bool,
    next_at: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub batch: Vec<(u32, u64)>,
    pub failed: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    pub lanes: Vec<Lane>,
    put: u64,
}

impl Stream {
    /// One lane, or several, for each shard.
    pub fn lanes(&mut self, parallel: usize) {
        let lane = |index: usize| Lane { shard: index / parallel, ..Lane::default() };
        self.lanes = (0..SHARDS * parallel).map(lane).collect();
    }

    /// Keys take turns, so that every lane gets its share.
    pub fn put(&mut self, id: u32, now: u64) {
        let lanes = self.lanes.len().max(1) as u64;
        let parallel = lanes / SHARDS as u64;
        let (shard, key) = (self.put % SHARDS as u64, self.put / SHARDS as u64);
        let index = usize::try_from(shard * parallel + key % parallel.max(1)).unwrap_or(0);
        self.put += 1;
        if let Some(lane) = self.lanes.get_mut(index) {
            lane.records.push_back((id, now));
        }
    }

    pub fn waiting(&self) -> usize {
        let of = |lane: &Lane| lane.records.len() + lane.work.iter().map(|work| work.batch.len()).sum::<usize>();
        self.lanes.iter().map(of).sum()
    }

    pub fn oldest(&self) -> Option<u64> {
        let of =
            |lane: &Lane| lane.work.iter().flat_map(|work| &work.batch).chain(&lane.records).map(|(_, at)| *at).min();
        self.lanes.iter().filter_map(of).min()
    }

    /// When each idle lane goes on.
    pub fn read_at(&self, now: u64, settings: &Settings) -> Vec<(usize, u64)> {
        let mut out = Vec::new();
        for (index, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| !lane.busy) {
            if !lane.work.is_empty() {
                out.push((index, lane.next_at.max(now)));
            } else if let Some((_, first)) = lane.records.front() {
                let full = lane.records.get(settings.batch.saturating_sub(1)).map(|(_, at)| *at);
                let over = first + settings.window;
                let at = full.map_or(over, |full| full.min(over)).max(lane.next_at).max(now);
                out.push((index, at.next_multiple_of(READ_MILLIS)));
            }
        }
        out
    }
}

/// The shard that a record was put into, from 0; record 1 was the first.
pub fn shard_of(id: u32) -> usize {
    (usize::try_from(id).unwrap_or(1) + SHARDS - 1) % SHARDS
}

impl Mapping {
    /// Another parallelization factor: what was read is read again, in the new lanes.
    pub(super) fn relane(&mut self) {
        let mut records: Vec<(usize, (u32, u64))> = Vec::new();
        for lane in &self.stream.lanes {
            let all = lane.work.iter().flat_map(|work| &work.batch).chain(&lane.records);
            records.extend(all.map(|record| (lane.shard, *record)));
        }
        records.sort_by_key(|(_, (id, _))| *id);
        self.calls.clear();
        self.stream.lanes(self.settings.parallel);
        let parallel = self.settings.parallel;
        for (shard, record) in records {
            let key = usize::try_from(record.0).unwrap_or(0) / SHARDS % parallel;
            if let Some(lane) = self.stream.lanes.get_mut(shard * parallel + key) {
                lane.records.push_back(record);
            }
        }
    }

    /// An idle lane takes the next batch, or the one that failed once more.
    pub(super) fn reads(&mut self, index: usize, log: &mut Log) -> bool {
        let (now, size, room) = (self.now, self.settings.batch, self.has_room());
        let max_age = self.settings.max_age.unwrap_or(RETENTION_MILLIS).min(RETENTION_MILLIS);
        let Some(lane) = self.stream.lanes.get_mut(index) else { return false };
        if lane.work.is_empty() {
            let take = size.min(lane.records.len());
            let batch: Vec<(u32, u64)> = lane.records.drain(..take).collect();
            lane.work.push_back(Work { batch, failed: 0 });
        }
        let shard = lane.shard + 1;
        let Some(work) = lane.work.front_mut() else { return false };
        let old: Vec<u32> =
            work.batch.iter().filter(|(_, at)| now.saturating_sub(*at) > max_age).map(|(id, _)| *id).collect();
        if !old.is_empty() && work.failed > 0 {
            work.batch.retain(|(id, _)| !old.contains(id));
            work.failed = 0;
            if work.batch.is_empty() {
                lane.work.pop_front();
            }
            self.last.flow.push("die".to_owned());
            self.is_dead(&old);
            let limit = max_age / 1_000;
            log.bad(now, format!("Shard {shard}: {} older than {limit} s, discarded", records(&old)));
            self.last.says = format!(
                "{} of shard {shard} {} older than {limit} s: discarded. The shard moves on.",
                many(old.len(), "record"),
                if old.len() == 1 { "is" } else { "are" }
            );
            return true;
        }
        let (batch, failed): (Vec<u32>, u32) = (work.batch.iter().map(|(id, _)| *id).collect(), work.failed);
        self.last.focus.push(format!("shard{shard}"));
        if !room {
            lane.next_at = now + BACKOFF_MILLIS.0;
            self.counters.throttles += 1;
            log.bad(now, format!("Shard {shard} is throttled: the function has no concurrency left. It is tried again and does not count as an attempt"));
            self.last.says =
                format!("Shard {shard}: the function is throttled. The batch waits; such a try does not count.");
            return true;
        }
        lane.busy = true;
        self.last.flow.push(format!("poll{shard}"));
        self.last.says = if failed == 0 {
            format!(
                "The mapping reads {} from shard {shard} and invokes the function with {}.",
                records(&batch),
                them(&batch)
            )
        } else {
            format!(
                "Shard {shard}: the same batch again, attempt {}: {}. Nothing behind it moves.",
                failed + 1,
                records(&batch)
            )
        };
        self.invoke(From::Lane(index), batch, log);
        true
    }

    pub(super) fn lane_call_ended(&mut self, index: usize, call: Call, log: &mut Log) {
        let (now, settings) = (self.now, self.settings.clone());
        let Some(lane) = self.stream.lanes.get_mut(index) else { return };
        lane.busy = false;
        let shard = lane.shard + 1;
        let Some(mut work) = lane.work.pop_front() else { return };
        self.last.focus.push(format!("shard{shard}"));
        if call.fails == Failure::None {
            lane.next_at = now;
            self.is_done(&call.records);
            log.good(now, format!("Shard {shard}: {} done", records(&call.records)));
            self.last.says = format!(
                "The function has handled {}: shard {shard} is checkpointed behind {}.",
                records(&call.records),
                them(&call.records)
            );
            return;
        }
        // What comes before the lowest failure that the function returned is checkpointed.
        let lowest = match &call.fails {
            Failure::Returns(failed) => work.batch.iter().position(|(id, _)| failed.contains(id)).unwrap_or(0),
            _ => 0,
        };
        let good: Vec<u32> = work.batch.drain(..lowest).map(|(id, _)| id).collect();
        let why = match call.fails {
            Failure::TimesOut => "times out".to_owned(),
            Failure::Returns(failed) => format!("returns {} as failed", records(&failed)),
            _ => "throws".to_owned(),
        };
        let mut says = format!("The function {why} on a batch of shard {shard}.");
        if !good.is_empty() {
            says = format!(
                "{says} {} before it {} checkpointed.",
                many(good.len(), "record"),
                if good.len() == 1 { "is" } else { "are" }
            );
            work.failed = 0;
        }
        work.failed += 1;
        let left: Vec<u32> = work.batch.iter().map(|(id, _)| *id).collect();
        let tried_out = settings.attempts.is_some_and(|attempts| work.failed > attempts);
        let mut dead = Vec::new();
        if settings.bisect && work.batch.len() > 1 {
            // Halving does not use up an attempt.
            let second = work.batch.split_off(work.batch.len() / 2);
            says = format!(
                "{says} The batch is halved: {} first, then {}.",
                many(work.batch.len(), "record"),
                many(second.len(), "record")
            );
            lane.work.push_front(Work { batch: second, failed: 0 });
            lane.work.push_front(Work { batch: work.batch, failed: 0 });
            lane.next_at = now + BACKOFF_MILLIS.0;
            log.bad(now, format!("Shard {shard}: the function {why}; the batch is halved"));
        } else if tried_out {
            dead = left;
            lane.next_at = now;
            let attempts = work.failed - 1;
            says = format!(
                "{says} {} used up: {} discarded. The destination gets the place in the shard, not the data.",
                retries(attempts),
                are(&dead)
            );
            log.bad(
                now,
                format!(
                    "Shard {shard}: the function {why}; {} used up, {} discarded",
                    retries(attempts),
                    records(&dead)
                ),
            );
        } else {
            let wait = (BACKOFF_MILLIS.0 << (work.failed - 1).min(8)).min(BACKOFF_MILLIS.1);
            lane.next_at = now + wait;
            lane.work.push_front(work);
            says = format!("{says} The same {} will be tried again in {wait} ms.", many(left.len(), "record"));
            log.bad(now, format!("Shard {shard}: the function {why}; {} will be tried again", records(&left)));
        }
        self.is_done(&good);
        if !dead.is_empty() {
            self.last.flow.push("die".to_owned());
            self.is_dead(&dead);
        }
        self.last.says = says;
    }
}

fn retries(count: u32) -> String {
    if count == 1 { "The one retry is".to_owned() } else { format!("The {count} retries are") }
}

fn are(ids: &[u32]) -> String {
    format!("{} {}", records(ids), if ids.len() == 1 { "is" } else { "are" })
}
