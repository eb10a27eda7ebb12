//! The metrics with their course, and the log, which is the lab's text twin.

use egui::{ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use super::Open;
use super::transport::time_words;
use crate::labs::Level;
use crate::theme::Role;
use crate::window::cx::Cx;
use crate::window::look;

/// The most steps that a chart shows.
const SHOWN: usize = 160;
const ROW: f32 = 26.0;

impl Open {
    pub(super) fn metrics_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let series = self.run.series();
        let Some(now) = series.last() else { return };
        let shown = &series[series.len().saturating_sub(SHOWN)..];
        for (index, metric) in now.iter().enumerate() {
            let course: Vec<f64> =
                shown.iter().filter_map(|metrics| metrics.get(index)).map(|metric| metric.value).collect();
            let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
            let value = format!("{} {}", figure(metric.value), metric.unit).trim_end().to_owned();
            let alarm = if metric.alarming { ", alarming" } else { "" };
            response.widget_info(|| {
                WidgetInfo::labeled(egui::Role::Label, true, format!("{}: {value}{alarm}", metric.name))
            });
            let role = if metric.alarming { Role::Down } else { Role::Ink };
            let painter = ui.painter_at(rect);
            let chart_width = (rect.width() * 0.28).clamp(50.0, 120.0);
            let value_galley = painter.layout_no_wrap(value, look::semibold(12.5), cx.look.color(role));
            let mut value_left = rect.right() - chart_width - 12.0 - value_galley.size().x;
            if metric.alarming {
                painter.circle_filled(egui::pos2(value_left - 8.0, rect.center().y), 3.0, cx.look.color(Role::Down));
                value_left -= 14.0;
            }
            let mut job = egui::text::LayoutJob::simple_singleline(
                metric.name.to_owned(),
                look::mono(11.5),
                cx.look.color(Role::Body),
            );
            job.wrap = egui::text::TextWrapping::truncate_at_width((value_left - rect.left() - 8.0).max(20.0));
            let name = painter.layout_job(job);
            let middle = |galley: &egui::Galley| rect.center().y - galley.size().y / 2.0;
            painter.galley(egui::pos2(rect.left(), middle(&name)), name, cx.look.color(Role::Body));
            let at = egui::pos2(rect.right() - chart_width - 12.0 - value_galley.size().x, middle(&value_galley));
            painter.galley(at, value_galley, cx.look.color(role));
            let chart = egui::Rect::from_min_max(
                egui::pos2(rect.right() - chart_width, rect.top() + 5.0),
                egui::pos2(rect.right() - 1.0, rect.bottom() - 5.0),
            );
            chart_ui(ui, cx, chart, &course, role);
            response.on_hover_text(metric.name);
        }
    }

    pub(super) fn log_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let log = self.run.log();
        let font = look::regular(12.5);
        let area = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true);
        let row = 19.0;
        area.show_rows(ui, row, log.len(), |ui, rows| {
            for (_, line) in log.get(rows).unwrap_or_default() {
                let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), row), Sense::hover());
                let (role, word) = match line.level {
                    Level::Plain => (Role::Body, ""),
                    Level::Good => (Role::Accent, "good: "),
                    Level::Bad => (Role::Down, "bad: "),
                };
                let time = time_words(line.at_millis);
                response.widget_info(|| {
                    WidgetInfo::labeled(egui::Role::Label, true, format!("{time}: {word}{}", line.text))
                });
                let painter = ui.painter_at(rect);
                let time = painter.layout_no_wrap(time, look::mono(11.0), cx.look.color(Role::Faint));
                let mut job =
                    egui::text::LayoutJob::simple_singleline(line.text.clone(), font.clone(), cx.look.color(role));
                job.wrap = egui::text::TextWrapping::truncate_at_width((rect.width() - 74.0).max(40.0));
                let text = painter.layout_job(job);
                let middle = |galley: &egui::Galley| rect.center().y - galley.size().y / 2.0;
                painter.galley(egui::pos2(rect.left(), middle(&time)), time, cx.look.color(Role::Faint));
                let elided = text.elided;
                painter.galley(egui::pos2(rect.left() + 72.0, middle(&text)), text, cx.look.color(role));
                if elided {
                    response.on_hover_text(&line.text);
                }
            }
        });
    }
}

/// A figure with as many digits as it needs.
fn figure(value: f64) -> String {
    if value.fract().abs() < 1e-9 || value.abs() >= 1000.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

fn chart_ui(ui: &Ui, cx: &Cx<'_>, rect: egui::Rect, course: &[f64], role: Role) {
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.bottom(), cx.look.hairline());
    let top = course.iter().copied().fold(0.0, f64::max);
    if course.len() < 2 || top <= 0.0 {
        return;
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "points on the screen")]
    let points = course.iter().enumerate().map(|(index, value)| {
        let x = rect.left() + rect.width() * index as f32 / (course.len() - 1) as f32;
        egui::pos2(x, rect.bottom() - rect.height() * (value / top).clamp(0.0, 1.0) as f32)
    });
    let role = if role == Role::Down { Role::Down } else { Role::Accent };
    painter.line(points.collect(), (1.3, cx.look.color(role)));
}
