//! Either deployment under way, and the app's counts.

use super::cluster::Cluster;
use super::happened::{Counts, Happened};
use super::settings::Settings;
use super::slot::slot_of;
use super::watch::Watch;
use crate::labs::Chance;

#[derive(Clone)]
pub struct Model {
    pub set: Settings,
    pub now: u64,
    pub chance: Chance,
    pub counts: Counts,
    pub cluster: Cluster,
    pub watch: Watch,
    pub last: Happened,
}

impl Model {
    pub fn new(seed: u64) -> Self {
        let set = Settings::default();
        let slot = slot_of(&set.key);
        Self {
            now: 0,
            chance: Chance::from_seed(seed),
            counts: Counts::default(),
            cluster: Cluster::new(0),
            watch: Watch::new(0),
            last: Happened::plain(format!(
                "Three primaries share 16,384 slots, a replica each. The app keeps a table of them: {} is in slot {slot}.",
                set.key
            )),
            set,
        }
    }

    /// The next event.
    pub fn happen(&mut self) {
        let Self { set, now, chance, counts, cluster, watch, .. } = self;
        if set.sentinel {
            *now = watch.next_at().max(*now);
            self.last = watch.step(*now, set, chance, counts);
            return;
        }
        *now = cluster.next_at().max(*now);
        let acknowledged = counts.acknowledged;
        self.last = cluster.step(*now, set, chance, counts);
        let is_refused =
            cluster.table.leaders.iter().any(|leader| !cluster.is_healthy(*leader, set) && !cluster.app_cut);
        match (is_refused, counts.refused_since) {
            (true, None) => counts.refused_since = Some(*now),
            (false, Some(since)) => {
                counts.refused_millis += *now - since;
                counts.refused_since = None;
            }
            _ => {}
        }
        if cluster.app_cut && counts.acknowledged > acknowledged {
            let since = counts.alone.map_or(*now, |(since, _)| since);
            counts.alone = Some((since, *now));
        }
    }

    /// The other deployment, from its start.
    pub fn start_anew(&mut self) {
        self.counts = Counts::default();
        self.cluster = Cluster::new(self.now);
        self.watch = Watch::new(self.now);
        let words = if self.set.sentinel {
            "One primary with two replicas; three Sentinels watch them. The app asks a Sentinel who the primary is."
        } else {
            "Three primaries share 16,384 slots, a replica each. The app keeps a table of them."
        };
        self.last = Happened::plain(words.to_owned());
    }
}
