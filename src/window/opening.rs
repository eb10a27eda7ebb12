//! Goes to where something was found.

use egui::Context;

use super::app::App;
use crate::ids::CardId;
use crate::search::Spot;
use crate::study;
use crate::window::cx::{Draft, Scope};
use crate::window::layout::Pane;

impl App {
    /// Brings one card up, to be read, practised or mended.
    pub(super) fn open_card(&mut self, card: CardId, now_secs: f64) {
        self.close_screen(now_secs);
        self.go(card.question());
        self.review = Some(Scope::Question(card.question()));
        self.panes.cards.begin(vec![(card, study::Why::Practice)], now_secs);
        self.layout.set_visible(Pane::Cards, true);
    }

    /// Goes to where something was found.
    pub(super) fn open(&mut self, ctx: &Context, spot: Spot, at: usize, now_secs: f64) {
        let question = spot.question();
        self.close_screen(now_secs);
        if !matches!(spot, Spot::Card(_) | Spot::Note(_)) && self.catalog.question(&question).is_none() {
            self.toasts.say(
                format!("The content no longer has {question}; what you wrote on it is kept"),
                false,
                now_secs,
            );
            return;
        }
        match spot {
            Spot::Prompt(_) => self.go(question),
            Spot::Section(_, section) => {
                self.go(question);
                self.layout.set_visible(Pane::Study, true);
                self.with_cx(|panes, cx, _| panes.study.show(cx, section, at));
                ctx.request_repaint();
            }
            Spot::Card(card) => self.open_card(card, now_secs),
            Spot::MyAnswer(question) => self.open_note(&Draft::MyAnswer(question), Some(at)),
            Spot::Note(note) => self.open_note(&Draft::Note(note), Some(at)),
            Spot::Attempt(..) => {
                self.go(question);
                self.layout.set_visible(Pane::Answer, true);
                self.panes.answer.show_history();
            }
            Spot::Step(_, step) => {
                self.go(question);
                self.layout.set_visible(Pane::Scene, true);
                self.step(step);
            }
        }
    }

    /// Opens a note in the editor, beside what it is on; the caret goes to the byte.
    pub(super) fn open_note(&mut self, draft: &Draft, caret: Option<usize>) {
        match draft {
            Draft::MyAnswer(question) => self.go(question.clone()),
            Draft::Note(note) => {
                // The notes on a topic stand beside its questions.
                let topic = note.of_topic().filter(|topic| *topic != self.place.question.topic());
                let first = topic.and_then(|topic| {
                    let found = self.catalog.questions().find(|question| question.id.topic() == topic);
                    found.map(|question| question.id.clone())
                });
                first.into_iter().for_each(|first| self.go(first));
            }
            Draft::Attempt(_) | Draft::Mock => return,
        }
        self.layout.set_visible(Pane::Answer, true);
        self.panes.answer.write(draft, caret);
    }
}
