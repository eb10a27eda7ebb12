//! The panes' arrangement: dragged, resized, hidden, put back; it comes back as the reader left it.

use egui::{Rect, Sense, Stroke, Style, Ui, Visuals, WidgetText};
use egui_tiles::{Behavior, ResizeState, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::panes::cards::CardsPane;
use crate::window::panes::coach::CoachPane;
use crate::window::panes::evening::EveningPane;
use crate::window::panes::lab::LabPane;
use crate::window::panes::mock::MockPane;
use crate::window::panes::notes::NotesPane;
use crate::window::panes::progress::ProgressPane;
use crate::window::panes::scene::ScenePane;
use crate::window::panes::study::StudyPane;
use crate::window::panes::tree::TreePane;

/// The closed set of panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pane {
    Tree,
    Study,
    Cards,
    Scene,
    Answer,
}

/// What each pane knows for itself.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Panes {
    pub tree: TreePane,
    pub study: StudyPane,
    #[serde(skip)]
    pub cards: CardsPane,
    #[serde(skip)]
    pub coach: CoachPane,
    #[serde(skip)]
    pub scene: ScenePane,
    #[serde(skip)]
    pub lab: LabPane,
    pub answer: NotesPane,
    #[serde(skip)]
    pub mock: MockPane,
    #[serde(skip)]
    pub evening: EveningPane,
    #[serde(skip)]
    pub progress: ProgressPane,
}

/// Points below which the tree gives way to the text.
const TREE_NEEDS: f32 = 720.0;
/// The share of the window that a lab has at least.
const LAB_SHARE: f32 = 0.46;
/// A header by whose empty space a pane can be dragged.
const GRIP_HEIGHT: f32 = 40.0;

#[derive(Serialize, Deserialize)]
pub struct Layout {
    tiles: Tree<Pane>,
    /// The container whose child was widened for a lab, the child, and its share before.
    #[serde(skip)]
    widened: Option<(TileId, TileId, f32)>,
}

impl Default for Layout {
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let tree = tiles.insert_pane(Pane::Tree);
        let cards = tiles.insert_pane(Pane::Cards);
        let study = tiles.insert_pane(Pane::Study);
        let scene = tiles.insert_pane(Pane::Scene);
        let answer = tiles.insert_pane(Pane::Answer);
        let middle = tiles.insert_vertical_tile(vec![cards, study]);
        let right = tiles.insert_vertical_tile(vec![scene, answer]);
        let root = tiles.insert_horizontal_tile(vec![tree, middle, right]);
        set_shares(&mut tiles, root, &[(tree, 0.74), (middle, 1.86), (right, 1.25)]);
        set_shares(&mut tiles, right, &[(scene, 1.9), (answer, 0.8)]);
        set_shares(&mut tiles, middle, &[(cards, 0.9), (study, 1.1)]);
        let mut layout = Self { tiles: Tree::new(egui::Id::unique("panes"), root, tiles), widened: None };
        layout.set_visible(Pane::Cards, false);
        layout
    }
}

fn set_shares(tiles: &mut Tiles<Pane>, parent: TileId, shares: &[(TileId, f32)]) {
    if let Some(Tile::Container(egui_tiles::Container::Linear(linear))) = tiles.get_mut(parent) {
        for (child, share) in shares {
            linear.shares.set_share(*child, *share);
        }
    }
}

impl Layout {
    pub fn set_visible(&mut self, pane: Pane, visible: bool) {
        if let Some(id) = self.tiles.tiles.find_pane(&pane) {
            self.tiles.set_visible(id, visible);
        }
    }

    pub fn is_visible(&self, pane: Pane) -> bool {
        self.tiles.tiles.find_pane(&pane).is_some_and(|id| self.tiles.is_visible(id))
    }

    /// Gives the column of the scene as much room as a lab needs, or takes it back.
    pub fn widen_scene(&mut self, on: bool) {
        if let Some((parent, child, share)) = self.widened.take() {
            set_shares(&mut self.tiles.tiles, parent, &[(child, share)]);
        }
        let Some(scene) = self.tiles.tiles.find_pane(&Pane::Scene).filter(|_| on) else { return };
        let mut child = scene;
        while let Some(parent) = self.tiles.tiles.parent_of(child) {
            if let Some(Tile::Container(egui_tiles::Container::Linear(linear))) = self.tiles.tiles.get_mut(parent)
                && linear.dir == egui_tiles::LinearDir::Horizontal
            {
                let others: f32 = linear.children.iter().filter(|id| **id != child).map(|id| linear.shares[*id]).sum();
                let before = linear.shares[child];
                let wide = (others * LAB_SHARE / (1.0 - LAB_SHARE)).max(before);
                linear.shares.set_share(child, wide);
                self.widened = Some((parent, child, before));
                return;
            }
            child = parent;
        }
    }

    /// Whether a lab has the room of others.
    pub const fn is_widened(&self) -> bool {
        self.widened.is_some()
    }

    /// Whether a stored layout still has every pane; one that does not is replaced by the default.
    pub fn is_whole(&self) -> bool {
        let all = [Pane::Tree, Pane::Study, Pane::Cards, Pane::Scene, Pane::Answer];
        all.iter().all(|pane| self.tiles.tiles.find_pane(pane).is_some())
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, panes: &mut Panes, out: &mut Vec<Command>) {
        // In a narrow window the text comes first; the reader's own choice is kept for a wider one.
        let tree_was_visible = self.is_visible(Pane::Tree);
        let too_narrow = ui.available_width() < TREE_NEEDS && self.is_visible(Pane::Study);
        if too_narrow {
            self.set_visible(Pane::Tree, false);
        }
        let mut behavior = Drawing { cx, panes, out };
        self.tiles.ui(&mut behavior, ui);
        if too_narrow {
            self.set_visible(Pane::Tree, tree_was_visible);
        }
    }
}

struct Drawing<'a, 'b> {
    cx: &'a Cx<'b>,
    panes: &'a mut Panes,
    out: &'a mut Vec<Command>,
}

impl Behavior<Pane> for Drawing<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let rect = ui.max_rect();
        let ground = if *pane == Pane::Tree { Role::Panel } else { Role::Ground };
        ui.painter().rect_filled(rect, 0.0, self.cx.look.color(ground));
        let grip = Rect::from_min_size(rect.min, egui::vec2(rect.width(), GRIP_HEIGHT.min(rect.height())));
        // A press on a button in the header is no drag, so the pointer must have moved.
        let held = ui.interact(grip, ui.scope_id().with("grip"), Sense::drag()).dragged();
        let dragged = held && ui.input(|input| input.pointer.is_decidedly_dragging());
        ui.push_id(*pane as u8, |ui| match pane {
            Pane::Tree => self.panes.tree.ui(ui, self.cx, self.out),
            Pane::Study => self.panes.study.ui(ui, self.cx, self.out),
            Pane::Cards => self.panes.cards.ui(ui, self.cx, self.out),
            Pane::Scene if self.panes.lab.is_open(self.cx) => self.panes.lab.ui(ui, self.cx, self.out),
            Pane::Scene => self.panes.scene.ui(ui, self.cx, self.out),
            Pane::Answer => self.panes.answer.ui(ui, self.cx, self.out),
        });
        if dragged { UiResponse::DragStarted } else { UiResponse::None }
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        match pane {
            Pane::Tree => "Tree",
            Pane::Study => "Study",
            Pane::Cards => "Cards",
            Pane::Scene => "Scene",
            Pane::Answer => "Notes",
        }
        .into()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: false, ..SimplificationOptions::default() }
    }

    fn min_size(&self) -> f32 {
        140.0
    }

    fn resize_stroke(&self, _style: &Style, state: ResizeState) -> Stroke {
        match state {
            ResizeState::Idle => self.cx.look.hairline(),
            ResizeState::Hovering | ResizeState::Dragging => Stroke::new(2.0, self.cx.look.color(Role::Accent)),
        }
    }

    fn tab_bar_color(&self, _visuals: &Visuals) -> egui::Color32 {
        self.cx.look.color(Role::Panel)
    }
}
