//! A slot on the move, key by key.

use std::collections::BTreeSet;

use super::cluster::{Cluster, Event, MOVE_MILLIS, Migration, SHARDS, node_name};
use super::happened::Happened;
use super::server;
use super::settings::Settings;
use super::slot::slot_of;

impl Cluster {
    /// Begins to move the slot of a key to the next shard; where from and where to.
    pub fn reshard(&mut self, key: &str, now: u64) -> Option<(usize, usize)> {
        if self.migration.is_some() {
            return None;
        }
        let slot = slot_of(key);
        let from = self.table.shard_of(slot);
        let to = (from + 1) % SHARDS;
        self.migration = Some(Migration { slot, from, to, done: 0, moved: BTreeSet::new() });
        self.queue.push(now + 200, Event::Move);
        Some((self.leader(from), self.leader(to)))
    }

    pub(super) fn move_on(&mut self, now: u64, set: &Settings) -> Happened {
        let Some(migration) = self.migration.clone() else {
            return Happened::bad("The move of the slot was forgotten in a failover.".to_owned());
        };
        let (slot, source, target) = (migration.slot, self.leader(migration.from), self.leader(migration.to));
        if !server::linked(&self.servers, source, target) {
            self.queue.push(now + MOVE_MILLIS, Event::Move);
            return Happened::bad(format!(
                "Slot {slot} cannot move on: {} and {} do not reach each other.",
                node_name(source),
                node_name(target)
            ));
        }
        let keys = if slot_of(&set.key) == slot { Self::keys_of(&set.key) } else { Vec::new() };
        let next = keys.into_iter().find(|key| !migration.moved.contains(key));
        let (done, text) = match (migration.done, next) {
            (0, _) => (
                1,
                format!(
                    "{}: CLUSTER SETSLOT {slot} IMPORTING. It will serve the slot to those who say ASKING.",
                    node_name(target)
                ),
            ),
            (1, _) => (
                2,
                format!(
                    "{}: CLUSTER SETSLOT {slot} MIGRATING. It serves the keys it still has and sends askers of the others ahead.",
                    node_name(source)
                ),
            ),
            (_, Some(key)) => {
                let text = format!(
                    "MIGRATE {key} from {} to {}: copied, then deleted here, in one atomic step.",
                    node_name(source),
                    node_name(target)
                );
                if let Some(migration) = &mut self.migration {
                    migration.moved.insert(key);
                }
                (3, text)
            }
            (_, None) => {
                self.table.moved.insert(slot, migration.to);
                self.epoch += 1;
                self.migration = None;
                return Happened::good(format!(
                    "CLUSTER SETSLOT {slot} NODE: the slot belongs to {}, epoch {}. Whoever asks the old owner gets MOVED.",
                    node_name(target),
                    self.epoch
                ));
            }
        };
        if let Some(migration) = &mut self.migration {
            migration.done = done;
        }
        self.queue.push(now + MOVE_MILLIS, Event::Move);
        Happened::plain(text)
    }
}
