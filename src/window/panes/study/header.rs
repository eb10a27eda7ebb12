//! Above the page: where the question stands, what the reader said last, and the outline.

use egui::{Align, Layout, Sense, Ui, Vec2, WidgetInfo};

use super::{ScrollTo, StudyPane};
use crate::catalog::Section;
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls;

impl StudyPane {
    pub(super) fn header_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some((topic, subtopic)) = cx.catalog.place_of(&cx.question.id) else { return };
        let look = cx.look;
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            controls::line(ui, look, &topic.title, look::regular(look::CONTROL), Role::Topic(topic.hue));
            let left_for_rest = ui.available_width();
            if left_for_rest > 220.0 {
                controls::line(ui, look, &subtopic.title, look::regular(look::CONTROL), Role::Faint);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let palette = controls::key_cap(ui, look, &Action::Palette.key_text(ui.ctx()));
                if palette.interact(Sense::click()).on_hover_text(Action::Palette.info().name).clicked() {
                    out.push(Command::Do(Action::Palette));
                }
                let state = cx.progress.question(&cx.question.id);
                if let Some(attempt) = state.and_then(|state| state.attempts.last())
                    && ui.available_width() > 150.0
                {
                    let text = format!("Last attempt {} of {} musts", attempt.musts_ticked, attempt.musts);
                    controls::line(ui, look, &text, look::regular(12.5), Role::Faint);
                }
                if let Some(confidence) = state.and_then(|state| state.confidence)
                    && ui.available_width() > 110.0
                {
                    let word = confidence.word();
                    ui.spacing_mut().item_spacing.x = 5.0;
                    controls::line(ui, look, word, look::regular(12.5), Role::Faint);
                    controls::line(ui, look, "You said", look::semibold(12.5), Role::Ink);
                }
            });
        });
    }

    /// The sections by name; the one being read is underlined.
    pub(super) fn outline_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(answer) = &cx.question.answer else { return };
        let font = look::regular(12.5);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            for section in Section::ALL.into_iter().filter(|section| *section != Section::Cards) {
                if !answer.sources_of.contains_key(&section) {
                    continue;
                }
                let here = self.reading == Some(section);
                let galley =
                    ui.painter().layout_no_wrap(section.title().to_owned(), font.clone(), cx.look.color(Role::Faint));
                if ui.available_width() < galley.size().x {
                    break;
                }
                let (rect, response) = ui.allocate_exact_size(Vec2::new(galley.size().x, 30.0), Sense::click());
                response.widget_info(|| WidgetInfo::selected(egui::Role::Tab, true, here, section.title()));
                let role = if here || response.hovered() || response.has_focus() { Role::Ink } else { Role::Faint };
                let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
                ui.painter().galley_with_override_text_color(at, galley, cx.look.color(role));
                if here {
                    let stroke = egui::Stroke::new(2.0, cx.look.color(Role::Accent));
                    ui.painter().hline(rect.x_range(), ui.max_rect().bottom() - 1.0, stroke);
                }
                if response.clicked() {
                    self.scroll_to = Some(ScrollTo::Section(section));
                }
            }
        });
    }
}
