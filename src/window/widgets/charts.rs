//! Charts drawn by hand: bars, lines, a calendar of days. Each has its numbers as words, for who does not see it, and under the pointer.

use egui::{Align2, Color32, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::theme::Role;
use crate::time::Day;
use crate::window::look::{self, Look};

/// Height of a chart, in points.
const HEIGHT: f32 = 150.0;
/// Room for the figures on the left and under the chart.
const LEFT: f32 = 40.0;
const BELOW: f32 = 20.0;
const FONT: f32 = 11.0;

/// One value with what stands under it and what is said of it.
pub struct Point {
    /// Under the chart; empty where there is no room for one.
    pub label: String,
    pub value: f64,
    /// All of it, e.g. `24 Nov: 31 cards`.
    pub says: String,
}

/// A line of a chart; None leaves a gap.
pub struct Series {
    pub name: &'static str,
    pub role: Role,
    pub values: Vec<Option<f64>>,
}

/// The plot and the scale of a chart whose values go from `low` to `high`.
struct Frame {
    plot: Rect,
    low: f64,
    high: f64,
}

impl Frame {
    fn y(&self, value: f64) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
        let share = ((value - self.low) / (self.high - self.low).max(1e-9)) as f32;
        self.plot.bottom() - share * self.plot.height()
    }

    /// The middle of one of so many columns.
    fn x(&self, index: usize, count: usize) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let share = (index as f32 + 0.5) / count.max(1) as f32;
        self.plot.left() + share * self.plot.width()
    }

    /// The column under a place.
    fn column(&self, x: f32, count: usize) -> Option<usize> {
        let share = (x - self.plot.left()) / self.plot.width().max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a few columns")]
        let index = (share * count as f32).floor().max(-1.0) as i64;
        usize::try_from(index).ok().filter(|index| *index < count)
    }
}

/// Bars from 0 up, each with its words under the pointer.
pub fn bars(ui: &mut Ui, look: &Look, name: &str, points: &[Point]) {
    let highest = points.iter().map(|point| point.value).fold(0.0, f64::max);
    let (frame, response) = frame_ui(ui, look, (0.0, nice(highest)), |value| format!("{value:.0}"));
    says(&response, name, points.iter().filter(|point| point.value > 0.0).map(|point| point.says.as_str()));
    let count = points.len();
    #[expect(clippy::cast_precision_loss, reason = "a few columns")]
    let half = (frame.plot.width() / count.max(1) as f32 * 0.5 - 1.5).clamp(1.0, 18.0);
    let hovered = response.hover_pos().and_then(|at| frame.column(at.x, count));
    for (index, point) in points.iter().enumerate() {
        let x = frame.x(index, count);
        let bar = Rect::from_min_max(pos2(x - half, frame.y(point.value)), pos2(x + half, frame.plot.bottom()));
        let color = look.color(Role::Accent);
        let dimmed = hovered.is_some_and(|hovered| hovered != index);
        ui.painter().rect_filled(bar, 2.0, if dimmed { color.gamma_multiply(0.45) } else { color });
        label(ui, look, &frame, x, &point.label);
    }
    if let Some(point) = hovered.and_then(|index| points.get(index)) {
        response.on_hover_text_at_pointer(&point.says);
    }
}

/// Lines over the same columns; `points` say what stands under them and what is said of each column.
pub fn lines(
    ui: &mut Ui,
    look: &Look,
    name: &str,
    points: &[Point],
    series: &[Series],
    range: (f64, f64),
    figure: fn(f64) -> String,
) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for line in series {
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 14.0), Sense::hover());
            ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(2.5, look.color(line.role)));
            let text = egui::RichText::new(line.name).font(look::regular(12.0)).color(look.color(Role::Body));
            ui.add(egui::Label::new(text).selectable(false));
            ui.add_space(8.0);
        }
    });
    let (frame, response) = frame_ui(ui, look, range, figure);
    says(&response, name, points.iter().map(|point| point.says.as_str()).filter(|text| !text.is_empty()));
    let count = points.len();
    for line in series {
        let stroke = Stroke::new(1.8, look.color(line.role));
        let mut last = None;
        for (index, value) in line.values.iter().enumerate() {
            let Some(value) = value else {
                last = None;
                continue;
            };
            let at = pos2(frame.x(index, count), frame.y(value.clamp(frame.low, frame.high)));
            if let Some(last) = last {
                ui.painter().line_segment([last, at], stroke);
            }
            ui.painter().circle_filled(at, 3.0, stroke.color);
            last = Some(at);
        }
    }
    for (index, point) in points.iter().enumerate() {
        label(ui, look, &frame, frame.x(index, count), &point.label);
    }
    let hovered = response.hover_pos().and_then(|at| frame.column(at.x, count));
    if let Some((index, point)) =
        hovered.and_then(|index| Some((index, points.get(index)?))).filter(|(_, point)| !point.says.is_empty())
    {
        ui.painter().vline(frame.x(index, count), frame.plot.y_range(), look.hairline());
        response.on_hover_text_at_pointer(&point.says);
    }
}

/// A column a week, a square a day, darker for more; the last column is this week.
pub fn calendar(ui: &mut Ui, look: &Look, name: &str, days: &[(Day, f64, String)]) {
    const SQUARE: f32 = 13.0;
    const PITCH: f32 = 16.0;
    let Some((first, ..)) = days.first() else { return };
    let lead = usize::try_from(first.0.weekday().to_monday_zero_offset()).unwrap_or_default();
    let weeks = (lead + days.len()).div_ceil(7);
    #[expect(clippy::cast_precision_loss, reason = "weeks of a year")]
    let size = vec2(34.0 + PITCH * weeks as f32, 18.0 + PITCH * 7.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    says(&response, name, days.iter().filter(|(_, value, _)| *value > 0.0).map(|(.., text)| text.as_str()));
    let most = days.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
    let (origin, faint) = (rect.min + vec2(34.0, 18.0), look.color(Role::Faint));
    for (row, text) in [(0_u8, "Mon"), (2, "Wed"), (4, "Fri")] {
        let at = origin + vec2(-6.0, PITCH * f32::from(row) + SQUARE / 2.0);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, look::regular(FONT), faint);
    }
    let mut under = None;
    for (index, (day, value, text)) in days.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "days of a year")]
        let (column, row) = (((lead + index) / 7) as f32, ((lead + index) % 7) as f32);
        let square = Rect::from_min_size(origin + vec2(PITCH * column, PITCH * row), egui::Vec2::splat(SQUARE));
        ui.painter().rect_filled(square, 3.0, shade(look, *value, most));
        if day.0.day() == 1 {
            let month = day.0.strftime("%b").to_string();
            let at = pos2(square.left(), rect.top());
            ui.painter().text(at, Align2::LEFT_TOP, month, look::regular(FONT), faint);
        }
        if response.hover_pos().is_some_and(|at| square.expand(1.5).contains(at)) {
            under = Some(text);
        }
    }
    if let Some(text) = under {
        response.on_hover_text_at_pointer(text);
    }
}

/// Four shades: up to a quarter of the most, a half, three quarters, all of it.
fn shade(look: &Look, value: f64, most: f64) -> Color32 {
    if value <= 0.0 {
        return look.color(Role::Line).gamma_multiply(0.6);
    }
    let step = if most <= 0.0 { 4.0 } else { (value / most * 4.0).ceil().clamp(1.0, 4.0) };
    #[expect(clippy::cast_possible_truncation, reason = "one of four")]
    let share = 0.25 + 0.25 * (step as f32 - 1.0);
    look.color(Role::Surface).lerp_to_gamma(look.color(Role::Accent), share)
}

/// The grid with its figures on the left.
fn frame_ui(ui: &mut Ui, look: &Look, (low, high): (f64, f64), figure: impl Fn(f64) -> String) -> (Frame, Response) {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let plot = Rect::from_min_max(rect.min + vec2(LEFT, 8.0), rect.max - vec2(4.0, BELOW));
    let frame = Frame { plot, low, high };
    for step in 0..=2_u8 {
        let value = low + (high - low) * f64::from(step) / 2.0;
        let y = frame.y(value);
        ui.painter().hline(plot.x_range(), y, look.hairline());
        let at = pos2(plot.left() - 6.0, y);
        ui.painter().text(at, Align2::RIGHT_CENTER, figure(value), look::regular(FONT), look.color(Role::Faint));
    }
    (frame, response)
}

fn label(ui: &Ui, look: &Look, frame: &Frame, x: f32, text: &str) {
    if !text.is_empty() {
        let at = pos2(x, frame.plot.bottom() + 5.0);
        ui.painter().text(at, Align2::CENTER_TOP, text, look::regular(FONT), look.color(Role::Faint));
    }
}

/// The chart in words.
fn says<'a>(response: &Response, name: &str, words: impl Iterator<Item = &'a str>) {
    let words: Vec<&str> = words.collect();
    let text = if words.is_empty() { format!("{name}: nothing yet") } else { format!("{name}. {}", words.join("; ")) };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &text));
}

/// The next round figure that halves to a whole one.
fn nice(highest: f64) -> f64 {
    let steps =
        [2.0, 4.0, 6.0, 10.0, 20.0, 40.0, 60.0, 100.0, 200.0, 400.0, 600.0, 1_000.0, 2_000.0, 4_000.0, 10_000.0];
    steps.into_iter().find(|step| *step >= highest).unwrap_or(highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_above_its_highest_value() {
        for highest in [0.0, 1.0, 2.0, 7.0, 61.0, 999.0, 12_345.0] {
            assert!(nice(highest) >= highest && nice(highest) >= 2.0);
        }
    }
}
