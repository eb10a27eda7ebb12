//! The plan to the day of the interview: what fits into the time that is left, in which order, and what is left out.
//! Worked out anew whenever it is asked for, from the reader's aim and progress alone.

use super::aim::Aim;
use super::readiness::Readiness;
use crate::ids::QuestionId;
use crate::time::Day;
use fsrs::FSRS;

/// A question as the plan weighs it, in the order in which it would be studied.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    pub question: QuestionId,
    /// Minutes to answer it aloud.
    pub minutes: u32,
    /// Cards that are in play.
    pub cards: usize,
    pub readiness: Readiness,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Study days before the interview, today included; None without a date.
    pub days_left: Option<u32>,
    pub minutes_a_day: u16,
    /// Share of cards that shall be recalled when they come due: lowered before questions are left out.
    pub retention: f32,
    /// What fits, what is known already included.
    pub covered: Vec<QuestionId>,
    /// What does not fit, the most valuable first.
    pub skipped: Vec<QuestionId>,
    /// New questions for today, in order.
    pub today: Vec<QuestionId>,
    /// Minutes that the plan takes until the interview.
    pub needed_minutes: f64,
    /// Minutes there are for it.
    pub budget_minutes: f64,
}

/// Share of the time that is kept free, since days go wrong.
const SLACK: f64 = 0.15;
/// Tried in this order before a question is left out: coverage beats retention.
const RETENTIONS: [f32; 3] = [0.90, 0.85, 0.80];
/// New questions a day without a date.
const NEW_A_DAY: usize = 3;
/// No new question on the last days before the interview: the day before is for a sweep.
const LAST_DAYS: u32 = 1;
/// Reading a model answer takes as many times the minutes it takes to say it.
const READING_FACTOR: f64 = 2.0;

/// The plan for today; `review_secs` is what one review takes the reader, at the median.
pub fn plan(weighed: &[Weighed], aim: Aim, today: Day, review_secs: f64) -> Plan {
    let Some(interview) = aim.interview else {
        let new = weighed.iter().filter(|question| is_new(question)).map(|question| question.question.clone());
        return Plan {
            days_left: None,
            minutes_a_day: aim.minutes_a_day,
            retention: RETENTIONS[0],
            covered: weighed.iter().map(|question| question.question.clone()).collect(),
            skipped: Vec::new(),
            today: new.take(NEW_A_DAY).collect(),
            needed_minutes: 0.0,
            budget_minutes: 0.0,
        };
    };
    let days_left = u32::try_from(interview.days_since(today)).unwrap_or(0);
    let budget_minutes = f64::from(aim.minutes_a_day) * f64::from(days_left) * (1.0 - SLACK);
    let mut plan = fitted(weighed, days_left, budget_minutes, RETENTIONS[0], review_secs);
    for retention in RETENTIONS.into_iter().skip(1) {
        if plan.skipped.is_empty() {
            break;
        }
        plan = fitted(weighed, days_left, budget_minutes, retention, review_secs);
    }
    plan.minutes_a_day = aim.minutes_a_day;
    let new_days = days_left.saturating_sub(LAST_DAYS);
    let new: Vec<&Weighed> = weighed.iter().filter(|question| is_new(question)).collect();
    let covered_new = new.iter().filter(|question| plan.covered.contains(&question.question));
    let ahead: Vec<QuestionId> = covered_new.map(|question| question.question.clone()).collect();
    let a_day = if new_days == 0 { 0 } else { ahead.len().div_ceil(new_days as usize) };
    plan.today = ahead.into_iter().take(a_day).collect();
    plan
}

fn is_new(question: &Weighed) -> bool {
    question.readiness == Readiness::Untested
}

/// What is known of a question already, 0 to 1.
const fn known(readiness: Readiness) -> f64 {
    match readiness {
        Readiness::Untested => 0.0,
        Readiness::Shaky => 0.5,
        Readiness::Ready => 0.9,
        Readiness::Proven => 1.0,
    }
}

/// Takes the questions by value for their cost until the budget is full.
fn fitted(weighed: &[Weighed], days_left: u32, budget_minutes: f64, retention: f32, review_secs: f64) -> Plan {
    let reviews = reviews_until(days_left, retention);
    let cost = |question: &Weighed| {
        let first = if is_new(question) { f64::from(question.minutes) * (1.0 + READING_FACTOR) } else { 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "a few cards")]
        let cards = question.cards as f64;
        first + cards * f64::from(reviews) * review_secs / 60.0
    };
    let value = |question: &Weighed| (1.0 - known(question.readiness)).max(0.05) / cost(question).max(0.1);
    let mut order: Vec<usize> = (0..weighed.len()).collect();
    order.sort_by(|a, b| value(&weighed[*b]).total_cmp(&value(&weighed[*a])).then(a.cmp(b)));
    let (mut needed, mut fits) = (0.0, vec![false; weighed.len()]);
    for index in &order {
        let more = cost(&weighed[*index]);
        if needed + more <= budget_minutes {
            needed += more;
            fits[*index] = true;
        }
    }
    let ids = |fit: bool, indexes: &mut dyn Iterator<Item = usize>| {
        indexes.filter(|index| fits[*index] == fit).map(|index| weighed[index].question.clone()).collect()
    };
    Plan {
        days_left: Some(days_left),
        minutes_a_day: 0,
        retention,
        covered: ids(true, &mut (0..weighed.len())),
        skipped: ids(false, &mut order.into_iter()),
        today: Vec::new(),
        needed_minutes: needed,
        budget_minutes,
    }
}

/// How often a card that is begun today is reviewed within `days`, when every review recalls it: two steps, then the intervals
/// that FSRS-6 gives for the retention.
pub fn reviews_until(days: u32, retention: f32) -> u32 {
    let fsrs = FSRS::default();
    let (mut reviews, mut day, mut memory, mut elapsed) = (1, 0, None, 0);
    while day < days && reviews < 60 {
        let Ok(states) = fsrs.next_states(memory, retention, elapsed) else { return reviews };
        memory = Some(states.good.memory);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an interval in days")]
        let interval = states.good.interval.round().clamp(1.0, 36_500.0) as u32;
        elapsed = interval;
        day = day.saturating_add(interval);
        reviews += 1;
    }
    reviews
}

impl Plan {
    /// The plan in a sentence.
    pub fn sentence(&self) -> String {
        let all = self.covered.len() + self.skipped.len();
        let Some(days) = self.days_left else {
            return format!("No date: {NEW_A_DAY} new questions a day, every card kept at 90 %.");
        };
        let percent = (self.retention * 100.0).round();
        let scope = match self.skipped.len() {
            0 if all == 1 => format!("covers the one question at {percent} % recall"),
            0 => format!("covers all {all} questions at {percent} % recall"),
            skipped => format!(
                "covers {} of {all} questions at {percent} % recall and leaves out {skipped}",
                self.covered.len()
            ),
        };
        match days {
            0 => "The interview is today: nothing new, good luck.".to_owned(),
            1 => format!("1 day × {} min: a sweep over what you know, nothing new.", self.minutes_a_day),
            _ => format!("{days} days × {} min {scope}.", self.minutes_a_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(offset: i32) -> Day {
        Day("2026-11-24".parse().unwrap()).plus_days(offset)
    }

    fn questions(count: usize) -> Vec<Weighed> {
        (0..count)
            .map(|n| Weighed {
                question: QuestionId::new(format!("t/q{n}")),
                minutes: 2 + u32::try_from(n % 3).unwrap(),
                cards: 3,
                readiness: [Readiness::Untested, Readiness::Untested, Readiness::Shaky, Readiness::Proven][n % 4],
            })
            .collect()
    }

    fn aim(days: i32, minutes: u16) -> Aim {
        Aim { interview: Some(day(days)), minutes_a_day: minutes, ..Aim::default() }
    }

    #[test]
    fn a_longer_way_covers_more_and_retention_gives_way_first() {
        let all = questions(150);
        let month = plan(&all, aim(40, 45), day(0), 12.0);
        assert_eq!((month.skipped.len(), month.retention), (0, 0.90));
        let week = plan(&all, aim(7, 30), day(0), 12.0);
        assert!(!week.skipped.is_empty());
        assert!((week.retention - 0.80).abs() < f32::EPSILON, "scope is cut only at the lowest retention");
        assert!(week.sentence().starts_with("7 days × 30 min covers "), "{}", week.sentence());
        assert!(plan(&all, aim(14, 30), day(0), 12.0).covered.len() > week.covered.len());
    }

    #[test]
    fn nothing_new_on_the_day_before_and_nothing_past_the_date() {
        let all = questions(40);
        assert!(!plan(&all, aim(2, 60), day(0), 12.0).today.is_empty());
        for days in [1, 0, -3] {
            assert!(plan(&all, aim(days, 60), day(0), 12.0).today.is_empty(), "{days}");
        }
        let none = plan(&all, Aim::default(), day(0), 12.0);
        assert_eq!((none.today.len(), none.skipped.len()), (3, 0));
    }

    #[test]
    fn a_lower_retention_takes_fewer_reviews() {
        assert!(reviews_until(14, 0.80) <= reviews_until(14, 0.90));
        assert!(reviews_until(60, 0.90) > reviews_until(7, 0.90));
        assert_eq!(reviews_until(0, 0.90), 1);
    }

    proptest! {
        #[test]
        fn the_plan_keeps_to_its_budget_and_is_the_same_again(
            count in 0usize..160, days in 0i32..60, minutes in 10u16..90, secs in 4.0f64..40.0,
        ) {
            let all = questions(count);
            let found = plan(&all, aim(days, minutes), day(0), secs);
            prop_assert!(found.needed_minutes <= found.budget_minutes + 1e-6);
            prop_assert_eq!(found.covered.len() + found.skipped.len(), count);
            prop_assert!(found.today.iter().all(|id| found.covered.contains(id)));
            prop_assert_eq!(plan(&all, aim(days, minutes), day(0), secs), found);
        }
    }
}
