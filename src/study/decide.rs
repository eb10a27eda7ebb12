//! From what the reader asks to what is written down, or why it makes no sense now.

use std::sync::Arc;

use thiserror::Error;

use super::aim::{Aim, Pin, TopicOrder};
use super::fact::{Attempt, AttemptKind, Confidence, Diagnosed, Fact, Grade};
use super::imported::ImportedCard;
use super::mock::{Mock, MockPart};
use super::optimise::Fitted;
use super::progress::{Linking, Progress};
use crate::ids::{CardId, EntryId, MachineId, NoteId, QuestionId, TopicId};
use crate::scene::sketch::{Score, Sketch};

/// What the reader asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Review {
        card: CardId,
        grade: Grade,
        took_millis: u32,
        practice: bool,
    },
    RateConfidence {
        question: QuestionId,
        confidence: Confidence,
    },
    Attempt {
        question: QuestionId,
        kind: AttemptKind,
        text: String,
        ticked: Vec<String>,
        musts: u8,
        musts_ticked: u8,
        plus: u8,
        plus_ticked: u8,
        took_millis: u32,
        over_time: bool,
        follow_up: bool,
        read_millis: u32,
        /// The cards of the key points that were not ticked.
        missed: Vec<CardId>,
    },
    Diagnose(Diagnosed),
    /// Over the note as it stands now.
    WriteNote {
        question: QuestionId,
        text: String,
    },
    /// Over the versions that the writer had before their eyes.
    WriteOver {
        note: Linking,
        text: String,
        over: Vec<EntryId>,
    },
    /// Boxed: it is far larger than the rest.
    TakeMock(Box<Mock>),
    /// None goes back to the default ones.
    SetParameters {
        fitted: Option<Box<Fitted>>,
    },
    RecordAsked {
        question: QuestionId,
        asked: bool,
    },
    Freeze {
        on: bool,
    },
    SetAim {
        aim: Aim,
    },
    /// What the card of the first run asks, in one.
    Begin {
        aim: Aim,
        topics: TopicOrder,
    },
    OrderTopics {
        topics: TopicOrder,
    },
    Pin {
        question: QuestionId,
        pin: Option<Pin>,
    },
    DrawDiagram {
        question: QuestionId,
        sketch: Option<Sketch>,
    },
    DrawScene {
        question: QuestionId,
        score: Score,
    },
    Suspend {
        card: CardId,
        on: bool,
    },
    EditCard {
        card: CardId,
        front: String,
        back: String,
    },
    RestoreCard {
        card: CardId,
    },
    WriteFreeNote {
        note: NoteId,
        text: String,
    },
    /// A card of the reader's own; `card` is of [`QuestionId::own_card`].
    MakeCard {
        card: CardId,
        front: String,
        back: String,
    },
    DeepCards {
        topic: TopicId,
        on: bool,
    },
    /// Cards of another program and texts for my answers, as the preview showed them.
    Import {
        cards: Vec<Arc<ImportedCard>>,
        /// Of these, the ones that rest.
        suspended: Vec<CardId>,
        notes: Vec<(QuestionId, String)>,
    },
    Predict {
        lab: String,
        scenario: String,
        right: bool,
    },
    Undo,
    Redo,
}

/// A request that makes no sense now; nothing was written and nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("This card is suspended")]
    Suspended,
    #[error("There is nothing to undo")]
    NothingToUndo,
    #[error("There is nothing to redo")]
    NothingToRedo,
    #[error("There is no such card")]
    NoSuchCard,
    #[error("A card needs a front and a back")]
    EmptyCard,
    #[error("These parameters foresee the later reviews no better; the present ones stay")]
    NoBetter,
    #[error("The card already has its own words")]
    NotEdited,
    #[error("There is nothing to import")]
    NothingToImport,
}

/// What a request comes to, given what is known. `machine` is the one that asks: undo is local to it.
///
/// # Errors
/// A [`Refusal`] when the request makes no sense now.
pub fn decide(request: Request, progress: &Progress, machine: MachineId) -> Result<Vec<Fact>, Refusal> {
    let fact = match request {
        Request::Review { card, .. } if progress.is_suspended(&card) => return Err(Refusal::Suspended),
        Request::Review { card, .. } if card.is_own() && !progress.is_made(&card) => return Err(Refusal::NoSuchCard),
        Request::Review { card, grade, took_millis, practice } => Fact::Reviewed { card, grade, took_millis, practice },
        Request::RateConfidence { question, confidence } => Fact::ConfidenceRated { question, confidence },
        Request::Attempt {
            question,
            kind,
            text,
            ticked,
            musts,
            musts_ticked,
            plus,
            plus_ticked,
            took_millis,
            over_time,
            follow_up,
            read_millis,
            missed,
        } => Fact::Attempted(Attempt {
            grade: attempt_grade(musts, musts_ticked, plus, plus_ticked, over_time, follow_up),
            question,
            attempt: kind,
            text,
            ticked,
            musts,
            musts_ticked,
            plus,
            plus_ticked,
            took_millis,
            over_time,
            follow_up,
            read_millis,
            missed,
        }),
        Request::Diagnose(diagnosed) => Fact::Diagnosed(diagnosed),
        Request::WriteNote { question, text } => note_written(progress, question, text),
        Request::WriteOver { note: Linking::Question(question), text, over } => {
            Fact::NoteWritten { question, text, over: Some(over) }
        }
        Request::WriteOver { note: Linking::Note(note), text, over } => {
            Fact::FreeNoteWritten { note, text, over: Some(over) }
        }
        Request::SetParameters { fitted: Some(fitted) } if !fitted.is_better() => return Err(Refusal::NoBetter),
        Request::SetParameters { fitted } => Fact::ParametersSet { fitted },
        Request::TakeMock(mock) => return Ok(mock_facts(*mock)),
        Request::RecordAsked { question, asked } => Fact::AskedForReal { question, asked },
        Request::Freeze { on } => Fact::Frozen { on },
        Request::SetAim { aim } => Fact::AimSet { aim },
        Request::Begin { aim, topics } => {
            let ordered = (topics != *progress.topics()).then_some(Fact::TopicsOrdered { topics });
            return Ok(std::iter::once(Fact::AimSet { aim }).chain(ordered).collect());
        }
        Request::OrderTopics { topics } => Fact::TopicsOrdered { topics },
        Request::Pin { question, pin } => Fact::Pinned { question, pin },
        Request::DrawDiagram { question, sketch } => Fact::DiagramDrawn { question, sketch },
        Request::DrawScene { question, score } => {
            let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
            let (total, found) = (count(score.total()), count(score.found.len()));
            Fact::SceneDrawn { question, total, found, wrong: count(score.wrong.len()) }
        }
        Request::Suspend { card, on } => Fact::Suspended { card, on },
        Request::EditCard { card, front, back } => Fact::CardEdited { card, front, back },
        Request::RestoreCard { card } => {
            let edited = progress.card(&card).is_some_and(|state| state.words.is_some());
            if !edited {
                return Err(Refusal::NotEdited);
            }
            Fact::CardRestored { card }
        }
        Request::WriteFreeNote { note, text } => {
            let over = Some(progress.standing(&Linking::Note(note.clone())).over.clone());
            Fact::FreeNoteWritten { note, text, over }
        }
        Request::MakeCard { front, back, .. } if front.trim().is_empty() || back.trim().is_empty() => {
            return Err(Refusal::EmptyCard);
        }
        Request::MakeCard { card, front, back } => Fact::CardMade { card, front, back },
        Request::DeepCards { topic, on } => Fact::DeepCards { topic, on },
        Request::Import { cards, suspended, notes } => {
            let cards = cards.into_iter().map(Fact::CardImported);
            let notes = notes.into_iter().map(|(question, text)| note_written(progress, question, text));
            let suspended = suspended.into_iter().map(|card| Fact::Suspended { card, on: true });
            let facts: Vec<_> = cards.chain(suspended).chain(notes).collect();
            return if facts.is_empty() { Err(Refusal::NothingToImport) } else { Ok(facts) };
        }
        Request::Predict { lab, scenario, right } => Fact::Predicted { lab, scenario, right },
        Request::Undo => Fact::Withdrawn { entry: progress.to_undo(machine).ok_or(Refusal::NothingToUndo)? },
        Request::Redo => Fact::Withdrawn { entry: progress.to_redo(machine).ok_or(Refusal::NothingToRedo)? },
    };
    Ok(vec![fact])
}

fn note_written(progress: &Progress, question: QuestionId, text: String) -> Fact {
    let over = Some(progress.standing(&Linking::Question(question.clone())).over.clone());
    Fact::NoteWritten { question, text, over }
}

/// A mock, and an attempt at each of its questions: one entry, taken back as one.
fn mock_facts(mock: Mock) -> Vec<Fact> {
    let attempts: Vec<Fact> = mock.parts.iter().map(|part| Fact::Attempted(mock_attempt(part))).collect();
    std::iter::once(Fact::MockTaken(mock)).chain(attempts).collect()
}

fn mock_attempt(part: &MockPart) -> Attempt {
    let (over_time, follow_up) = (part.over_time(), part.follow_ups.iter().any(|rung| rung.answered));
    Attempt {
        question: part.question.clone(),
        attempt: AttemptKind::Mock,
        text: part.notes.clone(),
        ticked: part.ticked.clone(),
        musts: part.musts,
        musts_ticked: part.musts_ticked,
        plus: part.plus,
        plus_ticked: part.plus_ticked,
        took_millis: u32::try_from(part.took_millis).unwrap_or(u32::MAX),
        over_time,
        grade: attempt_grade(part.musts, part.musts_ticked, part.plus, part.plus_ticked, over_time, follow_up),
        follow_up,
        read_millis: 0,
        missed: part.missed_cards.clone(),
    }
}

/// The grade of an attempt: a must missed is Again; every must, but under 60 % of the rest or too slow, is Hard; else Good,
/// and Easy when a follow-up was answered as well.
pub fn attempt_grade(
    musts: u8,
    musts_ticked: u8,
    plus: u8,
    plus_ticked: u8,
    over_time: bool,
    follow_up: bool,
) -> Grade {
    if musts_ticked < musts {
        Grade::Again
    } else if over_time || u16::from(plus_ticked) * 10 < u16::from(plus) * 6 {
        Grade::Hard
    } else if follow_up {
        Grade::Easy
    } else {
        Grade::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_graded_by_its_key_points() {
        assert_eq!(attempt_grade(4, 3, 3, 3, false, false), Grade::Again);
        assert_eq!(attempt_grade(4, 4, 3, 1, false, false), Grade::Hard);
        assert_eq!(attempt_grade(4, 4, 3, 2, true, false), Grade::Hard);
        assert_eq!(attempt_grade(4, 4, 3, 2, false, false), Grade::Good);
        assert_eq!(attempt_grade(4, 4, 0, 0, false, false), Grade::Good);
        assert_eq!(attempt_grade(4, 4, 3, 2, false, true), Grade::Easy);
        assert_eq!(attempt_grade(4, 4, 3, 2, true, true), Grade::Hard, "a follow-up does not make up for the clock");
    }
}
