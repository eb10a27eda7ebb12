//! The one card of the first run, above the first question: date, minutes, topics; every part may be left as it is, and all of it.

use egui::{Align, Frame, Layout, Margin, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::ids::TopicId;
use crate::study::diagnostic::PROMPTS;
use crate::study::{Aim, Request, TopicOrder};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::screen::Screen;
use crate::window::widgets::controls::{self, Weight};

/// What was chosen on the card so far.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// Days until the interview; None has no date.
    days: Option<i32>,
    minutes: u16,
    /// On a day of the weekend; None has as many as the others.
    weekend: Option<u16>,
    /// Topics in the order in which they were picked.
    picked: Vec<TopicId>,
}

impl Default for Welcome {
    fn default() -> Self {
        Self { days: None, minutes: Aim::default().minutes_a_day, weekend: None, picked: Vec::new() }
    }
}

const DAYS: [(Option<i32>, &str); 4] =
    [(None, "No date"), (Some(7), "1 week"), (Some(14), "2 weeks"), (Some(21), "3 weeks")];
const MINUTES: [u16; 5] = [15, 30, 45, 60, 90];
const WEEKEND: [(Option<u16>, &str); 4] =
    [(None, "the same"), (Some(60), "1 h"), (Some(120), "2 h"), (Some(180), "3 h")];
/// Height of what can be chosen.
const CHIP: f32 = 28.0;
/// Width of the names at the left.
const NAMES: f32 = 104.0;

impl Welcome {
    /// Writes down what was chosen and begins the diagnostic.
    pub fn begin(&self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let interview = self.days.map(|days| cx.now.day().plus_days(days));
        let aim = Aim { interview, minutes_a_day: self.minutes, weekend_minutes: self.weekend, ..cx.progress.aim() };
        let mut order = self.picked.clone();
        if !order.is_empty() {
            let rest = cx.catalog.topics.iter().map(|topic| &topic.id).filter(|topic| !self.picked.contains(topic));
            order.extend(rest.cloned());
        }
        out.push(Command::Study(Request::Begin { aim, topics: TopicOrder { order, left_out: Vec::new() } }));
        out.push(Command::Show(Screen::Diagnostic));
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let frame = Frame::new()
            .fill(cx.look.color(Role::Surface))
            .stroke(cx.look.hairline())
            .corner_radius(9.0)
            .inner_margin(Margin::symmetric(16, 14));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                controls::line(ui, cx.look, "Three choices, then a plan", look::semibold(15.0), Role::Ink);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if controls::button(ui, cx.look, Weight::Quiet, "Not now", "Esc").clicked() {
                        out.push(Command::SkipWelcome);
                    }
                });
            });
            ui.add_space(4.0);
            row(ui, cx, "Interview", |ui| {
                for (days, name) in DAYS {
                    if chip(ui, cx, name, self.days == days).clicked() {
                        self.days = days;
                    }
                }
                let mut days = self.days.unwrap_or(0);
                let drag = egui::DragValue::new(&mut days).range(0..=365).custom_formatter(|days, _| match days {
                    0.0 => "another day".to_owned(),
                    1.0 => "tomorrow".to_owned(),
                    days => format!("in {days} days"),
                });
                let response = ui.add(drag);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Days until the interview"));
                if response.changed() {
                    self.days = (days > 0).then_some(days);
                }
            });
            row(ui, cx, "Minutes a day", |ui| {
                for minutes in MINUTES {
                    if chip(ui, cx, &minutes.to_string(), self.minutes == minutes).clicked() {
                        self.minutes = minutes;
                    }
                }
            });
            row(ui, cx, "At weekends", |ui| {
                for (minutes, name) in WEEKEND {
                    if chip(ui, cx, name, self.weekend == minutes).clicked() {
                        self.weekend = minutes;
                    }
                }
            });
            row(ui, cx, "Topics", |ui| {
                for topic in &cx.catalog.topics {
                    let place = self.picked.iter().position(|id| *id == topic.id);
                    let name =
                        place.map_or_else(|| topic.title.clone(), |place| format!("{}  {}", place + 1, topic.title));
                    if chip(ui, cx, &name, place.is_some()).clicked() {
                        match place {
                            Some(place) => drop(self.picked.remove(place)),
                            None => self.picked.push(topic.id.clone()),
                        }
                    }
                }
            });
            controls::caption(
                ui,
                cx.look,
                "Click the topics that matter most, in order; none picked counts all alike.",
            );
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let key = Action::Diagnostic.key_text(ui.ctx());
                let name = format!("Begin: {PROMPTS} quick prompts");
                let begin = ui.add_enabled_ui(!cx.waiting && !cx.read_only, |ui| {
                    controls::button(ui, cx.look, Weight::Main, &name, &key)
                });
                if begin.inner.clicked() {
                    self.begin(cx, out);
                }
                let text = "Five minutes, then the plan.";
                controls::line(ui, cx.look, text, look::regular(12.5), Role::Faint);
            });
        });
        ui.add_space(24.0);
    }
}

fn row(ui: &mut Ui, cx: &Cx<'_>, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.add_space(2.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let (rect, response) = ui.allocate_exact_size(Vec2::new(NAMES, CHIP), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name));
        let color = cx.look.color(Role::Faint);
        ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, name, look::regular(look::CONTROL), color);
        ui.spacing_mut().item_spacing = Vec2::new(6.0, 6.0);
        ui.horizontal_wrapped(content);
    });
}

/// Something to choose, as a pill.
fn chip(ui: &mut Ui, cx: &Cx<'_>, name: &str, chosen: bool) -> egui::Response {
    let ink = cx.look.color(Role::Ink);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), look::regular(13.0), ink);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(galley.size().x + 22.0, CHIP), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, chosen, name));
    let hot = response.hovered() || response.has_focus();
    let fill = if chosen { Role::AccentWeak } else { Role::Ground };
    let line = if chosen || hot { Role::Accent } else { Role::Line };
    let stroke = Stroke::new(1.0, cx.look.color(line));
    ui.painter().rect(rect, 14.0, cx.look.color(fill), stroke, StrokeKind::Inside);
    let at = Rect::from_center_size(rect.center(), galley.size()).min;
    ui.painter().galley(at, galley, ink);
    response
}
