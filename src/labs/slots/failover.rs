//! Nodes of a cluster that die, are cut off and come back: who notices, who votes, who takes over.

use rand::RngExt as _;

use super::cluster::{Cluster, Event, NODES, SHARDS, lost_words, node_name};
use super::happened::{Counts, Happened};
use super::server;
use super::settings::Settings;
use crate::labs::Chance;

impl Cluster {
    /// Whether most primaries still reach each other.
    pub(super) fn has_majority(&self) -> bool {
        let lost = self.table.leaders.iter().filter(|leader| self.suspected.contains(leader)).count();
        (SHARDS - lost) * 2 > SHARDS
    }

    pub(super) fn suspect(&mut self, node: usize, now: u64, set: &Settings, chance: &mut Chance) -> Happened {
        if self.servers.get(node).is_some_and(|server| server.up && !server.cut) {
            return Happened::plain(format!("{} answers again before cluster-node-timeout was over.", node_name(node)));
        }
        self.suspected.insert(node);
        let name = node_name(node);
        if !self.has_majority() {
            return Happened::bad(format!(
                "{name} is silent as well: most primaries are gone. Nobody can declare a failure or vote; cluster_state is fail."
            ));
        }
        self.queue.push(now + chance.random_range(100..600), Event::Fail(node));
        Happened::bad(format!(
            "{name} has not answered for cluster-node-timeout, {} ms: PFAIL, possibly failing, in the view of single nodes.",
            set.node_timeout
        ))
    }

    pub(super) fn fail(&mut self, node: usize, now: u64, set: &Settings, chance: &mut Chance) -> Happened {
        if !self.suspected.contains(&node) || !self.has_majority() {
            return Happened::plain(format!("{} is not declared failed after all.", node_name(node)));
        }
        self.failed.insert(node);
        self.queue.push(now + 500 + chance.random_range(0..800), Event::Elect(Self::shard(node)));
        let name = node_name(node);
        if set.full_coverage {
            return Happened::bad(format!(
                "Most primaries agree: {name} is FAIL. Its slots have no owner, so with cluster-require-full-coverage every node refuses every command."
            ));
        }
        Happened::bad(format!(
            "Most primaries agree: {name} is FAIL. Its slots are refused, those of the others are served."
        ))
    }

    pub(super) fn elect(&mut self, shard: usize, now: u64, set: &Settings, counts: &mut Counts) -> Happened {
        let old = self.table.leaders.get(shard).copied().unwrap_or_default();
        if !self.failed.contains(&old) {
            return Happened::plain(format!("{} is back; its replica asks for no votes.", node_name(old)));
        }
        let candidate = server::replicas_of(&self.servers, old)
            .filter(|at| self.servers.get(*at).is_some_and(|server| server.up && !server.cut))
            .max_by_key(|at| self.servers.get(*at).map_or(0, |server| server.offset));
        let again = now + 4 * set.node_timeout;
        let Some(new) = candidate else {
            self.queue.push(again, Event::Elect(shard));
            return Happened::bad(format!(
                "{} has no replica that lives: its slots stay without an owner.",
                node_name(old)
            ));
        };
        let votes = self
            .table
            .leaders
            .iter()
            .filter(|leader| self.servers.get(**leader).is_some_and(|node| node.up && !node.cut))
            .count();
        if votes * 2 <= SHARDS {
            self.queue.push(again, Event::Elect(shard));
            return Happened::bad(format!(
                "{} gets {votes} of {SHARDS} votes: no majority of the primaries.",
                node_name(new)
            ));
        }
        self.epoch += 1;
        let group: Vec<usize> = (0..NODES).filter(|node| Self::shard(*node) == shard).collect();
        let lost = server::promote(&mut self.servers, new, &group, now);
        counts.lost += lost;
        counts.failovers += 1;
        self.failed.remove(&old);
        self.suspected.remove(&old);
        if let Some(leader) = self.table.leaders.get_mut(shard) {
            *leader = new;
        }
        let moving = self.migration.as_ref().is_some_and(|migration| migration.from == shard || migration.to == shard);
        if moving {
            self.migration = None;
        }
        let lost = lost_words(lost);
        let stuck =
            if moving { " It knows nothing of the slot that was on the move: redis-cli --cluster fix." } else { "" };
        Happened::good(format!(
            "{} has the votes of {votes} primaries: it owns the slots, epoch {}.{lost}{stuck}",
            node_name(new),
            self.epoch
        ))
    }

    pub(super) fn minority_stops(&mut self) -> Happened {
        let Some(alone) = self.servers.iter().position(|server| server.cut) else {
            return Happened::plain("The cut is mended; everybody hears everybody.".to_owned());
        };
        self.minority_stopped = true;
        Happened::bad(format!(
            "{} has not heard from most primaries for cluster-node-timeout: it stops, so that it can lose no more writes.",
            node_name(alone)
        ))
    }

    pub(super) fn rejoin(&mut self, node: usize, now: u64, counts: &mut Counts) -> Happened {
        let leader = self.table.leaders.get(Self::shard(node)).copied().unwrap_or_default();
        self.minority_stopped = false;
        if leader == node || !server::linked(&self.servers, node, leader) {
            return Happened::plain(format!("{} is a primary as before.", node_name(node)));
        }
        let lost = server::follow(&mut self.servers, node, leader, now);
        counts.lost += lost;
        let text = format!(
            "{} hears of a higher epoch for its slots: it becomes a replica of {} and takes over its data.{}",
            node_name(node),
            node_name(leader),
            lost_words(lost)
        );
        if lost > 0 { Happened::bad(text) } else { Happened::plain(text) }
    }

    /// A node dies.
    pub fn kill(&mut self, node: usize, now: u64, set: &Settings, chance: &mut Chance) {
        if let Some(server) = self.servers.get_mut(node) {
            server.up = false;
        }
        if self.table.leaders.contains(&node) {
            self.queue.push(now + set.node_timeout + chance.random_range(0..1_000), Event::Suspect(node));
        }
    }

    /// A node starts again, with the data that it had.
    pub fn start(&mut self, node: usize, now: u64) {
        if let Some(server) = self.servers.get_mut(node) {
            server.up = true;
        }
        self.suspected.remove(&node);
        self.failed.remove(&node);
        self.declare_the_silent(now);
        self.back(node, now);
    }

    /// Most primaries hear each other again: those that are still silent can be declared failed.
    pub(super) fn declare_the_silent(&mut self, now: u64) {
        if self.has_majority() {
            let silent: Vec<usize> = self.suspected.difference(&self.failed).copied().collect();
            for node in silent {
                self.queue.push(now + 500, Event::Fail(node));
            }
        }
    }

    /// A node is heard again: a primary that nobody replaced goes on, others follow whoever leads now.
    pub(super) fn back(&mut self, node: usize, now: u64) {
        let leader = self.leader(Self::shard(node));
        if leader == node {
            for replica in server::replicas_of(&self.servers, node).collect::<Vec<_>>() {
                if server::linked(&self.servers, node, replica) {
                    server::follow(&mut self.servers, replica, node, now);
                }
            }
            server::forget_safe(&mut self.servers, node);
            for other in (0..NODES).filter(|other| *other != node && Self::shard(*other) == Self::shard(node)) {
                if self.servers.get(other).is_some_and(|server| server.up && server.of != Some(node)) {
                    self.queue.push(now + 200, Event::Rejoin(other));
                }
            }
            return;
        }
        self.queue.push(now + 200, Event::Rejoin(node));
    }

    /// Cuts a primary off, with the app.
    pub fn cut(&mut self, node: usize, now: u64, set: &Settings, chance: &mut Chance) {
        self.app_cut = true;
        if let Some(server) = self.servers.get_mut(node) {
            server.cut = true;
        }
        for replica in server::replicas_of(&self.servers, node).collect::<Vec<_>>() {
            if let Some(server) = self.servers.get_mut(replica) {
                server.heard_at = now;
            }
        }
        self.queue.push(now + set.node_timeout + chance.random_range(0..1_000), Event::Suspect(node));
        self.queue.push(now + set.node_timeout + chance.random_range(0..1_000), Event::MinorityStops);
    }

    pub fn heal(&mut self, now: u64) {
        self.app_cut = false;
        self.minority_stopped = false;
        let cut: Vec<usize> =
            (0..NODES).filter(|node| self.servers.get(*node).is_some_and(|server| server.cut)).collect();
        for node in cut {
            if let Some(server) = self.servers.get_mut(node) {
                server.cut = false;
            }
            self.suspected.remove(&node);
            self.failed.remove(&node);
            self.back(node, now);
        }
    }
}
