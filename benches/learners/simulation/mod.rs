//! Synthetic learners under three ways to choose what to study.
//!
//! Every learner studies the content that ships, for the same minutes in the same manner, and each thing they do is an entry of a journal.
//! Only the choice differs: what next, and when again. The plan's choice is the program's: `study::Planned`, worked out anew after every
//! entry, as the window does.

mod learner;

use std::collections::BTreeSet;

use uuid::Uuid;
use whetstone::catalog::{CardLevel, Catalog, Question};
use whetstone::ids::{CardId, EntryId, MachineId, QuestionId};
use whetstone::study::diagnostic::{self, PROMPTS};
use whetstone::study::today::Item;
use whetstone::study::{
    self, Aim, Attempt, AttemptKind, Confidence, Diagnosed, Entry, Fact, Grade, Pace, Phase, Planned, Policy, Progress,
    attempt_grade, plan,
};
use whetstone::time::{Moment, Timestamp};

use learner::Chance;
pub use learner::Learner;

/// The way to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What the program does: diagnostic, plan, today's session.
    Plan,
    /// Anki as it comes: due cards by due date at 90 %, then new material in the order of the content.
    DueOrder,
    /// Due cards and new material by chance.
    Random,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Plan, Self::DueOrder, Self::Random];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::DueOrder => "due order",
            Self::Random => "random",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Share of questions whose core cards have a true recall of .8 on the day, studied or known before, 0 to 1.
    pub coverage: f64,
    /// Mean true recall on the day over the cards of questions that were studied.
    pub recall_of_studied: f64,
    /// Mean over all questions of the true recall of their cards on the day: what an interviewer would find.
    pub recall_weighted: f64,
    /// Questions that were studied.
    pub studied: f64,
    /// Minutes that it took.
    pub minutes: f64,
    /// Questions that the plan of the first day covered; 0 without one.
    pub promised: f64,
}

/// Ten in the morning of the first day, in UTC.
const START: i64 = 1_795_514_400_000;
const DAY_MILLIS: i64 = 86_400_000;
/// Seconds for a prompt of the diagnostic.
const PROMPT_SECS: f64 = 20.0;
/// Learning steps that come within so many seconds are taken at the end, as in Anki.
const LEARN_AHEAD_SECS: i64 = 1200;

/// A question with its core cards.
struct Material<'a> {
    question: &'a Question,
    cards: Vec<CardId>,
}

struct Course<'a> {
    learner: Learner,
    catalog: &'a Catalog,
    materials: Vec<Material<'a>>,
    progress: Progress,
    chance: Chance,
    usual: Pace,
    entries: u128,
    day: i32,
    /// Since ten o'clock.
    millis: i64,
    all_millis: i64,
    /// Questions that the first plan covered.
    promised: Option<usize>,
}

impl Course<'_> {
    fn now(&self) -> Moment {
        Moment { at: Timestamp(START + i64::from(self.day) * DAY_MILLIS + self.millis), offset_secs: 0 }
    }

    fn today(&self) -> f64 {
        f64::from(self.day)
    }

    /// Takes its time, then is an entry.
    fn say(&mut self, took_millis: u32, facts: Vec<Fact>) {
        self.entries += 1;
        self.millis += i64::from(took_millis).max(1);
        self.all_millis += i64::from(took_millis);
        let (id, machine) = (EntryId(Uuid::from_u128(self.entries)), MachineId(Uuid::from_u128(1)));
        self.progress.apply(Entry { id, machine, at: self.now().at, offset_secs: 0, facts });
    }

    /// One review: recalled by the true memory, which then changes by the learner's own parameters; the schedule sees the grade.
    fn review(&mut self, card: &CardId) {
        let recalled = self.chance.even() < self.learner.recall(card, self.today());
        let grade = match (recalled, self.chance.even()) {
            (false, _) => Grade::Again,
            (true, luck) if luck < 0.12 => Grade::Hard,
            (true, luck) if luck > 0.9 => Grade::Easy,
            (true, _) => Grade::Good,
        };
        self.learner.change(card, grade, self.today());
        let took = self.usual.review_secs * self.learner.slowness * (0.3 * self.chance.normal()).exp();
        let took_millis = millis(took);
        self.say(took_millis, vec![Fact::Reviewed { card: card.clone(), grade, took_millis, practice: false }]);
    }

    /// The cards of a question's key points that are recalled now, and those that are not.
    fn said(&mut self, question: &Question) -> (BTreeSet<CardId>, BTreeSet<CardId>) {
        let cards: BTreeSet<&CardId> = points(question).map(|point| &point.card).collect();
        let (mut said, mut missed) = (BTreeSet::new(), BTreeSet::new());
        for card in cards {
            let recalled = self.chance.even() < self.learner.recall(card, self.today());
            if recalled { &mut said } else { &mut missed }.insert(card.clone());
        }
        (said, missed)
    }

    /// What the learner would say of how sure they are: near the truth, but not at it.
    fn confidence(&mut self, question: &Question) -> Confidence {
        let all: Vec<f64> = points(question).map(|point| self.learner.recall(&point.card, self.today())).collect();
        let felt = all.iter().sum::<f64>() / count(all.len().max(1)) + 0.2 * self.chance.normal();
        match felt {
            ..0.375 => Confidence::Guess,
            ..0.625 => Confidence::Shaky,
            ..0.85 => Confidence::Likely,
            _ => Confidence::Sure,
        }
    }

    /// Answered, then read as far as it was not known. Who has studied it before practises all its points by answering.
    fn attempt(&mut self, question: &Question, kind: AttemptKind) {
        let confidence = self.confidence(question);
        let (said, missed) = self.said(question);
        if self.is_begun(&question.id) {
            said.iter().for_each(|card| self.learner.change(card, Grade::Good, f64::from(self.day)));
            missed.iter().for_each(|card| self.learner.change(card, Grade::Again, f64::from(self.day)));
        }
        let unknown = count(missed.len()) / count((said.len() + missed.len()).max(1));
        let minutes = f64::from(question.minutes) * self.learner.slowness;
        let took_millis = millis(minutes * self.usual.answering * 60.0);
        let read_millis = millis(minutes * self.usual.reading * unknown * 60.0);
        let over_time = self.learner.slowness > 1.5;
        let (musts, plus) = (counted(question, None, true), counted(question, None, false));
        let (musts_ticked, plus_ticked) = (counted(question, Some(&said), true), counted(question, Some(&said), false));
        let attempt = Attempt {
            question: question.id.clone(),
            attempt: kind,
            text: String::new(),
            ticked: points(question).filter(|point| said.contains(&point.card)).map(|point| point.id.clone()).collect(),
            musts,
            musts_ticked,
            plus,
            plus_ticked,
            took_millis,
            over_time,
            grade: attempt_grade(musts, musts_ticked, plus, plus_ticked, over_time, false),
            follow_up: false,
            read_millis,
            missed: missed.into_iter().collect(),
        };
        self.say(0, vec![Fact::ConfidenceRated { question: question.id.clone(), confidence }]);
        self.say(took_millis + read_millis, vec![Fact::Attempted(attempt)]);
    }

    fn is_begun(&self, question: &QuestionId) -> bool {
        self.progress.question(question).is_some_and(study::QuestionState::is_begun)
    }

    /// The diagnostic: what is recalled is ticked.
    fn take_the_diagnostic(&mut self) {
        let askable = study::askable(self.catalog);
        while let Some(id) = diagnostic::next(&askable, &study::diagnosed(&self.progress), PROMPTS) {
            let Some(question) = self.catalog.question(&id) else { break };
            let (confidence, (said, _)) = (self.confidence(question), self.said(question));
            let took_millis = millis(PROMPT_SECS * self.learner.slowness);
            let diagnosed = Diagnosed {
                question: id,
                confidence,
                ticked: Vec::new(),
                musts: counted(question, None, true),
                musts_ticked: counted(question, Some(&said), true),
                plus: counted(question, None, false),
                plus_ticked: counted(question, Some(&said), false),
                took_millis,
            };
            self.say(took_millis, vec![Fact::Diagnosed(diagnosed)]);
        }
    }

    /// A day as the program has it: the first thing of today's session, again and again, until nothing is left.
    fn planned_day(&mut self) {
        if self.day == 0 || study::diagnosed(&self.progress).is_empty() {
            self.take_the_diagnostic();
        }
        loop {
            let planned = Planned::of(self.catalog, &self.progress, self.now(), 0);
            self.promised.get_or_insert(planned.plan.covered.len());
            let Some(item) = planned.today.items.first() else { break };
            match item {
                Item::Card(card, _) => self.review(card),
                Item::WarmUp(id) | Item::New(id) | Item::Spoken(id) => {
                    let Some(question) = self.catalog.question(id) else { break };
                    let aloud = matches!(item, Item::Spoken(_));
                    self.attempt(question, if aloud { AttemptKind::Spoken } else { AttemptKind::Typed });
                }
            }
        }
    }

    /// A day without the program: steps that have come, the cards of what has been begun, then due cards or new material by `next`, and
    /// the steps that come soon at the end.
    fn other_day(&mut self, minutes: f64, mut next: impl FnMut(&mut Self, Vec<CardId>, f64) -> Option<Next>) {
        loop {
            let left = minutes - count(usize::try_from(self.millis).unwrap_or_default()) / 60_000.0;
            let card_minutes = self.usual.review_secs / 60.0;
            if left < card_minutes * 0.5 {
                break;
            }
            let now = self.now().at;
            let (mut steps, mut due, mut ahead, mut unseen) = (Vec::new(), Vec::new(), Vec::new(), None);
            for material in &self.materials {
                let begun = self.is_begun(&material.question.id);
                for card in &material.cards {
                    let schedule = self.progress.card(card).map(|state| &state.schedule);
                    match schedule.and_then(|schedule| Some((schedule.phase, schedule.due(&Policy::default())?))) {
                        None if begun && unseen.is_none() => unseen = Some(card.clone()),
                        Some((Phase::Review, at)) if at <= now => due.push((at, card.clone())),
                        None | Some((Phase::Review, _)) => {}
                        Some((_, at)) if at <= now => steps.push((at, card.clone())),
                        Some((_, at)) if at <= now.plus_secs(LEARN_AHEAD_SECS) => ahead.push((at, card.clone())),
                        Some(_) => {}
                    }
                }
            }
            due.sort();
            let first = steps.into_iter().min().map(|(_, card)| card).or(unseen);
            let due = due.into_iter().map(|(_, card)| card).collect();
            let chosen = match first {
                Some(card) => Some(Next::Card(card)),
                None => next(self, due, left).or_else(|| ahead.into_iter().min().map(|(_, card)| Next::Card(card))),
            };
            match chosen {
                Some(Next::Card(card)) => self.review(&card),
                Some(Next::New(id)) => {
                    let Some(question) = self.catalog.question(&id) else { break };
                    self.attempt(question, AttemptKind::Typed);
                }
                None => break,
            }
        }
    }

    /// Questions that were not begun and that there is time for, in the order of the content.
    fn to_begin(&self, left: f64) -> Vec<QuestionId> {
        let fits = |material: &&Material<'_>| {
            let cards = count(material.cards.len()) * 2.0 * self.usual.review_secs / 60.0;
            let first = f64::from(material.question.minutes) * (self.usual.answering + self.usual.reading * 0.5);
            left >= (first + cards) * 0.5
        };
        let new = self.materials.iter().filter(|material| !self.is_begun(&material.question.id));
        new.filter(fits).map(|material| material.question.id.clone()).collect()
    }

    fn outcome(&self, day: f64) -> Outcome {
        let (mut covered, mut all, mut studied, mut of_studied) = (0.0, 0.0, 0.0, 0.0);
        for material in &self.materials {
            let recalls = material.cards.iter().map(|card| self.learner.recall(card, day));
            let mean = recalls.sum::<f64>() / count(material.cards.len());
            all += mean;
            covered += f64::from(u8::from(mean >= 0.8));
            if self.is_begun(&material.question.id) {
                studied += 1.0;
                of_studied += mean;
            }
        }
        let n = count(self.materials.len());
        Outcome {
            coverage: covered / n,
            recall_of_studied: of_studied / f64::max(studied, 1.0),
            recall_weighted: all / n,
            studied,
            minutes: count(usize::try_from(self.all_millis).unwrap_or_default()) / 60_000.0,
            promised: count(self.promised.unwrap_or_default()),
        }
    }
}

enum Next {
    Card(CardId),
    New(QuestionId),
}

fn points(question: &Question) -> impl Iterator<Item = &whetstone::catalog::KeyPoint> {
    question.answer.iter().flat_map(|answer| &answer.key_points)
}

/// Key points that are musts or not: all of them, or those whose cards were said.
fn counted(question: &Question, said: Option<&BTreeSet<CardId>>, must: bool) -> u8 {
    let all = points(question).filter(|point| point.must == must);
    u8::try_from(all.filter(|point| said.is_none_or(|said| said.contains(&point.card))).count()).unwrap_or(u8::MAX)
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

fn millis(secs: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes at most")]
    let millis = (secs.max(0.0) * 1000.0) as u32;
    millis
}

/// One learner, one way, so many minutes on each of so many days; the interview is on the day after the last.
pub fn outcome(seed: u64, catalog: &Catalog, way: Way, minutes: u16, days: i32) -> Outcome {
    let core = |question: &'_ Question| -> Vec<CardId> {
        let core = question.cards().iter().filter(|card| card.level == CardLevel::Core);
        core.map(|card| card.id.clone()).collect()
    };
    let materials = catalog.questions().map(|question| Material { question, cards: core(question) });
    let mut course = Course {
        learner: Learner::new(seed, catalog),
        catalog,
        materials: materials.filter(|material| !material.cards.is_empty()).collect(),
        progress: Progress::default(),
        // The same chance for every way, so that they differ by what they choose alone.
        chance: Chance::new(seed ^ 0xc0ff_ee00),
        usual: Pace::default(),
        entries: 0,
        day: 0,
        millis: 0,
        all_millis: 0,
        promised: None,
    };
    let interview = course.now().day().plus_days(days);
    let aim = Aim { interview: Some(interview), minutes_a_day: minutes, ..Aim::default() };
    course.say(0, vec![Fact::AimSet { aim }]);
    let mut absences = Chance::new(seed ^ 0xd15c);
    for day in 0..days {
        (course.day, course.millis) = (day, 0);
        if absences.even() > course.learner.discipline {
            continue;
        }
        let today = course.now().day();
        // Whoever learns takes the mocks of the plan.
        let minutes = f64::from(aim.minutes_on(today) - plan::mock_minutes(&aim, today));
        match way {
            Way::Plan => course.planned_day(),
            Way::DueOrder => course.other_day(minutes, |course, due, left| match due.into_iter().next() {
                Some(card) => Some(Next::Card(card)),
                None => course.to_begin(left).into_iter().next().map(Next::New),
            }),
            Way::Random => course.other_day(minutes, |course, due, left| {
                let mut things: Vec<Next> = due.into_iter().map(Next::Card).collect();
                things.extend(course.to_begin(left).into_iter().map(Next::New));
                let next = course.chance.below(things.len());
                things.into_iter().nth(next)
            }),
        }
    }
    course.outcome(f64::from(days))
}

/// The mean of several outcomes.
pub fn mean(outcomes: &[Outcome]) -> Outcome {
    let n = count(outcomes.len().max(1));
    let of = |field: fn(&Outcome) -> f64| outcomes.iter().map(field).sum::<f64>() / n;
    Outcome {
        coverage: of(|one| one.coverage),
        recall_of_studied: of(|one| one.recall_of_studied),
        recall_weighted: of(|one| one.recall_weighted),
        studied: of(|one| one.studied),
        minutes: of(|one| one.minutes),
        promised: of(|one| one.promised),
    }
}
