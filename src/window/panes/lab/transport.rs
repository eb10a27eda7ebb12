//! Step, play, speed, and the timeline that can be scrubbed.

use egui::{Rect, Sense, Ui, Vec2, WidgetInfo};

use super::{NARROW, Open, Phase};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// Steps a second, as a multiple of the slowest.
const SPEEDS: [(u8, &str); 3] = [(1, "1×"), (4, "4×"), (16, "16×")];

impl Open {
    pub(super) fn transport_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let key = |ui: &Ui, action: Action| action.key_text(ui.ctx());
            let (name, weight) = if self.playing.is_some() { ("Pause", Weight::Plain) } else { ("Play", Weight::Main) };
            let can_play = self.playing.is_some() || !self.waits();
            let hint = key(ui, Action::PlayScene);
            let play = ui.add_enabled_ui(can_play, |ui| controls::button(ui, cx.look, weight, name, &hint)).inner;
            if play.clicked() {
                self.playing = if self.playing.is_some() { None } else { Some(now_secs) };
            }
            if controls::icon_button(ui, cx.look, look::icon::ARROW_LEFT, "Step back").clicked() {
                self.playing = None;
                self.seek(self.run.at().saturating_sub(1));
            }
            let forward = ui.add_enabled_ui(!self.waits(), |ui| {
                controls::icon_button(ui, cx.look, look::icon::ARROW_RIGHT, "Step forward")
            });
            if forward.inner.clicked() {
                self.playing = None;
                self.step();
            }
            // Where there is no room for all speeds, the one that is set leads on to the next.
            let narrow = ui.max_rect().width() < NARROW;
            for (index, (speed, name)) in SPEEDS.into_iter().enumerate() {
                if narrow && self.speed != speed {
                    continue;
                }
                let text = egui::RichText::new(name).font(look::regular(look::CAPTION));
                let response = ui.selectable_label(self.speed == speed, text);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("Speed {name}")));
                if response.clicked() {
                    self.speed = if narrow { SPEEDS[(index + 1) % SPEEDS.len()].0 } else { speed };
                    break;
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if controls::button(ui, cx.look, Weight::Quiet, "Reset", "").clicked() {
                    *self = Self::begin(cx, self.run.spec, self.scenario, now_secs);
                }
                let millis = self.run.lab().now_millis();
                let text = format!("{} · step {}", time_words(millis), self.run.at());
                controls::line(ui, cx.look, &text, look::regular(look::CAPTION), Role::Faint);
            });
        });
        self.timeline_ui(ui, cx);
    }

    fn timeline_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let last = match self.phase {
            Phase::Asking => self.scenario.asks_at,
            Phase::Free => self.furthest.max(1),
            Phase::Said(_) | Phase::Told(_) => self.furthest.max(self.scenario.ends_at),
        };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 18.0), Sense::click_and_drag());
        #[expect(clippy::cast_precision_loss, reason = "at most ten thousand steps")]
        let (at, all) = (self.run.at() as f32, last.max(1) as f32);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(at), "Timeline"));
        let x_of = |step: f32| rect.left() + rect.width() * (step / all).clamp(0.0, 1.0);
        let bar = |from: f32, to: f32| {
            Rect::from_min_max(egui::pos2(from, rect.center().y - 2.0), egui::pos2(to, rect.center().y + 2.0))
        };
        let painter = ui.painter();
        painter.rect_filled(bar(rect.left(), rect.right()), 2.0, cx.look.color(Role::Line));
        painter.rect_filled(bar(rect.left(), x_of(at)), 2.0, cx.look.color(Role::Accent));
        for (step, _) in self.run.inputs().iter().filter(|(step, _)| *step <= last && *step > 0) {
            #[expect(clippy::cast_precision_loss, reason = "at most ten thousand steps")]
            let x = x_of(*step as f32);
            painter.vline(x, rect.center().y - 6.0..=rect.center().y + 6.0, (1.5, cx.look.color(Role::Down)));
        }
        let radius = if response.hovered() || response.has_focus() || response.dragged() { 7.0 } else { 5.5 };
        painter.circle_filled(egui::pos2(x_of(at), rect.center().y), radius, cx.look.color(Role::Accent));
        if let Some(pointer) = response.interact_pointer_pos()
            && (response.dragged() || response.clicked())
        {
            let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step")]
            let step = (share * all).round() as usize;
            self.playing = None;
            if step != self.run.at() {
                self.seek(step);
            }
        }
    }
}

/// Simulated time in the unit that fits.
pub(super) fn time_words(millis: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let secs = millis as f64 / 1000.0;
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{secs:.1} s"),
        120_000..7_200_000 => format!("{:.1} min", secs / 60.0),
        _ => format!("{:.1} h", secs / 3600.0),
    }
}
