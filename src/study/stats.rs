//! What the log adds up to, day by day: reviews and minutes, what will be due, and recall measured against predicted.

use std::collections::{BTreeMap, HashMap};

use super::fact::{Fact, Grade};
use super::progress::Progress;
use super::schedule::{Phase, Policy, Schedule, predicted_recall};
use crate::ids::CardId;
use crate::time::{Day, Moment};

/// What was done on one study day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayDone {
    pub reviews: usize,
    pub attempts: usize,
    /// Time spent on cards, attempts and reading what they missed, in milliseconds.
    pub took_millis: u64,
}

/// Each day on which something was done.
pub fn by_day(progress: &Progress) -> BTreeMap<Day, DayDone> {
    let mut days: BTreeMap<Day, DayDone> = BTreeMap::new();
    for (entry, fact) in progress.counting_facts() {
        let (review, took) = match fact {
            Fact::CardImported(imported) => {
                for past in &imported.log {
                    let day = days.entry(Day::of(past.at, entry.offset_secs)).or_default();
                    day.reviews += 1;
                    day.took_millis += u64::from(past.took_millis);
                }
                continue;
            }
            Fact::Reviewed { took_millis, .. } => (true, *took_millis),
            Fact::Attempted(attempt) => (false, attempt.took_millis.saturating_add(attempt.read_millis)),
            Fact::Diagnosed(diagnosed) => (false, diagnosed.took_millis),
            _ => continue,
        };
        let day = days.entry(entry.moment().day()).or_default();
        day.reviews += usize::from(review);
        day.attempts += usize::from(!review);
        day.took_millis += u64::from(took);
    }
    days
}

/// How many of the cards come due on each of the next `days` days, today with all that has come due before.
pub fn due_by_day<'a>(
    cards: impl Iterator<Item = &'a CardId>,
    progress: &Progress,
    policy: &Policy,
    now: Moment,
    days: usize,
) -> Vec<usize> {
    let mut out = vec![0; days];
    for card in cards {
        let Some(state) = progress.card(card).filter(|state| !state.suspended) else { continue };
        let Some(due) = state.due(policy) else { continue };
        let ahead = Day::of(due, now.offset_secs).days_since(now.day()).max(0);
        if let Some(slot) = usize::try_from(ahead).ok().and_then(|ahead| out.get_mut(ahead)) {
            *slot += 1;
        }
    }
    out
}

/// Reviews of cards that had left their steps: how many, how many were recalled, and how many the schedule foresaw.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Retention {
    pub reviews: usize,
    pub recalled: usize,
    /// Sum of the predicted chances.
    pub predicted: f64,
}

/// Recall measured against predicted, over every review since `from`.
pub fn retention(progress: &Progress, from: Day) -> Retention {
    let mut schedules: HashMap<CardId, Schedule> = HashMap::new();
    let mut out = Retention::default();
    for (entry, fact) in progress.counting_facts() {
        let (card, grade) = match fact {
            Fact::Reviewed { card, grade, practice: false, .. } => (card, grade),
            // What another program foresaw is not ours to measure; what comes after is.
            Fact::CardImported(imported) => {
                if let Some(schedule) = &imported.schedule {
                    schedules.insert(imported.card.clone(), schedule.clone());
                }
                continue;
            }
            _ => continue,
        };
        let schedule = schedules.entry(card.clone()).or_default();
        let moment = entry.moment();
        if schedule.phase == Phase::Review
            && let Some(memory) = schedule.memory
            && moment.day() >= from
        {
            out.reviews += 1;
            out.recalled += usize::from(*grade != Grade::Again);
            out.predicted += f64::from(predicted_recall(memory, schedule.elapsed_days(moment.at)));
        }
        *schedule = schedule.reviewed(card, *grade, moment);
    }
    out
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::Entry;
    use crate::time::Timestamp;

    fn at(hours: i64) -> Moment {
        Moment { at: Timestamp(1_790_000_000_000 + hours * 3_600_000), offset_secs: 0 }
    }

    fn reviewed(progress: &mut Progress, hours: i64, card: &str, grade: Grade) {
        progress.apply(Entry {
            id: EntryId(Uuid::from_u128(u128::try_from(hours + 1).unwrap())),
            machine: MachineId(Uuid::from_u128(1)),
            at: at(hours).at,
            offset_secs: 0,
            facts: vec![Fact::Reviewed { card: CardId::new(card), grade, took_millis: 5_000, practice: false }],
        });
    }

    #[test]
    fn days_dues_and_retention_follow_the_log() {
        let (mut progress, card) = (Progress::default(), "kafka/isr#a");
        reviewed(&mut progress, 0, card, Grade::Easy);
        reviewed(&mut progress, 24 * 8, card, Grade::Good);
        reviewed(&mut progress, 24 * 40, card, Grade::Again);
        let days = by_day(&progress);
        assert_eq!(days.len(), 3);
        assert_eq!(days[&at(0).day()], DayDone { reviews: 1, attempts: 0, took_millis: 5_000 });
        let found = retention(&progress, at(0).day());
        assert_eq!((found.reviews, found.recalled), (2, 1));
        assert!(found.predicted > 1.2 && found.predicted < 2.0, "{}", found.predicted);
        assert_eq!(retention(&progress, at(24 * 20).day()).reviews, 1);
        let id = CardId::new(card);
        // Forgotten just now: back in ten minutes, so today.
        assert_eq!(due_by_day([&id].into_iter(), &progress, &Policy::default(), at(24 * 40), 3), [1, 0, 0]);
    }
}
