//! What takes the whole window for a while, in place of the panes: they come back as they were.

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Ui};

use super::app::App;
use crate::theme::Role;
use crate::window::action::{Action, Area};
use crate::window::cx::{Command, Cx};
use crate::window::layout::Panes;
use crate::window::look;
use crate::window::panes::coach::{CoachPane, DiagnosticPage, PlanPage};
use crate::window::panes::progress::Tab;
use crate::window::widgets::controls::{self, Weight};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Mock,
    Evening,
    Diagnostic,
    Plan,
    /// The end of a day, or the way to more.
    Today,
    Attempts,
    Progress,
}

impl Screen {
    const fn title(self) -> &'static str {
        match self {
            Self::Mock => "Mock interview",
            Self::Evening => "The evening before",
            Self::Diagnostic => "Diagnostic",
            Self::Plan => "The plan",
            Self::Today => "Today",
            Self::Attempts => "Past attempts",
            Self::Progress => "Progress",
        }
    }

    pub fn ui(self, ui: &mut Ui, cx: &Cx<'_>, panes: &mut Panes, out: &mut Vec<Command>) {
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let head = Panel::top("screen head").resizable(false).exact_size(44.0);
        head.frame(ground.inner_margin(Margin::symmetric(20, 0))).show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                controls::line(ui, cx.look, self.title(), look::semibold(15.0), Role::Ink);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let back = if self == Self::Diagnostic { "Stop here" } else { "Back to the question" };
                    if controls::button(ui, cx.look, Weight::Quiet, back, "Esc").clicked() {
                        out.push(Command::Close);
                    }
                    match self {
                        Self::Mock => panes.mock.head_ui(ui, cx, out),
                        Self::Evening => panes.evening.head_ui(ui, cx, out),
                        Self::Diagnostic => {
                            let about = panes.coach.diagnostic.head();
                            controls::line(ui, cx.look, &about, look::regular(12.5), Role::Faint);
                        }
                        Self::Plan | Self::Today | Self::Attempts | Self::Progress => {}
                    }
                });
            });
        });
        CentralPanel::default().frame(ground).show(ui, |ui| match self {
            Self::Mock => panes.mock.ui(ui, cx, out),
            Self::Evening => panes.evening.ui(ui, cx, out),
            Self::Diagnostic => panes.coach.diagnostic.ui(ui, cx, out),
            Self::Plan => panes.coach.plan.ui(ui, cx, out),
            Self::Today => CoachPane::today_ui(ui, cx, out),
            Self::Attempts => panes.coach.attempts_ui(ui, cx, out),
            Self::Progress => panes.progress.ui(ui, cx, &mut panes.coach.plan, out),
        });
    }
}

impl App {
    /// What an action comes to while a screen is open; true when that was all of it.
    pub(super) fn act_on_screen(&mut self, action: Action, now_secs: f64) -> bool {
        let Some(screen) = self.screen else { return false };
        match action {
            Action::EndReview => {
                if !self.left_field {
                    self.close_screen(now_secs);
                }
                true
            }
            Action::Reveal
            | Action::FinishAttempt
            | Action::Choose1
            | Action::Choose2
            | Action::Choose3
            | Action::Choose4 => {
                self.with_cx(|panes, cx, out| match screen {
                    Screen::Mock => panes.mock.act(cx, action, now_secs, out),
                    Screen::Evening => panes.evening.act(cx, action, now_secs, out),
                    Screen::Diagnostic => panes.coach.diagnostic.act(cx, action, now_secs, out),
                    Screen::Plan | Screen::Today | Screen::Attempts => {}
                    Screen::Progress => panes.progress.act(action),
                });
                true
            }
            // A slip of the finger does not end a mock.
            Action::Today | Action::Diagnostic if screen == Screen::Mock => true,
            Action::Why | Action::PastAttempts => screen == Screen::Mock,
            _ if action.info().area == Area::Everywhere
                && !matches!(action, Action::NextQuestion | Action::PreviousQuestion) =>
            {
                if matches!(action, Action::Back | Action::Forward | Action::Filter) {
                    self.close_screen(now_secs);
                }
                false
            }
            Action::ReviewQuestion
            | Action::ReviewTopic
            | Action::ReviewAll
            | Action::MyAnswer
            | Action::Scratchpad => {
                self.close_screen(now_secs);
                false
            }
            // What moves in panes that nobody sees.
            _ => true,
        }
    }

    pub(super) fn open_screen(&mut self, screen: Screen, now_secs: f64) {
        if self.screen == Some(screen) {
            self.close_screen(now_secs);
            return;
        }
        self.close_screen(now_secs);
        self.overlay = None;
        self.screen = Some(screen);
        self.with_cx(|panes, cx, _| match screen {
            Screen::Mock => panes.mock.open(cx),
            Screen::Evening => panes.evening.open(cx),
            Screen::Diagnostic => panes.coach.diagnostic = DiagnosticPage::default(),
            Screen::Plan => panes.coach.plan = PlanPage::default(),
            Screen::Attempts => panes.coach.attempts_of = Some(cx.question.id.clone()),
            Screen::Today | Screen::Progress => {}
        });
    }

    /// Opens the progress at a tab; at the tab that is open already it closes.
    pub(super) fn open_progress(&mut self, tab: Tab, now_secs: f64) {
        let elsewhere = self.screen == Some(Screen::Progress) && self.panes.progress.tab != tab;
        self.panes.progress.tab = tab;
        if !elsewhere {
            self.open_screen(Screen::Progress, now_secs);
        }
    }

    pub(super) fn close_screen(&mut self, now_secs: f64) {
        // The others know nothing that could be lost.
        if self.screen.take() == Some(Screen::Mock) {
            self.with_cx(|panes, _, out| panes.mock.pause(now_secs, out));
        }
    }
}
