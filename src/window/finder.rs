//! The box that finds: by name (actions, questions, cards) and in everything that is written. `Ctrl+K` asks for names first,
//! `Ctrl+F` for words in texts only; it is one box.

use egui::epaint::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Frame, Key, Rect, Response, ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::catalog::Question;
use crate::ids::{CardId, QuestionId};
use crate::search::{self, FILTERS, Hit};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::naming::Typed;
use crate::window::searching::Answer;
use crate::window::widgets::controls;

pub struct Finder {
    text: String,
    chosen: usize,
    focused: bool,
    names: bool,
    asked: String,
}

/// One thing that was found.
enum Row<'a> {
    Action(Action),
    Question(QuestionId, String, String),
    Card(CardId, String),
    Text(&'a Hit),
}

const MOST_NAMES: usize = 40;
/// Names that stand above what was found in texts.
const NAMES_ABOVE: usize = 9;
const NAME_HEIGHT: f32 = 32.0;
const TEXT_HEIGHT: f32 = 52.0;

impl Finder {
    /// Finds names first, then words.
    pub fn names() -> Self {
        Self { text: String::new(), chosen: 0, focused: false, names: true, asked: String::new() }
    }

    /// Finds words in texts.
    pub fn texts() -> Self {
        Self { names: false, ..Self::names() }
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, height: f32, out: &mut Vec<Command>) -> bool {
        let response = self.field_ui(ui);
        if response.changed() {
            self.chosen = 0;
        }
        if self.text != self.asked {
            self.asked.clone_from(&self.text);
            out.push(Command::Search(self.text.clone()));
        }
        ui.add_space(6.0);
        ui.separator();
        // The last answer stays until the next one is there, so that nothing flickers.
        let answer = cx.answer.filter(|_| !self.text.trim().is_empty());
        let found = answer.map_or(&[][..], |answer| &answer.found.hits);
        let mut rows = if self.names { names(cx, &self.text) } else { Vec::new() };
        if !self.text.trim().is_empty() && !found.is_empty() {
            rows.truncate(NAMES_ABOVE);
        }
        let named = rows.len();
        rows.extend(found.iter().map(Row::Text));
        let (down, up, enter) = ui.input(|input| {
            (input.key_pressed(Key::ArrowDown), input.key_pressed(Key::ArrowUp), input.key_pressed(Key::Enter))
        });
        if down {
            self.chosen = (self.chosen + 1).min(rows.len().saturating_sub(1));
        } else if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        let mut picked = enter.then_some(self.chosen);
        if let Some(answer) = answer {
            said_ui(ui, cx, answer, rows.is_empty());
        } else if !self.names {
            filters_ui(ui, cx);
        }
        // As tall as what is in it, whatever was in it before.
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, row) in rows.iter().enumerate() {
                if index == named && named > 0 {
                    ui.add_space(8.0);
                    controls::caption(ui, cx.look, "In what is written");
                    ui.add_space(2.0);
                }
                let response = row_ui(ui, cx, row, index == self.chosen);
                if index == self.chosen && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(index);
                }
            }
        });
        let Some(row) = picked.and_then(|index| rows.into_iter().nth(index)) else {
            // Enter takes the focus from the field.
            if enter {
                response.request_focus();
            }
            return true;
        };
        out.push(match row {
            Row::Action(action) => Command::Do(action),
            Row::Question(id, ..) => Command::Go(id),
            Row::Card(id, _) => Command::EditCard(id),
            Row::Text(hit) => Command::Open(hit.spot.clone(), hit.snippet.at),
        });
        false
    }

    fn field_ui(&mut self, ui: &mut Ui) -> Response {
        let (hint, name) = if self.names {
            ("Questions, cards, actions, and words in texts", "Find anything")
        } else {
            ("Words in prompts, answers, cards, notes, attempts and scenes", "Search everything that is written")
        };
        let field = TextEdit::singleline(&mut self.text)
            .id_salt("finder")
            .hint_text(hint)
            .font(look::regular(16.0))
            .desired_width(f32::INFINITY)
            .frame(Frame::NONE);
        let response = ui.add(field);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
        if !std::mem::replace(&mut self.focused, true) {
            response.request_focus();
        }
        response
    }
}

/// What there is to say about an answer: what was searched for instead, what was not understood, how much there is.
fn said_ui(ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, nothing: bool) {
    let found = &answer.found;
    for complaint in &found.complaints {
        controls::caption(ui, cx.look, complaint);
    }
    if let Some(showing) = &found.showing {
        controls::caption(ui, cx.look, &format!("Showing “{showing}”: what you typed stands nowhere"));
    }
    if found.only_some {
        controls::caption(ui, cx.look, "Nothing has all of these words; these have some");
    }
    if nothing {
        controls::caption(ui, cx.look, "Nothing is called that, and it stands in no text.");
    } else if found.total > found.hits.len() {
        controls::caption(ui, cx.look, &format!("{} found; the best {} are here", found.total, found.hits.len()));
    }
}

/// What can be filtered by, while nothing has been typed.
fn filters_ui(ui: &mut Ui, cx: &Cx<'_>) {
    controls::caption(ui, cx.look, "Words, “words in a row” in quotes, and filters; each narrows it further:");
    ui.add_space(4.0);
    ui.spacing_mut().interact_size.y = 20.0;
    for (filter, takes) in FILTERS {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(64.0, 20.0), Sense::hover());
            let ink = cx.look.color(Role::Ink);
            ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, filter, look::mono(12.5), ink);
            controls::line(ui, cx.look, takes, look::regular(12.5), Role::Faint);
        });
    }
}

fn names<'a>(cx: &Cx<'_>, text: &str) -> Vec<Row<'a>> {
    if text.trim().is_empty() {
        let near = cx.question.related.iter().filter_map(|id| cx.catalog.question(id)).map(|found| question_row(found));
        let actions = Action::ALL.iter().copied().map(Row::Action);
        return near.chain(actions).take(MOST_NAMES).collect();
    }
    for mut typed in Typed::readings(text) {
        let rows = named(cx, &mut typed);
        if !rows.is_empty() {
            return rows;
        }
    }
    Vec::new()
}

/// What one reading of the text finds: questions, then actions, then cards, each best first.
fn named<'a>(cx: &Cx<'_>, typed: &mut Typed) -> Vec<Row<'a>> {
    let mut actions: Vec<(u32, Row<'_>)> = Vec::new();
    for action in Action::ALL {
        actions.extend(typed.score(action.info().name).map(|score| (score, Row::Action(*action))));
    }
    let mut cards: Vec<(u32, Row<'_>)> = Vec::new();
    for card in cx.catalog.questions().flat_map(|question| question.cards()) {
        let front = card.front.plain();
        cards.extend(typed.score(&front).map(|score| (score, Row::Card(card.id.clone(), front))));
    }
    let best = |mut rows: Vec<(u32, Row<'a>)>, most: usize| {
        rows.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        rows.into_iter().take(most).map(|(_, row)| row)
    };
    let questions = typed.questions(cx.catalog).into_iter().take(20).map(question_row);
    questions.chain(best(actions, 4)).chain(best(cards, 12)).take(MOST_NAMES).collect()
}

fn question_row<'a>(question: &Question) -> Row<'a> {
    Row::Question(question.id.clone(), question.title.clone(), question.id.topic().to_string())
}

fn row_ui(ui: &mut Ui, cx: &Cx<'_>, row: &Row<'_>, chosen: bool) -> Response {
    let height = if matches!(row, Row::Text(_)) { TEXT_HEIGHT } else { NAME_HEIGHT };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let (name, kind) = match row {
        Row::Action(action) => (action.info().name.to_owned(), action.key_text(ui.ctx())),
        Row::Question(_, title, topic) => (title.clone(), topic.clone()),
        Row::Card(_, front) => (front.clone(), "card".to_owned()),
        Row::Text(hit) => (
            hit.title.clone(),
            match hit.spot.topic() {
                topic if topic.is_empty() => hit.spot.words(),
                topic => format!("{topic} · {}", hit.spot.words()),
            },
        ),
    };
    let spoken = match row {
        Row::Text(hit) => format!("{name}, {kind}: {}", hit.snippet.text),
        _ => name.clone(),
    };
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &spoken));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if chosen || response.hovered() {
        let role = if chosen { Role::AccentWeak } else { Role::Panel };
        ui.painter().rect_filled(rect, 6.0, cx.look.color(role));
    }
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let middle = if let Row::Text(hit) = row {
        snippet_ui(ui, cx, inner, &hit.snippet);
        rect.top() + 16.0
    } else {
        rect.center().y
    };
    let faint = cx.look.color(Role::Faint);
    let right = ui.painter().text(pos2(inner.right(), middle), Align2::RIGHT_CENTER, kind, look::regular(12.0), faint);
    let ink = cx.look.color(Role::Ink);
    let font = if matches!(row, Row::Text(_)) { look::semibold(13.5) } else { look::regular(14.0) };
    let mut job = LayoutJob::simple_singleline(name, font, ink);
    job.wrap = TextWrapping::truncate_at_width(right.left() - 12.0 - inner.left());
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(inner.left(), middle - galley.size().y / 2.0), galley, ink);
    response
}

/// The piece of text under a hit's title, what was found in it marked.
fn snippet_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, snippet: &search::Snippet) {
    let format = |marked: bool| TextFormat {
        font_id: if marked { look::semibold(13.0) } else { look::regular(13.0) },
        color: cx.look.color(if marked { Role::Accent } else { Role::Body }),
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    let mut done = 0;
    let piece = |from: usize, to: usize| snippet.text.get(from..to).unwrap_or_default();
    for mark in &snippet.marks {
        job.append(piece(done, mark.start), 0.0, format(false));
        job.append(piece(mark.start, mark.end), 0.0, format(true));
        done = mark.end;
    }
    job.append(piece(done, snippet.text.len()), 0.0, format(false));
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(rect.left(), rect.top() + 37.0 - galley.size().y / 2.0);
    ui.painter().galley(at, galley, cx.look.color(Role::Body));
}
