//! The classic protocol: a rebalance is a barrier. All members stop at it, one of them assigns, all go on. Eager assignors
//! have them give up everything first; the cooperative one only what moves, in a second rebalance.

use std::collections::{BTreeMap, BTreeSet};

use super::assign::{Assignment, Member, Tp};
use super::model::Group;
use super::words::{list, partitions};
use crate::labs::Log;

/// From the last JoinGroup to the answers of SyncGroup.
const SYNC_MILLIS: u64 = 50;

/// The coordinator's side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classic {
    pub generation: u32,
    /// `PreparingRebalance`: who has joined, since when, and until when the others are waited for.
    pub preparing: Option<Preparing>,
    /// What each member was given in this generation.
    pub assigned: Assignment,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preparing {
    pub joined: BTreeSet<Member>,
    pub since: u64,
    pub deadline: u64,
    last_join: u64,
}

impl Classic {
    pub fn stable(assigned: Assignment) -> Self {
        Self { generation: 1, preparing: None, assigned }
    }

    /// When the rebalance ends, once everybody has joined.
    pub fn completes_at(&self, members: &BTreeMap<Member, u64>) -> Option<u64> {
        let preparing = self.preparing.as_ref()?;
        let all = !members.is_empty() && members.keys().all(|member| preparing.joined.contains(member));
        all.then_some(preparing.last_join + SYNC_MILLIS)
    }

    pub fn deadline(&self) -> Option<u64> {
        self.preparing.as_ref().map(|preparing| preparing.deadline)
    }

    fn waits_for(&self, member: Member) -> bool {
        self.preparing.as_ref().is_some_and(|preparing| !preparing.joined.contains(&member))
    }
}

impl Group {
    /// The group rebalances from now on, unless it does already.
    pub(super) fn prepare(&mut self) {
        let now = self.now;
        let deadline = now + self.settings.poll_interval_millis;
        self.classic.preparing.get_or_insert_with(|| Preparing {
            joined: BTreeSet::new(),
            since: now,
            deadline,
            last_join: now,
        });
    }

    pub(super) fn join(&mut self, member: Member) {
        self.prepare();
        let now = self.now;
        self.sessions.insert(member, now + self.settings.session_millis);
        if let Some(preparing) = &mut self.classic.preparing {
            preparing.joined.insert(member);
            preparing.last_join = now;
        }
        if let Some(client) = self.clients.get_mut(&member) {
            client.must_join = false;
        }
        self.last.flow.push(format!("h{member}"));
        self.last.focus.push(format!("m{member}"));
    }

    pub(super) fn removed_classic(&mut self, member: Member, _log: &mut Log) {
        self.classic.assigned.remove(&member);
        if let Some(preparing) = &mut self.classic.preparing {
            preparing.joined.remove(&member);
            self.last.says.push_str("The rebalance no longer waits for it.");
        } else if self.sessions.is_empty() {
            self.last.says.push_str("The group is empty.");
        } else {
            self.prepare();
            self.last.says.push_str("The group rebalances; the others hear it with their next heartbeat.");
        }
    }

    pub(super) fn heartbeat_classic(&mut self, member: Member) -> bool {
        let waits = self.classic.waits_for(member);
        if let Some(client) = self.clients.get_mut(&member) {
            client.must_join |= waits && self.sessions.contains_key(&member);
        }
        false
    }

    pub(super) fn polls_classic(&mut self, member: Member, was_out: bool, log: &mut Log) -> bool {
        let Some(client) = self.clients.get_mut(&member) else { return false };
        if was_out || !self.sessions.contains_key(&member) {
            let lost = std::mem::take(&mut client.owned);
            self.join(member);
            self.last.says = format!(
                "Consumer {member} is no member any more (it had {}). It joins again, and the group rebalances.",
                partitions(&lost)
            );
            log.bad(self.now, format!("Consumer {member} lost its partitions (onPartitionsLost) and joins again"));
            return true;
        }
        if !client.must_join {
            return false;
        }
        let why = "hears from its heartbeat that the group rebalances";
        if self.settings.is_eager() {
            let had = std::mem::take(&mut client.owned);
            self.join(member);
            log.bad(self.now, format!("Consumer {member} revokes {} and sends JoinGroup", partitions(&had)));
            self.last.says = format!(
                "Consumer {member} {why}. It gives up all its partitions and joins; {}.",
                self.words_of_waiting()
            );
        } else {
            let keeps = client.owned.clone();
            self.join(member);
            log.say(self.now, format!("Consumer {member} sends JoinGroup and goes on with {}", partitions(&keeps)));
            self.last.says = format!(
                "Consumer {member} {why}. It joins and goes on consuming meanwhile; {}.",
                self.words_of_waiting()
            );
        }
        true
    }

    /// Whom the barrier waits for.
    pub fn words_of_waiting(&self) -> String {
        let waits: Vec<Member> =
            self.sessions.keys().copied().filter(|member| self.classic.waits_for(*member)).collect();
        if waits.is_empty() { "now all have".to_owned() } else { format!("the rebalance waits for {}", list(waits)) }
    }

    /// All have joined: one member assigns, and SyncGroup brings everybody its part.
    pub(super) fn completes(&mut self, log: &mut Log) -> bool {
        let Some(preparing) = self.classic.preparing.take() else { return false };
        self.classic.generation += 1;
        self.counters.rebalances += 1;
        self.counters.longest = self.counters.longest.max(self.now - preparing.since);
        // Sticky members report what they had in the last generation, cooperative ones what they still have.
        let had: Assignment = if self.settings.is_eager() {
            let last = |member: &Member| (*member, self.classic.assigned.get(member).cloned().unwrap_or_default());
            self.sessions.keys().map(last).collect()
        } else {
            self.held()
        };
        let target = self.settings.strategy.assign(&self.settings.topics, &had);
        let moved: usize = target
            .iter()
            .map(|(member, gets)| had.get(member).map_or(gets.len(), |had| gets.difference(had).count()))
            .sum();
        self.counters.moved += u32::try_from(moved).unwrap_or_default();
        let mut again: Vec<Member> = Vec::new();
        for (member, gets) in &target {
            let Some(client) = self.clients.get_mut(member) else { continue };
            if !client.is_alive() {
                continue;
            }
            // Cooperative: who had to let go of something joins once more, so that it can be given on.
            client.must_join = !client.owned.is_subset(gets);
            again.extend(client.must_join.then_some(*member));
            client.owned.clone_from(gets);
            self.last.flow.push(format!("~h{member}"));
        }
        let (generation, name) = (self.classic.generation, self.settings.strategy.name());
        let took = self.now - preparing.since;
        self.classic.assigned = target;
        self.last.focus.push("coordinator".to_owned());
        log.good(
            self.now,
            format!("Generation {generation}: all have joined after {took} ms; {name} moves {moved} partitions"),
        );
        self.last.says = format!(
            "All have joined. The first of them assigns with {name}: generation {generation}, {moved} partitions get another owner, after {took} ms."
        );
        if !again.is_empty() {
            let verb = if again.len() == 1 { "lets" } else { "let" };
            let joins = if again.len() == 1 { "joins" } else { "join" };
            let who = list(again);
            self.last.says = format!(
                "Generation {generation} after {took} ms: {who} {verb} go of what shall move, and {joins} again; a second rebalance gives it on."
            );
            log.say(self.now, format!("{who} {verb} go and {joins} again"));
        }
        true
    }

    /// Who has not joined by then is no member any more.
    pub(super) fn deadline(&mut self, log: &mut Log) -> bool {
        let late: Vec<Member> =
            self.sessions.keys().copied().filter(|member| self.classic.waits_for(*member)).collect();
        let who = list(late.iter().copied());
        self.counters.expelled += u32::try_from(late.len()).unwrap_or_default();
        for member in late {
            self.sessions.remove(&member);
            self.classic.assigned.remove(&member);
        }
        let (now, interval) = (self.now, self.settings.poll_interval_millis);
        if self.sessions.is_empty() {
            self.classic.preparing = None;
        } else if let Some(preparing) = &mut self.classic.preparing {
            preparing.deadline = now + interval;
        }
        log.bad(now, format!("{who} did not join within {interval} ms: the rebalance goes on without"));
        self.last.says =
            format!("{who} did not join within max.poll.interval.ms ({interval} ms). The rebalance goes on without.");
        true
    }

    /// What the assignor would give a static member that comes back: nothing changes, and nobody notices.
    pub(super) fn static_back_classic(&mut self, member: Member) -> BTreeSet<Tp> {
        self.classic.assigned.get(&member).cloned().unwrap_or_default()
    }
}
