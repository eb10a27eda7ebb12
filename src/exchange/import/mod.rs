//! In: what other programs wrote, read into plain values, shown in a preview, and only then made facts.

mod anki;
mod cloze;
pub mod hashcards;
mod html;
mod json;
pub mod markdown;
pub mod obsidian;
pub mod preview;
mod read;
mod template;
pub mod text;

pub use html::markdown_of;
pub use preview::{Change, Item, Known, Preview};
pub use read::{ImportError, read, read_bytes};

use crate::ids::QuestionId;
use crate::study::{Entry, PastReview, Schedule};

/// A card as another program has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    /// Where it stands, for the preview: `line 12`.
    pub place: String,
    /// What the other program knows it by; a card of ours goes by its id.
    pub origin: String,
    pub deck: String,
    pub tags: Vec<String>,
    /// Markdown, as is the back.
    pub front: String,
    pub back: String,
    pub schedule: Option<Schedule>,
    pub suspended: bool,
    pub log: Vec<PastReview>,
}

/// A text for the reader's own answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignNote {
    pub place: String,
    pub question: QuestionId,
    pub text: String,
}

/// Something that is not imported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub place: String,
    pub why: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// For the reader: `Anki package`.
    pub format: &'static str,
    pub cards: Vec<Foreign>,
    pub notes: Vec<ForeignNote>,
    /// Of a journal of ours.
    pub entries: Vec<Entry>,
    pub skipped: Vec<Skipped>,
}

impl Parsed {
    fn of(format: &'static str) -> Self {
        Self { format, ..Self::default() }
    }

    fn skip(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.skipped.push(Skipped { place: place.into(), why: why.into() });
    }

    /// Adds a card, unless the file has had it.
    fn add(&mut self, card: Foreign, seen: &mut std::collections::HashMap<String, String>) {
        if card.front.trim().is_empty() || card.back.trim().is_empty() {
            return self.skip(card.place, "a side is empty");
        }
        if let Some(first) = seen.get(&card.origin) {
            let why = format!("the same card as {first}");
            return self.skip(card.place, why);
        }
        seen.insert(card.origin.clone(), card.place.clone());
        self.cards.push(card);
    }
}
