//! The documents: what of the content, and of the reader's own words, can be found, and where it stands.

use super::{CardFacets, Doc, QuestionFacets, Spot};
use crate::catalog::{Answer, CardLevel, Catalog, Question, Section};
use crate::ids::{CardId, NoteId, QuestionId};
use crate::study::{Policy, Progress};
use crate::text::{self, plain_of};

/// What the content says of one question.
#[derive(Clone, Debug)]
pub struct ContentPart {
    pub question: QuestionId,
    pub tags: Vec<String>,
    pub cards: Vec<CardId>,
    pub docs: Vec<Doc>,
}

/// What is the reader's of one question, or of one card.
#[derive(Clone, Debug)]
pub struct Part {
    pub owner: Owner,
    pub told: Told,
    pub docs: Vec<Doc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Question(QuestionId),
    Card(CardId),
    Note(NoteId),
}

/// What the filters ask of it.
#[derive(Clone, Debug)]
pub enum Told {
    Nothing,
    Question(QuestionFacets),
    Card(CardFacets),
}

/// Every question of the content with its texts.
pub fn content(catalog: &Catalog) -> Vec<ContentPart> {
    catalog.questions().map(|question| of_content(catalog, question)).collect()
}

fn of_content(catalog: &Catalog, question: &Question) -> ContentPart {
    let id = &question.id;
    let doc = |spot, text: String| Doc { spot, title: question.title.clone(), text };
    let mut docs = vec![doc(Spot::Prompt(id.clone()), question.prompt.clone())];
    if let Some(answer) = &question.answer {
        for section in Section::ALL {
            let text = section_text(answer, section);
            if !text.is_empty() {
                docs.push(doc(Spot::Section(id.clone(), section), text));
            }
        }
    }
    for card in question.cards() {
        let text = card.back.plain();
        docs.push(Doc { spot: Spot::Card(card.id.clone()), title: card.front.plain(), text });
    }
    if let Some(file) = catalog.scene_of(question) {
        let scene = &file.scene;
        let labels: Vec<&str> = scene
            .nodes
            .iter()
            .flat_map(|node| [node.label.as_str(), node.note.as_str()])
            .chain(scene.edges.iter().map(|edge| edge.label.as_str()))
            .chain(scene.groups.iter().map(|group| group.label.as_str()))
            .filter(|label| !label.is_empty())
            .collect();
        for (index, step) in scene.steps.iter().enumerate() {
            // The names in the picture are there from its first step on.
            let names = if index == 0 { format!("\n{}", labels.join(", ")) } else { String::new() };
            let text = format!("{}{names}", step.says);
            docs.push(Doc { spot: Spot::Step(id.clone(), index), title: scene.title.clone(), text });
        }
    }
    let cards = question.cards().iter().map(|card| card.id.clone()).collect();
    ContentPart { question: id.clone(), tags: question.tags.clone(), cards, docs }
}

fn section_text(answer: &Answer, section: Section) -> String {
    if let Some(doc) = answer.doc(section) {
        return doc.plain();
    }
    let lines: Vec<String> = match section {
        Section::KeyPoints => answer.key_points.iter().map(|point| plain_of(&point.spans)).collect(),
        Section::Probes => answer.probes.iter().map(Answer::probe_text).collect(),
        _ => Vec::new(),
    };
    lines.join("\n")
}

/// What the reader wrote on a question.
pub fn question(catalog: &Catalog, progress: &Progress, id: &QuestionId) -> Part {
    let title = catalog.question(id).map_or_else(|| id.to_string(), |question| question.title.clone());
    let mut docs = Vec::new();
    let state = progress.question(id);
    if let Some(note) = state.and_then(|state| state.note.as_ref()).filter(|note| !note.trim().is_empty()) {
        docs.push(Doc { spot: Spot::MyAnswer(id.clone()), title: title.clone(), text: note.clone() });
    }
    for (index, attempt) in state.map_or(&[][..], |state| &state.attempts).iter().enumerate() {
        if !attempt.text.trim().is_empty() {
            let spot = Spot::Attempt(id.clone(), index);
            docs.push(Doc { spot, title: title.clone(), text: attempt.text.clone() });
        }
    }
    let facets = QuestionFacets {
        has_note: state.is_some_and(crate::study::QuestionState::has_note),
        has_diagram: state.is_some_and(|state| state.diagram.is_some()),
        confidence: state.and_then(|state| state.confidence),
    };
    Part { owner: Owner::Question(id.clone()), told: Told::Question(facets), docs }
}

/// A note that is on no question.
pub fn note(progress: &Progress, id: &NoteId) -> Part {
    let text = progress.note(id).to_owned();
    let doc = Doc { spot: Spot::Note(id.clone()), title: note_title(id), text };
    let docs = if doc.text.trim().is_empty() { Vec::new() } else { vec![doc] };
    Part { owner: Owner::Note(id.clone()), told: Told::Nothing, docs }
}

fn note_title(id: &NoteId) -> String {
    id.of_topic().map_or_else(|| "Scratchpad".to_owned(), |topic| format!("Notes on {topic}"))
}

/// What is the reader's of a card: the words they gave it or imported it with, and where it stands in the schedule.
pub fn card(catalog: &Catalog, progress: &Progress, policy: &Policy, id: &CardId) -> Part {
    let known = catalog.card(id);
    let state = progress.card(id);
    let imported = state.and_then(|state| state.imported.as_ref()).map(|imported| &imported.card);
    let words = state.and_then(|state| state.words.clone());
    let words = words.or_else(|| imported.map(|card| (card.front.clone(), card.back.clone())));
    let words = words.or_else(|| state.and_then(|state| state.made.clone()));
    let docs =
        words.map(|(front, back)| Doc { spot: Spot::Card(id.clone()), title: plain(&front), text: plain(&back) });
    let due = state.and_then(|state| state.due(policy));
    let in_play = match known {
        Some(card) => card.level == CardLevel::Core || progress.deep_cards(&id.question().topic()),
        None => imported.is_some() || progress.is_made(id),
    };
    let facets = CardFacets {
        due,
        new: in_play && due.is_none(),
        suspended: state.is_some_and(|state| state.suspended),
        tags: imported.map_or_else(Vec::new, |card| card.tags.clone()),
    };
    Part { owner: Owner::Card(id.clone()), told: Told::Card(facets), docs: docs.into_iter().collect() }
}

/// The words of Markdown, without its signs.
fn plain(markdown: &str) -> String {
    text::parse(markdown).plain()
}
