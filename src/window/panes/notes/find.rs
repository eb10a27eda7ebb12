//! Find and replace within the note.

use std::ops::Range;

use egui::{Align, Key, Layout, TextEdit, Ui};

use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

#[derive(Default)]
pub struct FindBar {
    pub wanted: String,
    pub replacement: String,
    /// Which of those found is at hand.
    pub at: usize,
    /// The field wants the focus.
    pub focus: bool,
    /// The one at hand has just changed: bring it into view.
    pub moved: bool,
}

/// Where the wanted text stands, case aside; none overlaps another.
pub fn places(text: &str, wanted: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    if wanted.is_empty() {
        return out;
    }
    for (start, _) in text.char_indices() {
        if out.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let mut rest = text.get(start..).unwrap_or_default().chars();
        let same = wanted.chars().all(|c| rest.next().is_some_and(|other| c.to_lowercase().eq(other.to_lowercase())));
        if same {
            out.push(start..text.len() - rest.as_str().len());
        }
    }
    out
}

impl FindBar {
    /// Draws the bar; true when `text` was changed.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, text: &mut String, found: &[Range<usize>]) -> bool {
        let mut changed = false;
        self.at = self.at.min(found.len().saturating_sub(1));
        ui.horizontal(|ui| {
            let width = ((ui.available_width() - 150.0) / 2.0).clamp(60.0, 220.0);
            let find = field(ui, &mut self.wanted, "Find", width);
            if std::mem::take(&mut self.focus) {
                find.request_focus();
            }
            if find.changed() {
                (self.at, self.moved) = (0, true);
            }
            let (enter, back) = ui.input(|input| (input.key_pressed(Key::Enter), input.modifiers.shift));
            if find.lost_focus() && enter && !found.is_empty() {
                let step = if back { found.len() - 1 } else { 1 };
                (self.at, self.moved) = ((self.at + step) % found.len(), true);
                find.request_focus();
            }
            let replace = field(ui, &mut self.replacement, "Replace with", width);
            if replace.lost_focus() && enter {
                changed |= self.replace(text, found);
                replace.request_focus();
            }
            let count = match (self.wanted.is_empty(), found.len()) {
                (true, _) => String::new(),
                (false, 0) => "none".to_owned(),
                (false, all) => format!("{} of {all}", self.at + 1),
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if controls::button(ui, cx.look, Weight::Quiet, "All", "").on_hover_text("Replace all").clicked() {
                    for range in found.iter().rev() {
                        text.replace_range(range.clone(), &self.replacement);
                        changed = true;
                    }
                }
                controls::line(ui, cx.look, &count, look::regular(12.5), crate::theme::Role::Faint);
            });
        });
        changed
    }

    /// Replaces the one at hand; the next one takes its place.
    fn replace(&mut self, text: &mut String, found: &[Range<usize>]) -> bool {
        let Some(range) = found.get(self.at) else { return false };
        text.replace_range(range.clone(), &self.replacement);
        // What was put in is not looked at again when it holds what is wanted.
        self.at += places(&self.replacement, &self.wanted).len();
        self.moved = true;
        true
    }
}

fn field(ui: &mut Ui, text: &mut String, name: &str, width: f32) -> egui::Response {
    let field = TextEdit::singleline(text).id_salt(name).hint_text(name).desired_width(width);
    let response = ui.add(field);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_bytes_are_the_texts_own() {
        assert_eq!(places("İSR and isr, ISR", "isr"), [9..12, 14..17]);
        assert_eq!(places("aaaa", "aa"), [0..2, 2..4]);
        assert!(places("abc", "").is_empty());
    }

    #[test]
    fn replacing_goes_on_after_what_was_put_in() {
        let mut text = "a a".to_owned();
        let mut bar = FindBar { wanted: "a".into(), replacement: "aa".into(), ..FindBar::default() };
        for _ in 0..2 {
            let found = places(&text, &bar.wanted);
            assert!(bar.replace(&mut text, &found));
        }
        assert_eq!(text, "aa aa");
    }
}
