//! My answer: a Markdown editor with a live preview, saved as typed, with its history.

use std::collections::HashMap;
use std::sync::Arc;

use egui::epaint::text::{LayoutJob, TextFormat};
use egui::{Align, Frame, Galley, Layout, Margin, Panel, ScrollArea, TextBuffer, TextEdit, Ui};
use serde::{Deserialize, Serialize};

use crate::ids::QuestionId;
use crate::text;
use crate::theme::{Hue, Role};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Draft};
use crate::window::look::{self, Look};
use crate::window::panes::study;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::doc::Paper;
use crate::window::widgets::rich::{LinkEvent, Setting};

/// What only this pane knows.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerPane {
    show: Show,
    #[serde(skip)]
    texts: HashMap<QuestionId, String>,
    #[serde(skip)]
    focus: bool,
    /// Where the caret shall stand once the field has the focus, in bytes.
    #[serde(skip)]
    caret: Option<usize>,
    /// Parsed for the preview, and the text it was parsed from.
    #[serde(skip)]
    preview: Option<(String, text::Doc)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Show {
    #[default]
    Write,
    Read,
    History,
}

const TEMPLATE: &str =
    "**Claim.** \n\n**Mechanism.** \n\n**Trade-off.** \n\n**Failure.** \n\n**My story.** \n\n**Number.** \n";

impl AnswerPane {
    pub fn focus(&mut self) {
        self.show = Show::Write;
        self.focus = true;
    }

    /// As [`Self::focus`], with the caret at a byte of the text.
    pub fn focus_at(&mut self, byte: usize) {
        self.focus();
        self.caret = Some(byte);
    }

    pub fn show_history(&mut self) {
        self.show = Show::History;
    }

    /// Text that was typed before the program ended, or that undo brought back.
    pub fn put(&mut self, question: QuestionId, text: String) {
        self.texts.insert(question, text);
    }

    /// Forgets what is on the screen, so that the note is read anew.
    pub fn forget(&mut self, question: &QuestionId) {
        self.texts.remove(question);
    }

    fn text(&mut self, cx: &Cx<'_>) -> &mut String {
        let id = &cx.question.id;
        self.texts
            .entry(id.clone())
            .or_insert_with(|| cx.progress.question(id).and_then(|state| state.note.clone()).unwrap_or_default())
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let paper = Frame::new().fill(cx.look.color(Role::Surface));
        let head = Panel::top(ui.scope_id().with("head")).resizable(false).exact_size(40.0);
        let head_frame = Frame::new().fill(cx.look.color(Role::Ground)).inner_margin(Margin::symmetric(20, 0));
        head.frame(head_frame).show(ui, |ui| self.head_ui(ui, cx));
        let body =
            egui::CentralPanel::default().frame(paper.inner_margin(Margin { left: 20, right: 8, top: 14, bottom: 8 }));
        body.show(ui, |ui| match self.show {
            Show::Write => self.write_ui(ui, cx, out),
            Show::Read => self.read_ui(ui, cx, out),
            Show::History => self.history_ui(ui, cx, out),
        });
    }

    fn head_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let words = self.text(cx).split_whitespace().count();
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            controls::line(ui, cx.look, "My answer", look::semibold(look::CONTROL), Role::Ink);
            if words > 0 && ui.available_width() > 250.0 {
                let spoken = study::spoken_time(words);
                let text = format!("{words} words · {spoken} spoken");
                controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for (show, name) in [(Show::History, "History"), (Show::Read, "Read"), (Show::Write, "Write")] {
                    let here = self.show == show;
                    let font = if here { look::semibold(12.5) } else { look::regular(12.5) };
                    let role = if here { Role::Ink } else { Role::Faint };
                    let text = egui::RichText::new(name).font(font).color(cx.look.color(role));
                    let button = egui::Button::new(text).frame(false).min_size(egui::vec2(44.0, 24.0));
                    if ui.add(button).clicked() {
                        self.show = show;
                    }
                }
                if words > 0 {
                    ui.add_space(8.0);
                    let unsaved = cx.unsaved.contains_key(&Draft::MyAnswer(cx.question.id.clone()));
                    let (text, role) = match (cx.read_only, unsaved) {
                        (true, _) => ("read-only", Role::Down),
                        (false, true) => ("saving", Role::Faint),
                        (false, false) => ("saved", Role::Accent),
                    };
                    controls::line(ui, cx.look, text, look::regular(12.5), role);
                }
            });
        });
    }

    fn write_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let (focus, caret) = (std::mem::take(&mut self.focus), self.caret.take());
        let look = cx.look.clone();
        let draft = Draft::MyAnswer(cx.question.id.clone());
        let field_id = ui.scope_id().with(("my-answer", &cx.question.id));
        let text = self.text(cx);
        let area = ScrollArea::vertical().id_salt(("write", &cx.question.id)).auto_shrink(false);
        area.show(ui, |ui| {
            let mut layouter =
                |ui: &Ui, buffer: &dyn TextBuffer, width: f32| markdown_galley(ui, &look, buffer.as_str(), width);
            let rows = if text.is_empty() { 2 } else { 4 };
            let field = TextEdit::multiline(text)
                .id(field_id)
                .frame(Frame::NONE)
                .desired_width(f32::INFINITY)
                .desired_rows(rows)
                .interactive(!cx.read_only)
                .hint_text("Claim, mechanism, trade-off, failure, your own story, a number")
                .layouter(&mut layouter);
            let response = ui.add(field);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("My answer"));
            if focus {
                response.request_focus();
            }
            if let Some(byte) = caret {
                let chars = text.get(..byte).map_or(0, |before| before.chars().count());
                let mut state = egui::text_edit::TextEditState::load(ui.ctx(), field_id).unwrap_or_default();
                state.cursor.set_char_range(Some(egui::text::CCursorRange::one(egui::text::CCursor::new(chars))));
                state.store(ui.ctx(), field_id);
            }
            let mut changed = response.changed();
            if text.is_empty() && !cx.read_only {
                ui.add_space(6.0);
                if controls::button(ui, cx.look, Weight::Plain, "Start from the template", "").clicked() {
                    TEMPLATE.clone_into(text);
                    response.request_focus();
                    changed = true;
                }
            }
            if changed {
                out.push(Command::Typed { draft, text: text.clone() });
            }
            if response.lost_focus() {
                out.push(Command::Settle(cx.question.id.clone()));
            }
        });
    }

    fn read_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let written = self.text(cx).clone();
        if written.trim().is_empty() {
            let key = Action::MyAnswer.key_text(ui.ctx());
            controls::caption(ui, cx.look, &format!("Nothing written yet. {key} begins."));
            return;
        }
        if self.preview.as_ref().is_none_or(|(text, _)| *text != written) {
            let doc = text::parse(&written);
            self.preview = Some((written, doc));
        }
        let Some((_, doc)) = &self.preview else { return };
        let setting = Setting { size: 14.0, line_height: 21.5, ..Setting::BODY };
        let paper =
            Paper { look: cx.look, hue: Hue::of_topic(cx.question.id.topic().as_str()), code: cx.code, setting };
        let mut events = Vec::new();
        ScrollArea::vertical().id_salt(("read", &cx.question.id)).auto_shrink(false).show(ui, |ui| {
            paper.blocks_ui(ui, &doc.blocks, &mut events);
        });
        for event in events {
            if let LinkEvent::Clicked(link) = event {
                out.push(Command::Follow(link));
            }
        }
    }

    fn history_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let state = cx.progress.question(&cx.question.id);
        let history = state.map_or(&[][..], |state| &state.note_history);
        if history.is_empty() {
            controls::caption(ui, cx.look, "Each pause in your writing becomes a version here.");
            return;
        }
        let mut restore = None;
        ScrollArea::vertical().id_salt(("history", &cx.question.id)).auto_shrink(false).show(ui, |ui| {
            for (index, version) in history.iter().enumerate().rev() {
                ui.push_id(index, |ui| {
                    ui.horizontal(|ui| {
                        let when = when(version.at.0, cx.now.offset_secs);
                        controls::line(ui, cx.look, &when, look::semibold(12.5), Role::Ink);
                        let words = format!("{} words", version.text.split_whitespace().count());
                        controls::line(ui, cx.look, &words, look::regular(12.5), Role::Faint);
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            if controls::button(ui, cx.look, Weight::Quiet, "Bring back", "").clicked() {
                                restore = Some(version.text.clone());
                            }
                        });
                    });
                    let start: String = version.text.chars().take(180).collect();
                    let text = egui::RichText::new(start).font(look::regular(13.0)).color(cx.look.color(Role::Body));
                    ui.add(egui::Label::new(text).wrap());
                    ui.separator();
                });
            }
        });
        if let Some(text) = restore {
            let id = cx.question.id.clone();
            self.texts.insert(id.clone(), text.clone());
            self.show = Show::Write;
            out.push(Command::Typed { draft: Draft::MyAnswer(id.clone()), text });
            out.push(Command::Settle(id));
        }
    }
}

/// A moment as the reader's calendar and clock have it.
fn when(millis: i64, offset_secs: i32) -> String {
    let shifted = jiff::Timestamp::from_millisecond(millis + i64::from(offset_secs) * 1000);
    let Ok(shifted) = shifted else { return String::new() };
    let at = shifted.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// The text as typed, with Markdown's marks made quiet and its styles shown.
fn markdown_galley(ui: &Ui, look: &Look, text: &str, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```");
        if is_fence || fenced {
            let role = if is_fence { Role::Faint } else { Role::Ink };
            job.append(line, 0.0, format(look, look::mono(13.0), role));
            fenced ^= is_fence;
            continue;
        }
        let heading = line.starts_with('#');
        append_inline(&mut job, look, line, heading);
    }
    if text.is_empty() {
        job.append("", 0.0, format(look, look::regular(14.0), Role::Body));
    }
    ui.painter().layout_job(job)
}

fn append_inline(job: &mut LayoutJob, look: &Look, line: &str, heading: bool) {
    let base = if heading { look::semibold(15.0) } else { look::regular(14.0) };
    let mut rest = line;
    while !rest.is_empty() {
        let next = ["`", "**"].into_iter().filter_map(|mark| {
            let start = rest.find(mark)?;
            let after = start + mark.len();
            let end = rest.get(after..)?.find(mark)? + after + mark.len();
            Some((start, end, mark))
        });
        let Some((start, end, mark)) = next.min_by_key(|(start, ..)| *start) else {
            job.append(rest, 0.0, format(look, base.clone(), if heading { Role::Ink } else { Role::Body }));
            return;
        };
        let (before, styled) = (rest.get(..start).unwrap_or_default(), rest.get(start..end).unwrap_or_default());
        job.append(before, 0.0, format(look, base.clone(), if heading { Role::Ink } else { Role::Body }));
        let font = if mark == "`" { look::mono(12.5) } else { look::semibold(14.0) };
        let mut styled_format = format(look, font, Role::Ink);
        if mark == "`" {
            styled_format.background = look.color(Role::Code);
        }
        job.append(styled, 0.0, styled_format);
        rest = rest.get(end..).unwrap_or_default();
    }
}

fn format(look: &Look, font_id: egui::FontId, role: Role) -> TextFormat {
    TextFormat { font_id, line_height: Some(21.5), color: look.color(role), ..TextFormat::default() }
}
