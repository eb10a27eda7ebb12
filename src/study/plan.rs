//! The plan to the day of the interview: what fits into the time that is left, in which order, and what is left out.
//! Worked out anew whenever it is asked for, from the reader's aim and progress alone.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use fsrs::FSRS;

use super::aim::{Aim, Pin};
use super::pace::Pace;
use super::schedule::Policy;
use crate::ids::{QuestionId, TopicId};
use crate::time::Day;

/// A question as the plan weighs it, in the order of the content.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    pub question: QuestionId,
    /// What its topic counts; 0 leaves it out.
    pub weight: f64,
    /// Minutes to answer it aloud.
    pub minutes: u32,
    /// Cards in play that have not been seen.
    pub new_cards: usize,
    /// Stability in days of those that have.
    pub stabilities: Vec<f32>,
    /// Share of it that is probably known, 0 to 1.
    pub known: f64,
    /// It has been attempted.
    pub begun: bool,
    pub pin: Option<Pin>,
}

/// What the plan is worked out for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    pub aim: Aim,
    pub today: Day,
    pub pace: Pace,
    /// Minutes spent today already.
    pub spent_minutes: f64,
    /// Questions begun today already.
    pub begun_today: usize,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Days until the interview; None without a date, or once it is over.
    pub days_left: Option<u32>,
    /// Those of them, today included, that are no days off.
    pub study_days: u32,
    pub aim: Aim,
    /// Share of cards that shall be recalled when they come due: lowered before questions are left out.
    pub retention: f32,
    /// The day of the interview while it lies ahead.
    pub interview: Option<Day>,
    /// What fits, in the order in which it is studied: what has been begun, then by worth.
    pub covered: Vec<QuestionId>,
    /// What does not fit, the most valuable first.
    pub skipped: Vec<QuestionId>,
    /// New questions for today, in order.
    pub today: Vec<QuestionId>,
    /// New questions a day that the plan needs on average, those begun today included; 0 without a date.
    pub new_a_day: usize,
    /// New questions for tomorrow, by its minutes.
    pub new_tomorrow: usize,
    /// Days on which a mock interview stands in the plan.
    pub mocks: Vec<Day>,
    /// Minutes that the plan takes until the interview.
    pub needed_minutes: f64,
    /// Minutes there are for it.
    pub budget_minutes: f64,
    pub(super) choices: HashMap<QuestionId, Choice>,
}

/// What was decided of one question, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub reason: Reason,
    /// Minutes it takes until the interview, or for the first time without one.
    pub minutes: f64,
    pub known: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// In by hand.
    PinnedIn,
    /// Begun: its cards come back as they fade.
    Begun,
    /// In, at this place by worth for its cost, from 1.
    Worth(usize),
    /// Out by hand.
    PinnedOut,
    TopicLeftOut,
    /// What is worth more for its cost fills the time.
    NoTime,
}

impl Reason {
    pub const fn is_in(self) -> bool {
        matches!(self, Self::PinnedIn | Self::Begun | Self::Worth(_))
    }
}

/// Share of the time that is kept free, since days go wrong.
const SLACK: f64 = 0.15;
/// Tried in this order before a question is left out: coverage beats retention.
const RETENTIONS: [f32; 3] = [0.90, 0.85, 0.80];
/// Of a day's minutes, those beyond the first [`FOR_NEW`] go by this share to asking again what was begun, and [`MOST_AGAIN`] at most:
/// the warm-up and the prompt said aloud. More of it leaves less to be recalled on the day, most of all where a day is short
/// (`benches/README.md`).
const AGAIN_SHARE: f64 = 0.3;
const FOR_NEW: f64 = 10.0;
const MOST_AGAIN: f64 = 10.0;
/// New questions a day without a date.
pub const NEW_A_DAY: usize = 3;
/// Days before the interview on which a mock stands in the plan.
const MOCK_DAYS: [i32; 4] = [10, 6, 3, 1];
/// What a mock takes, and what it leaves of the day before the interview for the sweep.
const MOCK_MINUTES: u16 = 30;
const SWEEP_MINUTES: u16 = 15;
/// A question that is known does not weigh nothing: it is said once and kept.
const LEAST_GAIN: f64 = 0.05;
/// What a question is worth against the one of its topic that was taken before it.
const NEXT_OF_TOPIC: f64 = 0.97;
/// Nothing is reviewed more often than this before an interview.
const MOST_REVIEWS: u32 = 60;
/// What a sum of shares may be off by.
const ROUNDING: f64 = 1e-9;
/// How much longer a card waits after each time it is recalled, roughly.
const GROWTH: f64 = 2.5;

/// Minutes of a day that belong to a mock interview; 0 on other days, and where the day is too short for one.
pub fn mock_minutes(aim: &Aim, day: Day) -> u16 {
    let Some(before) = aim.interview.map(|interview| interview.days_since(day)) else { return 0 };
    let needed = if before == 1 { MOCK_MINUTES + SWEEP_MINUTES } else { MOCK_MINUTES };
    if MOCK_DAYS.contains(&before) && aim.minutes_on(day) >= needed { MOCK_MINUTES } else { 0 }
}

/// Of so many minutes of study on a day, those that may go to asking again what was begun.
pub fn again_minutes(minutes: f64) -> f64 {
    (AGAIN_SHARE * (minutes - FOR_NEW)).clamp(0.0, MOST_AGAIN)
}

/// What it counts in the plan that a question was asked in a real interview, or another one of its topic.
const ASKED: f64 = 2.0;
const TOPIC_ASKED: f64 = 1.25;

/// The weight of a question for what was really asked: 1 when neither it nor its topic was.
pub fn asked_weight(asked: &BTreeSet<QuestionId>, question: &QuestionId) -> f64 {
    if asked.contains(question) {
        ASKED
    } else if asked.iter().any(|other| other.topic() == question.topic()) {
        TOPIC_ASKED
    } else {
        1.0
    }
}

/// The plan for today.
pub fn plan(weighed: &[Weighed], situation: &Situation) -> Plan {
    let Situation { aim, today, .. } = *situation;
    let days = aim.interview.and_then(|interview| u32::try_from(interview.days_since(today)).ok());
    let Some(days_left) = days else { return without_a_date(weighed, situation) };
    let ahead = |from: i32| (from..i32::try_from(days_left).unwrap_or(i32::MAX)).map(|day| today.plus_days(day));
    let is_study_day = |day: &Day| aim.minutes_on(*day) > 0;
    let minutes_of = |day: Day| {
        let (minutes, mock) = (f64::from(aim.minutes_on(day)), f64::from(mock_minutes(&aim, day)));
        minutes * (1.0 - SLACK) - mock - again_minutes(minutes - mock)
    };
    let spent = situation.spent_minutes.min(f64::from(aim.minutes_on(today)));
    let budget = (ahead(0).map(minutes_of).map(|minutes| minutes.max(0.0)).sum::<f64>() - spent).max(0.0);
    let mut plan = fitted(weighed, days_left, budget, RETENTIONS[0], &situation.pace);
    for retention in RETENTIONS.into_iter().skip(1) {
        if !plan.is_short_of_time() {
            break;
        }
        plan = fitted(weighed, days_left, budget, retention, &situation.pace);
    }
    plan.aim = aim;
    plan.interview = aim.interview;
    plan.study_days = u32::try_from(ahead(0).filter(is_study_day).count()).unwrap_or(u32::MAX);
    plan.mocks = ahead(0).filter(|day| mock_minutes(&aim, *day) > 0).collect();
    // Nothing new on the day before, which is for a sweep, nor on a day off; else as many as its share of the minutes.
    let free = |day: Day| f64::from(aim.minutes_on(day).saturating_sub(mock_minutes(&aim, day)));
    let new_days: Vec<Day> = ahead(0).take(days_left.saturating_sub(1) as usize).filter(is_study_day).collect();
    let all_minutes: f64 = new_days.iter().map(|day| free(*day)).sum();
    let new = new(weighed, &plan);
    let to_begin = new.len() + situation.begun_today;
    let on = |day: Day| {
        let share = if new_days.contains(&day) && all_minutes > 0.0 { free(day) / all_minutes } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of some questions")]
        let count = (count(to_begin) * share - ROUNDING).ceil().max(0.0) as usize;
        count
    };
    plan.new_tomorrow = on(today.plus_days(1));
    plan.new_a_day = to_begin.checked_div(new_days.len()).map_or(0, |_| to_begin.div_ceil(new_days.len()));
    plan.today = new.into_iter().take(on(today).saturating_sub(situation.begun_today)).collect();
    plan
}

fn without_a_date(weighed: &[Weighed], situation: &Situation) -> Plan {
    let mut plan = fitted(weighed, 0, f64::INFINITY, RETENTIONS[0], &situation.pace);
    plan.days_left = None;
    plan.aim = situation.aim;
    plan.new_tomorrow = if situation.aim.minutes_on(situation.today.plus_days(1)) > 0 { NEW_A_DAY } else { 0 };
    plan.budget_minutes = 0.0;
    plan.needed_minutes = 0.0;
    if situation.aim.minutes_on(situation.today) > 0 {
        plan.today = new(weighed, &plan).into_iter().take(NEW_A_DAY.saturating_sub(situation.begun_today)).collect();
    }
    plan
}

/// What the plan covers and has not been begun, in order.
fn new(weighed: &[Weighed], plan: &Plan) -> Vec<QuestionId> {
    let begun: HashSet<&QuestionId> =
        weighed.iter().filter(|question| question.begun).map(|question| &question.question).collect();
    plan.covered.iter().filter(|id| !begun.contains(id)).cloned().collect()
}

/// Takes what has been begun, then what was put in by hand, then the rest by worth for its cost, until the budget is full.
fn fitted(weighed: &[Weighed], days_left: u32, budget: f64, retention: f32, pace: &Pace) -> Plan {
    // New questions begin in the middle of the time that is left, taken together.
    let (to_come, stretch) = (reviews_until(days_left / 2, retention), Policy::stretch(retention));
    let cost = |question: &Weighed| {
        let minutes = f64::from(question.minutes);
        // What is known is read quickly.
        let first =
            if question.begun { 0.0 } else { minutes * (pace.answering + pace.reading * (1.0 - question.known)) };
        let seen: u32 = question.stabilities.iter().map(|days| further_reviews(*days, days_left, stretch)).sum();
        let reviews = f64::from(seen) + f64::from(to_come) * count(question.new_cards);
        first + reviews * pace.review_secs / 60.0
    };
    let costs: Vec<f64> = weighed.iter().map(cost).collect();
    let worth: Vec<f64> = (weighed.iter().zip(&costs))
        .map(|(question, cost)| question.weight * (1.0 - question.known).max(LEAST_GAIN) / cost.max(0.1))
        .collect();
    let order = order(weighed, &worth);
    let mut plan = Plan {
        days_left: Some(days_left),
        study_days: 0,
        aim: Aim::default(),
        retention,
        interview: None,
        covered: Vec::new(),
        skipped: Vec::new(),
        today: Vec::new(),
        new_a_day: 0,
        new_tomorrow: 0,
        mocks: Vec::new(),
        needed_minutes: 0.0,
        budget_minutes: budget,
        choices: HashMap::new(),
    };
    let mut place = 0;
    for index in order {
        let question = &weighed[index];
        let fits = plan.needed_minutes + costs[index] <= budget;
        let reason = match question.pin {
            Some(Pin::Out) => Reason::PinnedOut,
            None if question.weight <= 0.0 => Reason::TopicLeftOut,
            _ if !fits => Reason::NoTime,
            Some(Pin::In) => Reason::PinnedIn,
            None if question.begun => Reason::Begun,
            None => {
                place += 1;
                Reason::Worth(place)
            }
        };
        if reason.is_in() {
            plan.needed_minutes += costs[index];
            plan.covered.push(question.question.clone());
        } else {
            plan.skipped.push(question.question.clone());
        }
        let choice = Choice { reason, minutes: costs[index], known: question.known };
        plan.choices.insert(question.question.clone(), choice);
    }
    plan
}

/// The order in which questions are taken: those put in by hand, those begun, then by worth, where each question taken makes the next
/// of its topic worth a little less. An interviewer asks across the topics, and without this a small difference in what is known of
/// two of them would give all the time to one.
fn order(weighed: &[Weighed], worth: &[f64]) -> Vec<usize> {
    let first = |index: &usize| match weighed[*index].pin {
        Some(Pin::In) => 0,
        _ if weighed[*index].begun => 1,
        _ => 2,
    };
    let mut order: Vec<usize> = (0..weighed.len()).collect();
    order.sort_by(|a, b| first(a).cmp(&first(b)).then_with(|| worth[*b].total_cmp(&worth[*a])).then(a.cmp(b)));
    let rest = order.split_off(order.partition_point(|index| first(index) < 2));
    let mut topics: BTreeMap<TopicId, (f64, VecDeque<usize>)> = BTreeMap::new();
    for index in &order {
        topics.entry(weighed[*index].question.topic()).or_insert((1.0, VecDeque::new())).0 *= NEXT_OF_TOPIC;
    }
    for index in rest {
        topics.entry(weighed[index].question.topic()).or_insert((1.0, VecDeque::new())).1.push_back(index);
    }
    let head = |(share, waiting): &(f64, VecDeque<usize>)| waiting.front().map(|index| share * worth[*index]);
    while let Some(best) = topics.values_mut().reduce(|a, b| if head(b) > head(a) { b } else { a }) {
        let Some(next) = best.1.pop_front() else { break };
        best.0 *= NEXT_OF_TOPIC;
        order.push(next);
    }
    order
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// How often a card that is begun today is reviewed within `days`, when every review recalls it: two steps, then the intervals
/// that FSRS-6 gives for the retention.
pub fn reviews_until(days: u32, retention: f32) -> u32 {
    let fsrs = FSRS::default();
    let (mut reviews, mut day, mut memory, mut elapsed) = (1, 0, None, 0);
    while day < days && reviews < MOST_REVIEWS {
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

/// How often a card that is known for `stability` days comes back within `days`, its interval growing each time.
fn further_reviews(stability: f32, days: u32, stretch: f32) -> u32 {
    let (mut reviews, mut day, mut interval) = (0, 0.0, f64::from(stability * stretch).max(1.0));
    while reviews < MOST_REVIEWS {
        day += interval;
        if day >= f64::from(days) {
            break;
        }
        interval *= GROWTH;
        reviews += 1;
    }
    reviews
}

impl Plan {
    /// What it asks of every card.
    pub const fn policy(&self) -> Policy {
        Policy { retention: self.retention, interview: self.interview }
    }

    pub fn choice(&self, question: &QuestionId) -> Option<Choice> {
        self.choices.get(question).copied()
    }

    pub fn covers(&self, question: &QuestionId) -> bool {
        self.choice(question).is_some_and(|choice| choice.reason.is_in())
    }

    fn is_short_of_time(&self) -> bool {
        self.choices.values().any(|choice| choice.reason == Reason::NoTime)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::study::DaysOff;

    fn day(offset: i32) -> Day {
        Day("2026-11-24".parse().unwrap()).plus_days(offset)
    }

    fn questions(count: usize) -> Vec<Weighed> {
        (0..count)
            .map(|n| {
                let begun = n % 4 == 3;
                Weighed {
                    question: QuestionId::new(format!("t/q{n}")),
                    weight: 1.0,
                    minutes: 2 + u32::try_from(n % 3).unwrap(),
                    new_cards: if begun { 0 } else { 3 },
                    stabilities: if begun { vec![2.0, 9.0, 30.0] } else { Vec::new() },
                    known: [0.1, 0.4, 0.7, 0.8][n % 4],
                    begun,
                    pin: None,
                }
            })
            .collect()
    }

    fn situation(days: i32, minutes: u16) -> Situation {
        let aim = Aim { interview: Some(day(days)), minutes_a_day: minutes, ..Aim::default() };
        Situation { aim, today: day(0), pace: Pace::default(), spent_minutes: 0.0, begun_today: 0 }
    }

    #[test]
    fn a_longer_way_covers_more_and_retention_gives_way_first() {
        let all = questions(150);
        let season = plan(&all, &situation(60, 60));
        assert_eq!((season.skipped.len(), season.retention), (0, 0.90));
        let week = plan(&all, &situation(7, 30));
        assert!(!week.skipped.is_empty());
        assert!((week.retention - 0.80).abs() < f32::EPSILON, "scope is cut only at the lowest retention");
        assert!(week.sentence().starts_with("7 days × 30 min: "), "{}", week.sentence());
        assert!(plan(&all, &situation(14, 30)).covered.len() > week.covered.len());
    }

    #[test]
    fn nothing_new_on_the_day_before_and_nothing_past_the_date() {
        let all = questions(40);
        assert!(!plan(&all, &situation(2, 60)).today.is_empty());
        for days in [1, 0] {
            assert!(plan(&all, &situation(days, 60)).today.is_empty(), "{days}");
        }
        let none = Situation { aim: Aim::default(), ..situation(0, 30) };
        assert_eq!(plan(&all, &none).today.len(), 3);
        assert_eq!(plan(&all, &Situation { begun_today: 2, ..none }).today.len(), 1);
        let over = plan(&all, &situation(-3, 30));
        assert_eq!((over.days_left, over.policy().interview), (None, None), "a date that is over asks nothing");
    }

    #[test]
    fn what_is_known_and_dear_gives_way_and_the_first_topic_goes_first() {
        let mut all = questions(12);
        for question in &mut all {
            (question.known, question.minutes, question.begun) = (0.2, 3, false);
        }
        all[5].known = 0.9;
        all[6].weight = 1.5;
        all[7].minutes = 9;
        let found = plan(&all, &situation(14, 30));
        let place = |n: usize| found.covered.iter().position(|id| *id == all[n].question).unwrap_or(99);
        assert!(place(6) < place(0) && place(0) < place(5) && place(0) < place(7), "{:?}", found.covered);
    }

    #[test]
    fn topics_that_are_known_alike_share_the_time() {
        let mut all = questions(60);
        for (n, question) in all.iter_mut().enumerate() {
            question.question = QuestionId::new(format!("t{}/q{n}", n / 20));
            (question.begun, question.minutes) = (false, 3);
            question.known = [0.27, 0.31, 0.31][n / 20];
        }
        let found = plan(&all, &situation(9, 30));
        let of = |topic: &str| found.covered.iter().filter(|id| id.topic().as_str() == topic).count();
        assert!(of("t0") >= of("t1") && of("t1") > 0 && of("t0") < 2 * of("t2"), "{:?}", found.covered);
    }

    #[test]
    fn a_pin_has_the_last_word_but_for_the_time() {
        let mut all = questions(150);
        let scarce = situation(4, 20);
        let skipped = plan(&all, &scarce).skipped.last().cloned().unwrap();
        let index = all.iter().position(|question| question.question == skipped).unwrap();
        all[index].pin = Some(Pin::In);
        all[0].pin = Some(Pin::Out);
        all[1].weight = 0.0;
        let found = plan(&all, &scarce);
        assert_eq!(found.choice(&skipped).unwrap().reason, Reason::PinnedIn);
        assert_eq!(found.today.first(), Some(&skipped).filter(|_| !all[index].begun), "what was put in comes first");
        assert_eq!(found.choice(&all[0].question).unwrap().reason, Reason::PinnedOut);
        assert_eq!(found.choice(&all[1].question).unwrap().reason, Reason::TopicLeftOut);
        let no_time = plan(&all, &situation(1, 5));
        assert_eq!(no_time.choice(&skipped).unwrap().reason, Reason::NoTime);
    }

    #[test]
    fn mocks_and_days_off_take_their_time() {
        let aim = |minutes| situation(14, minutes).aim;
        let mocks = |aim: &Aim| (0..14).filter(|offset| mock_minutes(aim, day(*offset)) > 0).collect::<Vec<_>>();
        assert_eq!(mocks(&aim(45)), [4, 8, 11, 13]);
        assert_eq!(mocks(&aim(30)), [4, 8, 11], "the day before has no time for both a mock and the sweep");
        assert!(mocks(&aim(20)).is_empty());
        let all = questions(150);
        let whole = plan(&all, &situation(14, 30));
        assert!((whole.budget_minutes - 11.0 * (30.0 * 0.85 - 6.0)).abs() < 1e-6, "{}", whole.budget_minutes);
        // 24 November 2026 is a Tuesday: the fortnight has two Sundays, and no mock falls on one.
        let mut off = situation(14, 30);
        off.aim.days_off = DaysOff::default().toggled(6);
        let less = plan(&all, &off);
        assert_eq!((less.study_days, whole.study_days), (12, 14));
        assert!(less.budget_minutes < whole.budget_minutes);
        off.aim.days_off = DaysOff::default().toggled(1);
        assert!(plan(&all, &off).today.is_empty(), "nothing new on a day off");
    }

    #[test]
    fn a_weekend_with_more_minutes_begins_more() {
        let all = questions(150);
        let even = plan(&all, &situation(14, 30));
        let mut weekend = situation(14, 30);
        weekend.aim.weekend_minutes = Some(150);
        let tuesday = plan(&all, &weekend);
        assert!(tuesday.budget_minutes > even.budget_minutes + 300.0 && tuesday.covered.len() > even.covered.len());
        weekend.today = day(4);
        let saturday = plan(&all, &weekend);
        assert!(saturday.today.len() >= 3 * tuesday.today.len(), "{} {}", saturday.today.len(), tuesday.today.len());
        assert!(saturday.sentence().starts_with("10 days × 30 min, 150 at weekends: "), "{}", saturday.sentence());
    }

    #[test]
    fn a_lower_retention_takes_fewer_reviews() {
        assert!(reviews_until(14, 0.80) <= reviews_until(14, 0.90));
        assert!(reviews_until(60, 0.90) > reviews_until(7, 0.90));
        assert_eq!(reviews_until(0, 0.90), 1);
        assert!(further_reviews(1.0, 30, 1.0) > further_reviews(10.0, 30, 1.0));
        assert_eq!(further_reviews(40.0, 30, 1.0), 0);
    }

    #[test]
    fn what_was_really_asked_weighs_more_and_so_does_its_topic() {
        let asked = BTreeSet::from([QuestionId::new("t/q1")]);
        let weight = |id: &str| asked_weight(&asked, &QuestionId::new(id));
        assert!(weight("t/q1") > weight("t/q2") && weight("t/q2") > weight("u/q1"));
        assert!((weight("u/q1") - 1.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn the_plan_keeps_to_its_budget_and_is_the_same_again(
            count in 0usize..160,
            days in -3i32..60,
            minutes in 5u16..90,
            review_secs in 4.0f64..40.0,
            spent_minutes in 0.0f64..100.0,
            begun_today in 0usize..5,
            off in 0u8..7,
            weekend in proptest::option::of(5u16..200),
            pins in proptest::collection::vec((0usize..160, any::<bool>()), 0..12),
        ) {
            let mut all = questions(count);
            for (index, inside) in pins {
                if let Some(question) = all.get_mut(index) {
                    question.pin = Some(if inside { Pin::In } else { Pin::Out });
                }
            }
            let mut situation = situation(days, minutes);
            situation.aim.days_off = DaysOff::default().toggled(off);
            situation.aim.weekend_minutes = weekend;
            situation.pace.review_secs = review_secs;
            (situation.spent_minutes, situation.begun_today) = (spent_minutes, begun_today);
            let found = plan(&all, &situation);
            prop_assert!(found.needed_minutes <= found.budget_minutes + 1e-6);
            let there_are: f64 = (0..days).map(|offset| f64::from(situation.aim.minutes_on(day(offset)))).sum();
            prop_assert!(found.budget_minutes <= there_are + 1e-6);
            prop_assert_eq!(found.covered.len() + found.skipped.len(), count);
            prop_assert!(found.today.iter().all(|id| found.covers(id)));
            prop_assert!(found.mocks.iter().all(|mock| *mock >= day(0) && *mock < day(days)));
            prop_assert!(!(0..=1).contains(&days) || found.today.is_empty());
            prop_assert_eq!(plan(&all, &situation), found);
        }

        /// Whatever the plan, no card waits past the date.
        #[test]
        fn no_card_is_due_past_the_date(days in 1i32..60, reviewed in 0i32..60, interval in 1u32..400, low in 0usize..3) {
            let policy = Policy { retention: RETENTIONS[low], interview: Some(day(days)) };
            let reviewed = day(reviewed.min(days - 1));
            let due = policy.due_day(reviewed, interval);
            prop_assert!(due > reviewed && due <= day(days));
        }
    }
}
