//! My answer beside the model's: what it says, and its key points.

use egui::{ScrollArea, Ui};

use super::{NotesPane, WIDE, follow, paper};
use crate::theme::Role;
use crate::window::cx::{Command, Cx, Draft};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::rich::{self, Reading, Setting};

impl NotesPane {
    /// My answer beside the model's.
    pub(super) fn compare_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(answer) = &cx.question.answer else {
            controls::caption(ui, cx.look, "This question has no model answer yet.");
            return;
        };
        let id = &cx.question.id;
        let attempted = cx.progress.question(id).is_some_and(|state| !state.attempts.is_empty());
        if !attempted && self.compare_anyway.as_ref() != Some(id) {
            controls::caption(ui, cx.look, "The model answer is hidden until your first attempt.");
            ui.add_space(4.0);
            if controls::button(ui, cx.look, Weight::Plain, "Show it all the same", "").clicked() {
                self.compare_anyway = Some(id.clone());
            }
            return;
        }
        let written = self.text(cx, &Draft::MyAnswer(id.clone())).clone();
        let mut reading = Reading::default();
        ScrollArea::vertical().id_salt(("compare", id)).auto_shrink(false).show(ui, |ui| {
            let mine = |pane: &mut Self, ui: &mut Ui, out: &mut Vec<Command>| {
                controls::line(ui, cx.look, "Mine", look::semibold(12.5), Role::Accent);
                pane.blocks_ui(ui, cx, &written, out);
            };
            let mut model = |ui: &mut Ui| {
                controls::line(ui, cx.look, "The model's", look::semibold(12.5), Role::Accent);
                ui.push_id("say it", |ui| paper(cx).blocks_ui(ui, &answer.say_it.blocks, &mut reading));
                ui.add_space(8.0);
                for (index, point) in answer.key_points.iter().enumerate() {
                    let setting = Setting { size: 13.0, line_height: 19.5, ..Setting::BODY };
                    ui.push_id(index, |ui| {
                        ui.horizontal_top(|ui| {
                            let kind = if point.must { "must" } else { "plus" };
                            controls::line(ui, cx.look, kind, look::regular(12.0), Role::Faint);
                            rich::spans_ui(ui, cx.look, &point.spans, setting, &mut reading);
                        });
                    });
                }
            };
            if ui.available_width() >= WIDE {
                ui.spacing_mut().item_spacing.x = 24.0;
                ui.columns_const(|[left, right]| {
                    mine(self, left, out);
                    model(right);
                });
            } else {
                mine(self, ui, out);
                ui.add_space(14.0);
                model(ui);
            }
        });
        follow(reading.events, out);
    }
}
