//! A note that two machines changed in the same place: both versions, what tells them apart, and the choice between them.

use egui::{Frame, Margin, ScrollArea, Ui};

use super::NotesPane;
use super::history::{changes, changes_ui, when};
use crate::study::{Linking, Request};
use crate::theme::Role;
use crate::window::cx::{Command, Cx, Draft};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// What only the notice knows.
#[derive(Default)]
pub struct Versions {
    /// The note whose versions are open.
    open: Option<Draft>,
}

impl NotesPane {
    /// Says that there are two versions and lets the reader choose; nothing where there is one.
    pub(super) fn versions_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
        let Some(note) = noted(draft) else { return };
        let standing = cx.progress.standing(&note);
        let Some(other) = standing.others.first() else { return };
        let open = self.versions.open.as_ref() == Some(draft);
        let here = self.text(cx, draft).clone();
        let mut chosen = None;
        let mut toggled = false;
        let frame = Frame::new()
            .fill(cx.look.color(Role::Ground))
            .stroke(egui::Stroke::new(1.0, cx.look.color(Role::Line)))
            .corner_radius(6.0)
            .inner_margin(Margin::symmetric(12, 6));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width() - 12.0);
            let at = when(other.at.0, cx.now.offset_secs);
            let more = standing.others.len() - 1;
            let more = if more == 0 { String::new() } else { format!(", and {more} more") };
            let says = format!("Two versions of this note: the one below, and another of {at}{more}");
            let text = egui::RichText::new(says).font(look::regular(13.0)).color(cx.look.color(Role::Ink));
            ui.add(egui::Label::new(text).wrap());
            if open {
                let difference = changes(&here, &other.text);
                let height = (ui.available_height() * 0.45).max(90.0);
                let area = ScrollArea::vertical().id_salt("versions").max_height(height).auto_shrink([false, true]);
                area.show(ui, |ui| {
                    changes_ui(ui, cx, &difference);
                    controls::caption(ui, cx.look, "Struck out is only in the one below, marked only in the other.");
                });
            }
            ui.horizontal_wrapped(|ui| {
                let name = if open { "Hide" } else { "Difference" };
                let spoken = if open { "Hide the difference" } else { "Show the difference" };
                toggled = controls::button_named(ui, cx.look, Weight::Plain, name, "", spoken).clicked();
                if cx.read_only {
                    return;
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Keep this one", "").clicked() {
                    chosen = Some(here.clone());
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Take the other", "").clicked() {
                    chosen = Some(other.text.clone());
                }
                let both = controls::button(ui, cx.look, Weight::Quiet, "Keep both", "");
                if both.on_hover_text("One after the other").clicked() {
                    chosen = Some(format!("{}\n\n{}\n", here.trim_end(), other.text.trim_end()));
                }
            });
        });
        ui.add_space(8.0);
        if toggled {
            self.versions.open = (!open).then(|| draft.clone());
        }
        if let Some(text) = chosen
            && !cx.waiting
        {
            self.texts.insert(draft.clone(), text.clone());
            // What is being typed is in the text that was chosen from.
            let over = standing.over.iter().copied().chain(other.entry).collect();
            let request = Request::WriteOver { note, text: text.clone(), over };
            out.push(Command::Choose { draft: draft.clone(), text, request });
        }
    }
}

/// The note that a draft is of.
pub fn noted(draft: &Draft) -> Option<Linking> {
    match draft {
        Draft::MyAnswer(question) => Some(Linking::Question(question.clone())),
        Draft::Note(note) => Some(Linking::Note(note.clone())),
        Draft::Attempt(_) | Draft::Mock => None,
    }
}
