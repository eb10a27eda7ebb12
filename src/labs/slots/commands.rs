//! The app's commands in a cluster: where they go, what a node answers, what is replicated.

use super::cluster::{AGAIN_MILLIS, Cluster, Event, NODES, Request, TRIES, node_name};
use super::happened::{Counts, Happened};
use super::route::{Route, Seen, route};
use super::server;
use super::settings::Settings;
use super::slot::{hashed_part, slot_of};

impl Cluster {
    /// The keys that the app keeps in the slot of the reader's key.
    pub fn keys_of(key: &str) -> Vec<String> {
        let slot = slot_of(key);
        let tag = hashed_part(key);
        let beside = [format!("{{{tag}}}.cart"), format!("{{{tag}}}.orders")];
        std::iter::once(key.to_owned()).chain(beside.into_iter().filter(|other| slot_of(other) == slot)).collect()
    }

    pub(super) fn next_request(&mut self, key: &str) -> Request {
        self.turn += 1;
        let keys = Self::keys_of(key);
        let order = || vec![format!("order:{}", self.turn)];
        let beside: Vec<String> = keys.iter().skip(1).cloned().collect();
        let (verb, keys) = match self.turn % 5 {
            1 => ("SET", vec![key.to_owned()]),
            3 => ("GET", vec![keys.last().cloned().unwrap_or_default()]),
            4 if beside.len() == 2 => ("MSET", beside),
            _ => ("SET", order()),
        };
        let node = self.app_table.leader_of(keys.first().map_or(0, |key| slot_of(key)));
        Request { verb, keys, node, asking: false, tries: 0 }
    }

    /// Whether the app reaches a node.
    pub(super) fn reaches(&self, node: usize) -> bool {
        self.servers.get(node).is_some_and(|server| server.up && server.cut == self.app_cut)
    }

    pub(super) fn send(&mut self, request: Request, now: u64, set: &Settings, counts: &mut Counts) -> Happened {
        let slot = request.keys.first().map_or(0, |key| slot_of(key));
        let words = format!("{} {} (slot {slot})", request.verb, request.keys.join(" "));
        let name = node_name(request.node);
        let edge = format!("app-{}", request.node + 1);
        if !self.reaches(request.node) {
            counts.errors += 1;
            let why = if self.servers.get(request.node).is_some_and(|server| server.up) {
                "no answer from behind the cut"
            } else {
                "connection refused"
            };
            let learned = if set.adaptive && self.refresh() {
                "The app asks another node for the table."
            } else if set.adaptive {
                "No other node can be asked for the table."
            } else {
                "Its table stays as it is: topology refresh is off."
            };
            return Happened::bad(format!("{words} to {name}: {why}. {learned}")).on(&edge);
        }
        let there = self.seen(&request, slot);
        let serving = self.servers.get(request.node).is_some_and(|server| server.of.is_none());
        if !self.is_healthy(request.node, set) && serving {
            counts.errors += 1;
            return Happened::bad(format!("{words} to {name}: CLUSTERDOWN The cluster is down.")).on(&edge);
        }
        let owner = self.table.leader_of(slot);
        match route(there, request.keys.len()) {
            Route::Serve => self.serve(&request, &words, now, set, counts).on(&edge),
            Route::Moved => {
                counts.moved += 1;
                let mut learned = "follows it, and will ask the same node again next time";
                if set.adaptive && self.refresh() {
                    learned = "fetches the new table and goes there";
                }
                self.queue.push_first(now, Event::Hop(Request { node: owner, asking: false, ..request }));
                Happened::plain(format!("{words} to {name}: MOVED {slot} {}. The app {learned}.", node_name(owner)))
                    .back(&edge)
            }
            Route::Ask => {
                counts.asked += 1;
                let target = self.migration.as_ref().map_or(owner, |migration| self.leader(migration.to));
                self.queue.push_first(now, Event::Hop(Request { node: target, asking: true, ..request }));
                let target = node_name(target);
                Happened::plain(format!(
                    "{words} to {name}: ASK {slot} {target}. The key has gone ahead; the app asks there this once, with ASKING, and keeps its table."
                ))
                .back(&edge)
            }
            Route::TryAgain => {
                counts.try_again += 1;
                if request.tries + 1 >= TRIES {
                    counts.errors += 1;
                    return Happened::bad(format!(
                        "{words}: TRYAGAIN once more. The app gives up after {TRIES} tries."
                    ))
                    .back(&edge);
                }
                let node = self.app_table.leader_of(slot);
                self.queue.push(
                    now + AGAIN_MILLIS,
                    Event::Hop(Request { tries: request.tries + 1, node, asking: false, ..request }),
                );
                Happened::bad(format!(
                    "{words} to {name}: TRYAGAIN. One of the keys is here, the other has moved; no node has both, so the app waits."
                ))
                .back(&edge)
            }
        }
    }

    /// How a node sees the slot and the keys of a request.
    pub(super) fn seen(&self, request: &Request, slot: u16) -> Seen {
        let shard = Self::shard(request.node);
        let mine =
            self.table.shard_of(slot) == shard && self.servers.get(request.node).is_some_and(|node| node.of.is_none());
        let Some(migration) = self.migration.as_ref().filter(|migration| migration.slot == slot) else {
            return Seen { mine, existing: request.keys.len(), asking: request.asking, ..Seen::default() };
        };
        let is_source = mine && migration.from == shard;
        let moved = request.keys.iter().filter(|key| migration.moved.contains(*key)).count();
        let here = if is_source { request.keys.len() - moved } else { moved };
        Seen {
            mine,
            migrating: is_source && migration.done >= 2,
            importing: migration.to == shard && migration.done >= 1 && self.table.leader_of(slot) != request.node,
            existing: here,
            missing: request.keys.len() - here,
            asking: request.asking,
        }
    }

    /// The node carries the command out.
    pub(super) fn serve(
        &mut self,
        request: &Request,
        words: &str,
        now: u64,
        set: &Settings,
        counts: &mut Counts,
    ) -> Happened {
        let at = request.node;
        let name = node_name(at);
        if request.verb == "GET" {
            return Happened::plain(format!("{words} to {name}: the value."));
        }
        let good = server::good_replicas(&self.servers, at, now, set.max_lag_secs);
        if good < set.min_replicas {
            counts.errors += 1;
            return Happened::bad(format!("{words} to {name}: NOREPLICAS Not enough good replicas to write."));
        }
        let Some(node) = self.servers.get_mut(at) else { return Happened::plain(String::new()) };
        node.offset += 1;
        let offset = node.offset;
        node.acknowledged.push(offset);
        counts.acknowledged += 1;
        let replicas: Vec<usize> = server::replicas_of(&self.servers, at).collect();
        for to in replicas {
            if server::linked(&self.servers, at, to) {
                self.queue.push(now + set.delay_millis, Event::Replicate { from: at, to, offset });
            }
        }
        let cut = self.servers.get(at).is_some_and(|node| node.cut);
        if cut {
            return Happened::bad(format!(
                "{words} to {name}: OK. It does not know that it is alone; no replica will ever have this write."
            ));
        }
        Happened::plain(format!("{words} to {name}: OK, acknowledged before any replica has it."))
    }

    pub(super) fn replicate(&mut self, from: usize, to: usize, offset: u64, now: u64) -> Happened {
        let follows = self.servers.get(to).is_some_and(|server| server.of == Some(from));
        if !follows || !server::linked(&self.servers, from, to) {
            return Happened::bad(format!(
                "A write was on its way from {} to {} and never arrives.",
                node_name(from),
                node_name(to)
            ));
        }
        if let Some(replica) = self.servers.get_mut(to) {
            replica.offset = replica.offset.max(offset);
            replica.heard_at = now;
        }
        server::forget_safe(&mut self.servers, from);
        Happened::plain(format!("{} has the write as well.", node_name(to)))
            .on(&format!("repl-{}", Self::shard(from) + 1))
    }

    /// The app takes the table of a node that it reaches.
    pub(super) fn refresh(&mut self) -> bool {
        // The node behind the cut has an old one.
        let fresh =
            (0..NODES).any(|node| self.reaches(node) && !self.servers.get(node).is_some_and(|server| server.cut));
        if fresh {
            self.app_table = self.table.clone();
        }
        fresh
    }
}
