//! The page itself: prompt, key points as a tick list, sections, probes, sources.

use egui::{Align, Frame, Margin, Rect, Sense, StrokeKind, Ui, Vec2, WidgetInfo};

use super::sitting::Stage;
use super::{ScrollTo, StudyPane};
use crate::catalog::{Answer, Question, Section};
use crate::study::AttemptKind;
use crate::text::{Doc, Link, SceneTarget};
use crate::theme::Role;
use crate::window::cx::{Command, Cx, Side};
use crate::window::look;
use crate::window::widgets::controls;
use crate::window::widgets::doc::Paper;
use crate::window::widgets::marks;
use crate::window::widgets::rich::{self, LinkEvent, Reading, Setting};

/// Words a minute at which an answer is spoken.
const SPOKEN_WORDS_A_MINUTE: usize = 150;

/// The time it takes to say so many words, e.g. `1:24`.
pub fn spoken_time(words: usize) -> String {
    let secs = words * 60 / SPOKEN_WORDS_A_MINUTE;
    format!("{}:{:02}", secs / 60, secs % 60)
}

impl StudyPane {
    pub(super) fn body_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let question = cx.question;
        ui.add_space(26.0);
        if self.scroll_to == Some(ScrollTo::Top) {
            ui.scroll_to_cursor(Some(Align::TOP));
            self.scroll_to = None;
        }
        if cx.welcome {
            self.welcome.ui(ui, cx, out);
        }
        let prompt = egui::RichText::new(&question.prompt)
            .font(look::semibold(look::PROMPT))
            .line_height(Some(31.0))
            .color(cx.look.color(Role::Ink));
        ui.add(egui::Label::new(prompt).wrap());
        ui.add_space(10.0);
        self.facts_ui(ui, cx);
        super::own::own_ui(ui, cx);
        ui.add_space(14.0);
        let Some(answer) = &question.answer else {
            no_answer_ui(ui, cx);
            return;
        };
        let is_asked = cx.hidden_card.is_some_and(|card| card.question() == question.id);
        if is_asked {
            let text = "Its answer comes back with the card's.";
            ui.label(egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Faint)));
        } else if self.sitting(cx).answer_is_shown() {
            self.answer_ui(ui, cx, answer, out);
        } else {
            self.asked_ui(ui, cx);
        }
        ui.add_space(48.0);
    }

    fn facts_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let question = cx.question;
        let font = look::regular(13.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let level = format!("{:?}", question.level);
            controls::line(ui, cx.look, &level, font.clone(), Role::Faint);
            controls::line(ui, cx.look, &format!("{} min", question.minutes), font.clone(), Role::Faint);
            if let Some(as_of) = question.as_of.as_deref().and_then(month_name) {
                controls::line(ui, cx.look, &format!("as of {as_of}"), font.clone(), Role::Faint);
            }
            if let Some(answer) = &question.answer
                && self.sitting(cx).answer_is_shown()
            {
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                    let text = format!("{} spoken", spoken_time(answer.say_it.words()));
                    controls::line(ui, cx.look, &text, font, Role::Faint);
                });
            }
        });
    }

    /// Before the reveal: what to do, and the field of a typed attempt.
    fn asked_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let stage = self.sitting(cx).stage;
        match stage {
            Stage::Attempting { kind: AttemptKind::Typed, .. } => self.attempt_field_ui(ui, cx),
            Stage::Attempting { .. } => {
                let text = "Claim, mechanism, trade-off, failure, your own story, a number.";
                ui.label(egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Faint)));
            }
            _ if cx.reviewing => {}
            _ => {
                let text = if self.sitting(cx).confidence.is_some() {
                    "Now answer it, aloud or in writing, before you look."
                } else {
                    "Before anything else: how sure are you that your answer would hold?"
                };
                ui.label(egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Faint)));
            }
        }
    }

    fn attempt_field_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let focus = std::mem::take(&mut self.focus_attempt);
        let sitting = self.sitting(cx);
        let frame = Frame::new()
            .fill(cx.look.color(Role::Surface))
            .stroke(cx.look.hairline())
            .corner_radius(9.0)
            .inner_margin(Margin::symmetric(16, 12));
        frame.show(ui, |ui| {
            let label = ui.label(
                egui::RichText::new("Your attempt")
                    .font(look::regular(look::CAPTION))
                    .color(cx.look.color(Role::Faint)),
            );
            let field = egui::TextEdit::multiline(&mut sitting.text)
                .id_salt("attempt")
                .font(look::regular(look::BODY))
                .hint_text("Claim, mechanism, trade-off, failure, your own story, a number")
                .desired_width(f32::INFINITY)
                .desired_rows(10)
                .frame(Frame::NONE);
            let response = ui.add(field).labelled_by(label.id);
            if focus {
                response.request_focus();
            }
        });
    }

    fn answer_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, out: &mut Vec<Command>) {
        let page_top = ui.clip_rect().top();
        let mut seen = None;
        let hue = cx.catalog.place_of(&cx.question.id).map_or_else(Default::default, |(topic, _)| topic.hue);
        let paper = Paper { look: cx.look, hue, code: cx.code, setting: Setting::BODY };
        let target = self.scroll_to.take();
        let names = self.names(cx);
        let sought = match &target {
            Some(ScrollTo::Step(step)) => answer.section_with_step(step).map(|section| (section, step.as_str())),
            _ => None,
        };
        let scene = cx.catalog.scene_of(cx.question).map(|file| &file.scene);
        let mut reading = Reading {
            names: names.as_deref(),
            pointed: cx.pointed.filter(|pointed| pointed.side == Side::Scene).map(|pointed| pointed.node.as_str()),
            step: scene.and_then(|scene| scene.steps.get(cx.place.step)).map(|step| step.id.as_str()),
            ..Reading::default()
        };
        for section in Section::ALL.into_iter().filter(|section| *section != Section::Cards) {
            if !answer.sources_of.contains_key(&section) {
                continue;
            }
            let heading = ui.cursor().top();
            if heading <= page_top + 90.0 || seen.is_none() {
                seen = Some(section);
            }
            let by_name = target == Some(ScrollTo::Section(section));
            let is_said = matches!(&target, Some(ScrollTo::Text(of, _)) if *of == section);
            // A text has blocks to scroll to; the rest is scrolled to as a whole.
            if by_name || (is_said && answer.doc(section).is_none()) {
                ui.scroll_to_rect(Rect::from_min_size(ui.cursor().min, Vec2::new(1.0, 40.0)), Some(Align::TOP));
            }
            match section {
                Section::KeyPoints => {}
                Section::Probes => self.probes_ui(ui, cx, answer, &paper, &mut reading),
                _ => {
                    if section == Section::SayIt {
                        // The tick list comes first: it is what the reader has just been asked for.
                        self.key_points_ui(ui, cx, answer, &mut reading);
                    }
                    section_heading(ui, cx, section);
                    reading.seek = sought.and_then(|(of, step)| (of == section).then_some(step));
                    if let Some(doc) = answer.doc(section) {
                        ui.push_id(section.title(), |ui| {
                            let placed = paper.blocks_ui(ui, &doc.blocks, &mut reading);
                            if is_said {
                                scroll_to_text(ui, doc, &placed, target.as_ref());
                            }
                        });
                    }
                    reading.seek = None;
                }
            }
        }
        sources_ui(ui, cx, cx.question, &mut reading);
        self.reading = seen;
        for event in reading.events {
            match event {
                LinkEvent::Hovered(Link::Scene { target, .. }) => out.extend(node_of(cx, target).map(Command::Light)),
                LinkEvent::Hovered(_) => {}
                LinkEvent::Named(node) => out.push(Command::Light(node)),
                LinkEvent::Clicked(link) => out.push(Command::Follow(link)),
            }
        }
    }

    fn key_points_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, reading: &mut Reading<'_>) {
        let keys = [egui::Key::Num5, egui::Key::Num6, egui::Key::Num7, egui::Key::Num8];
        for (index, key) in (4..).zip(keys) {
            let free = !ui.ctx().text_edit_focused() && matches!(self.sitting(cx).stage, Stage::Scoring { .. });
            if free && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)) {
                self.tick(cx, index);
            }
        }
        let sitting = self.sitting(cx);
        let scoring = matches!(sitting.stage, Stage::Scoring { .. });
        let last = cx.progress.question(&cx.question.id).and_then(|state| state.attempts.last());
        let frame = Frame::new()
            .fill(cx.look.color(Role::Surface))
            .stroke(cx.look.hairline())
            .corner_radius(9.0)
            .inner_margin(Margin::symmetric(16, 12));
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                controls::line(ui, cx.look, "Key points", look::semibold(look::CONTROL), Role::Body);
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                    let hint = if scoring {
                        "tick what you said: click, or 1 to 8"
                    } else if last.is_some() {
                        "as you ticked them last"
                    } else {
                        "what an interviewer ticks"
                    };
                    controls::line(ui, cx.look, hint, look::semibold(12.5), Role::Faint);
                });
            });
            ui.add_space(4.0);
            for point in &answer.key_points {
                let ticked = if scoring {
                    sitting.ticked.contains(&point.id)
                } else {
                    last.is_some_and(|attempt| attempt.ticked.contains(&point.id))
                };
                let label = crate::text::plain_of(&point.spans);
                let row = ui
                    .horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = 10.0;
                        let sense = if scoring { Sense::click() } else { Sense::hover() };
                        let (rect, response) = ui.allocate_exact_size(Vec2::new(16.0, 22.0), sense);
                        response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, scoring, ticked, &label));
                        let tick_rect = Rect::from_center_size(rect.center(), Vec2::splat(15.0));
                        marks::tick_box(ui.painter(), cx.look, tick_rect, ticked);
                        if response.has_focus() {
                            let stroke = egui::Stroke::new(1.5, cx.look.color(Role::Accent));
                            ui.painter().rect_stroke(tick_rect.expand(2.5), 5.0, stroke, StrokeKind::Outside);
                        }
                        let seems = scoring && !ticked && sitting.covered.contains(&point.id);
                        let plus = if point.must { 0.0 } else { 36.0 } + if seems { 98.0 } else { 0.0 };
                        let setting = Setting { line_height: 22.0, size: 14.0, ..Setting::BODY };
                        let width = ui.available_width() - plus;
                        let text = rich::spans_in_width_ui(ui, cx.look, &point.spans, setting, width, reading);
                        if !point.must || seems {
                            ui.with_layout(egui::Layout::right_to_left(Align::TOP), |ui| {
                                ui.add_space(1.0);
                                if !point.must {
                                    controls::line(ui, cx.look, "plus", look::regular(12.5), Role::Faint);
                                }
                                if seems {
                                    controls::line(ui, cx.look, "seems covered", look::italic(12.5), Role::Accent);
                                }
                            });
                        }
                        response.clicked() || (scoring && text.clicked())
                    })
                    .inner;
                if row && scoring {
                    sitting.toggle(&point.id);
                }
            }
        });
        ui.add_space(8.0);
        if scoring {
            self.follow_up_ui(ui, cx, answer, reading);
        }
    }

    fn probes_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, paper: &Paper<'_>, reading: &mut Reading<'_>) {
        section_heading(ui, cx, Section::Probes);
        controls::caption(ui, cx.look, "What comes next in the room. Answer each before you open it.");
        ui.add_space(2.0);
        for (index, probe) in answer.probes.iter().enumerate() {
            let key = (cx.question.id.clone(), index);
            let open = self.open_probes.contains(&key);
            let response = ui.push_id(("probe", index), |ui| {
                ui.add_space(4.0);
                let row = ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    let (rect, chevron) = ui.allocate_exact_size(Vec2::new(16.0, 22.0), Sense::click());
                    let name = crate::text::plain_of(&probe.question);
                    chevron.widget_info(|| WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, &name));
                    let glyph = if open { look::icon::CHEVRON_DOWN } else { look::icon::CHEVRON_RIGHT };
                    let role = if chevron.hovered() || chevron.has_focus() { Role::Accent } else { Role::Faint };
                    let color = cx.look.color(role);
                    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, glyph, look::icon_font(15.0), color);
                    let setting = Setting { line_height: 22.0, ..Setting::BODY.semibold() };
                    let text = rich::spans_ui(ui, cx.look, &probe.question, setting, reading);
                    chevron.clicked() || text.clicked()
                });
                if open {
                    let margin = Margin { left: 24, ..Margin::ZERO };
                    Frame::new().inner_margin(margin).show(ui, |ui| paper.blocks_ui(ui, &probe.answer, reading));
                }
                row.inner
            });
            if response.inner && !self.open_probes.remove(&key) {
                self.open_probes.insert(key);
            }
        }
    }
}

fn section_heading(ui: &mut Ui, cx: &Cx<'_>, section: Section) {
    ui.add_space(22.0);
    let text = egui::RichText::new(section.title()).font(look::semibold(19.0)).color(cx.look.color(Role::Ink));
    ui.add(egui::Label::new(text).selectable(false));
    ui.add_space(4.0);
}

fn no_answer_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let frame = Frame::new()
        .fill(cx.look.color(Role::Surface))
        .stroke(cx.look.hairline())
        .corner_radius(9.0)
        .inner_margin(Margin::symmetric(16, 14));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let deck = cx.progress.deck(&cx.question.id).count();
        let (text, more) = if deck > 0 {
            let text = if deck == 1 { "1 imported card".to_owned() } else { format!("{deck} imported cards") };
            (text, "Review them here, with the schedule and the log that they came with; what you write beside them is yours.")
        } else {
            let more = "Claim, mechanism, trade-off, failure, your own story, a number: my answer is beside this page and is saved as you type.";
            ("No model answer yet: write yours.".to_owned(), more)
        };
        ui.label(egui::RichText::new(text).font(look::semibold(look::BODY)).color(cx.look.color(Role::Ink)));
        ui.add_space(2.0);
        ui.label(egui::RichText::new(more).font(look::regular(14.0)).color(cx.look.color(Role::Body)));
    });
}

fn sources_ui(ui: &mut Ui, cx: &Cx<'_>, question: &Question, reading: &mut Reading<'_>) {
    ui.add_space(22.0);
    let text = egui::RichText::new("Sources").font(look::semibold(15.0)).color(cx.look.color(Role::Ink));
    ui.add(egui::Label::new(text).selectable(false));
    let span = |text: &str, link| crate::text::Span { text: text.to_owned(), link: Some(link), ..Default::default() };
    let setting = Setting { size: 13.0, line_height: 20.0, ..Setting::BODY };
    for (index, source) in question.sources.iter().enumerate() {
        ui.push_id(("source", index), |ui| {
            rich::spans_ui(ui, cx.look, &[span(&source.title, Link::parse(&source.url))], setting, reading);
        });
    }
    let related = question.related.iter().filter_map(|id| cx.catalog.question(id));
    for (index, other) in related.enumerate() {
        if index == 0 {
            ui.add_space(14.0);
            let text = egui::RichText::new("Easily confused with").font(look::semibold(15.0));
            ui.add(egui::Label::new(text.color(cx.look.color(Role::Ink))).selectable(false));
        }
        ui.push_id(("related", index), |ui| {
            let link = Link::Question(other.id.to_string());
            rich::spans_ui(ui, cx.look, &[span(&other.title, link)], setting, reading);
        });
    }
}

/// Scrolls to the block that holds a byte of the document's plain text.
fn scroll_to_text(ui: &Ui, doc: &Doc, placed: &[Rect], target: Option<&ScrollTo>) {
    if let Some(ScrollTo::Text(_, at)) = target
        && let Some(place) = doc.block_at(*at).and_then(|block| placed.get(block))
    {
        ui.scroll_to_rect(*place, Some(Align::Center));
    }
}

/// The node that a link is about: the one it names, or the first that its step is about.
fn node_of(cx: &Cx<'_>, target: SceneTarget) -> Option<String> {
    let scene = &cx.catalog.scene_of(cx.question)?.scene;
    match target {
        SceneTarget::Node(node) => Some(node),
        SceneTarget::Whole => None,
        SceneTarget::Step(step) => {
            let step = scene.steps.get(scene.step_index(&step)?)?;
            let by_focus = step.focus.iter().find(|id| scene.node(id).is_some()).cloned();
            let by_change =
                || step.set.keys().filter_map(|part| part.split('.').next()).find(|id| scene.node(id).is_some());
            let by_flow = || {
                let edge = scene.edge(step.flow.first()?.trim_start_matches('~'))?;
                Some(edge.to.clone())
            };
            by_focus.or_else(|| by_change().map(str::to_owned)).or_else(by_flow)
        }
    }
}

/// `2026-11` as `Nov 2026`.
fn month_name(as_of: &str) -> Option<String> {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month) = as_of.split_once('-')?;
    let index: usize = month.parse().ok()?;
    Some(format!("{} {year}", NAMES.get(index.checked_sub(1)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_spoken_times_read_well() {
        assert_eq!(month_name("2026-11").as_deref(), Some("Nov 2026"));
        assert_eq!(month_name("2026-13"), None);
        assert_eq!(spoken_time(210), "1:24");
    }
}
