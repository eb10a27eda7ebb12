//! Today's session: what is left to do, in order, within the minutes that are left. Worked out anew from the journal after every entry,
//! so that a crash, an undo or a week away leaves nothing to put right: what was not done is simply still to do, or no longer worth it.

use std::collections::{HashMap, VecDeque};

use super::aim::Aim;
use super::calibration;
use super::fact::{AttemptKind, Fact};
use super::pace::Pace;
use super::plan::{self, Plan};
use super::progress::{Progress, QuestionState};
use super::queue::{Studied, Why, due_cards};
use crate::ids::{CardId, QuestionId};
use crate::time::{Day, Moment};

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Asked again: the reader was sure of it on the last day, and it did not hold.
    WarmUp(QuestionId),
    Card(CardId, Why),
    New(QuestionId),
    /// Said aloud against the clock.
    Spoken(QuestionId),
}

impl Item {
    /// The question it is about, or whose card it is.
    pub fn question(&self) -> QuestionId {
        match self {
            Self::WarmUp(question) | Self::New(question) | Self::Spoken(question) => question.clone(),
            Self::Card(card, _) => card.question(),
        }
    }
}

/// What the session is made from.
pub struct Materials<'a> {
    pub progress: &'a Progress,
    pub plan: &'a Plan,
    /// Cards in play.
    pub studied: &'a [Studied],
    pub pace: Pace,
    /// Minutes to answer a question aloud.
    pub minutes: &'a dyn Fn(&QuestionId) -> u32,
    /// Whether two questions are easily confused.
    pub related: &'a dyn Fn(&QuestionId, &QuestionId) -> bool,
    pub now: Moment,
    /// Minutes that the reader has put on top of today's.
    pub extra_minutes: u16,
}

/// Today as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Today {
    /// What is left to do, in order; it fits into the minutes that are left.
    pub items: Vec<Item>,
    /// Minutes spent, whatever on.
    pub spent_minutes: f64,
    /// Minutes there are today, with what the reader put on top.
    pub budget_minutes: f64,
    /// Minutes of these that a mock interview takes.
    pub mock_minutes: f64,
    pub done: Done,
    pub tomorrow: Tomorrow,
}

/// What the next day brings, as it looks from here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tomorrow {
    /// Cards that will be due.
    pub cards: usize,
    /// New questions, in order.
    pub new: Vec<QuestionId>,
    pub mock: bool,
    pub kind: DayKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayKind {
    #[default]
    Study,
    DayOff,
    /// The day before the interview: a sweep, nothing new.
    Eve,
    Interview,
}

/// What was done today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub reviews: usize,
    /// Questions attempted for the first time, and again.
    pub begun: usize,
    pub again: usize,
    /// Of those again, said aloud.
    pub spoken: usize,
    /// Prompts of the diagnostic.
    pub diagnosed: usize,
    pub mocks: usize,
    pub took_millis: u64,
    /// Of these, on attempts at what was begun before.
    pub again_millis: u64,
}

impl Done {
    /// What was done on a day.
    pub fn on(progress: &Progress, day: Day) -> Self {
        let mut done = Self::default();
        // A zone further west may put an entry of the evening before on the same day.
        let latest = progress.counting().rev().take_while(|entry| entry.moment().day() >= day.plus_days(-1));
        for fact in latest.filter(|entry| entry.moment().day() == day).flat_map(|entry| &entry.facts) {
            done.took_millis += u64::from(fact.took_millis());
            match fact {
                Fact::Reviewed { .. } => done.reviews += 1,
                Fact::Diagnosed(_) => done.diagnosed += 1,
                Fact::MockTaken(_) => done.mocks += 1,
                Fact::Attempted(attempt) if attempt.attempt == AttemptKind::Mock => {}
                Fact::Attempted(attempt) => {
                    let before = state(progress, &attempt.question).and_then(|state| state.attempted_at.first());
                    let again = before.is_some_and(|first| first.day() < day);
                    done.begun += usize::from(!again);
                    done.again += usize::from(again);
                    done.again_millis += if again { u64::from(fact.took_millis()) } else { 0 };
                    done.spoken += usize::from(again && attempt.attempt == AttemptKind::Spoken);
                }
                _ => {}
            }
        }
        done
    }

    pub fn minutes(&self) -> f64 {
        minutes_of(self.took_millis)
    }

    fn again_minutes(&self) -> f64 {
        minutes_of(self.again_millis)
    }
}

/// Asked again at most.
const WARM_UPS: usize = 2;
/// A thing is begun while at least this share of its time is left, so that a day ends at its minutes on average.
const BEGUN_WITH: f64 = 0.5;
/// A new card is seen so many times on its first day.
const FIRST_DAY_REVIEWS: f64 = 2.0;
/// Learning steps that come within so many seconds are taken at the end of the session, as in Anki.
const LEARN_AHEAD_SECS: i64 = 1200;
/// How far down the list a card may be fetched up to stand beside one that is easily confused with it.
const LOOK_AHEAD: usize = 12;

/// What is left of today.
pub fn today(materials: &Materials<'_>) -> Today {
    let Materials { progress, plan, now, .. } = *materials;
    let (aim, day) = (progress.aim(), now.day());
    let done = Done::on(progress, day);
    let mut today = Today {
        items: Vec::new(),
        spent_minutes: done.minutes(),
        budget_minutes: f64::from(aim.minutes_on(day) + materials.extra_minutes),
        mock_minutes: if done.mocks > 0 { 0.0 } else { f64::from(plan::mock_minutes(&aim, day)) },
        done,
        tomorrow: tomorrow(materials, aim, day),
    };
    let card_minutes = materials.pace.review_secs / 60.0;
    let mut time = Time { left: today.budget_minutes - today.mock_minutes - today.spent_minutes };
    let answering = |question: &QuestionId| f64::from((materials.minutes)(question)) * materials.pace.answering;
    // What is asked again takes its share of a day: at a few minutes a day it would leave none for what is new.
    let mut again =
        Time { left: plan::again_minutes(today.budget_minutes - today.mock_minutes) - done.again_minutes() };
    for question in warm_ups(progress, plan, day) {
        if again.takes_whole(answering(&question)) && time.take(answering(&question)) {
            again.left -= answering(&question);
            today.items.push(Item::WarmUp(question));
        }
    }
    // The prompt at the end has its time kept free.
    let spoken = spoken(materials, &today, done, again.left);
    let kept = spoken.as_ref().map_or(0.0, answering).min(time.left.max(0.0));
    time.left -= kept;
    let (cards, ahead) = cards(materials);
    for (card, why) in cards {
        if time.take(card_minutes) {
            today.items.push(Item::Card(card, why));
        }
    }
    for question in new(materials, aim, day) {
        let minutes = first_day_minutes(materials, &question);
        // What overruns would be at the cost of the prompt at the end.
        if (kept > 0.0 && time.left < minutes) || !time.take(minutes) {
            break;
        }
        today.items.push(Item::New(question));
    }
    time.left += kept;
    if let Some(question) = spoken
        && time.take(answering(&question))
    {
        today.items.push(Item::Spoken(question));
    }
    let ahead = ahead.into_iter().filter(|_| time.take(card_minutes));
    today.items.extend(ahead.map(|card| Item::Card(card, Why::Learning)));
    today
}

fn tomorrow(materials: &Materials<'_>, aim: Aim, today: Day) -> Tomorrow {
    let Materials { progress, plan, now, .. } = *materials;
    let (day, policy) = (today.plus_days(1), plan.policy());
    let day_after = day.plus_days(1).starts_at(now.offset_secs);
    let due = materials.studied.iter().filter(|one| {
        let due = progress.card(&one.card).filter(|state| !state.suspended).and_then(|state| state.due(&policy));
        due.is_some_and(|due| due < day_after) && plan.covers(&one.card.question())
    });
    let before = plan.days_left.map(|days| days.saturating_sub(1));
    let begun = |question: &QuestionId| state(progress, question).is_some_and(QuestionState::is_begun);
    let waiting = plan.covered.iter().filter(|question| !begun(question) && !plan.today.contains(question));
    Tomorrow {
        cards: due.count(),
        new: waiting.take(plan.new_tomorrow).cloned().collect(),
        mock: plan.mocks.contains(&day),
        kind: match before {
            Some(0) => DayKind::Interview,
            _ if aim.minutes_on(day) == 0 => DayKind::DayOff,
            Some(1) => DayKind::Eve,
            _ => DayKind::Study,
        },
    }
}

/// Minutes that are left.
struct Time {
    left: f64,
}

impl Time {
    /// Whether the whole of a thing fits.
    fn takes_whole(&self, minutes: f64) -> bool {
        self.left >= minutes
    }

    /// Takes the time of one more thing, if enough is left to begin it.
    fn take(&mut self, minutes: f64) -> bool {
        let fits = self.left > 0.0 && self.left >= minutes * BEGUN_WITH;
        if fits {
            self.left -= minutes;
        }
        fits
    }
}

fn minutes_of(millis: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a day of milliseconds")]
    let millis = millis as f64;
    millis / 60_000.0
}

fn state<'a>(progress: &'a Progress, question: &QuestionId) -> Option<&'a QuestionState> {
    progress.question(question)
}

fn attempted_on(progress: &Progress, question: &QuestionId, day: Day) -> bool {
    state(progress, question).is_some_and(|state| state.attempted_at.iter().any(|at| at.day() == day))
}

/// What was sure and did not hold on the last day of study before today.
fn warm_ups(progress: &Progress, plan: &Plan, today: Day) -> Vec<QuestionId> {
    let rated = calibration::rated(progress);
    let Some(last) = rated.iter().map(|rated| rated.at.day()).filter(|day| *day < today).max() else {
        return Vec::new();
    };
    let of_last: Vec<_> = rated.into_iter().filter(|rated| rated.at.day() == last).collect();
    let Some(at) = of_last.last().map(|rated| rated.at) else { return Vec::new() };
    let wrong = calibration::sure_but_wrong(&of_last, at, 1).into_iter();
    let open = wrong.filter(|question| plan.covers(question) && !attempted_on(progress, question, today));
    open.take(WARM_UPS).collect()
}

/// Cards to show now in order, and those on a learning step that comes soon.
fn cards(materials: &Materials<'_>) -> (Vec<(CardId, Why)>, Vec<CardId>) {
    let Materials { progress, plan, now, .. } = *materials;
    // The cards of a question stand together.
    let mut last = ("", false);
    let covered = materials.studied.iter().filter(|one| {
        let question = one.card.question_name();
        if last.0 != question {
            last = (question, plan.covers(&one.card.question()));
        }
        last.1
    });
    let covered: Vec<Studied> = covered.cloned().collect();
    let policy = plan.policy();
    let due = due_cards(&covered, progress, &policy, now, 0);
    let (learning, fading): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, why)| *why == Why::Learning);
    let mut cards = learning;
    let begun = |question: &QuestionId| state(progress, question).is_some_and(QuestionState::is_begun);
    let unseen = |card: &CardId| {
        progress
            .card(card)
            .is_none_or(|state| state.schedule.due.is_none() && state.wanted.is_none_or(|at| at > now.at))
    };
    // Those of questions that were begun: what an attempt missed first waits for tomorrow only when it was seen before.
    let new = covered.iter().filter(|one| begun(&one.card.question()) && unseen(&one.card));
    let new = new.filter(|one| !progress.is_suspended(&one.card)).map(|one| (one.card.clone(), Why::New));
    cards.extend(interleaved(fading, materials.related, last_reviewed(progress, now.day())));
    cards.extend(new);
    let soon = now.at.plus_secs(LEARN_AHEAD_SECS);
    let mut ahead: Vec<_> = covered
        .iter()
        .filter_map(|one| {
            let state = progress.card(&one.card).filter(|state| !state.suspended)?;
            let due = state.schedule.due.filter(|due| *due > now.at && *due <= soon)?;
            (state.schedule.interval_days == 0).then(|| (due, one.card.clone()))
        })
        .collect();
    ahead.sort();
    (cards, ahead.into_iter().map(|(_, card)| card).collect())
}

fn last_reviewed(progress: &Progress, today: Day) -> Option<QuestionId> {
    let last = progress.last_review()?;
    (last.0.day() == today).then(|| last.1.question())
}

/// The order kept but for two things: cards of one question stand apart, and a card stands after one of a question that it is easily
/// confused with, when there is one near. Telling neighbours apart is what interleaving trains.
pub fn interleaved(
    cards: Vec<(CardId, Why)>,
    related: &dyn Fn(&QuestionId, &QuestionId) -> bool,
    last: Option<QuestionId>,
) -> Vec<(CardId, Why)> {
    // How many wait of each question: where one is left there is nothing to look for.
    let mut of: HashMap<QuestionId, usize> = HashMap::new();
    for (card, _) in &cards {
        *of.entry(card.question()).or_default() += 1;
    }
    let (mut waiting, mut out, mut last) = (VecDeque::from(cards), Vec::new(), last);
    loop {
        let at = last.as_ref().filter(|last| of.len() > 1 || !of.contains_key(last)).and_then(|last| {
            let near = || waiting.iter().take(LOOK_AHEAD).map(|(card, _)| card.question());
            let confusable = near().position(|question| question != *last && related(&question, last));
            confusable.or_else(|| waiting.iter().position(|(card, _)| card.question_name() != last.as_str()))
        });
        let Some(next) = waiting.remove(at.unwrap_or_default()) else { return out };
        let question = next.0.question();
        if let Some(left) = of.get_mut(&question) {
            *left -= 1;
            if *left == 0 {
                of.remove(&question);
            }
        }
        last = Some(question);
        out.push(next);
    }
}

/// New questions: the plan's for today, then, with a date, the next ones while there is time.
fn new(materials: &Materials<'_>, aim: Aim, today: Day) -> Vec<QuestionId> {
    let Materials { progress, plan, .. } = *materials;
    let mut new = plan.today.clone();
    let late = plan.days_left.is_some_and(|days| days <= 1);
    let has_extra = materials.extra_minutes > 0;
    if (plan.days_left.is_some() && !late && aim.minutes_on(today) > 0) || (has_extra && !late) {
        let begun = |question: &QuestionId| state(progress, question).is_some_and(QuestionState::is_begun);
        let next = plan.covered.iter().filter(|question| !begun(question) && !plan.today.contains(question));
        new.extend(next.cloned());
    }
    new
}

/// What a new question takes today: answering, reading what is not known, and its cards for the first time.
fn first_day_minutes(materials: &Materials<'_>, question: &QuestionId) -> f64 {
    let pace = materials.pace;
    let known = materials.plan.choice(question).map_or(0.0, |choice| choice.known);
    let minutes = f64::from((materials.minutes)(question)) * (pace.answering + pace.reading * (1.0 - known));
    let cards = materials.studied.iter().filter(|one| one.card.question() == *question).count();
    minutes + f64::from(u32::try_from(cards).unwrap_or_default()) * FIRST_DAY_REVIEWS * pace.review_secs / 60.0
}

/// The prompt to say aloud: of what was begun before today and not tried today, what has never been said in time first, then what was
/// tried longest ago. One a day.
fn spoken(materials: &Materials<'_>, today: &Today, done: Done, minutes: f64) -> Option<QuestionId> {
    let Materials { progress, plan, now, .. } = *materials;
    if done.spoken > 0 {
        return None;
    }
    let candidates = plan.covered.iter().filter_map(|question| {
        let state = state(progress, question)?;
        let (attempt, at) = state.attempts.last().zip(state.attempted_at.last())?;
        let tried = attempted_on(progress, question, now.day());
        let warms_up = today.items.iter().any(|item| item.question() == *question);
        let holds =
            attempt.attempt == AttemptKind::Spoken && !attempt.over_time && attempt.musts_ticked >= attempt.musts;
        let fits = f64::from((materials.minutes)(question)) * materials.pace.answering <= minutes;
        (!tried && !warms_up && fits).then_some((holds, at.at, question))
    });
    candidates.min().map(|(.., question)| question.clone())
}

#[cfg(test)]
mod tests;
