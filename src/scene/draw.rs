//! From places and a moment to shapes. What the step is about is in the topic's hue, the rest in ink and hairline; every
//! state also has a shape or a word, so that nothing is said by colour alone.

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::icons;
use super::labels;
use super::layout::{self, ICON, ICON_GAP, PAD, Placed, PlacedNode};
use super::measure::width_of;
use super::model::{EdgeKind, GroupKind, Mark, NodeKind, Scene};
use super::moment::{Moment, NodeMoment};
use super::shape::{Align, Shape, Stroke, TextStyle, along, rounded};
use crate::theme::{Hue, Role};

/// What a card hides: a node, an edge, a group, or a part such as `f2.state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(pub String);

impl Mask {
    fn hides(mask: Option<&Self>, id: &str, part: &str) -> bool {
        mask.is_some_and(|mask| match mask.0.split_once('.') {
            None => mask.0 == id,
            Some((of, hidden)) => of == id && hidden == part,
        })
    }
}

const CORNER: f32 = 9.0;
const ARROW: f32 = 7.0;

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
    let mut out = Vec::new();
    for ((group, rect), label) in scene.groups.iter().zip(&placed.groups).zip(&moment.groups) {
        let dashed = matches!(group.kind, GroupKind::Zone | GroupKind::Region | GroupKind::Consumers);
        let focus = moment.focus.contains(&group.id);
        let role = if focus { Role::Topic(hue) } else { Role::Line };
        let stroke = Stroke { role, width: 1.2, dashed };
        out.push(Shape::Rect { rect: *rect, radius: 10.0, fill: None, stroke: Some(stroke) });
        let text = if Mask::hides(mask, &group.id, "label") { "?" } else { label };
        let at = rect.min + vec2(12.0, 13.0);
        out.push(text_shape(at, Align::Left, text, TextStyle::Group, Role::Faint));
    }
    for index in 0..scene.edges.len() {
        edge_shapes(scene, placed, moment, hue, index, mask, &mut out);
    }
    for index in 0..scene.nodes.len() {
        node_shapes(scene, placed, moment, hue, index, mask, lit, &mut out);
    }
    for index in 0..scene.edges.len() {
        edge_label(scene, placed, moment, hue, index, mask, &mut out);
    }
    for flow in &moment.flow {
        let Some(edge) = placed.edges.get(flow.edge) else { continue };
        if hidden_edge(scene, moment, flow.edge) {
            continue;
        }
        let share = if flow.backwards { 1.0 - flow_progress } else { flow_progress };
        // The message stops short of the arrow head.
        if let Some(center) = along(&edge.points, 0.04 + share * 0.88) {
            out.push(Shape::Circle {
                center,
                radius: 5.0,
                fill: Some(Role::Topic(hue)),
                stroke: Some(Stroke::solid(Role::Ground, 1.5)),
            });
        }
    }
    out
}

fn text_shape(at: Pos2, align: Align, text: &str, style: TextStyle, role: Role) -> Shape {
    Shape::Text { at, align, text: text.to_owned(), style, role }
}

/// An edge is gone while it, or one of its ends, is hidden.
fn hidden_edge(scene: &Scene, moment: &Moment, index: usize) -> bool {
    let Some((edge, now)) = scene.edges.get(index).zip(moment.edges.get(index)) else { return true };
    let gone = |id: &str| {
        let node = scene.nodes.iter().position(|node| node.id == id).and_then(|node| moment.nodes.get(node));
        node.is_none_or(|node| node.hidden)
    };
    now.hidden || gone(&edge.from) || gone(&edge.to)
}

fn edge_role(scene: &Scene, moment: &Moment, hue: Hue, index: usize) -> Role {
    let Some(edge) = scene.edges.get(index) else { return Role::Faint };
    let cut = moment.edges.get(index).is_some_and(|now| now.mark == Mark::Down);
    let flows = moment.flow.iter().any(|flow| flow.edge == index);
    if cut {
        Role::Down
    } else if flows || moment.is_about(&edge.id) {
        Role::Topic(hue)
    } else {
        Role::Faint
    }
}

fn edge_shapes(
    scene: &Scene,
    placed: &Placed,
    moment: &Moment,
    hue: Hue,
    index: usize,
    mask: Option<&Mask>,
    out: &mut Vec<Shape>,
) {
    let (Some(edge), Some(line), Some(now)) =
        (scene.edges.get(index), placed.edges.get(index), moment.edges.get(index))
    else {
        return;
    };
    if hidden_edge(scene, moment, index) || Mask::hides(mask, &edge.id, "") || line.points.len() < 2 {
        return;
    }
    let role = edge_role(scene, moment, hue, index);
    let active = matches!(role, Role::Topic(_));
    let width = if active { 1.8 } else { 1.2 };
    let dashed = edge.kind == EdgeKind::Quiet || now.mark == Mark::Slow || now.mark == Mark::Stale;
    let mut points = line.points.clone();
    if edge.kind != EdgeKind::Weak
        && let [.., before, tip] = points.as_slice()
    {
        let (before, tip) = (*before, *tip);
        let back = (before - tip).normalized();
        let side = vec2(-back.y, back.x) * (ARROW * 0.45);
        let base = tip + back * ARROW;
        out.push(Shape::Polygon { points: vec![tip, base + side, base - side], fill: role });
        if let Some(last) = points.last_mut() {
            *last = base;
        }
    }
    out.push(Shape::Line { points: rounded(&points, CORNER), stroke: Stroke { role, width, dashed } });
    if now.mark == Mark::Down
        && let Some(center) = along(&line.points, 0.5)
    {
        cross(center, 5.0, out);
    }
}

fn cross(center: Pos2, size: f32, out: &mut Vec<Shape>) {
    for side in [vec2(1.0, 1.0), vec2(1.0, -1.0)] {
        let points = vec![center - side * size, center + side * size];
        out.push(Shape::Line { points, stroke: Stroke::solid(Role::Down, 2.0) });
    }
}

fn edge_label(
    scene: &Scene,
    placed: &Placed,
    moment: &Moment,
    hue: Hue,
    index: usize,
    mask: Option<&Mask>,
    out: &mut Vec<Shape>,
) {
    let (Some(edge), Some(line), Some(now)) =
        (scene.edges.get(index), placed.edges.get(index), moment.edges.get(index))
    else {
        return;
    };
    let Some(rect) = line.label else { return };
    if hidden_edge(scene, moment, index) || now.label.is_empty() {
        return;
    }
    let role = edge_role(scene, moment, hue, index);
    let text = if Mask::hides(mask, &edge.id, "label") { "?" } else { &now.label };
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
        out.push(text_shape(pos2(x, y), align, line, TextStyle::EdgeLabel, role));
    }
}

#[expect(clippy::too_many_arguments, reason = "what a node's look depends on")]
fn node_shapes(
    scene: &Scene,
    placed: &Placed,
    moment: &Moment,
    hue: Hue,
    index: usize,
    mask: Option<&Mask>,
    lit: Option<&str>,
    out: &mut Vec<Shape>,
) {
    let (Some(node), Some(place), Some(now)) =
        (scene.nodes.get(index), placed.nodes.get(index), moment.nodes.get(index))
    else {
        return;
    };
    if now.hidden {
        return;
    }
    let rect = place.rect;
    if Mask::hides(mask, &node.id, "") {
        let stroke = Stroke::dashed(Role::Topic(hue), 1.5);
        out.push(Shape::Rect { rect, radius: CORNER, fill: Some(Role::TopicWeak(hue)), stroke: Some(stroke) });
        out.push(text_shape(rect.center(), Align::Center, "?", TextStyle::Label, Role::Ink));
        return;
    }
    let about = moment.is_about(&node.id);
    let is_lit = lit == Some(node.id.as_str());
    let down = now.mark == Mark::Down;
    let is_text = node.kind == NodeKind::Note;
    if !is_text {
        let role = match now.mark {
            Mark::Down => Role::Down,
            _ if about || is_lit => Role::Topic(hue),
            _ => Role::Line,
        };
        let dashed = matches!(now.mark, Mark::Down | Mark::Stale | Mark::Slow);
        let width = if about || is_lit || down { 1.6 } else { 1.1 };
        let fill = if is_lit { Role::TopicWeak(hue) } else { Role::Surface };
        let stroke = Stroke { role, width, dashed };
        out.push(Shape::Rect { rect, radius: CORNER, fill: Some(fill), stroke: Some(stroke) });
    }
    let ink = if down { Role::Faint } else { Role::Ink };
    let icon_role = if about && !down { Role::Topic(hue) } else { Role::Faint };
    let mut top = rect.top() + 9.0;
    let label_middle = top + layout::LABEL_ROW / 2.0 - 1.0;
    let mut left = rect.left() + PAD;
    if !is_text {
        let origin = vec2(left, label_middle - ICON / 2.0);
        for stroke in icons::strokes(node.kind) {
            let points = stroke.into_iter().map(|point| point + origin).collect();
            out.push(Shape::Line { points, stroke: Stroke::solid(icon_role, 1.2) });
        }
        left += ICON + ICON_GAP;
    }
    let label = if Mask::hides(mask, &node.id, "label") { "?" } else { &now.label };
    let label_role = if is_text { Role::Body } else { ink };
    out.push(text_shape(pos2(left, label_middle), Align::Left, label, TextStyle::Label, label_role));
    top += layout::LABEL_ROW;
    rows_shapes(&node.id, place, now, node.threshold, moment, hue, mask, top, out);
    mark_shapes(rect, now.mark, hue, out);
}

/// The word of a mark on the upper edge of the card; a dead node is crossed as well.
fn mark_shapes(rect: Rect, mark: Mark, hue: Hue, out: &mut Vec<Shape>) {
    let (word, role, ground) = match mark {
        Mark::Normal => return,
        Mark::Down => ("down", Role::Down, Role::DownWeak),
        Mark::Slow => ("slow", Role::Topic(hue), Role::TopicWeak(hue)),
        Mark::Stale => ("stale", Role::Topic(hue), Role::TopicWeak(hue)),
        Mark::New => ("new", Role::Topic(hue), Role::TopicWeak(hue)),
    };
    let cross_room = if mark == Mark::Down { 12.0 } else { 0.0 };
    let width = width_of(word, TextStyle::State) + 13.0 + cross_room;
    let pill = Rect::from_min_size(pos2(rect.right() - width - 8.0, rect.top() - 8.0), vec2(width, 16.0));
    let stroke = Stroke::solid(role, 1.0);
    out.push(Shape::Rect { rect: pill, radius: 8.0, fill: Some(ground), stroke: Some(stroke) });
    let at = pos2(pill.center().x + cross_room / 2.0, pill.center().y);
    out.push(text_shape(at, Align::Center, word, TextStyle::State, Role::Ink));
    if mark == Mark::Down {
        cross(pos2(pill.left() + 10.0, pill.center().y), 2.8, out);
    }
}

#[expect(clippy::too_many_arguments, reason = "what the rows of a node depend on")]
fn rows_shapes(
    id: &str,
    place: &PlacedNode,
    now: &NodeMoment,
    threshold: Option<f32>,
    moment: &Moment,
    hue: Hue,
    mask: Option<&Mask>,
    mut top: f32,
    out: &mut Vec<Shape>,
) {
    let rect = place.rect;
    let left = rect.left() + PAD;
    let changed = |part: &str| moment.changed.contains(&format!("{id}.{part}"));
    let hidden = |part: &str| Mask::hides(mask, id, part);
    if place.rows.note {
        let text = if hidden("note") { "?" } else { &now.note };
        let role = if changed("note") { Role::Topic(hue) } else { Role::Faint };
        out.push(text_shape(pos2(left, top + 6.0), Align::Left, text, TextStyle::Note, role));
        top += layout::NOTE_ROW;
    }
    if place.rows.state {
        let text = if hidden("state") { "?" } else { &now.state };
        if !text.is_empty() {
            let width = width_of(text, TextStyle::State) + 14.0;
            let pill = Rect::from_min_size(pos2(left - 2.0, top + 1.0), vec2(width, 16.0));
            let strong = changed("state") || hidden("state");
            let stroke = strong.then(|| Stroke::solid(Role::Topic(hue), 1.0));
            let fill = if strong { Role::TopicWeak(hue) } else { Role::Panel };
            out.push(Shape::Rect { rect: pill, radius: 8.0, fill: Some(fill), stroke });
            let role = if strong { Role::Ink } else { Role::Body };
            out.push(text_shape(pill.center(), Align::Center, text, TextStyle::State, role));
        }
        top += layout::STATE_ROW;
    }
    if place.rows.level {
        let bar = Rect::from_min_size(pos2(left, top + 3.0), vec2(rect.width() - 2.0 * PAD, 6.0));
        out.push(Shape::Rect { rect: bar, radius: 3.0, fill: Some(Role::Line), stroke: None });
        if let Some(level) = now.level.filter(|_| !hidden("level")) {
            let filled = Rect::from_min_size(bar.min, vec2(bar.width() * level.clamp(0.0, 1.0), bar.height()));
            out.push(Shape::Rect { rect: filled, radius: 3.0, fill: Some(Role::Topic(hue)), stroke: None });
        }
        top += layout::LEVEL_ROW;
    }
    if place.rows.cells > 0 {
        let marker_room = if place.rows.marker { layout::MARKER_ROW } else { 0.0 };
        cells_shapes(place, now, changed("cells"), hidden("cells"), hue, pos2(left, top + marker_room + 1.0), out);
        if let Some((name, before)) = now.marker.as_ref().filter(|_| !hidden("marker")) {
            let x = left + f32::from(*before) * place.rows.cell_width;
            let role = if changed("marker") { Role::Topic(hue) } else { Role::Accent };
            let points = vec![pos2(x, top + 2.0), pos2(x, top + marker_room + 21.0)];
            out.push(Shape::Line { points, stroke: Stroke::solid(role, 1.6) });
            let fits_right = x + width_of(name, TextStyle::State) + 6.0 < rect.right();
            let (align, dx) = if fits_right { (Align::Left, 4.0) } else { (Align::Right, -4.0) };
            out.push(text_shape(pos2(x + dx, top + 6.0), align, name, TextStyle::State, role));
        }
        top += marker_room + layout::CELL_ROW;
    }
    if place.rows.spark {
        let chart = Rect::from_min_size(pos2(left, top + 3.0), vec2(rect.width() - 2.0 * PAD, layout::SPARK_ROW - 6.0));
        if !hidden("spark") {
            spark_shapes(chart, now, threshold, hue, out);
        }
        top += layout::SPARK_ROW;
    }
    if place.rows.bars > 0 && !hidden("bars") {
        let area = Rect::from_min_max(pos2(left, top + 1.0), pos2(rect.right() - PAD, rect.bottom()));
        bars_shapes(area, place.rows.bar_name, now, changed("bars"), hue, out);
    }
}

/// A line over a hairline, with the threshold dashed across.
fn spark_shapes(chart: Rect, now: &NodeMoment, threshold: Option<f32>, hue: Hue, out: &mut Vec<Shape>) {
    let y_of = |value: f32| chart.bottom() - value.clamp(0.0, 1.0) * chart.height();
    let across = |y: f32| vec![pos2(chart.left(), y), pos2(chart.right(), y)];
    out.push(Shape::Line { points: across(chart.bottom() + 1.0), stroke: Stroke::solid(Role::Line, 1.0) });
    if let Some(threshold) = threshold {
        out.push(Shape::Line { points: across(y_of(threshold)), stroke: Stroke::dashed(Role::Down, 1.0) });
    }
    #[expect(clippy::cast_precision_loss, reason = "a few values")]
    let (gaps, step) = (now.spark.len().saturating_sub(1).max(1) as f32, chart.width());
    #[expect(clippy::cast_precision_loss, reason = "a few values")]
    let point = |(index, value): (usize, &f32)| pos2(chart.left() + step * index as f32 / gaps, y_of(*value));
    let points: Vec<Pos2> = now.spark.iter().enumerate().map(point).collect();
    if points.len() > 1 {
        out.push(Shape::Line { points, stroke: Stroke::solid(Role::Topic(hue), 1.6) });
    }
}

/// Names on the left, stretches of time on the right.
fn bars_shapes(area: Rect, names: f32, now: &NodeMoment, changed: bool, hue: Hue, out: &mut Vec<Shape>) {
    let (left, width) = (area.left() + names, area.width() - names);
    for (index, (name, from, to)) in now.bars.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most eight bars")]
        let middle = area.top() + layout::BAR_ROW * (index as f32 + 0.5);
        out.push(text_shape(pos2(area.left(), middle), Align::Left, name, TextStyle::State, Role::Body));
        let (from, to) = (from.clamp(0.0, 1.0), to.clamp(0.0, 1.0));
        let least = 3.0 / width.max(1.0);
        let bar = Rect::from_min_max(
            pos2(left + width * from, middle - 4.0),
            pos2(left + width * to.max(from + least).min(1.0), middle + 4.0),
        );
        let stroke = Some(Stroke::solid(Role::Topic(hue), 1.0));
        let fill = if changed { Role::Topic(hue) } else { Role::TopicWeak(hue) };
        out.push(Shape::Rect { rect: bar, radius: 2.0, fill: Some(fill), stroke });
    }
}

fn cells_shapes(
    place: &PlacedNode,
    now: &NodeMoment,
    changed: bool,
    hidden: bool,
    hue: Hue,
    at: Pos2,
    out: &mut Vec<Shape>,
) {
    let size = Vec2::new(place.rows.cell_width, 18.0);
    for (index, cell) in now.cells.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most eight cells")]
        let rect = Rect::from_min_size(at + vec2(index as f32 * size.x, 0.0), size);
        let fill = if changed || hidden { Role::TopicWeak(hue) } else { Role::Panel };
        out.push(Shape::Rect { rect, radius: 2.0, fill: Some(fill), stroke: Some(Stroke::solid(Role::Line, 1.0)) });
        let text = if hidden { "?" } else { cell };
        out.push(text_shape(rect.center(), Align::Center, text, TextStyle::Cell, Role::Ink));
    }
}
