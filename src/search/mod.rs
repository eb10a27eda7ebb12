//! One index over prompts, answers, cards, notes, attempts and scenes, in memory: what is asked of it comes back ranked, with
//! snippets, within a keystroke. Rebuilt at every start and kept by whoever asks; it knows no disk, no thread and no window.

mod docs;
mod find;
mod index;
mod query;
mod snippet;
mod spelling;
mod tokens;

pub use docs::{ContentPart, Owner, Part, Told, card, content, note, question};
pub use find::{Found, Hit, MOST_HITS};
pub use index::Index;
pub use query::{FILTERS, Filter, Has, Is, Query};
pub use snippet::Snippet;

use serde::Serialize;

use crate::catalog::Section;
use crate::ids::{CardId, NoteId, QuestionId};
use crate::study::Confidence;
use crate::time::Timestamp;

/// What a document is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Prompt,
    Answer,
    Card,
    Note,
    Attempt,
    Scene,
}

impl Kind {
    pub const ALL: [Self; 6] = [Self::Prompt, Self::Answer, Self::Card, Self::Note, Self::Attempt, Self::Scene];

    /// As the filter `in:` names it.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Prompt => "prompts",
            Self::Answer => "answers",
            Self::Card => "cards",
            Self::Note => "notes",
            Self::Attempt => "attempts",
            Self::Scene => "scenes",
        }
    }

    /// How much a word counts here beside one in an answer, in percent: what is short says more, and what is one's own is meant.
    const fn weight(self) -> u32 {
        match self {
            Self::Prompt => 170,
            Self::Note => 140,
            Self::Card => 120,
            Self::Answer | Self::Attempt => 100,
            Self::Scene => 80,
        }
    }
}

/// A place that a document stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    Prompt(QuestionId),
    /// A section of the model answer.
    Section(QuestionId, Section),
    Card(CardId),
    MyAnswer(QuestionId),
    Attempt(QuestionId, usize),
    /// A step of the question's scene.
    Step(QuestionId, usize),
    Note(NoteId),
}

impl Spot {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Prompt(_) => Kind::Prompt,
            Self::Section(..) => Kind::Answer,
            Self::Card(_) => Kind::Card,
            Self::MyAnswer(_) | Self::Note(_) => Kind::Note,
            Self::Attempt(..) => Kind::Attempt,
            Self::Step(..) => Kind::Scene,
        }
    }

    /// The topic it is of; empty of the scratchpad.
    pub fn topic(&self) -> String {
        match self {
            Self::Note(note) => topic_of(note),
            _ => self.question().topic().to_string(),
        }
    }

    /// The question it stands at; of a note that is on none, a name that no question has.
    pub fn question(&self) -> QuestionId {
        match self {
            Self::Prompt(question)
            | Self::Section(question, _)
            | Self::MyAnswer(question)
            | Self::Attempt(question, _)
            | Self::Step(question, _) => question.clone(),
            Self::Card(card) => card.question(),
            // So that `topic:` finds it.
            Self::Note(note) => QuestionId::new(format!("{}/", topic_of(note))),
        }
    }

    /// What it is, in a word or two.
    pub fn words(&self) -> String {
        match self {
            Self::Prompt(_) => "question".to_owned(),
            Self::Section(_, section) => section.title().to_owned(),
            Self::Card(_) => "card".to_owned(),
            Self::MyAnswer(_) => "my answer".to_owned(),
            Self::Note(_) => "note".to_owned(),
            Self::Attempt(..) => "attempt".to_owned(),
            Self::Step(_, step) => format!("scene, step {}", step + 1),
        }
    }
}

fn topic_of(note: &NoteId) -> String {
    note.of_topic().map_or_else(String::new, |topic| topic.to_string())
}

/// One piece of text that can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    pub spot: Spot,
    /// What heads it in the list; its words count more.
    pub title: String,
    pub text: String,
}

/// What the filters ask of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuestionFacets {
    pub has_note: bool,
    pub has_diagram: bool,
    pub confidence: Option<Confidence>,
}

/// What the filters ask of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFacets {
    /// From when it is due; None while new.
    pub due: Option<Timestamp>,
    /// In play and not reviewed yet.
    pub new: bool,
    pub suspended: bool,
    /// Those of an imported card.
    pub tags: Vec<String>,
}
