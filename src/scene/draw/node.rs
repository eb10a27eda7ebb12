//! Nodes: a card with an icon, a name and as many rows as any step needs; the word of a mark on its upper edge.

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::charts;
use super::{Pen, Picture};
use crate::scene::icons;
use crate::scene::layout::{self, ICON, ICON_GAP, PAD, PlacedEdge, PlacedNode};
use crate::scene::measure::width_of;
use crate::scene::model::{Mark, Node, NodeKind};
use crate::scene::moment::NodeMoment;
use crate::scene::route;
use crate::scene::shape::{Align, Shape, Stroke, TextStyle};
use crate::theme::{Hue, Role};

pub(super) const CORNER: f32 = 9.0;

impl Picture<'_> {
    pub(super) fn node(&self, index: usize, pen: &mut Pen) {
        let (Some(node), Some(place), Some(now)) =
            (self.scene.nodes.get(index), self.placed.nodes.get(index), self.moment.nodes.get(index))
        else {
            return;
        };
        if now.hidden {
            return;
        }
        let (rect, hue) = (place.rect, self.hue);
        if self.hides(&node.id, "") {
            let stroke = Some(Stroke::dashed(Role::Topic(hue), 1.5));
            pen.put("card", 0, Shape::Rect { rect, radius: CORNER, fill: Some(Role::TopicWeak(hue)), stroke });
            pen.text("hidden", 0, (rect.center(), Align::Center), "?", (TextStyle::Label, Role::Ink));
            return;
        }
        let about = self.moment.is_about(&node.id);
        let is_lit = self.lit == Some(node.id.as_str());
        let down = now.mark == Mark::Down;
        let is_text = node.kind == NodeKind::Note;
        if !is_text || is_lit {
            let role = match now.mark {
                Mark::Down => Role::Down,
                _ if about || is_lit => Role::Topic(hue),
                Mark::Stale | Mark::Slow => Role::Frame,
                _ => Role::Line,
            };
            let dashed = matches!(now.mark, Mark::Down | Mark::Stale | Mark::Slow);
            let width = if about || is_lit || down { 1.6 } else { 1.1 };
            let fill = Some(if is_lit { Role::TopicWeak(hue) } else { Role::Surface });
            let stroke = Some(Stroke { role, width, dashed });
            pen.put("card", 0, Shape::Rect { rect, radius: CORNER, fill, stroke });
        }
        let ink = if down { Role::Faint } else { Role::Ink };
        let icon_role = if about && !down { Role::Topic(hue) } else { Role::Faint };
        let mut top = rect.top() + 9.0;
        let label_middle = top + layout::LABEL_ROW / 2.0 - 1.0;
        let mut left = rect.left() + PAD;
        if !is_text {
            let origin = vec2(left, label_middle - ICON / 2.0);
            for (number, stroke) in icons::strokes(node.kind).into_iter().enumerate() {
                let points = stroke.into_iter().map(|point| point + origin).collect();
                pen.line("icon", number, points, Stroke::solid(icon_role, 1.2));
            }
            left += ICON + ICON_GAP;
        }
        let label = if self.hides(&node.id, "label") { "?" } else { &now.label };
        let label_role = if is_text { Role::Body } else { ink };
        pen.text("label", 0, (pos2(left, label_middle), Align::Left), label, (TextStyle::Label, label_role));
        top += layout::LABEL_ROW;
        self.rows(node, place, now, top, pen);
        self.mark(rect, now.mark, pen);
    }

    /// The word of a mark on the edge of the card, above if it can be, where no line ends; a dead node is crossed as well.
    fn mark(&self, rect: Rect, mark: Mark, pen: &mut Pen) {
        let (word, role, ground) = match mark {
            Mark::Normal => return,
            Mark::Down => ("down", Role::Down, Role::DownWeak),
            Mark::Slow => ("slow", Role::Topic(self.hue), Role::TopicWeak(self.hue)),
            Mark::Stale => ("stale", Role::Topic(self.hue), Role::TopicWeak(self.hue)),
            Mark::New => ("new", Role::Topic(self.hue), Role::TopicWeak(self.hue)),
        };
        let cross_room = if mark == Mark::Down { 12.0 } else { 0.0 };
        let size = vec2(width_of(word, TextStyle::State) + 13.0 + cross_room, 16.0);
        let (right, left) = (rect.right() - size.x - 8.0, rect.left() + 8.0);
        let (top, bottom) = (rect.top() - 8.0, rect.bottom() - 8.0);
        let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
        // A line may pass under the word, its arrow head may not, nor may its label.
        let taken = |pill: Rect| {
            let pill = pill.expand(2.0);
            let price = |edge: &PlacedEdge| {
                let on_label = edge.label.is_some_and(|label| label.shrink(1.0).intersects(pill));
                let on_tip = edge.points.last().is_some_and(|tip| pill.expand(6.0).contains(*tip));
                u32::from(route::hits(&edge.points, pill)) + 4 * u32::from(on_label || on_tip)
            };
            let edges = self.placed.edges.iter().enumerate().filter(|(index, _)| !self.is_gone(*index));
            edges.map(|(_, edge)| price(edge)).sum::<u32>()
        };
        let pills = corners.map(|(x, y)| Rect::from_min_size(pos2(x, y), size));
        let Some(pill) = pills.into_iter().min_by_key(|pill| taken(*pill)) else { return };
        let stroke = Some(Stroke::solid(role, 1.0));
        pen.put("mark", 0, Shape::Rect { rect: pill, radius: 8.0, fill: Some(ground), stroke });
        let at = pos2(pill.center().x + cross_room / 2.0, pill.center().y);
        pen.text("mark name", 0, (at, Align::Center), word, (TextStyle::State, Role::Ink));
        if mark == Mark::Down {
            pen.cross(pos2(pill.left() + 10.0, pill.center().y), 2.8);
        }
    }

    fn rows(&self, node: &Node, place: &PlacedNode, now: &NodeMoment, mut top: f32, pen: &mut Pen) {
        let (rect, hue) = (place.rect, self.hue);
        let left = rect.left() + PAD;
        let changed = |part: &str| self.moment.changed.contains(&format!("{}.{part}", node.id));
        let hidden = |part: &str| self.hides(&node.id, part);
        if place.rows.note {
            let text = if hidden("note") { "?" } else { &now.note };
            let role = if changed("note") { Role::Topic(hue) } else { Role::Faint };
            pen.text("note", 0, (pos2(left, top + 6.0), Align::Left), text, (TextStyle::Note, role));
            top += layout::NOTE_ROW;
        }
        // Where the last row ends that has something in it now.
        let mut low = if place.rows.note && now.note.is_empty() { top - layout::NOTE_ROW } else { top };
        let badge = |top: f32, pen: &mut Pen| {
            let text = if hidden("state") { "?" } else { &now.state };
            if !text.is_empty() {
                state(text, changed("state") || hidden("state"), pos2(left, top), hue, pen);
            }
        };
        if place.rows.state && !place.rows.state_last {
            badge(top, pen);
            top += layout::STATE_ROW;
            low = top;
        }
        if place.rows.level {
            let bar = Rect::from_min_size(pos2(left, top + 3.0), vec2(rect.width() - 2.0 * PAD, 6.0));
            pen.put("level", 0, Shape::Rect { rect: bar, radius: 3.0, fill: Some(Role::Line), stroke: None });
            if let Some(level) = now.level.filter(|_| !hidden("level")) {
                let filled = Rect::from_min_size(bar.min, vec2(bar.width() * level.clamp(0.0, 1.0), bar.height()));
                let fill = Some(Role::Topic(hue));
                pen.put("level", 1, Shape::Rect { rect: filled, radius: 3.0, fill, stroke: None });
            }
            top += layout::LEVEL_ROW;
            low = top;
        }
        if place.rows.cells > 0 {
            let marker_room = if place.rows.marker { layout::MARKER_ROW } else { 0.0 };
            let strong = changed("cells") || hidden("cells");
            cells(place, now, strong, hidden("cells"), hue, pos2(left, top + marker_room + 1.0), pen);
            if let Some((name, before)) = now.marker.as_ref().filter(|_| !hidden("marker")) {
                let x = left + f32::from(*before) * place.rows.cell_width;
                let role = if changed("marker") { Role::Topic(hue) } else { Role::Accent };
                let points = vec![pos2(x, top + 2.0), pos2(x, top + marker_room + 21.0)];
                pen.line("marker", 0, points, Stroke::solid(role, 1.6));
                let fits_right = x + width_of(name, TextStyle::State) + 6.0 < rect.right();
                let (align, dx) = if fits_right { (Align::Left, 4.0) } else { (Align::Right, -4.0) };
                pen.text("marker name", 0, (pos2(x + dx, top + 6.0), align), name, (TextStyle::State, role));
            }
            top += marker_room + layout::CELL_ROW;
            low = if now.cells.is_empty() { low } else { top };
        }
        if place.rows.spark {
            let size = vec2(rect.width() - 2.0 * PAD, layout::SPARK_ROW - 6.0);
            if !hidden("spark") {
                charts::spark(Rect::from_min_size(pos2(left, top + 3.0), size), now, node.threshold, hue, pen);
            }
            top += layout::SPARK_ROW;
            low = top;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most eight bars")]
        let bars_height = place.rows.bars as f32 * layout::BAR_ROW;
        if place.rows.bars > 0 && !hidden("bars") {
            let area = Rect::from_min_size(pos2(left, top + 1.0), vec2(rect.width() - 2.0 * PAD, bars_height));
            charts::bars(area, place.rows.bar_name, now, changed("bars"), hue, pen);
        }
        top += bars_height;
        low = if now.bars.is_empty() { low } else { top };
        if let Some((start, end)) = &node.axis {
            let line = Rect::from_min_size(
                pos2(left + place.rows.bar_name, top + 1.0),
                vec2(rect.width() - 2.0 * PAD - place.rows.bar_name, layout::AXIS_ROW),
            );
            charts::axis(line, start, end, pen);
            low = top + layout::AXIS_ROW;
        }
        if place.rows.state && place.rows.state_last {
            badge(low, pen);
        }
    }
}

/// A badge.
fn state(text: &str, strong: bool, at: Pos2, hue: Hue, pen: &mut Pen) {
    let width = width_of(text, TextStyle::State) + 14.0;
    let pill = Rect::from_min_size(at + vec2(-2.0, 1.0), vec2(width, 16.0));
    let stroke = strong.then(|| Stroke::solid(Role::Topic(hue), 1.0));
    let fill = Some(if strong { Role::TopicWeak(hue) } else { Role::Panel });
    pen.put("badge", 0, Shape::Rect { rect: pill, radius: 8.0, fill, stroke });
    let role = if strong { Role::Ink } else { Role::Body };
    pen.text("state", 0, (pill.center(), Align::Center), text, (TextStyle::State, role));
}

fn cells(place: &PlacedNode, now: &NodeMoment, strong: bool, hidden: bool, hue: Hue, at: Pos2, pen: &mut Pen) {
    let size = Vec2::new(place.rows.cell_width, 18.0);
    for (index, cell) in now.cells.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most eight cells")]
        let rect = Rect::from_min_size(at + vec2(index as f32 * size.x, 0.0), size);
        let fill = Some(if strong { Role::TopicWeak(hue) } else { Role::Panel });
        let stroke = Some(Stroke::solid(Role::Line, 1.0));
        pen.put("cell", index, Shape::Rect { rect, radius: 2.0, fill, stroke });
        let text = if hidden { "?" } else { cell };
        pen.text("cell text", index, (rect.center(), Align::Center), text, (TextStyle::Cell, Role::Ink));
    }
}
