//! One follow-up while an attempt is scored: what comes next in the room. Answered before it is opened, it counts.

use egui::{Align, Frame, Margin, Rect, Sense, StrokeKind, Ui, Vec2, WidgetInfo};

use super::StudyPane;
use crate::catalog::Answer;
use crate::theme::Role;
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::doc::Paper;
use crate::window::widgets::marks;
use crate::window::widgets::rich::{self, Reading, Setting};

impl StudyPane {
    pub(super) fn follow_up_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, reading: &mut Reading<'_>) {
        // Another one at each attempt.
        let attempts = cx.progress.question(&cx.question.id).map_or(0, |state| state.attempts.len());
        let Some(probe) = answer.probes.get(attempts % answer.probes.len().max(1)) else { return };
        let hue = cx.catalog.place_of(&cx.question.id).map_or_else(Default::default, |(topic, _)| topic.hue);
        let sitting = self.sitting(cx);
        let frame = Frame::new()
            .fill(cx.look.color(Role::Surface))
            .stroke(cx.look.hairline())
            .corner_radius(9.0)
            .inner_margin(Margin::symmetric(16, 12));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                controls::line(ui, cx.look, "And why?", look::semibold(look::CONTROL), Role::Body);
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                    controls::line(ui, cx.look, "answer it, then open it", look::semibold(12.5), Role::Faint);
                });
            });
            let setting = Setting { line_height: 22.0, size: 14.5, ..Setting::BODY.ink() };
            rich::spans_ui(ui, cx.look, &probe.question, setting, reading);
            if !sitting.follow_up_open {
                sitting.follow_up_open = controls::button(ui, cx.look, Weight::Plain, "Open its answer", "").clicked();
                return;
            }
            let paper = Paper { look: cx.look, hue, code: cx.code, setting: Setting { size: 14.0, ..Setting::BODY } };
            ui.push_id("follow-up", |ui| paper.blocks_ui(ui, &probe.answer, reading));
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                let (rect, response) = ui.allocate_exact_size(Vec2::new(16.0, 24.0), Sense::click());
                let label = "I had that";
                response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, sitting.follow_up, label));
                let tick = Rect::from_center_size(rect.center(), Vec2::splat(15.0));
                marks::tick_box(ui.painter(), cx.look, tick, sitting.follow_up);
                if response.has_focus() {
                    let stroke = egui::Stroke::new(1.5, cx.look.color(Role::Accent));
                    ui.painter().rect_stroke(tick.expand(2.5), 5.0, stroke, StrokeKind::Outside);
                }
                let text = controls::line(ui, cx.look, label, look::regular(14.0), Role::Body).interact(Sense::click());
                if response.clicked() || text.clicked() {
                    sitting.follow_up = !sitting.follow_up;
                }
            });
        });
        ui.add_space(8.0);
    }
}
