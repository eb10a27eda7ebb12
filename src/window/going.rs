//! Where the window goes: to a question, a step, a lab, a review, and back.

use egui::Context;

use super::app::App;
use crate::catalog::TieKind;
use crate::ids::QuestionId;
use crate::labs;
use crate::study;
use crate::text::{Link, SceneTarget};
use crate::window::cx::{Draft, Pointed, Scope, Side};
use crate::window::layout::Pane;

impl App {
    pub(super) fn lab_is_open(&mut self) -> bool {
        self.with_cx(|panes, cx, _| panes.lab.is_open(cx)).unwrap_or_default()
    }

    /// Opens a lab in the scene's place; my answer makes room for it.
    pub(super) fn open_lab(&mut self, lab: &str, scenario: Option<&str>) {
        let Some(spec) = labs::find(lab) else { return };
        let now_secs = self.last_secs;
        self.layout.set_visible(Pane::Scene, true);
        self.made_room |= self.layout.is_visible(Pane::Answer);
        self.layout.set_visible(Pane::Answer, false);
        self.layout.widen_scene(true);
        self.with_cx(|panes, cx, _| panes.lab.open(cx, spec, scenario, now_secs));
    }

    pub(super) fn close_lab(&mut self) {
        self.panes.lab.close();
        self.layout.widen_scene(false);
        if std::mem::take(&mut self.made_room) {
            self.layout.set_visible(Pane::Answer, true);
        }
    }

    pub(super) fn go(&mut self, question: QuestionId) {
        if self.catalog.question(&question).is_none() || question == self.place.question {
            return;
        }
        let from = self.place.question.clone();
        self.settle_note(&Draft::MyAnswer(from.clone()));
        self.history.leave(from);
        self.arrive(question);
    }

    pub(super) fn arrive(&mut self, question: QuestionId) {
        if self.lab_is_open() {
            self.close_lab();
        }
        self.place.question = question;
        self.place.step = 0;
    }

    pub(super) fn step(&mut self, step: usize) {
        let Some(question) = self.question() else { return };
        let Some(file) = self.catalog.scene_of(&question) else { return };
        let step = step.min(file.scene.steps.len().saturating_sub(1));
        if step == self.place.step {
            return;
        }
        self.place.step = step;
        if let Some(step) = file.scene.steps.get(step) {
            self.panes.study.scroll_to_step(&step.id);
        }
    }

    pub(super) fn follow(&mut self, ctx: &Context, link: Link) {
        match link {
            Link::Question(id) => self.go(QuestionId::new(id)),
            Link::Web(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
            Link::Other(_) => {}
            Link::Lab { lab, scenario } => self.open_lab(&lab, scenario.as_deref()),
            Link::Scene { target, .. } => {
                self.layout.set_visible(Pane::Scene, true);
                let Some(question) = self.question() else { return };
                match target {
                    SceneTarget::Step(step) => {
                        let index = self.catalog.scene_of(&question).and_then(|file| file.scene.step_index(&step));
                        if let Some(index) = index {
                            self.place.step = index;
                            self.panes.scene.replay();
                        }
                    }
                    SceneTarget::Node(node) => self.pointing = Some(Pointed { node, side: Side::Text }),
                    SceneTarget::Whole => self.panes.scene.fit(),
                }
            }
        }
    }

    pub(super) fn start_review(&mut self, scope: Scope, now_secs: f64) {
        let mut queue = self.due.queue(&scope);
        if queue.is_empty()
            && let Scope::Question(id) = &scope
            && let Some(question) = self.catalog.question(id)
        {
            // Nothing is due here: the reader wants to see the cards all the same.
            let open = question.cards().iter().filter(|card| !self.progress.is_suspended(&card.id));
            let own = self.progress.own_cards(id).chain(self.progress.deck(id));
            let own = own.filter(|card| !self.progress.is_suspended(card)).cloned();
            queue = open.map(|card| card.id.clone()).chain(own).map(|card| (card, study::Why::Practice)).collect();
        }
        if queue.is_empty() {
            self.toasts.say("No cards are due there", false, now_secs);
            return;
        }
        self.review = Some(scope);
        self.panes.cards.begin(queue, now_secs);
        self.layout.set_visible(Pane::Cards, true);
        self.show_card();
    }

    /// Brings the current card's question and scene beside it.
    pub(super) fn show_card(&mut self) {
        let Some(id) = self.panes.cards.current().cloned() else { return };
        let question = id.question();
        if question != self.place.question {
            self.go(question);
        }
        let tie = self.catalog.card(&id).and_then(|card| card.tie.clone());
        if let Some(tie) = tie
            && let Some(file) = self.catalog.scenes.get(&tie.scene)
            && let Some(step) = file.scene.step_index(&tie.step)
        {
            // A prediction is asked before the step that answers it.
            let before = tie.kind == TieKind::Predict && !self.panes.cards.revealed;
            self.place.step = if before { step.saturating_sub(1) } else { step };
        } else if !self.panes.cards.revealed {
            // A later step of the scene could give away what the front asks.
            self.place.step = 0;
        }
    }

    pub(super) fn end_review(&mut self) {
        if self.review.take().is_some() {
            self.panes.cards.begin(Vec::new(), 0.0);
            self.layout.set_visible(Pane::Cards, false);
        }
    }
}
