//! The versions of a note, each with what it changed, word by word; any can be brought back.

use std::collections::HashMap;

use egui::epaint::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Layout, ScrollArea, Sense, Stroke, Ui, WidgetInfo};
use similar::{ChangeTag, TextDiff};

use crate::study::{QuestionState, Version};
use crate::theme::Role;
use crate::time::{Moment, Timestamp};
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// What only the history knows: which version is open, and the differences that were worked out.
#[derive(Default)]
pub struct History {
    /// Counted from the newest.
    open: usize,
    changes: HashMap<(i64, i64), Vec<(ChangeTag, String)>>,
}

/// Words that stay around a change; the rest of a long stretch is left out.
const AROUND: usize = 90;

/// From one text to the next, word by word.
pub(super) fn changes(old: &str, new: &str) -> Vec<(ChangeTag, String)> {
    let mut out: Vec<(ChangeTag, String)> = Vec::new();
    for change in TextDiff::from_unicode_words(old, new).iter_all_changes() {
        match out.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => out.push((change.tag(), change.value().to_owned())),
        }
    }
    let mut out = phrases(out);
    let last = out.len().saturating_sub(1);
    for (index, (tag, text)) in out.iter_mut().enumerate() {
        if *tag == ChangeTag::Equal {
            *text = shortened(text, index > 0, index < last);
        }
    }
    out
}

/// Changes that only blanks stand between are read as one: what went, then what came.
fn phrases(changes: Vec<(ChangeTag, String)>) -> Vec<(ChangeTag, String)> {
    let mut out = Vec::new();
    let (mut gone, mut come) = (String::new(), String::new());
    let mut changes = changes.into_iter().peekable();
    while let Some((tag, text)) = changes.next() {
        let within = !(gone.is_empty() && come.is_empty()) && changes.peek().is_some();
        match tag {
            ChangeTag::Delete => gone.push_str(&text),
            ChangeTag::Insert => come.push_str(&text),
            ChangeTag::Equal if within && text.trim().is_empty() && !text.contains("\n\n") => {
                gone.push_str(&text);
                come.push_str(&text);
            }
            ChangeTag::Equal => {
                flush(&mut out, &mut gone, &mut come);
                out.push((tag, text));
            }
        }
    }
    flush(&mut out, &mut gone, &mut come);
    out
}

fn flush(out: &mut Vec<(ChangeTag, String)>, gone: &mut String, come: &mut String) {
    let both = [(ChangeTag::Delete, std::mem::take(gone)), (ChangeTag::Insert, std::mem::take(come))];
    // What only one side changed has the blanks of the other, which are no change.
    out.extend(both.into_iter().filter(|(_, text)| !text.is_empty()));
}

/// A stretch that did not change, without its middle; or without what no change stands beside.
fn shortened(text: &str, after_change: bool, before_change: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = (if after_change { AROUND } else { 0 }, if before_change { AROUND } else { 0 });
    if chars.len() <= head + tail + 20 || (head == 0 && tail == 0) {
        return text.to_owned();
    }
    let (start, end): (String, String) =
        (chars.iter().take(head).collect(), chars.iter().skip(chars.len() - tail).collect());
    format!("{start} … {end}")
}

impl History {
    pub fn begin(&mut self) {
        *self = Self::default();
    }

    /// Draws the versions, the newest first, and under them the attempts; the text that is to be brought back.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        versions: &[Version],
        asked: Option<&QuestionState>,
    ) -> Option<String> {
        let attempts = asked.map_or(&[][..], |state| &state.attempts);
        let said = attempts.iter().any(|attempt| !attempt.text.trim().is_empty());
        if versions.is_empty() && !said {
            controls::caption(ui, cx.look, "Each pause in your writing becomes a version here.");
            return None;
        }
        let mut restore = None;
        ScrollArea::vertical().id_salt("history").auto_shrink(false).show(ui, |ui| {
            for (back, (index, version)) in versions.iter().enumerate().rev().enumerate() {
                let before = index.checked_sub(1).and_then(|before| versions.get(before));
                ui.push_id(index, |ui| {
                    if self.version_ui(ui, cx, back, version, before) {
                        restore = Some(version.text.clone());
                    }
                });
            }
            if said {
                ui.add_space(6.0);
                controls::line(ui, cx.look, "Attempts", look::semibold(look::CONTROL), Role::Ink);
            }
            let times = asked.map_or(&[][..], |state| &state.attempted_at);
            for (attempt, at) in attempts.iter().zip(times).rev().filter(|(attempt, _)| !attempt.text.trim().is_empty())
            {
                let text = format!("{}  {}", when(at.at.0, cx.now.offset_secs), attempt.grade.name());
                controls::line(ui, cx.look, &text, look::semibold(12.5), Role::Ink);
                let text =
                    egui::RichText::new(&attempt.text).font(look::regular(13.0)).color(cx.look.color(Role::Body));
                ui.add(egui::Label::new(text).wrap().selectable(true));
                ui.separator();
            }
        });
        restore
    }

    fn version_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        back: usize,
        version: &Version,
        before: Option<&Version>,
    ) -> bool {
        let open = self.open == back;
        let mut restore = false;
        ui.horizontal(|ui| {
            // Nobody wrote what was merged: it has the time of the last version in it.
            let merged = if version.entry.is_none() { ", merged" } else { "" };
            let name = format!("{}{merged}", when(version.at.0, cx.now.offset_secs));
            let (rect, response) =
                ui.allocate_exact_size(egui::vec2(if merged.is_empty() { 136.0 } else { 196.0 }, 28.0), Sense::click());
            response.widget_info(|| WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, &name));
            let hot = response.hovered() || response.has_focus();
            let glyph = if open { look::icon::CHEVRON_DOWN } else { look::icon::CHEVRON_RIGHT };
            let color = cx.look.color(if hot { Role::Accent } else { Role::Ink });
            let at = rect.left_center();
            ui.painter().text(at, egui::Align2::LEFT_CENTER, glyph, look::icon_font(13.0), color);
            let at = at + egui::vec2(18.0, 0.0);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, &name, look::semibold(12.5), color);
            if response.clicked() {
                self.open = if open { usize::MAX } else { back };
            }
            let words = format!("{} words", version.text.split_whitespace().count());
            controls::line(ui, cx.look, &words, look::regular(12.5), Role::Faint);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if back > 0 {
                    restore = controls::button(ui, cx.look, Weight::Quiet, "Bring back", "").clicked();
                } else {
                    controls::line(ui, cx.look, "as it stands", look::regular(12.5), Role::Faint);
                }
            });
        });
        if open {
            let key = (before.map_or(0, |before| before.at.0), version.at.0);
            let old = before.map_or("", |before| before.text.as_str());
            let changes = self.changes.entry(key).or_insert_with(|| changes(old, &version.text));
            changes_ui(ui, cx, changes);
        }
        ui.separator();
        restore
    }
}

pub(super) fn changes_ui(ui: &mut Ui, cx: &Cx<'_>, changes: &[(ChangeTag, String)]) {
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width();
    for (tag, text) in changes {
        let (role, ground) = match tag {
            ChangeTag::Equal => (Role::Faint, None),
            ChangeTag::Insert => (Role::Ink, Some(Role::AccentWeak)),
            ChangeTag::Delete => (Role::Down, Some(Role::DownWeak)),
        };
        let color = cx.look.color(role);
        let strike = if *tag == ChangeTag::Delete { Stroke::new(1.0, color) } else { Stroke::NONE };
        let format = TextFormat {
            font_id: look::regular(13.0),
            line_height: Some(20.0),
            color,
            background: ground.map_or(Color32::TRANSPARENT, |ground| cx.look.color(ground)),
            strikethrough: strike,
            ..TextFormat::default()
        };
        job.append(text, 0.0, format);
    }
    let words = |wanted: ChangeTag| {
        let texts = changes.iter().filter(|(tag, _)| *tag == wanted);
        texts.map(|(_, text)| text.split_whitespace().count()).sum::<usize>()
    };
    let (added, gone) = (words(ChangeTag::Insert), words(ChangeTag::Delete));
    controls::caption(ui, cx.look, &format!("{added} words in, {gone} out"));
    ui.add(egui::Label::new(job).selectable(true));
}

/// A moment as the reader's calendar and clock have it.
pub(super) fn when(millis: i64, offset_secs: i32) -> String {
    Moment { at: Timestamp(millis), offset_secs }.civil().strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_by_its_words() {
        let changed = changes("It is a log. It is fast.", "It is a queue. It is fast.");
        let of = |wanted: ChangeTag| {
            changed.iter().filter(|(tag, _)| *tag == wanted).map(|(_, text)| text.as_str()).collect::<Vec<_>>()
        };
        assert_eq!((of(ChangeTag::Delete), of(ChangeTag::Insert)), (vec!["log"], vec!["queue"]));
    }

    #[test]
    fn what_stays_the_same_for_long_is_left_out() {
        let long = "word ".repeat(200);
        let changed = changes(&format!("a {long} b"), &format!("x {long} b"));
        let all: usize = changed.iter().map(|(_, text)| text.len()).sum();
        assert!(all < 150, "{changed:?}");
    }
}
