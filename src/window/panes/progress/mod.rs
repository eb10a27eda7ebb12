//! The progress of the reader over the whole window: the plan, readiness, calibration, reviews. Each number has its meaning under it,
//! each chart its words and its table.

mod calibration;
mod parameters;
mod readiness;
mod reviews;

use std::collections::BTreeMap;

use egui::{Align, Layout, ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use crate::study::calibration::{self as trust, Rated};
use crate::study::optimise::Log;
use crate::study::stats::{self, DayDone, QuestionTime};
use crate::study::{Evidence, Foreseen, Readiness, evidence};
use crate::theme::Role;
use crate::time::Day;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::coach::PlanPage;
use crate::window::saving::Export;
use crate::window::widgets::controls::{self, Weight};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Plan,
    Readiness,
    Calibration,
    Reviews,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Plan, Self::Readiness, Self::Calibration, Self::Reviews];

    const fn name(self) -> &'static str {
        match self {
            Self::Plan => "Plan",
            Self::Readiness => "Readiness",
            Self::Calibration => "Calibration",
            Self::Reviews => "Reviews",
        }
    }
}

/// What only this pane knows.
#[derive(Default)]
pub struct ProgressPane {
    pub tab: Tab,
    numbers: Option<Numbers>,
    /// Readiness that is listed; None lists all.
    only: Option<Readiness>,
}

/// What is shown, worked out once for a state of the reader's progress.
struct Numbers {
    revision: u64,
    today: Day,
    rated: Vec<Rated>,
    done: BTreeMap<Day, DayDone>,
    /// Cards due on each of the next days, the first is today.
    due: Vec<usize>,
    foreseen: Vec<Foreseen>,
    times: Vec<QuestionTime>,
    /// Reviews that parameters can be fitted to.
    log_reviews: usize,
    /// Each question's readiness as of now, whatever the date.
    now: Vec<Evidence>,
}

const DAYS_AHEAD: usize = 30;

impl Numbers {
    fn of(cx: &Cx<'_>) -> Self {
        let cards = cx.catalog.questions().flat_map(|question| question.cards()).map(|card| &card.id);
        let now = cx.catalog.questions().map(|question| {
            let musts = question.musts();
            evidence(&question.id, &musts, cx.progress, cx.now, cx.now.at)
        });
        Self {
            revision: cx.progress.revision(),
            today: cx.now.day(),
            rated: trust::rated(cx.progress),
            done: stats::by_day(cx.progress),
            due: stats::due_by_day(cards, cx.progress, cx.due.policy(), cx.now, DAYS_AHEAD),
            foreseen: stats::foreseen(cx.progress),
            times: stats::time_per_question(cx.progress),
            log_reviews: Log::of(cx.progress).reviews(),
            now: now.collect(),
        }
    }
}

/// The widest that a tab gets.
const WIDTH: f32 = 860.0;

impl ProgressPane {
    pub fn act(&mut self, action: Action) {
        self.tab = match action {
            Action::Choose1 => Tab::Plan,
            Action::Choose2 => Tab::Readiness,
            Action::Choose3 => Tab::Calibration,
            Action::Choose4 => Tab::Reviews,
            _ => self.tab,
        };
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, plan: &mut PlanPage, out: &mut Vec<Command>) {
        let stale = |numbers: &Numbers| numbers.revision != cx.progress.revision() || numbers.today != cx.now.day();
        if self.numbers.as_ref().is_none_or(stale) {
            self.numbers = Some(Numbers::of(cx));
        }
        let Some(numbers) = &self.numbers else { return };
        let side = ((ui.available_width() - WIDTH) / 2.0).max(20.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(side);
            ui.spacing_mut().item_spacing.x = 22.0;
            for (key, tab) in (1_u8..).zip(Tab::ALL) {
                if tab_ui(ui, cx, tab, key, self.tab == tab) {
                    self.tab = tab;
                }
            }
        });
        let (top, across) = (ui.cursor().top(), ui.max_rect().x_range());
        if self.tab == Tab::Plan {
            plan.ui(ui, cx, out);
            // The page has a ground of its own, which would cover it.
            ui.painter().hline(across, top, cx.look.hairline());
            return;
        }
        ui.painter().hline(across, top, cx.look.hairline());
        ScrollArea::vertical().id_salt(self.tab.name()).auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(side);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    ui.set_width((ui.available_width() - side).clamp(200.0, WIDTH));
                    match self.tab {
                        Tab::Plan => {}
                        Tab::Readiness => readiness::readiness_ui(ui, cx, numbers, &mut self.only, out),
                        Tab::Calibration => calibration::calibration_ui(ui, cx, &numbers.rated, out),
                        Tab::Reviews => reviews::reviews_ui(ui, cx, numbers, out),
                    }
                    ui.add_space(28.0);
                });
            });
            controls::follow_focus(ui);
        });
    }
}

fn tab_ui(ui: &mut Ui, cx: &Cx<'_>, tab: Tab, key: u8, here: bool) -> bool {
    let font = if here { look::semibold(14.0) } else { look::regular(14.0) };
    let name = ui.painter().layout_no_wrap(tab.name().to_owned(), font, cx.look.color(Role::Ink));
    let key = ui.painter().layout_no_wrap(key.to_string(), look::regular(11.5), cx.look.color(Role::Faint));
    let (rect, response) = ui.allocate_exact_size(Vec2::new(name.size().x + 8.0 + key.size().x, 36.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Tab, true, here, tab.name()));
    let hot = response.hovered() || response.has_focus();
    let role = if here || hot { Role::Ink } else { Role::Faint };
    let key_left = rect.right() - key.size().x;
    let middle = rect.center().y;
    let at = egui::pos2(rect.left(), middle - name.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, name, cx.look.color(role));
    ui.painter().galley(egui::pos2(key_left, middle - key.size().y / 2.0 + 0.5), key, cx.look.color(Role::Faint));
    if here {
        let stroke = egui::Stroke::new(2.0, cx.look.color(Role::Accent));
        ui.painter().hline(rect.x_range(), rect.bottom() + 4.0, stroke);
    }
    response.clicked()
}

/// What a part is called, and what its numbers mean.
fn heading(ui: &mut Ui, cx: &Cx<'_>, title: &str, meaning: &str) {
    ui.add_space(22.0);
    controls::line(ui, cx.look, title, look::semibold(15.0), Role::Ink);
    controls::caption(ui, cx.look, meaning);
    ui.add_space(6.0);
}

/// As [`heading`], with the numbers of the part as a table to take along.
fn heading_with_table(ui: &mut Ui, cx: &Cx<'_>, title: &str, meaning: &str, table: &Table, out: &mut Vec<Command>) {
    ui.add_space(22.0);
    ui.horizontal(|ui| {
        controls::line(ui, cx.look, title, look::semibold(15.0), Role::Ink);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if table.rows.is_empty() {
                return;
            }
            let named = |verb: &str| format!("{verb} {title} as CSV");
            let save = controls::button_named(ui, cx.look, Weight::Quiet, "Save CSV…", "", &named("Save"));
            if save.clicked() {
                out.push(Command::Save(Export {
                    title: "Save the numbers",
                    name: format!("{}.csv", table.name),
                    text: table.csv(),
                }));
            }
            let copy = controls::button_named(ui, cx.look, Weight::Quiet, "Copy CSV", "", &named("Copy"));
            if copy.clicked() {
                ui.ctx().copy_text(table.csv());
                out.push(Command::Toast("The numbers are on the clipboard as CSV".to_owned()));
            }
        });
    });
    controls::caption(ui, cx.look, meaning);
    ui.add_space(6.0);
}

/// The numbers of a chart.
struct Table {
    /// What its file is called, without the ending.
    name: &'static str,
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Comma-separated, each line ended; a cell with a comma, a quotation mark or a line's end is quoted. Source: RFC 4180.
    fn csv(&self) -> String {
        let cell = |text: &str| {
            let plain = !text.contains([',', '"', '\n', '\r']);
            if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
        };
        let head = self.head.join(",");
        let rows = self.rows.iter().map(|row| row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
        std::iter::once(head).chain(rows).map(|line| line + "\r\n").collect()
    }
}

fn paragraph(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Ink));
    ui.add(egui::Label::new(text).wrap());
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A day without its year.
fn short(day: Day) -> String {
    day.0.strftime("%-d %b").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_may_hold_anything() {
        let row = vec!["plain".to_owned(), "a, \"b\"\nc".to_owned()];
        let table = Table { name: "t", head: &["one", "two"], rows: vec![row] };
        assert_eq!(table.csv(), "one,two\r\nplain,\"a, \"\"b\"\"\nc\"\r\n");
    }
}
