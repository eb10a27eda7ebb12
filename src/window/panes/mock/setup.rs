//! Before a mock: how long, at which level, which topics; and the mocks there were.

use egui::{Frame, Margin, ScrollArea, Ui};

use super::{MockPane, View};
use crate::catalog::Level;
use crate::exchange::mock as pages;
use crate::study::mock::{Axis, Length, Mock, Setup};
use crate::theme::Role;
use crate::time::Day;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::saving::Export;
use crate::window::widgets::controls::{self, Weight};

pub(super) const WIDTH: f32 = 720.0;

impl MockPane {
    pub(super) fn setup_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let now_secs = ui.input(|input| input.time);
        let mut begin = false;
        page(ui, |ui| {
            let Some(wish) = &mut self.wish else { return };
            paragraph(
                ui,
                cx,
                "One scenario in three phases, then short probes, mostly on what is weak. You talk, aloud; nothing is recorded. Bells are seen, not heard, and cut nothing off. It is scored at once, and the cards of what you missed come back sooner.",
            );
            ui.add_space(10.0);
            choices(ui, cx, "Minutes", |ui| {
                for (length, key) in Length::ALL.into_iter().zip(["1", "2", "3"]) {
                    let text = length.minutes().to_string();
                    if choice(ui, cx, &text, key, wish.length == length, &format!("{text} minutes")) {
                        wish.length = length;
                    }
                }
            });
            choices(ui, cx, "Level", |ui| {
                for level in [Level::Core, Level::Senior, Level::Staff] {
                    let name = format!("{level:?}");
                    if choice(ui, cx, &name, "", wish.level == level, &name) {
                        wish.level = level;
                    }
                }
            });
            choices(ui, cx, "Topics", |ui| {
                for topic in &cx.catalog.topics {
                    let on = wish.topics.contains(&topic.id);
                    if choice(ui, cx, &topic.title, "", on, &topic.title) {
                        toggle(wish, cx, &topic.id);
                    }
                }
            });
            ui.add_space(6.0);
            controls::caption(ui, cx.look, &what_it_is(wish));
            ui.add_space(10.0);
            ui.horizontal_wrapped(|ui| {
                let key = Action::FinishAttempt.key_text(ui.ctx());
                ui.add_enabled_ui(!cx.read_only && !wish.topics.is_empty(), |ui| {
                    begin = controls::button(ui, cx.look, Weight::Main, "Begin the mock", &key).clicked();
                });
                if controls::button(ui, cx.look, Weight::Quiet, "Print a blank scoring sheet", "").clicked() {
                    let text = pages::blank_sheet();
                    out.push(Command::Print(Export { title: "Print", name: "scoring-sheet.html".to_owned(), text }));
                }
            });
            self.earlier_ui(ui, cx);
        });
        if begin {
            self.begin(cx, now_secs, out);
        }
    }

    fn earlier_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let mocks = cx.progress.mocks();
        ui.add_space(22.0);
        controls::line(ui, cx.look, "Mocks so far", look::semibold(15.0), Role::Ink);
        if mocks.is_empty() {
            controls::caption(
                ui,
                cx.look,
                "None yet. The plan keeps time for one ten, six, three and one day before the interview.",
            );
            return;
        }
        controls::caption(
            ui,
            cx.look,
            "Bands from 1 (not yet) to 4 (strong), in the order: correctness and depth, trade-offs, failure and operations, communication and time.",
        );
        ui.add_space(4.0);
        for (index, mock) in mocks.iter().enumerate().rev() {
            let name = summary(cx, mock);
            if controls::button(ui, cx.look, Weight::Quiet, &name, "").clicked() {
                self.view = View::Report(index);
            }
        }
    }
}

fn toggle(wish: &mut Setup, cx: &Cx<'_>, topic: &crate::ids::TopicId) {
    let was = wish.topics.contains(topic);
    let all = cx.catalog.topics.iter().map(|topic| &topic.id);
    let kept = all.filter(|id| if *id == topic { !was } else { wish.topics.contains(id) });
    wish.topics = kept.cloned().collect();
}

/// The wish in a sentence.
fn what_it_is(wish: &Setup) -> String {
    let topics = match wish.topics.len() {
        0 => return "Choose at least one topic.".to_owned(),
        1 => "one topic".to_owned(),
        n => format!("{n} topics"),
    };
    let level = match wish.level {
        Level::Core => "core questions only",
        Level::Senior => "up to senior questions, a follow-up each",
        Level::Staff => "all questions, two follow-ups each",
    };
    format!(
        "A scenario and {} probes from {topics} in {} minutes; {level}.",
        wish.length.probes(),
        wish.length.minutes()
    )
}

/// A mock in a line: its day, its bands, its musts.
fn summary(cx: &Cx<'_>, mock: &Mock) -> String {
    let day = Day::of(mock.began_at, cx.now.offset_secs);
    let bands: Vec<String> = mock.bands.iter().map(ToString::to_string).collect();
    debug_assert_eq!(bands.len(), Axis::ALL.len());
    let (said, asked) = mock.musts();
    format!(
        "{day}   {} min, {:?}   bands {}   {said} of {asked} musts",
        mock.setup.length.minutes(),
        mock.setup.level,
        bands.join(" ")
    )
}

/// A page in the middle of the window that scrolls.
pub(super) fn page(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt("mock page").auto_shrink(false).show(ui, |ui| {
        let side = ((ui.available_width() - WIDTH) / 2.0).max(20.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                ui.set_width((ui.available_width() - side).clamp(200.0, WIDTH));
                ui.add_space(18.0);
                content(ui);
                ui.add_space(28.0);
            });
        });
        controls::follow_focus(ui);
    });
}

pub(super) fn paragraph(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Body));
    ui.add(egui::Label::new(text).wrap());
}

fn choices(ui: &mut Ui, cx: &Cx<'_>, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.add_space(6.0);
    controls::line(ui, cx.look, name, look::semibold(12.5), Role::Faint);
    ui.horizontal_wrapped(content);
}

/// One of several; the chosen one stands on the accent.
fn choice(ui: &mut Ui, cx: &Cx<'_>, text: &str, key: &str, on: bool, name: &str) -> bool {
    let frame = Frame::new().inner_margin(Margin::ZERO);
    let response = frame.show(ui, |ui| {
        let weight = if on { Weight::Main } else { Weight::Plain };
        controls::button(ui, cx.look, weight, text, key)
    });
    let response = response.inner;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, on, name));
    response.clicked()
}
