//! From places and a moment to shapes. What the step is about is in the topic's hue, the rest in ink and hairline; every
//! state also has a shape or a word, so that nothing is said by colour alone.

mod charts;
mod edge;
mod node;

use emath::{Pos2, vec2};

use super::icons;
use super::layout::Placed;
use super::model::{GroupKind, Scene};
use super::moment::Moment;
use super::shape::{Align, Shape, Stroke, TextStyle, along};
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
}

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
        let role = if focus { Role::Topic(self.hue) } else { Role::Line };
        let stroke = Some(Stroke { role, width: 1.2, dashed });
        pen.put("frame", 0, Shape::Rect { rect: *rect, radius: 10.0, fill: None, stroke });
        let hidden = self.hides(&group.id, "") || self.hides(&group.id, "label");
        let text = if hidden { "?" } else { label };
        let mut at = rect.min + vec2(12.0, 13.0);
        for (number, stroke) in icons::of_group(group.kind).into_iter().enumerate() {
            let origin = at.to_vec2() - vec2(0.0, icons::GROUP_SIZE / 2.0);
            let points = stroke.into_iter().map(|point| point + origin).collect();
            pen.line("icon", number, points, Stroke::solid(Role::Faint, 1.0));
        }
        if group.kind != GroupKind::Frame {
            at.x += icons::GROUP_SIZE + 5.0;
        }
        pen.text("name", 0, (at, Align::Left), text, (TextStyle::Group, Role::Faint));
    }

    fn messages(&self, progress: f32, pen: &mut Pen) {
        for (number, flow) in self.moment.flow.iter().enumerate() {
            let Some(edge) = self.placed.edges.get(flow.edge) else { continue };
            let is_asked = self.scene.edges.get(flow.edge).is_some_and(|edge| self.hides(&edge.id, ""));
            if is_asked || self.is_gone(flow.edge) {
                continue;
            }
            let share = if flow.backwards { 1.0 - progress } else { progress };
            // The message stops short of the arrow head.
            if let Some(center) = along(&edge.points, 0.04 + share * 0.88) {
                let stroke = Some(Stroke::solid(Role::Ground, 1.5));
                let fill = Some(Role::Topic(self.hue));
                pen.put("message", number, Shape::Circle { center, radius: 5.0, fill, stroke });
            }
        }
    }
}
