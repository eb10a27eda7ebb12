//! `[[` offers the questions whose name fits what follows; picking one makes a link of it.

use std::ops::Range;

use egui::{Align2, Area, Frame, Key, Modifiers, Order, Rect, Sense, Ui, WidgetInfo, vec2};

use crate::ids::QuestionId;
use crate::theme::Role;
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::naming::matching;

/// The offer that stands open.
pub struct Offer {
    /// From the first bracket to the caret, in bytes.
    range: Range<usize>,
    rows: Vec<(QuestionId, String)>,
    chosen: usize,
}

const MOST: usize = 7;
const ROW: f32 = 28.0;

/// What has been typed of a link before the caret: from its brackets on, on one line and not yet closed.
fn begun(text: &str, caret: usize) -> Option<Range<usize>> {
    let before = text.get(..caret)?;
    let start = before.rfind("[[")?;
    let typed = before.get(start + 2..)?;
    (typed.len() <= 60 && !typed.contains(['\n', ']', '[', '|'])).then_some(start..caret)
}

impl Offer {
    /// The offer for a caret at this byte; `last` keeps its choice while the rows stay.
    pub fn at(cx: &Cx<'_>, text: &str, caret: usize, last: Option<Self>) -> Option<Self> {
        let range = begun(text, caret)?;
        let typed = text.get(range.start + 2..range.end).unwrap_or_default();
        let found = matching(cx.catalog, typed.trim());
        let rows: Vec<_> = found.into_iter().take(MOST).map(|found| (found.id.clone(), found.title.clone())).collect();
        let chosen = last.filter(|last| last.rows == rows).map_or(0, |last| last.chosen);
        (!rows.is_empty()).then_some(Self { range, rows, chosen })
    }

    /// Takes the keys that are its own before the field sees them; the choice, once it is made.
    pub fn keys(&mut self, ui: &Ui) -> Option<usize> {
        ui.input_mut(|input| {
            if input.consume_key(Modifiers::NONE, Key::ArrowDown) {
                self.chosen = (self.chosen + 1) % self.rows.len();
            } else if input.consume_key(Modifiers::NONE, Key::ArrowUp) {
                self.chosen = (self.chosen + self.rows.len() - 1) % self.rows.len();
            }
            let taken = input.consume_key(Modifiers::NONE, Key::Enter) || input.consume_key(Modifiers::NONE, Key::Tab);
            taken.then_some(self.chosen)
        })
    }

    /// Puts the link in; the byte after it.
    pub fn take(&self, row: usize, text: &mut String) -> Option<usize> {
        let (id, _) = self.rows.get(row)?;
        let link = format!("[[{id}]]");
        // Brackets that stand there already are not doubled.
        let closed = text.get(self.range.end..).is_some_and(|rest| rest.starts_with("]]"));
        let end = if closed { self.range.end + 2 } else { self.range.end };
        text.get(self.range.start..end)?;
        text.replace_range(self.range.start..end, &link);
        Some(self.range.start + link.len())
    }

    /// Draws the rows under the caret, or over it where there is no room below; the one that was clicked.
    pub fn ui(&self, ui: &Ui, cx: &Cx<'_>, caret: Rect) -> Option<usize> {
        let mut clicked = None;
        #[expect(clippy::cast_precision_loss, reason = "a few rows")]
        let height = self.rows.len() as f32 * ROW + 20.0;
        let fits = caret.bottom() + height < ui.ctx().content_rect().bottom();
        let (pivot, at) = if fits {
            (Align2::LEFT_TOP, caret.left_bottom() + vec2(0.0, 3.0))
        } else {
            (Align2::LEFT_BOTTOM, caret.left_top() - vec2(0.0, 3.0))
        };
        let area = Area::new(ui.scope_id().with("links")).order(Order::Foreground).pivot(pivot).fixed_pos(at);
        area.constrain(true).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, (id, title)) in self.rows.iter().enumerate() {
                    let (rect, response) = ui.allocate_exact_size(vec2(330.0, ROW), Sense::click());
                    let chosen = index == self.chosen;
                    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, title));
                    if chosen || response.hovered() {
                        ui.painter().rect_filled(rect, 5.0, cx.look.color(Role::AccentWeak));
                    }
                    let (ink, faint) = (cx.look.color(Role::Ink), cx.look.color(Role::Faint));
                    let painter = ui.painter().with_clip_rect(rect);
                    let at = rect.right_center() - vec2(8.0, 0.0);
                    let topic = id.topic().to_string();
                    painter.text(at, Align2::RIGHT_CENTER, topic, look::regular(12.0), faint);
                    let at = rect.left_center() + vec2(8.0, 0.0);
                    painter.text(at, Align2::LEFT_CENTER, title, look::regular(13.5), ink);
                    if response.clicked() {
                        clicked = Some(index);
                    }
                }
            });
        });
        clicked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_begun_by_two_brackets_on_the_line() {
        assert_eq!(begun("see [[ka", 8), Some(4..8));
        assert_eq!(begun("see [[ka]] and", 14), None);
        assert_eq!(begun("[[ka\nx", 6), None);
        assert_eq!(begun("[ka", 3), None);
    }

    #[test]
    fn a_choice_replaces_what_was_typed() {
        let mut text = "see [[ka]] now".to_owned();
        let rows = vec![(QuestionId::new("kafka/isr"), "The in-sync replica set".to_owned())];
        let offer = Offer { range: 4..8, rows, chosen: 0 };
        assert_eq!(offer.take(0, &mut text), Some(17));
        assert_eq!(text, "see [[kafka/isr]] now");
    }
}
