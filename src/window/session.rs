//! Today's session as the window runs it: which thing is next, brought before the reader in the pane that it belongs to, and a quiet
//! strip above the panes. What there is to do comes from the journal each time, so leaving, a crash or an undo needs no repair.

use egui::{Align, Frame, Layout, Margin, Panel, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::app::App;
use crate::ids::QuestionId;
use crate::store::Access;
use crate::study::today::Item;
use crate::theme::Role;
use crate::time::Day;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Scope};
use crate::window::layout::Pane;
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::widgets::controls::{self, Weight};

/// A session that is on.
#[derive(Default)]
pub struct Session {
    /// What the reader is at.
    at: Option<Item>,
    /// Put off until the rest is done.
    put_off: Vec<Item>,
}

/// Minutes that the reader put on top of a day's.
#[derive(Clone, Copy, Default)]
pub struct Extra {
    day: Option<Day>,
    minutes: u16,
}

impl Extra {
    /// What was put on top of this day.
    pub fn of(self, day: Day) -> u16 {
        if self.day == Some(day) { self.minutes } else { 0 }
    }
}

const EXTRA_MINUTES: u16 = 10;

impl Session {
    /// Whether it is about this question.
    pub fn is_at(&self, question: &QuestionId) -> bool {
        self.at.as_ref().is_some_and(|at| at.question() == *question)
    }

    /// Whether the thing the reader is at is done, so that it is time for the next.
    pub fn is_done(&self, cx: &Cx<'_>) -> bool {
        self.at.as_ref().is_none_or(|at| !cx.due.today().items.contains(at))
    }
}

impl App {
    /// The key of today's session: begins it, goes on, puts off what is not done, or comes back from elsewhere.
    pub(super) fn todays_key(&mut self, now_secs: f64) {
        let was_done = self.screen == Some(Screen::Today);
        let had_screen = self.screen.is_some();
        self.close_screen(now_secs);
        if !matches!(self.access, Access::ReadWrite) {
            self.toasts.say("Nothing can be written at the moment, so there is no session", false, now_secs);
            return;
        }
        self.refresh_due();
        if was_done && self.due.today().items.is_empty() {
            let day = self.now().day();
            self.extra = Extra { day: Some(day), minutes: self.extra.of(day) + EXTRA_MINUTES };
            self.refresh_due();
        }
        let Some(session) = &self.session else {
            self.session = Some(Session::default());
            self.go_on(now_secs);
            return;
        };
        let at = session.at.clone();
        let is_open = at.as_ref().is_some_and(|at| self.due.today().items.contains(at));
        match at {
            Some(item @ Item::Card(..)) if is_open && self.review.is_none() => self.present(&item, now_secs),
            Some(Item::Card(..)) if is_open => {
                self.toasts.say("Space shows the answer, 1 to 4 grade it; Esc leaves the session", false, now_secs);
            }
            Some(item) if is_open && (had_screen || item.question() != self.place.question) => self.come_back(&item),
            Some(item) if is_open => {
                if let Some(session) = &mut self.session {
                    session.put_off.push(item);
                }
                self.go_on(now_secs);
            }
            _ => self.go_on(now_secs),
        }
    }

    /// Whether the key that reveals goes on instead: the question before the reader is done.
    pub(super) fn can_go_on(&mut self) -> bool {
        let Some(at) = self.session.as_ref().and_then(|session| session.at.clone()) else { return false };
        self.review.is_none()
            && at.question() == self.place.question
            && !self.due.today().items.contains(&at)
            && self.with_cx(|panes, cx, _| panes.study.is_reading(cx)).unwrap_or_default()
    }

    /// To the next thing, or to the end of the day.
    pub(super) fn go_on(&mut self, now_secs: f64) {
        self.refresh_due();
        let Some(session) = &mut self.session else { return };
        let items = &self.due.today().items;
        let next = items.iter().find(|item| !session.put_off.contains(item)).cloned();
        let next = next.or_else(|| {
            session.put_off.clear();
            items.first().cloned()
        });
        match next {
            Some(item) => self.present(&item, now_secs),
            None => {
                self.leave_session();
                self.open_screen(Screen::Today, now_secs);
            }
        }
    }

    fn present(&mut self, item: &Item, now_secs: f64) {
        if let Some(session) = &mut self.session {
            session.at = Some(item.clone());
        }
        if matches!(item, Item::Card(..)) {
            self.start_review(Scope::Today, now_secs);
            return;
        }
        self.come_back(item);
        self.place.step = 0;
        self.with_cx(|panes, cx, _| panes.study.ask_anew(cx));
    }

    fn come_back(&mut self, item: &Item) {
        self.end_review();
        self.layout.set_visible(Pane::Study, true);
        self.go(item.question());
    }

    pub(super) fn leave_session(&mut self) {
        self.session = None;
        self.end_review();
    }

    /// An entry has reached the disk while the session is on.
    pub(super) fn session_after(&mut self, undone: bool, now_secs: f64) {
        self.refresh_due();
        if self.review == Some(Scope::Today) {
            let queue = self.due.queue(&Scope::Today);
            if queue.is_empty() || (undone && !matches!(self.due.today().items.first(), Some(Item::Card(..)))) {
                self.go_on(now_secs);
                return;
            }
            self.panes.cards.replace(queue, undone, now_secs);
            if let Some(session) = &mut self.session {
                session.at = self.due.today().items.first().cloned();
            }
            self.show_card();
        } else if undone && self.review.is_none() {
            // What was taken back is to do again, and comes first.
            let first = self.due.today().items.first().cloned();
            let at = self.session.as_ref().and_then(|session| session.at.clone());
            if let Some(first) = first.filter(|first| Some(first) != at.as_ref()) {
                self.present(&first, now_secs);
            }
        }
    }
}

/// The strip above the panes: how far the day is, what this is and what comes after it.
pub fn strip_ui(ui: &mut Ui, cx: &Cx<'_>, session: &Session, out: &mut Vec<Command>) {
    let frame = Frame::new().fill(cx.look.color(Role::Panel)).inner_margin(Margin::symmetric(20, 0));
    Panel::top("session").resizable(false).exact_size(40.0).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            controls::line(ui, cx.look, "Today", look::semibold(look::CONTROL), Role::Ink);
            minutes_ui(ui, cx);
            ui.add_space(10.0);
            controls::line(ui, cx.look, &now_words(cx, session), look::regular(look::CONTROL), Role::Body);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if controls::button(ui, cx.look, Weight::Quiet, "Leave", "Esc").clicked() {
                    out.push(Command::LeaveSession);
                }
                if !cx.reviewing {
                    let name = if session.is_done(cx) { "Go on" } else { "Later" };
                    if controls::button(ui, cx.look, Weight::Quiet, name, &Action::Today.key_text(ui.ctx())).clicked() {
                        out.push(Command::Do(Action::Today));
                    }
                }
                let then = then_words(cx, session);
                let width =
                    ui.painter().layout_no_wrap(then.clone(), look::regular(12.5), egui::Color32::PLACEHOLDER).size().x;
                if !then.is_empty() && width + 24.0 < ui.available_width() {
                    controls::line(ui, cx.look, &then, look::regular(12.5), Role::Faint);
                }
            });
        });
    });
}

fn minutes_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let today = cx.due.today();
    let words = format!("{:.0} of {:.0} min", today.spent_minutes.floor(), today.budget_minutes);
    if ui.available_width() > 520.0 {
        let (rect, response) = ui.allocate_exact_size(Vec2::new(120.0, 4.0), Sense::hover());
        response
            .widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, format!("{words} spent today")));
        ui.painter().rect_filled(rect, 2.0, cx.look.color(Role::Line));
        #[expect(clippy::cast_possible_truncation, reason = "a share of a line")]
        let share = (today.spent_minutes / today.budget_minutes.max(1.0)).clamp(0.0, 1.0) as f32;
        let done = Rect::from_min_size(rect.min, Vec2::new(rect.width() * share, rect.height()));
        ui.painter().rect_filled(done, 2.0, cx.look.color(Role::Accent));
    }
    controls::line(ui, cx.look, &words, look::regular(12.5), Role::Faint);
}

/// What the reader is at.
fn now_words(cx: &Cx<'_>, session: &Session) -> String {
    let items = &cx.due.today().items;
    if session.is_done(cx) && !cx.reviewing {
        return "Done: read on, or go on".to_owned();
    }
    let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
    match &session.at {
        Some(Item::WarmUp(_)) => "Warm-up: you were sure of this, and it did not hold".to_owned(),
        Some(Item::Card(..)) => match count(|item| matches!(item, Item::Card(..))) {
            1 => "The last card".to_owned(),
            n => format!("{n} cards to go"),
        },
        Some(Item::New(_)) => "A new question: answer it before you look".to_owned(),
        Some(Item::Spoken(_)) => "Say this one aloud, against the clock".to_owned(),
        None => String::new(),
    }
}

/// What comes after it.
fn then_words(cx: &Cx<'_>, session: &Session) -> String {
    let rest = cx.due.today().items.iter().filter(|item| Some(*item) != session.at.as_ref());
    let (mut cards, mut new, mut spoken) = (0, 0, 0);
    for item in rest {
        match item {
            Item::Card(..) => cards += 1,
            Item::New(_) => new += 1,
            Item::Spoken(_) => spoken += 1,
            Item::WarmUp(_) => {}
        }
    }
    let mut parts = Vec::new();
    let at_cards = matches!(session.at, Some(Item::Card(..)));
    if cards > 0 && !at_cards {
        parts.push(if cards == 1 { "1 card".to_owned() } else { format!("{cards} cards") });
    }
    match new {
        0 => {}
        1 => parts.push("1 new question".to_owned()),
        n => parts.push(format!("{n} new questions")),
    }
    if spoken > 0 {
        parts.push("one aloud".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("then {}", parts.join(", ")) }
}
