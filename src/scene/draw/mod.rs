//! From places and a moment to shapes. What the step is about is in the topic's hue, the rest in ink and hairline; every
//! state also has a shape or a word, so that nothing is said by colour alone.

mod charts;
mod edge;
mod node;

use emath::{Pos2, Vec2, pos2, vec2};

use super::icons;
use super::layout::Placed;
use super::model::{GroupKind, Mark, Scene};
use super::moment::Moment;
use super::shape::{Align, Shape, Stroke, TextStyle, along, heading};
use crate::theme::{Hue, Role};

/// What a card hides: a node, an edge, a group, or a part such as `f2.state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(pub String);

impl Mask {
    /// Whether `part` of the thing is hidden; the empty part is the thing itself.
    pub(super) fn hides(mask: Option<&Self>, id: &str, part: &str) -> bool {
        mask.is_some_and(|mask| match mask.0.split_once('.') {
            None => mask.0 == id && part.is_empty(),
            Some((of, hidden)) => of == id && hidden == part,
        })
    }

    /// The moment without what is hidden, for those who do not see the picture.
    pub(super) fn applied(&self, scene: &Scene, moment: &Moment) -> Moment {
        let mut moment = moment.clone();
        let hides = |id: &str, part: &str| Self::hides(Some(self), id, part);
        let hide = |text: &mut String| "hidden".clone_into(text);
        for (node, now) in scene.nodes.iter().zip(&mut moment.nodes) {
            if hides(&node.id, "") {
                now.hidden = true;
            }
            for (part, text) in [("label", &mut now.label), ("note", &mut now.note), ("state", &mut now.state)] {
                if hides(&node.id, part) {
                    hide(text);
                }
            }
            if hides(&node.id, "cells") {
                now.cells.iter_mut().for_each(hide);
            }
            now.marker = now.marker.take().filter(|_| !hides(&node.id, "marker"));
            now.level = now.level.filter(|_| !hides(&node.id, "level"));
            now.spark.retain(|_| !hides(&node.id, "spark"));
            now.bars.retain(|_| !hides(&node.id, "bars"));
        }
        for (edge, now) in scene.edges.iter().zip(&mut moment.edges) {
            now.hidden |= hides(&edge.id, "");
            if hides(&edge.id, "label") {
                hide(&mut now.label);
            }
        }
        moment.flow.retain(|flow| moment.edges.get(flow.edge).is_some_and(|edge| !edge.hidden));
        for (group, name) in scene.groups.iter().zip(&mut moment.groups) {
            if hides(&group.id, "") || hides(&group.id, "label") {
                hide(name);
            }
        }
        moment
    }
}

/// How far beside the line a message keeps that meets another one.
const MEETING: f32 = 5.5;
/// Where a message rests when nothing moves, as a share of its way.
pub const FLOW_REST: f32 = 0.62;

/// Everything to be drawn, from back to front. `flow_progress` is how far the step's messages have come, 0 to 1; `lit` is
/// a node that the reader points at in the text.
pub fn shapes(
    scene: &Scene,
    placed: &Placed,
    moment: &Moment,
    hue: Hue,
    flow_progress: f32,
    mask: Option<&Mask>,
    lit: Option<&str>,
) -> Vec<Shape> {
    let picture = Picture { scene, placed, moment, hue, mask, lit };
    picture.drawn(flow_progress).into_iter().map(|drawn| drawn.shape).collect()
}

const NAME_SIDE: f32 = 12.0;

/// How far from a frame's left side its name begins: after the icon, where there is one.
pub(super) fn name_start(kind: GroupKind) -> f32 {
    NAME_SIDE + if kind == GroupKind::Frame { 0.0 } else { icons::GROUP_SIZE + 5.0 }
}

/// What a shape belongs to, in the order of drawing; each with its index in the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Group(usize),
    Edge(usize),
    Node(usize),
    EdgeLabel(usize),
    Message,
}

/// A shape with its name: the same part of the same owner is the same thing at another moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    pub owner: Owner,
    pub part: (&'static str, usize),
    pub shape: Shape,
}

/// Collects shapes of one owner after the other.
struct Pen {
    out: Vec<Drawn>,
    owner: Owner,
}

impl Pen {
    fn put(&mut self, name: &'static str, number: usize, shape: Shape) {
        self.out.push(Drawn { owner: self.owner, part: (name, number), shape });
    }

    fn line(&mut self, name: &'static str, number: usize, points: Vec<Pos2>, stroke: Stroke) {
        self.put(name, number, Shape::Line { points, stroke });
    }

    fn text(&mut self, name: &'static str, number: usize, at: (Pos2, Align), text: &str, ink: (TextStyle, Role)) {
        let ((at, align), (style, role)) = (at, ink);
        self.put(name, number, Shape::Text { at, align, text: text.to_owned(), style, role });
    }

    /// Crossed out.
    fn cross(&mut self, center: Pos2, size: f32) {
        for (number, side) in [vec2(1.0, 1.0), vec2(1.0, -1.0)].into_iter().enumerate() {
            let points = vec![center - side * size, center + side * size];
            self.line("cross", number, points, Stroke::solid(Role::Down, 2.0));
        }
    }
}

/// All that the look of a moment depends on.
#[derive(Clone, Copy)]
pub(super) struct Picture<'a> {
    pub scene: &'a Scene,
    pub placed: &'a Placed,
    pub moment: &'a Moment,
    pub hue: Hue,
    pub mask: Option<&'a Mask>,
    pub lit: Option<&'a str>,
}

impl Picture<'_> {
    /// The shapes from back to front, those of one owner together.
    pub fn drawn(&self, flow_progress: f32) -> Vec<Drawn> {
        let mut pen = Pen { out: Vec::new(), owner: Owner::Message };
        for index in 0..self.scene.groups.len() {
            pen.owner = Owner::Group(index);
            self.group(index, &mut pen);
        }
        for index in 0..self.scene.edges.len() {
            pen.owner = Owner::Edge(index);
            self.edge(index, &mut pen);
        }
        for index in 0..self.scene.nodes.len() {
            pen.owner = Owner::Node(index);
            self.node(index, &mut pen);
        }
        for index in 0..self.scene.edges.len() {
            pen.owner = Owner::EdgeLabel(index);
            self.edge_label(index, &mut pen);
        }
        pen.owner = Owner::Message;
        self.messages(flow_progress, &mut pen);
        pen.out
    }

    fn hides(&self, id: &str, part: &str) -> bool {
        Mask::hides(self.mask, id, part)
    }

    fn group(&self, index: usize, pen: &mut Pen) {
        let (Some(group), Some(rect), Some(label)) =
            (self.scene.groups.get(index), self.placed.groups.get(index), self.moment.groups.get(index))
        else {
            return;
        };
        let dashed = matches!(group.kind, GroupKind::Zone | GroupKind::Region | GroupKind::Consumers);
        let focus = self.moment.focus.contains(&group.id);
        let role = if focus { Role::Topic(self.hue) } else { Role::Frame };
        let stroke = Some(Stroke { role, width: 1.2, dashed });
        pen.put("frame", 0, Shape::Rect { rect: *rect, radius: 10.0, fill: None, stroke });
        let hidden = self.hides(&group.id, "") || self.hides(&group.id, "label");
        let text = if hidden { "?" } else { label };
        let at = rect.min + vec2(NAME_SIDE, 13.0);
        for (number, stroke) in icons::of_group(group.kind).into_iter().enumerate() {
            let origin = at.to_vec2() - vec2(0.0, icons::GROUP_SIZE / 2.0);
            let points = stroke.into_iter().map(|point| point + origin).collect();
            pen.line("icon", number, points, Stroke::solid(Role::Faint, 1.0));
        }
        let at = pos2(rect.left() + name_start(group.kind), at.y);
        pen.text("name", 0, (at, Align::Left), text, (TextStyle::Group, Role::Faint));
    }

    fn messages(&self, progress: f32, pen: &mut Pen) {
        for (number, flow) in self.moment.flow.iter().enumerate() {
            let Some(edge) = self.placed.edges.get(flow.edge) else { continue };
            let is_asked = self.scene.edges.get(flow.edge).is_some_and(|edge| self.hides(&edge.id, ""));
            if is_asked || self.is_gone(flow.edge) {
                continue;
            }
            let length: f32 = edge.points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
            let is_cut = self.moment.edges.get(flow.edge).is_some_and(|now| now.mark == Mark::Down);
            // The message stops short of the arrow head, and before the cross of what is cut.
            let cut = edge::cut_at(&edge.points);
            let until_cut = if flow.backwards { 0.96 - cut } else { cut - 0.04 };
            let goes = if is_cut { (until_cut - 12.0 / length.max(1.0)).max(0.04) / FLOW_REST } else { 0.88 };
            let gone = progress * goes;
            let (back, forth) = (if is_cut { 0.96 - gone } else { 0.92 - gone }, 0.04 + gone);
            let share = if flow.backwards { back } else { forth };
            if let Some(center) = along(&edge.points, share) {
                // Two that meet on an edge pass each other; one with a label is long enough without.
                let meets = edge.label.is_none()
                    && self
                        .moment
                        .flow
                        .iter()
                        .any(|other| other.edge == flow.edge && other.backwards != flow.backwards);
                // Aside only while they are near: at rest on a long line both stand on it.
                let near = ((20.0 - (back - forth).abs() * length) / 8.0).clamp(0.0, 1.0);
                let aside = if meets { heading(&edge.points, share).rot90() * MEETING * near } else { Vec2::ZERO };
                let center = center + if flow.backwards { -aside } else { aside };
                let stroke = Some(Stroke::solid(Role::Ground, 1.5));
                let fill = Some(Role::Topic(self.hue));
                pen.put("message", number, Shape::Circle { center, radius: 5.0, fill, stroke });
            }
        }
    }
}
