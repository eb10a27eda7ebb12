//! What is known of one card and of one question.

use std::sync::Arc;

use crate::ids::{EntryId, NoteId, QuestionId};
use crate::scene::sketch::Sketch;
use crate::study::aim::Pin;
use crate::study::fact::{Attempt, AttemptKind, Confidence, Diagnosed};
use crate::study::imported::{ImportedCard, PastReview};
use crate::study::schedule::{Memory, Phase, Policy, Schedule, predicted_recall, recall_with};
use crate::time::{Moment, Timestamp};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardState {
    pub schedule: Schedule,
    pub suspended: bool,
    /// The reader's own front and back.
    pub words: Option<(String, String)>,
    /// Reviews that count, and those for practice.
    pub reviews: u32,
    /// The first review that counted.
    pub first_review: Option<Moment>,
    /// From when it is wanted because an attempt missed what it trains; until its next review.
    pub wanted: Option<Timestamp>,
    /// Front and back as the reader made it, when it is a card of their own.
    pub made: Option<(String, String)>,
    /// What the schedule foresaw of each review after the first steps, and what came.
    pub foreseen: Vec<Foreseen>,
    /// Where the card came from, when it is no card of the content.
    pub imported: Option<Imported>,
    /// The decay of the reader's own parameters; None under the default ones.
    pub(super) decay: Option<f32>,
}

/// One review of a card that had left its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    pub at: Moment,
    /// The chance that it would be recalled, 0 to 1.
    pub predicted: f32,
    pub recalled: bool,
}

/// What is known of a card that came from another program.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// As it was imported last.
    pub card: Arc<ImportedCard>,
    /// Every review of the other program, the oldest first.
    pub log: Vec<PastReview>,
}

impl CardState {
    /// When it is due; None while it is new and nothing asks for it.
    pub fn due(&self, policy: &Policy) -> Option<Timestamp> {
        match (self.schedule.due(policy), self.wanted) {
            (Some(due), Some(wanted)) => Some(due.min(wanted)),
            (due, wanted) => due.or(wanted),
        }
    }

    /// The chance that it is recalled now, 0 to 1; 0 while new.
    pub fn predicted_recall(&self, now: Moment) -> f32 {
        let memory = self.schedule.memory;
        memory.map_or(0.0, |memory| recall(memory, self.schedule.elapsed_days(now.at), self.decay))
    }

    /// An attempt missed what it trains, and that is what brings it back.
    pub fn is_wanted(&self, now: Moment, policy: &Policy) -> bool {
        self.wanted.is_some_and(|wanted| {
            wanted <= now.at && (self.schedule.phase == Phase::New || self.schedule.due(policy) > Some(wanted))
        })
    }
}

/// The chance of recall under the reader's own decay, or the default one.
pub(super) fn recall(memory: Memory, elapsed_days: f32, decay: Option<f32>) -> f32 {
    decay.map_or_else(|| predicted_recall(memory, elapsed_days), |decay| recall_with(memory, elapsed_days, decay))
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuestionState {
    /// My answer as it stands.
    pub note: Option<String>,
    /// Every version of it, the oldest first; the last is as it stands.
    pub note_history: Vec<Version>,
    pub standing: Standing,
    /// My diagram as it stands.
    pub diagram: Option<Sketch>,
    /// Each time the scene was drawn from memory: connections of the scene, those found, those made up.
    pub drawings: Vec<(u8, u8, u8)>,
    pub confidence: Option<Confidence>,
    pub confidence_ratings: u32,
    pub attempts: Vec<Attempt>,
    /// When each attempt was saved.
    pub attempted_at: Vec<Moment>,
    /// What the diagnostic found, the last time it asked.
    pub diagnosed: Option<Diagnosed>,
    pub pin: Option<Pin>,
    /// It was asked in a real interview.
    pub asked: bool,
}

/// A note that links to a question, or any note: my answer to a question, or one that is on none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Linking {
    Question(QuestionId),
    Note(NoteId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// None of what was merged from several versions and that nobody wrote.
    pub entry: Option<EntryId>,
    pub at: Timestamp,
    pub text: String,
}

impl Version {
    pub(super) fn of(entry: EntryId, at: Timestamp, text: &str) -> Self {
        Self { entry: Some(entry), at, text: text.to_owned() }
    }
}

/// How a note stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub text: String,
    /// The versions that are in the text, the newest first: several when machines wrote apart and their changes do not touch.
    pub over: Vec<EntryId>,
    /// Versions that were written apart and touch the same lines: kept, until the reader chooses.
    pub others: Vec<Version>,
}

impl Standing {
    /// Every version that a choice between them settles.
    pub fn all(&self) -> Vec<EntryId> {
        self.over.iter().copied().chain(self.others.iter().filter_map(|version| version.entry)).collect()
    }
}

impl QuestionState {
    /// The attempts with their moments, the oldest first.
    pub fn dated_attempts(&self) -> impl DoubleEndedIterator<Item = (&Moment, &Attempt)> {
        self.attempted_at.iter().zip(&self.attempts)
    }

    /// Attempted to learn it; being asked it in a mock is not that.
    pub fn is_begun(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.attempt != AttemptKind::Mock)
    }

    pub fn has_note(&self) -> bool {
        self.note.as_ref().is_some_and(|note| !note.trim().is_empty())
    }
}
