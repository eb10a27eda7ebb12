//! Loads: who gets a connection, what the database's answer does, and who waits for whom.

use rand::RngExt as _;

use super::entries::Key;
use super::model::{Job, Load, Model, PODS, POLL_MILLIS, PRODUCT_MILLIS, WRITE_MILLIS, unsigned};
use super::settings::Single;

/// Another reader holds the token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken;

impl Model {
    /// The token of a key, where one is needed: until when it is held.
    pub(super) fn token(&mut self, key: Key) -> Result<Option<u64>, Taken> {
        if self.set.single != Single::Token || self.redis_down {
            return Ok(None);
        }
        let millis = unsigned(self.set.token_millis);
        if self.redis.take_token(key, self.now, millis) { Ok(Some(self.now + millis)) } else { Err(Taken) }
    }

    pub(super) fn load(&mut self, at: usize, key: Key, job: Job, waiting: Vec<u64>, token: Option<u64>) {
        self.next_load += 1;
        let id = self.next_load;
        if job == Job::Read {
            self.slice.loads += 1;
            self.slice.front_loads += u64::from(key == Key::Front);
            self.total.load(key);
        }
        self.loads.insert(id, Load { key, pod: at, job, waiting, asked_at: self.now, token, running: false });
        if let Some(pod) = self.pods.get_mut(at) {
            if job == Job::Read && self.set.coalesces() {
                pod.flights.insert(key, id);
            }
            pod.pending.push_back(id);
        }
        self.lend(at);
    }

    /// Gives free connections of a pod to those who wait for one, the first first.
    pub(super) fn lend(&mut self, at: usize) {
        let size = usize::try_from(self.set.pool).unwrap_or(1);
        while let Some(pod) = self.pods.get_mut(at).filter(|pod| pod.active < size) {
            let Some(id) = pod.pending.pop_front() else { return };
            pod.active += 1;
            let Some(load) = self.loads.get_mut(&id) else { continue };
            load.running = true;
            let work = match (load.job, load.key) {
                (Job::Read, Key::Front) => unsigned(self.set.hot_millis),
                (Job::Read, _) => PRODUCT_MILLIS,
                (Job::Write | Job::Flush(_), _) => WRITE_MILLIS,
            };
            self.database.begin(id, work);
        }
    }

    pub(super) fn finish(&mut self, id: u64) {
        let Some(load) = self.loads.remove(&id) else { return };
        if let Some(pod) = self.pods.get_mut(load.pod) {
            pod.active = pod.active.saturating_sub(1);
        }
        self.slice.finished += 1;
        match load.job {
            Job::Read => self.loaded(id, &load),
            Job::Write => self.written(),
            Job::Flush(writes) => {
                self.total.flushed += writes;
                self.slice.flushed += writes;
            }
        }
        self.lend(load.pod);
    }

    pub(super) fn loaded(&mut self, id: u64, load: &Load) {
        let exists = !matches!(load.key, Key::Invented(_));
        let ttl = if exists { self.ttl() } else { unsigned(self.set.negative_millis) };
        if !self.redis_down && ttl > 0 {
            self.put(load.key, self.now - load.asked_at, ttl);
            if load.key == Key::Front {
                self.slice.front_stored += 1;
            }
        }
        self.forget(id, load);
        self.answer(load.pod, &load.waiting);
    }

    /// The load is over: its flight, and its token if it still is its own (`DELEX … IFEQ`).
    pub(super) fn forget(&mut self, id: u64, load: &Load) {
        if let Some(pod) = self.pods.get_mut(load.pod)
            && pod.flights.get(&load.key) == Some(&id)
        {
            pod.flights.remove(&load.key);
        }
        if load.token.is_some() && self.redis.token_until(load.key, self.now) == load.token {
            self.redis.release_token(load.key);
        }
    }

    pub(super) fn ttl(&mut self) -> u64 {
        let ttl = unsigned(self.set.ttl_millis);
        let spread = ttl * unsigned(self.set.jitter_percent) / 100;
        self.rng.random_range(ttl - spread..=ttl + spread)
    }

    pub(super) fn answer(&mut self, pod: usize, came_at: &[u64]) {
        if let Some(pod) = self.pods.get_mut(pod) {
            pod.busy = pod.busy.saturating_sub(came_at.len());
        }
        self.slice.answered += came_at.len();
        self.total.answered += u64::try_from(came_at.len()).unwrap_or_default();
        // A round trip to Redis takes the millisecond.
        for came in came_at {
            *self.slice.latencies.entry(self.now - came + 1).or_default() += 1;
        }
    }

    pub(super) fn fail(&mut self, pod: usize, readers: usize) {
        if let Some(pod) = self.pods.get_mut(pod) {
            pod.busy = pod.busy.saturating_sub(readers);
        }
        self.slice.failed += readers;
        self.total.failed += u64::try_from(readers).unwrap_or_default();
    }

    /// Loads that have waited `connectionTimeout` for a connection give up.
    pub(super) fn time_out(&mut self) {
        let patience = unsigned(self.set.pool_wait_millis);
        for at in 0..PODS {
            while let Some(id) = self.pods.get(at).and_then(|pod| pod.pending.front().copied()) {
                if self.loads.get(&id).is_some_and(|load| load.asked_at + patience > self.now) {
                    break;
                }
                if let Some(pod) = self.pods.get_mut(at) {
                    pod.pending.pop_front();
                }
                if let Some(load) = self.loads.remove(&id) {
                    self.slice.timed_out += 1;
                    self.forget(id, &load);
                    self.fail(at, load.waiting.len());
                    match load.job {
                        Job::Write => self.total.refused_writes += 1,
                        Job::Flush(writes) => self.unflushed += writes,
                        Job::Read => {}
                    }
                }
            }
        }
    }

    /// Those who wait for a token's holder look whether the value has come, or the token is free.
    pub(super) fn poll(&mut self) {
        for at in 0..PODS {
            let due: Vec<Key> = self
                .pods
                .get(at)
                .into_iter()
                .flat_map(|pod| pod.polls.iter().filter(|(_, poll)| poll.next_at <= self.now).map(|(key, _)| *key))
                .collect();
            for key in due {
                let there = !self.redis_down && self.redis.get(key, self.now).is_some();
                let token = if there { Err(Taken) } else { self.token(key) };
                let Some(pod) = self.pods.get_mut(at) else { continue };
                if !there && token.is_err() {
                    if let Some(poll) = pod.polls.get_mut(&key) {
                        poll.next_at = self.now + POLL_MILLIS;
                    }
                    continue;
                }
                let Some(poll) = pod.polls.remove(&key) else { continue };
                match token {
                    Ok(token) => self.load(at, key, Job::Read, poll.waiting, token),
                    Err(Taken) => self.answer(at, &poll.waiting),
                }
            }
        }
    }
}
