//! Facts: what happened, written down once and never changed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::aim::{Aim, Pin, TopicOrder};
use super::imported::ImportedCard;
use super::mock::Mock;
use super::optimise::Fitted;
use crate::ids::{CardId, EntryId, MachineId, NoteId, QuestionId, TopicId};
use crate::scene::sketch::Sketch;
use crate::time::{Moment, Timestamp};

/// One action of the reader, with all that it brought about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    pub machine: MachineId,
    pub at: Timestamp,
    /// The reader's zone then, in seconds east of UTC.
    pub offset_secs: i32,
    pub facts: Vec<Fact>,
}

impl Entry {
    pub fn moment(&self) -> Moment {
        Moment { at: self.at, offset_secs: self.offset_secs }
    }

    /// Whether all its times are ones that a clock may show: with others nothing could be worked out. What comes from elsewhere is
    /// held to it before it is taken in.
    pub fn is_plausible(&self) -> bool {
        let shown = |at: Timestamp| (0..=LAST_MOMENT).contains(&at.0);
        let near = |offset_secs: i32| offset_secs.unsigned_abs() <= MOST_OFFSET_SECS;
        let fact = |fact: &Fact| match fact {
            Fact::CardImported(imported) => {
                let schedule = imported.schedule.as_ref();
                let last = schedule.and_then(|schedule| schedule.last_review);
                schedule.and_then(|schedule| schedule.due).is_none_or(shown)
                    && last.is_none_or(|last| shown(last.at) && near(last.offset_secs))
                    && imported.log.iter().all(|review| shown(review.at))
            }
            Fact::MockTaken(mock) => shown(mock.began_at),
            _ => true,
        };
        shown(self.at) && near(self.offset_secs) && self.facts.iter().all(fact)
    }
}

/// The last moment that is believed, in milliseconds since 1970: the end of the year 9999.
const LAST_MOMENT: i64 = 253_402_300_799_999;
const MOST_OFFSET_SECS: u32 = 26 * 3_600;

/// What happened. New kinds may be added; a kind that is here keeps its meaning for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    Reviewed {
        card: CardId,
        grade: Grade,
        took_millis: u32,
        /// Extra practice: logged, but the schedule does not move.
        #[serde(default)]
        practice: bool,
    },
    ConfidenceRated {
        question: QuestionId,
        confidence: Confidence,
    },
    Attempted(Attempt),
    NoteWritten {
        question: QuestionId,
        text: String,
        /// The versions it was written over, by their entries; None of what was written before that was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Vec<EntryId>>,
    },
    /// A mock interview, scored. The attempts at its questions stand beside it in the same entry.
    MockTaken(Mock),
    /// The schedule works with these from now on: fitted to the reader's log, or None for the default ones again.
    ParametersSet {
        fitted: Option<Box<Fitted>>,
    },
    /// A question was asked in a real interview, or was not after all.
    AskedForReal {
        question: QuestionId,
        asked: bool,
    },
    /// Study rests: nothing comes due until it goes on. A new aim ends it too.
    Frozen {
        on: bool,
    },
    /// What the reader studies for.
    AimSet {
        aim: Aim,
    },
    /// Which topics come first, and which are left out.
    TopicsOrdered {
        topics: TopicOrder,
    },
    /// A question put into the plan or left out by hand; None gives the choice back to the plan.
    Pinned {
        question: QuestionId,
        pin: Option<Pin>,
    },
    /// One prompt of the diagnostic: how sure the reader was, and the key points ticked at a glance.
    Diagnosed(Diagnosed),
    /// The reader's own diagram of a question as it stands; None when it was taken away.
    DiagramDrawn {
        question: QuestionId,
        sketch: Option<Sketch>,
    },
    /// A scene drawn from memory, and how it compared.
    SceneDrawn {
        question: QuestionId,
        /// Connections of the scene, those found among them, and those made up.
        total: u8,
        found: u8,
        wrong: u8,
    },
    Suspended {
        card: CardId,
        on: bool,
    },
    /// The reader's own words for a card.
    CardEdited {
        card: CardId,
        front: String,
        back: String,
    },
    CardRestored {
        card: CardId,
    },
    DeepCards {
        topic: TopicId,
        on: bool,
    },
    /// A note that is on no question, as it stands.
    FreeNoteWritten {
        note: NoteId,
        text: String,
        /// As of [`Self::NoteWritten`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Vec<EntryId>>,
    },
    /// A card of the reader's own, on its question. Its words are edited as those of any card.
    CardMade {
        card: CardId,
        front: String,
        back: String,
    },
    /// A card from another program, new or brought up to date.
    CardImported(Arc<ImportedCard>),
    /// What a lab would do, said before it ran.
    Predicted {
        lab: String,
        scenario: String,
        right: bool,
    },
    /// Takes another entry back; itself can be withdrawn, which is redo.
    Withdrawn {
        entry: EntryId,
    },
}

/// One try at a question's prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub question: QuestionId,
    pub attempt: AttemptKind,
    pub text: String,
    /// Ids of the key points ticked.
    pub ticked: Vec<String>,
    pub musts: u8,
    pub musts_ticked: u8,
    pub plus: u8,
    pub plus_ticked: u8,
    pub took_millis: u32,
    /// Took more than half as long again as the question's minutes.
    pub over_time: bool,
    pub grade: Grade,
    /// A follow-up was answered as well.
    #[serde(default)]
    pub follow_up: bool,
    /// Time between the reveal and the score.
    #[serde(default)]
    pub read_millis: u32,
    /// The cards that train the key points that were not ticked: they come back sooner.
    #[serde(default)]
    pub missed: Vec<CardId>,
}

/// One prompt of the diagnostic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosed {
    pub question: QuestionId,
    pub confidence: Confidence,
    /// Ids of the key points ticked.
    pub ticked: Vec<String>,
    pub musts: u8,
    pub musts_ticked: u8,
    pub plus: u8,
    pub plus_ticked: u8,
    pub took_millis: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    Typed,
    Spoken,
    /// Answered in the head; the clock did not run.
    Silent,
    /// Said aloud in a mock interview, with follow-ups; slow is then measured by the time that the mock gave it.
    Mock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Again,
    Hard,
    Good,
    Easy,
}

impl Grade {
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Again => "Again",
            Self::Hard => "Hard",
            Self::Good => "Good",
            Self::Easy => "Easy",
        }
    }
}

/// How sure the reader is before the reveal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Guess,
    Shaky,
    Likely,
    Sure,
}

impl Confidence {
    pub const ALL: [Self; 4] = [Self::Guess, Self::Shaky, Self::Likely, Self::Sure];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Guess => "Guess",
            Self::Shaky => "Shaky",
            Self::Likely => "Likely",
            Self::Sure => "Sure",
        }
    }

    /// Within a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Shaky => "shaky",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }

    /// The chance of being right that the word stands for, in percent.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Guess => 25,
            Self::Shaky => 50,
            Self::Likely => 75,
            Self::Sure => 95,
        }
    }
}

impl Fact {
    /// The card it is about.
    pub fn card(&self) -> Option<&CardId> {
        match self {
            Self::CardImported(imported) => Some(&imported.card),
            Self::Reviewed { card, .. }
            | Self::Suspended { card, .. }
            | Self::CardEdited { card, .. }
            | Self::CardMade { card, .. }
            | Self::CardRestored { card } => Some(card),
            _ => None,
        }
    }

    /// Every card it moves: its own, or those of missed key points.
    pub fn cards(&self) -> impl Iterator<Item = &CardId> {
        let missed = match self {
            Self::Attempted(attempt) => attempt.missed.as_slice(),
            _ => &[],
        };
        self.card().into_iter().chain(missed)
    }

    /// How long the reader was at it; 0 for what takes no time.
    pub const fn took_millis(&self) -> u32 {
        match self {
            Self::Reviewed { took_millis, .. } => *took_millis,
            Self::Attempted(attempt) => attempt.took_millis.saturating_add(attempt.read_millis),
            Self::Diagnosed(diagnosed) => diagnosed.took_millis,
            _ => 0,
        }
    }

    /// The question it is about, or whose card it is about.
    pub fn question(&self) -> Option<QuestionId> {
        match self {
            Self::ConfidenceRated { question, .. }
            | Self::NoteWritten { question, .. }
            | Self::DiagramDrawn { question, .. }
            | Self::SceneDrawn { question, .. }
            | Self::AskedForReal { question, .. }
            | Self::Pinned { question, .. } => Some(question.clone()),
            Self::Diagnosed(diagnosed) => Some(diagnosed.question.clone()),
            Self::Attempted(attempt) => Some(attempt.question.clone()),
            _ => self.card().map(CardId::question),
        }
    }

    /// Reads a fact that is filed under its kind.
    ///
    /// # Errors
    /// When it is no fact of that kind.
    pub fn read(kind: &str, body: &str) -> serde_json::Result<Self> {
        // There may be a hundred thousand of these in one entry. Told by its kind, each is read straight into its place; else it
        // would be read into a tree first, to find the kind.
        if kind == "card_imported" {
            return serde_json::from_str(body).map(Self::CardImported);
        }
        serde_json::from_str(body)
    }

    /// The word under which the store files it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Reviewed { .. } => "reviewed",
            Self::ConfidenceRated { .. } => "confidence_rated",
            Self::Attempted(_) => "attempted",
            Self::NoteWritten { .. } => "note_written",
            Self::MockTaken(_) => "mock_taken",
            Self::ParametersSet { .. } => "parameters_set",
            Self::AskedForReal { .. } => "asked_for_real",
            Self::Frozen { .. } => "frozen",
            Self::AimSet { .. } => "aim_set",
            Self::TopicsOrdered { .. } => "topics_ordered",
            Self::Pinned { .. } => "pinned",
            Self::Diagnosed(_) => "diagnosed",
            Self::DiagramDrawn { .. } => "diagram_drawn",
            Self::SceneDrawn { .. } => "scene_drawn",
            Self::Suspended { .. } => "suspended",
            Self::CardEdited { .. } => "card_edited",
            Self::CardRestored { .. } => "card_restored",
            Self::FreeNoteWritten { .. } => "free_note_written",
            Self::CardMade { .. } => "card_made",
            Self::DeepCards { .. } => "deep_cards",
            Self::CardImported(_) => "card_imported",
            Self::Predicted { .. } => "predicted",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// What to tell the reader once it is on disk; None where the screen shows it by itself.
    pub fn toast(&self) -> Option<String> {
        match self {
            Self::Reviewed { grade, practice: true, .. } => Some(format!("{}, for practice", grade.name())),
            Self::Reviewed { grade, .. } => Some(format!("Graded {}", grade.name())),
            Self::ConfidenceRated { confidence, .. } => Some(format!("You said {}", confidence.word())),
            Self::Attempted(attempt) => Some(format!(
                "Attempt saved: {} of {} musts, {}",
                attempt.musts_ticked,
                attempt.musts,
                attempt.grade.name()
            )),
            Self::ParametersSet { fitted: Some(_) } => Some("The schedule works with your own parameters".to_owned()),
            Self::ParametersSet { fitted: None } => Some("The schedule works with the default parameters".to_owned()),
            Self::MockTaken(mock) => {
                let (said, asked) = mock.musts();
                Some(format!("Mock saved: {said} of {asked} musts"))
            }
            Self::Suspended { on: true, .. } => Some("Card suspended".to_owned()),
            Self::Suspended { on: false, .. } => Some("Card back in review".to_owned()),
            Self::CardEdited { .. } => Some("Your words are on the card".to_owned()),
            Self::CardMade { .. } => Some("A card of your own was made; it is new in review".to_owned()),
            Self::CardRestored { .. } => Some("The card has its own words again".to_owned()),
            Self::DeepCards { topic, on } => Some(format!("Deep cards of {topic} {}", if *on { "on" } else { "off" })),
            Self::Withdrawn { .. } => Some("Undone".to_owned()),
            Self::CardImported(_) => Some("Imported".to_owned()),
            Self::AskedForReal { asked: true, .. } => Some("Noted: it was asked".to_owned()),
            Self::AskedForReal { asked: false, .. } => Some("Noted: it was not asked".to_owned()),
            Self::Frozen { on: true } => Some("Study rests".to_owned()),
            Self::Frozen { on: false } => Some("Study goes on".to_owned()),
            Self::AimSet { .. } | Self::TopicsOrdered { .. } => Some("The plan has been worked out anew".to_owned()),
            Self::Pinned { pin: Some(Pin::In), .. } => Some("Put into the plan".to_owned()),
            Self::Pinned { pin: Some(Pin::Out), .. } => Some("Left out of the plan".to_owned()),
            Self::Pinned { pin: None, .. } => Some("Left to the plan again".to_owned()),
            Self::SceneDrawn { total, found, .. } => Some(format!("{found} of {total} connections from memory")),
            Self::DiagramDrawn { sketch: None, .. } => Some("Your diagram was taken away".to_owned()),
            Self::NoteWritten { .. }
            | Self::FreeNoteWritten { .. }
            | Self::DiagramDrawn { .. }
            | Self::Diagnosed(_)
            | Self::Predicted { .. } => None,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A typed attempt that ticked nothing of one must, for tests to vary.
    pub fn attempt(question: &str) -> Attempt {
        Attempt {
            question: QuestionId::new(question),
            attempt: AttemptKind::Typed,
            text: String::new(),
            ticked: Vec::new(),
            musts: 1,
            musts_ticked: 0,
            plus: 0,
            plus_ticked: 0,
            took_millis: 1,
            over_time: false,
            grade: Grade::Again,
            follow_up: false,
            read_millis: 0,
            missed: Vec::new(),
        }
    }

    /// A file written before a field existed is read for ever.
    #[test]
    fn an_older_attempt_and_aim_are_read() {
        let attempt = r#"{"kind":"attempted","question":"k/a","attempt":"typed","text":"","ticked":[],"musts":1,"musts_ticked":1,"plus":0,"plus_ticked":0,"took_millis":9,"over_time":false,"grade":"good"}"#;
        let Fact::Attempted(found) = serde_json::from_str(attempt).unwrap() else { panic!() };
        assert_eq!((found.follow_up, found.read_millis, found.missed.len()), (false, 0, 0));
        let aim = r#"{"kind":"aim_set","aim":{"interview":"2026-12-08","minutes_a_day":45}}"#;
        let Fact::AimSet { aim } = serde_json::from_str(aim).unwrap() else { panic!() };
        assert_eq!(aim.minutes_on(aim.interview.unwrap()), 45);
    }
}
