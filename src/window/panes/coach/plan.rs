//! The plan: one sentence, what may be changed about it, and every question with its why.

use std::collections::BTreeSet;

use egui::{Align, Layout, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::after::AfterCard;
use super::{card, counted, heading, headline, paragraph, sheet};
use crate::catalog::{Question, Topic};
use crate::ids::{QuestionId, TopicId};
use crate::study::diagnostic::PROMPTS;
use crate::study::plan::{Plan, Reason};
use crate::study::{DaysOff, Pin, Request, TopicOrder};
use crate::theme::Role;
use crate::time::Day;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::settings_ui;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::marks;

/// What only the page knows.
#[derive(Default)]
pub struct PlanPage {
    /// Asked for the why of this one: it stands at the top.
    about: Option<QuestionId>,
    /// The row that is open.
    chosen: Option<QuestionId>,
    unfolded: BTreeSet<TopicId>,
    show: Show,
    after: AfterCard,
}

/// Which questions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Show {
    #[default]
    Topics,
    Today,
    LeftOut,
}

const WIDTH: f32 = 720.0;
const ROW_HEIGHT: f32 = 30.0;

impl PlanPage {
    pub fn about(question: QuestionId) -> Self {
        Self { about: Some(question), ..Self::default() }
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        sheet(ui, cx, WIDTH, (self, out), |ui, _, out| bar_ui(ui, cx, out), |ui, page, out| page.body_ui(ui, cx, out));
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let plan = cx.due.plan();
        if let Some(question) = self.about.as_ref().and_then(|id| cx.catalog.question(id)) {
            about_ui(ui, cx, plan, question, out);
            ui.add_space(22.0);
        }
        self.after.ui(ui, cx, out);
        headline(ui, cx, &plan.sentence());
        ui.add_space(6.0);
        paragraph(ui, cx, &outlook(plan), Role::Body);
        heading(ui, cx, "What it goes by");
        card(ui, cx, |ui| {
            settings_ui::aim_rows(ui, cx, out);
            days_off_ui(ui, cx, out);
        });
        diagnostic_ui(ui, cx, out);
        ui.add_space(24.0);
        self.tabs_ui(ui, cx, plan);
        ui.add_space(4.0);
        match self.show {
            Show::Topics => {
                for (rank, topic) in in_order(cx).into_iter().enumerate() {
                    self.topic_ui(ui, cx, topic, rank, out);
                }
            }
            Show::Today => self.rows_ui(ui, cx, &plan.today, out),
            Show::LeftOut => self.rows_ui(ui, cx, &plan.skipped, out),
        }
    }

    fn tabs_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, plan: &Plan) {
        ui.horizontal(|ui| {
            let names = [
                (Show::Topics, "By topic".to_owned()),
                (Show::Today, format!("New today {}", plan.today.len())),
                (Show::LeftOut, format!("Left out {}", plan.skipped.len())),
            ];
            for (show, name) in names {
                if ui.selectable_label(self.show == show, name).clicked() {
                    self.show = show;
                }
            }
            if self.show != Show::Topics {
                controls::line(ui, cx.look, "worth most first", look::regular(12.5), Role::Faint);
            }
        });
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, questions: &[QuestionId], out: &mut Vec<Command>) {
        if questions.is_empty() {
            let text = match self.show {
                Show::LeftOut => "Nothing is left out.",
                _ => "Nothing new today.",
            };
            paragraph(ui, cx, text, Role::Faint);
        }
        for question in questions.iter().filter_map(|id| cx.catalog.question(id)) {
            self.row_ui(ui, cx, question, out);
        }
    }

    /// A topic: what is known of it, how much of it is in, its place in the order, and its questions once it is open.
    fn topic_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, topic: &Topic, rank: usize, out: &mut Vec<Command>) {
        let plan = cx.due.plan();
        let questions: Vec<_> = topic.subtopics.iter().flat_map(|group| &group.questions).collect();
        let inside = questions.iter().filter(|question| plan.covers(&question.id)).count();
        let left_out = cx.progress.topics().left_out.contains(&topic.id);
        let open = self.unfolded.contains(&topic.id);
        let width = ui.available_width();
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            let (rect, response) = ui.allocate_exact_size(Vec2::new((width - 190.0).max(160.0), 34.0), Sense::click());
            let known = cx.due.inferred().topic(&topic.id);
            let known = known.map(|share| {
                let asked = if share.asked == 0 { "none".to_owned() } else { share.asked.to_string() };
                format!("about {:.0} % known, {asked} asked", share.known * 100.0)
            });
            let known = known.unwrap_or_default();
            let scope = if left_out { "left out".to_owned() } else { format!("{inside} of {}", questions.len()) };
            let words = format!("{}: {scope}; {known}", topic.title);
            response.widget_info(|| WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, &words));
            let hot = response.hovered() || response.has_focus();
            let painter = ui.painter();
            let middle = rect.center().y;
            let glyph = if open { look::icon::CHEVRON_DOWN } else { look::icon::CHEVRON_RIGHT };
            let color = cx.look.color(if hot { Role::Accent } else { Role::Faint });
            let at = |x: f32| egui::pos2(rect.left() + x, middle);
            painter.text(at(8.0), egui::Align2::CENTER_CENTER, glyph, look::icon_font(14.0), color);
            let square = Rect::from_center_size(at(26.0), Vec2::splat(8.0));
            painter.rect_filled(square, 2.0, cx.look.color(Role::Topic(topic.hue)));
            let ink = if left_out { Role::Faint } else { Role::Ink };
            let title = painter.text(
                at(38.0),
                egui::Align2::LEFT_CENTER,
                &topic.title,
                look::semibold(14.0),
                cx.look.color(ink),
            );
            let faint = cx.look.color(Role::Faint);
            let right =
                painter.text(rect.right_center(), egui::Align2::RIGHT_CENTER, scope, look::regular(13.0), faint);
            if title.right() + 20.0 + 210.0 < right.left() {
                let x = rect.left() + 210.0;
                painter.text(egui::pos2(x, middle), egui::Align2::LEFT_CENTER, known, look::regular(12.5), faint);
            }
            if response.clicked() && !self.unfolded.remove(&topic.id) {
                self.unfolded.insert(topic.id.clone());
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = if left_out { "Take in" } else { "Leave out" };
                let response = controls::button(ui, cx.look, Weight::Quiet, name, "");
                let accessible = format!("{name} {}", topic.title);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(accessible));
                if response.clicked() {
                    out.push(Command::Study(Request::OrderTopics { topics: with_left_out(cx, &topic.id, !left_out) }));
                }
                if rank > 0 {
                    let earlier = controls::button(ui, cx.look, Weight::Quiet, "Earlier", "");
                    let accessible = format!("{} earlier", topic.title);
                    ui.ctx().accesskit_node_builder(earlier.id, |node| node.set_label(accessible));
                    if earlier.clicked() {
                        out.push(Command::Study(Request::OrderTopics { topics: earlier_in(cx, rank) }));
                    }
                }
            });
        });
        if open {
            for question in questions {
                self.row_ui(ui, cx, question, out);
            }
            ui.add_space(8.0);
        }
    }

    /// A question: how it stands and where in the plan; its why and what may be done about it once it is chosen.
    fn row_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, question: &Question, out: &mut Vec<Command>) {
        let plan = cx.due.plan();
        let chosen = self.chosen.as_ref() == Some(&question.id);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW_HEIGHT), Sense::click());
        let standing = standing(plan, &question.id);
        response.widget_info(|| {
            let words = format!("{}: {standing}", question.title);
            WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, words)
        });
        if response.clicked() {
            self.chosen = (!chosen).then(|| question.id.clone());
        }
        if ui.is_rect_visible(rect) {
            if chosen || response.hovered() || response.has_focus() {
                let role = if chosen { Role::AccentWeak } else { Role::Panel };
                ui.painter().rect_filled(rect, 6.0, cx.look.color(role));
            }
            let middle = rect.center().y;
            marks::readiness(
                ui.painter(),
                cx.look,
                egui::pos2(rect.left() + 26.0, middle),
                cx.due.readiness(&question.id),
            );
            let is_in = plan.covers(&question.id);
            let (ink, faint) = (cx.look.color(if is_in { Role::Ink } else { Role::Faint }), cx.look.color(Role::Faint));
            let at = egui::pos2(rect.right() - 10.0, middle);
            let right = ui.painter().text(at, egui::Align2::RIGHT_CENTER, standing, look::regular(12.5), faint).left();
            let mut job =
                egui::epaint::text::LayoutJob::simple_singleline(question.title.clone(), look::regular(14.0), ink);
            job.wrap = egui::epaint::text::TextWrapping::truncate_at_width((right - rect.left() - 54.0).max(40.0));
            let galley = ui.painter().layout_job(job);
            ui.painter().galley(egui::pos2(rect.left() + 38.0, middle - galley.size().y / 2.0), galley, ink);
        }
        if chosen {
            egui::Frame::new().inner_margin(egui::Margin { left: 38, right: 10, top: 2, bottom: 8 }).show(ui, |ui| {
                controls::caption(ui, cx.look, &plan.why(&question.id));
                pin_ui(ui, cx, question, out);
            });
        }
    }
}

/// Where a question stands, in a word or two.
fn standing(plan: &Plan, question: &QuestionId) -> String {
    if plan.today.contains(question) {
        return "new today".to_owned();
    }
    match plan.choice(question).map(|choice| choice.reason) {
        None => "no answer yet",
        Some(Reason::PinnedIn) => "put in by you",
        Some(Reason::Begun) => "begun",
        Some(Reason::Worth(_)) => "in",
        Some(Reason::PinnedOut) => "left out by you",
        Some(Reason::TopicLeftOut) => "topic left out",
        Some(Reason::NoTime) => "no time",
    }
    .to_owned()
}

/// The question whose why was asked for.
fn about_ui(ui: &mut Ui, cx: &Cx<'_>, plan: &Plan, question: &Question, out: &mut Vec<Command>) {
    card(ui, cx, |ui| {
        controls::line(ui, cx.look, "Why this, and when", look::semibold(12.5), Role::Faint);
        let title = egui::RichText::new(&question.title).font(look::semibold(16.0)).color(cx.look.color(Role::Ink));
        ui.add(egui::Label::new(title).wrap());
        paragraph(ui, cx, &plan.why(&question.id), Role::Body);
        ui.add_space(2.0);
        pin_ui(ui, cx, question, out);
    });
}

/// What may be done about one question.
fn pin_ui(ui: &mut Ui, cx: &Cx<'_>, question: &Question, out: &mut Vec<Command>) {
    let pin = cx.progress.question(&question.id).and_then(|state| state.pin);
    ui.horizontal(|ui| {
        let choices = [(Some(Pin::In), "Put it in"), (Some(Pin::Out), "Leave it out"), (None, "As the plan has it")];
        for (choice, name) in choices {
            if pin == choice {
                continue;
            }
            let button = ui.add_enabled_ui(!cx.read_only && !cx.waiting, |ui| {
                controls::button(ui, cx.look, Weight::Plain, name, "")
            });
            if button.inner.clicked() {
                out.push(Command::Study(Request::Pin { question: question.id.clone(), pin: choice }));
            }
        }
        if controls::button(ui, cx.look, Weight::Quiet, "Open the question", "").clicked() {
            out.push(Command::Go(question.id.clone()));
        }
    });
}

fn bar_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let left = !cx.due.today().items.is_empty();
    let name = if left { "Today's session" } else { "Done for today" };
    let weight = if left { Weight::Main } else { Weight::Plain };
    if controls::button(ui, cx.look, weight, name, &Action::Today.key_text(ui.ctx())).clicked() {
        out.push(Command::Do(Action::Today));
    }
    let asked = cx.due.asked();
    if asked < PROMPTS {
        let name = if asked == 0 {
            "Take the diagnostic".to_owned()
        } else {
            format!("Go on with the diagnostic, {asked} of {PROMPTS}")
        };
        if controls::button(ui, cx.look, Weight::Plain, &name, &Action::Diagnostic.key_text(ui.ctx())).clicked() {
            out.push(Command::Show(Screen::Diagnostic));
        }
    }
}

/// What lies ahead besides the questions.
fn outlook(plan: &Plan) -> String {
    let Some(interview) = plan.interview else {
        return "With a date it works out what fits and what to leave out.".to_owned();
    };
    let mut parts = Vec::new();
    if plan.new_a_day > 0 {
        parts.push(format!("{} a day", counted(plan.new_a_day, "new question", "new questions")));
    }
    if plan.days_left > Some(1) {
        parts.push(format!("nothing new after {}", short(interview.plus_days(-2))));
    }
    match plan.mocks.as_slice() {
        [] => {}
        [one] => parts.push(format!("a mock interview on {}", short(*one))),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|day| short(*day)).collect();
            parts.push(format!("mock interviews on {} and {}", all.join(", "), short(*last)));
        }
    }
    let minutes = format!("{:.0} of {:.0} minutes are spoken for", plan.needed_minutes, plan.budget_minutes);
    parts.push(format!("{minutes} once 15 % is kept free for days that go wrong"));
    let mut text = parts.join("; ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{text}.")
}

/// `Tue 24 Nov`.
fn short(day: Day) -> String {
    day.0.strftime("%a %-d %b").to_string()
}

fn days_off_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let aim = cx.progress.aim();
    settings_ui::row(ui, cx, "Days off", "No minutes are planned on them", |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (weekday, name) in (0u8..7).zip(DaysOff::NAMES).rev() {
            let off = aim.days_off.has(weekday);
            let button = ui.add_enabled(!cx.read_only && !cx.waiting, egui::Button::selectable(off, name));
            let words = format!("{name} off");
            ui.ctx().accesskit_node_builder(button.id, |node| node.set_label(words));
            if button.clicked() {
                let aim = crate::study::Aim { days_off: aim.days_off.toggled(weekday), ..aim };
                out.push(Command::Study(Request::SetAim { aim }));
            }
        }
    });
}

/// What the diagnostic says, or that there has been none.
fn diagnostic_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
    let asked = cx.due.asked();
    if asked >= PROMPTS || cx.due.inferred().topic(&cx.question.id.topic()).is_some() {
        return;
    }
    ui.add_space(10.0);
    ui.horizontal_wrapped(|ui| {
        let text = format!("It does not know yet what you know: {PROMPTS} prompts of 20 seconds tell it.");
        controls::line(ui, cx.look, &text, look::regular(13.0), Role::Faint);
        if controls::button(ui, cx.look, Weight::Quiet, "Take the diagnostic", "").clicked() {
            out.push(Command::Show(Screen::Diagnostic));
        }
    });
}

fn in_order<'a>(cx: &Cx<'a>) -> Vec<&'a Topic> {
    let mut topics: Vec<&Topic> = cx.catalog.topics.iter().collect();
    topics.sort_by_key(|topic| cx.progress.topics().rank(&topic.id));
    topics
}

/// The order with the topic at `rank` one place earlier.
fn earlier_in(cx: &Cx<'_>, rank: usize) -> TopicOrder {
    let mut order: Vec<TopicId> = in_order(cx).into_iter().map(|topic| topic.id.clone()).collect();
    if rank > 0 && rank < order.len() {
        order.swap(rank, rank - 1);
    }
    TopicOrder { order, left_out: cx.progress.topics().left_out.clone() }
}

fn with_left_out(cx: &Cx<'_>, topic: &TopicId, out: bool) -> TopicOrder {
    let mut topics = cx.progress.topics().clone();
    topics.left_out.retain(|other| other != topic);
    if out {
        topics.left_out.push(topic.clone());
    }
    topics
}
