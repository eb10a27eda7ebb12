//! One sitting with one question: prompt, confidence, attempt, reveal, score. Knows no window and no clock.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalog::Answer;
use crate::ids::CardId;
use crate::study::{AttemptKind, Confidence, seems_covered};
use crate::text::plain_of;

/// How far the reader has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Stage {
    /// The prompt alone.
    #[default]
    Asked,
    /// Answering, since a moment in seconds of the window's clock.
    Attempting { kind: AttemptKind, since_secs: f64 },
    /// The answer is shown, since a moment of the same clock, and the key points are being ticked.
    Scoring { kind: AttemptKind, took_secs: f64, since_secs: f64 },
    /// Nothing is asked: the answer is there to be read.
    Reading,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sitting {
    pub confidence: Option<Confidence>,
    pub stage: Stage,
    /// The attempt being typed.
    pub text: String,
    /// Ids of the key points ticked.
    pub ticked: BTreeSet<String>,
    /// Ids of the key points that the text seems to cover.
    pub covered: BTreeSet<String>,
    /// The answer of the follow-up is open.
    pub follow_up_open: bool,
    /// A follow-up was answered before its answer was opened.
    pub follow_up: bool,
    /// It goes on where the program had ended.
    pub resumed: bool,
}

/// An attempt under way as it is written to the drafts, so that the end of the program takes nothing from it but seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    text: String,
    confidence: Option<Confidence>,
    kind: AttemptKind,
    /// Seconds of answering so far.
    took_secs: f64,
    /// The answer is shown.
    revealed: bool,
    ticked: BTreeSet<String>,
    follow_up_open: bool,
    follow_up: bool,
}

/// The clock of an attempt is written down this often.
const KEPT_EVERY_SECS: f64 = 5.0;

impl Kept {
    /// Whether so little has changed since the other was written that it need not be written too.
    pub fn is_close_to(&self, other: &Self) -> bool {
        let clock = (self.took_secs - other.took_secs).abs() < KEPT_EVERY_SECS;
        clock && Self { took_secs: other.took_secs, ..self.clone() } == *other
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    pub musts: u8,
    pub musts_ticked: u8,
    pub plus: u8,
    pub plus_ticked: u8,
    pub over_time: bool,
}

/// An attempt may take this much longer than the question's minutes before it counts as slow.
const SLOW_FACTOR: f64 = 1.5;

impl Sitting {
    /// Where a reader begins who has, or has not, attempted the question before.
    pub fn begin(attempted: bool, answerable: bool) -> Self {
        let stage = if attempted && answerable { Stage::Reading } else { Stage::Asked };
        Self { stage, ..Self::default() }
    }

    /// What to write down of it; None while no attempt is under way.
    pub fn kept(&self, now_secs: f64) -> Option<Kept> {
        let (kind, took_secs, revealed) = match self.stage {
            Stage::Attempting { kind, since_secs } => (kind, now_secs - since_secs, false),
            Stage::Scoring { kind, took_secs, .. } => (kind, took_secs, true),
            Stage::Asked | Stage::Reading => return None,
        };
        let Self { text, confidence, ticked, follow_up_open, follow_up, .. } = self.clone();
        Some(Kept { text, confidence, kind, took_secs, revealed, ticked, follow_up_open, follow_up })
    }

    /// The attempt that was written down, its clock going on from there.
    pub fn resume(kept: Kept, now_secs: f64) -> Self {
        let Kept { text, confidence, kind, took_secs, revealed, ticked, follow_up_open, follow_up } = kept;
        let stage = if revealed {
            Stage::Scoring { kind, took_secs, since_secs: now_secs }
        } else {
            Stage::Attempting { kind, since_secs: now_secs - took_secs }
        };
        let covered = BTreeSet::new();
        Self { confidence, stage, text, ticked, covered, follow_up_open, follow_up, resumed: true }
    }

    pub fn answer_is_shown(&self) -> bool {
        matches!(self.stage, Stage::Scoring { .. } | Stage::Reading)
    }

    pub fn start(&mut self, kind: AttemptKind, now_secs: f64) {
        self.stage = Stage::Attempting { kind, since_secs: now_secs };
        self.ticked.clear();
        (self.follow_up, self.follow_up_open) = (false, false);
    }

    /// Shows the answer. Without an attempt it counts as one made silently.
    pub fn reveal(&mut self, now_secs: f64) {
        self.stage = match self.stage {
            Stage::Asked => Stage::Scoring { kind: AttemptKind::Silent, took_secs: 0.0, since_secs: now_secs },
            Stage::Attempting { kind, since_secs } => {
                Stage::Scoring { kind, took_secs: now_secs - since_secs, since_secs: now_secs }
            }
            shown => shown,
        };
    }

    /// Compares what was written with each key point: hints for the reader who ticks.
    pub fn find_covered(&mut self, answer: &Answer) {
        let points = answer.key_points.iter();
        let seems = points.filter(|point| seems_covered(&plain_of(&point.spans), &self.text));
        self.covered = seems.map(|point| point.id.clone()).collect();
    }

    pub fn toggle(&mut self, key_point: &str) {
        if !self.ticked.remove(key_point) {
            self.ticked.insert(key_point.to_owned());
        }
    }

    /// Begins again: the answer is hidden, the confidence asked anew.
    pub fn again(&mut self) {
        *self = Self::default();
    }

    /// The cards of the key points that are not ticked, each once.
    pub fn missed(&self, answer: &Answer) -> Vec<CardId> {
        let points = answer.key_points.iter().filter(|point| !self.ticked.contains(&point.id));
        let cards: BTreeSet<CardId> = points.map(|point| point.card.clone()).collect();
        cards.into_iter().collect()
    }

    pub fn score(&self, answer: &Answer, minutes: u32) -> Score {
        let count = |must: bool, ticked_only: bool| {
            let points = answer.key_points.iter();
            let counted =
                points.filter(|point| point.must == must && (!ticked_only || self.ticked.contains(&point.id)));
            u8::try_from(counted.count()).unwrap_or(u8::MAX)
        };
        let took_secs = match self.stage {
            Stage::Scoring { took_secs, .. } => took_secs,
            _ => 0.0,
        };
        Score {
            musts: count(true, false),
            musts_ticked: count(true, true),
            plus: count(false, false),
            plus_ticked: count(false, true),
            over_time: took_secs > f64::from(minutes) * 60.0 * SLOW_FACTOR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::KeyPoint;
    use crate::ids::QuestionId;

    fn answer() -> Answer {
        let point = |id: &str, must| KeyPoint {
            id: id.to_owned(),
            must,
            spans: Vec::new(),
            card: QuestionId::new("t/q").card(id),
        };
        Answer { key_points: vec![point("a", true), point("b", true), point("c", false)], ..Answer::default() }
    }

    #[test]
    fn a_sitting_goes_from_prompt_to_score() {
        let mut sitting = Sitting::begin(false, true);
        assert!(!sitting.answer_is_shown());
        sitting.start(AttemptKind::Spoken, 10.0);
        sitting.reveal(310.0);
        assert_eq!(sitting.stage, Stage::Scoring { kind: AttemptKind::Spoken, took_secs: 300.0, since_secs: 310.0 });
        sitting.toggle("a");
        sitting.toggle("c");
        sitting.toggle("c");
        let score = sitting.score(&answer(), 3);
        let missed = sitting.missed(&answer());
        assert_eq!(missed.iter().map(CardId::name).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(score, Score { musts: 2, musts_ticked: 1, plus: 1, plus_ticked: 0, over_time: true });
        sitting.again();
        assert_eq!(sitting, Sitting::default());
    }

    #[test]
    fn an_attempt_goes_on_where_it_was_written_down() {
        let mut sitting = Sitting { confidence: Some(Confidence::Likely), ..Sitting::default() };
        assert_eq!(sitting.kept(0.0), None, "nothing is under way");
        sitting.start(AttemptKind::Typed, 100.0);
        sitting.text.push_str("the leader waits");
        let first = sitting.kept(130.0).unwrap();
        assert!(sitting.kept(134.0).unwrap().is_close_to(&first) && !sitting.kept(136.0).unwrap().is_close_to(&first));
        // Another program, whose clock began anew.
        let resumed = Sitting::resume(first.clone(), 7.0);
        assert_eq!(resumed.stage, Stage::Attempting { kind: AttemptKind::Typed, since_secs: -23.0 });
        assert_eq!((resumed.text.as_str(), resumed.confidence), ("the leader waits", Some(Confidence::Likely)));
        sitting.reveal(140.0);
        sitting.toggle("b");
        let scoring = sitting.kept(200.0).unwrap();
        assert!(!scoring.is_close_to(&first));
        let resumed = Sitting::resume(scoring, 7.0);
        assert_eq!(resumed.stage, Stage::Scoring { kind: AttemptKind::Typed, took_secs: 40.0, since_secs: 7.0 });
        assert!(resumed.ticked.contains("b") && resumed.resumed);
    }

    #[test]
    fn who_has_attempted_before_may_read_at_once() {
        assert!(Sitting::begin(true, true).answer_is_shown());
        assert!(!Sitting::begin(true, false).answer_is_shown());
    }
}
