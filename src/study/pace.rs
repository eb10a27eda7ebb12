//! How long things take this reader: medians of their own log once there is enough of it.

use super::fact::{AttemptKind, Fact};
use super::progress::Progress;
use crate::ids::QuestionId;

/// The reader's own speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Seconds a review of one card takes.
    pub review_secs: f64,
    /// How long answering takes against the question's own minutes.
    pub answering: f64,
    /// How long reading an answer takes against the question's own minutes; at core depth, which is what is said and its key points.
    pub reading: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { review_secs: 14.0, answering: 1.0, reading: 1.0 }
    }
}

/// Reviews and attempts below which the usual figures are truer than the reader's own.
const ENOUGH_REVIEWS: usize = 20;
const ENOUGH_ATTEMPTS: usize = 5;
/// What lies further back says how fast the reader was.
const LATEST_FACTS: usize = 1000;

/// The pace of the latest reviews and attempts; `minutes` are those of a question.
pub fn pace(progress: &Progress, minutes: impl Fn(&QuestionId) -> Option<u32>) -> Pace {
    let (mut reviews, mut answering, mut reading) = (Vec::new(), Vec::new(), Vec::new());
    for (_, fact) in progress.counting_facts().rev().take(LATEST_FACTS) {
        match fact {
            Fact::Reviewed { took_millis, .. } if *took_millis > 0 => reviews.push(f64::from(*took_millis) / 1000.0),
            Fact::Attempted(attempt) => {
                let Some(minutes) = minutes(&attempt.question) else { continue };
                let share = |millis: u32| f64::from(millis) / 60_000.0 / f64::from(minutes.max(1));
                if matches!(attempt.attempt, AttemptKind::Typed | AttemptKind::Spoken) {
                    answering.push(share(attempt.took_millis));
                }
                if attempt.read_millis > 0 {
                    reading.push(share(attempt.read_millis));
                }
            }
            _ => {}
        }
    }
    let usual = Pace::default();
    Pace {
        review_secs: median(&reviews, ENOUGH_REVIEWS).unwrap_or(usual.review_secs).clamp(3.0, 60.0),
        answering: median(&answering, ENOUGH_ATTEMPTS).unwrap_or(usual.answering).clamp(0.3, 2.5),
        reading: median(&reading, ENOUGH_ATTEMPTS).unwrap_or(usual.reading).clamp(0.3, 4.0),
    }
}

/// The median, when there are enough.
fn median(all: &[f64], enough: usize) -> Option<f64> {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.len() < enough { None } else { sorted.get(sorted.len() / 2).copied() }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{CardId, EntryId, MachineId};
    use crate::study::{Attempt, Entry, Grade};
    use crate::time::Timestamp;

    #[test]
    fn the_pace_is_the_readers_own_once_there_is_enough() {
        let mut progress = Progress::default();
        let mut say = |number: u32, fact| {
            progress.apply(Entry {
                id: EntryId(Uuid::from_u128(u128::from(number))),
                machine: MachineId(Uuid::from_u128(1)),
                at: Timestamp(1_790_000_000_000 + i64::from(number)),
                offset_secs: 0,
                facts: vec![fact],
            });
            pace(&progress, |_| Some(3))
        };
        let review = |millis| Fact::Reviewed {
            card: CardId::new("k/a#1"),
            grade: Grade::Good,
            took_millis: millis,
            practice: false,
        };
        for number in 0..19 {
            assert_eq!(say(number, review(6_000)), Pace::default());
        }
        assert!((say(19, review(200_000)).review_secs - 6.0).abs() < 1e-9, "one long pause does not move a median");
        for number in 20..25 {
            let attempt =
                Attempt { took_millis: 90_000, read_millis: 180_000, ..super::super::fact::tests::attempt("k/a") };
            say(number, Fact::Attempted(attempt));
        }
        let found = say(25, review(6_000));
        assert!((found.answering - 0.5).abs() < 1e-9 && (found.reading - 1.0).abs() < 1e-9, "{found:?}");
    }
}
