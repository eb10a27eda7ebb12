//! The review: one card at a time, its question and its scene beside it, the next interval on each grade.

use egui::{Align, Frame, Layout, Margin, Panel, ScrollArea, TextEdit, Ui};

use crate::catalog::Card;
use crate::ids::CardId;
use crate::study::{Grade, Request, Why};
use crate::text::{self, Doc};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::doc::Paper;
use crate::window::widgets::rich::{LinkEvent, Reading, Setting};

/// One card as it is shown: its words may be the reader's own.
pub struct ShownCard {
    pub id: CardId,
    pub front: Doc,
    pub back: Doc,
    pub why: Why,
}

/// What only this pane knows: where the review stands.
#[derive(Default)]
pub struct CardsPane {
    /// What is left, the current one first.
    pub queue: Vec<(CardId, Why)>,
    /// How many were graded in this review.
    pub done: usize,
    pub revealed: bool,
    last_graded: Option<CardId>,
    shown_since_secs: f64,
    shown: Option<ShownCard>,
    editing: Option<Editing>,
}

struct Editing {
    card: CardId,
    front: String,
    back: String,
    focus: bool,
}

impl CardsPane {
    pub fn begin(&mut self, queue: Vec<(CardId, Why)>, now_secs: f64) {
        *self = Self { queue, shown_since_secs: now_secs, ..Self::default() };
    }

    pub fn current(&self) -> Option<&CardId> {
        self.queue.first().map(|(id, _)| id)
    }

    /// The current card, while its back is hidden.
    pub fn hidden_card(&self) -> Option<CardId> {
        self.current().filter(|_| !self.revealed).cloned()
    }

    /// The current card, once its back is shown.
    pub fn revealed_card(&self) -> Option<CardId> {
        self.current().filter(|_| self.revealed).cloned()
    }

    pub fn is_editing(&self) -> bool {
        self.editing.is_some()
    }

    /// A card has been graded: the next one comes, the rest as it was.
    pub fn graded(&mut self, card: &CardId, now_secs: f64) {
        self.queue.retain(|(queued, _)| queued != card);
        self.done += 1;
        self.last_graded = Some(card.clone());
        self.turn_over(now_secs);
    }

    /// A card has left the review without a grade.
    pub fn drop_card(&mut self, card: &CardId, now_secs: f64) {
        let is_shown = self.current() == Some(card);
        self.queue.retain(|(queued, _)| queued != card);
        if is_shown {
            self.turn_over(now_secs);
        }
    }

    /// Undo brings the card back that was graded last.
    pub fn bring_back(&mut self, now_secs: f64) {
        if let Some(card) = self.last_graded.take() {
            self.queue.retain(|(queued, _)| *queued != card);
            self.queue.insert(0, (card, Why::Practice));
            self.done = self.done.saturating_sub(1);
            self.turn_over(now_secs);
        }
    }

    /// The queue as it stands now; undo has taken the last grade back.
    pub fn replace(&mut self, queue: Vec<(CardId, Why)>, undone: bool, now_secs: f64) {
        if undone {
            self.done = self.done.saturating_sub(1);
        }
        let same = self.current() == queue.first().map(|(card, _)| card);
        self.queue = queue;
        if !same {
            self.turn_over(now_secs);
        }
    }

    /// Cards that have come due meanwhile, e.g. on a learning step, join at the end.
    pub fn join(&mut self, due: Vec<(CardId, Why)>) {
        for (card, why) in due {
            if !self.queue.iter().any(|(queued, _)| *queued == card) {
                self.queue.push((card, why));
            }
        }
    }

    fn turn_over(&mut self, now_secs: f64) {
        self.revealed = false;
        self.shown_since_secs = now_secs;
        self.shown = None;
        self.editing = None;
    }

    /// Reads the words of the current card anew.
    pub fn refresh(&mut self) {
        self.shown = None;
    }

    pub fn reveal(&mut self) {
        self.revealed = true;
    }

    pub fn grade(&self, cx: &Cx<'_>, grade: Grade, now_secs: f64, out: &mut Vec<Command>) {
        let Some(card) = self.current() else { return };
        if !self.revealed || cx.waiting || cx.read_only || self.editing.is_some() {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a card takes seconds")]
        let took_millis = ((now_secs - self.shown_since_secs).clamp(0.0, 600.0) * 1000.0) as u32;
        let practice = cx.settings.extra_practice;
        out.push(Command::Study(Request::Review { card: card.clone(), grade, took_millis, practice }));
    }

    pub fn edit(&mut self, cx: &Cx<'_>) {
        let Some(card) = self.current().cloned() else { return };
        let Some((front, back)) = words_of(cx, &card) else { return };
        self.editing = Some(Editing { card, front, back, focus: true });
        self.revealed = true;
    }

    pub fn stop_editing(&mut self) {
        self.editing = None;
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let margin = Margin::symmetric(20, 0);
        let head = Panel::top(ui.scope_id().with("head")).resizable(false).exact_size(40.0);
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        head.frame(ground.inner_margin(margin)).show(ui, |ui| self.head_ui(ui, cx, out));
        if self.current().is_none() {
            egui::CentralPanel::default().frame(ground.inner_margin(20)).show(ui, |ui| self.done_ui(ui, cx, out));
            return;
        }
        self.show_current(cx);
        let bar = Panel::bottom(ui.scope_id().with("bar")).resizable(false).show_separator_line(false);
        bar.frame(ground.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| self.bar_ui(ui, cx, out));
        let body = egui::CentralPanel::default().frame(ground.inner_margin(Margin::symmetric(20, 8)));
        body.show(ui, |ui| {
            ScrollArea::vertical().id_salt("card").auto_shrink(false).show(ui, |ui| {
                let side = ((ui.available_width() - look::COLUMN) / 2.0).max(0.0);
                #[expect(clippy::cast_possible_truncation, reason = "a margin, at most that of the widest screen")]
                Frame::new().inner_margin(Margin::symmetric(side.min(127.0) as i8, 0)).show(ui, |ui| {
                    if self.editing.is_some() {
                        self.edit_ui(ui, cx, out);
                    } else {
                        self.card_ui(ui, cx, out);
                    }
                });
            });
        });
    }

    fn show_current(&mut self, cx: &Cx<'_>) {
        let Some((id, why)) = self.queue.first() else { return };
        if self.shown.as_ref().is_some_and(|shown| shown.id == *id) {
            return;
        }
        let Some((front, back)) = words_of(cx, id) else { return };
        self.shown =
            Some(ShownCard { id: id.clone(), front: text::parse(&front), back: text::parse(&back), why: why.clone() });
    }

    fn head_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            controls::line(ui, cx.look, "Review", look::semibold(look::CONTROL), Role::Ink);
            let left = self.queue.len();
            if left > 0 {
                let text = format!("{} done, {left} to go", self.done);
                controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
            }
            if cx.settings.extra_practice {
                controls::line(ui, cx.look, "extra practice", look::regular(12.5), Role::Accent);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if controls::icon_button(ui, cx.look, look::icon::CLOSE, "End the review").clicked() {
                    out.push(Command::EndReview);
                }
                if self.queue.is_empty() || self.editing.is_some() {
                    return;
                }
                for action in [Action::SuspendCard, Action::EditCard] {
                    let name = if action == Action::EditCard { "Edit" } else { "Suspend" };
                    if controls::button(ui, cx.look, Weight::Quiet, name, &action.key_text(ui.ctx())).clicked() {
                        out.push(Command::Do(action));
                    }
                }
            });
        });
    }

    fn card_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(shown) = &self.shown else { return };
        let hue = cx.catalog.place_of(&shown.id.question()).map_or_else(Default::default, |(topic, _)| topic.hue);
        let paper = |setting| Paper { look: cx.look, hue, code: cx.code, setting };
        let mut reading = Reading::default();
        ui.add_space(4.0);
        controls::caption(ui, cx.look, &why_text(&shown.why, cx.settings.extra_practice));
        ui.add_space(4.0);
        let front = Setting { size: 18.0, line_height: 27.0, ..Setting::BODY.ink() };
        ui.push_id("front", |ui| paper(front).blocks_ui(ui, &shown.front.blocks, &mut reading));
        if self.revealed {
            ui.add_space(10.0);
            let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
            ui.painter().hline(rect.x_range(), rect.center().y, cx.look.hairline());
            ui.add_space(6.0);
            let back = Setting { size: 16.0, line_height: 25.0, ..Setting::BODY };
            ui.push_id("back", |ui| paper(back).blocks_ui(ui, &shown.back.blocks, &mut reading));
        }
        for event in reading.events {
            if let LinkEvent::Clicked(link) = event {
                out.push(Command::Follow(link));
            }
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let rect = ui.max_rect();
        ui.painter().hline(rect.expand(20.0).x_range(), rect.top() - 12.0, cx.look.hairline());
        let now_secs = ui.input(|input| input.time);
        ui.horizontal_wrapped(|ui| {
            ui.set_min_height(32.0);
            if self.editing.is_some() {
                self.edit_bar_ui(ui, cx, out);
                return;
            }
            if !self.revealed {
                let key = Action::Reveal.key_text(ui.ctx());
                if controls::button_of_width(ui, cx.look, Weight::Main, "Show the answer", &key, 220.0).clicked() {
                    out.push(Command::Do(Action::Reveal));
                }
            } else if let Some(card) = self.current() {
                let intervals = cx.progress.next_intervals(card, cx.now).into_iter();
                let planned = |interval| cx.due.policy().interval(interval, cx.now.day());
                let intervals: Vec<_> = intervals.map(planned).collect();
                let width = ((ui.available_width() - 3.0 * 8.0) / 4.0).clamp(84.0, 112.0);
                for (index, grade) in Grade::ALL.into_iter().enumerate() {
                    let hint = intervals.get(index).map_or_else(String::new, ToString::to_string);
                    let weight = if grade == Grade::Good { Weight::Main } else { Weight::Plain };
                    let button = controls::button_of_width(ui, cx.look, weight, grade.name(), &hint, width);
                    if button.on_hover_text(format!("Key {}", index + 1)).clicked() {
                        self.grade(cx, grade, now_secs, out);
                    }
                }
            }
        });
    }

    fn edit_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, _out: &mut Vec<Command>) {
        let Some(editing) = &mut self.editing else { return };
        controls::caption(
            ui,
            cx.look,
            "Your words replace the card's; its schedule stays. Content updates never touch them.",
        );
        for (name, text, rows) in [("Cue", &mut editing.front, 3), ("Answer", &mut editing.back, 4)] {
            ui.add_space(6.0);
            let label = controls::line(ui, cx.look, name, look::semibold(12.5), Role::Faint);
            let field = TextEdit::multiline(text)
                .font(look::regular(look::BODY))
                .desired_width(f32::INFINITY)
                .desired_rows(rows)
                .margin(Margin::symmetric(12, 9));
            let response = ui.add(field).labelled_by(label.id);
            if std::mem::take(&mut editing.focus) {
                response.request_focus();
            }
        }
    }

    fn edit_bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let key = Action::FinishAttempt.key_text(ui.ctx());
        if controls::button(ui, cx.look, Weight::Main, "Keep my words", &key).clicked() {
            self.save_edit(out);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Cancel", "Esc").clicked() {
            self.editing = None;
        }
        let card = self.current().cloned();
        if let Some(card) = card
            && cx.progress.card(&card).is_some_and(|state| state.words.is_some())
            && controls::button(ui, cx.look, Weight::Plain, "Back to the original", "").clicked()
        {
            self.editing = None;
            out.push(Command::Study(Request::RestoreCard { card }));
        }
    }

    pub fn save_edit(&mut self, out: &mut Vec<Command>) {
        let Some(Editing { card, front, back, .. }) = self.editing.take() else { return };
        let (front, back) = (front.trim().to_owned(), back.trim().to_owned());
        if front.is_empty() || back.is_empty() {
            out.push(Command::Toast("A card needs both sides; nothing was changed".to_owned()));
            return;
        }
        out.push(Command::Study(Request::EditCard { card, front, back }));
    }

    fn done_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let text = match self.done {
            0 => "No cards are due here.".to_owned(),
            1 => "Done: 1 card reviewed.".to_owned(),
            n => format!("Done: {n} cards reviewed."),
        };
        ui.add_space(6.0);
        controls::line(ui, cx.look, &text, look::semibold(16.0), Role::Ink);
        controls::caption(ui, cx.look, "Each grade is on disk. The next card comes when it has begun to fade.");
        ui.add_space(8.0);
        ui.horizontal_wrapped(|ui| {
            if controls::button(ui, cx.look, Weight::Main, "Back to the question", "Esc").clicked() {
                out.push(Command::EndReview);
            }
            let due = cx.due.all();
            if due > 0 {
                let name = format!("Review all {due} due");
                let key = Action::ReviewAll.key_text(ui.ctx());
                if controls::button(ui, cx.look, Weight::Plain, &name, &key).clicked() {
                    out.push(Command::Do(Action::ReviewAll));
                }
            }
        });
    }
}

/// As [`words`], also of a card that the reader made or imported; None when there is no such card.
fn words_of(cx: &Cx<'_>, id: &CardId) -> Option<(String, String)> {
    if let Some(card) = cx.catalog.card(id) {
        return Some(words(cx, card));
    }
    let state = cx.progress.card(id)?;
    let imported = state.imported.as_ref().map(|imported| (imported.card.front.clone(), imported.card.back.clone()));
    let made = state.made.clone().or(imported)?;
    Some(state.words.clone().unwrap_or(made))
}

/// The card's words: the reader's own where they changed them.
pub fn words(cx: &Cx<'_>, card: &Card) -> (String, String) {
    let own = cx.progress.card(&card.id).and_then(|state| state.words.clone());
    own.unwrap_or_else(|| (card.front_source.clone(), card.back_source.clone()))
}

/// "Why this card": one quiet line.
fn why_text(why: &Why, extra_practice: bool) -> String {
    match why {
        _ if extra_practice => "Extra practice: the grade is logged and does not move the schedule".to_owned(),
        Why::Learning => "Still being learned: its step is due".to_owned(),
        Why::New => "New: you have not seen this card yet".to_owned(),
        Why::Practice => "Not due: you asked for it, and the grade counts".to_owned(),
        Why::Missed => "An attempt missed what this card trains".to_owned(),
        Why::Due { predicted_recall } => {
            format!("Due: {:.0} % likely to be recalled now", predicted_recall * 100.0)
        }
    }
}
