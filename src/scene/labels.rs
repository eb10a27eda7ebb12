//! Labels of edges: beside their line, on a clear stretch, over nothing.

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::layout::PlacedNode;
use super::moment::Moment;
use super::route;
use super::shape::TextStyle;

/// Height of a line of a label.
pub(super) const LINE: f32 = 14.0;
/// Distance between a line and its label.
const BESIDE: f32 = 6.0;
/// A label wider than this is broken at a space.
const WIDEST: f32 = 76.0;

/// A label as lines: one, or two when it is long and has a space near its middle.
pub(super) fn lines<'a>(text: &'a str, measure: &dyn Fn(&str, TextStyle) -> f32) -> Vec<&'a str> {
    if measure(text, TextStyle::EdgeLabel) <= WIDEST {
        return vec![text];
    }
    let middle = text.len() / 2;
    let spaces = text.match_indices(' ').map(|(at, _)| at);
    match spaces.min_by_key(|at| at.abs_diff(middle)) {
        Some(at) => vec![text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()],
        None => vec![text],
    }
}

/// The room the edge's longest label of any step takes; zero without one.
pub(super) fn size_of(moments: &[Moment], edge: usize, measure: &dyn Fn(&str, TextStyle) -> f32) -> Vec2 {
    let mut size = Vec2::ZERO;
    for label in moments.iter().filter_map(|moment| moment.edges.get(edge)).map(|now| now.label.as_str()) {
        if label.is_empty() {
            continue;
        }
        let lines = lines(label, measure);
        let width = lines.iter().map(|line| measure(line, TextStyle::EdgeLabel)).fold(0.0, f32::max);
        #[expect(clippy::cast_precision_loss, reason = "one line or two")]
        let height = lines.len() as f32 * LINE;
        size = size.max(vec2(width.ceil() + 4.0, height));
    }
    size
}

/// Finds a place for each label, the longest lines first come.
pub(super) fn place(
    nodes: &[PlacedNode],
    groups: &[Rect],
    names: &[Rect],
    lines: &[Vec<Pos2>],
    sizes: &[Vec2],
) -> Vec<Option<Rect>> {
    let mut placed: Vec<Option<Rect>> = vec![None; lines.len()];
    let mut taken: Vec<Rect> = Vec::new();
    // Short lines have few places to offer, so they choose first.
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let length = |index: usize| -> f32 {
        lines.get(index).map_or(0.0, |line| line.windows(2).map(|pair| pair[0].distance(pair[1])).sum())
    };
    order.sort_by(|a, b| length(*a).total_cmp(&length(*b)).then(a.cmp(b)));
    for index in order {
        let (Some(line), Some(size)) = (lines.get(index), sizes.get(index)) else { continue };
        if size.x == 0.0 || line.len() < 2 {
            continue;
        }
        let mut best: Option<(f32, Rect)> = None;
        for (rect, price) in candidates(line, *size) {
            let mut cost = price;
            for node in nodes {
                cost += overlap(rect.expand(1.0), node.rect) * 60.0;
            }
            for other in &taken {
                cost += overlap(rect.expand(2.0), *other) * 60.0;
            }
            cost += names.iter().map(|name| overlap(rect, *name) * 30.0).sum::<f32>();
            for group in groups {
                let crosses_frame = group.intersects(rect) && !group.contains_rect(rect);
                cost += if crosses_frame { 60.0 } else { 0.0 };
            }
            for (other, points) in lines.iter().enumerate() {
                if route::hits(points, rect.expand(1.0)) {
                    cost += if other == index { 500.0 } else { 220.0 };
                }
            }
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, rect));
            }
        }
        if let Some((_, rect)) = best {
            taken.push(rect);
            if let Some(slot) = placed.get_mut(index) {
                *slot = Some(rect);
            }
        }
    }
    placed
}

fn overlap(a: Rect, b: Rect) -> f32 {
    let both = a.intersect(b);
    if both.is_positive() { both.area() } else { 0.0 }
}

/// Places beside each stretch of a line, with what each costs: the middle of a long stretch, above or to the right, is best.
fn candidates(line: &[Pos2], size: Vec2) -> Vec<(Rect, f32)> {
    let mut out = Vec::new();
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = a.distance(b);
        let horizontal = (a.y - b.y).abs() < 0.01;
        for step in 0..=8u8 {
            let t = f32::from(step) / 8.0;
            let at = a.lerp(b, t);
            let off_middle = (t - 0.5).abs() * 16.0;
            let room = if horizontal { size.x } else { size.y };
            // A label longer than its stretch hangs over its ends.
            let hangs = (room - length).max(0.0) * 0.5;
            if horizontal {
                for (sign, price) in [(-1.0, 0.0), (1.0, 5.0)] {
                    let center = pos2(at.x, at.y + sign * (size.y / 2.0 + BESIDE + 1.0));
                    out.push((Rect::from_center_size(center, size), off_middle + hangs + price));
                }
            } else {
                for (sign, price) in [(1.0, 6.0), (-1.0, 9.0)] {
                    let center = pos2(at.x + sign * (size.x / 2.0 + BESIDE + 1.0), at.y);
                    out.push((Rect::from_center_size(center, size), off_middle + hangs + price));
                }
            }
        }
    }
    out
}
