//! The room: the clock with its bell, the prompt, the ladder, notes while talking.

use std::time::Duration;

use egui::{CentralPanel, Frame, Margin, Panel, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::{KEPT_EVERY, MockPane};
use crate::exchange::mock as pages;
use crate::study::mock::{Bell, Phase, PhaseKind, Sitting};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::study::clock;
use crate::window::saving::Export;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::marks;

/// Below this width the phases give way to the prompt.
const PHASES_NEED: f32 = 1_000.0;

impl MockPane {
    pub(super) fn act_in_room(&mut self, action: Action, now_secs: f64, out: &mut Vec<Command>) {
        self.count(now_secs);
        let resting = self.counted_secs.is_none();
        match action {
            Action::FinishAttempt | Action::Reveal if resting => self.counted_secs = Some(now_secs),
            Action::FinishAttempt => self.next(out),
            Action::Reveal => {
                if let Some(sitting) = &mut self.sitting {
                    self.to_rung = sitting.follow_up();
                }
                self.keep(out);
            }
            _ => {}
        }
    }

    fn next(&mut self, out: &mut Vec<Command>) {
        if let Some(sitting) = &mut self.sitting {
            sitting.next();
        }
        self.keep(out);
    }

    /// In the bar above, from the right.
    pub fn head_ui(&self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(sitting) = self.sitting.as_ref().filter(|_| self.view == super::View::Sitting) else { return };
        if ui.available_width() > 420.0
            && controls::button(ui, cx.look, Weight::Quiet, "Sheet for a second person", "").clicked()
        {
            let text = pages::sheet(cx.catalog, sitting);
            out.push(Command::Print(Export { title: "Print", name: "scoring-sheet.html".to_owned(), text }));
        }
    }

    pub(super) fn room_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let now_secs = ui.input(|input| input.time);
        self.count(now_secs);
        let Some(sitting) = &self.sitting else { return };
        let resting = self.counted_secs.is_none();
        if !resting {
            // The clock moves once a second, not once a frame.
            let rest = 1_000 - sitting.spent_here() % 1_000;
            ui.request_repaint_after(Duration::from_millis(rest.max(10)));
            if sitting.spent_in_all() >= self.kept_at + KEPT_EVERY {
                self.keep(out);
            }
        }
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let clock_bar = Panel::top("mock clock").resizable(false).show_separator_line(false);
        clock_bar.frame(ground.inner_margin(Margin::symmetric(20, 8))).show(ui, |ui| self.clock_ui(ui, cx));
        let bar = Panel::bottom("mock bar").resizable(false);
        bar.frame(ground.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| self.bar_ui(ui, cx, now_secs, out));
        if ui.available_width() > PHASES_NEED {
            let side = Panel::left("mock phases").resizable(false).exact_size(250.0);
            let panel = Frame::new().fill(cx.look.color(Role::Panel)).inner_margin(Margin::symmetric(16, 14));
            side.frame(panel).show(ui, |ui| self.phases_ui(ui, cx));
        }
        let wide = ui.available_width() > 720.0;
        let notes = if wide {
            Panel::right("mock notes").resizable(true).default_size(330.0).size_range(240.0..=520.0)
        } else {
            Panel::bottom("mock notes below").resizable(true).default_size(150.0).size_range(90.0..=320.0)
        };
        notes.frame(ground.inner_margin(Margin::symmetric(16, 14))).show(ui, |ui| self.notes_ui(ui, cx, out));
        CentralPanel::default().frame(ground.inner_margin(Margin::symmetric(28, 14))).show(ui, |ui| {
            ScrollArea::vertical().id_salt("mock prompt").auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(look::COLUMN);
                self.prompt_ui(ui, cx);
            });
        });
    }

    /// Where the time is: of the phase as a line that fills, of the whole in figures; the bell in words.
    fn clock_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some((sitting, phase)) = self.sitting.as_ref().and_then(|sitting| Some((sitting, sitting.current()?)))
        else {
            return;
        };
        let bell = sitting.bell();
        let (spent, all) = (sitting.spent_here(), u64::from(sitting.setup.length.minutes()) * 60_000);
        ui.horizontal(|ui| {
            ui.set_min_height(30.0);
            let role = if bell == Bell::Rung { Role::Down } else { Role::Ink };
            let here = format!("{} of {}", secs(spent), secs(phase.millis));
            controls::line(ui, cx.look, &here, look::semibold(20.0), role);
            let (text, ground, ink) = match (self.counted_secs.is_none(), bell) {
                (true, _) => ("The clock rests", Some(Role::Panel), Role::Body),
                (_, Bell::Quiet) => ("", None, Role::Body),
                (_, Bell::Soon) => ("Bell: one minute left", Some(Role::AccentWeak), Role::Ink),
                (_, Bell::Rung) => ("Bell: bring it to an end", Some(Role::DownWeak), Role::Ink),
            };
            if let Some(fill) = ground {
                let frame =
                    Frame::new().fill(cx.look.color(fill)).corner_radius(7.0).inner_margin(Margin::symmetric(10, 3));
                frame.show(ui, |ui| controls::line(ui, cx.look, text, look::semibold(look::CONTROL), ink));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let text = format!("{} of {} in all", secs(sitting.spent_in_all()), secs(all));
                controls::line(ui, cx.look, &text, look::regular(look::CONTROL), Role::Faint);
            });
        });
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 5.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, "Time of this phase"));
        ui.painter().rect_filled(rect, 2.5, cx.look.color(Role::Line));
        #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
        let share = (spent as f32 / phase.millis.max(1) as f32).min(1.0);
        let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
        let role = if bell == Bell::Rung { Role::Down } else { Role::Accent };
        ui.painter().rect_filled(filled, 2.5, cx.look.color(role));
    }

    /// What has been, what is, what comes: a probe does not give its prompt away.
    fn phases_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(sitting) = &self.sitting else { return };
        ui.spacing_mut().item_spacing.y = 2.0;
        let phases = sitting.phases();
        for (index, phase) in phases.iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
            let name = name_of(sitting, phase);
            let spent = sitting.spent.get(index).copied().unwrap_or_default();
            let time = match index.cmp(&sitting.phase) {
                std::cmp::Ordering::Less => format!("{} of {}", secs(spent), secs(phase.millis)),
                _ => secs(phase.millis),
            };
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{name}, {time}")));
            let here = index == sitting.phase;
            if here {
                ui.painter().rect_filled(rect, 7.0, cx.look.color(Role::AccentWeak));
            }
            let (done, middle) = (index < sitting.phase, rect.center().y);
            if done {
                let stroke = egui::Stroke::new(1.6, cx.look.color(Role::Accent));
                marks::tick(ui.painter(), pos2(rect.left() + 14.0, middle), 4.0, stroke);
            }
            let font = if here { look::semibold(look::CONTROL) } else { look::regular(look::CONTROL) };
            let role = if here { Role::Ink } else { Role::Body };
            let at = pos2(rect.left() + 28.0, middle);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, name, font, cx.look.color(role));
            let late = done && spent > phase.millis;
            let role = if late { Role::Down } else { Role::Faint };
            let at = pos2(rect.right() - 8.0, middle);
            ui.painter().text(at, egui::Align2::RIGHT_CENTER, time, look::regular(12.0), cx.look.color(role));
        }
    }

    fn prompt_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let to_rung = std::mem::take(&mut self.to_rung);
        let Some((sitting, phase)) = self.sitting.as_ref().and_then(|sitting| Some((sitting, sitting.current()?)))
        else {
            return;
        };
        controls::line(ui, cx.look, &name_of(sitting, &phase), look::semibold(look::CONTROL), Role::Accent);
        ui.add_space(4.0);
        let asked = sitting.asked_now().map(|(_, asked)| asked);
        let prompt = match asked {
            Some(asked) => cx.catalog.question(&asked.question).map_or("", |question| question.prompt.as_str()),
            None => "What would you like to ask us?",
        };
        let text = egui::RichText::new(prompt).font(look::semibold(look::PROMPT)).color(cx.look.color(Role::Ink));
        ui.add(egui::Label::new(text).wrap());
        ui.add_space(8.0);
        let says =
            egui::RichText::new(phase.kind.says()).font(look::regular(look::BODY)).color(cx.look.color(Role::Faint));
        ui.add(egui::Label::new(says).wrap());
        let Some(asked) = asked else { return };
        if asked.rungs > 0 {
            ui.add_space(16.0);
            controls::line(ui, cx.look, "Follow-ups", look::semibold(12.5), Role::Faint);
        }
        for (rung, text) in asked.follow_ups.iter().take(asked.rungs).enumerate() {
            let last = rung + 1 == asked.rungs;
            let fill = if last { Role::Surface } else { Role::Ground };
            let frame =
                Frame::new().fill(cx.look.color(fill)).corner_radius(9.0).inner_margin(Margin::symmetric(14, 10));
            let frame = if last { frame.stroke(cx.look.hairline()) } else { frame };
            let shown = frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                let role = if last { Role::Ink } else { Role::Body };
                let text = egui::RichText::new(format!("{}. {text}", rung + 1)).font(look::regular(17.0));
                ui.add(egui::Label::new(text.color(cx.look.color(role))).wrap());
            });
            if last && to_rung {
                shown.response.scroll_to_me(None);
            }
        }
    }

    fn notes_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let focus = std::mem::take(&mut self.focus_notes);
        let Some(sitting) = &mut self.sitting else { return };
        let at_close = sitting.current().is_some_and(|phase| phase.kind == PhaseKind::Close);
        let id = sitting.current().and_then(|phase| phase.part);
        let name = if at_close { "Notes on the whole" } else { "Notes while talking" };
        let label = controls::line(ui, cx.look, name, look::semibold(12.5), Role::Faint);
        controls::caption(ui, cx.look, "Numbers, the parts, what you promised to come back to. Kept as you type.");
        ui.add_space(4.0);
        let height = (ui.available_height() - 8.0).max(60.0);
        let field = TextEdit::multiline(sitting.notes_mut())
            .id_salt(("notes", id))
            .font(look::regular(look::BODY))
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(12, 9));
        let response = ui.add_sized(vec2(ui.available_width(), height), field).labelled_by(label.id);
        if focus {
            response.request_focus();
        }
        if response.changed() {
            self.keep(out);
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let Some(sitting) = &self.sitting else { return };
        let next_key = Action::FinishAttempt.key_text(ui.ctx());
        if self.counted_secs.is_none() {
            ui.horizontal_wrapped(|ui| {
                if controls::button(ui, cx.look, Weight::Main, "Go on", &next_key).clicked() {
                    self.counted_secs = Some(now_secs);
                }
                if controls::button(ui, cx.look, Weight::Quiet, "Throw this mock away", "").clicked() {
                    self.sitting = None;
                    self.view = super::View::Setup;
                    out.push(Command::Typed { draft: crate::window::cx::Draft::Mock, text: String::new() });
                    out.push(Command::Toast("The mock was thrown away; nothing of it was scored".to_owned()));
                }
            });
            return;
        }
        let is_last = sitting.phase + 1 >= sitting.spent.len();
        let more = sitting.asked_now().is_some_and(|(_, asked)| asked.rungs < asked.follow_ups.len());
        let next = if is_last { "End and score" } else { "Next" };
        ui.horizontal_wrapped(|ui| {
            if controls::button(ui, cx.look, Weight::Main, next, &next_key).clicked() {
                self.act_in_room(Action::FinishAttempt, now_secs, out);
            }
            if more {
                let key = Action::Reveal.key_text(ui.ctx());
                if controls::button(ui, cx.look, Weight::Plain, "Ask a follow-up", &key).clicked() {
                    self.act_in_room(Action::Reveal, now_secs, out);
                }
            }
            if controls::button(ui, cx.look, Weight::Quiet, "Take notes", "").clicked() {
                self.focus_notes = true;
            }
            if !is_last && controls::button(ui, cx.look, Weight::Quiet, "End here and score", "").clicked() {
                if let Some(sitting) = &mut self.sitting {
                    sitting.end();
                }
                self.keep(out);
            }
        });
    }
}

fn name_of(sitting: &Sitting, phase: &Phase) -> String {
    match (phase.kind, phase.part) {
        (PhaseKind::Probe, Some(part)) => {
            let scenarios = sitting.asked.iter().filter(|asked| asked.scenario).count();
            format!("Probe {} of {}", part + 1 - scenarios, sitting.asked.len() - scenarios)
        }
        (PhaseKind::Close, _) => "Close".to_owned(),
        (kind, _) => format!("Scenario: {}", kind.name().to_lowercase()),
    }
}

fn secs(millis: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
    let secs = millis as f64 / 1000.0;
    clock(secs)
}
