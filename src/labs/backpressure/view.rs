//! The stream as a scene, its settings, its figures.

use std::collections::{BTreeMap, VecDeque};

use super::model::{COURSE, Stream};
use super::pipe::{Effects, Strategy};
use crate::labs::{Act, Answer, Kind, Knob, Lab, Log, Metric, Refused, Value};
use crate::scene::{Edge, EdgeKind, Group, GroupKind, Mark, Node, NodeKind, Scene, Step};

/// Cells of a queue that are shown; the rest is a number.
const CELLS: usize = 6;
const UNBOUNDED: &str = "unbounded";
const STRATEGIES: [&str; 10] = {
    let mut names = [""; 10];
    let mut index = 0;
    while index < names.len() {
        names[index] = Strategy::ALL[index].1;
        index += 1;
    }
    names
};
const REQUESTS: &[&str] = &[UNBOUNDED, "request(1)", "request(4)", "request(8)"];
const BURST: u64 = 20;

impl Lab for Stream {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        let int = |name, help, min, max, unit, value: u64| Knob {
            name,
            help,
            kind: Kind::Int { min, max, step: 1, unit },
            value: Value::Int(i64::try_from(value).unwrap_or(max)),
        };
        let request = self.pipe.batch.map_or(UNBOUNDED.to_owned(), |batch| format!("request({batch})"));
        vec![
            Knob {
                name: "onBackpressure…",
                help: "The operator behind the source; chosen when the pipe is assembled, so changing it subscribes anew",
                kind: Kind::Choice(&STRATEGIES),
                value: Value::Choice(self.pipe.strategy.name().to_owned()),
            },
            int("maxSize", "What a bounded buffer holds", 1, 64, "items", self.pipe.max_size as u64),
            Knob {
                name: "publishOn",
                help: "Hands over to a worker thread; without it the subscriber runs on the source's own thread",
                kind: Kind::Switch,
                value: Value::Switch(self.publish_on),
            },
            int(
                "prefetch",
                "What publishOn asks for ahead; Reactor's default is 256",
                1,
                256,
                "items",
                self.pipe.prefetch,
            ),
            Knob {
                name: "subscriber requests",
                help: "What the subscriber asks for at a time; subscribe(lambda) is unbounded",
                kind: Kind::Choice(REQUESTS),
                value: Value::Choice(request),
            },
            int("source period", "Milliseconds between two items of a hot source", 1, 200, "ms", self.period),
            int("processing", "Milliseconds that the subscriber takes for an item", 1, 200, "ms", self.processing),
        ]
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let number = |value: &i64| u64::try_from(*value).unwrap_or(1);
        match (knob, value) {
            ("source period", Value::Int(value)) => self.period = number(value),
            ("processing", Value::Int(value)) => self.processing = number(value),
            (_, value) => {
                match (knob, value) {
                    ("onBackpressure…", Value::Choice(name)) => {
                        let found = Strategy::ALL.iter().find(|(_, known)| known == name);
                        self.pipe.strategy = found.map_or(Strategy::Buffer, |(strategy, _)| *strategy);
                    }
                    ("maxSize", Value::Int(value)) => self.pipe.max_size = usize::try_from(*value).unwrap_or(1),
                    ("publishOn", Value::Switch(on)) => self.publish_on = *on,
                    ("prefetch", Value::Int(value)) => self.pipe.prefetch = number(value),
                    ("subscriber requests", Value::Choice(name)) => {
                        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
                        self.pipe.batch = digits.parse().ok();
                    }
                    _ => return Err(Refused::value(knob)),
                }
                self.effects = Effects::default();
                self.subscribe();
                log.say(self.now, format!("{knob} changed: the pipe is assembled anew. {}", self.says));
            }
        }
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.pipe.failed {
            acts.push(Act::mends("subscribe", "Subscribe again", "subscriber"));
        }
        if self.slow {
            acts.push(Act::mends("well", "Subscriber well again", "subscriber"));
        } else {
            acts.push(Act::breaks("slow", "Slow the subscriber tenfold", "subscriber"));
        }
        if self.is_hot() && !self.pipe.overflowed {
            acts.push(Act::breaks("burst", "Burst of 20 items", "source"));
        }
        acts
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        self.effects = Effects::default();
        match act {
            "slow" | "well" => {
                self.slow = act == "slow";
                self.says = format!("The subscriber takes {} ms for an item from the next one on.", self.takes());
            }
            "burst" => {
                self.burst(BURST, log);
                return Ok(());
            }
            _ => self.subscribe(),
        }
        log.say(self.now, &self.says);
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        Self::step(self, log);
    }

    fn now_millis(&self) -> u64 {
        self.now
    }

    fn stage(&self) -> Scene {
        let mut nodes = vec![
            Node::new("source", NodeKind::Producer, "Source", (0, 0)),
            Node::new("operator", NodeKind::Queue, "onBackpressureBuffer", (1, 0)),
            Node::new("waiting", NodeKind::Metric, "Waiting", (0, 1)),
            Node::new("lost", NodeKind::Log, "Lost", (1, 1)),
        ];
        let mut edges = vec![
            Edge::new("emits", "source", "operator", EdgeKind::Flow),
            Edge::new("loses", "operator", "lost", EdgeKind::Quiet),
        ];
        let (source_thread, worker): (&[&str], &[&str]) = if self.publish_on {
            nodes.push(Node::new("queue", NodeKind::Queue, "publishOn", (2, 0)));
            nodes.push(Node::new("subscriber", NodeKind::Consumer, "Subscriber", (2, 1)));
            edges.push(Edge::new("hands", "operator", "queue", EdgeKind::Flow));
            edges.push(Edge::new("takes", "queue", "subscriber", EdgeKind::Flow));
            (&["source", "operator"], &["subscriber"])
        } else {
            nodes.push(Node::new("subscriber", NodeKind::Consumer, "Subscriber", (2, 0)));
            edges.push(Edge::new("takes", "operator", "subscriber", EdgeKind::Flow));
            (&["source", "operator", "subscriber"], &[])
        };
        let mut groups = vec![group("source-thread", "The source's thread", source_thread)];
        if !worker.is_empty() {
            groups.push(group("worker", "A worker", worker));
        }
        let mut widest = Step { id: "widest".into(), says: String::new(), ..Step::default() };
        let mut set = |part: &str, text: &str| drop(widest.set.insert(part.to_owned(), text.to_owned()));
        set("source.note", "late ticks: 999999");
        set("operator.label", "onBackpressureLatest");
        set("operator.note", "maxSize 64, DROP_OLDEST");
        set("operator.state", "holds 99999");
        set("subscriber.note", "99999 done, 2000 ms each");
        set("subscriber.state", "item 99999");
        set("lost.state", "99999 items");
        set("takes", "wants 99999");
        if self.publish_on {
            set("queue.note", "fused: no queue");
            set("queue.state", "holds 99999");
            set("hands", "demand 99999");
        }
        let cells: Vec<String> = vec!["000".to_owned(); CELLS];
        widest.cells.insert("operator".to_owned(), cells.clone());
        if self.publish_on {
            widest.cells.insert("queue".to_owned(), cells);
        }
        widest.spark.insert("waiting".to_owned(), vec![0.0; COURSE]);
        widest.set.insert("waiting.state".to_owned(), "99999 items".to_owned());
        // A label of two words breaks when it is long, so short ones have a width of their own; digits differ in width.
        let short = |digit: usize| {
            let number = digit.to_string().repeat(3);
            let mut step = Step { id: format!("short-{digit}"), ..Step::default() };
            step.set.insert(
                "takes".to_owned(),
                if digit == 0 { "wants all".to_owned() } else { format!("wants {number}") },
            );
            if self.publish_on {
                step.set.insert("hands".to_owned(), format!("demand {number}"));
            }
            step
        };
        let steps = std::iter::once(widest).chain((0..10).map(short)).collect();
        Scene { title: "Backpressure".into(), groups, nodes, edges, steps }
    }

    fn state(&self) -> Step {
        let pipe = &self.pipe;
        let mut step = Step { id: "now".into(), says: self.says.clone(), ..Step::default() };
        let mut set = |part: &str, text: String| drop(step.set.insert(part.to_owned(), text));
        let (label, note) = match pipe.strategy {
            Strategy::None | Strategy::Range => ("no operator", String::new()),
            Strategy::Buffer => ("onBackpressureBuffer", "unbounded".to_owned()),
            Strategy::BufferMax => ("onBackpressureBuffer", format!("maxSize {}", pipe.max_size)),
            Strategy::BufferError => ("onBackpressureBuffer", format!("maxSize {}, ERROR", pipe.max_size)),
            Strategy::DropOldest => ("onBackpressureBuffer", format!("maxSize {}, DROP_OLDEST", pipe.max_size)),
            Strategy::DropLatest => ("onBackpressureBuffer", format!("maxSize {}, DROP_LATEST", pipe.max_size)),
            Strategy::Drop => ("onBackpressureDrop", String::new()),
            Strategy::Latest => ("onBackpressureLatest", String::new()),
            Strategy::Error => ("onBackpressureError", String::new()),
        };
        set("operator.label", label.to_owned());
        set("operator.note", note);
        set(
            "operator.state",
            if pipe.buffer.is_empty() { String::new() } else { format!("holds {}", pipe.buffer.len()) },
        );
        let source = match (self.is_hot(), self.late) {
            (false, _) => "cold: range".to_owned(),
            (true, 0) => format!("hot: every {} ms", self.period),
            (true, late) => format!("late ticks: {late}"),
        };
        set("source.note", source);
        set(
            "subscriber.note",
            format!("{} done, {} ms each", pipe.delivered - u64::from(pipe.busy.is_some()), self.takes()),
        );
        let subscriber = match (pipe.failed, pipe.busy) {
            (true, _) => "onError".to_owned(),
            (false, Some(item)) => format!("item {item}"),
            (false, None) => "idle".to_owned(),
        };
        set("subscriber.state", subscriber);
        let items = |n: u64| if n == 1 { "1 item".to_owned() } else { format!("{n} items") };
        set("lost.state", items(pipe.dropped));
        let wants = pipe.wanted.map_or("wants all".to_owned(), |wanted| format!("wants {wanted}"));
        set("takes", wants);
        if self.publish_on {
            let fused = pipe.strategy.is_fused();
            set("queue.note", if fused { "fused: no queue".to_owned() } else { format!("prefetch {}", pipe.prefetch) });
            set(
                "queue.state",
                if pipe.queue.is_empty() { String::new() } else { format!("holds {}", pipe.queue.len()) },
            );
            set("hands", if fused { "fused".to_owned() } else { format!("demand {}", pipe.demand) });
            step.cells.insert("queue".to_owned(), cells(&pipe.queue));
        }
        set("waiting.state", items(pipe.waiting() as u64));
        step.cells.insert("operator".to_owned(), cells(&pipe.buffer));
        let top = self.course.iter().copied().max().unwrap_or_default().max(8);
        #[expect(clippy::cast_precision_loss, reason = "a share of a chart")]
        step.spark.insert("waiting".to_owned(), self.course.iter().map(|n| *n as f32 / top as f32).collect());
        for (on, flow) in [
            (self.emitted.is_some(), "emits"),
            (self.effects.lost.is_some(), "loses"),
            (self.effects.taken.is_some(), "takes"),
            (self.publish_on && self.effects.refilled.is_some(), "~hands"),
            (self.effects.asked.is_some(), "~takes"),
        ] {
            if on {
                step.flow.push(flow.to_owned());
            }
        }
        if pipe.failed {
            step.mark = BTreeMap::from([("subscriber".to_owned(), Mark::Down), ("source".to_owned(), Mark::Stale)]);
        } else if self.slow {
            step.mark = BTreeMap::from([("subscriber".to_owned(), Mark::Slow)]);
        }
        step
    }

    fn metrics(&self) -> Vec<Metric> {
        #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
        let metric = |name, value: u64, unit, alarming| Metric { name, value: value as f64, unit, alarming };
        let pipe = &self.pipe;
        let waiting = pipe.waiting() as u64;
        vec![
            metric("reactor.onNext.delay", self.delay, "ms", false),
            metric("reactor.requested", pipe.requested, "items", false),
            metric("operator queue size", pipe.buffer.len() as u64, "items", waiting > 64),
            metric("publishOn queue size", pipe.queue.len() as u64, "items", false),
            metric("items dropped", pipe.dropped, "items", pipe.dropped > 0),
            metric("age when processed", self.age, "ms", self.age > 20 * self.processing),
            metric("onError", u64::from(pipe.failed), "", pipe.failed),
        ]
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        let pipe = &self.pipe;
        let number = |n: u64| Some(Answer::Number(i64::try_from(n).ok()?));
        match scenario {
            "never-says-no" => {
                // The heap, the source, a loss, or an error.
                let choice = match (pipe.failed || pipe.overflowed, pipe.dropped > 0, pipe.waiting()) {
                    (true, ..) => 3,
                    (_, true, _) => 1,
                    (_, _, waiting) if waiting > 20 => 2,
                    _ => 0,
                };
                Some(Answer::Choice(choice))
            }
            "refill" => number(self.effects.refilled?),
            "interval" => Some(Answer::Choice(match (pipe.failed, pipe.dropped, pipe.delivered) {
                (true, _, delivered) if delivered > 1 => 2,
                (true, ..) => 3,
                (false, 0, _) => 1,
                _ => 0,
            })),
            "one-thread" => number(pipe.dropped),
            "latest" => Some(Answer::Choice(match self.age {
                0..=40 => 0,
                41..=100 => 1,
                _ => 2,
            })),
            "fused" => number(pipe.waiting() as u64),
            _ => None,
        }
    }
}

fn cells(items: &VecDeque<u64>) -> Vec<String> {
    let mut shown: Vec<String> = items.iter().take(CELLS).map(|item| (item % 1000).to_string()).collect();
    if items.len() > CELLS {
        shown.truncate(CELLS - 1);
        shown.push("…".to_owned());
    }
    shown
}

fn group(id: &str, label: &str, around: &[&str]) -> Group {
    let around = around.iter().map(|id| (*id).to_owned()).collect();
    Group { id: id.to_owned(), label: label.to_owned(), kind: GroupKind::Zone, around }
}
