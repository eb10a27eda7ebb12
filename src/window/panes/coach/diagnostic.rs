//! The diagnostic: one prompt at a time; how sure, then the key points, ticked at a glance.

use std::collections::BTreeSet;

use egui::{Key, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::{headline, sheet};
use crate::catalog::Answer;
use crate::ids::QuestionId;
use crate::study::diagnostic::{self, PROMPTS};
use crate::study::{self, Confidence, Diagnosed, Request};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::rich::{self, Setting};

/// What only the page knows: how far the reader is with the prompt.
#[derive(Default)]
pub struct DiagnosticPage {
    /// The state of the reader's progress that the prompt was chosen for.
    revision: Option<u64>,
    prompt: Option<QuestionId>,
    asked: usize,
    confidence: Option<Confidence>,
    ticked: BTreeSet<String>,
    since_secs: f64,
}

/// One prompt counts up to this long.
const LONGEST_SECS: f64 = 180.0;

impl DiagnosticPage {
    /// Chooses the prompt anew when something was written since: what undo took back is asked again.
    fn refresh(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        if self.revision == Some(cx.progress.revision()) {
            return;
        }
        let asked = study::diagnosed(cx.progress);
        let mut askable = study::askable(cx.catalog);
        askable.retain(|one| cx.progress.topics().weight(&one.question.topic()) > 0.0);
        let order = |id: &QuestionId| cx.progress.topics().rank(&id.topic());
        askable.sort_by_key(|one| order(&one.question));
        let prompt = diagnostic::next(&askable, &asked, PROMPTS);
        if prompt.is_none() {
            out.push(Command::Show(Screen::Plan));
        }
        if prompt != self.prompt {
            (self.confidence, self.since_secs) = (None, now_secs);
            self.ticked.clear();
        }
        (self.prompt, self.asked, self.revision) = (prompt, asked.len(), Some(cx.progress.revision()));
    }

    fn choose(&mut self, cx: &Cx<'_>, confidence: Confidence, now_secs: f64) {
        if cx.read_only || cx.waiting {
            return;
        }
        if self.confidence.is_none() {
            self.confidence = Some(confidence);
            self.since_secs = self.since_secs.max(now_secs - LONGEST_SECS);
        } else {
            self.toggle(cx, Confidence::ALL.iter().position(|one| *one == confidence).unwrap_or_default());
        }
    }

    fn answer<'a>(&self, cx: &Cx<'a>) -> Option<&'a Answer> {
        cx.catalog.question(self.prompt.as_ref()?)?.answer.as_ref()
    }

    fn toggle(&mut self, cx: &Cx<'_>, index: usize) {
        let Some(point) = self.answer(cx).and_then(|answer| answer.key_points.get(index)) else { return };
        if !self.ticked.remove(&point.id) {
            self.ticked.insert(point.id.clone());
        }
    }

    fn go_on(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let (Some(question), Some(answer)) = (self.prompt.clone(), self.answer(cx)) else { return };
        let Some(confidence) = self.confidence else {
            out.push(Command::Toast("First say how sure you are: 1 guess, 2 shaky, 3 likely, 4 sure".to_owned()));
            return;
        };
        if cx.waiting || cx.read_only {
            return;
        }
        let count = |must: bool, ticked_only: bool| {
            let points = answer.key_points.iter().filter(|point| point.must == must);
            let counted = points.filter(|point| !ticked_only || self.ticked.contains(&point.id)).count();
            u8::try_from(counted).unwrap_or(u8::MAX)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most minutes")]
        let took_millis = ((now_secs - self.since_secs).clamp(0.0, LONGEST_SECS) * 1000.0) as u32;
        out.push(Command::Study(Request::Diagnose(Diagnosed {
            question,
            confidence,
            ticked: self.ticked.iter().cloned().collect(),
            musts: count(true, false),
            musts_ticked: count(true, true),
            plus: count(false, false),
            plus_ticked: count(false, true),
            took_millis,
        })));
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let now_secs = ui.input(|input| input.time);
        self.refresh(cx, now_secs, out);
        if self.confidence.is_some() && !ui.ctx().text_edit_focused() {
            for (index, key) in [(4, Key::Num5), (5, Key::Num6), (6, Key::Num7), (7, Key::Num8)] {
                if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)) {
                    self.toggle(cx, index);
                }
            }
        }
        let foot = |ui: &mut Ui, page: &mut Self, out: &mut Vec<Command>| page.bar_ui(ui, cx, now_secs, out);
        sheet(ui, cx, look::COLUMN, (self, out), foot, |ui, page, _| page.body_ui(ui, cx));
    }

    /// Beside the screen's name.
    pub fn head(&self) -> String {
        format!("{} of {PROMPTS}, about 20 seconds each", (self.asked + 1).min(PROMPTS))
    }

    /// What an action comes to here.
    pub fn act(&mut self, cx: &Cx<'_>, action: Action, now_secs: f64, out: &mut Vec<Command>) {
        match action {
            Action::Choose1 => self.choose(cx, Confidence::Guess, now_secs),
            Action::Choose2 => self.choose(cx, Confidence::Shaky, now_secs),
            Action::Choose3 => self.choose(cx, Confidence::Likely, now_secs),
            Action::Choose4 => self.choose(cx, Confidence::Sure, now_secs),
            _ => self.go_on(cx, now_secs, out),
        }
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        self.steps_ui(ui, cx);
        let Some(question) = self.prompt.as_ref().and_then(|id| cx.catalog.question(id)) else { return };
        ui.add_space(22.0);
        if let Some((topic, subtopic)) = cx.catalog.place_of(&question.id) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                controls::line(ui, cx.look, &topic.title, look::regular(look::CONTROL), Role::Topic(topic.hue));
                controls::line(ui, cx.look, &subtopic.title, look::regular(look::CONTROL), Role::Faint);
            });
        }
        ui.add_space(4.0);
        headline(ui, cx, &question.prompt);
        ui.add_space(14.0);
        let Some(answer) = question.answer.as_ref().filter(|_| self.confidence.is_some()) else {
            let text = "Answer in your head. How sure are you that it would hold?";
            super::paragraph(ui, cx, text, Role::Faint);
            return;
        };
        super::card(ui, cx, |ui| {
            ui.horizontal(|ui| {
                controls::line(ui, cx.look, "Key points", look::semibold(look::CONTROL), Role::Body);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let hint = "tick what you would have said";
                    controls::line(ui, cx.look, hint, look::semibold(12.5), Role::Faint);
                });
            });
            ui.add_space(4.0);
            for (index, point) in answer.key_points.iter().enumerate() {
                if self.point_ui(ui, cx, index, point) {
                    self.toggle(cx, index);
                }
            }
        });
    }

    /// One key point with its number; true when it was clicked.
    fn point_ui(&self, ui: &mut Ui, cx: &Cx<'_>, index: usize, point: &crate::catalog::KeyPoint) -> bool {
        let ticked = self.ticked.contains(&point.id);
        let label = crate::text::plain_of(&point.spans);
        let row = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let (rect, response) = ui.allocate_exact_size(Vec2::new(16.0, 24.0), Sense::click());
            response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, ticked, &label));
            let tick_rect = Rect::from_center_size(rect.center(), Vec2::splat(15.0));
            crate::window::widgets::marks::tick_box(ui.painter(), cx.look, tick_rect, ticked);
            if response.has_focus() {
                let stroke = egui::Stroke::new(1.5, cx.look.color(Role::Accent));
                ui.painter().rect_stroke(tick_rect.expand(2.5), 5.0, stroke, egui::StrokeKind::Outside);
            }
            let setting = Setting { line_height: 24.0, size: 14.5, ..Setting::BODY };
            let width = ui.available_width() - 58.0;
            let text =
                rich::spans_in_width_ui(ui, cx.look, &point.spans, setting, width, &mut rich::Reading::default());
            let right = Vec2::new(ui.available_width(), 24.0);
            ui.allocate_ui_with_layout(right, egui::Layout::right_to_left(egui::Align::Center), |ui| {
                controls::key_cap(ui, cx.look, &(index + 1).to_string());
                if !point.must {
                    controls::line(ui, cx.look, "plus", look::regular(12.5), Role::Faint);
                }
            });
            response.clicked() || text.clicked()
        });
        row.inner
    }

    /// A short line a prompt, as a scene has its steps.
    fn steps_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 4.0), Sense::hover());
        let words = format!("{} of {PROMPTS} prompts answered", self.asked);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &words));
        #[expect(clippy::cast_precision_loss, reason = "a few prompts")]
        let (n, gap) = (PROMPTS as f32, 5.0);
        let width = (rect.width() - gap * (n - 1.0)) / n;
        for index in 0..PROMPTS {
            #[expect(clippy::cast_precision_loss, reason = "a few prompts")]
            let left = rect.left() + index as f32 * (width + gap);
            let bar = Rect::from_min_size(egui::pos2(left, rect.top()), Vec2::new(width, 4.0));
            let role = if index < self.asked { Role::Accent } else { Role::Line };
            ui.painter().rect_filled(bar, 2.0, cx.look.color(role));
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let Some(confidence) = self.confidence else {
            for (index, confidence) in Confidence::ALL.into_iter().enumerate() {
                let key = (index + 1).to_string();
                let button = controls::button_of_width(ui, cx.look, Weight::Plain, confidence.name(), &key, 104.0);
                if button.clicked() {
                    self.choose(cx, confidence, now_secs);
                }
            }
            return;
        };
        let is_last = self.asked + 1 >= PROMPTS;
        let name = if is_last { "See the plan" } else { "Next" };
        let key = Action::Reveal.key_text(ui.ctx());
        if controls::button_of_width(ui, cx.look, Weight::Main, name, &key, 150.0).clicked() {
            self.go_on(cx, now_secs, out);
        }
        let musts = self.answer(cx).map_or(0, |answer| answer.key_points.iter().filter(|point| point.must).count());
        let said = self.answer(cx).map_or(0, |answer| {
            answer.key_points.iter().filter(|point| point.must && self.ticked.contains(&point.id)).count()
        });
        let text = format!("You said {}. {said} of {musts} musts", confidence.word());
        controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
    }
}
