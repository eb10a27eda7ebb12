//! What changes the data or breaks something: writes by each strategy, an import, deaths.

use std::collections::BTreeSet;

use rand::RngExt as _;

use super::entries::Key;
use super::model::{Job, Model, PODS, PRODUCT_MILLIS, PRODUCTS, Pod, unsigned};
use super::settings::Strategy;

impl Model {
    /// Somebody changes the front page.
    pub(super) fn write(&mut self) {
        self.total.writes += 1;
        match self.set.strategy {
            Strategy::WriteBehind if self.redis_down => self.total.refused_writes += 1,
            Strategy::WriteBehind => {
                let (ttl, took) = (self.ttl(), unsigned(self.set.hot_millis));
                self.put(Key::Front, took, ttl);
                self.unflushed += 1;
                self.total.acknowledged += 1;
                self.slice.acknowledged += 1;
            }
            _ => {
                let pod = self.rng.random_range(0..PODS - 1);
                self.load(pod, Key::Front, Job::Write, Vec::new(), None);
            }
        }
    }

    /// The database has committed a write.
    pub(super) fn written(&mut self) {
        match self.set.strategy {
            Strategy::WriteThrough if self.redis_down => {
                self.total.refused_writes += 1;
                return;
            }
            Strategy::WriteThrough => {
                let (ttl, took) = (self.ttl(), unsigned(self.set.hot_millis));
                self.put(Key::Front, took, ttl);
            }
            _ if !self.redis_down => {
                self.slice.deleted += u64::from(self.redis.delete(Key::Front));
            }
            _ => {}
        }
        self.total.acknowledged += 1;
        self.total.flushed += 1;
        self.slice.acknowledged += 1;
    }

    /// Write-behind sends what has gathered, each key once, as one row.
    pub(super) fn flush(&mut self) {
        if self.now < self.next_flush_at {
            return;
        }
        self.next_flush_at = self.now + unsigned(self.set.flush_millis);
        if self.unflushed > 0 && !self.redis_down {
            let writes = std::mem::take(&mut self.unflushed);
            self.load(0, Key::Front, Job::Flush(writes), Vec::new(), None);
        }
    }

    /// What Redis held is gone with it.
    pub fn lose_redis(&mut self) -> u64 {
        self.redis_down = true;
        self.redis.clear();
        let lost = std::mem::take(&mut self.unflushed);
        self.total.lost += lost;
        lost
    }

    /// The last pod dies with all it was doing; its queries are cancelled, its tokens stay.
    pub fn kill_pod(&mut self) -> usize {
        let at = PODS - 1;
        let gone: BTreeSet<u64> = self.loads.iter().filter(|(_, load)| load.pod == at).map(|(id, _)| *id).collect();
        self.database.cancel(&|id| gone.contains(&id));
        self.loads.retain(|id, _| !gone.contains(id));
        let readers = self.pods.get(at).map_or(0, |pod| pod.busy);
        if let Some(pod) = self.pods.get_mut(at) {
            *pod = Pod { down: true, ..Pod::default() };
        }
        self.slice.failed += readers;
        self.total.failed += u64::try_from(readers).unwrap_or_default();
        readers
    }

    pub fn start_pod(&mut self) {
        if let Some(pod) = self.pods.get_mut(PODS - 1) {
            pod.down = false;
        }
    }

    /// A job writes all products, with the TTL that is set.
    pub fn import(&mut self) {
        for product in 0..PRODUCTS {
            let ttl = self.ttl();
            self.put(Key::Product(product), PRODUCT_MILLIS, ttl);
        }
    }
}
