//! A card of the reader's own, made of what is selected in a note.

use egui::{Frame, Margin, TextEdit, Ui};

use crate::ids::QuestionId;
use crate::study::Request;
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// The card that is being made.
pub struct Making {
    question: QuestionId,
    front: String,
    back: String,
    focus: bool,
}

impl Making {
    /// Begins with what is selected as the back; what to ask is for the reader to say.
    pub const fn of(question: QuestionId, selection: String) -> Self {
        Self { question, front: String::new(), back: selection, focus: true }
    }

    /// What to ask of the journal; None while a side is empty.
    pub fn request(&self) -> Option<Request> {
        let (front, back) = (self.front.trim(), self.back.trim());
        (!front.is_empty() && !back.is_empty()).then(|| Request::MakeCard {
            card: self.question.own_card(),
            front: front.to_owned(),
            back: back.to_owned(),
        })
    }

    /// Draws the two sides; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        let mut open = true;
        let frame = Frame::new()
            .fill(cx.look.color(Role::Ground))
            .stroke(cx.look.hairline())
            .corner_radius(9.0)
            .inner_margin(Margin::symmetric(12, 10));
        frame.show(ui, |ui| {
            controls::line(ui, cx.look, "A card of your own", look::semibold(look::CONTROL), Role::Ink);
            ui.add_space(2.0);
            let front = side(ui, &mut self.front, "Front", "What it asks");
            if std::mem::take(&mut self.focus) {
                front.request_focus();
            }
            side(ui, &mut self.back, "Back", "What to say");
            ui.add_space(2.0);
            ui.horizontal(|ui| {
                let ready = self.request().is_some() && !cx.read_only;
                let key = Action::FinishAttempt.key_text(ui.ctx());
                let save =
                    ui.add_enabled_ui(ready, |ui| controls::button(ui, cx.look, Weight::Main, "Make the card", &key));
                if save.inner.clicked() {
                    out.extend(self.request().map(Command::Study));
                    open = false;
                }
                open &= !controls::button(ui, cx.look, Weight::Quiet, "Cancel", "Esc").clicked();
            });
        });
        open
    }
}

fn side(ui: &mut Ui, text: &mut String, name: &str, hint: &str) -> egui::Response {
    let field = TextEdit::multiline(text).id_salt(name).hint_text(hint).desired_rows(2).desired_width(f32::INFINITY);
    let response = ui.add(field.font(look::regular(14.0)));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}
