//! A diagram that the reader draws: from memory, or their own. Nodes on a grid, joined by edges; every change keeps it whole.
//! Knows no window and keeps no history: a change is a new value.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::{Edge, EdgeKind, Node, NodeKind, Scene, Step};
use super::moment::Moment;

/// Columns and rows of the canvas.
pub const COLUMNS: u8 = 5;
pub const ROWS: u8 = 7;
/// Nodes that fit on it and can still be read.
pub const MOST_NODES: usize = 24;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sketch {
    pub nodes: Vec<SketchNode>,
    pub edges: Vec<SketchEdge>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SketchNode {
    pub id: String,
    pub kind: NodeKind,
    pub label: String,
    #[serde(default)]
    pub note: String,
    pub at: (u8, u8),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SketchEdge {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub label: String,
}

/// How a sketch compares with the scene it was drawn from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Ids of the scene's edges that the sketch has.
    pub found: Vec<String>,
    /// Those it has the wrong way round.
    pub turned: Vec<String>,
    /// Those it lacks.
    pub missing: Vec<String>,
    /// Ends of edges that the scene does not have.
    pub wrong: Vec<(String, String)>,
    /// Ids of the nodes that were not placed.
    pub unplaced: Vec<String>,
}

impl Score {
    /// Connections of the scene.
    pub fn total(&self) -> usize {
        self.found.len() + self.turned.len() + self.missing.len()
    }

    pub fn is_perfect(&self) -> bool {
        self.turned.is_empty() && self.missing.is_empty() && self.wrong.is_empty() && self.unplaced.is_empty()
    }
}

impl Sketch {
    /// A copy of the scene as it is after its last step, to be changed. Hidden things stay out.
    pub fn of_scene(scene: &Scene) -> Self {
        let moment = Moment::at(scene, scene.steps.len());
        let mut sketch = Self::default();
        // Empty columns and rows of the author's grid are only gaps.
        let rank = |of: fn(&Node) -> u8| {
            let taken: BTreeSet<u8> = scene.nodes.iter().map(of).collect();
            move |at: u8| u8::try_from(taken.range(..at).count()).unwrap_or(u8::MAX)
        };
        let (column, row) = (rank(|node| node.at.0), rank(|node| node.at.1));
        for (node, now) in scene.nodes.iter().zip(&moment.nodes).filter(|(_, now)| !now.hidden) {
            let at = sketch.free_cell_near((column(node.at.0).min(COLUMNS - 1), row(node.at.1).min(ROWS - 1)));
            let label = if now.label.is_empty() { node.label.clone() } else { now.label.clone() };
            sketch.nodes.push(SketchNode { id: node.id.clone(), kind: node.kind, label, note: now.note.clone(), at });
        }
        for (edge, now) in scene.edges.iter().zip(&moment.edges).filter(|(_, now)| !now.hidden) {
            if sketch.node(&edge.from).is_some() && sketch.node(&edge.to).is_some() {
                let (from, to) = (edge.from.clone(), edge.to.clone());
                sketch.edges.push(SketchEdge { from, to, label: now.label.clone() });
            }
        }
        sketch
    }

    /// Columns and rows of the canvas to show: those in use with one to spare, four at the least.
    pub fn shown_cells(&self) -> (u8, u8) {
        let used = |of: fn(&SketchNode) -> u8| self.nodes.iter().map(of).max().unwrap_or(0);
        ((used(|node| node.at.0) + 2).clamp(4, COLUMNS), (used(|node| node.at.1) + 2).clamp(4, ROWS))
    }

    pub fn node(&self, id: &str) -> Option<&SketchNode> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub fn node_at(&self, at: (u8, u8)) -> Option<&SketchNode> {
        self.nodes.iter().find(|node| node.at == at)
    }

    /// Puts a node on the canvas, near `at` when that cell is taken. One that is there already moves.
    #[must_use]
    pub fn placed(&self, node: SketchNode, at: (u8, u8)) -> Self {
        let mut next = self.clone();
        if next.node(&node.id).is_some() {
            return next.moved(&node.id, at);
        }
        if next.nodes.len() < MOST_NODES {
            let at = next.free_cell_near(at);
            next.nodes.push(SketchNode { at, ..node });
        }
        next
    }

    /// Moves a node; the one that stands there takes its place.
    #[must_use]
    pub fn moved(&self, id: &str, at: (u8, u8)) -> Self {
        let at = (at.0.min(COLUMNS - 1), at.1.min(ROWS - 1));
        let mut next = self.clone();
        let Some(from) = self.node(id).map(|node| node.at) else { return next };
        for node in &mut next.nodes {
            if node.id == id {
                node.at = at;
            } else if node.at == at {
                node.at = from;
            }
        }
        next
    }

    /// Joins two nodes, or parts them when they are joined this way.
    #[must_use]
    pub fn joined(&self, from: &str, to: &str) -> Self {
        let mut next = self.clone();
        if from == to || self.node(from).is_none() || self.node(to).is_none() {
            return next;
        }
        let before = next.edges.len();
        next.edges.retain(|edge| edge.from != from || edge.to != to);
        if next.edges.len() == before {
            next.edges.push(SketchEdge { from: from.to_owned(), to: to.to_owned(), label: String::new() });
        }
        next
    }

    /// Takes a node away, and its edges with it.
    #[must_use]
    pub fn without(&self, id: &str) -> Self {
        let mut next = self.clone();
        next.nodes.retain(|node| node.id != id);
        next.edges.retain(|edge| edge.from != id && edge.to != id);
        next
    }

    /// Gives a node other words.
    #[must_use]
    pub fn renamed(&self, id: &str, kind: NodeKind, label: &str, note: &str) -> Self {
        let mut next = self.clone();
        if let Some(node) = next.nodes.iter_mut().find(|node| node.id == id) {
            node.kind = kind;
            label.clone_into(&mut node.label);
            note.clone_into(&mut node.note);
        }
        next
    }

    /// Names an edge.
    #[must_use]
    pub fn labelled(&self, from: &str, to: &str, label: &str) -> Self {
        let mut next = self.clone();
        for edge in next.edges.iter_mut().filter(|edge| edge.from == from && edge.to == to) {
            label.clone_into(&mut edge.label);
        }
        next
    }

    /// An id that no node has.
    pub fn fresh_id(&self) -> String {
        (1..=self.nodes.len() + 1)
            .map(|number| format!("mine-{number}"))
            .find(|id| self.node(id).is_none())
            .unwrap_or_default()
    }

    /// The free cell nearest to `at`, the upper and the left one first.
    pub fn free_cell_near(&self, at: (u8, u8)) -> (u8, u8) {
        let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (column, row)));
        let free = cells.filter(|cell| self.node_at(*cell).is_none());
        free.min_by_key(|cell| {
            let (dx, dy) = (u32::from(cell.0.abs_diff(at.0)), u32::from(cell.1.abs_diff(at.1)));
            (dx * dx + dy * dy, cell.1, cell.0)
        })
        .unwrap_or(at)
    }

    /// The sketch as a scene of one step, for everything that draws scenes.
    pub fn as_scene(&self, title: &str) -> Scene {
        let nodes = self
            .nodes
            .iter()
            .map(|node| Node { note: node.note.clone(), ..Node::new(&node.id, node.kind, &node.label, node.at) });
        let edges = self.edges.iter().map(|edge| Edge {
            label: edge.label.clone(),
            ..Edge::new(&format!("{} {}", edge.from, edge.to), &edge.from, &edge.to, EdgeKind::Flow)
        });
        let step = Step { id: "drawn".to_owned(), ..Step::default() };
        Scene {
            title: title.to_owned(),
            groups: Vec::new(),
            nodes: nodes.collect(),
            edges: edges.collect(),
            steps: vec![step],
        }
    }

    /// Compares with the scene this was drawn from: which connections are there, turned, missing or made up. Where
    /// the nodes stand is the reader's own affair.
    pub fn score(&self, scene: &Scene) -> Score {
        let model = Self::of_scene(scene);
        let drawn: BTreeSet<(&str, &str)> = self.edges.iter().map(|edge| (&*edge.from, &*edge.to)).collect();
        let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut score = Score::default();
        let is_shown = |edge: &&Edge| model.edges.iter().any(|shown| shown.from == edge.from && shown.to == edge.to);
        for edge in scene.edges.iter().filter(is_shown) {
            let (from, to) = (&*edge.from, &*edge.to);
            let slot = if drawn.contains(&(from, to)) {
                &mut score.found
            } else if drawn.contains(&(to, from))
                && !scene.edges.iter().any(|other| other.from == to && other.to == from)
            {
                // A relation without an arrow has no wrong way round.
                if edge.kind == EdgeKind::Weak { &mut score.found } else { &mut score.turned }
            } else {
                &mut score.missing
            };
            slot.push(edge.id.clone());
            known.insert((from, to));
        }
        let is_known = |(from, to): &(&str, &str)| known.contains(&(*from, *to)) || known.contains(&(*to, *from));
        score.wrong =
            drawn.iter().filter(|ends| !is_known(ends)).map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let unplaced = model.nodes.iter().filter(|node| self.node(&node.id).is_none());
        score.unplaced = unplaced.map(|node| node.id.clone()).collect();
        score
    }
}

/// The scene's nodes in an order that says nothing of where they belong; the same for the same seed.
pub fn tray(scene: &Scene, seed: u64) -> Vec<SketchNode> {
    let mut nodes = Sketch::of_scene(scene).nodes;
    // SplitMix64 over the id: an order by hash needs no generator of chance.
    nodes.sort_by_key(|node| {
        node.id.bytes().fold(seed, |state, byte| {
            let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_add(u64::from(byte));
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        })
    });
    nodes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scene() -> Scene {
        ron::from_str(
            r#"(title: "t", nodes: [
                (id: "p", kind: Producer, label: "Producer", at: (0, 0)),
                (id: "l", kind: Replica, label: "Leader", at: (1, 0)),
                (id: "f", kind: Replica, label: "Follower", at: (1, 1)),
                (id: "x", kind: Client, label: "Hidden", at: (2, 1), hidden: true),
            ], edges: [
                (id: "send", from: "p", to: "l"), (id: "fetch", from: "f", to: "l"), (id: "tie", from: "p", to: "f", kind: Weak),
                (id: "gone", from: "x", to: "l"),
            ], steps: [(id: "one", says: "It is so.", set: {"l.note": "epoch 4"})])"#,
        )
        .unwrap()
    }

    #[test]
    fn a_copy_is_perfect_and_each_fault_is_named() {
        let scene = scene();
        let copy = Sketch::of_scene(&scene);
        assert_eq!((copy.nodes.len(), copy.edges.len()), (3, 3));
        assert_eq!(copy.node("l").unwrap().note, "epoch 4");
        assert!(copy.score(&scene).is_perfect());
        let turned = copy.joined("f", "l").joined("l", "f").joined("p", "f").joined("f", "p");
        let score = turned.score(&scene);
        assert_eq!((score.turned, score.found), (vec!["fetch".to_owned()], vec!["send".to_owned(), "tie".to_owned()]));
        let score = copy.without("f").joined("l", "p").score(&scene);
        assert_eq!(score.missing, ["fetch", "tie"]);
        assert_eq!(score.unplaced, ["f"]);
        assert_eq!(score.wrong, [], "the way back of a connection that is there is no new one");
        let score = Sketch::default().score(&scene);
        assert_eq!((score.total(), score.missing.len()), (3, 3));
    }

    #[test]
    fn the_tray_holds_what_is_shown_in_an_order_of_its_own() {
        let scene = scene();
        let ids = |seed| tray(&scene, seed).into_iter().map(|node| node.id).collect::<Vec<_>>();
        assert_eq!(ids(1), ids(1));
        assert!((0..20).any(|seed| ids(seed) != ids(1)));
        assert_eq!(ids(3).len(), 3);
    }

    #[derive(Clone, Debug)]
    enum Change {
        Place(u8, u8, u8),
        Move(u8, u8, u8),
        Join(u8, u8),
        Drop(u8),
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        let one = prop_oneof![
            (0..9u8, 0..9u8, 0..9u8).prop_map(|(n, x, y)| Change::Place(n, x, y)),
            (0..9u8, 0..9u8, 0..9u8).prop_map(|(n, x, y)| Change::Move(n, x, y)),
            (0..9u8, 0..9u8).prop_map(|(a, b)| Change::Join(a, b)),
            (0..9u8).prop_map(Change::Drop),
        ];
        prop::collection::vec(one, 0..40)
    }

    proptest! {
        /// No two nodes in a cell, no edge without its ends, whatever the reader does.
        #[test]
        fn a_sketch_stays_whole(changes in changes()) {
            let mut sketch = Sketch::default();
            for change in changes {
                sketch = match change {
                    Change::Place(n, x, y) => {
                        let (id, kind) = (format!("n{n}"), NodeKind::Broker);
                        let node = SketchNode { label: id.clone(), id, kind, note: String::new(), at: (0, 0) };
                        sketch.placed(node, (x, y))
                    }
                    Change::Move(n, x, y) => sketch.moved(&format!("n{n}"), (x, y)),
                    Change::Join(a, b) => sketch.joined(&format!("n{a}"), &format!("n{b}")),
                    Change::Drop(n) => sketch.without(&format!("n{n}")),
                };
                let cells: BTreeSet<_> = sketch.nodes.iter().map(|node| node.at).collect();
                prop_assert_eq!(cells.len(), sketch.nodes.len());
                prop_assert!(cells.iter().all(|(x, y)| *x < COLUMNS && *y < ROWS));
                prop_assert!(sketch.edges.iter().all(|e| sketch.node(&e.from).is_some() && sketch.node(&e.to).is_some()));
            }
            let read: Sketch = ron::from_str(&ron::to_string(&sketch).unwrap()).unwrap();
            prop_assert_eq!(read, sketch);
        }
    }
}
