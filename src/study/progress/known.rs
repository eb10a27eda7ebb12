//! What can be asked of the state.

use std::collections::BTreeSet;

use super::{CardState, Counts, Foreseen, Imported, Linking, Progress, QuestionState, Standing, Version};
use crate::ids::{CardId, EntryId, NoteId, QuestionId, TopicId};
use crate::study::aim::{Aim, TopicOrder};
use crate::study::fact::Fact;
use crate::study::mock::Mock;
use crate::study::optimise::Fitted;
use crate::study::schedule::{Interval, Schedule};
use crate::time::Moment;

impl Progress {
    /// The notes that link to a question.
    pub fn linking_to(&self, question: &QuestionId) -> impl Iterator<Item = &Linking> {
        self.links.get(question).into_iter().flatten()
    }

    /// How many facts are read anew when these come in.
    pub fn folds(&self, facts: &[Fact]) -> usize {
        let (mut sum, mut taken_back) = (0, Vec::new());
        let mut count = |facts: &[Fact], taken_back: &mut Vec<EntryId>| {
            sum += facts.len();
            for fact in facts {
                match fact {
                    Fact::Withdrawn { entry } => taken_back.push(*entry),
                    Fact::ParametersSet { .. } => sum += self.cards.len(),
                    _ => {}
                }
            }
        };
        count(facts, &mut taken_back);
        let mut seen = BTreeSet::new();
        while let Some(id) = taken_back.pop() {
            if let Some(entry) = self.entry(id).filter(|_| seen.insert(id)) {
                count(&entry.facts, &mut taken_back);
            }
        }
        sum
    }

    /// Study rests: nothing comes due.
    pub const fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// An interview lay behind when the present aim was set, or a question of one was noted.
    pub fn has_been_interviewed(&self) -> bool {
        self.interviewed || self.questions.values().any(|state| state.asked)
    }

    /// The questions that were asked in real interviews.
    pub fn asked(&self) -> BTreeSet<QuestionId> {
        self.questions.iter().filter(|(_, state)| state.asked).map(|(id, _)| id.clone()).collect()
    }

    /// Whether the reader's last prediction of a lab's scenario was right; None when they made none.
    pub fn prediction(&self, lab: &str, scenario: &str) -> Option<bool> {
        self.predictions.get(&(lab.to_owned(), scenario.to_owned())).copied()
    }

    /// The reader's own parameters of the schedule; None while the default ones are in force.
    pub fn fitted(&self) -> Option<&Fitted> {
        self.parameters.last()?.fitted.as_ref()
    }

    /// Every mock that counts, the oldest first.
    pub fn mocks(&self) -> &[Mock] {
        &self.mocks
    }

    /// What the reader studies for.
    pub const fn aim(&self) -> Aim {
        self.aim
    }

    /// Whether the reader has said what they study for, if only that there is no date.
    pub const fn has_aim(&self) -> bool {
        self.has_aim
    }

    /// Which topics come first, and which are left out.
    pub const fn topics(&self) -> &TopicOrder {
        &self.topics
    }

    pub fn card(&self, card: &CardId) -> Option<&CardState> {
        self.cards.get(card)
    }

    /// The decks that were imported, each with its cards, by the questions they are.
    pub fn decks(&self) -> impl Iterator<Item = (&QuestionId, &BTreeSet<CardId>)> {
        self.decks.iter()
    }

    /// The cards of an imported deck.
    pub fn deck(&self, question: &QuestionId) -> impl Iterator<Item = &CardId> {
        self.decks.get(question).into_iter().flatten()
    }

    /// The reader's own cards on a question, in the order in which they were made.
    pub fn own_cards(&self, question: &QuestionId) -> impl Iterator<Item = &CardId> {
        self.made.get(question).into_iter().flatten()
    }

    /// Every question that the reader made cards on, with those.
    pub fn all_own_cards(&self) -> impl Iterator<Item = (&QuestionId, &BTreeSet<CardId>)> {
        self.made.iter()
    }

    /// Whether it is a card that the reader made, and did not take back.
    pub fn is_made(&self, card: &CardId) -> bool {
        self.card(card).is_some_and(|state| state.made.is_some())
    }

    /// Every version of a note that is on no question, the oldest first.
    pub fn note_history(&self, note: &NoteId) -> &[Version] {
        self.notes.get(note).map_or(&[], |(versions, _)| versions.as_slice())
    }

    /// A note that is on no question as it stands; empty when there is none.
    pub fn note(&self, note: &NoteId) -> &str {
        self.notes.get(note).map_or("", |(_, standing)| &standing.text)
    }

    /// How a note stands; as an empty one where there is none.
    pub fn standing(&self, note: &Linking) -> &Standing {
        static NONE: Standing = Standing { text: String::new(), over: Vec::new(), others: Vec::new() };
        let found = match note {
            Linking::Question(question) => self.questions.get(question).map(|state| &state.standing),
            Linking::Note(note) => self.notes.get(note).map(|(_, standing)| standing),
        };
        found.unwrap_or(&NONE)
    }

    /// Every note that was ever written: on questions, and on none.
    pub fn all_notes(&self) -> impl Iterator<Item = Linking> {
        let on_questions = self.questions.iter().filter(|(_, state)| !state.note_history.is_empty());
        let on_questions = on_questions.map(|(question, _)| Linking::Question(question.clone()));
        on_questions.chain(self.notes.keys().cloned().map(Linking::Note))
    }

    /// Every note that is on no question.
    pub fn notes(&self) -> impl Iterator<Item = &NoteId> {
        self.notes.keys()
    }

    /// Every imported card as it was imported last.
    pub fn imported_cards(&self) -> impl Iterator<Item = &Imported> {
        self.decks.values().flatten().filter_map(|card| self.card(card)?.imported.as_ref())
    }

    /// What the schedule foresaw of every review, in no order.
    pub fn foreseen(&self) -> impl Iterator<Item = &Foreseen> {
        self.cards.values().flat_map(|state| &state.foreseen)
    }

    pub fn question(&self, question: &QuestionId) -> Option<&QuestionState> {
        self.questions.get(question)
    }

    /// Every question that the reader did something with, in the order of their ids.
    pub fn questions(&self) -> impl Iterator<Item = &QuestionId> {
        sorted(self.questions.keys())
    }

    /// Every card that the reader did something with, in the order of their ids.
    pub fn cards(&self) -> impl Iterator<Item = &CardId> {
        sorted(self.cards.keys())
    }

    pub fn is_suspended(&self, card: &CardId) -> bool {
        self.card(card).is_some_and(|state| state.suspended)
    }

    /// Whether the topic's deep cards are on.
    pub fn deep_cards(&self, topic: &TopicId) -> bool {
        self.deep.get(topic).copied().unwrap_or_default()
    }

    /// What each of the four grades would give now.
    pub fn next_intervals(&self, card: &CardId, now: Moment) -> Vec<Interval> {
        self.card(card).map_or_else(Schedule::default, |state| state.schedule.clone()).next_intervals(
            &self.parameters_of(self.parameters.len()),
            card,
            now,
        )
    }

    /// The card that was reviewed last, and when.
    pub fn last_review(&self) -> Option<(Moment, &CardId)> {
        self.counting_facts().rev().find_map(|(entry, fact)| match fact {
            Fact::Reviewed { card, .. } => Some((entry.moment(), card)),
            _ => None,
        })
    }

    pub fn counts_of_all(&self) -> Counts {
        let attempts = self.questions.values().map(|state| state.attempts.len()).sum();
        let ratings = self.questions.values().map(|state| state.confidence_ratings as usize).sum();
        Counts {
            reviews: self.cards.values().map(|state| state.reviews as usize).sum(),
            confidence_ratings: ratings,
            notes: self.questions.values().filter(|state| state.has_note()).count(),
            attempts,
        }
    }

    /// Questions with the reader's data that `known` does not know: content has dropped them, their rows are kept.
    pub fn orphans(&self, known: impl Fn(&QuestionId) -> bool) -> BTreeSet<QuestionId> {
        let of_cards = self.by_card.keys().map(CardId::question);
        of_cards.chain(self.by_question.keys().cloned()).filter(|question| !known(question)).collect()
    }
}

fn sorted<'a, T: Ord + 'a>(keys: impl Iterator<Item = &'a T>) -> impl Iterator<Item = &'a T> {
    let mut keys: Vec<&T> = keys.collect();
    keys.sort();
    keys.into_iter()
}
