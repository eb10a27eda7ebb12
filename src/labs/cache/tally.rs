//! What is counted: in the last tenth of a second, and since the start.

use std::collections::{BTreeMap, VecDeque};

use super::entries::{Entry, Key};

/// How many tenths of a second the charts show.
pub const CHART: usize = 24;
/// Rates and percentiles are those of the last second.
const SECOND: usize = 10;

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub requests: u64,
    pub hits: u64,
    pub misses: u64,
    pub answered: usize,
    /// No thread was free.
    pub rejected: u64,
    /// Their load failed, or their pod died.
    pub failed: usize,
    pub loads: u64,
    pub front_loads: u64,
    pub front_stored: u64,
    pub finished: u64,
    pub early: u64,
    pub invented: u64,
    pub filtered: u64,
    pub timed_out: u64,
    pub acknowledged: u64,
    pub deleted: u64,
    pub flushed: u64,
    pub most_running: usize,
    pub most_pending: usize,
    /// Of the readers answered: how many by milliseconds.
    pub latencies: BTreeMap<u64, u64>,
}

/// One tenth of a second, as it is kept.
#[derive(Clone, Debug)]
struct Tenth {
    hits: u64,
    misses: u64,
    loads: u64,
    errors: u64,
    latencies: BTreeMap<u64, u64>,
}

#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub requests: u64,
    pub answered: u64,
    pub rejected: u64,
    pub failed: u64,
    pub hits: u64,
    pub misses: u64,
    pub front_loads: u64,
    pub product_loads: u64,
    pub invented_loads: u64,
    pub invented: u64,
    pub writes: u64,
    pub acknowledged: u64,
    pub refused_writes: u64,
    /// Acknowledged and in the database.
    pub flushed: u64,
    pub lost: u64,
    /// The last entry of the front page that was recomputed early: when it was stored, and how long before its expiry the first
    /// reader did so.
    pub first_early: Option<(u64, u64)>,
    /// Most queries at once in each tenth of a second.
    pub running: VecDeque<usize>,
    pub most_pending: usize,
    recent: VecDeque<Tenth>,
}

impl Totals {
    pub fn load(&mut self, key: Key) {
        match key {
            Key::Front => self.front_loads += 1,
            Key::Product(_) => self.product_loads += 1,
            Key::Invented(_) => self.invented_loads += 1,
        }
    }

    pub fn early(&mut self, key: Key, entry: Entry, left: u64) {
        if key == Key::Front && self.first_early.is_none_or(|(stored_at, _)| stored_at != entry.stored_at) {
            self.first_early = Some((entry.stored_at, left));
        }
    }

    /// A tenth of a second is over.
    pub fn close(&mut self, slice: &mut Tally, running: usize) {
        self.running.push_back(slice.most_running.max(running));
        if self.running.len() > CHART {
            self.running.pop_front();
        }
        self.most_pending = self.most_pending.max(slice.most_pending);
        let errors = slice.rejected + u64::try_from(slice.failed).unwrap_or_default();
        let latencies = std::mem::take(&mut slice.latencies);
        let (hits, misses, loads) = (slice.hits, slice.misses, slice.loads);
        self.recent.push_back(Tenth { hits, misses, loads, errors, latencies });
        if self.recent.len() > SECOND {
            self.recent.pop_front();
        }
    }

    /// Of those answered in the last second, in milliseconds.
    pub fn p99(&self) -> u64 {
        let mut all: BTreeMap<u64, u64> = BTreeMap::new();
        for (latency, readers) in self.recent.iter().flat_map(|tenth| &tenth.latencies) {
            *all.entry(*latency).or_default() += readers;
        }
        let rank = (all.values().sum::<u64>() * 99).div_ceil(100);
        let mut seen = 0;
        let reaches = |(_, readers): &(&u64, &u64)| {
            seen += *readers;
            seen >= rank
        };
        all.iter().find(reaches).map_or(0, |(latency, _)| *latency)
    }

    /// In the last second, in percent; 100 when nobody asked.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    pub fn hit_percent(&self) -> f64 {
        let (hits, misses) =
            self.recent.iter().fold((0, 0), |(hits, misses), tenth| (hits + tenth.hits, misses + tenth.misses));
        if hits + misses == 0 { 100.0 } else { hits as f64 * 100.0 / (hits + misses) as f64 }
    }

    /// In the last second.
    pub fn loads_in_a_second(&self) -> u64 {
        self.recent.iter().map(|tenth| tenth.loads).sum()
    }

    /// Readers turned away or answered with an error, in the last second.
    pub fn errors_in_a_second(&self) -> u64 {
        self.recent.iter().map(|tenth| tenth.errors).sum()
    }
}
