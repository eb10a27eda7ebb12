//! What a lab is: a model that moves from event to event, and shows itself as data.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::scenario::{Answer, Scenario};
use crate::scene;

/// A simulator, from the outside. A value: cloned to scrub back, the same again from the same seed and inputs.
///
/// Time is simulated and whole milliseconds; chance comes from a [`super::Chance`] seeded with what [`Spec::start`] is
/// given; collections that are walked are ordered. No step takes longer than a millisecond.
pub trait Lab: Send {
    fn boxed(&self) -> Box<dyn Lab>;

    /// The settings, named as the real ones, as they stand.
    fn knobs(&self) -> Vec<Knob>;

    /// Changes a setting from now on. [`super::Run`] sees to it that there is such a knob and that it takes the value.
    ///
    /// # Errors
    /// [`Refused`] with what the real system would say; nothing has changed.
    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused>;

    /// What can be done to it now, the most instructive first: faults, and what its clients do.
    fn acts(&self) -> Vec<Act>;

    /// Does one of [`Lab::acts`]; [`super::Run`] sees to it that it is one.
    ///
    /// # Errors
    /// [`Refused`] when it cannot be done now.
    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused>;

    /// Moves to the next event and carries it out.
    fn step(&mut self, log: &mut Log);

    /// Simulated time since the start, in milliseconds.
    fn now_millis(&self) -> u64;

    /// The scene without its state; the same value while its structure is the same, so that it is laid out once.
    ///
    /// Its `steps` are never shown: they hold the widest contents that each node may come to have (labels, notes, states,
    /// cells, markers, bars), so that nothing moves while the lab runs.
    fn stage(&self) -> scene::Scene;

    /// How the scene stands now, as one step from the stage; `flow` are the messages of the last event, `says` is what it
    /// was and why it matters, in a sentence.
    fn state(&self) -> scene::Step;

    /// The figures to watch, named as the real metrics; the same names in the same order at every step.
    fn metrics(&self) -> Vec<Metric>;

    /// The answer to a scenario's question, measured on the run that has come to the scenario's end.
    fn outcome(&self, scenario: &str) -> Option<Answer>;
}

/// A lab as it is listed and linked.
pub struct Spec {
    /// For ever, e.g. `kafka-replication`.
    pub id: &'static str,
    /// At most 30 characters.
    pub title: &'static str,
    /// The topic whose hue it has.
    pub topic: &'static str,
    /// What it shows, in a sentence or two.
    pub shows: &'static str,
    /// The questions that it explains; each names it in its front matter.
    pub questions: &'static [&'static str],
    /// Three to six; the first runs when the lab is opened.
    pub scenarios: &'static [Scenario],
    /// What is simplified or not there.
    pub leaves_out: &'static [&'static str],
    /// What it was compared with or built after: title and address.
    pub sources: &'static [(&'static str, &'static str)],
    pub start: fn(seed: u64) -> Box<dyn Lab>,
}

impl Spec {
    pub fn scenario(&self, id: &str) -> Option<&'static Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }
}

/// A setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// As the real system spells it, e.g. `min.insync.replicas`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    pub kind: Kind,
    pub value: Value,
}

impl Knob {
    /// A whole number from, to and by how much.
    pub fn int(
        name: &'static str,
        help: &'static str,
        (min, max, step): (i64, i64, i64),
        unit: &'static str,
        value: impl TryInto<i64>,
    ) -> Self {
        Self {
            name,
            help,
            kind: Kind::Int { min, max, step, unit },
            value: Value::Int(value.try_into().unwrap_or(max)),
        }
    }

    pub const fn switch(name: &'static str, help: &'static str, on: bool) -> Self {
        Self { name, help, kind: Kind::Switch, value: Value::Switch(on) }
    }

    pub fn choice(
        name: &'static str,
        help: &'static str,
        choices: &'static [&'static str],
        value: impl Into<String>,
    ) -> Self {
        Self { name, help, kind: Kind::Choice(choices), value: Value::Choice(value.into()) }
    }
}

/// What values a knob takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// From, to, by how much, and the unit (`ms`, `records`, ``).
    Int {
        min: i64,
        max: i64,
        step: i64,
        unit: &'static str,
    },
    Switch,
    Choice(&'static [&'static str]),
    /// At most so many characters.
    Text {
        longest: usize,
    },
    /// So many points over time, each from 0 to `max`, that the reader draws.
    Curve {
        points: usize,
        max: u16,
        unit: &'static str,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Int(i64),
    Switch(bool),
    Choice(String),
    Text(String),
    Curve(Vec<u16>),
}

impl Value {
    /// As it is said in the log; nothing of a curve.
    pub fn words(&self) -> String {
        match self {
            Self::Int(value) => value.to_string(),
            Self::Switch(on) => on.to_string(),
            Self::Choice(text) | Self::Text(text) => text.clone(),
            Self::Curve(_) => String::new(),
        }
    }
}

impl Kind {
    /// Whether the value is one that this kind of knob takes.
    pub fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Int { min, max, .. }, Value::Int(value)) => (min..=max).contains(&value),
            (Self::Switch, Value::Switch(_)) => true,
            (Self::Choice(choices), Value::Choice(value)) => choices.contains(&value.as_str()),
            (Self::Text { longest }, Value::Text(value)) => value.chars().count() <= *longest,
            (Self::Curve { points, max, .. }, Value::Curve(values)) => {
                values.len() == *points && values.iter().all(|value| value <= max)
            }
            _ => false,
        }
    }
}

/// Something that can be done to a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// For ever, e.g. `kill-1`: shared scenarios name it.
    pub id: String,
    /// On the button: `Kill broker 1`.
    pub label: String,
    /// The node of the stage that it is done to, when there is one.
    pub node: Option<String>,
    /// Breaks something, rather than repairs it or asks for something.
    pub breaks: bool,
}

impl Act {
    /// Something that breaks the node.
    pub fn breaks(id: impl Into<String>, label: impl Into<String>, node: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), node: Some(node.into()), breaks: true }
    }

    /// Something that mends the node, or asks something of it.
    pub fn mends(id: impl Into<String>, label: impl Into<String>, node: impl Into<String>) -> Self {
        Self { breaks: false, ..Self::breaks(id, label, node) }
    }
}

/// A figure to watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// As the real system spells it, e.g. `UnderReplicatedPartitions`.
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// The value is one that would page somebody.
    pub alarming: bool,
}

/// One line of what happened: the lab's text twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at_millis: u64,
    pub level: Level,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Plain,
    /// A fault, or a consequence that hurts.
    Bad,
    Good,
}

/// Takes the lines of one step.
#[derive(Debug, Default)]
pub struct Log(pub(super) Vec<Line>);

impl Log {
    pub fn say(&mut self, at_millis: u64, text: impl Into<String>) {
        self.0.push(Line { at_millis, level: Level::Plain, text: text.into() });
    }

    pub fn bad(&mut self, at_millis: u64, text: impl Into<String>) {
        self.0.push(Line { at_millis, level: Level::Bad, text: text.into() });
    }

    pub fn good(&mut self, at_millis: u64, text: impl Into<String>) {
        self.0.push(Line { at_millis, level: Level::Good, text: text.into() });
    }

    pub fn lines(&self) -> &[Line] {
        &self.0
    }
}

/// Why something cannot be done now, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Refused(pub String);

impl Refused {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// For a knob that the lab does not have, or a value that it does not take.
    pub fn value(knob: &str) -> Self {
        Self(format!("{knob} does not take this value"))
    }

    pub fn no_such_act(act: &str) -> Self {
        Self(format!("`{act}` cannot be done now"))
    }
}
