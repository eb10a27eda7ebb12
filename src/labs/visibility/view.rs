//! The lab as the reader sees it.

use std::collections::BTreeMap;

use super::model::{BURST, CONSUMERS, Model};
use super::queue::{Kind, Message};
use super::scenarios;
use crate::labs::{Act, Answer, Knob, Lab, Level, Log, Metric, Refused, Value};
use crate::scene::{Edge, EdgeKind, Mark, Node, NodeKind, Scene, Step};

/// Messages drawn of a queue.
const CELLS: usize = 5;
/// Timeouts drawn.
const BARS: usize = 5;

impl Lab for Model {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        self.set.knobs()
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let had = self.set.fifo;
        self.set.set(knob, value);
        let words = match value {
            Value::Int(value) => value.to_string(),
            Value::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
            Value::Choice(text) | Value::Text(text) => text.clone(),
            Value::Curve(_) => String::new(),
        };
        if had != self.set.fifo {
            let set = self.set.clone();
            *self = Self::new(self.now);
            self.set = set;
            log.say(self.now, format!("A new queue, {words}."));
            return Ok(());
        }
        self.start_consumers();
        log.say(self.now, format!("{knob} is now {words}."));
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let mut out = vec![
            Act::breaks("poison", "Send a poison message".to_owned(), "producer"),
            Act::breaks("slow", "Send one that takes 45 s".to_owned(), "producer"),
            Act::breaks("burst", format!("Tenant A sends {BURST} at once"), "producer"),
        ];
        for consumer in 0..self.active() {
            if self.consumers.get(consumer).is_some_and(|consumer| !consumer.down && !consumer.held.is_empty()) {
                let number = consumer + 1;
                out.push(Act::breaks(
                    format!("crash-{number}"),
                    format!("Crash consumer {number}"),
                    format!("c{number}"),
                ));
            }
        }
        if self.counts.sent > 0 {
            out.push(Act::mends("again", "Send the last message again".to_owned(), "producer"));
        }
        if self.dead.messages().next().is_some() {
            out.push(Act::mends("redrive", "Redrive the dead letters".to_owned(), "dlq"));
        }
        if !self.mended {
            out.push(Act::mends("mend", "Mend the consumers' bug".to_owned(), "c1"));
        }
        out
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let (level, says) = match act {
            "poison" => {
                let name = self.put(0, Kind::Poison);
                (Level::Bad, format!("{name} is sent; consumers will fail on it each time."))
            }
            "slow" => {
                let name = self.put(0, Kind::Slow);
                (Level::Bad, format!("{name} is sent; it takes 45 s to process."))
            }
            "burst" => {
                for _ in 0..BURST {
                    self.put(0, Kind::Good);
                }
                (Level::Bad, format!("Tenant A sends {BURST} messages at once."))
            }
            "again" => match self.put_again() {
                Some((name, false)) => (
                    Level::Plain,
                    format!(
                        "{name} is sent again: its deduplication id was seen within 5 minutes, so SQS says OK and drops it."
                    ),
                ),
                Some((name, true)) => (
                    Level::Bad,
                    format!("{name} is sent again, as by a producer that timed out: the queue now has two of it."),
                ),
                None => return Err(Refused::no_such_act(act)),
            },
            "redrive" => {
                let count = self.redrive();
                let words = if count == 1 { "1 message goes".to_owned() } else { format!("{count} messages go") };
                (
                    Level::Plain,
                    format!(
                        "StartMessageMoveTask: {words} back to the source queue as if new, with a receive count of 0."
                    ),
                )
            }
            "mend" => {
                self.mended = true;
                (Level::Good, "The consumers' bug is mended: they no longer fail on poison.".to_owned())
            }
            _ => {
                let number = act.rsplit('-').next().and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
                let held = self.crash(number - 1);
                let words = if held == 1 { "1 message".to_owned() } else { format!("{held} messages") };
                (
                    Level::Bad,
                    format!(
                        "Consumer {number} crashes with {words}. SQS does not notice: only the timeouts bring them back."
                    ),
                )
            }
        };
        match level {
            Level::Plain => log.say(self.now, says.clone()),
            Level::Bad => log.bad(self.now, says.clone()),
            Level::Good => log.good(self.now, says.clone()),
        }
        self.wake();
        (self.level, self.says) = (level, says);
        self.flow.clear();
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.happen();
        match self.level {
            Level::Plain => log.say(self.now, self.says.clone()),
            Level::Bad => log.bad(self.now, self.says.clone()),
            Level::Good => log.good(self.now, self.says.clone()),
        }
    }

    fn now_millis(&self) -> u64 {
        self.now
    }

    fn stage(&self) -> Scene {
        let mut nodes = vec![
            Node::new("producer", NodeKind::Producer, "Producer", (0, 1)),
            Node::new("queue", NodeKind::Queue, "Queue", (1, 1)),
            Node::new("flight", NodeKind::Clock, "In flight", (1, 0)),
            Node::new("dlq", NodeKind::Queue, "Dead letters", (1, 2)),
            Node::new("effects", NodeKind::Database, "Effects", (3, 1)),
        ];
        let mut edges = vec![
            Edge::new("send", "producer", "queue", EdgeKind::Flow),
            Edge::new("bury", "queue", "dlq", EdgeKind::Flow),
        ];
        for (number, row) in (1..=CONSUMERS).zip(0..) {
            let id = format!("c{number}");
            nodes.push(Node::new(&id, NodeKind::Consumer, &format!("Consumer {number}"), (2, row)));
            edges.push(Edge::new(&format!("receive-{number}"), "queue", &id, EdgeKind::Flow));
            edges.push(Edge::new(&format!("effect-{number}"), &id, "effects", EdgeKind::Flow));
        }
        Scene {
            title: "Visibility and dead letters".to_owned(),
            groups: Vec::new(),
            nodes,
            edges,
            steps: vec![widest()],
        }
    }

    fn state(&self) -> Step {
        let now = self.now;
        let (visible, flying) = (self.queue.visible(now), self.queue.in_flight(now));
        let mut set = BTreeMap::new();
        let mut say = |part: String, text: String| set.insert(part, text);
        say("producer.note".to_owned(), "tenants A, B, C".to_owned());
        say("producer.state".to_owned(), format!("{} sent", self.counts.sent));
        say("queue.note".to_owned(), if self.set.fifo { "FIFO" } else { "standard" }.to_owned());
        say("queue.state".to_owned(), format!("{visible} visible"));
        say("flight.note".to_owned(), format!("hidden for {} s", self.set.visibility_secs));
        say("flight.state".to_owned(), format!("{flying} in flight"));
        say(
            "dlq.note".to_owned(),
            match self.set.max_receive_count {
                0 => "no redrive policy".to_owned(),
                most => format!("maxReceiveCount {most}"),
            },
        );
        say("dlq.state".to_owned(), format!("{} dead", self.dead.messages().count()));
        say("effects.note".to_owned(), format!("{} done", self.counts.done));
        say("effects.state".to_owned(), format!("{} twice", self.counts.twice));
        let mut mark = BTreeMap::new();
        for (at, consumer) in self.consumers.iter().enumerate() {
            let id = format!("c{}", at + 1);
            if consumer.down || at >= self.active() && consumer.held.is_empty() {
                mark.insert(id.clone(), if consumer.down { Mark::Down } else { Mark::Stale });
            }
            let (note, state) = self.consumer_words(at);
            say(format!("{id}.note"), note);
            say(format!("{id}.state"), state);
        }
        let waiting = self.queue.messages().filter(|message| !message.is_in_flight(now));
        Step {
            id: "now".to_owned(),
            says: self.says.clone(),
            flow: self.flow.clone(),
            set,
            cells: BTreeMap::from([
                ("queue".to_owned(), names(waiting)),
                ("dlq".to_owned(), names(self.dead.messages())),
            ]),
            bars: BTreeMap::from([("flight".to_owned(), self.timeouts())]),
            mark,
            ..Step::default()
        }
    }

    fn metrics(&self) -> Vec<Metric> {
        let now = self.now;
        let figure = |name, value: usize, unit, alarming| Metric { name, value: count(value), unit, alarming };
        let counts = &self.counts;
        let oldest = usize::try_from(self.oldest_secs()).unwrap_or(usize::MAX);
        let dead = self.dead.messages().count();
        let dwell = counts.quiet_dwell.iter().max().copied().unwrap_or_default() / 1_000;
        vec![
            figure("ApproximateNumberOfMessagesVisible", self.queue.visible(now), "", self.queue.visible(now) > 50),
            figure("ApproximateNumberOfMessagesNotVisible", self.queue.in_flight(now), "", false),
            figure("ApproximateAgeOfOldestMessage", oldest, "s", oldest > 60),
            figure("NumberOfMessagesReceived", counts.received, "", false),
            figure("NumberOfMessagesDeleted", counts.deleted, "", false),
            figure("NumberOfEmptyReceives", counts.empty, "", false),
            figure("messages in the dead-letter queue", dead, "", dead > 0),
            figure("took effect twice", counts.twice, "", counts.twice > 0),
            figure("took effect out of order", counts.out_of_order, "", counts.out_of_order > 0),
            figure("deleted too late", counts.expired_deletes, "", counts.expired_deletes > 0),
            figure("longest dwell time of B and C", usize::try_from(dwell).unwrap_or(usize::MAX), "s", dwell > 20),
        ]
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(self, scenario)
    }
}

impl Model {
    fn consumer_words(&self, at: usize) -> (String, String) {
        let Some(consumer) = self.consumers.get(at) else { return Default::default() };
        if consumer.down {
            return ("crashed".to_owned(), "holds nothing".to_owned());
        }
        let Some(message) = consumer.held.front() else {
            return (if at < self.active() { "long poll" } else { "not started" }.to_owned(), "idle".to_owned());
        };
        let left = consumer.done_at.saturating_sub(self.now).div_ceil(1_000);
        let more = match consumer.held.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (format!("{}{more}", message.name()), format!("{left} s to go"))
    }

    /// What is left of the timeouts that end first.
    fn timeouts(&self) -> Vec<(String, f32, f32)> {
        let mut flying: Vec<&Message> =
            self.queue.messages().filter(|message| message.is_in_flight(self.now)).collect();
        flying.sort_by_key(|message| (message.visible_at, message.id));
        #[expect(clippy::cast_precision_loss, reason = "two minutes in milliseconds at most")]
        let left = |message: &&Message| {
            (message.visible_at - self.now) as f32 / (self.set.visibility_secs * 1_000).max(1) as f32
        };
        flying.iter().take(BARS).map(|message| (message.name(), 0.0, left(message).min(1.0))).collect()
    }

    /// `ApproximateAgeOfOldestMessage`; in a standard queue a message received more than three times is passed over.
    fn oldest_secs(&self) -> u64 {
        let counts = |message: &&Message| self.set.fifo || message.received <= 3;
        let oldest = self.queue.messages().filter(counts).map(|message| message.sent_at).min();
        oldest.map_or(0, |sent_at| self.now.saturating_sub(sent_at) / 1_000)
    }
}

/// The first of a queue; the last cell says how many more there are.
fn names<'a>(messages: impl Iterator<Item = &'a Message>) -> Vec<String> {
    let all: Vec<String> = messages.map(short_name).collect();
    if all.len() <= CELLS {
        return all;
    }
    let more = format!("+{}", all.len() - (CELLS - 1));
    all.into_iter().take(CELLS - 1).chain([more]).collect()
}

/// A name of at most five characters: of a long number the last digits.
fn short_name(message: &Message) -> String {
    let name = message.name();
    if name.len() <= 5 {
        name
    } else {
        format!("{}…{}", name.get(..1).unwrap_or_default(), name.get(name.len() - 3..).unwrap_or_default())
    }
}

/// The widest contents of each node.
fn widest() -> Step {
    let mut set: BTreeMap<String, String> = [
        ("producer.note", "tenants A, B, C"),
        ("producer.state", "888,888 sent"),
        ("queue.note", "standard"),
        ("queue.state", "8,8888 visible"),
        ("flight.note", "hidden for 8,888 s"),
        ("flight.state", "8,8888 in flight"),
        ("dlq.note", "maxReceiveCount 888"),
        ("dlq.state", "8,8888 dead"),
        ("effects.note", "8,888,888 done"),
        ("effects.state", "888,888 twice"),
    ]
    .map(|(part, text)| (part.to_owned(), text.to_owned()))
    .into();
    for consumer in 1..=CONSUMERS {
        set.insert(format!("c{consumer}.note"), "A88888 and 88 more".to_owned());
        set.insert(format!("c{consumer}.state"), "8,888 s to go".to_owned());
    }
    let cells = vec!["A8888".to_owned(); CELLS];
    Step {
        id: "widest".to_owned(),
        says: "Three tenants send to a queue.".to_owned(),
        set,
        cells: BTreeMap::from([("queue".to_owned(), cells.clone()), ("dlq".to_owned(), cells)]),
        bars: BTreeMap::from([("flight".to_owned(), vec![("A88888".to_owned(), 0.0, 1.0); BARS])]),
        ..Step::default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
fn count(value: usize) -> f64 {
    value as f64
}
