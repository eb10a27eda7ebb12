//! The scene: drawn from data in theme colours; pan, zoom, fit; steps by key and click; nodes explain themselves.

mod asked;
mod canvas;
mod drawing;
mod motion;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Frame, Margin, Panel, Pos2, Rect, Sense, Ui, Vec2, WidgetInfo};

use self::asked::asked;
use self::drawing::{Memory, Mine, Mode};
use self::motion::{Motion, TRAVEL_SECS};
use crate::catalog::SceneFile;
use crate::ids::SceneId;
use crate::scene::{self, Moment, Placed, Scene};
use crate::theme::{Hue, Role};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Side};
use crate::window::look;
use crate::window::widgets::controls;
use crate::window::widgets::paint::paint;

/// What only this pane knows.
#[derive(Default)]
pub struct ScenePane {
    laid_out: HashMap<SceneId, Laid>,
    /// Where the reader moved the picture to; None while it fits the pane.
    view: Option<View>,
    view_of: Option<SceneId>,
    motion: Option<Motion>,
    /// The step is to be played again from the one before it.
    again: bool,
    mode: Mode,
    /// Since when, in seconds, the scene plays from step to step by itself, and the step it is at.
    through: Option<(usize, f64)>,
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

/// How long a word of a caption takes to be read, in seconds.
const SECS_A_WORD: f64 = 0.26;
const SMALLEST: f32 = 0.4;
const LARGEST: f32 = 3.0;

impl ScenePane {
    pub fn fit(&mut self) {
        self.view = None;
    }

    /// Plays the current step again.
    pub const fn replay(&mut self) {
        self.again = true;
    }

    /// Plays the steps one after the other, from the first if the last one stands; or stops.
    pub fn play(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        self.mode = Mode::Model;
        if self.through.take().is_some() {
            return;
        }
        let Some(file) = cx.catalog.scene_of(cx.question) else { return };
        let at_the_end = cx.place.step + 1 >= file.scene.steps.len();
        let first = if at_the_end { 0 } else { cx.place.step };
        out.push(Command::Step(first));
        self.through = Some((first, now_secs));
        self.again = true;
    }

    /// An empty canvas for the scene of this question; or back to the scene.
    pub fn draw_from_memory(&mut self, cx: &Cx<'_>) {
        self.mode = match (&self.mode, cx.catalog.scene_of(cx.question)) {
            (Mode::Memory(_), _) | (_, None) => Mode::Model,
            (_, Some(file)) => Mode::Memory(Memory::begin(&cx.question.id, &file.scene, cx.progress.revision())),
        };
    }

    /// The reader's own diagram of this question; or back to the scene.
    pub fn my_diagram(&mut self, cx: &Cx<'_>) {
        self.mode = match &self.mode {
            Mode::Mine(_) => Mode::Model,
            _ => Mode::Mine(Mine::begin(&cx.question.id)),
        };
    }

    /// Leaves the canvas; false when there was none.
    pub fn leave_canvas(&mut self) -> bool {
        !matches!(std::mem::take(&mut self.mode), Mode::Model)
    }

    /// Whether the keyboard belongs to the canvas.
    pub fn has_keyboard(&self, cx: &Cx<'_>, ctx: &egui::Context) -> bool {
        match &self.mode {
            Mode::Model => false,
            Mode::Memory(memory) => memory.has_focus(ctx),
            Mode::Mine(mine) => mine.has_focus(cx, ctx),
        }
    }

    /// Content was read anew.
    pub fn forget(&mut self) {
        self.laid_out.clear();
        self.motion = None;
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        if self.canvas_ui(ui, cx, out) {
            return;
        }
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
            self.through = played_on(self.through, ui, cx, step, steps, out);
            foot_ui(ui, cx, file.hue, asks.or(says.as_deref()).unwrap_or_default(), step, steps, out);
        });
        egui::CentralPanel::default().frame(ground).show(ui, |ui| {
            self.picture_ui(ui, cx, id, file.hue, step, out);
        });
    }

    /// Draws the canvas if the reader is at one; a canvas of another question is left.
    fn canvas_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        let file = cx.catalog.scene_of(cx.question);
        let hue = Hue::of_topic(cx.question.id.topic().as_str());
        let (title, question) = match &self.mode {
            Mode::Model => return false,
            Mode::Memory(memory) => ("From memory", &memory.question),
            Mode::Mine(mine) => ("My diagram", &mine.question),
        };
        if *question != cx.question.id || cx.reviewing {
            self.mode = Mode::Model;
            return false;
        }
        let head = Panel::top(ui.scope_id().with("canvas head")).resizable(false).exact_size(44.0);
        let frame = Frame::new().fill(cx.look.color(Role::Ground)).inner_margin(Margin::symmetric(20, 0));
        head.frame(frame).show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                controls::line(ui, cx.look, title, look::semibold(look::CONTROL), Role::Ink);
            });
        });
        let stays = match (&mut self.mode, file) {
            (Mode::Memory(memory), Some(file)) => memory.ui(ui, cx, &file.scene, hue, out),
            (Mode::Mine(mine), file) => mine.ui(ui, cx, file.map(|file| &*file.scene), hue, out),
            _ => false,
        };
        if !stays {
            self.mode = Mode::Model;
        }
        true
    }

    fn picture_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, id: &SceneId, hue: Hue, step: usize, out: &mut Vec<Command>) {
        let Some(laid) = self.laid_out.get(id) else { return };
        let Some(moment) = laid.moments.get(step) else { return };
        let asked = asked(cx, id);
        let broken = asked.as_ref().and_then(|asked| asked.broken(&laid.scene, moment, step));
        let moment = broken.as_ref().unwrap_or(moment);
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        let mask = asked.as_ref().and_then(|asked| asked.mask(&laid.scene, step));
        response.widget_info(|| {
            let asks = asked.as_ref().and_then(asked::Asked::caption);
            let twin = match asks {
                Some(says) => scene::twin_asked(&laid.scene, moment, mask.as_ref(), says),
                None => laid.twins.get(step).cloned().unwrap_or_default(),
            };
            WidgetInfo::labeled(egui::Role::Image, true, twin)
        });
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
        let now = ui.input(|input| input.time);
        if std::mem::take(&mut self.again) {
            let before = step.checked_sub(1).and_then(|before| laid.moments.get(before)).cloned();
            self.motion = Some(Motion::begin(id.clone(), moment.clone(), before, now));
        }
        let motion = self.motion.get_or_insert_with(|| Motion::begin(id.clone(), moment.clone(), None, now));
        motion.follow(id, moment, now);
        let progress = motion.progress(now, cx.settings.reduced_motion);
        if progress.moves {
            ui.request_repaint();
        }
        let lit = cx.pointed.filter(|pointed| pointed.side == Side::Text).map(|pointed| pointed.node.as_str());
        let lit = lit.or_else(|| asked.as_ref()?.named(&laid.scene, step));
        let mut painter = ui.painter_at(rect);
        let (before, share) = progress.change.unwrap_or((moment, 1.0));
        let passage = scene::Passage { before, after: moment, share };
        let (scene, placed) = (&laid.scene, &laid.placed);
        let opacity = painter.opacity();
        for faded in scene::between(scene, placed, passage, hue, progress.flow, mask.as_ref(), lit) {
            painter.set_opacity(opacity * faded.opacity);
            paint(&painter, cx.look, &faded.shape, view.scale, &to_screen);
        }
        if mask.is_none() {
            let hovered = pointer.and_then(|pointer| {
                let over = |node: &scene::PlacedNode| {
                    Rect::from_min_max(to_screen(node.rect.min), to_screen(node.rect.max)).contains(pointer)
                };
                laid.placed.nodes.iter().position(over)
            });
            let shown = hovered.filter(|node| moment.nodes.get(*node).is_some_and(|now| !now.hidden));
            out.extend(shown.and_then(|node| laid.scene.nodes.get(node)).map(|node| Command::Point(node.id.clone())));
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

/// Goes on to the next step when this one has been read; None once the last one stands or the reader stepped in.
fn played_on(
    through: Option<(usize, f64)>,
    ui: &Ui,
    cx: &Cx<'_>,
    step: usize,
    steps: usize,
    out: &mut Vec<Command>,
) -> Option<(usize, f64)> {
    let (at, since) = through?;
    let now = ui.input(|input| input.time);
    // The command to go there is carried out at the end of the frame.
    if at != step && now - since > 0.1 {
        return None;
    }
    let words = cx.catalog.scene_of(cx.question)?.scene.steps.get(at)?.says.split_whitespace().count();
    #[expect(clippy::cast_precision_loss, reason = "a caption's words")]
    let dwell = (TRAVEL_SECS + words as f64 * SECS_A_WORD) / f64::from(cx.settings.pace);
    let left = dwell - (now - since);
    if left > 0.0 {
        ui.request_repaint_after(std::time::Duration::from_secs_f64(left));
        return through;
    }
    (at + 1 < steps).then(|| {
        out.push(Command::Step(at + 1));
        (at + 1, now)
    })
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
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let mine = cx.progress.question(&cx.question.id).is_some_and(|state| state.diagram.is_some());
        let my_diagram = if mine { "My diagram" } else { "Draw my own" };
        let lab = (!cx.question.labs.is_empty()).then_some((Action::Lab, "Lab"));
        let tools = [
            (Action::PlayScene, "Play"),
            (Action::DrawFromMemory, "From memory"),
            (Action::MyDiagram, my_diagram),
            (Action::CopyScene, "Copy"),
            (Action::SaveScene, "Save…"),
        ];
        for (action, name) in lab.into_iter().chain(tools) {
            let text = egui::RichText::new(name).font(look::regular(look::CAPTION)).color(cx.look.color(Role::Faint));
            let button = ui.add(egui::Button::new(text).frame(false).min_size(Vec2::new(0.0, 24.0)));
            let hint = format!("{} ({})", action.info().name, action.key_text(ui.ctx()));
            if button.on_hover_text(hint).clicked() {
                out.push(Command::Do(action));
            }
            ui.add_space(8.0);
        }
    });
}
