//! The tree: topics, subtopics, questions with quiet marks; a filter that finds as one types.

use std::collections::{HashMap, HashSet};

use egui::epaint::text::LayoutJob;
use egui::{Align, Frame, Key, Margin, Panel, Pos2, Rect, ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo};
use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Question, Topic};
use crate::ids::{QuestionId, TopicId};
use crate::study::{Confidence, QuestionState};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::naming::matching;
use crate::window::screen::Screen;
use crate::window::widgets::{controls, marks};

/// What only this pane knows.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TreePane {
    #[serde(skip)]
    filter: String,
    folded: HashSet<TopicId>,
    #[serde(skip)]
    focus_filter: bool,
    /// The lines that a title takes, and the width it was laid out for.
    #[serde(skip)]
    lines: HashMap<QuestionId, (f32, u8)>,
    /// The question that was last brought into view.
    #[serde(skip)]
    shown: Option<QuestionId>,
}

/// One line of the tree.
enum Row<'a> {
    Topic(&'a Topic),
    Subtopic(&'a str),
    /// A question, and the lines its title takes.
    Question(&'a Question, u8),
    Nothing,
}

const TOPIC_HEIGHT: f32 = 30.0;
const SUBTOPIC_HEIGHT: f32 = 26.0;
const QUESTION_HEIGHT: f32 = 25.0;
/// What a second line of a title adds.
const TITLE_LINE: f32 = 16.0;
/// Left of a title, and right of its marks.
const TITLE_LEFT: f32 = 46.0;
const RIGHT_MARGIN: f32 = 14.0;
/// What each mark takes, the space before it included.
const DUE_WIDTH: f32 = 20.0;
const NOTE_WIDTH: f32 = 17.0;
const PROBLEM_WIDTH: f32 = 14.0;
const CONFIDENCE_WIDTH: f32 = 20.0;
const TITLE_SIZE: f32 = 13.0;

impl Row<'_> {
    fn height(&self) -> f32 {
        match self {
            Self::Topic(_) => TOPIC_HEIGHT,
            Self::Subtopic(_) => SUBTOPIC_HEIGHT,
            Self::Question(_, lines) => QUESTION_HEIGHT + f32::from(lines.saturating_sub(1)) * TITLE_LINE,
            Self::Nothing => 60.0,
        }
    }
}

impl TreePane {
    pub fn focus_filter(&mut self) {
        self.focus_filter = true;
    }

    /// Content was read anew.
    pub fn forget(&mut self) {
        self.lines.clear();
    }

    /// The question after, or before, the current one in the order of the tree.
    pub fn neighbour(&self, cx: &Cx<'_>, forward: bool) -> Option<QuestionId> {
        let ids: Vec<_> = matching(cx.catalog, &self.filter).into_iter().map(|question| &question.id).collect();
        let here = ids.iter().position(|id| **id == cx.place.question);
        let next = match (here, forward) {
            (Some(at), true) => at + 1,
            (Some(at), false) => at.checked_sub(1)?,
            (None, _) => 0,
        };
        ids.get(next).map(|id| (*id).clone())
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let panel = Frame::new().fill(cx.look.color(Role::Panel));
        let head = Panel::top(ui.scope_id().with("filter")).resizable(false);
        head.frame(panel.inner_margin(Margin { left: 14, right: 14, top: 13, bottom: 8 }))
            .show(ui, |ui| self.filter_ui(ui, cx, out));
        let foot_height = if cx.progress.aim().interview.is_some() { 74.0 } else { 46.0 };
        let foot = Panel::bottom(ui.scope_id().with("foot")).resizable(false).show_separator_line(false);
        let foot = foot.exact_size(foot_height);
        foot.frame(panel.inner_margin(Margin::symmetric(14, 0))).show(ui, |ui| foot_ui(ui, cx, out));
        let selected_changed = self.shown.as_ref() != Some(&cx.place.question);
        let mut fold = None;
        ScrollArea::vertical().id_salt("rows").auto_shrink(false).show_viewport(ui, |ui, viewport| {
            let (row_width, painter) = (ui.max_rect().width(), ui.painter().clone());
            let mut known = std::mem::take(&mut self.lines);
            let rows = self.rows(cx.catalog, &mut |question| {
                let width = title_width(cx, question, row_width);
                match known.get(&question.id) {
                    Some((laid_out_for, lines)) if (laid_out_for - width).abs() < 0.5 => *lines,
                    _ => {
                        let rows = painter.layout_job(title_job(cx, question, row_width)).rows.len();
                        let lines = u8::try_from(rows).unwrap_or(1);
                        known.insert(question.id.clone(), (width, lines));
                        lines
                    }
                }
            });
            self.lines = known;
            let total: f32 = rows.iter().map(Row::height).sum();
            ui.set_height(total + 16.0);
            let (left, width) = (ui.max_rect().left(), ui.max_rect().width());
            let mut top = 4.0;
            for row in &rows {
                let rect =
                    Rect::from_min_size(Pos2::new(left, ui.max_rect().top() + top), Vec2::new(width, row.height()));
                let is_place = matches!(row, Row::Question(question, _) if question.id == cx.place.question);
                if is_place && selected_changed {
                    ui.scroll_to_rect(rect.expand(30.0), None);
                    self.shown = Some(cx.place.question.clone());
                }
                if top + row.height() >= viewport.top() && top <= viewport.bottom() {
                    match row {
                        Row::Topic(topic) => {
                            if topic_ui(ui, cx, topic, rect, self.folded.contains(&topic.id)) {
                                fold = Some(topic.id.clone());
                            }
                        }
                        Row::Subtopic(title) => {
                            let color = cx.look.color(Role::Faint);
                            let mut job = LayoutJob::simple_singleline((*title).to_owned(), look::regular(12.5), color);
                            job.wrap = egui::epaint::text::TextWrapping::truncate_at_width(rect.width() - 40.0);
                            let galley = ui.painter().layout_job(job);
                            let at = Pos2::new(rect.left() + 30.0, rect.center().y + 2.0 - galley.size().y / 2.0);
                            ui.painter().galley(at, galley, color);
                        }
                        Row::Question(question, _) => question_ui(ui, cx, question, rect, is_place, out),
                        Row::Nothing => nothing_ui(ui, cx, rect),
                    }
                }
                top += row.height();
            }
        });
        if let Some(topic) = fold
            && !self.folded.remove(&topic)
        {
            self.folded.insert(topic);
        }
    }

    fn filter_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let hint = format!("Filter {} questions", cx.catalog.questions().count());
        let field = TextEdit::singleline(&mut self.filter)
            .id_salt("filter")
            .hint_text(hint.as_str())
            .desired_width(f32::INFINITY)
            .margin(Margin { left: 10, right: 30, top: 7, bottom: 7 });
        let response = ui.add(field);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(hint.as_str()));
        let cap = Rect::from_center_size(response.rect.right_center() - Vec2::new(18.0, 0.0), Vec2::splat(20.0));
        ui.scope_builder(egui::UiBuilder::new().max_rect(cap), |ui| controls::key_cap(ui, cx.look, "/"));
        if std::mem::take(&mut self.focus_filter) {
            response.request_focus();
        }
        if response.has_focus() || response.lost_focus() {
            let pressed = |key| ui.input(|input| input.key_pressed(key));
            if pressed(Key::Escape) {
                self.filter.clear();
                response.surrender_focus();
            } else if pressed(Key::Enter) {
                if let Some(first) = matching(cx.catalog, &self.filter).first() {
                    out.push(Command::Go(first.id.clone()));
                }
            } else if response.has_focus() && (pressed(Key::ArrowDown) || pressed(Key::ArrowUp)) {
                out.extend(self.neighbour(cx, pressed(Key::ArrowDown)).map(Command::Go));
            }
        }
    }

    fn rows<'a>(&self, catalog: &'a Catalog, lines_of: &mut dyn FnMut(&Question) -> u8) -> Vec<Row<'a>> {
        let mut row_of = |question: &'a Question| Row::Question(question, lines_of(question));
        if !self.filter.trim().is_empty() {
            let found = matching(catalog, &self.filter);
            if found.is_empty() {
                return vec![Row::Nothing];
            }
            return found.into_iter().map(row_of).collect();
        }
        let mut rows = Vec::new();
        for topic in &catalog.topics {
            rows.push(Row::Topic(topic));
            if self.folded.contains(&topic.id) {
                continue;
            }
            for subtopic in &topic.subtopics {
                rows.push(Row::Subtopic(&subtopic.title));
                rows.extend(subtopic.questions.iter().map(|question| row_of(question)));
            }
        }
        rows
    }
}

/// Draws a topic; true when its fold shall change.
fn topic_ui(ui: &Ui, cx: &Cx<'_>, topic: &Topic, rect: Rect, folded: bool) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(&topic.id), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::TreeItem, true, !folded, &topic.title));
    let look = cx.look;
    let square = Rect::from_center_size(Pos2::new(rect.left() + 18.0, rect.center().y), Vec2::splat(8.0));
    ui.painter().rect_filled(square, 2.0, look.color(Role::Topic(topic.hue)));
    let ink = if response.hovered() || response.has_focus() { Role::Accent } else { Role::Ink };
    let at = Pos2::new(rect.left() + 30.0, rect.center().y);
    let font = look::semibold(look::CONTROL);
    let title = ui.painter().text(at, egui::Align2::LEFT_CENTER, &topic.title, font, look.color(ink));
    let total: usize = topic.subtopics.iter().map(|subtopic| subtopic.questions.len()).sum();
    let ready = cx.due.ready_in(&topic.id);
    let faint = look.color(Role::Faint);
    let count = |text: String| ui.painter().layout_no_wrap(text, look::regular(12.0), faint);
    // In a narrow tree the words give way to the title, and then the figures.
    let room = rect.right() - 14.0 - title.right() - 8.0;
    let fitting = [format!("{ready} of {total} ready"), format!("{ready}/{total}")];
    if let Some(text) = fitting.into_iter().map(count).find(|text| text.size().x <= room) {
        let at = Pos2::new(rect.right() - 14.0 - text.size().x, rect.center().y - text.size().y / 2.0);
        ui.painter().galley(at, text, faint);
    }
    response.clicked()
}

fn question_ui(ui: &Ui, cx: &Cx<'_>, question: &Question, rect: Rect, is_place: bool, out: &mut Vec<Command>) {
    let look = cx.look;
    let response = ui.interact(rect, ui.scope_id().with(&question.id), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::TreeItem, true, is_place, &question.title));
    if is_place {
        ui.painter().rect_filled(rect, 0.0, look.color(Role::AccentWeak));
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, look.color(Role::Ground));
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, look.color(Role::Accent));
        ui.painter().rect_stroke(rect.shrink(1.0), 3.0, stroke, egui::StrokeKind::Inside);
    }
    let first_line = rect.top() + QUESTION_HEIGHT / 2.0;
    marks::readiness(ui.painter(), look, Pos2::new(rect.left() + 35.0, first_line), cx.due.readiness(&question.id));
    let mut right = rect.right() - RIGHT_MARGIN;
    let marks = Marks::of(cx, question);
    if marks.due > 0 {
        let (at, font) = (Pos2::new(right, first_line), look::regular(12.0));
        let color = look.color(Role::Accent);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, marks.due.to_string(), font, color);
        right -= DUE_WIDTH;
    }
    if marks.note {
        let (at, font) = (Pos2::new(right, first_line), look::icon_font(11.0));
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, look::icon::PENCIL, font, look.color(Role::Faint));
        right -= NOTE_WIDTH;
    }
    if marks.problems > 0 {
        let at = Pos2::new(right - 4.0, first_line);
        ui.painter().text(at, egui::Align2::CENTER_CENTER, "!", look::semibold(TITLE_SIZE), look.color(Role::Down));
        right -= PROBLEM_WIDTH;
    }
    if let Some(confidence) = marks.confidence {
        marks::confidence(ui.painter(), look, Pos2::new(right, first_line), confidence);
    }
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(marks.words(cx, question)));
    // What has no model answer yet is fainter, so that one sees where the content is.
    let role = if question.answer.is_some() || is_place { Role::Ink } else { Role::Faint };
    let galley = ui.painter().layout_job(title_job(cx, question, rect.width()));
    let at = Pos2::new(rect.left() + TITLE_LEFT, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, galley, look.color(role));
    if response.clicked() {
        out.push(Command::Go(question.id.clone()));
    }
    response.on_hover_text(&question.prompt);
}

fn problems_in_words(count: usize) -> String {
    if count == 1 { "1 problem in its file".to_owned() } else { format!("{count} problems in its files") }
}

/// What stands at the right of a question.
struct Marks {
    due: usize,
    note: bool,
    /// In the reader's files that it is made of.
    problems: usize,
    confidence: Option<Confidence>,
}

impl Marks {
    fn of(cx: &Cx<'_>, question: &Question) -> Self {
        let state = cx.progress.question(&question.id);
        Self {
            due: cx.due.of_question(&question.id),
            note: state.is_some_and(QuestionState::has_note),
            problems: cx.troubles.question(&question.id).len(),
            confidence: state.and_then(|state| state.confidence),
        }
    }

    /// The same for who does not see them.
    fn words(&self, cx: &Cx<'_>, question: &Question) -> String {
        let mut words = vec![cx.due.readiness(&question.id).word().to_owned()];
        words.extend(self.confidence.map(|confidence| format!("you said {}", confidence.word())));
        words.extend(self.note.then(|| "has my answer".to_owned()));
        words.extend((self.due > 0).then(|| format!("{} cards due", self.due)));
        words.extend((self.problems > 0).then(|| problems_in_words(self.problems)));
        words.join(", ")
    }
}

fn title_width(cx: &Cx<'_>, question: &Question, row_width: f32) -> f32 {
    let marks = Marks::of(cx, question);
    let widths = [
        (marks.due > 0, DUE_WIDTH),
        (marks.note, NOTE_WIDTH),
        (marks.problems > 0, PROBLEM_WIDTH),
        (marks.confidence.is_some(), CONFIDENCE_WIDTH),
    ];
    let taken: f32 = widths.iter().filter(|(there, _)| *there).map(|(_, width)| width).sum();
    (row_width - TITLE_LEFT - RIGHT_MARGIN - taken).max(40.0)
}

/// The title as it wraps in a row of this width.
fn title_job(cx: &Cx<'_>, question: &Question, row_width: f32) -> LayoutJob {
    let (font, color) = (look::regular(TITLE_SIZE), cx.look.color(Role::Ink));
    let mut job = LayoutJob::simple(question.title.clone(), font, color, title_width(cx, question, row_width));
    job.wrap.max_rows = 3;
    job
}

fn nothing_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect) {
    let at = Pos2::new(rect.left() + 16.0, rect.top() + 16.0);
    let (text, faint) = ("Nothing matches. Escape clears the filter.".to_owned(), cx.look.color(Role::Faint));
    let galley = ui.painter().layout(text, look::regular(12.5), faint, rect.width() - 32.0);
    ui.painter().galley(at, galley, faint);
}

fn foot_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let top = ui.max_rect().top();
    ui.painter().hline(ui.max_rect().expand(14.0).x_range(), top, cx.look.hairline());
    if let Some(days) = cx.due.plan().days_left {
        ui.add_space(8.0);
        aim_ui(ui, cx, days, out);
    }
    ui.horizontal_centered(|ui| {
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            if controls::icon_button(ui, cx.look, look::icon::SETTINGS, "Settings").clicked() {
                out.push(Command::Do(Action::Settings));
            }
            ui.with_layout(egui::Layout::left_to_right(Align::Center), |ui| {
                let left = !cx.due.today().items.is_empty();
                let name = match (cx.session.is_some(), left) {
                    (true, _) => "Session on",
                    (false, true) => "Today's session",
                    (false, false) if cx.due.today().mock_minutes > 0.0 => "Mock today",
                    (false, false) => "Done for today",
                };
                let key = if ui.available_width() > 170.0 { Action::Today.key_text(ui.ctx()) } else { String::new() };
                let weight = if cx.session.is_some() { controls::Weight::Quiet } else { controls::Weight::Plain };
                if controls::button(ui, cx.look, weight, name, &key).clicked() {
                    out.push(Command::Do(Action::Today));
                }
            });
        });
    });
}

/// How long until the interview, and how much of today's time is spent.
fn aim_ui(ui: &mut Ui, cx: &Cx<'_>, days: u32, out: &mut Vec<Command>) {
    let left = match days {
        0 => "Interview today".to_owned(),
        1 => "Interview tomorrow".to_owned(),
        days => format!("Interview in {days} days"),
    };
    let spent = format!("{} of {:.0} min", cx.due.minutes_today(), cx.due.today().budget_minutes);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 20.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("{left}, {spent} today")));
    let hot = response.hovered() || response.has_focus();
    let (faint, ink) = (cx.look.color(if hot { Role::Accent } else { Role::Faint }), cx.look.color(Role::Ink));
    let spent = ui.painter().text(rect.right_center(), egui::Align2::RIGHT_CENTER, spent, look::semibold(12.5), ink);
    let left = ui.painter().layout_no_wrap(left, look::regular(12.5), faint);
    // In a narrow tree the minutes have the room.
    if rect.left() + left.size().x + 8.0 < spent.left() {
        let at = egui::pos2(rect.left(), rect.center().y - left.size().y / 2.0);
        ui.painter().galley(at, left, faint);
    }
    if response.on_hover_text("The plan").clicked() {
        out.push(Command::Show(Screen::Plan));
    }
}
