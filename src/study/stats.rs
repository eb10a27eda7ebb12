//! What the log adds up to, day by day: reviews and minutes, what will be due, and recall measured against predicted.

use std::collections::BTreeMap;

use super::fact::{AttemptKind, Fact};
use super::progress::{Foreseen, Progress};
use super::schedule::Policy;
use crate::ids::{CardId, QuestionId};
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

impl Retention {
    fn add(&mut self, review: &Foreseen) {
        self.reviews += 1;
        self.recalled += usize::from(review.recalled);
        self.predicted += f64::from(review.predicted);
    }

    /// Shares that were recalled and that were foreseen, 0 to 1; None without a review.
    pub fn shares(&self) -> Option<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "counts of reviews")]
        let (reviews, recalled) = (self.reviews as f64, self.recalled as f64);
        (self.reviews > 0).then(|| (recalled / reviews, self.predicted / reviews))
    }
}

/// Every review of a card that had left its steps, the oldest first.
pub fn foreseen(progress: &Progress) -> Vec<Foreseen> {
    let mut all: Vec<Foreseen> = progress.foreseen().copied().collect();
    all.sort_by(|a, b| a.at.at.cmp(&b.at.at).then(a.predicted.total_cmp(&b.predicted)));
    all
}

/// Recall measured against predicted, over every review since `from`.
pub fn retention(foreseen: &[Foreseen], from: Day) -> Retention {
    let mut out = Retention::default();
    foreseen.iter().filter(|review| review.at.day() >= from).for_each(|review| out.add(review));
    out
}

/// The same for each of the last so many weeks, by the day on which each begins; the last ends today.
pub fn retention_by_week(foreseen: &[Foreseen], today: Day, weeks: u8) -> Vec<(Day, Retention)> {
    let begins = |back: i32| today.plus_days(-7 * back - 6);
    let mut out: Vec<(Day, Retention)> =
        (0..i32::from(weeks)).rev().map(|back| (begins(back), Retention::default())).collect();
    for review in foreseen {
        let ago = today.days_since(review.at.day());
        if ago >= 0
            && let Some((_, week)) = usize::try_from(ago / 7)
                .ok()
                .and_then(|back| out.len().checked_sub(back + 1))
                .and_then(|index| out.get_mut(index))
        {
            week.add(review);
        }
    }
    out
}

/// Bounds of predicted recall, in percent, between which reviews are taken together.
const CHANCES: [u8; 7] = [0, 60, 70, 80, 85, 90, 95];

/// The same by what was foreseen: from and to in percent.
pub fn retention_by_chance(foreseen: &[Foreseen]) -> Vec<(u8, u8, Retention)> {
    let ends = CHANCES.iter().skip(1).chain(&[100]);
    let mut out: Vec<_> = CHANCES.iter().zip(ends).map(|(from, to)| (*from, *to, Retention::default())).collect();
    for review in foreseen {
        let band = out.iter_mut().rev().find(|(from, ..)| f32::from(*from) <= review.predicted * 100.0);
        if let Some((.., retention)) = band {
            retention.add(review);
        }
    }
    out
}

/// How long a question takes, over its attempts that ran against the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionTime {
    pub question: QuestionId,
    pub attempts: usize,
    /// The median, in seconds.
    pub median_secs: f64,
}

/// Each question that was attempted aloud or in writing, in the order of its id.
pub fn time_per_question(progress: &Progress) -> Vec<QuestionTime> {
    let mut took: BTreeMap<&QuestionId, Vec<u32>> = BTreeMap::new();
    for (_, fact) in progress.counting_facts() {
        if let Fact::Attempted(attempt) = fact
            && attempt.attempt != AttemptKind::Silent
        {
            took.entry(&attempt.question).or_default().push(attempt.took_millis);
        }
    }
    let median = |mut all: Vec<u32>| {
        all.sort_unstable();
        let at = |index: usize| all.get(index).copied().map_or(0.0, f64::from);
        (at((all.len() - 1) / 2) + at(all.len() / 2)) / 2_000.0
    };
    let of = |(question, all): (&QuestionId, Vec<u32>)| QuestionTime {
        question: question.clone(),
        attempts: all.len(),
        median_secs: median(all),
    };
    took.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Attempt, Entry, Grade, fact};
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
    fn the_time_of_a_question_is_a_median_of_what_ran_against_the_clock() {
        let mut progress = Progress::default();
        let took = [
            (AttemptKind::Spoken, 60_000),
            (AttemptKind::Typed, 90_000),
            (AttemptKind::Silent, 0),
            (AttemptKind::Mock, 600_000),
        ];
        for (number, (attempt, took_millis)) in (0..).zip(took) {
            progress.apply(Entry {
                id: EntryId(Uuid::from_u128(number)),
                machine: MachineId(Uuid::from_u128(1)),
                at: at(0).at,
                offset_secs: 0,
                facts: vec![Fact::Attempted(Attempt { attempt, took_millis, ..fact::tests::attempt("k/a") })],
            });
        }
        let found = time_per_question(&progress);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].attempts, found[0].median_secs), (3, 90.0));
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
        let all = foreseen(&progress);
        let found = retention(&all, at(0).day());
        assert_eq!((found.reviews, found.recalled), (2, 1));
        assert!(found.predicted > 1.2 && found.predicted < 2.0, "{}", found.predicted);
        assert_eq!(retention(&all, at(24 * 20).day()).reviews, 1);
        let weeks = retention_by_week(&all, at(24 * 40).day(), 6);
        assert_eq!(weeks.iter().map(|(_, week)| week.reviews).collect::<Vec<_>>(), [0, 1, 0, 0, 0, 1]);
        let bands = retention_by_chance(&all);
        assert_eq!(bands.iter().map(|(.., band)| band.reviews).sum::<usize>(), 2);
        for (from, to, band) in bands.iter().filter(|(.., band)| band.reviews > 0) {
            let (_, predicted) = band.shares().unwrap();
            assert!((f64::from(*from)..=f64::from(*to)).contains(&(predicted * 100.0)));
        }
        let id = CardId::new(card);
        // Forgotten just now: back in ten minutes, so today.
        assert_eq!(due_by_day([&id].into_iter(), &progress, &Policy::default(), at(24 * 40), 3), [1, 0, 0]);
    }
}
