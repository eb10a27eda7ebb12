//! Lines for the edges: right-angled, round every node, with few bends and crossings. A search over a sparse grid of the
//! lines that matter: the nodes' ports and the lanes between columns and rows (A*, with costs for bends and sharing).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use emath::{Pos2, Rect, pos2};

use super::layout::PlacedNode;
use super::model::{EdgeKind, Scene};
use super::moment::Moment;

/// Clear space that a line keeps from nodes it does not end at.
const CLEAR: f32 = 6.0;
/// Distance of parallel lanes and of neighbouring ports.
const LANE: f32 = 11.0;
const BEND: f32 = 38.0;
const CROSSING: f32 = 70.0;
const SHARING: f32 = 400.0;
/// A port beside the middle of its side is a little worse.
const OFF_MIDDLE: f32 = 9.0;
/// A line that runs this near a node's side costs more, so that arrow heads have room.
const NEAR_NODE: f32 = 14.0;
/// A line this near a frame's side is taken for the frame.
const NEAR_FRAME: f32 = 8.0;
/// The steps that an author's scene has at least; a lab's stage has one.
const LEAST_STEPS: usize = 3;
/// What each point of such a stretch costs on top.
const ALONG_NODE: f32 = 0.8;
const ALONG_FRAME: f32 = 3.0;

/// Routes every edge, off the places of the frames' names; the channels are the middles of the gaps between columns and rows.
pub(super) fn route(
    scene: &Scene,
    nodes: &[PlacedNode],
    groups: &[Rect],
    names: &[Rect],
    channels: &(Vec<f32>, Vec<f32>),
) -> Vec<Vec<Pos2>> {
    let mut lines = vec![Vec::new(); scene.edges.len()];
    let index_of = |id: &str| scene.nodes.iter().position(|node| node.id == id);
    // Straight neighbours first, background traffic last: what matters gets the clearest way.
    let mut order: Vec<usize> = (0..scene.edges.len()).collect();
    let length = |edge: usize| -> u32 {
        let Some(edge) = scene.edges.get(edge) else { return 0 };
        let (Some(from), Some(to)) = (scene.node(&edge.from), scene.node(&edge.to)) else { return 0 };
        let apart = u32::from(from.at.0.abs_diff(to.at.0)) + u32::from(from.at.1.abs_diff(to.at.1));
        let bent = u32::from(from.at.0 != to.at.0 && from.at.1 != to.at.1);
        apart + bent * 3 + u32::from(edge.kind != EdgeKind::Flow) * 2
    };
    order.sort_by_key(|edge| (length(*edge), *edge));
    let mut done: Vec<Vec<Pos2>> = Vec::new();
    let moments = Moment::all(scene);
    for edge in order {
        let Some((from, to)) =
            scene.edges.get(edge).and_then(|edge| Some((index_of(&edge.from)?, index_of(&edge.to)?)))
        else {
            continue;
        };
        if from == to {
            continue;
        }
        let in_the_way: Vec<bool> = (0..nodes.len()).map(|node| are_seen_together(&moments, edge, node)).collect();
        let line = Search::new((nodes, in_the_way), (groups, names), channels, from, to, &done).run();
        done.push(line.clone());
        if let Some(slot) = lines.get_mut(edge) {
            *slot = line;
        }
    }
    lines
}

/// Whether a node and an edge are ever in the picture at once; a line goes straight through the place of one that is not.
/// Only a story tells all that it shows: a lab or a sketch may show anything beside anything.
pub(super) fn are_seen_together(moments: &[Moment], edge: usize, node: usize) -> bool {
    let is_story = moments.len() >= LEAST_STEPS;
    !is_story
        || moments.iter().any(|moment| {
            let shown = moment.edges.get(edge).is_some_and(|edge| !edge.hidden);
            shown && moment.nodes.get(node).is_some_and(|node| !node.hidden)
        })
}

/// How many points of a line lie on the sides of a frame, or so near that the two are taken for one.
pub(super) fn along_frame(points: &[Pos2], frame: Rect) -> f32 {
    points.windows(2).map(|pair| segment_along(pair[0], pair[1], frame)).sum()
}

fn segment_along(a: Pos2, b: Pos2, frame: Rect) -> f32 {
    let shared = |from: f32, to: f32, start: f32, end: f32| (from.max(to).min(end) - from.min(to).max(start)).max(0.0);
    let is_near = |at: f32, sides: [f32; 2]| sides.into_iter().any(|side| (at - side).abs() < NEAR_FRAME);
    if (a.y - b.y).abs() < 0.01 {
        let near = is_near(a.y, [frame.top(), frame.bottom()]);
        if near { shared(a.x, b.x, frame.left(), frame.right()) } else { 0.0 }
    } else if is_near(a.x, [frame.left(), frame.right()]) {
        shared(a.y, b.y, frame.top(), frame.bottom())
    } else {
        0.0
    }
}

/// Whether a line touches the inside of a rectangle.
pub(super) fn hits(points: &[Pos2], rect: Rect) -> bool {
    points.windows(2).any(|pair| segment_hits(pair[0], pair[1], rect))
}

fn segment_hits(a: Pos2, b: Pos2, rect: Rect) -> bool {
    let segment = Rect::from_two_pos(a, b);
    segment.min.x < rect.max.x && segment.max.x > rect.min.x && segment.min.y < rect.max.y && segment.max.y > rect.min.y
}

/// A place where a line may leave a node.
#[derive(Clone, Copy)]
struct Port {
    at: Pos2,
    horizontal: bool,
    cost: f32,
}

/// The ports of a node, some of them straight across from the node at the other end.
fn ports(rect: Rect, across: Rect) -> Vec<Port> {
    let mut out = Vec::new();
    let center = rect.center();
    let middle = [0.0, -LANE, LANE, -2.0 * LANE, 2.0 * LANE];
    let price = |offset: f32| if offset == 0.0 { 0.0 } else { OFF_MIDDLE + (offset.abs() / LANE - 1.0) * 7.0 };
    let offsets = |to: f32| {
        let straight = [0.0, -LANE, LANE].map(|beside| (to + beside, OFF_MIDDLE + price(beside)));
        let elsewhere =
            straight.into_iter().filter(|(offset, _)| middle.iter().all(|port| (port - offset).abs() > 0.5));
        middle.map(|offset| (offset, price(offset))).into_iter().chain(elsewhere).collect::<Vec<_>>()
    };
    for (offset, cost) in offsets(across.center().x - center.x) {
        if rect.width() / 2.0 > offset.abs() + 8.0 {
            out.push(Port { at: pos2(center.x + offset, rect.top()), horizontal: false, cost });
            out.push(Port { at: pos2(center.x + offset, rect.bottom()), horizontal: false, cost });
        }
    }
    for (offset, cost) in offsets(across.center().y - center.y) {
        if rect.height() / 2.0 > offset.abs() + 6.0 {
            out.push(Port { at: pos2(rect.left(), center.y + offset), horizontal: true, cost });
            out.push(Port { at: pos2(rect.right(), center.y + offset), horizontal: true, cost });
        }
    }
    out
}

struct Search<'a> {
    nodes: &'a [PlacedNode],
    /// Which of the nodes a line has to go round.
    in_the_way: Vec<bool>,
    groups: &'a [Rect],
    labels: &'a [Rect],
    from: usize,
    to: usize,
    done: &'a [Vec<Pos2>],
    /// The stretches of the lines that are done, with what each covers.
    stretches: Vec<(Pos2, Pos2, Rect)>,
    xs: Vec<f32>,
    ys: Vec<f32>,
    starts: Vec<Port>,
    ends: Vec<Port>,
}

/// Column and row of the sparse grid, and whether the line arrived there horizontally.
type State = (usize, usize, bool);

impl<'a> Search<'a> {
    fn new(
        (nodes, in_the_way): (&'a [PlacedNode], Vec<bool>),
        (groups, labels): (&'a [Rect], &'a [Rect]),
        channels: &(Vec<f32>, Vec<f32>),
        from: usize,
        to: usize,
        done: &'a [Vec<Pos2>],
    ) -> Self {
        let rect = |index: usize| nodes.get(index).map_or(Rect::ZERO, |node| node.rect);
        let (starts, ends) = (ports(rect(from), rect(to)), ports(rect(to), rect(from)));
        let lanes = |middles: &[f32]| -> Vec<f32> {
            middles.iter().flat_map(|middle| [-LANE, 0.0, LANE].map(|offset| middle + offset)).collect()
        };
        let (mut xs, mut ys) = (lanes(&channels.0), lanes(&channels.1));
        for port in starts.iter().chain(&ends) {
            xs.push(port.at.x);
            ys.push(port.at.y);
        }
        for line in [&mut xs, &mut ys] {
            line.sort_by(f32::total_cmp);
            line.dedup_by(|a, b| (*a - *b).abs() < 0.01);
        }
        let stretches = done.iter().flat_map(|line| line.windows(2));
        let stretches = stretches.map(|pair| (pair[0], pair[1], Rect::from_two_pos(pair[0], pair[1]))).collect();
        Self { nodes, in_the_way, groups, labels, from, to, done, stretches, xs, ys, starts, ends }
    }

    fn run(&self) -> Vec<Pos2> {
        let size = self.xs.len() * self.ys.len() * 2;
        let index = |(x, y, horizontal): State| (y * self.xs.len() + x) * 2 + usize::from(horizontal);
        let mut best = vec![f32::INFINITY; size];
        let mut before: Vec<Option<State>> = vec![None; size];
        let mut heap = BinaryHeap::new();
        for port in &self.starts {
            let Some(state) = self.state(port) else { continue };
            if self.is_taken(port.at) {
                continue;
            }
            if let Some(slot) = best.get_mut(index(state)).filter(|slot| port.cost < **slot) {
                *slot = port.cost;
                heap.push(Reverse((Cost(port.cost + self.at_least(state)), Cost(port.cost), state)));
            }
        }
        let free_ends = self.ends.iter().filter(|port| !self.is_taken(port.at));
        let goals: Vec<(State, f32)> = free_ends.filter_map(|port| Some((self.state(port)?, port.cost))).collect();
        let goal = |state: State| {
            let here = goals.iter().filter(|(end, _)| *end == state).map(|(_, cost)| *cost);
            here.min_by(f32::total_cmp)
        };
        let mut found: Option<(f32, State)> = None;
        while let Some(Reverse((Cost(whole), Cost(cost), state))) = heap.pop() {
            if best.get(index(state)).is_none_or(|known| cost > *known) {
                continue;
            }
            if found.is_some_and(|(total, _)| whole >= total) {
                break;
            }
            if let Some(extra) = goal(state)
                && found.is_none_or(|(total, _)| cost + extra < total)
            {
                found = Some((cost + extra, state));
            }
            for next in self.neighbours(state) {
                let Some(slot) = best.get_mut(index(next)) else { continue };
                // What a step costs at the least, before the dear part of asking what it meets.
                if cost + self.point(state).distance(self.point(next)) >= *slot {
                    continue;
                }
                let step = self.cost(state, next);
                if step.is_finite() && cost + step < *slot {
                    *slot = cost + step;
                    if let Some(link) = before.get_mut(index(next)) {
                        *link = Some(state);
                    }
                    heap.push(Reverse((Cost(cost + step + self.at_least(next)), Cost(cost + step), next)));
                }
            }
        }
        let Some((_, mut state)) = found else { return self.straight() };
        let mut points = vec![self.point(state)];
        while let Some(previous) = before.get(index(state)).copied().flatten() {
            points.push(self.point(previous));
            state = previous;
        }
        points.reverse();
        simplified(points)
    }

    /// When there is no way: a line from middle to middle, which the check reports.
    fn straight(&self) -> Vec<Pos2> {
        let center = |index: usize| self.nodes.get(index).map_or(Pos2::ZERO, |node| node.rect.center());
        vec![center(self.from), center(self.to)]
    }

    /// What the rest of the way costs at the least: the distance to the node it leads to.
    fn at_least(&self, state: State) -> f32 {
        let (at, to) = (self.point(state), self.nodes.get(self.to).map_or(Rect::ZERO, |node| node.rect));
        (to.left() - at.x).max(at.x - to.right()).max(0.0) + (to.top() - at.y).max(at.y - to.bottom()).max(0.0)
    }

    fn state(&self, port: &Port) -> Option<State> {
        let find = |line: &[f32], value: f32| line.iter().position(|at| (at - value).abs() < 0.02);
        Some((find(&self.xs, port.at.x)?, find(&self.ys, port.at.y)?, port.horizontal))
    }

    fn point(&self, (x, y, _): State) -> Pos2 {
        pos2(self.xs.get(x).copied().unwrap_or_default(), self.ys.get(y).copied().unwrap_or_default())
    }

    /// Whether another line already ends there.
    fn is_taken(&self, at: Pos2) -> bool {
        let ends = self.done.iter().flat_map(|line| [line.first(), line.last()]).flatten();
        ends.copied().any(|end| end.distance(at) < LANE - 2.0)
    }

    fn neighbours(&self, (x, y, _): State) -> impl Iterator<Item = State> {
        let left = x.checked_sub(1).map(|x| (x, y, true));
        let right = (x + 1 < self.xs.len()).then_some((x + 1, y, true));
        let up = y.checked_sub(1).map(|y| (x, y, false));
        let down = (y + 1 < self.ys.len()).then_some((x, y + 1, false));
        [left, right, up, down].into_iter().flatten()
    }

    fn cost(&self, from: State, to: State) -> f32 {
        let (a, b) = (self.point(from), self.point(to));
        for (index, node) in self.obstacles() {
            let ends_here = index == self.from || index == self.to;
            let rect = if ends_here { node.rect.shrink(0.5) } else { node.rect.expand(CLEAR) };
            if segment_hits(a, b, rect) {
                return f32::INFINITY;
            }
        }
        if self.labels.iter().any(|label| segment_hits(a, b, *label)) {
            return f32::INFINITY;
        }
        // A line may not run along the side of the node it leaves.
        for index in [self.from, self.to] {
            let Some(node) = self.nodes.get(index) else { continue };
            let near = node.rect.expand(0.6);
            if near.contains(a) && near.contains(b) {
                return f32::INFINITY;
            }
            if segment_hits(a, b, node.rect.expand(CLEAR - 1.0)) && !self.leaves(node.rect, a, b) {
                return f32::INFINITY;
            }
        }
        let mut cost = a.distance(b);
        // The port says in which direction the line leaves; any other first step is a bend.
        if from.2 != to.2 {
            cost += BEND;
        }
        let segment = Rect::from_two_pos(a, b);
        for (_, node) in self.obstacles().filter(|(_, node)| !self.leaves(node.rect, a, b)) {
            let beside = node.rect.expand(NEAR_NODE).intersect(segment);
            cost += if beside.is_negative() { 0.0 } else { (beside.width() + beside.height()) * ALONG_NODE };
        }
        cost += self.groups.iter().map(|frame| segment_along(a, b, *frame)).sum::<f32>() * ALONG_FRAME;
        let near = segment.expand(LANE);
        for (c, d, _) in self.stretches.iter().filter(|(.., stretch)| near.intersects(*stretch)) {
            cost += meeting(a, b, *c, *d);
        }
        cost
    }

    fn obstacles(&self) -> impl Iterator<Item = (usize, &PlacedNode)> {
        self.nodes.iter().enumerate().filter(|(index, _)| self.in_the_way.get(*index).copied().unwrap_or(true))
    }

    /// Whether a segment near a node stands at right angles on one of its sides.
    #[expect(clippy::unused_self, reason = "reads beside its callers")]
    fn leaves(&self, rect: Rect, a: Pos2, b: Pos2) -> bool {
        let horizontal = (a.y - b.y).abs() < 0.01;
        if horizontal { a.y > rect.top() && a.y < rect.bottom() } else { a.x > rect.left() && a.x < rect.right() }
    }
}

/// What it costs that two segments cross or run on one another.
fn meeting(a: Pos2, b: Pos2, c: Pos2, d: Pos2) -> f32 {
    let (first, second) = (Rect::from_two_pos(a, b), Rect::from_two_pos(c, d));
    let (first_horizontal, second_horizontal) = ((a.y - b.y).abs() < 0.01, (c.y - d.y).abs() < 0.01);
    if first_horizontal == second_horizontal {
        let (gap, overlap) = if first_horizontal {
            ((a.y - c.y).abs(), first.max.x.min(second.max.x) - first.min.x.max(second.min.x))
        } else {
            ((a.x - c.x).abs(), first.max.y.min(second.max.y) - first.min.y.max(second.min.y))
        };
        return if gap < LANE - 3.0 && overlap > 0.0 { SHARING + overlap } else { 0.0 };
    }
    let grown = first.expand(0.01);
    let crosses = grown.min.x < second.max.x && grown.max.x > second.min.x || second.width() < 0.01;
    let crosses = crosses
        && grown.min.x <= second.max.x
        && grown.max.x >= second.min.x
        && grown.min.y <= second.max.y
        && grown.max.y >= second.min.y;
    // Both halves of a step grid touch a crossing; each pays its share.
    if crosses { CROSSING / 2.0 } else { 0.0 }
}

/// Leaves out the points on a straight way.
fn simplified(points: Vec<Pos2>) -> Vec<Pos2> {
    let mut out: Vec<Pos2> = Vec::new();
    for point in points {
        if let [.., a, b] = out.as_slice() {
            let straight_x = (a.x - b.x).abs() < 0.01 && (b.x - point.x).abs() < 0.01;
            let straight_y = (a.y - b.y).abs() < 0.01 && (b.y - point.y).abs() < 0.01;
            if straight_x || straight_y {
                out.pop();
            }
        }
        out.push(point);
    }
    out
}

/// Whether two right-angled lines cross: a horizontal stretch of one through a vertical stretch of the other.
pub(super) fn cross(a: &[Pos2], b: &[Pos2]) -> bool {
    let stretches = |line: &[Pos2]| line.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
    let inside = |value: f32, from: f32, to: f32| value > from.min(to) + 0.5 && value < from.max(to) - 0.5;
    let through = |(from, to): (Pos2, Pos2), (start, end): (Pos2, Pos2)| {
        let (horizontal, vertical) = ((from.y - to.y).abs() < 0.01, (start.x - end.x).abs() < 0.01);
        horizontal && vertical && inside(start.x, from.x, to.x) && inside(from.y, start.y, end.y)
    };
    stretches(a).iter().any(|one| stretches(b).iter().any(|other| through(*one, *other) || through(*other, *one)))
}

/// A cost that can be ordered.
#[derive(Clone, Copy, PartialEq)]
struct Cost(f32);

impl Eq for Cost {}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
