//! Every review of every card, those of other programs included, as one log.

use std::collections::HashMap;

use super::fact::Fact;
use super::imported::PastReview;
use super::progress::Progress;
use super::schedule::{Phase, Schedule};
use crate::ids::CardId;
use crate::time::Timestamp;

/// The reviews of each card that has any, the oldest first.
pub fn reviews(progress: &Progress) -> HashMap<CardId, Vec<PastReview>> {
    let mut cards: HashMap<CardId, (Schedule, Vec<PastReview>)> = HashMap::new();
    for (entry, fact) in progress.counting_facts() {
        match fact {
            Fact::CardImported(imported) => {
                let (schedule, log) = cards.entry(imported.card.clone()).or_default();
                log.extend(&imported.log);
                if let Some(given) = &imported.schedule {
                    schedule.clone_from(given);
                }
            }
            Fact::Reviewed { card, grade, took_millis, practice } => {
                let (schedule, log) = cards.entry(card.clone()).or_default();
                let before = schedule.clone();
                if !practice {
                    *schedule = before.reviewed(card, *grade, entry.moment());
                }
                let difficulty = schedule.memory.filter(|_| !practice).map(|memory| memory.difficulty);
                log.push(PastReview {
                    at: entry.at,
                    grade: *grade,
                    took_millis: *took_millis,
                    kind: kind(before.phase, *practice),
                    interval: interval(schedule, entry.at),
                    last_interval: before.last_review.map_or(0, |last| interval(&before, last.at)),
                    factor: difficulty.map_or(0, factor),
                });
            }
            _ => {}
        }
    }
    let logs = cards.into_iter().filter(|(_, (_, log))| !log.is_empty()).map(|(card, (_, mut log))| {
        log.sort_by_key(|review| review.at);
        (card, log)
    });
    logs.collect()
}

const fn kind(phase: Phase, practice: bool) -> u8 {
    match phase {
        _ if practice => 3,
        Phase::New | Phase::Learning(_) => 0,
        Phase::Review => 1,
        Phase::Relearning(_) => 2,
    }
}

/// What a review at `at` gave: days, or seconds below zero.
fn interval(schedule: &Schedule, at: Timestamp) -> i32 {
    if schedule.interval_days > 0 {
        return i32::try_from(schedule.interval_days).unwrap_or(i32::MAX);
    }
    let secs = schedule.due.map_or(0, |due| (due.0 - at.0) / 1000);
    -i32::try_from(secs.clamp(0, 86_400)).unwrap_or_default()
}

/// Difficulty 1 to 10 as Anki's log has it, 100 to 1100.
fn factor(difficulty: f32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 100 to 1100")]
    let factor = ((difficulty.clamp(1.0, 10.0) - 1.0) / 9.0 * 1000.0 + 100.0).round() as u32;
    factor
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Entry, Grade};

    #[test]
    fn each_review_says_what_it_gave() {
        let mut progress = Progress::default();
        let card = CardId::new("kafka/isr#a");
        let reviews_of = [(0, Grade::Good, false), (10, Grade::Good, false), (30, Grade::Again, true)];
        for (number, (minutes, grade, practice)) in (1..).zip(reviews_of) {
            progress.apply(Entry {
                id: EntryId(Uuid::from_u128(number)),
                machine: MachineId(Uuid::from_u128(1)),
                at: Timestamp(1_790_000_000_000 + minutes * 60_000),
                offset_secs: 0,
                facts: vec![Fact::Reviewed { card: card.clone(), grade, took_millis: 5_000, practice }],
            });
        }
        let logs = reviews(&progress);
        let log = &logs[&card];
        assert_eq!(log.iter().map(|review| review.kind).collect::<Vec<_>>(), [0, 0, 3]);
        assert_eq!((log[0].interval, log[0].last_interval), (-600, 0));
        assert!(log[1].interval > 0 && log[1].last_interval == -600, "{log:?}");
        assert_eq!(log[2].factor, 0);
        assert!((100..=1100).contains(&log[0].factor));
    }
}
