//! The editor: the note in Markdown, what is looked for marked, links offered, its preview beside it where there is room.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Align, Frame, Id, Panel, Rect, ScrollArea, TextBuffer, TextEdit, Ui};

use super::complete::Offer;
use super::find;
use super::ink::Marks;
use super::{NotesPane, WIDE, hue, linking_ui};
use crate::window::cx::{Command, Cx, Draft};
use crate::window::widgets::controls::{self, Weight};

const TEMPLATE: &str =
    "**Claim.** \n\n**Mechanism.** \n\n**Trade-off.** \n\n**Failure.** \n\n**My story.** \n\n**Number.** \n";

/// The editor's field, the same wherever it is asked for.
pub fn field_id(draft: &Draft) -> Id {
    Id::unique(("note", draft.key()))
}

impl NotesPane {
    pub(super) fn write_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
        let mut text = std::mem::take(self.text(cx, draft));
        let mut changed = false;
        if self.preview && ui.available_width() >= WIDE {
            let width = ui.available_width() / 2.0;
            let side = Panel::right(ui.scope_id().with("preview")).resizable(false).exact_size(width);
            side.frame(Frame::new().inner_margin(egui::Margin { left: 16, ..egui::Margin::ZERO }))
                .show(ui, |ui| self.page_ui(ui, cx, draft, &text, out));
        }
        egui::CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            let found = self.find.as_ref().map_or_else(Vec::new, |bar| find::places(&text, &bar.wanted));
            if let Some(bar) = &mut self.find {
                changed |= bar.ui(ui, cx, &mut text, &found);
                ui.add_space(4.0);
            }
            if let Some(making) = &mut self.making {
                // A long selection is scrolled.
                let area = ScrollArea::vertical().id_salt("making").max_height(ui.available_height() - 12.0);
                let open = area.show(ui, |ui| making.ui(ui, cx, out)).inner;
                if !open {
                    self.making = None;
                }
                ui.add_space(6.0);
            }
            changed |= self.field_ui(ui, cx, draft, &mut text, out);
        });
        if changed {
            out.push(Command::Typed { draft: draft.clone(), text: text.clone() });
        }
        *self.text(cx, draft) = text;
    }

    /// The field itself; true when its text has changed.
    fn field_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, text: &mut String, out: &mut Vec<Command>) -> bool {
        let id = field_id(draft);
        let mut changed = self.offered_ui(ui, draft, text);
        let found = self.find.as_ref().map_or_else(Vec::new, |bar| find::places(text, &bar.wanted));
        let moved = self.find.as_mut().is_some_and(|bar| std::mem::take(&mut bar.moved));
        let current = self.find.as_ref().map_or(0, |bar| bar.at);
        if let Some(byte) = self.caret.take() {
            put_caret(ui, id, text, byte..byte);
        }
        let focus = std::mem::take(&mut self.focus);
        let (name, hint) = match draft {
            Draft::Note(note) if note.of_topic().is_some() => ("Notes on the topic", "What holds for the whole topic"),
            Draft::Note(_) => ("Scratchpad", "Anything, on no question at all"),
            _ => ("My answer", "Claim, mechanism, trade-off, failure, your own story, a number"),
        };
        let area = ScrollArea::vertical().id_salt(("write", draft.key())).auto_shrink(false);
        area.show(ui, |ui| {
            let ink = &mut self.ink;
            let marks = Marks { found: &found, current };
            let paper = (cx.look, hue(cx), cx.code);
            let mut layouter =
                |ui: &Ui, buffer: &dyn TextBuffer, width: f32| ink.galley(ui, paper, buffer.as_str(), width, marks);
            let rows = if text.is_empty() { 2 } else { 4 };
            let field = TextEdit::multiline(text)
                .id(id)
                .frame(Frame::NONE)
                .desired_width(f32::INFINITY)
                .desired_rows(rows)
                .interactive(!cx.read_only)
                .hint_text(hint)
                .layouter(&mut layouter);
            let shown = field.show(ui);
            let response = &shown.response;
            ui.ctx().accesskit_node_builder(id, |node| node.set_label(name));
            if focus {
                response.request_focus();
            }
            let place_of = |byte: usize| -> Rect {
                let chars = text.get(..byte).map_or(0, |before| before.chars().count());
                shown.galley.pos_from_cursor(CCursor::new(chars)).translate(shown.galley_pos.to_vec2())
            };
            if moved && let Some(range) = found.get(current) {
                ui.scroll_to_rect(place_of(range.start), Some(Align::Center));
            }
            let selected = shown.cursor_range.map(|range| {
                let [from, to] = range.sorted_cursors().map(|cursor| byte_of(text, cursor.index.0));
                from..to
            });
            let focused = response.has_focus();
            if focused && let Some(selected) = &selected {
                self.selection = Some((draft.clone(), selected.clone()));
            }
            let caret = selected.filter(|range| focused && range.is_empty()).map(|range| range.start);
            let last = self.offer.take();
            self.offer = caret.and_then(|caret| Offer::at(cx, text, caret, last));
            if let (Some(offer), Some(caret)) = (&self.offer, caret) {
                let clicked = offer.ui(ui, cx, place_of(caret));
                self.picked = clicked;
            }
            changed |= response.changed();
            if response.lost_focus() {
                out.push(Command::Settle(draft.clone()));
            }
            if text.is_empty() && !cx.read_only && matches!(draft, Draft::MyAnswer(_)) {
                ui.add_space(6.0);
                if controls::button(ui, cx.look, Weight::Plain, "Start from the template", "").clicked() {
                    TEMPLATE.clone_into(text);
                    // To the first thing to say.
                    self.caret = TEMPLATE.find('\n');
                    self.focus = true;
                    changed = true;
                }
            }
            linking_ui(ui, cx, draft, out);
        });
        changed
    }

    /// Takes the keys of an open offer of links, and puts a link in that was chosen.
    fn offered_ui(&mut self, ui: &Ui, draft: &Draft, text: &mut String) -> bool {
        let picked = self.picked.take();
        let focused = ui.memory(|memory| memory.has_focus(field_id(draft)));
        let Some(offer) = self.offer.as_mut().filter(|_| focused || picked.is_some()) else { return false };
        let Some(row) = picked.or_else(|| offer.keys(ui)) else { return false };
        let Some(caret) = offer.take(row, text) else { return false };
        (self.offer, self.caret, self.focus) = (None, Some(caret), true);
        true
    }
}

/// The byte at which a character begins.
fn byte_of(text: &str, char: usize) -> usize {
    text.char_indices().nth(char).map_or(text.len(), |(byte, _)| byte)
}

/// Selects these bytes of the field.
fn put_caret(ui: &Ui, id: Id, text: &str, range: std::ops::Range<usize>) {
    let chars = |byte: usize| CCursor::new(text.get(..byte).map_or(0, |before| before.chars().count()));
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(chars(range.start), chars(range.end))));
    state.store(ui.ctx(), id);
}
