//! Short messages at the foot of the window, some with Undo; no modal stands in the way.

use std::time::Duration;

use egui::{Align2, Area, Frame, Id, Margin, Order, Ui, Vec2};

use crate::theme::Role;
use crate::window::look::{self, Look};
use crate::window::widgets::controls::{self, Weight};

/// How long a message stays, in seconds; one that says something is wrong stays until it is closed.
const STAYS_SECS: f64 = 5.0;

struct Toast {
    text: String,
    undoable: bool,
    /// None stays.
    until_secs: Option<f64>,
}

#[derive(Default)]
pub struct Toasts {
    list: Vec<Toast>,
}

/// What the reader did with a toast.
#[derive(PartialEq, Eq)]
pub enum ToastEvent {
    Nothing,
    Undo,
}

impl Toasts {
    pub fn say(&mut self, text: impl Into<String>, undoable: bool, now_secs: f64) {
        self.list.retain(|toast| toast.until_secs.is_none());
        self.list.push(Toast { text: text.into(), undoable, until_secs: Some(now_secs + STAYS_SECS) });
    }

    /// Something is wrong: stays until it is closed.
    pub fn warn(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.list.iter().any(|toast| toast.text == text) {
            self.list.push(Toast { text, undoable: false, until_secs: None });
        }
    }

    pub fn ui(&mut self, ui: &Ui, look: &Look) -> ToastEvent {
        let now_secs = ui.input(|input| input.time);
        self.list.retain(|toast| toast.until_secs.is_none_or(|until| until > now_secs));
        let mut event = ToastEvent::Nothing;
        let mut closed = None;
        if let Some(soonest) = self.list.iter().filter_map(|toast| toast.until_secs).min_by(f64::total_cmp) {
            ui.request_repaint_after(Duration::from_secs_f64((soonest - now_secs).max(0.05)));
        }
        for (index, toast) in self.list.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a handful of toasts")]
            let lift = -84.0 - 48.0 * (self.list.len() - 1 - index) as f32;
            let area = Area::new(Id::unique(("toast", index))).order(Order::Foreground);
            area.anchor(Align2::CENTER_BOTTOM, Vec2::new(0.0, lift)).show(ui.ctx(), |ui| {
                let warns = toast.until_secs.is_none();
                let line = if warns { Role::Down } else { Role::Line };
                let frame = Frame::new()
                    .fill(look.color(Role::Surface))
                    .stroke(egui::Stroke::new(1.0, look.color(line)))
                    .corner_radius(9.0)
                    .shadow(ui.visuals().popup_shadow)
                    .inner_margin(Margin::symmetric(14, 5));
                frame.show(ui, |ui| {
                    ui.set_max_width(620.0);
                    ui.horizontal(|ui| {
                        let text = egui::RichText::new(&toast.text).font(look::regular(look::CONTROL));
                        ui.add(egui::Label::new(text.color(look.color(Role::Ink))).selectable(false));
                        if toast.undoable && controls::button(ui, look, Weight::Quiet, "Undo", "U").clicked() {
                            event = ToastEvent::Undo;
                            closed = Some(index);
                        }
                        if warns && controls::icon_button(ui, look, look::icon::CLOSE, "Close").clicked() {
                            closed = Some(index);
                        }
                    });
                });
            });
        }
        if let Some(index) = closed {
            self.list.remove(index);
        }
        event
    }
}
