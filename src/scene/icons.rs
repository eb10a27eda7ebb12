//! A small line icon for each kind of node, in a box of 14 by 14 points.

use emath::{Pos2, pos2};

use super::model::{GroupKind, NodeKind};

/// A stroke: its points, and whether it is closed.
pub(super) type Line = Vec<Pos2>;

fn line(points: &[(f32, f32)]) -> Line {
    points.iter().map(|(x, y)| pos2(*x, *y)).collect()
}

fn circle(x: f32, y: f32, radius: f32) -> Line {
    arc(x, y, radius, 0.0, std::f32::consts::TAU)
}

fn arc(x: f32, y: f32, radius: f32, from: f32, to: f32) -> Line {
    (0..=14u8)
        .map(|step| {
            let angle = from + (to - from) * f32::from(step) / 14.0;
            pos2(x + radius * angle.cos(), y + radius * angle.sin())
        })
        .collect()
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Line {
    line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
}

/// The side of the box in which a frame's icon is drawn.
pub(super) const GROUP_SIZE: f32 = 11.0;

/// The strokes of a frame's icon: a badge, a globe, a building, a net, heads; none for a plain frame.
pub(super) fn of_group(kind: GroupKind) -> Vec<Line> {
    match kind {
        GroupKind::Frame => Vec::new(),
        GroupKind::Account => vec![
            rect(0.5, 1.5, 10.5, 9.5),
            circle(3.5, 4.4, 1.2),
            arc(3.5, 8.0, 1.9, PI, 2.0 * PI),
            line(&[(7.0, 4.4), (8.9, 4.4)]),
            line(&[(7.0, 6.8), (8.9, 6.8)]),
        ],
        GroupKind::Region => {
            vec![circle(5.5, 5.5, 5.0), squashed(5.5, 5.5, 2.2, 5.0, 0.0, 2.0 * PI), line(&[(0.5, 5.5), (10.5, 5.5)])]
        }
        GroupKind::Zone => vec![
            rect(1.5, 0.5, 9.5, 10.5),
            line(&[(4.0, 3.0), (4.0, 4.5)]),
            line(&[(7.0, 3.0), (7.0, 4.5)]),
            line(&[(4.3, 10.5), (4.3, 7.5), (6.7, 7.5), (6.7, 10.5)]),
        ],
        GroupKind::Network => vec![
            rect(4.0, 0.5, 7.0, 3.5),
            rect(0.5, 7.5, 3.5, 10.5),
            rect(7.5, 7.5, 10.5, 10.5),
            line(&[(5.5, 3.5), (5.5, 5.5)]),
            line(&[(2.0, 7.5), (2.0, 5.5), (9.0, 5.5), (9.0, 7.5)]),
        ],
        GroupKind::Consumers => vec![
            circle(3.5, 3.2, 1.8),
            arc(3.5, 10.0, 3.2, PI, 2.0 * PI),
            circle(8.2, 4.2, 1.5),
            arc(8.4, 10.0, 2.3, -0.5 * PI, 0.0),
        ],
    }
}

const PI: f32 = std::f32::consts::PI;

/// The strokes of a kind's icon.
#[expect(clippy::too_many_lines, reason = "a table of drawings")]
pub(super) fn strokes(kind: NodeKind) -> Vec<Line> {
    match kind {
        NodeKind::Producer => {
            vec![
                line(&[(8.0, 2.0), (2.0, 2.0), (2.0, 12.0), (8.0, 12.0)]),
                line(&[(6.0, 7.0), (13.0, 7.0)]),
                line(&[(10.0, 4.0), (13.0, 7.0), (10.0, 10.0)]),
            ]
        }
        NodeKind::Consumer => {
            vec![
                line(&[(7.0, 2.0), (12.5, 2.0), (12.5, 12.0), (7.0, 12.0)]),
                line(&[(1.0, 7.0), (8.5, 7.0)]),
                line(&[(5.5, 4.0), (8.5, 7.0), (5.5, 10.0)]),
            ]
        }
        NodeKind::Broker | NodeKind::Service => vec![
            rect(1.5, 2.0, 12.5, 6.5),
            rect(1.5, 7.5, 12.5, 12.0),
            line(&[(4.0, 4.2), (4.6, 4.2)]),
            line(&[(4.0, 9.8), (4.6, 9.8)]),
        ],
        NodeKind::Topic | NodeKind::Log => [3.0, 7.0, 11.0]
            .map(|y| line(&[(1.5, y), (12.5, y)]))
            .into_iter()
            .chain([line(&[(1.5, 3.0), (1.5, 11.0)])])
            .collect(),
        NodeKind::Partition | NodeKind::Shard => {
            vec![rect(1.5, 4.0, 12.5, 10.0), line(&[(5.2, 4.0), (5.2, 10.0)]), line(&[(8.8, 4.0), (8.8, 10.0)])]
        }
        NodeKind::Replica => {
            vec![rect(1.5, 4.5, 9.5, 12.5), line(&[(4.5, 4.5), (4.5, 1.5), (12.5, 1.5), (12.5, 9.5), (9.5, 9.5)])]
        }
        NodeKind::Controller => {
            vec![line(&[
                (1.5, 11.5),
                (1.5, 4.0),
                (4.5, 7.0),
                (7.0, 2.5),
                (9.5, 7.0),
                (12.5, 4.0),
                (12.5, 11.5),
                (1.5, 11.5),
            ])]
        }
        NodeKind::Client | NodeKind::User => vec![circle(7.0, 4.6, 2.7), arc(7.0, 13.0, 5.0, PI, 2.0 * PI)],
        NodeKind::Gateway => vec![
            line(&[(7.0, 1.5), (7.0, 12.5)]),
            line(&[(1.5, 4.5), (5.0, 7.0), (1.5, 9.5)]),
            line(&[(9.0, 7.0), (12.5, 7.0)]),
        ],
        NodeKind::Database => vec![
            squashed(7.0, 3.3, 5.0, 1.9, 0.0, 2.0 * PI),
            line(&[(2.0, 3.3), (2.0, 10.8)]),
            line(&[(12.0, 3.3), (12.0, 10.8)]),
            squashed(7.0, 10.8, 5.0, 1.9, 0.0, PI),
            squashed(7.0, 7.0, 5.0, 1.9, 0.0, PI),
        ],
        NodeKind::Cache => {
            vec![line(&[(8.0, 1.0), (3.0, 8.0), (7.0, 8.0), (6.0, 13.0), (11.0, 6.0), (7.0, 6.0), (8.0, 1.0)])]
        }
        NodeKind::Queue => vec![
            line(&[(13.0, 3.5), (1.5, 3.5), (1.5, 10.5), (13.0, 10.5)]),
            line(&[(4.8, 5.5), (4.8, 8.5)]),
            line(&[(7.8, 5.5), (7.8, 8.5)]),
            line(&[(10.8, 5.5), (10.8, 8.5)]),
        ],
        NodeKind::Exchange => vec![
            line(&[(1.5, 4.0), (12.0, 4.0)]),
            line(&[(9.5, 1.5), (12.0, 4.0), (9.5, 6.5)]),
            line(&[(12.5, 10.0), (2.0, 10.0)]),
            line(&[(4.5, 7.5), (2.0, 10.0), (4.5, 12.5)]),
        ],
        NodeKind::Stream => vec![wave(4.5), wave(9.5)],
        NodeKind::Function => {
            vec![line(&[(3.0, 2.0), (5.0, 2.0), (10.0, 12.0), (12.0, 12.0)]), line(&[(7.0, 6.0), (3.0, 12.0)])]
        }
        NodeKind::Bucket => vec![
            squashed(7.0, 3.2, 5.3, 1.7, 0.0, 2.0 * PI),
            line(&[(1.7, 3.2), (3.4, 12.2), (10.6, 12.2), (12.3, 3.2)]),
        ],
        NodeKind::Table => {
            vec![rect(1.5, 2.0, 12.5, 12.0), line(&[(1.5, 5.5), (12.5, 5.5)]), line(&[(5.5, 2.0), (5.5, 12.0)])]
        }
        NodeKind::Sentinel => vec![squashed(7.0, 7.0, 5.8, 3.8, 0.0, 2.0 * PI), circle(7.0, 7.0, 1.7)],
        NodeKind::Lock => vec![rect(2.5, 6.0, 11.5, 12.5), arc(7.0, 6.0, 3.0, PI, 2.0 * PI)],
        NodeKind::ThreadPool => [2.5, 7.0, 11.5].map(|x| line(&[(x, 2.0), (x, 12.0)])).into_iter().collect(),
        NodeKind::EventLoop => vec![arc(7.0, 7.0, 5.0, -0.3, 1.6 * PI), line(&[(9.6, 1.0), (9.2, 3.2), (6.8, 2.8)])],
        NodeKind::Scheduler | NodeKind::Clock => {
            vec![circle(7.0, 7.0, 5.6), line(&[(7.0, 3.6), (7.0, 7.0), (9.6, 8.4)])]
        }
        NodeKind::Registry => {
            vec![rect(2.5, 1.5, 11.5, 12.5), line(&[(5.0, 4.5), (9.0, 4.5)]), line(&[(5.0, 7.0), (9.0, 7.0)])]
        }
        NodeKind::Connector => vec![circle(3.6, 7.0, 2.3), circle(10.4, 7.0, 2.3), line(&[(5.9, 7.0), (8.1, 7.0)])],
        NodeKind::Metric => vec![line(&[(1.5, 10.5), (4.5, 6.0), (7.5, 9.0), (12.5, 2.5)])],
        NodeKind::Alarm => vec![
            line(&[
                (2.0, 10.5),
                (3.5, 8.5),
                (3.5, 6.0),
                (5.0, 3.2),
                (7.0, 2.2),
                (9.0, 3.2),
                (10.5, 6.0),
                (10.5, 8.5),
                (12.0, 10.5),
                (2.0, 10.5),
            ]),
            line(&[(5.8, 12.3), (8.2, 12.3)]),
        ],
        NodeKind::Trace => {
            vec![line(&[(1.5, 3.0), (11.0, 3.0)]), line(&[(3.5, 7.0), (12.5, 7.0)]), line(&[(5.0, 11.0), (8.5, 11.0)])]
        }
        NodeKind::File => vec![
            line(&[(3.0, 1.5), (8.5, 1.5), (11.5, 4.5), (11.5, 12.5), (3.0, 12.5), (3.0, 1.5)]),
            line(&[(8.5, 1.5), (8.5, 4.5), (11.5, 4.5)]),
        ],
        NodeKind::Note => Vec::new(),
    }
}

fn squashed(x: f32, y: f32, wide: f32, high: f32, from: f32, to: f32) -> Line {
    arc(0.0, 0.0, 1.0, from, to).into_iter().map(|point| pos2(x + point.x * wide, y + point.y * high)).collect()
}

fn wave(y: f32) -> Line {
    (0..=12u8)
        .map(|step| {
            let t = f32::from(step) / 12.0;
            pos2(1.5 + 11.0 * t, y + 1.8 * (t * 2.0 * PI).sin())
        })
        .collect()
}
