//! The scene: drawn from data in theme colours; pan, zoom, fit; steps by key and click; nodes explain themselves.

use std::collections::HashMap;
use std::sync::Arc;

use egui::epaint::PathShape;
use egui::{Align2, Color32, Frame, Margin, Panel, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};

use crate::catalog::{SceneFile, SceneTie, TieKind};
use crate::ids::SceneId;
use crate::scene::{self, Mark, Mask, Moment, Placed, Scene, Shape, TextStyle};
use crate::theme::{Hue, Role};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look::{self, Look};
use crate::window::widgets::controls;

/// What only this pane knows.
#[derive(Default)]
pub struct ScenePane {
    laid_out: HashMap<SceneId, Laid>,
    /// Where the reader moved the picture to; None while it fits the pane.
    view: Option<View>,
    view_of: Option<SceneId>,
    /// The step whose messages are under way, and since when in seconds.
    playing: Option<(SceneId, usize, f64)>,
    lit: Option<String>,
}

struct Laid {
    scene: Arc<Scene>,
    placed: Placed,
    moments: Vec<Moment>,
    twins: Vec<String>,
}

#[derive(Clone, Copy)]
struct View {
    scale: f32,
    /// The scene's point in the middle of the pane.
    center: Pos2,
}

/// How long a message travels, in seconds.
const TRAVEL_SECS: f64 = 0.9;
/// Where a message rests when nothing moves.
const REST: f32 = 0.62;
const SMALLEST: f32 = 0.4;
const LARGEST: f32 = 3.0;

impl ScenePane {
    pub fn light(&mut self, node: String) {
        self.lit = Some(node);
    }

    pub fn fit(&mut self) {
        self.view = None;
    }

    /// Plays the current step again.
    pub fn replay(&mut self) {
        self.playing = None;
    }

    /// Content was read anew.
    pub fn forget(&mut self) {
        self.laid_out.clear();
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let Some((id, file)) = cx.question.scene.as_ref().and_then(|id| Some((id, cx.catalog.scenes.get(id)?))) else {
            egui::CentralPanel::default().frame(ground.inner_margin(20)).show(ui, |ui| {
                ui.add_space(4.0);
                controls::caption(ui, cx.look, "No diagram yet for this question.");
            });
            return;
        };
        let laid = self.laid_out.entry(id.clone()).or_insert_with(|| Laid::of(file));
        if !Arc::ptr_eq(&laid.scene, &file.scene) {
            *laid = Laid::of(file);
        }
        if self.view_of.as_ref() != Some(id) {
            self.view_of = Some(id.clone());
            self.view = None;
        }
        let step = cx.place.step.min(laid.moments.len().saturating_sub(1));
        let steps = laid.moments.len();
        let (title, says) = (laid.scene.title.clone(), laid.moments.get(step).map(|now| now.says.clone()));
        let head = Panel::top(ui.scope_id().with("head")).resizable(false).exact_size(44.0);
        head.frame(ground.inner_margin(Margin::symmetric(20, 0))).show(ui, |ui| {
            head_ui(ui, cx, &title, step, steps, out);
        });
        let foot = Panel::bottom(ui.scope_id().with("foot")).resizable(false).show_separator_line(false);
        foot.frame(ground.inner_margin(Margin { left: 20, right: 20, top: 12, bottom: 14 })).show(ui, |ui| {
            let asks = asked(cx, id).and_then(|asked| asked.caption());
            foot_ui(ui, cx, file.hue, asks.or(says.as_deref()).unwrap_or_default(), step, steps, out);
        });
        egui::CentralPanel::default().frame(ground).show(ui, |ui| self.picture_ui(ui, cx, id, file.hue, step));
        self.lit = None;
    }

    fn picture_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, id: &SceneId, hue: Hue, step: usize) {
        let Some(laid) = self.laid_out.get(id) else { return };
        let Some(moment) = laid.moments.get(step) else { return };
        let asked = asked(cx, id);
        let broken = asked.as_ref().and_then(|asked| asked.broken(&laid.scene, moment, step));
        let moment = broken.as_ref().unwrap_or(moment);
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        let twin = laid.twins.get(step).map(String::as_str).unwrap_or_default();
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, twin));
        let size = laid.placed.size;
        let fitting = ((rect.width() - 16.0) / size.x).min((rect.height() - 16.0) / size.y).clamp(SMALLEST, 1.15);
        let fit = View { scale: fitting, center: (size / 2.0).to_pos2() };
        let mut view = self.view.unwrap_or(fit);
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|pos| rect.contains(*pos));
        if response.dragged() {
            view.center -= response.drag_delta() / view.scale;
            self.view = Some(view);
        }
        if let Some(pointer) = pointer {
            let (zoom, scroll) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
            let wheel = if scroll.y == 0.0 { 1.0 } else { (scroll.y / 240.0).exp() };
            let factor = zoom * wheel;
            if (factor - 1.0).abs() > 1e-4 {
                let scale = (view.scale * factor).clamp(SMALLEST, LARGEST);
                // The point under the pointer stays where it is.
                let under = view.center + (pointer - rect.center()) / view.scale;
                view = View { scale, center: under - (pointer - rect.center()) / scale };
                self.view = Some(view);
            }
        }
        if response.double_clicked() {
            self.view = None;
            view = fit;
        }
        let to_screen = |point: Pos2| rect.center() + (point - view.center) * view.scale;
        let progress = progress(&mut self.playing, ui, cx, id, step, !moment.flow.is_empty());
        let mask = asked.as_ref().and_then(|asked| asked.mask(&laid.scene, step));
        let lit = self.lit.as_deref().or_else(|| asked.as_ref()?.named(&laid.scene, step));
        let shapes = scene::shapes(&laid.scene, &laid.placed, moment, hue, progress, mask.as_ref(), lit);
        let painter = ui.painter_at(rect);
        for shape in &shapes {
            paint(&painter, cx.look, shape, view.scale, &to_screen);
        }
        if mask.is_none() {
            let hovered = pointer.and_then(|pointer| {
                let over = |node: &scene::PlacedNode| {
                    Rect::from_min_max(to_screen(node.rect.min), to_screen(node.rect.max)).contains(pointer)
                };
                laid.placed.nodes.iter().position(over)
            });
            if let Some(words) = hovered.and_then(|node| scene::node_words(&laid.scene, moment, node)) {
                response.on_hover_text_at_pointer(words);
            }
        }
    }
}

impl Laid {
    fn of(file: &SceneFile) -> Self {
        let scene = Arc::clone(&file.scene);
        Self {
            placed: Placed::of(&scene, &scene::width_of),
            moments: Moment::all(&scene),
            twins: (0..scene.steps.len()).map(|step| scene::twin(&scene, step)).collect(),
            scene,
        }
    }
}

/// How far the messages of the step have come; asks for frames only while they travel.
fn progress(
    playing: &mut Option<(SceneId, usize, f64)>,
    ui: &Ui,
    cx: &Cx<'_>,
    id: &SceneId,
    step: usize,
    flows: bool,
) -> f32 {
    let now = ui.input(|input| input.time);
    let since = match playing {
        Some((of, at, since)) if of == id && *at == step => *since,
        _ => {
            *playing = Some((id.clone(), step, now));
            now
        }
    };
    if !flows || cx.settings.reduced_motion {
        return REST;
    }
    let share = (now - since) / TRAVEL_SECS;
    if share >= 1.0 {
        return REST;
    }
    ui.request_repaint();
    // It sets off slowly, passes, and comes to rest on its way, where it can be seen.
    #[expect(clippy::cast_possible_truncation, reason = "a share")]
    let share = share as f32;
    let eased = share * share * (3.0 - 2.0 * share);
    eased * REST
}

/// What the card under review asks of a scene.
struct Asked<'a> {
    tie: &'a SceneTie,
    revealed: bool,
}

fn asked<'a>(cx: &Cx<'a>, id: &SceneId) -> Option<Asked<'a>> {
    let (card, revealed) = match (cx.hidden_card, cx.revealed_card) {
        (Some(card), _) => (card, false),
        (None, Some(card)) => (card, true),
        (None, None) => return None,
    };
    let tie = cx.catalog.card(card)?.tie.as_ref().filter(|tie| tie.scene == *id)?;
    Some(Asked { tie, revealed })
}

impl Asked<'_> {
    fn is_at(&self, scene: &Scene, step: usize) -> bool {
        scene.step_index(&self.tie.step) == Some(step)
    }

    /// What is hidden until the card is revealed.
    fn mask(&self, scene: &Scene, step: usize) -> Option<Mask> {
        match &self.tie.kind {
            TieKind::Hide(part) if !self.revealed && self.is_at(scene, step) => Some(Mask(part.clone())),
            _ => None,
        }
    }

    /// The node whose death is asked about, pointed at until it is revealed.
    fn named(&self, scene: &Scene, step: usize) -> Option<&str> {
        match &self.tie.kind {
            TieKind::Breaks(node) if !self.revealed && self.is_at(scene, step) => Some(node),
            _ => None,
        }
    }

    /// The scene with that node dead, once the card is revealed.
    fn broken(&self, scene: &Scene, moment: &Moment, step: usize) -> Option<Moment> {
        let TieKind::Breaks(dead) = &self.tie.kind else { return None };
        if !self.revealed || !self.is_at(scene, step) {
            return None;
        }
        let mut moment = moment.clone();
        let index = scene.nodes.iter().position(|node| node.id == *dead)?;
        moment.nodes.get_mut(index)?.mark = Mark::Down;
        for (edge, now) in scene.edges.iter().zip(&mut moment.edges) {
            if edge.from == *dead || edge.to == *dead {
                now.mark = Mark::Down;
            }
        }
        moment.flow.retain(|flow| moment.edges.get(flow.edge).is_some_and(|edge| edge.mark != Mark::Down));
        Some(moment)
    }

    /// What stands in the caption's place while the caption would give the answer away.
    fn caption(&self) -> Option<&'static str> {
        match (&self.tie.kind, self.revealed) {
            (_, true) => None,
            (TieKind::Hide(_), false) => Some("What is hidden here is what the card asks."),
            (TieKind::Predict, false) => Some("What happens next is what the card asks. The reveal plays it."),
            (TieKind::Breaks(_), false) => Some("What breaks if the lit node dies now is what the card asks."),
        }
    }
}

fn head_ui(ui: &mut Ui, cx: &Cx<'_>, title: &str, step: usize, steps: usize, out: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        let width = (ui.available_width() - 150.0).max(60.0);
        ui.scope(|ui| {
            ui.set_max_width(width);
            let text = egui::RichText::new(title).font(look::semibold(look::CONTROL)).color(cx.look.color(Role::Ink));
            ui.add(egui::Label::new(text).truncate().selectable(false));
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if controls::icon_button(ui, cx.look, look::icon::ARROW_RIGHT, Action::NextStep.info().name).clicked() {
                out.push(Command::Do(Action::NextStep));
            }
            if controls::icon_button(ui, cx.look, look::icon::ARROW_LEFT, Action::PreviousStep.info().name).clicked() {
                out.push(Command::Do(Action::PreviousStep));
            }
            ui.add_space(4.0);
            let text = format!("step {} of {steps}", step + 1);
            controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
        });
    });
}

/// The caption, and the steps as a row of bars that can be clicked.
fn foot_ui(ui: &mut Ui, cx: &Cx<'_>, hue: Hue, says: &str, step: usize, steps: usize, out: &mut Vec<Command>) {
    let top = ui.max_rect().top() - 12.0;
    ui.painter().hline(ui.max_rect().expand(20.0).x_range(), top, cx.look.hairline());
    let text =
        egui::RichText::new(says).font(look::regular(13.5)).line_height(Some(19.0)).color(cx.look.color(Role::Body));
    // Room for two lines, so that the picture does not jump from step to step.
    let before = ui.cursor().top();
    ui.add(egui::Label::new(text).wrap().selectable(true));
    let used = ui.cursor().top() - before;
    ui.add_space((44.0 - used).max(0.0) + 2.0);
    #[expect(clippy::cast_precision_loss, reason = "at most eight steps")]
    let width = (ui.available_width() - 6.0 * (steps as f32 - 1.0)) / (steps as f32).max(1.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for index in 0..steps {
            let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 14.0), Sense::click());
            let name = format!("Step {} of {steps}", index + 1);
            response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, index == step, &name));
            let hot = response.hovered() || response.has_focus();
            let role = match (index <= step, hot) {
                (true, _) => Role::Accent,
                (false, true) => Role::Topic(hue),
                (false, false) => Role::Line,
            };
            let bar = Rect::from_center_size(rect.center(), Vec2::new(width, if hot { 6.0 } else { 4.0 }));
            ui.painter().rect_filled(bar, 2.0, cx.look.color(role));
            if response.clicked() {
                out.push(Command::Step(index));
            }
        }
    });
}

fn paint(painter: &egui::Painter, look: &Look, shape: &Shape, scale: f32, to_screen: &impl Fn(Pos2) -> Pos2) {
    let stroke_of = |stroke: &scene::Stroke| Stroke::new(stroke.width * scale.max(0.7), look.color(stroke.role));
    let fill_of = |fill: &Option<Role>| fill.map_or(Color32::TRANSPARENT, |role| look.color(role));
    match shape {
        Shape::Rect { rect, radius, fill, stroke } => {
            let rect = Rect::from_min_max(to_screen(rect.min), to_screen(rect.max));
            let radius = radius * scale;
            painter.rect_filled(rect, radius, fill_of(fill));
            match stroke {
                Some(stroke) if stroke.dashed => {
                    let outline = outline(rect, radius);
                    let (dash, gap) = (4.5 * scale, 3.2 * scale);
                    painter.extend(egui::Shape::dashed_line(&outline, stroke_of(stroke), dash, gap));
                }
                Some(stroke) => {
                    painter.rect_stroke(rect, radius, stroke_of(stroke), egui::StrokeKind::Middle);
                }
                None => {}
            }
        }
        Shape::Line { points, stroke } => {
            let points: Vec<Pos2> = points.iter().map(|point| to_screen(*point)).collect();
            if stroke.dashed {
                let (dash, gap) = (4.5 * scale, 3.5 * scale);
                painter.extend(egui::Shape::dashed_line(&points, stroke_of(stroke), dash, gap));
            } else {
                painter.add(PathShape::line(points, stroke_of(stroke)));
            }
        }
        Shape::Polygon { points, fill } => {
            let points = points.iter().map(|point| to_screen(*point)).collect();
            painter.add(PathShape::convex_polygon(points, look.color(*fill), Stroke::NONE));
        }
        Shape::Circle { center, radius, fill, stroke } => {
            let stroke = stroke.as_ref().map_or(Stroke::NONE, stroke_of);
            painter.circle(to_screen(*center), radius * scale, fill_of(fill), stroke);
        }
        Shape::Text { at, align, text, style, role } => {
            let anchor = match align {
                scene::Align::Left => Align2::LEFT_CENTER,
                scene::Align::Center => Align2::CENTER_CENTER,
                scene::Align::Right => Align2::RIGHT_CENTER,
            };
            painter.text(to_screen(*at), anchor, text, font(*style, scale), look.color(*role));
        }
    }
}

fn font(style: TextStyle, scale: f32) -> egui::FontId {
    let size = style.size() * scale;
    if style.is_mono() {
        look::mono(size)
    } else if style.is_semibold() {
        look::semibold(size)
    } else {
        look::regular(size)
    }
}

/// A rounded rectangle as a closed line, for dashes.
fn outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    let mut points = Vec::new();
    let corners = [
        (rect.right_top() + Vec2::new(-radius, radius), -std::f32::consts::FRAC_PI_2),
        (rect.right_bottom() + Vec2::new(-radius, -radius), 0.0),
        (rect.left_bottom() + Vec2::new(radius, -radius), std::f32::consts::FRAC_PI_2),
        (rect.left_top() + Vec2::new(radius, radius), std::f32::consts::PI),
    ];
    for (center, from) in corners {
        for step in 0..=6u8 {
            let angle = from + std::f32::consts::FRAC_PI_2 * f32::from(step) / 6.0;
            points.push(center + radius * Vec2::angled(angle));
        }
    }
    points.extend(points.first().copied());
    points
}
