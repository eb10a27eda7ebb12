//! The lab as the reader sees it.

use super::cluster::{Cluster, SHARDS};
use super::happened::Happened;
use super::model::Model;
use super::server;
use super::slot::{SLOTS, hashed_part, slot_of};
use super::watch::Verdict;
use super::{scenarios, stage};
use crate::labs::{Act, Answer, Knob, Lab, Level, Log, Metric, Refused, Value};
use crate::scene::{Mark, Scene, Step};

impl Lab for Model {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        self.set.knobs()
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let had = self.set.sentinel;
        self.set.set(knob, value);
        if knob == "key" {
            let (key, slot) = (&self.set.key, slot_of(&self.set.key));
            let tag = hashed_part(key);
            let hashed =
                if tag == key { "the whole key is hashed".to_owned() } else { format!("only “{tag}” is hashed") };
            let owner = super::cluster::node_name(self.cluster.table.leader_of(slot));
            log.say(self.now, format!("“{key}”: {hashed}, CRC16 mod {SLOTS} is slot {slot}, of {owner}."));
        } else if had != self.set.sentinel {
            self.start_anew();
            log.say(self.now, self.last.says.clone());
        } else {
            let words = value.words();
            log.say(self.now, format!("{knob} is now {words}."));
        }
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        self.all_acts()
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let happened = self.do_act(act)?;
        self.say(log, &happened);
        self.last = happened;
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.happen();
        self.say(log, &self.last);
    }

    fn now_millis(&self) -> u64 {
        self.now
    }

    fn stage(&self) -> Scene {
        if self.set.sentinel { stage::sentinel() } else { stage::cluster() }
    }

    fn state(&self) -> Step {
        let mut step = Step {
            id: "now".to_owned(),
            says: self.last.says.clone(),
            flow: self.last.flow.clone(),
            ..Step::default()
        };
        if self.set.sentinel {
            self.sentinel_state(&mut step);
        } else {
            self.cluster_state(&mut step);
        }
        for (at, server) in self.servers().iter().enumerate() {
            let id = format!("n{}", at + 1);
            step.set.insert(format!("{id}.note"), self.role(at));
            if !server.up {
                step.mark.insert(id, Mark::Down);
            } else if server.deposed_at.is_some() {
                step.mark.insert(id, Mark::Stale);
            }
        }
        step
    }

    fn metrics(&self) -> Vec<Metric> {
        let figure = |name, value: usize, alarming| Metric { name, value: count(value), unit: "", alarming };
        let counts = &self.counts;
        let main = self.main_primary();
        let danger: usize = self.servers().iter().map(|server| server.acknowledged.len()).sum();
        let slaves = server::good_replicas(self.servers(), main, self.now, self.set.max_lag_secs);
        let healthy = self.set.sentinel || self.cluster.is_healthy(main, &self.set);
        vec![
            figure("acknowledged writes", counts.acknowledged, false),
            figure("acknowledged writes lost", counts.lost, counts.lost > 0),
            figure("acknowledged, not in every replica", danger, danger > 2),
            figure("connected_slaves", slaves, slaves == 0),
            figure("cluster_state ok", usize::from(healthy), !healthy),
            figure("errorstat_MOVED", counts.moved, false),
            figure("errorstat_ASK", counts.asked, false),
            figure("errorstat_TRYAGAIN", counts.try_again, false),
            figure("errors of the app", counts.errors, counts.errors > 0),
            figure("WAIT not confirmed", counts.unconfirmed, counts.unconfirmed > 0),
            figure("failovers", counts.failovers, false),
        ]
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(self, scenario)
    }
}

impl Model {
    fn say(&self, log: &mut Log, happened: &Happened) {
        match happened.level {
            Level::Plain => log.say(self.now, happened.says.clone()),
            Level::Bad => log.bad(self.now, happened.says.clone()),
            Level::Good => log.good(self.now, happened.says.clone()),
        }
    }

    fn role(&self, at: usize) -> String {
        let Some(server) = self.servers().get(at) else { return String::new() };
        let writes = if server.offset == 1 { "1 write".to_owned() } else { format!("{} writes", server.offset) };
        match server.of {
            None => format!("primary · {writes}"),
            Some(of) => format!("replica of {} · {writes}", of + 1),
        }
    }

    fn danger(&self, at: usize) -> Option<String> {
        let danger = self.servers().get(at).map_or(0, |server| server.acknowledged.len());
        (danger > 0).then(|| format!("{danger} in no replica"))
    }

    fn cluster_state(&self, step: &mut Step) {
        let cluster = &self.cluster;
        let slot = slot_of(&self.set.key);
        step.set.insert("app.note".to_owned(), format!("slot {slot}"));
        let table = if cluster.app_table == cluster.table { "table is current" } else { "table is old" };
        step.set.insert("app.state".to_owned(), table.to_owned());
        for at in 0..cluster.servers.len() {
            let id = format!("n{}", at + 1);
            step.set.insert(format!("{id}.state"), self.node_state(at, slot));
            step.cells.insert(id, self.slot_keys(at, slot));
            let leads = cluster.table.leaders.contains(&at);
            if at >= SHARDS && leads {
                step.show.push(format!("app-{}", at + 1));
            }
            // An edge to where the app wrongly believes a primary to be stays.
            if at < SHARDS && !leads && !cluster.app_table.leaders.contains(&at) {
                step.hide.push(format!("app-{}", at + 1));
            }
            if cluster.servers.get(at).is_some_and(|server| server.cut != cluster.app_cut) {
                step.mark.insert(format!("app-{}", at + 1), Mark::Down);
            }
        }
        for shard in 0..SHARDS {
            if !server::linked(&cluster.servers, shard, shard + SHARDS) {
                step.mark.insert(format!("repl-{}", shard + 1), Mark::Down);
            }
        }
    }

    fn node_state(&self, at: usize, slot: u16) -> String {
        let cluster = &self.cluster;
        let leads = cluster.believes_to_lead(at);
        if cluster.failed.contains(&at) {
            return "FAIL".to_owned();
        }
        if cluster.suspected.contains(&at) && !cluster.app_cut {
            return "PFAIL".to_owned();
        }
        if cluster.servers.get(at).is_some_and(|server| server.cut) && cluster.minority_stopped {
            return "alone, stopped".to_owned();
        }
        if let Some(danger) = self.danger(at) {
            return danger;
        }
        if cluster.servers.get(at).is_some_and(|server| !server.up && server.of.is_none() && !leads) {
            return "replaced".to_owned();
        }
        let Some(migration) = cluster.migration.as_ref().filter(|migration| leads && migration.slot == slot) else {
            return if leads { slots_of(Cluster::shard(at)) } else { "follows".to_owned() };
        };
        match Cluster::shard(at) {
            shard if shard == migration.from => format!("{slot} MIGRATING"),
            shard if shard == migration.to => format!("{slot} IMPORTING"),
            shard => slots_of(shard),
        }
    }

    /// The app's keys in the reader's slot, as far as a primary has them.
    fn slot_keys(&self, at: usize, slot: u16) -> Vec<String> {
        let cluster = &self.cluster;
        let shard = Cluster::shard(at);
        let leads = cluster.believes_to_lead(at);
        let owns = cluster.table.shard_of(slot) == shard;
        let migration = cluster.migration.as_ref().filter(|migration| migration.slot == slot);
        let takes = migration.is_some_and(|migration| migration.to == shard);
        if !leads || (!owns && !takes) {
            return Vec::new();
        }
        let gone = |key: &String| migration.is_some_and(|migration| migration.moved.contains(key));
        let here = |(number, key): (usize, &String)| {
            let name = ["key", "cart", "orders"].get(number).copied().unwrap_or_default();
            if gone(key) == owns { "–" } else { name }.to_owned()
        };
        Cluster::keys_of(&self.set.key).iter().enumerate().map(here).collect()
    }

    fn sentinel_state(&self, step: &mut Step) {
        let watch = &self.watch;
        step.set.insert("app.note".to_owned(), format!("writes to {}", watch.app_at + 1));
        let alone = if watch.app_cut { "cut off" } else { "no cut" };
        step.set.insert("app.state".to_owned(), alone.to_owned());
        for (at, server) in watch.servers.iter().enumerate() {
            let id = format!("n{}", at + 1);
            let state = self
                .danger(at)
                .unwrap_or_else(|| if server.of.is_none() { "all replicated" } else { "follows" }.to_owned());
            step.set.insert(format!("{id}.state"), state);
            if server.cut != watch.app_cut {
                step.mark.insert(format!("app-{}", at + 1), Mark::Down);
            }
            if server.cut {
                step.mark.insert(format!("watch-{}", at + 1), Mark::Down);
            }
        }
        // The straight line between first and third is drawn when one follows the other.
        let of = |at: usize| watch.servers.get(at).and_then(|server| server.of);
        let pairs = [(0, 1, "repl-1-2"), (1, 2, "repl-2-3"), (0, 2, "repl-1-3")];
        for (a, b, id) in pairs {
            let follows = of(a) == Some(b) || of(b) == Some(a);
            if follows { &mut step.show } else { &mut step.hide }.push(id.to_owned());
            if follows && !server::linked(&watch.servers, a, b) {
                step.mark.insert(id.to_owned(), Mark::Down);
            }
        }
        for (at, sentinel) in watch.sentinels.iter().enumerate() {
            let id = format!("s{}", at + 1);
            let state = match sentinel.down {
                _ if watch.leader == Some(at) => "+odown, elected",
                true if matches!(watch.verdict, Verdict::Agreed | Verdict::NotElected) => "+odown",
                true => "+sdown",
                false if watch.is_heard() => "hears it",
                false => "no answer yet",
            };
            step.set.insert(format!("{id}.state"), state.to_owned());
            step.set.insert(format!("{id}.note"), format!("epoch {}", watch.epoch));
            if !sentinel.up {
                step.mark.insert(id, Mark::Down);
            }
        }
    }
}

/// The range of a shard.
fn slots_of(shard: usize) -> String {
    ["slots 0–5460", "slots 5461–10922", "slots 10923–16383"].get(shard).copied().unwrap_or_default().to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
fn count(value: usize) -> f64 {
    value as f64
}
