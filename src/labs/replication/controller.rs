//! What the controller does: fence and admit brokers, change the in-sync set, elect. After `PartitionChangeBuilder` of the
//! Kafka sources (`electLeader`, `maybePopulateTargetElr`, `maybeUpdateLastKnownLeader`).

use std::collections::BTreeSet;

use super::model::{Cluster, Happening, Id, Power, REPLICAS};
use super::words::set;
use crate::labs::Log;

/// Why the controller changes the partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// This broker is fenced or shuts down: it leaves the set and is no candidate.
    Leaves(Id),
    /// This broker is admitted: it is a candidate.
    Joins(Id),
    /// This broker comes back after a stop that was not clean: it can no longer be trusted to have everything.
    UncleanStop(Id),
    /// The leader asks for another set.
    Asked,
    /// An operator runs an unclean election.
    Operator,
    /// An operator asks for the preferred leader, the first replica.
    Preferred,
}

impl Cluster {
    /// Fences a broker whose session has run out.
    pub(super) fn session_ends(&mut self, id: Id, log: &mut Log) -> bool {
        let broker = self.broker_mut(id);
        broker.session_ends = None;
        broker.fenced = true;
        let session = self.settings.session_millis;
        log.bad(self.now, format!("The controller has had no heartbeat of broker {id} for {session} ms and fences it"));
        let was = self.partition.clone();
        let target = &was.isr - &BTreeSet::from([id]);
        self.change(target, Cause::Leaves(id), log);
        let after = if was.leader == Some(id) {
            self.words_of_leader()
        } else if was.isr.contains(&id) {
            format!("The ISR is {} now.", set(&self.partition.isr))
        } else {
            "It was not in the ISR, so nothing else changes.".to_owned()
        };
        self.last.says = format!("Broker {id} is fenced after {session} ms without a heartbeat. {after}");
        self.last.focus.push(format!("b{id}"));
        self.last.focus.push("controller".to_owned());
        true
    }

    pub(super) fn words_of_leader(&self) -> String {
        match self.partition.leader {
            Some(leader) => format!("Broker {leader} leads, epoch {}.", self.partition.epoch),
            None => "Nobody that may lead is alive: the partition is offline.".to_owned(),
        }
    }

    /// A starting broker registers. While the session of its last life has not run out the controller refuses it.
    pub(super) fn starts(&mut self, id: Id, log: &mut Log) -> bool {
        if let (false, Some(ends)) = (self.broker(id).fenced, self.broker(id).session_ends) {
            self.broker_mut(id).power = Power::Starting(ends + 1);
            log.say(self.now, format!("DuplicateBrokerRegistrationException: broker {id} must wait until the session of its last life ends"));
            self.last.says = format!(
                "Broker {id} is back before the controller has noticed that it was gone. It must wait for the old session to end."
            );
            self.last.focus.push(format!("b{id}"));
            return true;
        }
        let broker = self.broker_mut(id);
        let unclean = std::mem::take(&mut broker.unclean_stop);
        broker.power = Power::Up;
        broker.session_ends = None;
        let cut = broker.cut;
        let end = broker.log.end();
        log.say(self.now, format!("Broker {id} has started with its log up to offset {end}"));
        self.last.says = format!("Broker {id} is up again, its log ends at offset {end}. ");
        self.last.focus.push(format!("b{id}"));
        if cut {
            self.last.says.push_str("It cannot reach the controller, so it stays fenced.");
            return true;
        }
        if unclean && self.settings.elr {
            let (was, isr) = (self.partition.clone(), &self.partition.isr - &BTreeSet::from([id]));
            if was.isr.contains(&id) || was.elr.contains(&id) {
                log.say(
                    self.now,
                    format!(
                        "Broker {id} did not shut down cleanly: the controller strikes it from the ISR and the ELR"
                    ),
                );
                self.change(isr, Cause::UncleanStop(id), log);
            }
        }
        self.admit(id, log);
        true
    }

    /// A broker's heartbeats are heard again.
    pub(super) fn hears(&mut self, id: Id, log: &mut Log) -> bool {
        let fenced = self.broker(id).fenced;
        let broker = self.broker_mut(id);
        broker.hears_at = None;
        broker.session_ends = None;
        broker.complained = false;
        self.last.focus.push(format!("b{id}"));
        let led = self.broker(id).seen.leader == Some(id) && self.partition.leader != Some(id);
        self.last.says = if led {
            let epoch = self.partition.epoch;
            let now = self.partition.leader.map_or("nobody".to_owned(), |leader| format!("broker {leader}"));
            log.bad(self.now, format!("Broker {id} hears that it no longer leads: {now} does, in epoch {epoch}"));
            format!(
                "Broker {id} still took itself for the leader. It hears that {now} leads in epoch {epoch}, and follows. "
            )
        } else {
            log.say(self.now, format!("The controller hears broker {id} again"));
            format!("The controller hears broker {id} again. ")
        };
        if fenced {
            self.admit(id, log);
        } else {
            self.deliver(log);
        }
        true
    }

    /// Unfences a broker; a partition without a leader may get one.
    fn admit(&mut self, id: Id, log: &mut Log) {
        self.broker_mut(id).fenced = false;
        self.deliver(log);
        if self.partition.leader.is_none() {
            let isr = self.partition.isr.clone();
            self.change(isr, Cause::Joins(id), log);
            let words = self.words_of_leader();
            self.last.says.push_str(&words);
            return;
        }
        if self.partition.leader != Some(id) {
            self.last.says.push_str("It fetches what it missed.");
        }
    }

    /// Whether the controller would let this broker lead.
    fn is_acceptable(&self, id: Id, cause: Cause) -> bool {
        match cause {
            Cause::Leaves(gone) | Cause::UncleanStop(gone) if gone == id => false,
            Cause::Joins(joins) if joins == id => true,
            _ => !self.broker(id).fenced,
        }
    }

    /// Writes the partition's next state to the metadata log, with an election when the leader cannot stay.
    pub(super) fn change(&mut self, target: BTreeSet<Id>, cause: Cause, log: &mut Log) {
        let was = self.partition.clone();
        let mut next = was.clone();
        let mut isr = target;
        if self.settings.elr && isr.len() >= self.min_isr() {
            next.elr.clear();
        } else if self.settings.elr {
            // Below the minimum nothing is committed: who leaves the set now still has every committed record.
            next.elr.extend(&was.isr);
            next.elr.retain(|id| !isr.contains(id) && cause != Cause::UncleanStop(*id));
        }
        let (leader, unclean) = self.elect(&isr, &next.elr, cause);
        let by_elr = leader.is_some_and(|leader| next.elr.contains(&leader));
        if leader != was.leader {
            next.leader = leader;
            next.epoch += 1;
            if let Some(leader) = leader.filter(|_| by_elr || unclean) {
                isr = BTreeSet::from([leader]);
                next.elr.remove(&leader);
            }
        }
        if unclean || !self.settings.elr {
            next.elr.clear();
        }
        // Without ELR the last member stays on record when it dies, so that only it may lead again.
        if !isr.is_empty() || self.settings.elr {
            next.isr = isr;
        }
        if self.settings.elr && next.isr.is_empty() && !was.isr.is_empty() {
            next.last_known_leader = was.leader;
        } else if next.leader.is_some() {
            next.last_known_leader = None;
        }
        if next == was {
            return;
        }
        self.counters.isr_shrinks += u32::from(!was.isr.is_subset(&next.isr));
        self.counters.isr_expands += u32::from(!next.isr.is_subset(&was.isr) && next.leader == was.leader);
        self.partition = next;
        self.tell(&was, by_elr, unclean, log);
        self.deliver(log);
    }

    fn elect(&self, isr: &BTreeSet<Id>, elr: &BTreeSet<Id>, cause: Cause) -> (Option<Id>, bool) {
        let valid =
            |id: &Id| (isr.contains(id) || (isr.is_empty() && elr.contains(id))) && self.is_acceptable(*id, cause);
        let first = REPLICAS.first().copied();
        if cause == Cause::Preferred && first.as_ref().is_some_and(valid) {
            return (first, false);
        }
        if let Some(leader) = self.partition.leader.filter(valid).or_else(|| REPLICAS.into_iter().find(|id| valid(id)))
        {
            return (Some(leader), false);
        }
        let known = self.partition.last_known_leader.filter(|id| self.is_acceptable(*id, cause));
        if let Some(known) = known.filter(|_| self.settings.elr && isr.is_empty() && elr.is_empty()) {
            return (Some(known), true);
        }
        if self.settings.unclean || cause == Cause::Operator {
            let any = REPLICAS.into_iter().find(|id| self.is_acceptable(*id, cause));
            return (any, any.is_some());
        }
        (None, false)
    }

    /// Says what the change means.
    fn tell(&mut self, was: &super::model::Partition, by_elr: bool, unclean: bool, log: &mut Log) {
        let (now, is) = (self.now, self.partition.clone());
        if is.leader != was.leader {
            let epoch = is.epoch;
            match is.leader {
                Some(leader) if unclean => {
                    self.counters.unclean_elections += 1;
                    let why = if was.last_known_leader == Some(leader) && self.settings.elr {
                        "it was the last leader, and the ISR and the ELR are empty"
                    } else {
                        "no in-sync replica is alive"
                    };
                    log.bad(now, format!("Unclean election: broker {leader} leads in epoch {epoch}, as {why}. What it does not have is lost"));
                }
                Some(leader) if by_elr => {
                    self.counters.elr_elections += 1;
                    log.good(now, format!("Broker {leader} is elected from the ELR for epoch {epoch}: it left the ISR when nothing more could be committed, so it has all that was"));
                }
                Some(leader) => log.good(now, format!("Broker {leader} of the ISR is elected for epoch {epoch}")),
                None => log.bad(
                    now,
                    format!(
                        "No replica may lead: the partition is offline. ISR {}, ELR {}",
                        set(&is.isr),
                        set(&is.elr)
                    ),
                ),
            }
        }
        if is.isr != was.isr {
            if is.isr.is_subset(&was.isr) {
                log.bad(now, format!("The ISR shrinks from {} to {}", set(&was.isr), set(&is.isr)));
            } else {
                log.good(now, format!("The ISR goes from {} to {}", set(&was.isr), set(&is.isr)));
            }
        }
        if is.elr != was.elr && !is.elr.is_empty() {
            log.say(now, format!("ELR {}: out of the ISR, but with every committed record", set(&is.elr)));
        }
    }

    /// Every broker that can hear takes the new state: a new leader begins its epoch, the others follow it.
    pub(super) fn deliver(&mut self, log: &mut Log) {
        for id in REPLICAS {
            if !self.is_connected(id) || self.broker(id).hears_at.is_some() || self.broker(id).seen == self.partition {
                continue;
            }
            let partition = self.partition.clone();
            let began =
                self.broker(id).seen.epoch != partition.epoch || self.broker(id).seen.leader != partition.leader;
            self.broker_mut(id).seen = partition;
            if began && self.partition.leader == Some(id) {
                self.become_leader(id);
            } else if began {
                let pace = self.pace(id);
                let broker = self.broker_mut(id);
                broker.followers.clear();
                broker.fetch_at = broker.fetch_at.max(pace);
            }
            self.advance_high_water(id);
            self.answer_produce(id, log);
        }
    }

    /// Looks whether an unclean election was allowed since the partition lost its leader.
    pub(super) fn check_unclean(&mut self, log: &mut Log) -> bool {
        if !self.settings.unclean || self.partition.leader.is_some() {
            return false;
        }
        let isr = self.partition.isr.clone();
        self.change(isr, Cause::Asked, log);
        self.last.says = format!(
            "Every five minutes the controller looks for partitions that may have an unclean leader. {}",
            self.words_of_leader()
        );
        self.last.focus.push("controller".to_owned());
        true
    }

    /// Operator's `kafka-leader-election.sh`.
    pub(super) fn operator_elects(&mut self, cause: Cause, log: &mut Log) {
        self.last = Happening::default();
        let isr = self.partition.isr.clone();
        self.change(isr, cause, log);
        self.last.says = self.words_of_leader();
        self.last.focus.push("controller".to_owned());
    }
}
