use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::{EntryId, MachineId};
use crate::study::plan::{Situation, Weighed};
use crate::study::{Attempt, Confidence, Entry, Grade};
use crate::time::Timestamp;

/// Twelve questions of three cards each, three minutes to say.
fn questions() -> Vec<QuestionId> {
    (0..12).map(|n| QuestionId::new(format!("t/q{n:02}"))).collect()
}

fn at(hours: i64) -> Moment {
    // A Tuesday, ten in the morning.
    Moment { at: Timestamp(1_795_514_400_000 + hours * 3_600_000), offset_secs: 0 }
}

struct Reader {
    progress: Progress,
    entries: u32,
}

impl Reader {
    fn new(days: i32) -> Self {
        let mut reader = Self { progress: Progress::default(), entries: 0 };
        let interview = Some(at(0).day().plus_days(days));
        reader.say(-1, vec![Fact::AimSet { aim: Aim { interview, ..Aim::default() } }]);
        reader
    }

    fn say(&mut self, hours: i64, facts: Vec<Fact>) -> EntryId {
        self.entries += 1;
        let id = EntryId(Uuid::from_u128(u128::from(self.entries)));
        let at = at(hours).at.plus_millis(i64::from(self.entries));
        self.progress.apply(Entry { id, machine: MachineId(Uuid::from_u128(1)), at, offset_secs: 0, facts });
        id
    }

    fn today(&self, hours: i64) -> Today {
        self.today_and(hours, 0)
    }

    fn today_and(&self, hours: i64, extra_minutes: u16) -> Today {
        let progress = &self.progress;
        let studied: Vec<Studied> = (questions().iter())
            .flat_map(|question| (0..3).map(|n| question.card(&format!("c{n}"))))
            .enumerate()
            .map(|(position, card)| Studied { card, position })
            .collect();
        let weigh = |question: QuestionId| {
            let begun = state(progress, &question).is_some_and(QuestionState::is_begun);
            let stabilities = Vec::new();
            Weighed { question, weight: 1.0, minutes: 3, new_cards: 3, stabilities, known: 0.0, begun, pin: None }
        };
        let weighed: Vec<Weighed> = questions().into_iter().map(weigh).collect();
        let now = at(hours);
        let done = Done::on(progress, now.day());
        let spent_minutes = done.minutes();
        let (aim, today, pace) = (progress.aim(), now.day(), Pace::default());
        let plan = plan::plan(&weighed, &Situation { aim, today, pace, spent_minutes, begun_today: done.begun });
        today_of(progress, &plan, &studied, now, extra_minutes)
    }

    fn attempt(&mut self, hours: i64, question: &QuestionId, confidence: Confidence, held: bool) -> EntryId {
        let attempt = Attempt {
            musts_ticked: u8::from(held),
            took_millis: 180_000,
            missed: if held { Vec::new() } else { vec![question.card("c0")] },
            ..super::super::fact::tests::attempt(question.as_str())
        };
        self.say(hours, vec![Fact::ConfidenceRated { question: question.clone(), confidence }]);
        self.say(hours, vec![Fact::Attempted(attempt)])
    }

    fn review(&mut self, hours: i64, card: &CardId, grade: Grade) -> EntryId {
        self.say(hours, vec![Fact::Reviewed { card: card.clone(), grade, took_millis: 12_000, practice: false }])
    }
}

fn today_of(progress: &Progress, plan: &Plan, studied: &[Studied], now: Moment, extra_minutes: u16) -> Today {
    today(&Materials {
        progress,
        plan,
        studied,
        pace: Pace::default(),
        minutes: &|_| 3,
        related: &|a, b| a.as_str().as_bytes().last().map(|n| n / 2) == b.as_str().as_bytes().last().map(|n| n / 2),
        now,
        extra_minutes,
    })
}

#[test]
fn a_first_day_is_new_questions_each_followed_by_its_cards() {
    let mut reader = Reader::new(9);
    let first = reader.today(0);
    let Some(Item::New(question)) = first.items.first().cloned() else { panic!("{first:?}") };
    assert!(first.items.iter().all(|item| matches!(item, Item::New(_))), "{first:?}");
    reader.attempt(0, &question, Confidence::Shaky, true);
    let cards: Vec<_> = reader.today(0).items.into_iter().take(3).collect();
    assert_eq!(cards, ["c0", "c1", "c2"].map(|name| Item::Card(question.card(name), Why::New)));
}

#[test]
fn the_next_day_warms_up_reviews_goes_on_and_ends_aloud() {
    let mut reader = Reader::new(9);
    let all = questions();
    reader.attempt(0, &all[0], Confidence::Sure, false);
    reader.attempt(0, &all[1], Confidence::Likely, true);
    for card in ["c0", "c1", "c2"] {
        for hours in [0, 1] {
            reader.review(hours, &all[1].card(card), Grade::Good);
        }
    }
    let found = reader.today(24);
    let kinds: Vec<u8> = found
        .items
        .iter()
        .map(|item| match item {
            Item::WarmUp(_) => 0,
            Item::Card(..) => 1,
            Item::New(_) => 2,
            Item::Spoken(_) => 3,
        })
        .collect();
    assert!(kinds.is_sorted() && kinds.first() == Some(&0) && kinds.last() == Some(&3), "{found:?}");
    assert_eq!(found.items.first(), Some(&Item::WarmUp(all[0].clone())));
    assert_eq!(found.items.last(), Some(&Item::Spoken(all[1].clone())));
    assert!(found.items.contains(&Item::Card(all[0].card("c0"), Why::Missed)));
}

#[test]
fn a_session_stops_at_its_minutes_and_more_may_be_asked_for() {
    let mut reader = Reader::new(9);
    for question in questions().iter().take(9) {
        reader.attempt(0, question, Confidence::Shaky, true);
    }
    let found = reader.today(1);
    assert!((found.spent_minutes - 27.0).abs() < 1e-6, "{found:?}");
    let minutes: f64 = f64::from(u32::try_from(found.items.len()).unwrap()) * Pace::default().review_secs / 60.0;
    assert!(minutes <= 3.0 + 0.3, "{found:?}");
    reader.attempt(1, &questions()[9], Confidence::Shaky, true);
    assert!(reader.today(1).items.is_empty(), "thirty minutes are spent");
    assert!(!reader.today_and(1, 10).items.is_empty());
}

#[test]
fn undo_brings_the_session_back_to_where_it_was() {
    let mut reader = Reader::new(9);
    let all = questions();
    reader.attempt(0, &all[0], Confidence::Shaky, true);
    let before = reader.today(0);
    let Some(Item::Card(card, _)) = before.items.first().cloned() else { panic!("{before:?}") };
    let graded = reader.review(0, &card, Grade::Good);
    assert_ne!(reader.today(0), before);
    reader.say(0, vec![Fact::Withdrawn { entry: graded }]);
    assert_eq!(reader.today(0), before);
}

#[test]
fn a_week_away_is_no_heap() {
    let mut reader = Reader::new(20);
    let all = questions();
    for (n, question) in all.iter().take(6).enumerate() {
        let hours = 24 * i64::try_from(n / 2).unwrap();
        reader.attempt(hours, question, Confidence::Sure, n % 2 == 0);
        for card in ["c0", "c1", "c2"] {
            reader.review(hours, &question.card(card), Grade::Good);
            reader.review(hours + 1, &question.card(card), Grade::Good);
        }
    }
    let back = reader.today(24 * 11);
    assert!(back.spent_minutes.abs() < 1e-9 && (back.budget_minutes - 30.0).abs() < 1e-9);
    let minutes: f64 =
        back.items.iter().map(|item| if matches!(item, Item::Card(..)) { 14.0 / 60.0 } else { 3.0 }).sum();
    assert!(minutes <= 33.0, "{back:?}");
    assert!(matches!(back.items.first(), Some(Item::WarmUp(_))), "the last day of study counts as yesterday");
}

#[test]
fn confusable_neighbours_stand_together_and_siblings_apart() {
    let card = |name: &str| (CardId::new(name), Why::New);
    let cards = ["k/a#1", "k/a#2", "k/b#1", "k/c#1", "k/d#1"].map(card).to_vec();
    let related = |a: &QuestionId, b: &QuestionId| {
        let pair = [a.as_str(), b.as_str()];
        pair.contains(&"k/a") && pair.contains(&"k/d")
    };
    let found = interleaved(cards, &related, None);
    let names: Vec<&str> = found.iter().map(|(card, _)| card.as_str()).collect();
    assert_eq!(names, ["k/a#1", "k/d#1", "k/a#2", "k/b#1", "k/c#1"]);
}

proptest! {
    /// Whatever was done, what is left fits into the minutes that are left but for half of its last thing, begins nothing on the eve of
    /// the interview or on its day, and is the same from the same entries in any order.
    #[test]
    fn what_is_left_fits(
        steps in proptest::collection::vec((0usize..12, 0usize..4, 0i64..72, any::<bool>()), 0..40),
        days in 2i32..10,
    ) {
        let mut reader = Reader::new(days);
        let mut steps = steps;
        steps.sort_by_key(|(_, _, hours, _)| *hours);
        for (question, grade, hours, attempts) in steps {
            let question = &questions()[question];
            if attempts {
                reader.attempt(hours, question, Confidence::ALL[grade], grade > 1);
            } else {
                reader.review(hours, &question.card("c1"), Grade::ALL[grade]);
            }
        }
        let found = reader.today(72);
        let pace = Pace::default();
        let minutes = |item: &Item| match item {
            Item::Card(..) => pace.review_secs / 60.0,
            Item::WarmUp(_) | Item::Spoken(_) => 3.0,
            Item::New(_) => 3.0 + 3.0 + 3.0 * FIRST_DAY_REVIEWS * pace.review_secs / 60.0,
        };
        let total: f64 = found.items.iter().map(minutes).sum();
        let left = (found.budget_minutes - found.mock_minutes - found.spent_minutes).max(0.0);
        let longest = found.items.iter().map(minutes).fold(0.0, f64::max);
        prop_assert!(total <= left + 2.0 * BEGUN_WITH * longest + 1e-6, "{} of {}: {:?}", total, left, found.items);
        let begins = found.items.iter().any(|item| matches!(item, Item::New(_)));
        prop_assert!(!begins || !(3..=4).contains(&days), "{} days and {:?}", days, found.items);
        let entries: Vec<Entry> = reader.progress.entries().cloned().collect();
        reader.progress = Progress::from_entries(entries.into_iter().rev());
        prop_assert_eq!(reader.today(72), found);
    }
}
