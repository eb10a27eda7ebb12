//! What is wrong with a scene: ids that lead nowhere, text that is too long, steps that do nothing, things that overlap.

use std::collections::BTreeSet;

use super::layout::Placed;
use super::measure::width_of;
use super::model::{Bar, NodeKind, Scene, Step};
use super::tidy::covered;
use crate::ids::is_plain_name;

/// One thing to mend in a scene's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneProblem {
    /// A snippet by which to find the place in the source.
    pub anchor: String,
    pub found: String,
    pub expected: String,
}

const LABEL: usize = 18;
const NOTE: usize = 26;
const STATE: usize = 18;
const EDGE_LABEL: usize = 22;
const CELL: usize = 6;
const CELLS: usize = 8;
const AXIS_END: usize = 8;
/// Crossings that a scene may have where no placement avoids them.
const CROSSINGS: usize = 1;
const SPARKS: usize = 24;
const SAYS_WORDS: usize = 30;
/// The widest a scene may be laid out, in points: at 480 the text would be at 65 %.
const WIDEST: f32 = 740.0;

#[derive(Default)]
struct Problems(Vec<SceneProblem>);

impl Problems {
    fn add(&mut self, anchor: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) {
        self.0.push(SceneProblem { anchor: anchor.into(), found: found.into(), expected: expected.into() });
    }

    fn count(&mut self, anchor: &str, what: &str, found: usize, range: std::ops::RangeInclusive<usize>) {
        if !range.contains(&found) {
            self.add(anchor, format!("{found} {what}"), format!("{} to {}", range.start(), range.end()));
        }
    }

    fn length(&mut self, anchor: &str, what: &str, text: &str, most: usize) {
        let found = text.chars().count();
        if found > most {
            self.add(anchor, format!("{what} `{text}` of {found} characters"), format!("at most {most}"));
        }
    }
}

/// Everything that is wrong with a scene.
pub fn problems(scene: &Scene) -> Vec<SceneProblem> {
    let mut out = Problems::default();
    out.count("nodes:", "nodes", scene.nodes.len(), 4..=12);
    out.count("steps:", "steps", scene.steps.len(), 3..=8);
    out.length("title:", "the title", &scene.title, 60);
    ids(scene, &mut out);
    let mut places = BTreeSet::new();
    for node in &scene.nodes {
        let anchor = id_anchor(&node.id);
        if !places.insert(node.at) {
            out.add(&anchor, format!("`{}` in a cell that is taken", node.id), "a cell of its own");
        }
        if node.at.0 > 7 || node.at.1 > 9 {
            out.add(&anchor, format!("`{}` at column {}, row {}", node.id, node.at.0, node.at.1), "at most (7, 9)");
        }
        let most = if node.kind == NodeKind::Note { 40 } else { LABEL };
        out.length(&anchor, "the label", &node.label, most);
        out.length(&anchor, "the note", &node.note, NOTE);
        out.length(&anchor, "the state", &node.state, STATE);
        cells(&anchor, &node.cells, &mut out);
        chart(&anchor, &node.spark, &node.bars, &mut out);
        if let Some((start, end)) = &node.axis {
            out.length(&anchor, "the axis's start", start, AXIS_END);
            out.length(&anchor, "the axis's end", end, AXIS_END);
        }
    }
    for edge in &scene.edges {
        let anchor = id_anchor(&edge.id);
        for end in [&edge.from, &edge.to] {
            if scene.node(end).is_none() {
                out.add(&anchor, format!("an edge to `{end}`"), "a node of the scene");
            }
        }
        if edge.from == edge.to {
            out.add(&anchor, format!("`{}` from a node to itself", edge.id), "two nodes");
        }
        out.length(&anchor, "the label", &edge.label, EDGE_LABEL);
    }
    for group in &scene.groups {
        let anchor = id_anchor(&group.id);
        if group.around.is_empty() {
            out.add(&anchor, format!("`{}` around nothing", group.id), "at least one node");
        }
        for id in &group.around {
            if scene.node(id).is_none() {
                out.add(&anchor, format!("a group around `{id}`"), "a node of the scene");
            }
        }
    }
    for (index, step) in scene.steps.iter().enumerate() {
        step_problems(scene, index, step, &mut out);
    }
    // Places can be judged only where the ids lead somewhere.
    if out.0.is_empty() {
        let placed = Placed::of(scene, &width_of);
        for defect in placed.defects(scene) {
            out.add(id_anchor(&defect.id), defect.found, "a placement in which nothing overlaps");
        }
        for defect in covered(scene, &placed) {
            out.add(id_anchor(&defect.id), defect.found, "a picture in which all text can be read");
        }
        let crossings = placed.crossings(scene);
        if crossings.len() > CROSSINGS {
            let pairs: Vec<String> = crossings.iter().map(|(a, b)| format!("`{a}` and `{b}`")).collect();
            let found = format!("{} crossings: {}", crossings.len(), pairs.join(", "));
            out.add("edges:", found, format!("at most {CROSSINGS}: another placement"));
        }
        if placed.size.x > WIDEST {
            let found = format!("a scene {:.0} points wide", placed.size.x);
            out.add("nodes:", found, format!("at most {WIDEST:.0}: fewer columns or shorter labels"));
        }
    }
    out.0
}

fn id_anchor(id: &str) -> String {
    format!("id: \"{id}\"")
}

fn ids(scene: &Scene, out: &mut Problems) {
    let mut seen = BTreeSet::new();
    let nodes = scene.nodes.iter().map(|node| &node.id);
    let all = nodes.chain(scene.edges.iter().map(|edge| &edge.id)).chain(scene.groups.iter().map(|group| &group.id));
    for id in all {
        if !is_plain_name(id) {
            out.add(id_anchor(id), format!("the id `{id}`"), "lower-case words joined by hyphens");
        }
        if !seen.insert(id) {
            out.add(id_anchor(id), format!("a second `{id}`"), "each id once");
        }
    }
    let mut steps = BTreeSet::new();
    for step in &scene.steps {
        if !is_plain_name(&step.id) || !steps.insert(&step.id) {
            out.add(id_anchor(&step.id), format!("the step `{}`", step.id), "a plain name that no other step has");
        }
    }
}

fn cells(anchor: &str, cells: &[String], out: &mut Problems) {
    if cells.len() > CELLS {
        out.add(anchor, format!("{} cells", cells.len()), format!("at most {CELLS}"));
    }
    for cell in cells {
        out.length(anchor, "the cell", cell, CELL);
    }
}

fn chart(anchor: &str, spark: &[f32], bars: &[Bar], out: &mut Problems) {
    let inside = |value: &f32| (0.0..=1.0).contains(value);
    if spark.len() == 1 || spark.len() > SPARKS || !spark.iter().all(inside) {
        out.add(anchor, format!("a chart of {} values", spark.len()), format!("2 to {SPARKS} values from 0.0 to 1.0"));
    }
    if bars.len() > CELLS {
        out.add(anchor, format!("{} bars", bars.len()), format!("at most {CELLS}"));
    }
    for (name, from, to) in bars {
        out.length(anchor, "the bar", name, STATE);
        if !inside(from) || !inside(to) || from > to {
            out.add(anchor, format!("the bar `{name}` from {from} to {to}"), "a start and an end from 0.0 to 1.0");
        }
    }
}

fn step_problems(scene: &Scene, index: usize, step: &Step, out: &mut Problems) {
    let anchor = id_anchor(&step.id);
    let words = step.says.split_whitespace().count();
    out.count(&anchor, "words in `says`", words, 4..=SAYS_WORDS);
    let is_edge = |id: &str| scene.edge(id).is_some();
    let is_thing = |id: &str| scene.node(id).is_some() || is_edge(id);
    for flow in &step.flow {
        if !is_edge(flow.trim_start_matches('~')) {
            out.add(&anchor, format!("a message on `{flow}`"), "an edge of the scene");
        }
    }
    for id in step.hide.iter().chain(&step.show).chain(step.mark.keys()) {
        if !is_thing(id) {
            out.add(&anchor, format!("`{id}` in the step `{}`", step.id), "a node or an edge of the scene");
        }
    }
    for id in &step.focus {
        if !is_thing(id) && !scene.groups.iter().any(|group| group.id == *id) {
            out.add(&anchor, format!("the focus `{id}`"), "a node, an edge or a group of the scene");
        }
    }
    for (part, text) in &step.set {
        let (id, field) = part.split_once('.').unwrap_or((part.as_str(), "label"));
        let known = match field {
            "label" => is_thing(id) || scene.groups.iter().any(|group| group.id == id),
            "note" | "state" => scene.node(id).is_some(),
            _ => false,
        };
        if !known {
            out.add(&anchor, format!("`{part}` set"), "`node.label`, `node.note`, `node.state` or `edge.label`");
        }
        let most = match (is_edge(id), field) {
            (true, _) => EDGE_LABEL,
            (false, "label") => LABEL,
            (false, "note") => NOTE,
            _ => STATE,
        };
        out.length(&anchor, &format!("the text of `{part}`"), text, most);
    }
    let charts = step.spark.keys().chain(step.bars.keys());
    let of_nodes = step.cells.keys().chain(step.marker.keys()).chain(step.level.keys()).chain(charts);
    for id in of_nodes {
        if scene.node(id).is_none() {
            out.add(&anchor, format!("`{id}` in the step `{}`", step.id), "a node of the scene");
        }
    }
    for spark in step.spark.values() {
        chart(&anchor, spark, &[], out);
    }
    for bars in step.bars.values() {
        chart(&anchor, &[], bars, out);
    }
    for list in step.cells.values() {
        cells(&anchor, list, out);
    }
    let does_nothing = step.flow.is_empty()
        && step.focus.is_empty()
        && step.set.is_empty()
        && step.cells.is_empty()
        && step.marker.is_empty()
        && step.level.is_empty()
        && step.spark.is_empty()
        && step.bars.is_empty()
        && step.mark.is_empty()
        && step.hide.is_empty()
        && step.show.is_empty();
    if does_nothing && index > 0 {
        out.add(&anchor, format!("the step `{}` in which nothing happens", step.id), "a message, a change or a focus");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_named() {
        let text = r#"(title: "t", nodes: [
            (id: "a", kind: Broker, label: "A label that is far too long", at: (0, 0)),
            (id: "a", kind: Broker, label: "B", at: (0, 0)),
        ], edges: [(id: "e", from: "a", to: "x")], groups: [(id: "g", label: "G", around: ["y"])], steps: [
            (id: "s", says: "Something happens here now.", flow: ["q"], set: {"a.colour": "red"}),
            (id: "n", says: "Nothing happens in this one."),
        ])"#;
        let found: Vec<String> = problems(&ron::from_str(text).unwrap()).into_iter().map(|p| p.found).collect();
        for part in [
            "2 nodes",
            "2 steps",
            "a second `a`",
            "cell that is taken",
            "characters",
            "an edge to `x`",
            "around `y`",
            "a message on `q`",
            "`a.colour` set",
            "nothing happens",
        ] {
            assert!(found.iter().any(|found| found.contains(part)), "{part} in {found:?}");
        }
    }
}
