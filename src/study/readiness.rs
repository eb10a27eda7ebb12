//! Readiness of a question, in words with evidence.

use super::fact::AttemptKind;
use super::progress::Progress;
use crate::ids::{CardId, QuestionId};
use crate::time::{Moment, Timestamp};

/// How far a question would hold in the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Never attempted.
    #[default]
    Untested,
    /// Attempted; a must was missed, or one is fading.
    Shaky,
    /// Every must was said in the last attempt and is likely to be recalled.
    Ready,
    /// Ready, and said aloud in a mock, every must in its time.
    Proven,
}

impl Readiness {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Untested => "untested",
            Self::Shaky => "shaky",
            Self::Ready => "ready",
            Self::Proven => "proven",
        }
    }
}

/// A must counts as held while its card is at least this likely to be recalled.
const HELD: f32 = 0.85;

/// What a readiness rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    pub readiness: Readiness,
    /// The last attempt; None while untested.
    pub last: Option<LastAttempt>,
    /// The must's card that is least likely to be recalled on the day asked about, and that chance, 0 to 1; a card that was
    /// never reviewed has 0.
    pub weakest: Option<(CardId, f32)>,
    /// Days since it was last said aloud in a mock, every must in its time; None when the last mock did not show that.
    pub proven_days_ago: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastAttempt {
    pub musts: u8,
    pub musts_ticked: u8,
    pub days_ago: i32,
}

/// The readiness for `on`, the day of the interview or now; `musts` are the cards that train the question's musts.
pub fn evidence(question: &QuestionId, musts: &[CardId], progress: &Progress, now: Moment, on: Timestamp) -> Evidence {
    let Some(state) = progress.question(question) else { return Evidence::default() };
    let attempts = || state.dated_attempts();
    let Some((at, last)) = attempts().next_back() else { return Evidence::default() };
    let days_ago = |at: &Moment| now.day().days_since(at.day()).max(0);
    let recall =
        |card: &CardId| progress.card(card).map_or(0.0, |state| state.predicted_recall(Moment { at: on, ..now }));
    let weakest = musts.iter().map(|card| (card, recall(card))).min_by(|a, b| a.1.total_cmp(&b.1));
    let in_mock = attempts().rfind(|(_, attempt)| attempt.attempt == AttemptKind::Mock);
    let proven = in_mock.filter(|(_, attempt)| attempt.musts_ticked >= attempt.musts && !attempt.over_time);
    let ready = last.musts_ticked >= last.musts && weakest.is_none_or(|(_, recall)| recall >= HELD);
    Evidence {
        readiness: match (ready, proven) {
            (false, _) => Readiness::Shaky,
            (true, None) => Readiness::Ready,
            (true, Some(_)) => Readiness::Proven,
        },
        last: Some(LastAttempt { musts: last.musts, musts_ticked: last.musts_ticked, days_ago: days_ago(at) }),
        weakest: weakest.map(|(card, recall)| (card.clone(), recall)),
        proven_days_ago: proven.map(|(at, _)| days_ago(at)),
    }
}

impl Evidence {
    /// In words; `day` is what the recall is predicted for, e.g. "on the date" or "now".
    pub fn sentence(&self, day: &str) -> String {
        let Some(last) = self.last else { return "Never attempted.".to_owned() };
        let percent = |recall: f32| (recall * 100.0).round();
        let recall = match &self.weakest {
            None => String::new(),
            Some((_, recall)) if *recall >= HELD => {
                format!("Every must's card at {} % or more {day}; ", percent(*recall))
            }
            Some((_, recall)) if *recall <= 0.0 => "A must's card was never reviewed; ".to_owned(),
            Some((card, recall)) => format!("The card {} is down to {} % {day}; ", card.name(), percent(*recall)),
        };
        let attempt = format!("last attempt {} of {} musts, {}", last.musts_ticked, last.musts, ago(last.days_ago));
        let mock =
            self.proven_days_ago.map_or_else(String::new, |days| format!("; said in time in a mock {}", ago(days)));
        let text = format!("{recall}{attempt}{mock}.");
        if recall.is_empty() { text.replacen('l', "L", 1) } else { text }
    }
}

fn ago(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Attempt, Entry, Fact, Grade};

    #[test]
    fn readiness_grows_with_evidence_and_fades_with_time() {
        let question = QuestionId::new("k/q");
        let musts = [question.card("a")];
        let mut progress = Progress::default();
        let now = |days: i64| Moment { at: Timestamp(1_790_000_000_000 + days * 86_400_000), offset_secs: 0 };
        let say = |progress: &mut Progress, number: u128, fact: Fact| {
            progress.apply(Entry {
                id: EntryId(Uuid::from_u128(number)),
                machine: MachineId(Uuid::from_u128(1)),
                at: now(0).at.plus_millis(i64::try_from(number).unwrap()),
                offset_secs: 0,
                facts: vec![fact],
            });
        };
        let readiness =
            |progress: &Progress, days| evidence(&question, &musts, progress, now(0), now(days).at).readiness;
        let words =
            |progress: &Progress, days| evidence(&question, &musts, progress, now(days), now(days).at).sentence("now");
        assert_eq!(
            (readiness(&progress, 0), words(&progress, 0)),
            (Readiness::Untested, "Never attempted.".to_owned())
        );
        let attempt = |kind, musts_ticked| {
            Fact::Attempted(Attempt { attempt: kind, musts_ticked, ..crate::study::fact::tests::attempt("k/q") })
        };
        say(&mut progress, 1, attempt(AttemptKind::Typed, 1));
        assert_eq!(readiness(&progress, 0), Readiness::Shaky);
        let card = musts[0].clone();
        say(&mut progress, 2, Fact::Reviewed { card, grade: Grade::Good, took_millis: 1, practice: false });
        assert_eq!(readiness(&progress, 0), Readiness::Ready);
        say(&mut progress, 3, attempt(AttemptKind::Spoken, 1));
        assert_eq!(readiness(&progress, 0), Readiness::Ready, "aloud, but alone");
        say(&mut progress, 4, attempt(AttemptKind::Mock, 1));
        assert_eq!(readiness(&progress, 0), Readiness::Proven);
        let said =
            "Every must's card at 100 % or more now; last attempt 1 of 1 musts, today; said in time in a mock today.";
        assert_eq!(words(&progress, 0), said);
        assert_eq!(readiness(&progress, 90), Readiness::Shaky, "by then it has faded");
        assert!(words(&progress, 90).starts_with("The card a is down to "), "{}", words(&progress, 90));
        say(&mut progress, 5, attempt(AttemptKind::Typed, 1));
        assert_eq!(readiness(&progress, 0), Readiness::Proven, "what a mock proved stays proved");
        say(&mut progress, 6, attempt(AttemptKind::Mock, 0));
        assert_eq!(readiness(&progress, 0), Readiness::Shaky);
        say(&mut progress, 7, attempt(AttemptKind::Typed, 1));
        assert_eq!(readiness(&progress, 0), Readiness::Ready, "until the next mock does not");
    }
}
