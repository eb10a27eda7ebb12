//! Frames round the nodes that belong together; those that begin or end in the same column or row share that side.

use emath::{Rect, vec2};

use super::draw::name_start;
use super::layout::{GROUP_SIDE, GROUP_TOP, PlacedNode};
use super::model::{Group, Node, Scene};
use super::moment::Moment;
use super::shape::TextStyle;

/// Room of a frame's name: its height from the frame's upper side, and what lines keep clear behind it.
const NAME_HEIGHT: f32 = 22.0;
const NAME_CLEAR: f32 = 6.0;

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

/// Where the frames' names stand, at their widest of any step; lines keep off it.
pub(super) fn names(scene: &Scene, frames: &[Rect], measure: &dyn Fn(&str, TextStyle) -> f32) -> Vec<Rect> {
    let moments = Moment::all(scene);
    let place = |(index, (group, frame)): (usize, (&Group, &Rect))| {
        let names = moments.iter().filter_map(|moment| moment.groups.get(index));
        let widest = names.map(|name| measure(name, TextStyle::Group)).fold(0.0, f32::max);
        let width = name_start(group.kind) + widest + NAME_CLEAR;
        Rect::from_min_size(frame.min, vec2(width.min(frame.width()), NAME_HEIGHT))
    };
    scene.groups.iter().zip(frames).enumerate().map(place).collect()
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

#[cfg(test)]
mod tests {
    use crate::scene::measure::width_of;
    use crate::scene::model::Scene;
    use crate::scene::{Placed, problems};

    const STACKED: &str = r#"(title: "t", groups: [
            (id: "x", label: "Zone A", kind: Zone, around: ["a", "b"]), (id: "y", label: "Zone B", kind: Zone, around: ["c", "d"]),
        ], nodes: [
            (id: "a", kind: Broker, label: "A", at: (0, 0)), (id: "b", kind: Queue, label: "A longer name", at: (1, 0)),
            (id: "c", kind: Broker, label: "Another name", at: (0, 1)), (id: "d", kind: Queue, label: "D", at: (1, 1)),
        ], edges: [(id: "e", from: "a", to: "b"), (id: "f", from: "c", to: "b")], steps: [
            (id: "one", says: "The first of three steps.", flow: ["e"]), (id: "two", says: "The second of three steps.", flow: ["f"]),
            (id: "three", says: "The third of three steps.", flow: ["e"]),
        ])"#;

    #[test]
    fn frames_under_each_other_share_their_sides_and_no_line_lies_on_one() {
        let scene: Scene = ron::from_str(STACKED).unwrap();
        let placed = Placed::of(&scene, &width_of);
        let [x, y] = placed.groups.as_slice() else { panic!("two frames") };
        assert_eq!((x.left(), x.right()), (y.left(), y.right()));
        assert!(x.bottom() < y.top() && placed.size.x >= x.right());
        assert_eq!(placed.defects(&scene), []);
        assert_eq!(problems(&scene), []);
    }

    #[test]
    fn a_name_too_long_for_its_frame_is_reported() {
        let scene: Scene = ron::from_str(
            &STACKED.replace("Zone A", "A zone with a name that is longer than the things that are in it"),
        )
        .unwrap();
        let found: Vec<String> = problems(&scene).into_iter().map(|problem| problem.found).collect();
        assert!(found.iter().any(|found| found.contains("a name wider than its frame")), "{found:?}");
    }
}
