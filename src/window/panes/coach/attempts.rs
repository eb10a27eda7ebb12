//! Past attempts of one question side by side: what was ticked, how long it took, what was written.

use egui::{ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use super::{card, counted, heading, headline, paragraph, sheet};
use crate::catalog::Answer;
use crate::ids::QuestionId;
use crate::study::{Attempt, AttemptKind, QuestionState};
use crate::theme::Role;
use crate::time::Moment;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::study::clock;
use crate::window::widgets::controls;
use crate::window::widgets::marks;

/// Shown side by side at most, the newest first.
const MOST: usize = 6;
const COLUMN: f32 = 92.0;

pub fn ui(ui: &mut Ui, cx: &Cx<'_>, id: &QuestionId, out: &mut Vec<Command>) {
    let Some(question) = cx.catalog.question(id) else { return };
    let nothing = QuestionState::default();
    let state = cx.progress.question(id).unwrap_or(&nothing);
    let foot = |ui: &mut Ui, (): &mut (), _: &mut Vec<Command>| {
        let all = counted(state.attempts.len(), "attempt", "attempts");
        let text = format!("{all}, the newest first. Nothing here is ever deleted; undo takes back the last.");
        controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
    };
    sheet(ui, cx, 820.0, (&mut (), out), foot, |ui, (), _| {
        headline(ui, cx, &question.prompt);
        let shown: Vec<(&Attempt, Moment)> =
            state.attempts.iter().zip(state.attempted_at.iter().copied()).rev().take(MOST).collect();
        if shown.is_empty() {
            ui.add_space(10.0);
            let text = "No attempt yet: say how sure you are, then T types one and V says it aloud.";
            paragraph(ui, cx, text, Role::Body);
            return;
        }
        if let Some(answer) = &question.answer {
            table_ui(ui, cx, answer, &shown);
        }
        texts_ui(ui, cx, &shown);
    });
}

fn kind(attempt: &Attempt) -> &'static str {
    match attempt.attempt {
        AttemptKind::Typed => "typed",
        AttemptKind::Spoken => "aloud",
        AttemptKind::Mock => "in a mock",
        AttemptKind::Silent => "silent",
    }
}

fn day(at: Moment) -> String {
    at.day().0.strftime("%-d %b").to_string()
}

/// Key points down, attempts across.
fn table_ui(ui: &mut Ui, cx: &Cx<'_>, answer: &Answer, shown: &[(&Attempt, Moment)]) {
    ui.add_space(16.0);
    card(ui, cx, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let columns = (shown.len() as f32 * COLUMN).min(ui.available_width() * 0.6);
        let text_width = ui.available_width() - columns;
        let cell = columns / f32::from(u8::try_from(shown.len()).unwrap_or(1));
        let head = |ui: &mut Ui, name: &str, of: &dyn Fn(&Attempt, Moment) -> (String, Role), strong: bool| {
            ui.horizontal(|ui| {
                text_cell(ui, cx, name, text_width, Role::Faint);
                for (attempt, at) in shown {
                    let (text, role) = of(attempt, *at);
                    let font = if strong { look::semibold(13.0) } else { look::regular(13.0) };
                    centred(ui, cx, &text, cell, font, role);
                }
            });
        };
        head(ui, "Day", &|_, at| (day(at), Role::Ink), true);
        head(ui, "How", &|attempt, _| (kind(attempt).to_owned(), Role::Body), false);
        head(
            ui,
            "Time",
            &|attempt, _| {
                let role = if attempt.over_time { Role::Down } else { Role::Body };
                let text = match attempt.attempt {
                    AttemptKind::Silent => "–".to_owned(),
                    _ => clock(f64::from(attempt.took_millis) / 1000.0),
                };
                (text, role)
            },
            false,
        );
        head(ui, "Grade", &|attempt, _| (attempt.grade.name().to_owned(), Role::Ink), false);
        ui.add_space(6.0);
        let (rule, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 1.0), Sense::hover());
        ui.painter().hline(rule.x_range(), rule.center().y, cx.look.hairline());
        ui.add_space(6.0);
        for point in &answer.key_points {
            let label = crate::text::plain_of(&point.spans);
            let name = if point.must { label.clone() } else { format!("{label} (plus)") };
            ui.horizontal(|ui| {
                text_cell(ui, cx, &name, text_width, Role::Body);
                for (attempt, at) in shown {
                    let ticked = attempt.ticked.contains(&point.id);
                    let (rect, response) = ui.allocate_exact_size(Vec2::new(cell, 24.0), Sense::hover());
                    let words = format!("{}, {}: {label}", day(*at), if ticked { "said" } else { "missed" });
                    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
                    if ticked {
                        let stroke = egui::Stroke::new(1.8, cx.look.color(Role::Accent));
                        marks::tick(ui.painter(), rect.center(), 4.0, stroke);
                    } else {
                        ui.painter().circle_filled(rect.center(), 1.5, cx.look.color(Role::Faint));
                    }
                }
            });
        }
    });
}

fn text_cell(ui: &mut Ui, cx: &Cx<'_>, text: &str, width: f32, role: Role) {
    let color = cx.look.color(role);
    let job =
        egui::epaint::text::LayoutJob::simple(text.to_owned(), look::regular(13.0), color, (width - 12.0).max(60.0));
    let galley = ui.painter().layout_job(job);
    let size = Vec2::new(width, (galley.size().y + 8.0).max(24.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().galley(egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, color);
}

fn centred(ui: &mut Ui, cx: &Cx<'_>, text: &str, width: f32, font: egui::FontId, role: Role) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 24.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, font, cx.look.color(role));
}

/// What was written, side by side as far as there is room.
fn texts_ui(ui: &mut Ui, cx: &Cx<'_>, shown: &[(&Attempt, Moment)]) {
    let written: Vec<_> = shown.iter().filter(|(attempt, _)| !attempt.text.trim().is_empty()).collect();
    if written.is_empty() {
        return;
    }
    heading(ui, cx, "What you wrote");
    let columns = if ui.available_width() > 640.0 { 2.min(written.len()) } else { 1 };
    for (row, pair) in written.chunks(columns).enumerate() {
        ui.push_id(row, |ui| {
            ui.columns(columns, |uis| {
                for (ui, (attempt, at)) in uis.iter_mut().zip(pair) {
                    ui.push_id(at.at.0, |ui| {
                        card(ui, cx, |ui| {
                            let words = attempt.text.split_whitespace().count();
                            let title = format!("{}, {}", day(*at), counted(words, "word", "words"));
                            controls::line(ui, cx.look, &title, look::semibold(12.5), Role::Faint);
                            ScrollArea::vertical().max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
                                paragraph(ui, cx, &attempt.text, Role::Body);
                            });
                        });
                    });
                }
            });
        });
        ui.add_space(8.0);
    }
}
