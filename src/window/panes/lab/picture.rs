//! The lab's scene as it stands: laid out once for as long as its structure is the same; nodes offer what can be done to them.

use egui::{Pos2, Rect, Sense, Ui, WidgetInfo};

use crate::labs::Run;
use crate::scene::{self, Placed, Scene};
use crate::theme::Hue;
use crate::window::cx::Cx;
use crate::window::widgets::paint::paint;

#[derive(Default)]
pub struct Picture {
    laid_out: Option<(Scene, Placed)>,
    /// When the messages of the last step set off, in seconds; None until the next frame.
    since: Option<f64>,
}

/// How long a message travels, in seconds.
const TRAVEL_SECS: f64 = 0.5;
/// Where a message rests when nothing moves.
const REST: f32 = 0.62;

impl Picture {
    /// A step was taken: its messages set off.
    pub fn moved(&mut self) {
        self.since = None;
    }

    /// Draws it; what comes back is an act that was chosen at a node.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, run: &Run, hue: Hue) -> Option<String> {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
        let (stage, moment) = (run.stage(), run.moment());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, scene::twin_of(stage, moment)));
        if self.laid_out.as_ref().is_none_or(|(laid, _)| laid != stage) {
            self.laid_out = Some((stage.clone(), Placed::of(stage, &scene::width_of)));
        }
        let (_, placed) = self.laid_out.as_ref()?;
        let scale =
            ((rect.width() - 24.0) / placed.size.x).min((rect.height() - 16.0) / placed.size.y).clamp(0.3, 1.15);
        let corner = rect.center() - placed.size * scale / 2.0;
        let to_screen = |point: Pos2| corner + point.to_vec2() * scale;
        let flow = share(&mut self.since, ui, cx, !moment.flow.is_empty());
        let painter = ui.painter_at(rect);
        for shape in &scene::shapes(stage, placed, moment, hue, flow, None, None) {
            paint(&painter, cx.look, shape, scale, &to_screen);
        }
        let acts = run.lab().acts();
        let mut chosen = None;
        for (index, (node, at)) in stage.nodes.iter().zip(&placed.nodes).enumerate() {
            let on_screen = Rect::from_min_max(to_screen(at.rect.min), to_screen(at.rect.max));
            let Some(words) = scene::node_words(stage, moment, index) else { continue };
            let its_acts: Vec<_> = acts.iter().filter(|act| act.node.as_deref() == Some(&node.id)).collect();
            let sense = if its_acts.is_empty() { Sense::hover() } else { Sense::click() };
            let response = ui.interact(on_screen, ui.scope_id().with(("node", &node.id)), sense);
            if its_acts.is_empty() {
                response.on_hover_text_at_pointer(words);
                continue;
            }
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("{words} Act on it")));
            if response.has_focus() || response.hovered() {
                let stroke = egui::Stroke::new(1.5, cx.look.color(crate::theme::Role::Accent));
                painter.rect_stroke(on_screen.expand(2.0), 10.0 * scale, stroke, egui::StrokeKind::Outside);
            }
            egui::Popup::menu(&response).show(|ui| {
                for act in its_acts {
                    if ui.button(&act.label).clicked() {
                        chosen = Some(act.id.clone());
                    }
                }
            });
        }
        chosen
    }
}

/// How far the messages have come; asks for frames only while they travel.
fn share(since: &mut Option<f64>, ui: &Ui, cx: &Cx<'_>, flows: bool) -> f32 {
    let now = ui.input(|input| input.time);
    let since = *since.get_or_insert(now);
    let share = (now - since) / TRAVEL_SECS;
    if !flows || cx.settings.reduced_motion || share >= 1.0 {
        return REST;
    }
    ui.request_repaint();
    #[expect(clippy::cast_possible_truncation, reason = "a share")]
    let share = share as f32;
    share * share * (3.0 - 2.0 * share) * REST
}
