//! What an author writes in a `.ron` file; CONTRIBUTING.md explains each field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    pub title: String,
    #[serde(default)]
    pub groups: Vec<Group>,
    pub nodes: Vec<Node>,
    #[serde(default)]
    pub edges: Vec<Edge>,
    pub steps: Vec<Step>,
}

/// A frame around nodes; it encloses nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub label: String,
    #[serde(default)]
    pub kind: GroupKind,
    pub around: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupKind {
    #[default]
    Frame,
    /// A cloud account, or a tenant: one owner's things.
    Account,
    Region,
    Zone,
    Network,
    Consumers,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub id: String,
    pub kind: NodeKind,
    #[serde(default)]
    pub label: String,
    /// Column and row on the author's coarse grid.
    pub at: (u8, u8),
    /// Columns and rows covered.
    #[serde(default = "one_cell")]
    pub span: (u8, u8),
    /// A quiet second line.
    #[serde(default)]
    pub note: String,
    /// A small badge.
    #[serde(default)]
    pub state: String,
    /// A log, a queue, slots: drawn as a row of cells.
    #[serde(default)]
    pub cells: Vec<String>,
    /// A name and the index of the cell it stands before, e.g. the high-water mark.
    #[serde(default)]
    pub marker: Option<(String, u8)>,
    /// A bar, 0 to 1.
    #[serde(default)]
    pub level: Option<f32>,
    /// A small chart over time, its values 0 to 1.
    #[serde(default)]
    pub spark: Vec<f32>,
    /// A dashed line across the chart, 0 to 1: an objective, an alarm's threshold.
    #[serde(default)]
    pub threshold: Option<f32>,
    /// Stretches of time under each other, each with its name, start and end, 0 to 1: the spans of a trace, windows, leases.
    #[serde(default)]
    pub bars: Vec<Bar>,
    /// The names of both ends of a time axis under the bars or the chart, e.g. `0` and `300 ms`.
    #[serde(default)]
    pub axis: Option<(String, String)>,
    #[serde(default)]
    pub hidden: bool,
}

/// A name, a start and an end.
pub type Bar = (String, f32, f32);

const fn one_cell() -> (u8, u8) {
    (1, 1)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NodeKind {
    Producer,
    Consumer,
    Broker,
    Topic,
    Partition,
    Replica,
    Controller,
    Client,
    Service,
    Gateway,
    Database,
    Cache,
    Queue,
    Exchange,
    Stream,
    Shard,
    Function,
    Bucket,
    Table,
    Sentinel,
    Lock,
    ThreadPool,
    EventLoop,
    Scheduler,
    Registry,
    Connector,
    Metric,
    Alarm,
    Trace,
    Clock,
    Log,
    File,
    User,
    /// Text without a box.
    Note,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub id: String,
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub kind: EdgeKind,
    #[serde(default)]
    pub hidden: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EdgeKind {
    /// Messages go along it.
    #[default]
    Flow,
    /// Background traffic: heartbeats, gossip, replication.
    Quiet,
    /// A relation rather than traffic; no arrow head.
    Weak,
}

/// One step; it starts from where the last one ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    /// What changed and why, in a sentence or two.
    pub says: String,
    /// Edges on which a message travels in this step only; `~edge` goes against the arrow.
    #[serde(default)]
    pub flow: Vec<String>,
    /// What this step is about; in this step only.
    #[serde(default)]
    pub focus: Vec<String>,
    /// New text by part: `node.label`, `node.note`, `node.state`, `edge.label`, `group.label`.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    #[serde(default)]
    pub cells: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub marker: BTreeMap<String, Option<(String, u8)>>,
    #[serde(default)]
    pub level: BTreeMap<String, f32>,
    #[serde(default)]
    pub spark: BTreeMap<String, Vec<f32>>,
    #[serde(default)]
    pub bars: BTreeMap<String, Vec<Bar>>,
    #[serde(default)]
    pub mark: BTreeMap<String, Mark>,
    #[serde(default)]
    pub hide: Vec<String>,
    #[serde(default)]
    pub show: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    #[default]
    Normal,
    /// Dead; of an edge: cut.
    Down,
    Slow,
    /// Behind, out of date.
    Stale,
    New,
}

impl Node {
    /// A node of one cell without contents.
    pub fn new(id: &str, kind: NodeKind, label: &str, at: (u8, u8)) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            label: label.to_owned(),
            at,
            span: one_cell(),
            note: String::new(),
            state: String::new(),
            cells: Vec::new(),
            marker: None,
            level: None,
            spark: Vec::new(),
            threshold: None,
            bars: Vec::new(),
            axis: None,
            hidden: false,
        }
    }
}

impl Edge {
    /// An edge without a label.
    pub fn new(id: &str, from: &str, to: &str, kind: EdgeKind) -> Self {
        let (id, from, to) = (id.to_owned(), from.to_owned(), to.to_owned());
        Self { id, from, to, label: String::new(), kind, hidden: false }
    }
}

impl Scene {
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub fn edge(&self, id: &str) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.id == id)
    }

    /// Whether `part` names a node, an edge, a group, or a part of a node or an edge such as `f2.state`.
    pub fn has_part(&self, part: &str) -> bool {
        match part.split_once('.') {
            Some((id, "label")) => {
                self.node(id).is_some() || self.edge(id).is_some() || self.groups.iter().any(|g| g.id == id)
            }
            Some((id, "note" | "state" | "cells" | "marker" | "level" | "spark" | "bars")) => self.node(id).is_some(),
            Some(_) => false,
            None => self.node(part).is_some() || self.edge(part).is_some() || self.groups.iter().any(|g| g.id == part),
        }
    }

    pub fn step_index(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }
}
