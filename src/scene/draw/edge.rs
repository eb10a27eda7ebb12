//! Edges: a line with rounded corners, its arrow head, its label beside it, a cross where it is cut.

use emath::{Pos2, Rect, pos2, vec2};

use super::node::CORNER;
use super::{Pen, Picture};
use crate::scene::labels;
use crate::scene::measure::width_of;
use crate::scene::model::{EdgeKind, Mark};
use crate::scene::shape::{Align, Shape, Stroke, TextStyle, along, rounded};
use crate::theme::Role;

const ARROW: f32 = 7.0;
/// A cross keeps this far from the bends of its line.
const OFF_BEND: f32 = 16.0;

/// Where a line is crossed out, as a share of its length: the middle, or near it where it does not bend.
pub(super) fn cut_at(points: &[Pos2]) -> f32 {
    let lengths = || points.windows(2).map(|pair| pair[0].distance(pair[1]));
    let total: f32 = lengths().sum();
    let bends: Vec<f32> = lengths()
        .scan(0.0, |at, length| {
            *at += length;
            Some(*at)
        })
        .take(points.len().saturating_sub(2))
        .collect();
    let is_straight = |share: &f32| bends.iter().all(|bend| (share * total - bend).abs() >= OFF_BEND);
    [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74].into_iter().find(is_straight).unwrap_or(0.5)
}

impl Picture<'_> {
    /// An edge is gone while it, or one of its ends, is hidden.
    pub(super) fn is_gone(&self, index: usize) -> bool {
        let Some((edge, now)) = self.scene.edges.get(index).zip(self.moment.edges.get(index)) else { return true };
        let gone = |id: &str| {
            let node = self.scene.nodes.iter().position(|node| node.id == id);
            node.and_then(|node| self.moment.nodes.get(node)).is_none_or(|node| node.hidden)
        };
        now.hidden || gone(&edge.from) || gone(&edge.to)
    }

    fn edge_role(&self, index: usize) -> Role {
        let Some(edge) = self.scene.edges.get(index) else { return Role::Faint };
        let cut = self.moment.edges.get(index).is_some_and(|now| now.mark == Mark::Down);
        let flows = self.moment.flow.iter().any(|flow| flow.edge == index);
        if cut {
            Role::Down
        } else if flows || self.moment.is_about(&edge.id) {
            Role::Topic(self.hue)
        } else {
            Role::Faint
        }
    }

    pub(super) fn edge(&self, index: usize, pen: &mut Pen) {
        let (Some(edge), Some(line), Some(now)) =
            (self.scene.edges.get(index), self.placed.edges.get(index), self.moment.edges.get(index))
        else {
            return;
        };
        if self.is_gone(index) || self.hides(&edge.id, "") || line.points.len() < 2 {
            return;
        }
        let role = self.edge_role(index);
        let width = if matches!(role, Role::Topic(_)) { 1.8 } else { 1.2 };
        let dashed = edge.kind == EdgeKind::Quiet || now.mark == Mark::Slow || now.mark == Mark::Stale;
        let mut points = line.points.clone();
        if edge.kind != EdgeKind::Weak
            && let [.., before, tip] = points.as_slice()
        {
            let (before, tip) = (*before, *tip);
            let back = (before - tip).normalized();
            let side = vec2(-back.y, back.x) * (ARROW * 0.45);
            let base = tip + back * ARROW;
            pen.put("tip", 0, Shape::Polygon { points: vec![tip, base + side, base - side], fill: role });
            if let Some(last) = points.last_mut() {
                *last = base;
            }
        }
        pen.line("line", 0, rounded(&points, CORNER), Stroke { role, width, dashed });
        if now.mark == Mark::Down
            && let Some(center) = along(&line.points, cut_at(&line.points))
        {
            pen.cross(center, 4.6);
        }
    }

    pub(super) fn edge_label(&self, index: usize, pen: &mut Pen) {
        let (Some(edge), Some(line), Some(now)) =
            (self.scene.edges.get(index), self.placed.edges.get(index), self.moment.edges.get(index))
        else {
            return;
        };
        let Some(rect) = line.label else { return };
        if self.is_gone(index) || now.label.is_empty() {
            return;
        }
        let role = self.edge_role(index);
        let hidden = self.hides(&edge.id, "") || self.hides(&edge.id, "label");
        let text = if hidden { "?" } else { &now.label };
        let lines = labels::lines(text, &width_of);
        #[expect(clippy::cast_precision_loss, reason = "one line or two")]
        let middle = (lines.len() as f32 - 1.0) / 2.0;
        // The side that faces the line stays aligned with it, whatever the length of the text.
        let vertical_neighbour = line.points.windows(2).find(|pair| {
            (pair[0].x - pair[1].x).abs() < 0.01 && {
                let near = Rect::from_two_pos(pair[0], pair[1]);
                near.min.y <= rect.center().y
                    && near.max.y >= rect.center().y
                    && (near.center().x - rect.center().x).abs() < rect.width()
            }
        });
        let (align, x) = match vertical_neighbour {
            Some(pair) if pair[0].x < rect.center().x => (Align::Left, rect.left() + 2.0),
            Some(_) => (Align::Right, rect.right() - 2.0),
            None => (Align::Center, rect.center().x),
        };
        for (number, line) in lines.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "one line or two")]
            let y = rect.center().y + (number as f32 - middle) * labels::LINE;
            pen.text("label", number, (pos2(x, y), align), line, (TextStyle::EdgeLabel, role));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cross_keeps_off_the_bends_of_its_line() {
        let straight = [pos2(0.0, 0.0), pos2(100.0, 0.0)];
        assert!((cut_at(&straight) - 0.5).abs() < f32::EPSILON);
        let bent = [pos2(0.0, 0.0), pos2(100.0, 0.0), pos2(100.0, 104.0)];
        let center = along(&bent, cut_at(&bent)).unwrap();
        assert!(center.distance(bent[1]) >= OFF_BEND, "{center:?}");
        // Too short to keep off: the middle again, never nothing.
        let short = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)];
        assert!((cut_at(&short) - 0.5).abs() < f32::EPSILON);
    }
}
