//! Small charts within a node: a line over time, stretches of time under each other, and the axis they stand on.

use emath::{Pos2, Rect, pos2};

use super::Pen;
use crate::scene::layout::BAR_ROW;
use crate::scene::moment::NodeMoment;
use crate::scene::shape::{Align, Shape, Stroke, TextStyle};
use crate::theme::{Hue, Role};

/// A line over a hairline, with the threshold dashed across.
pub(super) fn spark(chart: Rect, now: &NodeMoment, threshold: Option<f32>, hue: Hue, pen: &mut Pen) {
    let y_of = |value: f32| chart.bottom() - value.clamp(0.0, 1.0) * chart.height();
    let across = |y: f32| vec![pos2(chart.left(), y), pos2(chart.right(), y)];
    pen.line("ground", 0, across(chart.bottom() + 1.0), Stroke::solid(Role::Line, 1.0));
    if let Some(threshold) = threshold {
        pen.line("threshold", 0, across(y_of(threshold)), Stroke::dashed(Role::Down, 1.0));
    }
    #[expect(clippy::cast_precision_loss, reason = "a few values")]
    let (gaps, step) = (now.spark.len().saturating_sub(1).max(1) as f32, chart.width());
    #[expect(clippy::cast_precision_loss, reason = "a few values")]
    let point = |(index, value): (usize, &f32)| pos2(chart.left() + step * index as f32 / gaps, y_of(*value));
    let points: Vec<Pos2> = now.spark.iter().enumerate().map(point).collect();
    if points.len() > 1 {
        pen.line("spark", 0, points, Stroke::solid(Role::Topic(hue), 1.6));
    }
}

/// Names on the left, stretches of time on the right.
pub(super) fn bars(area: Rect, names: f32, now: &NodeMoment, changed: bool, hue: Hue, pen: &mut Pen) {
    let (left, width) = (area.left() + names, area.width() - names);
    for (index, (name, from, to)) in now.bars.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most eight bars")]
        let middle = area.top() + BAR_ROW * (index as f32 + 0.5);
        let at = (pos2(area.left(), middle), Align::Left);
        pen.text("bar name", index, at, name, (TextStyle::State, Role::Body));
        let (from, to) = (from.clamp(0.0, 1.0), to.clamp(0.0, 1.0));
        let least = 3.0 / width.max(1.0);
        let rect = Rect::from_min_max(
            pos2(left + width * from, middle - 4.0),
            pos2(left + width * to.max(from + least).min(1.0), middle + 4.0),
        );
        let stroke = Some(Stroke::solid(Role::Topic(hue), 1.0));
        let fill = Some(if changed { Role::Topic(hue) } else { Role::TopicWeak(hue) });
        pen.put("bar", index, Shape::Rect { rect, radius: 2.0, fill, stroke });
    }
}

/// A time axis: a hairline with ticks at its quarters, and the names of its ends under it.
pub(super) fn axis(area: Rect, start: &str, end: &str, pen: &mut Pen) {
    let top = area.top();
    pen.line("axis", 0, vec![area.left_top(), area.right_top()], Stroke::solid(Role::Faint, 1.0));
    for (number, share) in [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().enumerate() {
        let x = area.left() + area.width() * share;
        pen.line("axis", number + 1, vec![pos2(x, top), pos2(x, top + 3.0)], Stroke::solid(Role::Faint, 1.0));
    }
    let y = area.bottom() - 5.0;
    let ends = [(area.left(), Align::Left, start), (area.right(), Align::Right, end)];
    for (number, (x, align, text)) in ends.into_iter().enumerate() {
        pen.text("axis name", number, (pos2(x, y), align), text, (TextStyle::Cell, Role::Faint));
    }
}
