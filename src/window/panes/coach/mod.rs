//! The screens of the coach: the diagnostic, the plan, the end of a day, past attempts.

mod after;
mod attempts;
mod diagnostic;
mod plan;
mod today;

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use crate::ids::QuestionId;
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls;

pub use diagnostic::DiagnosticPage;
pub use plan::PlanPage;

/// What only the coach's screens know.
#[derive(Default)]
pub struct CoachPane {
    pub diagnostic: DiagnosticPage,
    pub plan: PlanPage,
    /// The question whose attempts are compared.
    pub attempts_of: Option<QuestionId>,
}

impl CoachPane {
    pub fn today_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        today::ui(ui, cx, out);
    }

    pub fn attempts_ui(&self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        if let Some(question) = &self.attempts_of {
            attempts::ui(ui, cx, question, out);
        }
    }
}

/// What a screen of the coach has under its head: a column of this width that scrolls, and what to do at the foot.
fn sheet<S>(
    ui: &mut Ui,
    cx: &Cx<'_>,
    width: f32,
    (state, out): (&mut S, &mut Vec<Command>),
    foot: impl FnOnce(&mut Ui, &mut S, &mut Vec<Command>),
    body: impl FnOnce(&mut Ui, &mut S, &mut Vec<Command>),
) {
    let ground = Frame::new().fill(cx.look.color(Role::Ground));
    let bar = Panel::bottom(ui.scope_id().with("page foot")).resizable(false).show_separator_line(false);
    bar.frame(ground.inner_margin(Margin::symmetric(0, 12))).show(ui, |ui| {
        let rect = ui.max_rect();
        ui.painter().hline(rect.x_range(), rect.top() - 12.0, cx.look.hairline());
        column(ui, width, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.set_min_height(32.0);
                foot(ui, state, out);
            });
        });
    });
    egui::CentralPanel::default().frame(ground).show(ui, |ui| {
        ScrollArea::vertical().id_salt("page").auto_shrink(false).show(ui, |ui| {
            column(ui, width, |ui| {
                ui.add_space(26.0);
                body(ui, state, out);
                ui.add_space(48.0);
            });
            controls::follow_focus(ui);
        });
    });
}

/// A centred column of at most so many points.
fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    let margin = ((ui.available_width() - width) / 2.0).max(20.0);
    let width = (ui.available_width() - 2.0 * margin).max(200.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(margin);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.set_width(width);
            content(ui);
        });
    });
}

/// Running text that wraps.
fn paragraph(ui: &mut Ui, cx: &Cx<'_>, text: &str, role: Role) {
    let text = egui::RichText::new(text).font(look::regular(look::BODY)).line_height(Some(look::BODY_LINE));
    ui.add(egui::Label::new(text.color(cx.look.color(role))).wrap());
}

/// A sentence that the page is about.
fn headline(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::semibold(look::PROMPT)).line_height(Some(31.0));
    ui.add(egui::Label::new(text.color(cx.look.color(Role::Ink))).wrap());
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    ui.add_space(24.0);
    controls::line(ui, cx.look, text, look::semibold(15.0), Role::Ink);
    ui.add_space(4.0);
}

/// A framed part of the page.
fn card<R>(ui: &mut Ui, cx: &Cx<'_>, content: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new()
        .fill(cx.look.color(Role::Surface))
        .stroke(cx.look.hairline())
        .corner_radius(9.0)
        .inner_margin(Margin::symmetric(16, 12));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui)
    });
    shown.inner
}

/// `1 card`, `2 cards`.
fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
