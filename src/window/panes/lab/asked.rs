//! Predict first; then why it came out as it did.

use egui::{Frame, Margin, Ui};

use super::{Open, Phase, paragraph};
use crate::ids::QuestionId;
use crate::labs::{Answer, Ask};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

impl Open {
    pub(super) fn asked_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        match self.phase {
            Phase::Free => {}
            Phase::Asking => self.card_ui(ui, cx, |open, ui| open.question_ui(ui, cx, now_secs, out)),
            Phase::Said(said) => self.card_ui(ui, cx, |open, ui| {
                controls::line(ui, cx.look, open.scenario.question, look::semibold(look::CONTROL), Role::Ink);
                let text = format!("You said: {}", words(open.scenario.ask, said));
                controls::caption(ui, cx.look, &text);
            }),
            Phase::Told(said) => self.card_ui(ui, cx, |open, ui| open.why_ui(ui, cx, said, out)),
        }
    }

    fn card_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, content: impl FnOnce(&mut Self, &mut Ui)) {
        let frame = Frame::new().fill(cx.look.color(Role::Surface)).stroke(cx.look.hairline()).corner_radius(9.0);
        frame.inner_margin(Margin::symmetric(14, 10)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(self, ui);
        });
        ui.add_space(10.0);
    }

    fn question_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        controls::caption(ui, cx.look, self.scenario.given);
        ui.add_space(4.0);
        let text = egui::RichText::new(self.scenario.question).font(look::semibold(13.5));
        ui.add(egui::Label::new(text.color(cx.look.color(Role::Ink))).wrap().selectable(false));
        ui.add_space(6.0);
        match self.scenario.ask {
            Ask::Choice { options, .. } => {
                for (index, option) in options.iter().enumerate() {
                    if option_ui(ui, cx, index + 1, option).clicked() {
                        self.predict(cx, Answer::Choice(index), now_secs, out);
                    }
                }
            }
            Ask::Number { unit, .. } => {
                ui.horizontal(|ui| {
                    let field = egui::TextEdit::singleline(&mut self.number).desired_width(90.0);
                    let response = ui.add(field);
                    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Your prediction"));
                    controls::line(ui, cx.look, unit, look::regular(look::CONTROL), Role::Body);
                    let enter = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                    let number = self.number.trim().replace([' ', ','], "").parse();
                    let run = controls::button(ui, cx.look, Weight::Main, "Predict and run", "Enter").clicked();
                    match number {
                        Ok(number) if run || enter => self.predict(cx, Answer::Number(number), now_secs, out),
                        Err(_) if run && !self.number.trim().is_empty() => {
                            out.push(Command::Toast("A whole number, please".to_owned()));
                        }
                        _ => {}
                    }
                });
            }
        }
        ui.horizontal(|ui| {
            if controls::button(ui, cx.look, Weight::Quiet, "Only watch", "").clicked() {
                self.phase = Phase::Free;
                self.playing = Some(now_secs);
            }
        });
    }

    fn why_ui(&self, ui: &mut Ui, cx: &Cx<'_>, said: Answer, out: &mut Vec<Command>) {
        let (ask, why) = (self.scenario.ask, &self.scenario.why);
        let right = ask.is_right(said);
        let verdict = format!("{}: {}", if right { "Right" } else { "Not so" }, ask.right_words());
        let role = if right { Role::Accent } else { Role::Down };
        let text = egui::RichText::new(verdict).font(look::semibold(13.5)).color(cx.look.color(role));
        ui.add(egui::Label::new(text).wrap().selectable(true));
        if !right {
            controls::caption(ui, cx.look, &format!("You said: {}", words(ask, said)));
        }
        ui.add_space(2.0);
        paragraph(ui, cx, why.because);
        ui.add_space(4.0);
        for (name, text) in [("Setting", why.setting), ("Metric", why.metric)] {
            let mut job = egui::text::LayoutJob::default();
            let format = |font, role| egui::TextFormat::simple(font, cx.look.color(role));
            job.append(&format!("{name}  "), 0.0, format(look::regular(look::CAPTION), Role::Faint));
            job.append(text, 0.0, format(look::mono(12.0), Role::Ink));
            ui.add(egui::Label::new(job).wrap().selectable(true));
        }
        let id = QuestionId::new(why.question);
        let more = cx.catalog.question(&id).filter(|_| id != cx.question.id);
        if more.is_none() && right {
            return;
        }
        ui.add_space(2.0);
        ui.horizontal_wrapped(|ui| {
            if let Some(question) = more
                && controls::button(ui, cx.look, Weight::Plain, &question.title, "").clicked()
            {
                out.push(Command::Go(id));
            }
            let key = Action::LabCard.key_text(ui.ctx());
            if !right && controls::button(ui, cx.look, Weight::Main, "Make it a card", &key).clicked() {
                out.push(Command::Do(Action::LabCard));
            }
        });
    }
}

/// An option over the whole width, its key before it; long ones take several lines.
fn option_ui(ui: &mut Ui, cx: &Cx<'_>, number: usize, option: &str) -> egui::Response {
    const PAD: egui::Vec2 = egui::vec2(12.0, 7.0);
    const KEY: f32 = 22.0;
    let width = ui.available_width();
    let ink = cx.look.color(Role::Ink);
    let wrap = width - 2.0 * PAD.x - KEY;
    let text = ui.painter().layout(option.to_owned(), look::regular(13.5), ink, wrap);
    let size = egui::vec2(width, text.size().y + 2.0 * PAD.y);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, option));
    let hot = response.hovered() || response.has_focus();
    let line = cx.look.color(if hot { Role::Accent } else { Role::Line });
    let fill = cx.look.color(if response.is_pointer_button_down_on() { Role::AccentWeak } else { Role::Ground });
    ui.painter().rect(rect, 7.0, fill, (1.0, line), egui::StrokeKind::Inside);
    let key = ui.painter().layout_no_wrap(number.to_string(), look::regular(look::CAPTION), cx.look.color(Role::Faint));
    let at = egui::pos2(rect.left() + PAD.x, rect.center().y - key.size().y / 2.0);
    ui.painter().galley(at, key, ink);
    ui.painter().galley(rect.min + PAD + egui::vec2(KEY, 0.0), text, ink);
    response
}

/// An answer in words.
fn words(ask: Ask, said: Answer) -> String {
    match (ask, said) {
        (Ask::Choice { options, .. }, Answer::Choice(index)) => {
            options.get(index).copied().unwrap_or_default().to_owned()
        }
        (Ask::Number { unit, .. }, Answer::Number(number)) => format!("{number} {unit}").trim_end().to_owned(),
        _ => String::new(),
    }
}
