//! A canvas on which a sketch is drawn: nodes are placed, moved, joined and taken away by mouse and by keyboard.

use egui::{EventFilter, Id, Key, Modifiers, Pos2, Rect, Sense, Ui, Vec2, WidgetInfo};

use crate::scene::sketch::{COLUMNS, ROWS, Sketch, SketchNode};
use crate::scene::{self, CANVAS_CELL, Mark, Moment, Placed, Scene};
use crate::theme::{Hue, Role};
use crate::window::look::Look;
use crate::window::widgets::paint::paint;

/// What only the canvas knows.
#[derive(Default)]
pub struct Canvas {
    /// The node that was chosen last, and from which a join may begin.
    selected: Option<String>,
    /// Laid out from this scene; kept while it is the same.
    laid_out: Option<(Scene, Placed)>,
    /// The node on which the keyboard shall be in the next frame.
    focus: Option<String>,
    /// Where the cells are on the screen, and how large a point is.
    view: Option<(Rect, f32)>,
}

/// What is drawn, and how.
pub struct Drawn<'a> {
    pub sketch: &'a Sketch,
    /// Marks of edges, by their ends: what a comparison found.
    pub marks: &'a [(String, String, Mark)],
    /// Edges that the reader has not drawn, shown dashed.
    pub missing: &'a [(String, String)],
    pub editable: bool,
    pub hue: Hue,
}

impl Canvas {
    pub fn selected(&self) -> Option<&str> {
        self.selected.as_deref()
    }

    pub fn select(&mut self, id: Option<String>) {
        self.selected.clone_from(&id);
        self.focus = id;
    }

    /// Whether the keyboard is on one of the canvas's nodes, which then has the arrow keys.
    pub fn has_focus(ctx: &egui::Context, sketch: &Sketch) -> bool {
        let focused = ctx.memory(egui::Memory::focused);
        focused.is_some() && sketch.nodes.iter().any(|node| focused == Some(node_id(&node.id)))
    }

    /// The cell under a point of the screen.
    pub fn cell_at(&self, at: Pos2) -> Option<(u8, u8)> {
        let (rect, scale) = self.view?;
        if !rect.contains(at) {
            return None;
        }
        let cell = (at - rect.min) / (CANVAS_CELL * scale);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cell of the canvas")]
        let (column, row) = (cell.x.max(0.0) as u8, cell.y.max(0.0) as u8);
        Some((column.min(COLUMNS - 1), row.min(ROWS - 1)))
    }

    /// Draws the sketch; what comes back is the sketch after what the reader did to it.
    pub fn ui(&mut self, ui: &mut Ui, look: &Look, drawn: &Drawn<'_>) -> Option<Sketch> {
        let (area, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
        let (columns, rows) = drawn.sketch.shown_cells();
        let size = CANVAS_CELL * Vec2::new(f32::from(columns), f32::from(rows));
        let scale = ((area.width() - 24.0) / size.x).min((area.height() - 16.0) / size.y).clamp(0.3, 1.1);
        let rect = Rect::from_center_size(area.center(), size * scale);
        self.view = Some((rect, scale));
        let to_screen = |point: Pos2| rect.min + point.to_vec2() * scale;
        let scene = with_missing(drawn);
        if self.laid_out.as_ref().is_none_or(|(laid, _)| *laid != scene) {
            let placed = Placed::on_canvas(&scene, &scene::width_of);
            self.laid_out = Some((scene, placed));
        }
        let Some((scene, placed)) = &self.laid_out else { return None };
        let painter = ui.painter_at(area);
        if drawn.editable {
            for row in 0..rows {
                for column in 0..columns {
                    let middle = Pos2::ZERO + CANVAS_CELL * Vec2::new(f32::from(column) + 0.5, f32::from(row) + 0.5);
                    painter.circle_filled(to_screen(middle), 1.6, look.color(Role::Line));
                }
            }
        }
        let moment = moment_of(scene, drawn, self.selected.as_deref());
        for shape in scene::shapes(scene, placed, &moment, drawn.hue, 0.0, None, None) {
            paint(&painter, look, &shape, scale, &to_screen);
        }
        let mut change = None;
        let on_screen =
            |place: &scene::PlacedNode| Rect::from_min_max(to_screen(place.rect.min), to_screen(place.rect.max));
        let places: Vec<Rect> = placed.nodes.iter().map(on_screen).collect();
        for (node, at) in drawn.sketch.nodes.iter().zip(places) {
            if let Some(next) = self.node_ui(ui, look, drawn, node, at) {
                change = Some(next);
            }
        }
        change
    }

    fn node_ui(&mut self, ui: &Ui, look: &Look, drawn: &Drawn<'_>, node: &SketchNode, at: Rect) -> Option<Sketch> {
        let response = ui.interact(at, node_id(&node.id), Sense::click_and_drag());
        let (column, row) = (node.at.0 + 1, node.at.1 + 1);
        let joined: Vec<&str> = (drawn.sketch.edges.iter())
            .filter(|edge| edge.from == node.id)
            .filter_map(|edge| drawn.sketch.node(&edge.to).map(|to| to.label.as_str()))
            .collect();
        let to = if joined.is_empty() { String::new() } else { format!(", joined to {}", joined.join(", ")) };
        let words = format!("{}, column {column}, row {row}{to}", node.label);
        let chosen = self.selected.as_deref() == Some(&node.id);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, drawn.editable, chosen, &words));
        if self.focus.as_deref() == Some(&node.id) {
            self.focus = None;
            response.request_focus();
        }
        if response.has_focus() {
            let stroke = egui::Stroke::new(2.0, look.color(Role::Accent));
            ui.painter().rect_stroke(at.expand(3.0), 10.0, stroke, egui::StrokeKind::Outside);
        }
        if !drawn.editable {
            return None;
        }
        if response.clicked() {
            return self.clicked(drawn.sketch, &node.id);
        }
        if response.dragged() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
            if let Some(pointer) = response.interact_pointer_pos() {
                let ghost = Rect::from_center_size(pointer, at.size());
                let stroke = egui::Stroke::new(1.5, look.color(Role::Accent));
                ui.painter().rect_stroke(ghost, 9.0, stroke, egui::StrokeKind::Inside);
            }
        }
        if response.drag_stopped() {
            let cell = response.interact_pointer_pos().and_then(|pointer| self.cell_at(pointer))?;
            return (cell != node.at).then(|| drawn.sketch.moved(&node.id, cell));
        }
        if response.has_focus() {
            return self.keys(ui, drawn.sketch, node);
        }
        None
    }

    /// The first click chooses, the second one joins; a click on the same node lets go.
    fn clicked(&mut self, sketch: &Sketch, id: &str) -> Option<Sketch> {
        match self.selected.take() {
            Some(from) if from != id && sketch.node(&from).is_some() => Some(sketch.joined(&from, id)),
            Some(from) if from == id => None,
            _ => {
                self.selected = Some(id.to_owned());
                None
            }
        }
    }

    fn keys(&mut self, ui: &Ui, sketch: &Sketch, node: &SketchNode) -> Option<Sketch> {
        // The arrows move the node, not the focus.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(node_id(&node.id), filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (column, row) = node.at;
        let steps = [
            (Key::ArrowLeft, (column.saturating_sub(1), row)),
            (Key::ArrowRight, (column + 1, row)),
            (Key::ArrowUp, (column, row.saturating_sub(1))),
            (Key::ArrowDown, (column, row + 1)),
        ];
        for (key, to) in steps {
            if pressed(key) {
                self.focus = Some(node.id.clone());
                return Some(sketch.moved(&node.id, to));
            }
        }
        if pressed(Key::Delete) || pressed(Key::Backspace) {
            self.selected = None;
            return Some(sketch.without(&node.id));
        }
        None
    }
}

fn node_id(id: &str) -> Id {
    Id::unique(("canvas node", id))
}

/// The sketch as a scene, with what it lacks as quiet edges.
fn with_missing(drawn: &Drawn<'_>) -> Scene {
    let mut scene = drawn.sketch.as_scene("Sketch");
    for (from, to) in drawn.missing {
        if drawn.sketch.node(from).is_some() && drawn.sketch.node(to).is_some() {
            scene.edges.push(scene::Edge {
                id: format!("missing {from} {to}"),
                from: from.clone(),
                to: to.clone(),
                label: "missing".to_owned(),
                kind: scene::EdgeKind::Quiet,
                hidden: false,
            });
        }
    }
    scene
}

fn moment_of(scene: &Scene, drawn: &Drawn<'_>, selected: Option<&str>) -> Moment {
    let mut moment = Moment::at(scene, 0);
    for (edge, now) in scene.edges.iter().zip(&mut moment.edges) {
        let mark = drawn.marks.iter().find(|(from, to, _)| *from == edge.from && *to == edge.to);
        if let Some((_, _, mark)) = mark.filter(|_| edge.kind != scene::EdgeKind::Quiet) {
            now.mark = *mark;
        }
        if edge.kind == scene::EdgeKind::Quiet {
            moment.focus.insert(edge.id.clone());
        }
    }
    moment.focus.extend(selected.map(str::to_owned));
    moment
}
