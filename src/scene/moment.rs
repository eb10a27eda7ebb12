//! One state of a scene: what the steps up to one of them add up to.

use std::collections::BTreeSet;

use super::model::{Bar, Mark, Scene};

/// The scene after a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// In the order of the scene's nodes.
    pub nodes: Vec<NodeMoment>,
    /// In the order of the scene's edges.
    pub edges: Vec<EdgeMoment>,
    /// Names of the frames, in the order of the scene's groups.
    pub groups: Vec<String>,
    pub flow: Vec<Flow>,
    /// Ids of nodes, edges and groups that the step is about: named by it, or changed by it.
    pub focus: BTreeSet<String>,
    /// Parts whose text the step changed, e.g. `f2.state`.
    pub changed: BTreeSet<String>,
    pub says: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NodeMoment {
    pub label: String,
    pub note: String,
    pub state: String,
    pub cells: Vec<String>,
    pub marker: Option<(String, u8)>,
    pub level: Option<f32>,
    pub spark: Vec<f32>,
    pub bars: Vec<Bar>,
    pub mark: Mark,
    pub hidden: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EdgeMoment {
    pub label: String,
    pub mark: Mark,
    pub hidden: bool,
}

/// A message under way on an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Index of the edge.
    pub edge: usize,
    /// Against the arrow.
    pub backwards: bool,
}

impl Moment {
    /// The scene as it is after the step at `index`; past the last step is the last one.
    pub fn at(scene: &Scene, index: usize) -> Self {
        let mut moment = Self::start(scene);
        for step in scene.steps.iter().take(index + 1) {
            moment.apply(scene, step);
        }
        moment
    }

    /// Every state of the scene in order, folded once.
    pub fn all(scene: &Scene) -> Vec<Self> {
        let mut moment = Self::start(scene);
        let step = |step| {
            moment.apply(scene, step);
            moment.clone()
        };
        scene.steps.iter().map(step).collect()
    }

    /// The scene as one step makes it from its start; what a lab shows, whose scene has no steps of its own.
    pub fn after(scene: &Scene, step: &super::Step) -> Self {
        let mut moment = Self::start(scene);
        moment.apply(scene, step);
        moment
    }

    /// Takes as changed what differs from an earlier moment of the same scene.
    pub fn mark_changes(&mut self, scene: &Scene, before: &Self) {
        self.changed.clear();
        let mut changed = |id: &str, part: &str, differs: bool| {
            if differs {
                self.changed.insert(format!("{id}.{part}"));
            }
        };
        for ((node, now), was) in scene.nodes.iter().zip(&self.nodes).zip(&before.nodes) {
            changed(&node.id, "label", now.label != was.label);
            changed(&node.id, "note", now.note != was.note);
            changed(&node.id, "state", now.state != was.state);
            changed(&node.id, "cells", now.cells != was.cells);
            changed(&node.id, "marker", now.marker != was.marker);
            changed(&node.id, "level", now.level != was.level);
            changed(&node.id, "spark", now.spark != was.spark);
            changed(&node.id, "bars", now.bars != was.bars);
            changed(&node.id, "mark", now.mark != was.mark || now.hidden != was.hidden);
        }
        for ((edge, now), was) in scene.edges.iter().zip(&self.edges).zip(&before.edges) {
            changed(&edge.id, "label", now.label != was.label);
            changed(&edge.id, "mark", now.mark != was.mark || now.hidden != was.hidden);
        }
    }

    fn start(scene: &Scene) -> Self {
        let nodes = scene.nodes.iter().map(|node| NodeMoment {
            label: node.label.clone(),
            note: node.note.clone(),
            state: node.state.clone(),
            cells: node.cells.clone(),
            marker: node.marker.clone(),
            level: node.level,
            spark: node.spark.clone(),
            bars: node.bars.clone(),
            mark: Mark::Normal,
            hidden: node.hidden,
        });
        let edges = scene.edges.iter().map(|edge| EdgeMoment {
            label: edge.label.clone(),
            mark: Mark::Normal,
            hidden: edge.hidden,
        });
        Self {
            nodes: nodes.collect(),
            edges: edges.collect(),
            groups: scene.groups.iter().map(|group| group.label.clone()).collect(),
            flow: Vec::new(),
            focus: BTreeSet::new(),
            changed: BTreeSet::new(),
            says: String::new(),
        }
    }

    fn apply(&mut self, scene: &Scene, step: &super::Step) {
        self.focus = step.focus.iter().cloned().collect();
        self.changed = BTreeSet::new();
        self.says.clone_from(&step.says);
        let node_index = |id: &str| scene.nodes.iter().position(|node| node.id == id);
        let edge_index = |id: &str| scene.edges.iter().position(|edge| edge.id == id);
        for (ids, hidden) in [(&step.hide, true), (&step.show, false)] {
            for id in ids {
                if let Some(node) = node_index(id).and_then(|index| self.nodes.get_mut(index)) {
                    node.hidden = hidden;
                } else if let Some(edge) = edge_index(id).and_then(|index| self.edges.get_mut(index)) {
                    edge.hidden = hidden;
                }
                if !hidden {
                    self.focus.insert(id.clone());
                }
            }
        }
        for (part, text) in &step.set {
            let (id, field) = part.split_once('.').unwrap_or((part.as_str(), "label"));
            if let Some(node) = node_index(id).and_then(|index| self.nodes.get_mut(index)) {
                let slot = match field {
                    "label" => &mut node.label,
                    "note" => &mut node.note,
                    "state" => &mut node.state,
                    _ => continue,
                };
                slot.clone_from(text);
            } else if let Some(edge) = edge_index(id).and_then(|index| self.edges.get_mut(index)) {
                edge.label.clone_from(text);
            } else if let Some(at) = scene.groups.iter().position(|group| group.id == id)
                && let Some(label) = self.groups.get_mut(at)
            {
                label.clone_from(text);
                self.focus.insert(id.to_owned());
            }
            self.changed.insert(format!("{id}.{field}"));
        }
        let mut change = |id: &str, part: &str, set: &dyn Fn(&mut NodeMoment)| {
            if let Some(node) = node_index(id).and_then(|index| self.nodes.get_mut(index)) {
                set(node);
                self.changed.insert(format!("{id}.{part}"));
            }
        };
        for (id, cells) in &step.cells {
            change(id, "cells", &|node| node.cells.clone_from(cells));
        }
        for (id, marker) in &step.marker {
            change(id, "marker", &|node| node.marker.clone_from(marker));
        }
        for (id, level) in &step.level {
            change(id, "level", &|node| node.level = Some(*level));
        }
        for (id, spark) in &step.spark {
            change(id, "spark", &|node| node.spark.clone_from(spark));
        }
        for (id, bars) in &step.bars {
            change(id, "bars", &|node| node.bars.clone_from(bars));
        }
        for (id, mark) in &step.mark {
            if let Some(node) = node_index(id).and_then(|index| self.nodes.get_mut(index)) {
                node.mark = *mark;
            } else if let Some(edge) = edge_index(id).and_then(|index| self.edges.get_mut(index)) {
                edge.mark = *mark;
            }
            self.changed.insert(format!("{id}.mark"));
        }
        let flow = step.flow.iter().filter_map(|name| {
            let backwards = name.starts_with('~');
            Some(Flow { edge: edge_index(name.trim_start_matches('~'))?, backwards })
        });
        self.flow = flow.collect();
    }

    /// Whether the step is about this thing, by name or because a part of it changed.
    pub fn is_about(&self, id: &str) -> bool {
        self.focus.contains(id) || self.changed.iter().any(|part| part.split_once('.').is_some_and(|(of, _)| of == id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        ron::from_str(
            r#"(title: "t", nodes: [
                (id: "a", kind: Broker, label: "A", at: (0, 0), cells: ["0"]),
                (id: "b", kind: Broker, label: "B", at: (1, 0), hidden: true),
            ], edges: [(id: "e", from: "a", to: "b", label: "x")], steps: [
                (id: "one", says: "1", set: {"a.state": "up", "e": "y"}, flow: ["e"]),
                (id: "two", says: "2", show: ["b"], mark: {"a": Down}, cells: {"a": ["0", "1"]}, flow: ["~e"]),
            ])"#,
        )
        .unwrap()
    }

    #[test]
    fn a_step_starts_from_where_the_last_one_ended() {
        let scene = scene();
        let one = Moment::at(&scene, 0);
        assert_eq!((one.nodes[0].state.as_str(), one.edges[0].label.as_str()), ("up", "y"));
        assert!(one.nodes[1].hidden && one.is_about("a") && !one.is_about("b"));
        let two = Moment::at(&scene, 1);
        assert_eq!(two.nodes[0].state, "up");
        assert_eq!(two.nodes[0].mark, Mark::Down);
        assert!(!two.nodes[1].hidden && two.is_about("b"));
        assert_eq!(two.flow, [Flow { edge: 0, backwards: true }]);
        assert_eq!(Moment::at(&scene, 9), two);
        assert_eq!(Moment::all(&scene), [one, two]);
    }
}
