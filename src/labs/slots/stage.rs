//! The two stages, each with room for the widest contents.

use std::collections::BTreeMap;

use super::cluster::SHARDS;
use super::watch::{SENTINELS, SERVERS};
use crate::scene::{Edge, EdgeKind, Group, GroupKind, Node, NodeKind, Scene, Step};

pub fn cluster() -> Scene {
    let mut nodes = vec![Node::new("app", NodeKind::Client, "App", (0, 1))];
    let mut edges = Vec::new();
    for (number, row) in (1..).zip(rows(SHARDS)) {
        let (primary, replica) = (format!("n{number}"), format!("n{}", number + SHARDS));
        nodes.push(Node::new(&primary, NodeKind::Shard, &format!("Node {number}"), (1, row)));
        nodes.push(Node::new(&replica, NodeKind::Replica, &format!("Node {}", number + SHARDS), (2, row)));
        edges.push(edge(&format!("app-{number}"), "app", &primary, EdgeKind::Flow, false));
        edges.push(edge(&format!("repl-{number}"), &primary, &replica, EdgeKind::Weak, false));
        edges.push(edge(&format!("app-{}", number + SHARDS), "app", &replica, EdgeKind::Flow, true));
    }
    let cells: Vec<_> = nodes.iter().skip(1).map(|node| node.id.clone()).collect();
    let cells = cells.into_iter().map(|id| (id, ["key", "cart", "orders"].map(str::to_owned).to_vec()));
    let widest = widest(&nodes, cells.collect());
    Scene { title: "Slots and failover".to_owned(), groups: Vec::new(), nodes, edges, steps: vec![widest] }
}

pub fn sentinel() -> Scene {
    let mut nodes = vec![Node::new("app", NodeKind::Client, "App", (0, 1))];
    let mut edges = Vec::new();
    for (number, row) in (1..).zip(rows(SERVERS)) {
        let server = format!("n{number}");
        nodes.push(Node::new(&server, NodeKind::Replica, &format!("Node {number}"), (1, row)));
        edges.push(edge(&format!("app-{number}"), "app", &server, EdgeKind::Flow, false));
    }
    for (number, row) in (1..).zip(rows(SENTINELS)) {
        let (watcher, server) = (format!("s{number}"), format!("n{number}"));
        nodes.push(Node::new(&watcher, NodeKind::Sentinel, &format!("Sentinel {number}"), (2, row)));
        edges.push(edge(&format!("watch-{number}"), &watcher, &server, EdgeKind::Quiet, false));
    }
    edges.push(edge("repl-1-2", "n1", "n2", EdgeKind::Weak, false));
    edges.push(edge("repl-2-3", "n2", "n3", EdgeKind::Weak, false));
    edges.push(edge("repl-1-3", "n1", "n3", EdgeKind::Weak, true));
    let around = (1..=SENTINELS).map(|number| format!("s{number}")).collect();
    let group = Group { id: "sentinels".to_owned(), label: "Sentinels".to_owned(), kind: GroupKind::Frame, around };
    let widest = widest(&nodes, BTreeMap::new());
    Scene { title: "Slots and failover".to_owned(), groups: vec![group], nodes, edges, steps: vec![widest] }
}

fn rows(count: usize) -> impl Iterator<Item = u8> {
    (0u8..).take(count)
}

/// The widest that each node may come to hold.
fn widest(nodes: &[Node], cells: BTreeMap<String, Vec<String>>) -> Step {
    let mut set = BTreeMap::new();
    for node in nodes {
        let (note, state) = match node.kind {
            NodeKind::Client => ("slot 88,8888", "table is current"),
            NodeKind::Sentinel => ("epoch 8,888", "+odown, elected"),
            _ => ("primary · 88,8888 writes", "8,8888 in no replica"),
        };
        set.insert(format!("{}.note", node.id), note.to_owned());
        set.insert(format!("{}.state", node.id), state.to_owned());
    }
    Step { id: "widest".to_owned(), says: "The app writes to a primary.".to_owned(), set, cells, ..Step::default() }
}

fn edge(id: &str, from: &str, to: &str, kind: EdgeKind, hidden: bool) -> Edge {
    Edge { hidden, ..Edge::new(id, from, to, kind) }
}
