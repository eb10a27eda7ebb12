//! What the card under review hides, lights or breaks in the scene beside it.

use crate::catalog::{SceneTie, TieKind};
use crate::ids::SceneId;
use crate::scene::{Mark, Mask, Moment, Scene};
use crate::window::cx::Cx;

/// What the card under review asks of a scene.
pub struct Asked<'a> {
    tie: &'a SceneTie,
    revealed: bool,
}

pub fn asked<'a>(cx: &Cx<'a>, id: &SceneId) -> Option<Asked<'a>> {
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
    pub fn mask(&self, scene: &Scene, step: usize) -> Option<Mask> {
        match &self.tie.kind {
            TieKind::Hide(part) if !self.revealed && self.is_at(scene, step) => Some(Mask(part.clone())),
            _ => None,
        }
    }

    /// The node whose death is asked about, pointed at until it is revealed.
    pub fn named(&self, scene: &Scene, step: usize) -> Option<&str> {
        match &self.tie.kind {
            TieKind::Breaks(node) if !self.revealed && self.is_at(scene, step) => Some(node),
            _ => None,
        }
    }

    /// The scene with that node dead, once the card is revealed.
    pub fn broken(&self, scene: &Scene, moment: &Moment, step: usize) -> Option<Moment> {
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
    pub fn caption(&self) -> Option<&'static str> {
        match (&self.tie.kind, self.revealed) {
            (_, true) => None,
            (TieKind::Hide(_), false) => Some("What is hidden here is what the card asks."),
            (TieKind::Predict, false) => Some("What happens next is what the card asks. The reveal plays it."),
            (TieKind::Breaks(_), false) => Some("What breaks if the lit node dies now is what the card asks."),
        }
    }
}
