//! The settings under their real names, and what can be broken.

use egui::{Sense, Ui, Vec2, WidgetInfo};

use super::{Open, Phase};
use crate::labs::{Input, Kind, Knob, Value};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::Cx;
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

const CURVE_HEIGHT: f32 = 72.0;

impl Open {
    pub(super) fn change_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64) {
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(6.0, 6.0);
            for (index, act) in self.run.lab().acts().iter().enumerate() {
                let hint = if index == 0 { Action::BreakLab.key_text(ui.ctx()) } else { String::new() };
                let weight = if index == 0 && act.breaks { Weight::Main } else { Weight::Plain };
                if controls::button(ui, cx.look, weight, &act.label, &hint).clicked() {
                    asked = Some(Input::act(&act.id));
                }
            }
        });
        ui.add_space(8.0);
        for knob in self.run.lab().knobs() {
            if let Some(value) = knob_ui(ui, cx, &knob) {
                asked = Some(Input::set(knob.name, value));
            }
        }
        if self.phase == Phase::Free {
            ui.add_space(4.0);
            controls::caption(
                ui,
                cx.look,
                "You are on your own here. Reset brings the scenario and its question back.",
            );
        }
        if let Some(input) = asked {
            self.input(input, now_secs);
        }
    }
}

/// One setting: its name, its value; what comes back is the value that the reader chose.
fn knob_ui(ui: &mut Ui, cx: &Cx<'_>, knob: &Knob) -> Option<Value> {
    let mut chosen = None;
    if let (Kind::Curve { max, unit, .. }, Value::Curve(values)) = (&knob.kind, &knob.value) {
        name_ui(ui, cx, knob);
        return curve_ui(ui, cx, knob.name, values, *max, unit);
    }
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        name_ui(ui, cx, knob);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let response = match (&knob.kind, &knob.value) {
                (Kind::Int { min, max, step, unit }, Value::Int(value)) => {
                    let mut now = *value;
                    #[expect(clippy::cast_precision_loss, reason = "a speed of dragging")]
                    let speed = (*step as f64 / 6.0).max(0.05);
                    let suffix = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                    let drag = egui::DragValue::new(&mut now).range(*min..=*max).speed(speed).suffix(suffix);
                    let response = ui.add(drag);
                    let stepped = min + (now - min) / step * step;
                    if stepped != *value {
                        chosen = Some(Value::Int(stepped));
                    }
                    response
                }
                (Kind::Switch, Value::Switch(on)) => {
                    let mut now = *on;
                    let response = ui.checkbox(&mut now, "");
                    if now != *on {
                        chosen = Some(Value::Switch(now));
                    }
                    response
                }
                (Kind::Choice(choices), Value::Choice(value)) => {
                    let picker = egui::ComboBox::from_id_salt(knob.name).selected_text(value);
                    picker
                        .show_ui(ui, |ui| {
                            for choice in *choices {
                                if ui.selectable_label(choice == value, *choice).clicked() && choice != value {
                                    chosen = Some(Value::Choice((*choice).to_owned()));
                                }
                            }
                        })
                        .response
                }
                (Kind::Text { longest }, Value::Text(text)) => {
                    let mut now = text.clone();
                    let field = egui::TextEdit::singleline(&mut now).char_limit(*longest).font(look::mono(12.0));
                    let response = ui.add(field.desired_width((ui.available_width() - 8.0).clamp(60.0, 260.0)));
                    if now != *text {
                        chosen = Some(Value::Text(now));
                    }
                    response
                }
                _ => return,
            };
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(knob.name));
        });
    });
    chosen
}

fn name_ui(ui: &mut Ui, cx: &Cx<'_>, knob: &Knob) {
    let text = egui::RichText::new(knob.name).font(look::mono(12.0)).color(cx.look.color(Role::Body));
    ui.add(egui::Label::new(text).sense(Sense::hover()).selectable(false)).on_hover_text(knob.help);
}

/// A course over time that is drawn with the pointer; the arrows go along it and raise or lower it.
fn curve_ui(ui: &mut Ui, cx: &Cx<'_>, name: &str, values: &[u16], max: u16, unit: &str) -> Option<Value> {
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), CURVE_HEIGHT), Sense::click_and_drag());
    let at_id = response.id.with("point");
    let mut point =
        ui.data(|data| data.get_temp::<usize>(at_id)).unwrap_or_default().min(values.len().saturating_sub(1));
    let mut next = values.to_vec();
    let highest = f32::from(max.max(1));
    #[expect(clippy::cast_precision_loss, reason = "a few dozen points")]
    let width = rect.width() / values.len().max(1) as f32;
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
    {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a point of the curve")]
        let (index, value) = (
            ((pointer.x - rect.left()) / width).max(0.0) as usize,
            (((rect.bottom() - pointer.y) / rect.height()).clamp(0.0, 1.0) * highest).round() as u16,
        );
        if let Some(slot) = next.get_mut(index) {
            *slot = value;
            point = index;
        }
    }
    if response.has_focus() {
        let filter = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let step = (max / 20).max(1);
        ui.input(|input| {
            if input.key_pressed(egui::Key::ArrowRight) {
                point = (point + 1).min(values.len().saturating_sub(1));
            }
            if input.key_pressed(egui::Key::ArrowLeft) {
                point = point.saturating_sub(1);
            }
            if let Some(slot) = next.get_mut(point) {
                if input.key_pressed(egui::Key::ArrowUp) {
                    *slot = slot.saturating_add(step).min(max);
                }
                if input.key_pressed(egui::Key::ArrowDown) {
                    *slot = slot.saturating_sub(step);
                }
            }
        });
    }
    ui.data_mut(|data| data.insert_temp(at_id, point));
    let here = values.get(point).copied().unwrap_or_default();
    let label = format!("{name}: point {} of {}, {here} {unit}", point + 1, values.len());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(here), &label));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 5.0, cx.look.color(Role::Surface));
    for (index, value) in values.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen points")]
        let left = rect.left() + width * index as f32;
        let top = rect.bottom() - rect.height() * f32::from(*value) / highest;
        let bar = egui::Rect::from_min_max(egui::pos2(left + 0.5, top), egui::pos2(left + width - 0.5, rect.bottom()));
        let role = if index == point && response.has_focus() { Role::Accent } else { Role::Down };
        painter.rect_filled(bar, 1.0, cx.look.color(role));
    }
    let line = if response.has_focus() { Role::Accent } else { Role::Line };
    painter.rect_stroke(rect, 5.0, (1.0, cx.look.color(line)), egui::StrokeKind::Inside);
    let label = format!("0 to {max} {unit}");
    let at = rect.left_top() + egui::vec2(8.0, 6.0);
    painter.text(at, egui::Align2::LEFT_TOP, label, look::regular(10.5), cx.look.color(Role::Faint));
    ui.add_space(6.0);
    (next != values).then_some(Value::Curve(next))
}
