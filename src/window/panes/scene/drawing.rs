//! The two ways to draw beside the model: from memory, scored against it, and a diagram of one's own, kept like a note.

use egui::{Frame, Id, Margin, Panel, Sense, TextEdit, Ui, WidgetInfo};

use super::canvas::{Canvas, Drawn};
use crate::ids::QuestionId;
use crate::scene::sketch::{self, Score, Sketch, SketchNode};
use crate::scene::{Mark, NodeKind, Scene};
use crate::study::Request;
use crate::theme::{Hue, Role};
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

/// What the scene pane shows.
#[derive(Default)]
pub enum Mode {
    #[default]
    Model,
    Memory(Memory),
    Mine(Mine),
}

/// A scene being drawn from memory.
pub struct Memory {
    pub question: QuestionId,
    sketch: Sketch,
    tray: Vec<SketchNode>,
    score: Option<Score>,
    canvas: Canvas,
}

/// The reader's own diagram; what is on the screen is what is on the disk.
pub struct Mine {
    pub question: QuestionId,
    canvas: Canvas,
    /// The words of the selected node while they are being typed.
    words: Option<Words>,
}

struct Words {
    id: String,
    kind: NodeKind,
    label: String,
    note: String,
    /// The nodes that it is joined to, and what each connection is called.
    joins: Vec<(String, String)>,
}

/// The kinds that a reader may choose, with the name each has on the screen.
const KINDS: [(NodeKind, &str); 16] = [
    (NodeKind::Service, "Service"),
    (NodeKind::Client, "Client"),
    (NodeKind::Producer, "Producer"),
    (NodeKind::Consumer, "Consumer"),
    (NodeKind::Broker, "Broker"),
    (NodeKind::Topic, "Topic"),
    (NodeKind::Queue, "Queue"),
    (NodeKind::Exchange, "Exchange"),
    (NodeKind::Stream, "Stream"),
    (NodeKind::Cache, "Cache"),
    (NodeKind::Database, "Database"),
    (NodeKind::Function, "Function"),
    (NodeKind::Bucket, "Bucket"),
    (NodeKind::Gateway, "Gateway"),
    (NodeKind::Alarm, "Alarm"),
    (NodeKind::Note, "Annotation"),
];

impl Memory {
    pub fn begin(question: &QuestionId, scene: &Scene, seed: u64) -> Self {
        Self {
            question: question.clone(),
            sketch: Sketch::default(),
            tray: sketch::tray(scene, seed),
            score: None,
            canvas: Canvas::default(),
        }
    }

    pub fn has_focus(&self, ctx: &egui::Context) -> bool {
        let focused = ctx.memory(egui::Memory::focused);
        let on_tray = self.tray.iter().any(|node| focused == Some(chip_id(&node.id)));
        on_tray || Canvas::has_focus(ctx, &self.sketch)
    }

    /// Draws the canvas and its tray; false when the reader is done with it.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, scene: &Scene, hue: Hue, out: &mut Vec<Command>) -> bool {
        let mut stays = true;
        let foot = Panel::bottom(ui.scope_id().with("memory")).resizable(false);
        let frame = Frame::new().fill(cx.look.color(Role::Ground));
        foot.frame(frame.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| {
            match self.score.clone() {
                Some(score) => {
                    let text = egui::RichText::new(verdict(&score, scene)).font(look::regular(13.5));
                    ui.add(egui::Label::new(text.color(cx.look.color(Role::Body))).wrap());
                }
                None => self.tray_ui(ui, cx),
            }
            ui.add_space(6.0);
            ui.horizontal_wrapped(|ui| {
                if self.score.is_some() {
                    if controls::button(ui, cx.look, Weight::Main, "Draw it again", "").clicked() {
                        *self = Self::begin(&self.question, scene, cx.progress.revision());
                    }
                } else if controls::button(ui, cx.look, Weight::Main, "Compare", "").clicked() {
                    let score = self.sketch.score(scene);
                    let question = self.question.clone();
                    out.push(Command::Study(Request::DrawScene { question, score: score.clone() }));
                    self.canvas.select(None);
                    self.score = Some(score);
                }
                stays = !controls::button(ui, cx.look, Weight::Plain, "Back to the scene", "Esc").clicked();
            });
        });
        let (marks, missing) = self.score.as_ref().map_or_else(Default::default, |score| findings(score, scene));
        let drawn =
            Drawn { sketch: &self.sketch, marks: &marks, missing: &missing, editable: self.score.is_none(), hue };
        let change =
            egui::CentralPanel::default().frame(frame).show(ui, |ui| self.canvas.ui(ui, cx.look, &drawn)).inner;
        if let Some(next) = change {
            self.sketch = next;
        }
        stays
    }

    /// What is not placed yet; a click puts it on the canvas, a drag where it is let go.
    fn tray_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let waiting: Vec<SketchNode> =
            self.tray.iter().filter(|node| self.sketch.node(&node.id).is_none()).cloned().collect();
        let hint = match (waiting.is_empty(), self.canvas.selected()) {
            (_, Some(_)) => "Now click what it is joined to.",
            (false, None) => {
                "Place these from memory: click, or drag to where each belongs. Tab and Enter do the same."
            }
            (true, None) => "Click a node, then another, to join them. Drag or arrow keys move; Delete puts back.",
        };
        controls::caption(ui, cx.look, hint);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.set_min_height(32.0);
            for node in waiting {
                let response = chip_ui(ui, cx, &node.label, chip_id(&node.id));
                let dropped = if response.drag_stopped() { response.interact_pointer_pos() } else { None };
                if response.clicked() {
                    let next_free =
                        self.sketch.free_cell_near((u8::try_from(self.sketch.nodes.len() % 3).unwrap_or(0) + 1, 2));
                    self.sketch = self.sketch.placed(node.clone(), next_free);
                    self.canvas.select(None);
                } else if let Some(cell) = dropped.and_then(|at| self.canvas.cell_at(at)) {
                    self.sketch = self.sketch.placed(node.clone(), cell);
                } else if response.dragged() {
                    ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
                }
            }
        });
    }
}

impl Mine {
    pub fn begin(question: &QuestionId) -> Self {
        Self { question: question.clone(), canvas: Canvas::default(), words: None }
    }

    pub fn has_focus(&self, cx: &Cx<'_>, ctx: &egui::Context) -> bool {
        diagram(cx, &self.question).is_some_and(|sketch| Canvas::has_focus(ctx, sketch))
    }

    /// Draws the diagram and what changes it; false when the reader is done with it.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, scene: Option<&Scene>, hue: Hue, out: &mut Vec<Command>) -> bool {
        let mut stays = true;
        let nothing = Sketch::default();
        let sketch = diagram(cx, &self.question).unwrap_or(&nothing);
        let editable = !cx.read_only && !cx.waiting;
        let mut next = None;
        let frame = Frame::new().fill(cx.look.color(Role::Ground));
        let foot = Panel::bottom(ui.scope_id().with("mine")).resizable(false);
        foot.frame(frame.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| {
            if let Some(node) = self.canvas.selected().and_then(|id| sketch.node(id)).cloned() {
                next = self.words_ui(ui, cx, sketch, &node);
            } else {
                let hint = if sketch.nodes.is_empty() {
                    "Your own picture of this question, kept beside the model: begin with a copy of it, or with nothing."
                } else {
                    "Click a node to change its words; click another to join them. Drag or arrow keys move; Delete removes."
                };
                controls::caption(ui, cx.look, hint);
            }
            ui.add_space(6.0);
            ui.horizontal_wrapped(|ui| {
                let adds = [
                    ("Add a node", Weight::Main, NodeKind::Service, "Service"),
                    ("Annotate", Weight::Plain, NodeKind::Note, "A remark"),
                ];
                for (name, weight, kind, label) in adds {
                    if controls::button(ui, cx.look, weight, name, "").clicked() && editable {
                        let (id, near) = (sketch.fresh_id(), self.canvas.selected().and_then(|id| sketch.node(id)));
                        let label = label.to_owned();
                        let node = SketchNode { id: id.clone(), kind, label, note: String::new(), at: (0, 0) };
                        // A remark stands beside what it is about.
                        next = Some(sketch.placed(node, sketch.free_cell_near(near.map_or((1, 2), |node| node.at))));
                        self.canvas.select(Some(id));
                    }
                }
                if let Some(scene) = scene.filter(|_| sketch.nodes.is_empty())
                    && controls::button(ui, cx.look, Weight::Plain, "Copy the scene", "").clicked()
                {
                    next = Some(Sketch::of_scene(scene));
                }
                stays = !controls::button(ui, cx.look, Weight::Plain, "Back to the scene", "Esc").clicked();
            });
        });
        let drawn = Drawn { sketch, marks: &[], missing: &[], editable, hue };
        let change =
            egui::CentralPanel::default().frame(frame).show(ui, |ui| self.canvas.ui(ui, cx.look, &drawn)).inner;
        if let Some(sketch) = change.or(next).filter(|next| next != sketch && editable) {
            let sketch = (!sketch.nodes.is_empty()).then_some(sketch);
            out.push(Command::Study(Request::DrawDiagram { question: self.question.clone(), sketch }));
        }
        stays
    }

    /// Label, note and kind of the selected node; they count once the field is left.
    fn words_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, sketch: &Sketch, node: &SketchNode) -> Option<Sketch> {
        let joins = || sketch.edges.iter().filter(|edge| edge.from == node.id);
        let is_of = |words: &Words| {
            words.id == node.id && joins().map(|edge| &edge.to).eq(words.joins.iter().map(|(to, _)| to))
        };
        if !self.words.as_ref().is_some_and(is_of) {
            let (label, note) = (node.label.clone(), node.note.clone());
            let joins = joins().map(|edge| (edge.to.clone(), edge.label.clone())).collect();
            self.words = Some(Words { id: node.id.clone(), kind: node.kind, label, note, joins });
        }
        let words = self.words.as_mut()?;
        let mut done = false;
        ui.horizontal_wrapped(|ui| {
            let kind_name = KINDS.iter().find(|(kind, _)| *kind == words.kind).map_or("Other", |(_, name)| name);
            let chosen = egui::ComboBox::from_id_salt("kind").selected_text(kind_name).width(104.0).show_ui(ui, |ui| {
                for (kind, name) in KINDS {
                    done |= ui.selectable_value(&mut words.kind, kind, name).changed();
                }
            });
            ui.ctx().accesskit_node_builder(chosen.response.id, |node| node.set_label("Kind"));
            for (name, text, width) in [("Label", &mut words.label, 130.0), ("Note", &mut words.note, 150.0)] {
                let most = if words.kind == NodeKind::Note { 40 } else { 26 };
                let field = TextEdit::singleline(text).hint_text(name).desired_width(width).char_limit(most);
                let response = ui.add(field);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
                done |= response.lost_focus();
            }
            for (to, text) in &mut words.joins {
                let name = format!("→ {}", sketch.node(to).map_or(to.as_str(), |node| &node.label));
                let field = TextEdit::singleline(text).hint_text(&name).desired_width(110.0).char_limit(22);
                let response = ui.add(field).on_hover_text(format!("What the connection {name} is called"));
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
                done |= response.lost_focus();
            }
        });
        controls::caption(ui, cx.look, "Click another node to join, the same one to let go. Delete removes it.");
        let label = words.label.trim();
        if !done || label.is_empty() {
            return None;
        }
        let renamed = sketch.renamed(&node.id, words.kind, label, words.note.trim());
        let named = |sketch: Sketch, (to, text): &(String, String)| sketch.labelled(&node.id, to, text.trim());
        Some(words.joins.iter().fold(renamed, named))
    }
}

fn diagram<'a>(cx: &Cx<'a>, question: &QuestionId) -> Option<&'a Sketch> {
    cx.progress.question(question)?.diagram.as_ref()
}

fn chip_id(id: &str) -> Id {
    Id::unique(("tray", id))
}

fn chip_ui(ui: &mut Ui, cx: &Cx<'_>, label: &str, id: Id) -> egui::Response {
    let galley = ui.painter().layout_no_wrap(label.to_owned(), look::regular(13.0), cx.look.color(Role::Ink));
    let (rect, _) = ui.allocate_exact_size(galley.size() + egui::vec2(22.0, 12.0), Sense::hover());
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("Place {label}")));
    let hot = response.hovered() || response.has_focus();
    let stroke = egui::Stroke::new(1.0, cx.look.color(if hot { Role::Accent } else { Role::Line }));
    ui.painter().rect(rect, 7.0, cx.look.color(Role::Surface), stroke, egui::StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, cx.look.color(Role::Ink));
    response
}

type Ends = (String, String);

/// What a comparison marks on the canvas: wrong and turned edges, and those that are missing.
fn findings(score: &Score, scene: &Scene) -> (Vec<(String, String, Mark)>, Vec<Ends>) {
    let ends = |id: &String| scene.edge(id).map(|edge| (edge.from.clone(), edge.to.clone()));
    let wrong = score.wrong.iter().map(|(from, to)| (from.clone(), to.clone(), Mark::Down));
    let turned = score.turned.iter().filter_map(ends).map(|(from, to)| (to, from, Mark::Down));
    (wrong.chain(turned).collect(), score.missing.iter().chain(&score.turned).filter_map(ends).collect())
}

/// The comparison in sentences.
fn verdict(score: &Score, scene: &Scene) -> String {
    let label = |id: &str| scene.node(id).map_or_else(|| id.to_owned(), |node| node.label.clone());
    let names = |ids: &[String]| {
        let ends = ids.iter().filter_map(|id| scene.edge(id));
        ends.map(|edge| format!("{} → {}", label(&edge.from), label(&edge.to))).collect::<Vec<_>>().join(", ")
    };
    if score.is_perfect() {
        return format!("All {} connections, and nothing made up.", score.total());
    }
    let wrong: Vec<_> = score.wrong.iter().map(|(from, to)| format!("{} → {}", label(from), label(to))).collect();
    let unplaced: Vec<_> = score.unplaced.iter().map(|id| label(id)).collect();
    let findings = [
        ("Missing", names(&score.missing)),
        ("The other way round", names(&score.turned)),
        ("Not in the scene", wrong.join(", ")),
        ("Not placed", unplaced.join(", ")),
    ];
    let found = format!("{} of {} connections.", score.found.len(), score.total());
    let rest = findings.into_iter().filter(|(_, what)| !what.is_empty());
    std::iter::once(found).chain(rest.map(|(name, what)| format!("{name}: {what}."))).collect::<Vec<_>>().join(" ")
}
