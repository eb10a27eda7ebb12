//! The storm as a scene, its settings, its figures.

use std::collections::BTreeMap;

use super::breaker::{Jitter, State};
use super::model::{COURSE, Storm, Tick};
use crate::labs::{Act, Answer, Kind, Knob, Lab, Log, Metric, Refused, Value};
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

const JITTERS: [&str; 6] = {
    let mut names = [""; 6];
    let mut index = 0;
    while index < names.len() {
        names[index] = Jitter::ALL[index].1;
        index += 1;
    }
    names
};
const BURST: u64 = 100;
/// The most that a chart shows, in attempts a tick.
const TOP: f32 = 30.0;

impl Lab for Storm {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        vec![
            Knob::int(
                "maxAttempts",
                "The first call and its retries, as Resilience4j counts",
                (1, 6, 1),
                "",
                self.max_attempts,
            ),
            Knob::int("timeout", "How long an attempt is waited for", (50, 5_000, 50), "ms", self.timeout),
            Knob {
                name: "backoff",
                help: "How the wait before a retry is drawn",
                kind: Kind::Choice(&JITTERS),
                value: Value::Choice(
                    Jitter::ALL
                        .iter()
                        .find(|(jitter, _)| *jitter == self.jitter)
                        .map_or("", |(_, name)| name)
                        .to_owned(),
                ),
            },
            Knob::int(
                "initialInterval",
                "The wait before the first retry; it doubles",
                (10, 2_000, 10),
                "ms",
                self.initial,
            ),
            Knob::int(
                "retry budget",
                "Retries for each hundred requests; 100 is no budget",
                (0, 100, 5),
                "%",
                self.budget.unwrap_or(100),
            ),
            Knob::switch("circuit breaker", "Inside the retry, so that every attempt counts in it", self.breaker_on),
            Knob::int(
                "slidingWindowSize",
                "Calls over which the breaker counts",
                (5, 200, 5),
                "calls",
                self.breaker.window as u64,
            ),
            Knob::int(
                "minimumNumberOfCalls",
                "Calls before the breaker may open",
                (5, 200, 5),
                "calls",
                self.breaker.minimum as u64,
            ),
            Knob::int(
                "waitDurationInOpenState",
                "How long the breaker stays open",
                (500, 10_000, 500),
                "ms",
                self.breaker.wait,
            ),
            Knob::int(
                "maxConcurrentCalls",
                "Of the bulkhead; 0 is no bulkhead",
                (0, 200, 1),
                "calls",
                self.bulkhead.unwrap_or(0),
            ),
            Knob::int("requests", "Users' requests a second", (10, 200, 5), "/s", self.rate),
            Knob::int("payments workers", "Attempts that the service works on at once", (1, 20, 1), "", self.workers),
            Knob::int(
                "payments queue",
                "Attempts that the service lets wait before it refuses",
                (0, 2_000, 10),
                "",
                self.queue_capacity as u64,
            ),
        ]
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        match value {
            Value::Int(value) => {
                let number = u64::try_from(*value).unwrap_or_default();
                let size = usize::try_from(*value).unwrap_or_default();
                match knob {
                    "maxAttempts" => self.max_attempts = u32::try_from(number).unwrap_or(1),
                    "timeout" => self.timeout = number,
                    "initialInterval" => self.initial = number,
                    "retry budget" => self.budget = (number < 100).then_some(number),
                    "slidingWindowSize" => self.breaker.window = size,
                    "minimumNumberOfCalls" => self.breaker.minimum = size,
                    "waitDurationInOpenState" => self.breaker.wait = number,
                    "maxConcurrentCalls" => self.bulkhead = (number > 0).then_some(number),
                    "requests" => self.rate = number,
                    "payments workers" => self.workers = number,
                    _ => self.queue_capacity = size,
                }
                log.say(self.now, format!("{knob} is {number} from now on."));
            }
            Value::Switch(on) => {
                self.breaker_on = *on;
                log.say(self.now, format!("The circuit breaker is {} from now on.", if *on { "on" } else { "off" }));
            }
            Value::Choice(name) => {
                if let Some((jitter, _)) = Jitter::ALL.iter().find(|(_, known)| known == name) {
                    self.jitter = *jitter;
                }
                log.say(self.now, format!("Retries wait by {name} from now on."));
            }
            Value::Text(_) | Value::Curve(_) => return Err(Refused::value(knob)),
        }
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.slow {
            acts.push(Act::mends("well", "Payments well again", "payments"));
        } else {
            acts.push(Act::breaks("slow", "Slow payments eightfold", "payments"));
        }
        if self.down {
            acts.push(Act::mends("up", "Start payments again", "payments"));
        } else {
            acts.push(Act::breaks("down", "Take payments down", "payments"));
        }
        acts.push(Act::breaks("burst", "100 requests at once", "users"));
        acts
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        match act {
            "burst" => {
                self.burst(BURST, log);
                return Ok(());
            }
            "slow" | "well" => {
                self.slow = act == "slow";
                self.says = format!(
                    "Payments takes {} ms for an attempt from now on: {} a second at most.",
                    self.takes(),
                    self.capacity()
                );
            }
            _ => {
                self.set_down(act == "down");
                let what = if self.down { "refuses every attempt at once" } else { "is up again, its queue empty" };
                self.says = format!("Payments {what}.");
            }
        }
        if matches!(act, "slow" | "down") {
            log.bad(self.now, &self.says);
        } else {
            log.good(self.now, &self.says);
        }
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        Self::step(self, log);
    }

    fn now_millis(&self) -> u64 {
        self.now
    }

    fn stage(&self) -> Scene {
        let nodes = vec![
            Node::new("users", NodeKind::User, "Users", (0, 0)),
            Node::new("checkout", NodeKind::Service, "Checkout", (1, 0)),
            Node::new("queue", NodeKind::Queue, "Queue", (2, 0)),
            Node::new("goodput", NodeKind::Metric, "Goodput", (0, 1)),
            Node::new("attempts", NodeKind::Metric, "Attempts", (1, 1)),
            Node::new("payments", NodeKind::Service, "Payments", (2, 1)),
        ];
        let edges = vec![
            Edge::new("asks", "users", "checkout", EdgeKind::Flow),
            Edge::new("calls", "checkout", "queue", EdgeKind::Flow),
            Edge::new("works", "queue", "payments", EdgeKind::Flow),
        ];
        let mut widest = Step { id: "widest".into(), ..Step::default() };
        for (part, text) in [
            ("users.note", "200 requests/s"),
            ("users.state", "99999 failed"),
            ("checkout.note", "6 attempts, 00000 ms each"),
            ("checkout.state", "breaker half-open"),
            ("queue.note", "room for 2000"),
            ("queue.state", "2000 wait"),
            ("payments.note", "20 workers, 400 ms each"),
            ("payments.state", "1000/s at most"),
            ("goodput.state", "1000 of 1000/s"),
            ("attempts.state", "10000/s, 6.0 × the load"),
        ] {
            widest.set.insert(part.to_owned(), text.to_owned());
        }
        widest.level.insert("queue".to_owned(), 0.0);
        for chart in ["goodput", "attempts"] {
            widest.spark.insert(chart.to_owned(), vec![0.0; COURSE]);
        }
        Scene { title: "Retry storm".into(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
    }

    fn state(&self) -> Step {
        let mut step = Step { id: "now".into(), says: self.says.clone(), ..Step::default() };
        let mut set = |part: &str, text: String| drop(step.set.insert(part.to_owned(), text));
        let last = self.last();
        set("users.note", format!("{} requests/s", self.rate));
        set("users.state", format!("{} failed", self.total.failed));
        set("checkout.note", format!("{} attempts, {} ms each", self.max_attempts, self.timeout));
        let breaker = match (self.breaker_on, self.breaker.state) {
            (false, _) => String::new(),
            (true, State::Closed) => "breaker closed".to_owned(),
            (true, State::Open { .. }) => "breaker open".to_owned(),
            (true, State::HalfOpen { .. }) => "breaker half-open".to_owned(),
        };
        set("checkout.state", breaker);
        set("queue.note", format!("room for {}", self.queue_capacity));
        set("queue.state", format!("{} wait", self.queue.len()));
        set("payments.note", format!("{} workers, {} ms each", self.workers, self.takes()));
        set("payments.state", if self.down { "down".to_owned() } else { format!("{}/s at most", self.capacity()) });
        set("goodput.state", format!("{} of {}/s", self.goodput(), self.rate));
        set("attempts.state", format!("{}/s, {:.1} × the load", self.attempts_a_second(), self.amplification()));
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let level = self.queue.len() as f32 / self.queue_capacity.max(1) as f32;
        step.level.insert("queue".to_owned(), level.clamp(0.0, 1.0));
        let course = |of: fn(&Tick) -> u64| {
            #[expect(clippy::cast_precision_loss, reason = "a share of a chart")]
            let values: Vec<f32> = self.course.iter().map(|tick| (of(tick) as f32 / TOP).min(1.0)).collect();
            values
        };
        step.spark.insert("goodput".to_owned(), course(|tick| tick.succeeded));
        step.spark.insert("attempts".to_owned(), course(|tick| tick.attempts));
        for (on, flow) in [
            (last.arrived > 0, "asks"),
            (last.attempts > 0, "calls"),
            (last.refused + last.timed_out > 0, "~calls"),
            (last.succeeded + last.wasted > 0, "works"),
        ] {
            if on {
                step.flow.push(flow.to_owned());
            }
        }
        let mark = if self.down { Some(Mark::Down) } else { self.slow.then_some(Mark::Slow) };
        step.mark = mark.map(|mark| ("payments".to_owned(), mark)).into_iter().collect::<BTreeMap<_, _>>();
        if self.breaker_on && matches!(self.breaker.state, State::Open { .. }) {
            step.mark.insert("calls".to_owned(), Mark::Down);
        }
        step
    }

    fn metrics(&self) -> Vec<Metric> {
        #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
        let metric = |name, value: u64, unit, alarming| Metric { name, value: value as f64, unit, alarming };
        let last = self.last();
        let state = match self.breaker.state {
            State::Closed => 0,
            State::Open { .. } => 1,
            State::HalfOpen { .. } => 2,
        };
        let served = last.succeeded + last.wasted;
        vec![
            metric("goodput", self.goodput(), "/s", self.course.len() > 10 && self.goodput() * 2 < self.rate),
            metric(
                "http.client.requests",
                self.attempts_a_second(),
                "/s",
                self.attempts_a_second() > self.rate * 3 / 2,
            ),
            Metric {
                name: "load amplification",
                value: self.amplification(),
                unit: "×",
                alarming: self.amplification() > 1.5,
            },
            metric("timeouts", last.timed_out * 10, "/s", last.timed_out > 0),
            metric("payments queue length", self.queue.len() as u64, "", self.queue.len() > 50),
            metric("wasted work", (last.wasted * 100).checked_div(served).unwrap_or(0), "%", last.wasted > 0),
            metric("held back by breaker or bulkhead", last.held_back * 10, "/s", false),
            metric("retries over budget", last.over_budget * 10, "/s", false),
            Metric {
                name: "resilience4j.circuitbreaker.failure.rate",
                value: if self.breaker_on { self.breaker.failure_rate().unwrap_or(-1.0) } else { 0.0 },
                unit: "%",
                alarming: false,
            },
            metric(
                "resilience4j.circuitbreaker.state",
                if self.breaker_on { state } else { 0 },
                "",
                self.breaker_on && state == 1,
            ),
        ]
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        let number = |n: u64| Some(Answer::Number(i64::try_from(n).ok()?));
        match scenario {
            "stays-down" | "budget" => {
                let share = self.goodput() * 100 / self.rate;
                Some(Answer::Choice(match share {
                    0..=20 => 2,
                    21..=80 => 1,
                    _ => 0,
                }))
            }
            "waves" => {
                // The busiest tick after the one of the burst, against the burst itself.
                let from = self.course.iter().position(|tick| tick.arrived >= BURST)?;
                let later = self.course.iter().skip(from + 1).map(|tick| tick.attempts).max()?;
                Some(Answer::Choice(match later {
                    0..=30 => 2,
                    31..=60 => 1,
                    _ => 0,
                }))
            }
            "opens-when" => number(self.requests_at_opening?),
            "bulkhead" => Some(Answer::Choice(match self.longest_queue {
                0..=4 => 0,
                5..=10 => 1,
                _ => 2,
            })),
            _ => None,
        }
    }
}

impl Storm {
    /// Attempts for each request over the last second.
    fn amplification(&self) -> f64 {
        let arrived: u64 = self.course.iter().rev().take(10).map(|tick| tick.arrived).sum();
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let ratio = self.attempts_a_second() as f64 / arrived.max(1) as f64;
        ratio
    }
}
