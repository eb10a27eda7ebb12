//! The cards that are exported, with the words the reader gave them, where they belong and what is known of them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Scope;
use crate::catalog::{Card, Catalog, Question};
use crate::ids::{CardId, NoteId, QuestionId};
use crate::study::{CardState, PastReview, Progress, log};

/// A card as it is exported.
pub struct OutCard<'a> {
    pub id: &'a CardId,
    /// Its parts joined by `::`.
    pub deck: Cow<'a, str>,
    /// Each without a space.
    pub tags: Vec<String>,
    /// Markdown, as is the back.
    pub front: &'a str,
    pub back: &'a str,
    /// Of the content; None for an imported card.
    pub question: Option<&'a Question>,
    pub card: Option<&'a Card>,
    pub state: Option<&'a CardState>,
    pub log: &'a [PastReview],
}

/// The log of every card, which the cards borrow.
#[derive(Debug, Default)]
pub struct Logs(HashMap<CardId, Vec<PastReview>>);

impl Logs {
    pub fn of(progress: &Progress) -> Self {
        Self(log::reviews(progress))
    }

    fn of_card(&self, card: &CardId) -> &[PastReview] {
        self.0.get(card).map_or(&[], Vec::as_slice)
    }
}

/// The cards of a scope: the content's in its order, then the imported ones by deck.
pub fn cards<'a>(catalog: &'a Catalog, progress: &'a Progress, logs: &'a Logs, scope: &'a Scope) -> Vec<OutCard<'a>> {
    let mut out = Vec::new();
    for topic in scope.topics(catalog) {
        for subtopic in &topic.subtopics {
            let deck = format!("Whetstone::{}::{}", deck_part(&topic.title), deck_part(&subtopic.title));
            for question in subtopic.questions.iter().filter(|question| scope.has(&question.id)) {
                for card in question.cards() {
                    let state = progress.card(&card.id);
                    let own = state.and_then(|state| state.words.as_ref());
                    let (front, back) = own.map_or((card.front_source.as_str(), card.back_source.as_str()), both);
                    out.push(OutCard {
                        id: &card.id,
                        deck: deck.clone().into(),
                        tags: tags(question, card),
                        front,
                        back,
                        question: Some(question),
                        card: Some(card),
                        state,
                        log: logs.of_card(&card.id),
                    });
                }
            }
        }
    }
    // A card that the reader made stands with the question's.
    for (of, ids) in progress.all_own_cards().filter(|(of, _)| scope.has(of)) {
        let question = catalog.question(of).map(|question| &**question);
        let deck = catalog.place_of(of).map_or_else(
            || "Whetstone".to_owned(),
            |(topic, part)| format!("Whetstone::{}::{}", deck_part(&topic.title), deck_part(&part.title)),
        );
        for id in ids {
            let Some(state) = progress.card(id) else { continue };
            let Some(words) = state.words.as_ref().or(state.made.as_ref()) else { continue };
            let tags = vec![format!("whetstone::{}", of.as_str().replace('/', "::")), "whetstone::own".to_owned()];
            let (deck, (front, back)) = (deck.clone().into(), both(words));
            out.push(OutCard {
                id,
                deck,
                tags,
                front,
                back,
                question,
                card: None,
                state: Some(state),
                log: logs.of_card(id),
            });
        }
    }
    for (_, ids) in progress.decks().filter(|(question, _)| scope.has(question)) {
        for id in ids {
            let Some(state) = progress.card(id) else { continue };
            let Some(imported) = &state.imported else { continue };
            let card = &imported.card;
            let (front, back) = state.words.as_ref().map_or((card.front.as_str(), card.back.as_str()), both);
            out.push(OutCard {
                id,
                deck: Cow::Borrowed(&card.deck),
                tags: card.tags.clone(),
                front,
                back,
                question: None,
                card: None,
                state: Some(state),
                log: logs.of_card(id),
            });
        }
    }
    out
}

fn both(words: &(String, String)) -> (&str, &str) {
    (&words.0, &words.1)
}

/// The cards that the reader made on a question, as they read now: front and back.
pub fn own<'a>(progress: &'a Progress, question: &QuestionId) -> impl Iterator<Item = (&'a str, &'a str)> {
    let states = progress.own_cards(question).filter_map(|card| progress.card(card));
    states.filter_map(|state| state.words.as_ref().or(state.made.as_ref())).map(both)
}

/// What stands in a note that is on no question, if anything does.
pub fn free_note<'a>(progress: &'a Progress, note: &NoteId) -> Option<&'a str> {
    Some(progress.note(note).trim_end()).filter(|text| !text.trim().is_empty())
}

/// A name that does not open a deck within the deck.
fn deck_part(name: &str) -> String {
    name.replace("::", ":")
}

fn tags(question: &Question, card: &Card) -> Vec<String> {
    let level = match card.level {
        crate::catalog::CardLevel::Core => "core",
        crate::catalog::CardLevel::Deep => "deep",
    };
    let mut tags: Vec<String> = question.tags.iter().map(|tag| tag.replace(char::is_whitespace, "-")).collect();
    tags.push(format!("whetstone::{}", question.id.as_str().replace('/', "::")));
    tags.push(format!("whetstone::{level}"));
    tags
}
