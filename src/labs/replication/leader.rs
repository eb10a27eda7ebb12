//! What a leader does: append, answer fetches, move the high-water mark, ask for another in-sync set. After `Partition.scala`
//! of the Kafka sources (`maybeIncrementLeaderHW`, `maybeExpandIsr`, `getOutOfSyncReplicas`, `updateFetchStateOrThrow`).

use std::collections::BTreeSet;

use super::controller::Cause;
use super::model::{Cluster, Follower, Id, Power, REPLICAS, Record};
use super::words::{list, records};
use crate::labs::Log;

/// How long a broker with a slow disk takes for one fetch.
const SLOW_FETCH_MILLIS: u64 = 8_000;

impl Cluster {
    /// Whether this broker works and takes itself for the leader; during a cut there can be two.
    pub fn acts_as_leader(&self, id: Id) -> bool {
        self.broker(id).power == Power::Up && self.broker(id).seen.leader == Some(id)
    }

    /// The leader that this broker's fetches reach.
    pub(super) fn reachable_leader(&self, id: Id) -> Option<Id> {
        let follower = self.broker(id);
        let leader = follower.seen.leader.filter(|leader| *leader != id)?;
        let reached = self.is_connected(id)
            && self.is_connected(leader)
            && self.acts_as_leader(leader)
            && self.broker(leader).seen.epoch == follower.seen.epoch;
        reached.then_some(leader)
    }

    pub(super) fn fetch_brings_news(&self, id: Id) -> bool {
        let Some(leader) = self.reachable_leader(id) else { return false };
        let (from, to) = (self.broker(leader), self.broker(id));
        let end = to.log.end();
        from.log.end() != end
            || from.followers.get(&id).and_then(|follower| follower.end) != Some(end)
            || to.log.parts_from(&from.log) != end
            || self.may_join(leader, id)
    }

    /// When the next fetch of this broker arrives.
    pub(super) fn pace(&mut self, id: Id) -> u64 {
        let millis = match (self.broker(id).slow, id) {
            (true, _) => SLOW_FETCH_MILLIS,
            (false, Id(3)) => self.chance(7..12),
            (false, _) => self.chance(3..7),
        };
        self.now + millis
    }

    /// Appends a record to the leader's log; returns its offset.
    pub(super) fn append(&mut self, leader: Id, record: u32) -> u64 {
        let parked: Vec<Id> = REPLICAS
            .into_iter()
            .filter(|id| self.reachable_leader(*id) == Some(leader) && !self.fetch_brings_news(*id))
            .collect();
        let now = self.now;
        let broker = self.broker_mut(leader);
        let offset = broker.log.end();
        broker.log.append(Record { id: record, epoch: broker.seen.epoch, at: now });
        for id in parked {
            let pace = self.pace(id);
            self.broker_mut(id).fetch_at = pace;
        }
        // The leader may be the only one in sync.
        self.advance_high_water(leader);
        offset
    }

    /// A follower's fetch: it tells the leader how far the follower has come, and brings what the leader has more.
    pub(super) fn fetch(&mut self, id: Id, log: &mut Log) -> bool {
        let Some(leader) = self.reachable_leader(id) else { return false };
        let pace = self.pace(id);
        self.broker_mut(id).fetch_at = pace;
        self.last.flow.push(replication_edge(leader, id));
        self.last.focus.push(format!("b{id}"));
        let from = self.broker(leader).log.clone();
        let parts_from = self.broker(id).log.parts_from(&from);
        if parts_from < self.broker(id).log.end() {
            self.truncate(id, leader, parts_from, log);
            return true;
        }
        let end = self.broker(id).log.end();
        let before = self.broker(leader).high_water;
        self.note_fetch(leader, id, end);
        self.maybe_join(leader, id, log);
        self.advance_high_water(leader);
        self.answer_produce(leader, log);
        let high_water = self.broker(leader).high_water;
        let now = self.now;
        let to = self.broker_mut(id);
        let new: Vec<Record> = if end < from.start {
            to.log.start = from.start;
            to.log.records.clear();
            from.records.iter().copied().collect()
        } else {
            (end..from.end()).filter_map(|offset| from.at(offset).copied()).collect()
        };
        for record in &new {
            to.log.append(Record { at: now, ..*record });
        }
        to.high_water = high_water.min(to.log.end());
        let told = format!("Broker {id} fetches from offset {end}");
        let mut says = if new.is_empty() {
            format!("{told}: now broker {leader} knows that it has everything before.")
        } else {
            let ids: Vec<u32> = new.iter().map(|record| record.id).collect();
            format!("{told} and gets {}.", records(&ids))
        };
        if high_water > before {
            says = format!(
                "{says} The high-water mark moves to {high_water}: every in-sync replica has what is before it."
            );
            log.say(now, format!("High-water mark {high_water}: broker {id} fetched from offset {end}"));
        } else {
            log.say(now, says.trim_end_matches('.').to_owned());
        }
        // What the fetch led to comes after it.
        let then = std::mem::take(&mut self.last.says);
        self.last.says = if then.is_empty() { says } else { format!("{says} {then}") };
        true
    }

    /// A follower drops what the leader does not have: epochs, not high-water marks, say where the two logs part (KIP-101, KIP-279).
    fn truncate(&mut self, id: Id, leader: Id, offset: u64, log: &mut Log) {
        let broker = self.broker_mut(id);
        let dropped = broker.log.truncate(offset);
        broker.high_water = broker.high_water.min(offset);
        self.counters.truncated += u32::try_from(dropped.len()).unwrap_or(u32::MAX);
        let ids: Vec<u32> = dropped.iter().map(|record| record.id).collect();
        let acked: Vec<u32> =
            ids.iter().copied().filter(|id| self.producer.acked.iter().any(|acked| acked.id == *id)).collect();
        let acked: Vec<u32> = acked.into_iter().filter(|id| !self.broker(leader).log.has(*id)).collect();
        let epoch = self.broker(leader).seen.epoch;
        let mut says =
            format!("Broker {id} truncates its log to offset {offset} to follow epoch {epoch}: {} go.", records(&ids));
        if acked.is_empty() {
            says.push_str(" None of it was acknowledged and missing elsewhere.");
            log.say(self.now, says.trim_end_matches('.').to_owned());
        } else {
            let verb = if acked.len() == 1 { "was" } else { "were" };
            says = format!("{says} The producer was told that {} {verb} safe.", records(&acked));
            log.bad(self.now, says.trim_end_matches('.').to_owned());
        }
        self.last.says = says;
    }

    fn note_fetch(&mut self, leader: Id, id: Id, end: u64) {
        let (now, leader_end) = (self.now, self.broker(leader).log.end());
        let follower = self.broker_mut(leader).followers.entry(id).or_default();
        if end >= leader_end {
            follower.caught_up_at = Some(now);
        } else if follower.end.is_some() && end >= follower.leader_end_then {
            follower.caught_up_at = follower.caught_up_at.max(Some(follower.fetched_at));
        }
        follower.end = Some(end);
        follower.fetched_at = now;
        follower.leader_end_then = follower.leader_end_then.max(leader_end);
    }

    /// Whether the leader would ask for this follower to join the in-sync set.
    fn may_join(&self, leader: Id, id: Id) -> bool {
        let broker = self.broker(leader);
        let end = broker.followers.get(&id).and_then(|follower| follower.end);
        !broker.seen.isr.contains(&id)
            && self.partition.leader == Some(leader)
            && self.is_eligible(id)
            && end.is_some_and(|end| end >= broker.high_water && end >= broker.epoch_start)
    }

    fn maybe_join(&mut self, leader: Id, id: Id, log: &mut Log) {
        if !self.may_join(leader, id) {
            return;
        }
        let isr = &self.partition.isr | &BTreeSet::from([id]);
        self.change(isr, Cause::Asked, log);
        self.last.says =
            String::from("It has reached the high-water mark and the start of the epoch, so it is back in the ISR.");
    }

    fn is_eligible(&self, id: Id) -> bool {
        !self.broker(id).fenced && self.is_connected(id)
    }

    /// The high-water mark is the lowest log end of the in-sync replicas, and of those about to join; below
    /// `min.insync.replicas` it stands still (KAFKA-15583).
    pub(super) fn advance_high_water(&mut self, id: Id) {
        let leader = self.broker(id);
        if !self.acts_as_leader(id) || leader.seen.isr.len() < self.min_isr() {
            return;
        }
        let counts = |other: &Id, follower: &Follower| {
            leader.seen.isr.contains(other) || self.is_eligible(*other) && self.is_caught_up(leader.log.end(), follower)
        };
        let ends = leader
            .followers
            .iter()
            .filter(|(other, follower)| counts(other, follower))
            .map(|(_, follower)| follower.end);
        let lowest = ends.fold(leader.log.end(), |lowest, end| lowest.min(end.unwrap_or(0)));
        if lowest > leader.high_water {
            self.broker_mut(id).high_water = lowest;
            self.consume(id);
        }
    }

    fn is_caught_up(&self, leader_end: u64, follower: &Follower) -> bool {
        follower.end == Some(leader_end)
            || follower.caught_up_at.is_some_and(|at| self.now - at <= self.settings.lag_millis)
    }

    /// The consumer reads up to the high-water mark of the leader that the metadata names.
    fn consume(&mut self, id: Id) {
        let high_water = self.broker(id).high_water;
        if self.partition.leader == Some(id) && high_water > self.consumer {
            self.consumer = high_water;
            self.last.flow.push(format!("read{id}"));
        }
    }

    /// Every leader looks for followers that have not caught up for `replica.lag.time.max.ms`, twice in that time.
    pub(super) fn check_isr(&mut self, log: &mut Log) -> bool {
        for id in REPLICAS {
            if !self.acts_as_leader(id) {
                continue;
            }
            let broker = self.broker(id);
            let late = |other: &&Id| {
                let follower = broker.followers.get(other).copied().unwrap_or_default();
                **other != id && !self.is_caught_up(broker.log.end(), &follower)
            };
            let out: BTreeSet<Id> = broker.seen.isr.iter().filter(late).copied().collect();
            if out.is_empty() {
                continue;
            }
            let (who, lag) = (list(out.iter().map(|id| format!("broker {id}"))), self.settings.lag_millis);
            let complained = broker.complained;
            let deaf = !self.is_connected(id) || broker.hears_at.is_some();
            self.last.focus.push(format!("b{id}"));
            if deaf || self.partition.leader != Some(id) {
                if complained {
                    continue;
                }
                self.broker_mut(id).complained = true;
                self.last.says = format!(
                    "Broker {id} would drop {who} from the ISR, but only the controller can record that, and it cannot reach it. So it can commit nothing."
                );
                log.bad(
                    self.now,
                    format!(
                        "Broker {id} cannot shrink the ISR: its AlterPartition request does not reach the controller"
                    ),
                );
                return true;
            }
            log.bad(self.now, format!("Broker {id} asks to drop {who}: not caught up for {lag} ms"));
            self.last.says = String::new();
            let isr = &self.partition.isr - &out;
            self.change(isr, Cause::Asked, log);
            let verb = if out.len() == 1 { "has" } else { "have" };
            self.last.says = format!(
                "{} {verb} not caught up for {lag} ms: broker {id} has the controller drop it from the ISR. {}",
                capital(&who),
                self.last.says
            );
            return true;
        }
        false
    }

    pub(super) fn become_leader(&mut self, id: Id) {
        let (now, isr) = (self.now, self.partition.isr.clone());
        let broker = self.broker_mut(id);
        broker.epoch_start = broker.log.end();
        broker.complained = false;
        let follower =
            |other: Id| Follower { caught_up_at: isr.contains(&other).then_some(now), ..Follower::default() };
        broker.followers =
            REPLICAS.into_iter().filter(|other| *other != id).map(|other| (other, follower(other))).collect();
        let end = broker.log.end();
        for other in REPLICAS {
            if other != id && self.is_connected(other) {
                let pace = self.pace(other);
                self.broker_mut(other).fetch_at = pace;
            }
        }
        self.consumer = self.consumer.min(end);
    }
}

/// The edge along which `to` fetches from `from`; `~` when it is drawn the other way.
fn replication_edge(from: Id, to: Id) -> String {
    if from < to { format!("f{from}{to}") } else { format!("~f{to}{from}") }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
