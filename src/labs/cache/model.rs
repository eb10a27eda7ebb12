//! Readers, pods, Redis and the database, millisecond by millisecond.

use std::collections::{BTreeMap, VecDeque};

use rand::RngExt as _;

use super::database::{CORES, Database};
use super::entries::{Entries, Entry, Key};
use super::loads::Taken;
use super::settings::{Early, Settings};
use super::tally::{Tally, Totals};
use crate::labs::Chance;

pub const PODS: usize = 4;
/// `server.tomcat.threads.max`, in each pod.
pub const THREADS: usize = 200;
pub const PRODUCTS: u16 = 1_000;
pub(super) const PRODUCT_MILLIS: u64 = 20;
pub(super) const WRITE_MILLIS: u64 = 5;
/// How often those who wait for a token's holder look again.
pub(super) const POLL_MILLIS: u64 = 50;
/// A step of the lab; Redis's expiry cycle runs as often (`hz 10`).
pub const SLICE_MILLIS: u64 = 100;
/// What the front page has left to live when the lab opens.
const FRONT_LEFT_MILLIS: u64 = 1_500;

#[derive(Clone, Debug)]
pub(super) struct Load {
    pub key: Key,
    pub pod: usize,
    pub job: Job,
    /// When each of the readers that wait for it came.
    pub(super) waiting: Vec<u64>,
    pub(super) asked_at: u64,
    /// Until when its token is taken.
    pub(super) token: Option<u64>,
    pub running: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    Read,
    Write,
    /// Write-behind: so many writes in one.
    Flush(u64),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Pod {
    pub down: bool,
    /// Request threads in use.
    pub busy: usize,
    /// Connections in use.
    pub active: usize,
    /// Loads that wait for a connection, in the order in which they came.
    pub pending: VecDeque<u64>,
    pub(super) flights: BTreeMap<Key, u64>,
    pub(super) polls: BTreeMap<Key, Poll>,
}

/// Readers of one pod who wait for the holder of a token.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    pub(super) next_at: u64,
    pub(super) waiting: Vec<u64>,
}

#[derive(Clone)]
pub struct Model {
    pub set: Settings,
    pub(super) rng: Chance,
    pub now: u64,
    pub redis: Entries,
    pub redis_down: bool,
    pub database: Database,
    pub(super) pods: Vec<Pod>,
    pub(super) loads: BTreeMap<u64, Load>,
    pub(super) next_load: u64,
    next_invented: u64,
    /// Write-behind: acknowledged, in Redis, not in the database.
    pub unflushed: u64,
    pub(super) next_flush_at: u64,
    pub slice: Tally,
    pub total: Totals,
}

impl Model {
    /// A cache that has been in use for a while.
    pub fn new(seed: u64) -> Self {
        let mut model = Self {
            set: Settings::default(),
            rng: Chance::from_seed(seed),
            now: 0,
            redis: Entries::default(),
            redis_down: false,
            database: Database::new(CORES),
            pods: vec![Pod::default(); PODS],
            loads: BTreeMap::new(),
            next_load: 0,
            next_invented: 0,
            unflushed: 0,
            next_flush_at: 0,
            slice: Tally::default(),
            total: Totals::default(),
        };
        model.warm();
        model
    }

    fn warm(&mut self) {
        let ttl = unsigned(self.set.ttl_millis);
        for product in 0..PRODUCTS {
            let left = self.rng.random_range(1..=ttl);
            self.put(Key::Product(product), PRODUCT_MILLIS, left);
        }
        self.put(Key::Front, unsigned(self.set.hot_millis), FRONT_LEFT_MILLIS);
    }

    pub(super) fn put(&mut self, key: Key, took_millis: u64, ttl: u64) {
        let entry = Entry {
            stored_at: self.now,
            expires_at: self.now + ttl.max(1),
            took_millis,
            exists: !matches!(key, Key::Invented(_)),
        };
        self.redis.set(key, entry);
    }

    /// A tenth of a second.
    pub fn slice(&mut self) {
        self.slice = Tally::default();
        for _ in 0..SLICE_MILLIS {
            self.tick();
        }
        self.redis.sweep(self.now);
        self.total.close(&mut self.slice, self.database.running());
    }

    /// A millisecond.
    pub(super) fn tick(&mut self) {
        self.now += 1;
        for load in self.database.tick() {
            self.finish(load);
        }
        self.time_out();
        self.poll();
        self.flush();
        let hot_share = unsigned(self.set.hot_percent);
        for _ in 0..self.arrivals(self.set.rate) {
            let hot = self.rng.random_range(0..100) < hot_share;
            let key = if hot { Key::Front } else { Key::Product(self.rng.random_range(0..PRODUCTS)) };
            self.request(key);
        }
        for _ in 0..self.arrivals(self.set.invented) {
            self.next_invented += 1;
            self.request(Key::Invented(self.next_invented));
        }
        for _ in 0..self.arrivals(self.set.writes) {
            self.write();
        }
        self.slice.most_running = self.slice.most_running.max(self.database.running());
        self.slice.most_pending = self.slice.most_pending.max(self.pending());
    }

    /// How many come in a millisecond, at random moments and so many a second on average (Poisson).
    fn arrivals(&mut self, per_second: i64) -> u32 {
        if per_second <= 0 {
            return 0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let none = (-(per_second as f64) / 1_000.0).exp();
        let (mut count, mut product) = (0, self.rng.random::<f64>());
        while product > none {
            count += 1;
            product *= self.rng.random::<f64>();
        }
        count
    }

    /// Connections' queues, all pods together.
    pub fn pending(&self) -> usize {
        self.pods.iter().map(|pod| pod.pending.len()).sum()
    }

    pub fn busy(&self) -> usize {
        self.pods.iter().map(|pod| pod.busy).sum()
    }

    pub fn connections(&self) -> usize {
        self.pods.iter().map(|pod| pod.active).sum()
    }

    /// One reader comes.
    pub fn request(&mut self, key: Key) {
        self.slice.requests += 1;
        self.total.requests += 1;
        let alive = self.pods.iter().filter(|pod| !pod.down).count();
        let nth = self.rng.random_range(0..alive.max(1));
        let Some((at, pod)) = self.pods.iter_mut().enumerate().filter(|(_, pod)| !pod.down).nth(nth) else { return };
        if pod.busy >= THREADS {
            self.slice.rejected += 1;
            self.total.rejected += 1;
            return;
        }
        pod.busy += 1;
        if let Key::Invented(_) = key {
            self.slice.invented += 1;
            self.total.invented += 1;
            // The filter lies in Redis; a yes is wrong for one in a hundred.
            if self.set.bloom && !self.redis_down && self.rng.random_range(0..100) != 0 {
                self.slice.filtered += 1;
                self.answer(at, &[self.now]);
                return;
            }
        }
        let found = if self.redis_down { None } else { self.redis.get(key, self.now) };
        match found {
            Some(entry) => self.hit(at, key, entry),
            None => self.miss(at, key),
        }
    }

    fn hit(&mut self, pod: usize, key: Key, entry: Entry) {
        self.slice.hits += 1;
        self.total.hits += 1;
        let left = entry.expires_at - self.now;
        let flying = self.set.coalesces() && self.pods.get(pod).is_some_and(|pod| pod.flights.contains_key(&key));
        match self.set.early {
            Early::XFetch if !flying => {
                let chance = 1.0 - self.rng.random::<f64>();
                if entry.recompute_early(self.now, self.set.beta(), chance) {
                    let token = self.token(key);
                    if token.is_ok() {
                        self.total.early(key, entry, left);
                        self.slice.early += 1;
                        self.load(pod, key, Job::Read, vec![self.now], token.ok().flatten());
                        return;
                    }
                }
            }
            Early::Soft if entry.past_soft_expiry(self.now) => {
                let until = self.now + unsigned(self.set.token_millis);
                if self.redis.take_token(key, self.now, unsigned(self.set.token_millis)) {
                    self.total.early(key, entry, left);
                    self.slice.early += 1;
                    self.load(pod, key, Job::Read, Vec::new(), Some(until));
                }
            }
            _ => {}
        }
        self.answer(pod, &[self.now]);
    }

    fn miss(&mut self, at: usize, key: Key) {
        self.slice.misses += 1;
        self.total.misses += 1;
        let Some(pod) = self.pods.get_mut(at) else { return };
        if self.set.coalesces() {
            if let Some(load) = pod.flights.get(&key).and_then(|load| self.loads.get_mut(load)) {
                load.waiting.push(self.now);
                return;
            }
            if let Some(poll) = pod.polls.get_mut(&key) {
                poll.waiting.push(self.now);
                return;
            }
        }
        match self.token(key) {
            Ok(token) => self.load(at, key, Job::Read, vec![self.now], token),
            Err(Taken) => {
                if let Some(pod) = self.pods.get_mut(at) {
                    pod.polls.insert(key, Poll { next_at: self.now + POLL_MILLIS, waiting: vec![self.now] });
                }
            }
        }
    }
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
