//! From the author's coarse grid to places: nodes sized by their widest content of any step, columns and rows by their
//! nodes, gaps by the labels that must fit in them. Deterministic; nothing moves from step to step.

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::frames;
use super::labels;
use super::model::{NodeKind, Scene};
use super::moment::Moment;
use super::route;
use super::shape::TextStyle;
use super::sketch;

/// A scene with everything in its place, in points at a scale of one; the origin is the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub size: Vec2,
    /// In the order of the scene's nodes.
    pub nodes: Vec<PlacedNode>,
    /// In the order of the scene's groups.
    pub groups: Vec<Rect>,
    /// In the order of the scene's edges.
    pub edges: Vec<PlacedEdge>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    pub rect: Rect,
    /// Room is kept for each of these when any step needs it.
    pub rows: Rows,
}

/// What a node must have room for, over all steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each row is there or not, whatever the others")]
pub struct Rows {
    pub note: bool,
    pub state: bool,
    /// The badge comes and goes, on this node or on one of its kind: it stands last, so that it leaves no hole.
    pub state_last: bool,
    pub level: bool,
    pub marker: bool,
    pub spark: bool,
    /// The most bars, and the width of their names.
    pub bars: usize,
    pub bar_name: f32,
    /// The most cells, and the width of one.
    pub cells: usize,
    pub cell_width: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    /// Right-angled, from the side of one node to the side of the other; empty when an end does not exist.
    pub points: Vec<Pos2>,
    /// Where its label stands, and the label's lines at their widest.
    pub label: Option<Rect>,
}

/// What is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// The id that it is about.
    pub id: String,
    pub found: String,
}

pub const PAD: f32 = 11.0;
pub const LABEL_ROW: f32 = 19.0;
pub const NOTE_ROW: f32 = 15.0;
pub const STATE_ROW: f32 = 21.0;
pub const LEVEL_ROW: f32 = 14.0;
pub const MARKER_ROW: f32 = 13.0;
pub const CELL_ROW: f32 = 22.0;
pub const SPARK_ROW: f32 = 34.0;
pub const BAR_ROW: f32 = 14.0;
pub const AXIS_ROW: f32 = 17.0;
/// The least width of a chart, and of the bars beside their names.
const CHART_WIDTH: f32 = 96.0;
pub const ICON: f32 = 14.0;
pub const ICON_GAP: f32 = 7.0;
/// A cell of the canvas that a reader draws on, its share of the gaps included.
pub const CANVAS_CELL: Vec2 = vec2(156.0, 86.0);
const COLUMN_GAP: f32 = 36.0;
const ROW_GAP: f32 = 32.0;
const MARGIN: f32 = 12.0;
pub(super) const GROUP_SIDE: f32 = 13.0;
pub(super) const GROUP_TOP: f32 = 30.0;
const LEAST_WIDTH: f32 = 78.0;
/// As many points of a line on a frame's side, and the one is taken for the other.
const MISTAKEN: f32 = 16.0;

type Measure<'a> = &'a dyn Fn(&str, TextStyle) -> f32;

impl Placed {
    /// Lays a scene out; `measure` gives the width of a line of text.
    pub fn of(scene: &Scene, measure: Measure<'_>) -> Self {
        let (sizes, label_sizes) = sizes_of(scene, measure);
        let mut placed = Self::on(scene, &Grid::of(scene, &sizes, &label_sizes), &sizes, &label_sizes, measure);
        placed.normalise();
        placed
    }

    /// Lays a reader's sketch out on a canvas whose cells stand where they stand, so that a pointer finds them.
    pub fn on_canvas(scene: &Scene, measure: Measure<'_>) -> Self {
        let (sizes, label_sizes) = sizes_of(scene, measure);
        let track = |count: u8, size: f32| (0..count).map(|n| (f32::from(n) * size, f32::from(n + 1) * size)).collect();
        let grid = Grid { columns: track(sketch::COLUMNS, CANVAS_CELL.x), rows: track(sketch::ROWS, CANVAS_CELL.y) };
        let mut placed = Self::on(scene, &grid, &sizes, &label_sizes, measure);
        placed.size = vec2(CANVAS_CELL.x * f32::from(sketch::COLUMNS), CANVAS_CELL.y * f32::from(sketch::ROWS));
        placed
    }

    fn on(scene: &Scene, grid: &Grid, sizes: &[(Vec2, Rows)], label_sizes: &[Vec2], measure: Measure<'_>) -> Self {
        let nodes: Vec<PlacedNode> = scene
            .nodes
            .iter()
            .zip(sizes)
            .map(|(node, (size, rows))| {
                let cell = grid.cell(node.at, node.span);
                let width = if node.span.0 > 1 { cell.width() } else { size.x };
                let height = if node.span.1 > 1 { cell.height() } else { size.y };
                PlacedNode { rect: Rect::from_center_size(cell.center(), vec2(width, height)), rows: *rows }
            })
            .collect();
        let groups = frames::of(scene, &nodes);
        let names = frames::names(scene, &groups, measure);
        let lines = route::route(scene, &nodes, &groups, &names, &grid.channels());
        let label_rects = labels::place(&nodes, &groups, &names, &lines, label_sizes);
        let edges: Vec<PlacedEdge> =
            lines.into_iter().zip(label_rects).map(|(points, label)| PlacedEdge { points, label }).collect();
        Self { size: Vec2::ZERO, nodes, groups, edges }
    }

    /// Moves everything so that it begins at the margin, and takes the size.
    fn normalise(&mut self) {
        let mut bounds = Rect::NOTHING;
        for rect in self.nodes.iter().map(|node| node.rect).chain(self.groups.iter().copied()) {
            bounds = bounds.union(rect);
        }
        for edge in &self.edges {
            edge.points.iter().for_each(|point| bounds.extend_with(*point));
            bounds = edge.label.map_or(bounds, |label| bounds.union(label));
        }
        if !bounds.is_positive() {
            return;
        }
        let shift = vec2(MARGIN, MARGIN) - bounds.min.to_vec2();
        for node in &mut self.nodes {
            node.rect = node.rect.translate(shift);
        }
        for group in &mut self.groups {
            *group = group.translate(shift);
        }
        for edge in &mut self.edges {
            edge.points.iter_mut().for_each(|point| *point += shift);
            edge.label = edge.label.map(|label| label.translate(shift));
        }
        self.size = bounds.size() + 2.0 * vec2(MARGIN, MARGIN);
    }

    /// Pairs of edges that cross, of which no end is the same node. Edges that are never seen together do not count.
    pub fn crossings(&self, scene: &Scene) -> Vec<(String, String)> {
        let moments = Moment::all(scene);
        let seen_together = |a: usize, b: usize| {
            let shown = |moment: &Moment, edge: usize| moment.edges.get(edge).is_some_and(|now| !now.hidden);
            moments.iter().any(|moment| shown(moment, a) && shown(moment, b))
        };
        let mut out = Vec::new();
        let edges: Vec<_> = scene.edges.iter().zip(&self.edges).enumerate().collect();
        for (a, (first, first_placed)) in &edges {
            for (b, (second, second_placed)) in edges.iter().skip(a + 1) {
                let apart = [&first.from, &first.to].iter().all(|end| **end != second.from && **end != second.to);
                if apart && route::cross(&first_placed.points, &second_placed.points) && seen_together(*a, *b) {
                    out.push((first.id.clone(), second.id.clone()));
                }
            }
        }
        out
    }

    /// What a reader would stumble over: things that overlap or cross.
    pub fn defects(&self, scene: &Scene) -> Vec<Defect> {
        let mut out = Vec::new();
        let moments = Moment::all(scene);
        let mut report = |id: &str, found: String| out.push(Defect { id: id.to_owned(), found });
        for (index, (node, placed)) in scene.nodes.iter().zip(&self.nodes).enumerate() {
            for (other, other_placed) in scene.nodes.iter().zip(&self.nodes).skip(index + 1) {
                if placed.rect.shrink(0.5).intersects(other_placed.rect) {
                    report(&node.id, format!("the node over the node `{}`", other.id));
                }
            }
        }
        for (index, (edge, placed)) in scene.edges.iter().zip(&self.edges).enumerate() {
            for (node_index, (node, at)) in scene.nodes.iter().zip(&self.nodes).enumerate() {
                if !route::are_seen_together(&moments, index, node_index) {
                    continue;
                }
                if node.id != edge.from && node.id != edge.to && route::hits(&placed.points, at.rect.shrink(1.0)) {
                    report(&edge.id, format!("the edge through the node `{}`", node.id));
                }
                if placed.label.is_some_and(|label| label.shrink(1.0).intersects(at.rect)) {
                    report(&edge.id, format!("the edge's label over the node `{}`", node.id));
                }
            }
            for (other, other_placed) in scene.edges.iter().zip(&self.edges).skip(index + 1) {
                if let (Some(a), Some(b)) = (placed.label, other_placed.label)
                    && a.shrink(1.0).intersects(b.shrink(1.0))
                {
                    report(&edge.id, format!("the edge's label over that of `{}`", other.id));
                }
            }
            for (other_index, (other, other_placed)) in scene.edges.iter().zip(&self.edges).enumerate() {
                if other_index != index
                    && placed.label.is_some_and(|label| route::hits(&other_placed.points, label.shrink(1.5)))
                {
                    report(&edge.id, format!("the edge's label over the edge `{}`", other.id));
                }
            }
        }
        for (group, rect) in scene.groups.iter().zip(&self.groups) {
            for (edge, placed) in scene.edges.iter().zip(&self.edges) {
                if route::along_frame(&placed.points, *rect) > MISTAKEN {
                    report(&edge.id, format!("the edge along a side of the frame `{}`", group.id));
                }
            }
            for (node, placed) in scene.nodes.iter().zip(&self.nodes) {
                if !group.around.contains(&node.id) && rect.intersects(placed.rect) {
                    report(&group.id, format!("the group over the node `{}`", node.id));
                }
            }
        }
        out
    }
}

/// What each node, and each edge's label, needs at its largest.
fn sizes_of(scene: &Scene, measure: Measure<'_>) -> (Vec<(Vec2, Rows)>, Vec<Vec2>) {
    let moments = Moment::all(scene);
    let nodes = (0..scene.nodes.len()).map(|node| size_of(scene, &moments, node, measure));
    let labels = (0..scene.edges.len()).map(|edge| labels::size_of(&moments, edge, measure));
    let mut nodes: Vec<(Vec2, Rows)> = nodes.collect();
    // Nodes of a kind look alike: the badge of one is where that of the other is.
    let coming: Vec<NodeKind> =
        scene.nodes.iter().zip(&nodes).filter(|(_, (_, rows))| rows.state_last).map(|(node, _)| node.kind).collect();
    for (node, (_, rows)) in scene.nodes.iter().zip(&mut nodes) {
        rows.state_last |= coming.contains(&node.kind);
    }
    (nodes, labels.collect())
}

/// The size a node needs for its widest content of any step.
fn size_of(scene: &Scene, moments: &[Moment], index: usize, measure: Measure<'_>) -> (Vec2, Rows) {
    let (mut rows, mut label, mut width) = (Rows::default(), 0.0_f32, LEAST_WIDTH);
    let states = moments.iter().filter_map(|moment| moment.nodes.get(index));
    for now in states {
        label = label.max(measure(&now.label, TextStyle::Label));
        rows.note |= !now.note.is_empty();
        rows.state |= !now.state.is_empty();
        rows.state_last |= now.state.is_empty() && !now.hidden;
        rows.level |= now.level.is_some();
        rows.marker |= now.marker.is_some();
        rows.cells = rows.cells.max(now.cells.len());
        rows.spark |= !now.spark.is_empty();
        rows.bars = rows.bars.max(now.bars.len());
        let names = now.bars.iter().map(|(name, ..)| measure(name, TextStyle::State) + 8.0);
        rows.bar_name = names.fold(rows.bar_name, f32::max);
        let widest = now.cells.iter().map(|cell| measure(cell, TextStyle::Cell)).fold(0.0, f32::max);
        rows.cell_width = rows.cell_width.max(widest + 9.0).max(19.0);
        width = width.max(measure(&now.note, TextStyle::Note) + 2.0 * PAD);
        width = width.max(measure(&now.state, TextStyle::State) + 14.0 + 2.0 * PAD);
    }
    rows.state_last &= rows.state;
    let is_text = scene.nodes.get(index).is_some_and(|node| node.kind == NodeKind::Note);
    let icon = if is_text { 0.0 } else { ICON + ICON_GAP };
    #[expect(clippy::cast_precision_loss, reason = "at most eight cells")]
    let cells = rows.cells as f32 * rows.cell_width;
    width = width.max(label + icon + 2.0 * PAD).max(if rows.cells > 0 { cells + 2.0 * PAD } else { 0.0 });
    let axis = scene.nodes.get(index).and_then(|node| node.axis.as_ref());
    if rows.spark || rows.bars > 0 || axis.is_some() {
        let ends =
            axis.map_or(0.0, |(start, end)| measure(start, TextStyle::Cell) + measure(end, TextStyle::Cell) + 12.0);
        width = width.max(rows.bar_name + CHART_WIDTH.max(ends) + 2.0 * PAD);
    }
    #[expect(clippy::cast_precision_loss, reason = "at most eight bars")]
    let mut height = 2.0 * 9.0 + LABEL_ROW + rows.bars as f32 * BAR_ROW;
    for (there, row) in [
        (rows.note, NOTE_ROW),
        (rows.state, STATE_ROW),
        (rows.level, LEVEL_ROW),
        (rows.marker, MARKER_ROW),
        (rows.cells > 0, CELL_ROW),
        (rows.spark, SPARK_ROW),
        (axis.is_some(), AXIS_ROW),
    ] {
        height += if there { row } else { 0.0 };
    }
    (vec2(width.ceil(), height.ceil()), rows)
}

/// Columns and rows with their places.
struct Grid {
    columns: Vec<(f32, f32)>,
    rows: Vec<(f32, f32)>,
}

impl Grid {
    fn of(scene: &Scene, sizes: &[(Vec2, Rows)], labels: &[Vec2]) -> Self {
        let count = |end: fn(&super::Node) -> usize| scene.nodes.iter().map(end).max().unwrap_or(1);
        let columns = count(|node| usize::from(node.at.0) + usize::from(node.span.0.max(1)));
        let rows = count(|node| usize::from(node.at.1) + usize::from(node.span.1.max(1)));
        let (mut widths, mut heights) = (vec![0.0_f32; columns], vec![0.0_f32; rows]);
        for (node, (size, _)) in scene.nodes.iter().zip(sizes) {
            spread(&mut widths, node.at.0, node.span.0, size.x, COLUMN_GAP);
            spread(&mut heights, node.at.1, node.span.1, size.y, ROW_GAP);
        }
        let (mut column_gaps, mut row_gaps) = (vec![COLUMN_GAP; columns], vec![ROW_GAP; rows]);
        // An empty column or row is only a wider gap.
        for (sizes, gaps) in [(&widths, &mut column_gaps), (&heights, &mut row_gaps)] {
            for (size, gap) in sizes.iter().zip(gaps.iter_mut()) {
                if *size == 0.0 {
                    *gap = 14.0;
                }
            }
        }
        room_for_labels(scene, labels, &mut column_gaps, &mut row_gaps, &widths);
        room_for_frames(scene, &mut column_gaps, &mut row_gaps);
        Self { columns: places(&widths, &column_gaps), rows: places(&heights, &row_gaps) }
    }

    /// The room between the first and the last of the columns and rows that a node covers.
    fn cell(&self, at: (u8, u8), span: (u8, u8)) -> Rect {
        let range = |places: &[(f32, f32)], from: u8, span: u8| {
            let last = usize::from(from) + usize::from(span.max(1)) - 1;
            let start = places.get(usize::from(from)).map_or(0.0, |place| place.0);
            (start, places.get(last).map_or(start, |place| place.1))
        };
        let ((left, right), (top, bottom)) = (range(&self.columns, at.0, span.0), range(&self.rows, at.1, span.1));
        Rect::from_min_max(pos2(left, top), pos2(right, bottom))
    }

    /// The middles of the gaps between columns, and between rows, with those outside.
    fn channels(&self) -> (Vec<f32>, Vec<f32>) {
        let middles = |places: &[(f32, f32)]| {
            let mut out: Vec<f32> = places.windows(2).map(|pair| f32::midpoint(pair[0].1, pair[1].0)).collect();
            if let (Some(first), Some(last)) = (places.first(), places.last()) {
                out.push(first.0 - 24.0);
                out.push(last.1 + 24.0);
            }
            out
        };
        (middles(&self.columns), middles(&self.rows))
    }
}

/// Makes tracks wide enough for something that covers `span` of them.
fn spread(tracks: &mut [f32], from: u8, span: u8, needed: f32, gap: f32) {
    let range = usize::from(from)..(usize::from(from) + usize::from(span.max(1))).min(tracks.len());
    let Some(covered) = tracks.get_mut(range) else { return };
    #[expect(clippy::cast_precision_loss, reason = "a few tracks")]
    let tracks_covered = covered.len().max(1) as f32;
    let have: f32 = covered.iter().sum::<f32>() + gap * (tracks_covered - 1.0);
    if needed > have {
        let more = (needed - have) / tracks_covered;
        covered.iter_mut().for_each(|track| *track += more);
    }
}

/// Widens the gap that a straight edge's label must fit into.
fn room_for_labels(scene: &Scene, labels: &[Vec2], columns: &mut [f32], rows: &mut [f32], widths: &[f32]) {
    for (edge, label) in scene.edges.iter().zip(labels) {
        if label.x == 0.0 {
            continue;
        }
        let (Some(from), Some(to)) = (scene.node(&edge.from), scene.node(&edge.to)) else { continue };
        let (left, right) = if from.at.0 <= to.at.0 { (from, to) } else { (to, from) };
        let (top, bottom) = if from.at.1 <= to.at.1 { (from, to) } else { (to, from) };
        let (gap_from, gap_to) = (usize::from(left.at.0 + left.span.0.max(1)) - 1, usize::from(right.at.0));
        if from.at.1 == to.at.1 && gap_to > gap_from {
            // Empty columns between the two lend their room.
            let between: f32 = columns.get(gap_from..gap_to).map_or(0.0, |gaps| gaps.iter().sum::<f32>())
                + widths.get(gap_from + 1..gap_to).map_or(0.0, |widths| widths.iter().sum::<f32>());
            if let Some(gap) = columns.get_mut(gap_from) {
                *gap += (label.x + 24.0 - between).max(0.0);
            }
        } else if from.at.0 == to.at.0 {
            let gap_from = usize::from(top.at.1 + top.span.1.max(1)) - 1;
            if usize::from(bottom.at.1) == gap_from + 1
                && let Some(gap) = rows.get_mut(gap_from)
            {
                *gap = gap.max(label.y + 16.0);
            }
        } else if let Some(gap) = columns.get_mut(gap_from).filter(|_| gap_to == gap_from + 1) {
            // A bent edge runs through the gap; its label stands beside it.
            *gap = gap.max(label.x * 0.6 + 26.0);
        }
    }
}

/// Adds the room that the frames' sides and names take between the nodes.
fn room_for_frames(scene: &Scene, columns: &mut [f32], rows: &mut [f32]) {
    for group in &scene.groups {
        let members = || scene.nodes.iter().filter(|node| group.around.contains(&node.id));
        let first = |of: fn(&super::Node) -> u8| members().map(of).min().map(usize::from);
        let last = |of: fn(&super::Node) -> u8| members().map(of).max().map(usize::from);
        let widen = |gaps: &mut [f32], gap: Option<usize>, by: f32| {
            if let Some(gap) = gap.and_then(|gap| gaps.get_mut(gap)) {
                *gap += by;
            }
        };
        widen(columns, first(|node| node.at.0).and_then(|column| column.checked_sub(1)), GROUP_SIDE);
        widen(columns, last(|node| node.at.0 + node.span.0.max(1) - 1), GROUP_SIDE);
        widen(rows, first(|node| node.at.1).and_then(|row| row.checked_sub(1)), GROUP_TOP);
        widen(rows, last(|node| node.at.1 + node.span.1.max(1) - 1), GROUP_SIDE);
    }
}

/// The start and the end of each track.
fn places(sizes: &[f32], gaps: &[f32]) -> Vec<(f32, f32)> {
    let mut at = 0.0;
    let mut out = Vec::with_capacity(sizes.len());
    for (size, gap) in sizes.iter().zip(gaps) {
        out.push((at, at + size));
        at += size + gap;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scene::measure::width_of;
    use crate::scene::model::{Edge, EdgeKind, Node, Step};

    fn node(id: usize, at: (u8, u8)) -> Node {
        Node {
            id: format!("n{id}"),
            kind: NodeKind::Broker,
            label: format!("Broker {id}"),
            at,
            span: (1, 1),
            note: if id.is_multiple_of(2) { "a note".into() } else { String::new() },
            state: String::new(),
            cells: if id.is_multiple_of(3) { vec!["0".into(), "1".into()] } else { Vec::new() },
            marker: None,
            level: None,
            spark: if id.is_multiple_of(5) { vec![0.0, 1.0] } else { Vec::new() },
            threshold: None,
            bars: Vec::new(),
            axis: None,
            hidden: false,
        }
    }

    fn scene(places: &[(u8, u8)], links: &[(usize, usize)]) -> Scene {
        let edge = |(id, (from, to)): (usize, &(usize, usize))| Edge {
            id: format!("e{id}"),
            from: format!("n{}", from % places.len()),
            to: format!("n{}", to % places.len()),
            label: if id.is_multiple_of(2) { "fetch".into() } else { String::new() },
            kind: EdgeKind::Flow,
            hidden: false,
        };
        Scene {
            title: "t".into(),
            groups: Vec::new(),
            nodes: places.iter().enumerate().map(|(id, at)| node(id, *at)).collect(),
            edges: links.iter().enumerate().map(edge).filter(|edge| edge.from != edge.to).collect(),
            steps: vec![ron::from_str::<Step>(r#"(id: "s", says: "x")"#).unwrap()],
        }
    }

    #[test]
    fn two_on_a_row_are_joined_by_a_straight_line_with_its_label_beside_it() {
        let scene = scene(&[(0, 0), (1, 0)], &[(0, 1)]);
        let placed = Placed::of(&scene, &width_of);
        assert_eq!(placed.edges[0].points.len(), 2);
        let label = placed.edges[0].label.unwrap();
        assert!(!route::hits(&placed.edges[0].points, label));
        assert_eq!(placed.defects(&scene), []);
    }

    #[test]
    fn a_line_to_something_a_little_beside_has_no_kink() {
        let mut scene = scene(&[(0, 0), (1, 0), (2, 0), (0, 1)], &[(1, 3)]);
        scene.nodes[0].label = "Broker 00".into();
        scene.nodes[0].spark.clear();
        scene.nodes[3].span = (3, 1);
        let placed = Placed::of(&scene, &width_of);
        let beside = placed.nodes[1].rect.center().x - placed.nodes[3].rect.center().x;
        assert!((1.0..8.0).contains(&beside.abs()), "centres that differ a little: {beside}");
        assert_eq!(placed.edges[0].points.len(), 2, "{:?}", placed.edges[0].points);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nodes_never_overlap_and_edges_go_round_them(
            places in proptest::collection::btree_set((0u8..4, 0u8..4), 2..9),
            links in proptest::collection::vec((0usize..9, 0usize..9), 0..9),
        ) {
            let places: Vec<_> = places.into_iter().collect();
            let scene = scene(&places, &links);
            let placed = Placed::of(&scene, &width_of);
            prop_assert_eq!(&Placed::of(&scene, &width_of), &placed);
            for defect in placed.defects(&scene) {
                prop_assert!(!defect.found.contains("node over") && !defect.found.contains("edge through"), "{:?}", defect);
            }
            let page = Rect::from_min_size(Pos2::ZERO, placed.size);
            prop_assert!(placed.nodes.iter().all(|node| page.contains_rect(node.rect)));
        }
    }
}
