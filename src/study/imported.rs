//! Cards that came from another program, with the schedule and the log that they had there.

use serde::{Deserialize, Serialize};

use super::fact::Grade;
use super::schedule::Schedule;
use crate::ids::CardId;
use crate::time::Timestamp;

/// One card as it was imported. Importing it again brings new words to the same card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedCard {
    /// Of its deck's question, e.g. `imported/spanish#5f1c…`; it stays when the deck is renamed.
    pub card: CardId,
    /// What the other program knows it by.
    pub origin: String,
    /// The deck's name, its parts joined by `::`.
    pub deck: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Markdown, as is the back.
    pub front: String,
    pub back: String,
    /// The schedule it had there; None leaves the card's as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Reviews that are not known yet, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<PastReview>,
}

/// One review in another program. Intervals are in Anki's notation: days, or seconds below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastReview {
    pub at: Timestamp,
    pub grade: Grade,
    pub took_millis: u32,
    /// 0 learning, 1 review, 2 relearning, 3 practice.
    pub kind: u8,
    pub interval: i32,
    pub last_interval: i32,
    /// Difficulty from 100 to 1100 under FSRS, else the ease in permille.
    pub factor: u32,
}

/// The topic that imported decks stand in.
pub const IMPORTED: &str = "imported";
