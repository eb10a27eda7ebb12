//! Three primaries and three replicas: slots, redirections, a slot on the move, failure detection and failover.

use std::collections::{BTreeMap, BTreeSet};

use super::happened::{Counts, Happened, Queue};
use super::server::Server;
use super::settings::Settings;
use super::slot::SLOTS;
use crate::labs::Chance;

pub const SHARDS: usize = 3;
pub(super) const NODES: usize = 2 * SHARDS;
/// The app sends one command a second.
pub const PACE_MILLIS: u64 = 1_000;
/// A command is tried again this long after a `TRYAGAIN`, so many times.
pub(super) const AGAIN_MILLIS: u64 = 200;
pub(super) const TRIES: u8 = 5;
pub(super) const MOVE_MILLIS: u64 = 1_500;

#[derive(Clone, Debug)]
pub(super) enum Event {
    App,
    Hop(Request),
    Replicate { from: usize, to: usize, offset: u64 },
    Suspect(usize),
    Fail(usize),
    Elect(usize),
    MinorityStops,
    Rejoin(usize),
    Move,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub verb: &'static str,
    pub keys: Vec<String>,
    pub node: usize,
    pub asking: bool,
    pub tries: u8,
}

/// Who owns what, as somebody believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The primary of each shard.
    pub leaders: [usize; SHARDS],
    /// Slots that are not where the ranges say.
    pub moved: BTreeMap<u16, usize>,
}

impl Table {
    pub fn shard_of(&self, slot: u16) -> usize {
        self.moved.get(&slot).copied().unwrap_or_else(|| usize::from(slot) * SHARDS / usize::from(SLOTS))
    }

    pub fn leader_of(&self, slot: u16) -> usize {
        self.leaders.get(self.shard_of(slot)).copied().unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
pub struct Migration {
    pub slot: u16,
    pub from: usize,
    pub to: usize,
    /// Steps done: `IMPORTING` at the target, `MIGRATING` at the source, then a key each.
    pub(super) done: usize,
    pub moved: BTreeSet<String>,
}

#[derive(Clone)]
pub struct Cluster {
    pub servers: Vec<Server>,
    pub table: Table,
    /// What the app believes.
    pub app_table: Table,
    pub app_cut: bool,
    pub migration: Option<Migration>,
    pub suspected: BTreeSet<usize>,
    pub failed: BTreeSet<usize>,
    /// The primary that is cut off has noticed that it cannot reach a majority.
    pub minority_stopped: bool,
    pub epoch: u64,
    pub(super) turn: u64,
    pub(super) queue: Queue<Event>,
}

impl Cluster {
    pub fn new(now: u64) -> Self {
        let primaries = (0..SHARDS).map(|_| Server::primary());
        let table = Table { leaders: [0, 1, 2], moved: BTreeMap::new() };
        let mut queue = Queue::default();
        queue.push(now + PACE_MILLIS, Event::App);
        Self {
            servers: primaries.chain((0..SHARDS).map(Server::replica)).collect(),
            app_table: table.clone(),
            table,
            app_cut: false,
            migration: None,
            suspected: BTreeSet::new(),
            failed: BTreeSet::new(),
            minority_stopped: false,
            epoch: 3,
            turn: 0,
            queue,
        }
    }

    pub const fn shard(node: usize) -> usize {
        node % SHARDS
    }

    pub fn next_at(&self) -> u64 {
        self.queue.next_at()
    }

    pub fn step(&mut self, now: u64, set: &Settings, chance: &mut Chance, counts: &mut Counts) -> Happened {
        match self.queue.pop() {
            Some(Event::Hop(request)) => self.send(request, now, set, counts),
            Some(Event::Replicate { from, to, offset }) => self.replicate(from, to, offset, now),
            Some(Event::Suspect(node)) => self.suspect(node, now, set, chance),
            Some(Event::Fail(node)) => self.fail(node, now, set, chance),
            Some(Event::Elect(shard)) => self.elect(shard, now, set, counts),
            Some(Event::MinorityStops) => self.minority_stops(),
            Some(Event::Rejoin(node)) => self.rejoin(node, now, counts),
            Some(Event::Move) => self.move_on(now, set),
            Some(Event::App) | None => {
                self.queue.push(now + PACE_MILLIS, Event::App);
                let request = self.next_request(&set.key);
                self.send(request, now, set, counts)
            }
        }
    }

    /// Whether a node is a primary, or takes itself for one.
    pub fn believes_to_lead(&self, node: usize) -> bool {
        self.servers
            .get(node)
            .is_some_and(|server| server.of.is_none() && (server.up || self.table.leaders.contains(&node)))
    }

    /// `cluster_state` of a node.
    pub fn is_healthy(&self, node: usize, set: &Settings) -> bool {
        if self.servers.get(node).is_some_and(|server| server.cut) {
            return !self.minority_stopped;
        }
        let covered = !self.table.leaders.iter().any(|leader| self.failed.contains(leader));
        self.has_majority() && (covered || !set.full_coverage)
    }

    pub(super) fn leader(&self, shard: usize) -> usize {
        self.table.leaders.get(shard).copied().unwrap_or_default()
    }
}

pub fn node_name(node: usize) -> String {
    format!("Node {}", node + 1)
}

pub(super) fn lost_words(lost: usize) -> String {
    match lost {
        0 => String::new(),
        1 => " 1 acknowledged write is lost.".to_owned(),
        lost => format!(" {lost} acknowledged writes are lost."),
    }
}
