//! The consumer protocol, KIP-848: the broker computes a target; each member, with its own heartbeats, lets go of what it
//! shall not have and gets what others have let go of. Nobody else stops.

use std::collections::{BTreeMap, BTreeSet};

use super::assign::{Assignment, Member, Tp};
use super::model::Group;
use super::words::partitions;
use crate::labs::Log;

/// The coordinator's side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciling {
    pub epoch: u32,
    pub target: Assignment,
    /// What the coordinator takes each member to have until it says otherwise.
    pub current: Assignment,
    /// Until when a member must have let go of what it was told to.
    pub deadlines: BTreeMap<Member, u64>,
    /// When the target changed and is not reached yet.
    since: Option<u64>,
}

impl Reconciling {
    pub fn settled(target: Assignment) -> Self {
        Self { epoch: 1, current: target.clone(), target, deadlines: BTreeMap::new(), since: None }
    }

    /// Whether this member still has something that it shall not have.
    pub fn must_let_go(&self, member: Member) -> bool {
        let nothing = BTreeSet::new();
        !self.current.get(&member).unwrap_or(&nothing).is_subset(self.target.get(&member).unwrap_or(&nothing))
    }

    fn is_free(&self, tp: Tp) -> bool {
        !self.current.values().any(|has| has.contains(&tp))
    }
}

impl Group {
    /// The members are others than before: a new epoch, and a new target at once.
    pub(super) fn retarget(&mut self, log: &mut Log) {
        let before: Assignment = self
            .sessions
            .keys()
            .map(|member| (*member, self.reconciling.target.get(member).cloned().unwrap_or_default()))
            .collect();
        let target = self.settings.remote.assign(&self.settings.topics, &before);
        let moved: usize =
            target.iter().map(|(member, gets)| before.get(member).map_or(0, |had| gets.difference(had).count())).sum();
        self.reconciling.target = target;
        self.reconciling.epoch += 1;
        self.reconciling.since.get_or_insert(self.now);
        self.counters.rebalances += 1;
        self.counters.moved += u32::try_from(moved).unwrap_or_default();
        let (epoch, name) = (self.reconciling.epoch, self.settings.remote.name());
        log.say(
            self.now,
            format!("Group epoch {epoch}: the broker assigns with {name}; {moved} partitions shall get another owner"),
        );
        self.last.says = format!(
            "{}The broker computes a new target with {name}: epoch {epoch}, {moved} partitions shall move. Nobody stops for it.",
            self.last.says
        );
    }

    pub(super) fn removed_consumer(&mut self, member: Member, log: &mut Log) {
        self.reconciling.current.remove(&member);
        self.reconciling.deadlines.remove(&member);
        self.retarget(log);
    }

    pub(super) fn join_consumer(&mut self, member: Member, log: &mut Log) {
        self.sessions.insert(member, self.now + self.settings.session_millis);
        self.last.flow.push(format!("h{member}"));
        self.last.focus.push(format!("m{member}"));
        self.retarget(log);
        self.reconcile(member, log);
    }

    pub(super) fn heartbeat_consumer(&mut self, member: Member, log: &mut Log) -> bool {
        self.sessions.contains_key(&member) && self.reconcile(member, log)
    }

    /// A heartbeat: the member says what it has, the answer what it shall have now.
    pub(super) fn reconcile(&mut self, member: Member, log: &mut Log) -> bool {
        let Some(client) = self.clients.get(&member) else { return false };
        let target = self.reconciling.target.get(&member).cloned().unwrap_or_default();
        let current = self.reconciling.current.get(&member).cloned().unwrap_or_default();
        let keeps: BTreeSet<Tp> = current.intersection(&target).copied().collect();
        let let_go = client.owned.is_subset(&target);
        let tell = if let_go {
            // What it had and shall not have is free now; what is free of the target is its own.
            let free = target
                .iter()
                .copied()
                .filter(|tp| keeps.contains(tp) || self.reconciling.is_free(*tp) || client.owned.contains(tp));
            free.collect()
        } else {
            keeps
        };
        if let_go {
            self.reconciling.current.insert(member, tell.clone());
            self.reconciling.deadlines.remove(&member);
        } else {
            let deadline = self.now + self.settings.poll_interval_millis;
            self.reconciling.deadlines.entry(member).or_insert(deadline);
        }
        let told = self
            .clients
            .get_mut(&member)
            .map(|client| std::mem::replace(&mut client.told, tell.clone()))
            .unwrap_or_default();
        if told == tell {
            return false;
        }
        self.last.flow.push(format!("h{member}"));
        self.last.flow.push(format!("~h{member}"));
        self.last.focus.push(format!("m{member}"));
        let (less, more): (BTreeSet<Tp>, BTreeSet<Tp>) = (&told - &tell, &tell - &told);
        let text = if less.is_empty() {
            format!("Consumer {member} is given {} by the answer to its heartbeat", partitions(&more))
        } else {
            format!("Consumer {member} is told by the answer to its heartbeat to let go of {}", partitions(&less))
        };
        log.say(self.now, text.clone());
        if self.last.says.is_empty() {
            self.last.says = format!("{text}.");
        }
        self.reached();
        true
    }

    /// Notes how long it took when everybody has what it shall have.
    fn reached(&mut self) {
        if self.reconciling.current == self.reconciling.target
            && let Some(since) = self.reconciling.since.take()
        {
            self.counters.longest = self.counters.longest.max(self.now - since);
        }
    }

    /// In poll the member runs its callbacks: it lets go and says so with a heartbeat at once, or it begins with what is new.
    pub(super) fn polls_consumer(&mut self, member: Member, was_out: bool, log: &mut Log) -> bool {
        if was_out || !self.sessions.contains_key(&member) {
            let lost = self.clients.get_mut(&member).map(|client| {
                client.told.clear();
                std::mem::take(&mut client.owned)
            });
            let lost = lost.unwrap_or_default();
            log.bad(
                self.now,
                format!("Consumer {member} is no member any more (it had {}); it joins again", partitions(&lost)),
            );
            self.last.says = format!("Consumer {member} is no member any more. It joins again. ");
            self.join_consumer(member, log);
            return true;
        }
        let Some(client) = self.clients.get_mut(&member) else { return false };
        if client.owned == client.told {
            return false;
        }
        let lets_go: BTreeSet<Tp> = &client.owned - &client.told;
        let begins: BTreeSet<Tp> = &client.told - &client.owned;
        client.owned.clone_from(&client.told);
        self.last.focus.push(format!("m{member}"));
        let says = if lets_go.is_empty() {
            log.good(self.now, format!("Consumer {member} begins with {}", partitions(&begins)));
            format!("Consumer {member} begins with {}.", partitions(&begins))
        } else {
            log.say(
                self.now,
                format!("Consumer {member} revokes {} and tells the coordinator at once", partitions(&lets_go)),
            );
            format!(
                "In its poll consumer {member} lets go of {} and says so at once. The rest it never stopped.",
                partitions(&lets_go)
            )
        };
        self.last.says = says;
        if !lets_go.is_empty() {
            self.reconcile(member, log);
        }
        true
    }

    /// A member that does not let go in time is thrown out.
    pub(super) fn takes_too_long_to_revoke(&mut self, member: Member, log: &mut Log) -> bool {
        let interval = self.settings.poll_interval_millis;
        self.counters.expelled += 1;
        log.bad(self.now, format!("Member {member} did not let go within {interval} ms: it is fenced"));
        self.last.says =
            format!("Consumer {member} did not let go within {interval} ms: the coordinator takes it out. ");
        self.removed(member, log);
        true
    }
}
