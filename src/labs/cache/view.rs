//! The lab as the reader sees it: stage, state, acts, figures and what is said about the last tenth of a second.

use std::collections::BTreeMap;

use super::database::CORES;
use super::entries::Key;
use super::model::{Model, PODS, PRODUCTS, THREADS};
use super::scenarios;
use super::tally::CHART;
use super::words::{Mood, count, float, thousands, thousands_of};
use crate::labs::{Act, Answer, Knob, Lab, Log, Metric, Refused, Value};
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

/// Running queries at the top of the chart: four pools of ten, and some room.
const CHART_TOP: f32 = 48.0;
/// Invented ids a second that the act lets in.
const CRAWLER: i64 = 300;
/// How much slower a sick database answers.
const SLOWDOWN: u64 = 5;

impl Lab for Model {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        self.set.knobs()
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        self.set.set(knob, value);
        let words = match value {
            Value::Int(value) => value.to_string(),
            Value::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
            Value::Choice(text) | Value::Text(text) => text.clone(),
            Value::Curve(_) => String::new(),
        };
        let from_now = if knob.starts_with("TTL") { ", for what is stored from now on" } else { "" };
        log.say(self.now, format!("{knob} is now {words}{from_now}."));
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let mut out = Vec::new();
        if self.redis_down {
            out.push(Act::mends("start-redis", "Start Redis, empty", "redis"));
        } else {
            out.push(Act::breaks("delete-front", "Delete the front page's key", "redis"));
            out.push(Act::breaks("import", "Import all 1,000 products", "redis"));
            out.push(Act::breaks("kill-redis", "Kill Redis", "redis"));
        }
        out.push(if self.set.invented == 0 {
            Act::breaks("crawler", "Let a crawler invent ids", "readers")
        } else {
            Act::mends("no-crawler", "Stop the crawler", "readers")
        });
        out.push(if self.database.slowdown > 1 {
            Act::mends("heal-db", "Heal the database", "db")
        } else {
            Act::breaks("slow-db", "Slow the database down", "db")
        });
        out.push(if self.pods.last().is_some_and(|pod| pod.down) {
            Act::mends("start-pod", "Start pod 4", "pods")
        } else {
            Act::breaks("kill-pod", "Kill pod 4", "pods")
        });
        out
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let now = self.now;
        match act {
            "delete-front" => {
                self.redis.delete(Key::Front);
                log.bad(now, "Somebody deletes the front page's key, as each write does in cache-aside.");
            }
            "import" => {
                self.import();
                let spread = match self.set.jitter_percent {
                    0 => "all with the same TTL, so they will be gone in the same moment".to_owned(),
                    jitter => format!("their TTLs spread by {jitter} % either way"),
                };
                log.say(now, format!("A job writes all {PRODUCTS} products into Redis, {spread}."));
            }
            "kill-redis" => {
                let lost = self.lose_redis();
                let words = match lost {
                    0 => String::new(),
                    lost => format!(" {lost} writes that were acknowledged and not yet in the database are lost."),
                };
                log.bad(now, format!("Redis dies: each read is a miss until it is back, and then it is empty.{words}"));
            }
            "start-redis" => {
                self.redis_down = false;
                log.good(now, "Redis is back, empty: what is asked for has to be loaded once more.");
            }
            "crawler" => {
                self.set.invented = CRAWLER;
                log.bad(now, format!("A crawler asks for {CRAWLER} ids a second that it makes up, each a new one."));
            }
            "no-crawler" => {
                self.set.invented = 0;
                log.good(now, "The crawler stops.");
            }
            "slow-db" => {
                self.database.slowdown = SLOWDOWN;
                log.bad(now, "A bad plan: from now on each query is five times the work.");
            }
            "heal-db" => {
                self.database.slowdown = 1;
                log.good(now, "The plan is right again; queries that run finish as they began.");
            }
            "kill-pod" => {
                let readers = self.kill_pod();
                log.bad(
                    now,
                    format!("Pod 4 dies with {readers} requests. Tokens that it held stay until their PX is over."),
                );
            }
            _ => {
                self.start_pod();
                log.good(now, "Pod 4 is back.");
            }
        }
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.slice();
        let says = self.says();
        match self.mood() {
            Mood::Bad => log.bad(self.now, says),
            Mood::Good => log.good(self.now, says),
            Mood::Plain => log.say(self.now, says),
        }
    }

    fn now_millis(&self) -> u64 {
        self.now
    }

    fn stage(&self) -> Scene {
        let edge = |id: &str, from: &str, to: &str| Edge::new(id, from, to, EdgeKind::Flow);
        #[expect(clippy::cast_precision_loss, reason = "eight")]
        let cores = CORES as f32 / CHART_TOP;
        Scene {
            title: "Cache under load".to_owned(),
            groups: Vec::new(),
            nodes: vec![
                Node::new("readers", NodeKind::User, "Readers", (0, 0)),
                Node::new("writers", NodeKind::Producer, "Editors", (0, 1)),
                Node::new("pods", NodeKind::Service, "4 pods", (1, 0)),
                Node::new("pool", NodeKind::ThreadPool, "Connections", (1, 1)),
                Node::new("redis", NodeKind::Cache, "Redis", (2, 0)),
                Node {
                    threshold: Some(cores),
                    axis: Some(("−2.4 s".to_owned(), "now".to_owned())),
                    ..Node::new("db", NodeKind::Database, "Database", (2, 1))
                },
            ],
            edges: vec![
                edge("read", "readers", "pods"),
                edge("write", "writers", "pods"),
                edge("get", "pods", "redis"),
                edge("borrow", "pods", "pool"),
                edge("query", "pool", "db"),
            ],
            steps: vec![widest()],
        }
    }

    fn state(&self) -> Step {
        let slice = &self.slice;
        let (busy, threads) = (self.busy(), THREADS * PODS);
        let connections = usize::try_from(self.set.pool).unwrap_or(1) * PODS;
        let running = self.database.running();
        let pending = self.pending();
        let rate = self.set.rate + self.set.invented;
        let set = [
            ("readers.note", format!("{} reads/s", thousands(rate))),
            ("readers.state", format!("p99 {} ms", thousands_of(self.total.p99()))),
            ("writers.note", format!("{} writes/s", self.set.writes)),
            ("writers.state", self.writes_state()),
            ("pods.note", format!("{busy} of {threads} threads")),
            ("pods.state", self.pods_state()),
            ("pool.note", format!("{} of {connections} in use", self.connections())),
            ("pool.state", format!("{pending} loads wait")),
            ("redis.note", format!("{:.0} % hits", self.total.hit_percent())),
            ("redis.state", self.front_state()),
            ("db.note", format!("{running} queries, {CORES} cores")),
            ("db.state", self.database_state(running)),
        ];
        let mut mark = BTreeMap::new();
        if self.redis_down {
            mark.insert("redis".to_owned(), Mark::Down);
            mark.insert("get".to_owned(), Mark::Down);
        }
        if u64::try_from(running).unwrap_or_default() > CORES || self.database.slowdown > 1 {
            mark.insert("db".to_owned(), Mark::Slow);
        }
        let mut flow = vec!["read"];
        if !self.redis_down && slice.hits + slice.misses > 0 {
            flow.extend(["get", "~get"]);
        }
        if slice.loads > 0 {
            flow.push("borrow");
        }
        if running > 0 || slice.finished > 0 {
            flow.push("query");
        }
        if slice.acknowledged > 0 {
            flow.push("write");
        }
        let says = self.says();
        Step {
            id: "now".to_owned(),
            says,
            flow: flow.into_iter().map(str::to_owned).collect(),
            set: set.into_iter().map(|(part, text)| (part.to_owned(), text)).collect(),
            cells: BTreeMap::from([("redis".to_owned(), self.cells())]),
            level: BTreeMap::from([
                ("pods".to_owned(), share(busy, threads)),
                ("pool".to_owned(), share(self.connections(), connections)),
            ]),
            spark: BTreeMap::from([("db".to_owned(), self.chart())]),
            mark,
            ..Step::default()
        }
    }

    fn metrics(&self) -> Vec<Metric> {
        let running = self.database.running();
        let figure = |name, value: f64, unit, alarming| Metric { name, value, unit, alarming };
        let (p99, errors, pending) = (self.total.p99(), self.total.errors_in_a_second(), self.pending());
        let cores = usize::try_from(CORES).unwrap_or(usize::MAX);
        vec![
            figure("http.server.requests p99", float(p99), "ms", p99 > 500),
            figure("http.server.requests 5xx", float(errors), "/s", errors > 0),
            figure("keyspace hit ratio", self.total.hit_percent().round(), "%", self.total.hit_percent() < 90.0),
            figure("pg_stat_activity active", count(running), "", running > cores),
            figure("hikaricp.connections.pending", count(pending), "", pending > 0),
            figure("loads begun", float(self.total.loads_in_a_second()), "/s", false),
            figure("expired_keys", float(self.redis.expired), "", false),
            figure("DBSIZE", count(self.redis.len()), "", false),
            figure("writes not in the database", float(self.unflushed), "", self.unflushed > 0),
            figure("acknowledged writes lost", float(self.total.lost), "", self.total.lost > 0),
        ]
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(self, scenario)
    }
}

impl Model {
    fn cells(&self) -> Vec<String> {
        let there = |yes: bool, name: &str| if yes { name.to_owned() } else { "–".to_owned() };
        let token = self.redis.token_until(Key::Front, self.now).is_some();
        vec![
            there(self.front_is_there(), "front"),
            there(token, "token"),
            there(self.set.bloom && !self.redis_down, "bloom"),
        ]
    }

    fn chart(&self) -> Vec<f32> {
        let mut out = vec![0.0; CHART.saturating_sub(self.total.running.len())];
        #[expect(clippy::cast_precision_loss, reason = "at most two hundred")]
        let level = |running: &usize| (*running as f32 / CHART_TOP).min(1.0);
        out.extend(self.total.running.iter().map(level));
        out
    }
}

/// The widest contents of each node.
fn widest() -> Step {
    let set = [
        ("readers.note", "88,888 reads/s"),
        ("readers.state", "p99 8,888,888 ms"),
        ("writers.note", "8,888 writes/s"),
        ("writers.state", "all in the database"),
        ("pods.note", "8,888 of 888 threads"),
        ("pods.state", "888,888 errors/s"),
        ("pool.note", "8,888 of 888 in use"),
        ("pool.state", "88,888 loads wait"),
        ("redis.note", "8,888 % hits"),
        ("redis.state", "front: 888,888 ms left"),
        ("db.note", "8,888 queries, 8 cores"),
        ("db.state", "each 8888.8 × as long"),
    ];
    Step {
        id: "widest".to_owned(),
        says: "Four pods read through Redis.".to_owned(),
        set: set.into_iter().map(|(part, text)| (part.to_owned(), text.to_owned())).collect(),
        cells: BTreeMap::from([("redis".to_owned(), ["front", "token", "bloom"].map(str::to_owned).to_vec())]),
        level: BTreeMap::from([("pods".to_owned(), 0.0), ("pool".to_owned(), 0.0)]),
        spark: BTreeMap::from([("db".to_owned(), vec![0.0; CHART])]),
        ..Step::default()
    }
}

fn share(part: usize, whole: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a thousand at most")]
    let (part, whole) = (part as f32, whole.max(1) as f32);
    (part / whole).min(1.0)
}
