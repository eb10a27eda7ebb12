//! Frames round the nodes that belong together; those that begin or end in the same column or row share that side.

use emath::{Rect, vec2};

use super::layout::{GROUP_SIDE, GROUP_TOP, PlacedNode};
use super::model::{Group, Node, Scene};

/// A frame, with what decides which sides it shares: the frames inside it, and its first and last column and row.
struct Frame {
    rect: Rect,
    inside: u8,
    columns: (u8, u8),
    rows: (u8, u8),
}

/// The frames, in the order of the scene's groups.
pub(super) fn of(scene: &Scene, nodes: &[PlacedNode]) -> Vec<Rect> {
    let frames: Vec<Frame> = scene.groups.iter().map(|group| frame(scene, nodes, group)).collect();
    frames.iter().map(|frame| aligned(frame, &frames)).collect()
}

fn frame(scene: &Scene, nodes: &[PlacedNode], group: &Group) -> Frame {
    let members = || scene.nodes.iter().zip(nodes).filter(|(node, _)| group.around.contains(&node.id));
    let least = |of: fn(&Node) -> u8| members().map(|(node, _)| of(node)).min().unwrap_or_default();
    let most = |of: fn(&Node) -> u8| members().map(|(node, _)| of(node)).max().unwrap_or_default();
    let rect = members().fold(Rect::NOTHING, |rect, (_, placed)| rect.union(placed.rect));
    // A frame within this one needs room of its own.
    let is_inside = |other: &&Group| {
        other.id != group.id
            && other.around.len() < group.around.len()
            && other.around.iter().all(|id| group.around.contains(id))
    };
    let inside: u8 = scene.groups.iter().filter(is_inside).take(2).map(|_| 1).sum();
    let deep = 1.0 + f32::from(inside);
    let rect = Rect::from_min_max(
        rect.min - vec2(GROUP_SIDE, GROUP_TOP) * deep,
        rect.max + vec2(GROUP_SIDE, GROUP_SIDE) * deep,
    );
    Frame {
        rect,
        inside,
        columns: (least(|node| node.at.0), most(|node| node.at.0 + node.span.0.max(1))),
        rows: (least(|node| node.at.1), most(|node| node.at.1 + node.span.1.max(1))),
    }
}

/// The frame with its sides moved outwards to those of others in the same column or row; a track's width bounds all of them.
fn aligned(frame: &Frame, frames: &[Frame]) -> Rect {
    let mut rect = frame.rect;
    for other in frames.iter().filter(|other| other.inside == frame.inside && other.rect.is_finite()) {
        if other.columns.0 == frame.columns.0 {
            rect.min.x = rect.min.x.min(other.rect.min.x);
        }
        if other.columns.1 == frame.columns.1 {
            rect.max.x = rect.max.x.max(other.rect.max.x);
        }
        if other.rows.0 == frame.rows.0 {
            rect.min.y = rect.min.y.min(other.rect.min.y);
        }
        if other.rows.1 == frame.rows.1 {
            rect.max.y = rect.max.y.max(other.rect.max.y);
        }
    }
    rect
}
