//! Readiness of a question, in words with evidence.

use super::fact::AttemptKind;
use super::progress::Progress;
use super::schedule::predicted_recall;
use crate::ids::{CardId, QuestionId};
use crate::time::Moment;

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
    /// Ready, and the last attempt was spoken within its time.
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

/// The readiness at `now`; `musts` are the cards that train the question's musts.
pub fn readiness(question: &QuestionId, musts: &[CardId], progress: &Progress, now: Moment) -> Readiness {
    let Some(last) = progress.question(question).and_then(|state| state.attempts.last()) else {
        return Readiness::Untested;
    };
    let held = |card: &CardId| {
        let state = progress.card(card);
        let memory = state.and_then(|state| state.schedule.memory);
        memory
            .zip(state)
            .is_some_and(|(memory, state)| predicted_recall(memory, state.schedule.elapsed_days(now.at)) >= HELD)
    };
    if last.musts_ticked < last.musts || !musts.iter().all(held) {
        Readiness::Shaky
    } else if last.attempt == AttemptKind::Spoken && !last.over_time {
        Readiness::Proven
    } else {
        Readiness::Ready
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Attempt, Entry, Fact, Grade};
    use crate::time::Timestamp;

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
        assert_eq!(readiness(&question, &musts, &progress, now(0)), Readiness::Untested);
        let attempt = |kind, musts_ticked| {
            Fact::Attempted(Attempt { attempt: kind, musts_ticked, ..crate::study::fact::tests::attempt("k/q") })
        };
        say(&mut progress, 1, attempt(AttemptKind::Typed, 1));
        assert_eq!(readiness(&question, &musts, &progress, now(0)), Readiness::Shaky);
        let card = musts[0].clone();
        say(&mut progress, 2, Fact::Reviewed { card, grade: Grade::Good, took_millis: 1, practice: false });
        assert_eq!(readiness(&question, &musts, &progress, now(0)), Readiness::Ready);
        say(&mut progress, 3, attempt(AttemptKind::Spoken, 1));
        assert_eq!(readiness(&question, &musts, &progress, now(0)), Readiness::Proven);
        assert_eq!(readiness(&question, &musts, &progress, now(90)), Readiness::Shaky);
        say(&mut progress, 4, attempt(AttemptKind::Spoken, 0));
        assert_eq!(readiness(&question, &musts, &progress, now(0)), Readiness::Shaky);
    }
}
