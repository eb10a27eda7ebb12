//! Synthetic learners: what is true of them, which the scheduler does not see, and what they do under three ways to choose what to study.
//!
//! Every learner studies the same content for the same minutes in the same manner: a question is first answered and read, then its cards
//! are reviewed. Only the choice differs: what next, and when again.

use std::collections::HashMap;

use fsrs::{FSRS, FSRS6_DEFAULT_DECAY, MemoryState};
use whetstone::ids::{CardId, QuestionId};
use whetstone::study::diagnostic::{self, Askable, Evidence};
use whetstone::study::plan::{self, Plan, Situation, Weighed};
use whetstone::study::{Aim, Grade, Pace, Phase, Policy, Schedule, predicted_recall};
use whetstone::time::{Day, Moment, Timestamp};

/// A source of chance that is the same on every machine: SplitMix64 (Steele, Lea and Flood 2014).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn even(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller).
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.even().max(1e-12), self.even());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    fn below(&mut self, n: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "below n")]
        let index = (self.bits() % n.max(1) as u64) as usize;
        index
    }
}

/// One question of the content: where it stands, how hard, how long, how many cards.
pub struct Shape {
    pub question: QuestionId,
    pub subtopic: usize,
    pub level: u8,
    pub minutes: u32,
    pub cards: usize,
}

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

/// What is true of a learner.
pub struct Learner {
    seed: u64,
    /// FSRS parameters: the defaults, each off by a factor of this learner's own.
    memory: FSRS,
    /// Share of days on which the learner studies.
    discipline: f64,
    /// Against the usual seconds of a review and minutes of a question.
    slowness: f64,
    /// Chance that a key point is known before anything is studied, by subtopic.
    known: HashMap<usize, f64>,
}

impl Learner {
    pub fn new(seed: u64, shapes: &[Shape]) -> Self {
        let mut chance = Chance::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xa5a5);
        let noisy = fsrs::DEFAULT_PARAMETERS.map(|w| {
            #[expect(clippy::cast_possible_truncation, reason = "a parameter")]
            let factor = (0.15 * chance.normal()).exp() as f32;
            w * factor
        });
        let memory = FSRS::new(&noisy).unwrap_or_default();
        let ability = chance.normal() * 0.7 - 0.2;
        let mut topics: HashMap<String, f64> = HashMap::new();
        let mut known = HashMap::new();
        for shape in shapes {
            let topic = shape.question.topic().to_string();
            let of_topic = *topics.entry(topic).or_insert_with(|| ability + chance.normal() * 0.9);
            known.entry(shape.subtopic).or_insert_with(|| of_topic + chance.normal() * 0.6);
        }
        let discipline = 0.6 + 0.4 * chance.even();
        let slowness = (0.25 * chance.normal()).exp();
        Self { seed, memory, discipline, slowness, known }
    }
}

fn chance_of(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

struct Card {
    id: CardId,
    /// True memory and the day of its last change; None is not known at all.
    truth: Option<(MemoryState, f64)>,
    schedule: Schedule,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Share of questions that were studied or known well enough already (true recall of .8 on the day), 0 to 1.
    pub coverage: f64,
    /// Mean true recall on the day over the cards of questions that were studied.
    pub recall_of_studied: f64,
    /// Mean over all questions of the true recall of their cards on the day: what an interviewer would find.
    pub recall_weighted: f64,
    /// Questions that were studied.
    pub studied: f64,
}

struct Sitting<'a> {
    learner: &'a Learner,
    shapes: &'a [Shape],
    cards: Vec<Vec<Card>>,
    begun: Vec<bool>,
    chance: Chance,
    pace: Pace,
    day: i32,
    /// Minutes left today.
    left: f64,
}

const START: i64 = 1_795_514_400_000;

impl Sitting<'_> {
    fn now(&self) -> Moment {
        Moment { at: Timestamp(START + i64::from(self.day) * 86_400_000), offset_secs: 0 }
    }

    fn true_recall(card: &Card, day: f64) -> f64 {
        card.truth.map_or(0.0, |(memory, since)| {
            #[expect(clippy::cast_possible_truncation, reason = "days")]
            let elapsed = (day - since).max(0.0) as f32;
            f64::from(fsrs::current_retrievability(memory, elapsed, FSRS6_DEFAULT_DECAY))
        })
    }

    /// One review: recalled by the true memory, which then changes by the learner's own parameters; the scheduler sees the grade.
    fn review(&mut self, question: usize, card: usize) {
        let day = f64::from(self.day);
        let (recall, now) = (Self::true_recall(&self.cards[question][card], day), self.now());
        let recalled = self.chance.even() < recall;
        let grade = match (recalled, self.chance.even()) {
            (false, _) => Grade::Again,
            (true, luck) if luck < 0.12 => Grade::Hard,
            (true, luck) if luck > 0.9 => Grade::Easy,
            (true, _) => Grade::Good,
        };
        self.change(question, card, grade);
        let review = self.pace.review_secs / 60.0 * self.learner.slowness;
        self.left -= review * (0.3 * self.chance.normal()).exp();
        let one = &mut self.cards[question][card];
        one.schedule = one.schedule.reviewed(&one.id, grade, now);
        // The steps of the same day: until it is recalled, at most twice more.
        for _ in 0..2 {
            if self.cards[question][card].schedule.phase == Phase::Review {
                break;
            }
            self.left -= review;
            self.change(question, card, Grade::Good);
            let one = &mut self.cards[question][card];
            one.schedule = one.schedule.reviewed(&one.id, Grade::Good, now);
        }
    }

    fn change(&mut self, question: usize, card: usize, grade: Grade) {
        let day = f64::from(self.day);
        let one = &mut self.cards[question][card];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days")]
        let elapsed = one.truth.map_or(0, |(_, since)| (day - since).max(0.0) as u32);
        let Ok(next) = self.learner.memory.next_states(one.truth.map(|(memory, _)| memory), 0.9, elapsed) else {
            return;
        };
        let memory = match grade {
            Grade::Again => next.again.memory,
            Grade::Hard => next.hard.memory,
            Grade::Good => next.good.memory,
            Grade::Easy => next.easy.memory,
        };
        one.truth = Some((memory, day));
    }

    /// A question for the first time: answered, read as far as it is not known, then its cards.
    fn study(&mut self, question: usize) {
        let minutes = f64::from(self.shapes[question].minutes);
        let known = self.cards[question].iter().map(|card| Self::true_recall(card, f64::from(self.day))).sum::<f64>();
        let unknown = 1.0 - known / count(self.cards[question].len());
        self.left -= minutes * (self.pace.answering + self.pace.reading * unknown) * self.learner.slowness;
        self.begun[question] = true;
        for card in 0..self.cards[question].len() {
            self.review(question, card);
        }
    }

    /// Whether there is time to begin a thing of so many minutes.
    fn has_time_for(&self, minutes: f64) -> bool {
        self.left > 0.0 && self.left >= minutes * 0.5
    }

    fn first_minutes(&self, question: usize, known: f64) -> f64 {
        let cards = count(self.cards[question].len()) * 2.0 * self.pace.review_secs / 60.0;
        f64::from(self.shapes[question].minutes) * (self.pace.answering + self.pace.reading * (1.0 - known)) + cards
    }

    fn due(&self, policy: &Policy) -> Vec<(usize, usize)> {
        let now = self.now();
        let all = (0..self.cards.len()).flat_map(|q| (0..self.cards[q].len()).map(move |c| (q, c)));
        all.filter(|(q, c)| self.cards[*q][*c].schedule.due(policy).is_some_and(|due| due.0 <= now.at.0 + 43_200_000))
            .collect()
    }
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// One learner, one way, so many minutes on each of so many days; the interview is on the day after the last.
pub fn outcome(learner: &Learner, shapes: &[Shape], way: Way, minutes: u16, days: i32) -> Outcome {
    let mut chance = Chance::new(learner.seed ^ 0x5151);
    let cards: Vec<Vec<Card>> = shapes
        .iter()
        .map(|shape| {
            let chance_known = chance_of(learner.known[&shape.subtopic] + 0.5 * (1.0 - f64::from(shape.level)));
            (0..shape.cards)
                .map(|n| {
                    let (is_known, age) = (chance.even() < chance_known, chance.normal());
                    // Known from work, not from cards: for some months, more or less.
                    #[expect(clippy::cast_possible_truncation, reason = "a stability")]
                    let stability = (90.0 * (0.8 * age).exp()) as f32;
                    let truth = is_known.then_some((MemoryState { stability, difficulty: 5.0 }, -20.0));
                    Card { id: shape.question.card(&format!("c{n}")), truth, schedule: Schedule::default() }
                })
                .collect()
        })
        .collect();
    let begun = vec![false; shapes.len()];
    // The same chance for every way, so that they differ by what they choose alone.
    let chance = Chance::new(learner.seed ^ 0xc0ff_ee00);
    let mut sitting = Sitting { learner, shapes, cards, begun, chance, pace: Pace::default(), day: 0, left: 0.0 };
    let interview = sitting.now().day().plus_days(days);
    let aim = Aim { interview: Some(interview), minutes_a_day: minutes, ..Aim::default() };
    let mut rng = Chance::new(learner.seed ^ 0xd15c);
    let mut inferred = None;
    for day in 0..days {
        sitting.day = day;
        let today = sitting.now().day();
        // Whoever learns takes the mocks of the plan, and skips the same days.
        let minutes_today = f64::from(aim.minutes_on(today) - plan::mock_minutes(&aim, today));
        let absent = rng.even() > learner.discipline;
        // What was overspent is missing on the next day, what was left is gone.
        sitting.left = sitting.left.min(0.0) + if absent { 0.0 } else { minutes_today };
        if absent {
            continue;
        }
        match way {
            Way::Plan => {
                let known = inferred.get_or_insert_with(|| ask(&mut sitting));
                planned_day(&mut sitting, &aim, today, known);
            }
            Way::DueOrder => {
                let mut due = sitting.due(&Policy::default());
                due.sort_by_key(|(q, c)| (sitting.cards[*q][*c].schedule.due, *q, *c));
                for (q, c) in due {
                    if sitting.has_time_for(0.2) {
                        sitting.review(q, c);
                    }
                }
                for q in 0..shapes.len() {
                    if !sitting.begun[q] && sitting.has_time_for(sitting.first_minutes(q, 0.5)) {
                        sitting.study(q);
                    } else if !sitting.begun[q] {
                        break;
                    }
                }
            }
            Way::Random => {
                let due = sitting.due(&Policy::default());
                let mut things: Vec<(usize, Option<usize>)> = due.into_iter().map(|(q, c)| (q, Some(c))).collect();
                things.extend((0..shapes.len()).filter(|q| !sitting.begun[*q]).map(|q| (q, None)));
                while !things.is_empty() && sitting.left > 0.0 {
                    let next = sitting.chance.below(things.len());
                    match things.swap_remove(next) {
                        (q, Some(c)) => sitting.review(q, c),
                        (q, None) if sitting.has_time_for(sitting.first_minutes(q, 0.5)) => sitting.study(q),
                        _ => {}
                    }
                }
            }
        }
    }
    sum_up(&sitting, f64::from(days))
}

/// The diagnostic: each prompt takes twenty seconds, and a key point that is recalled is ticked.
fn ask(sitting: &mut Sitting<'_>) -> diagnostic::Inferred {
    let askable: Vec<Askable> = (sitting.shapes.iter())
        .map(|shape| Askable { question: shape.question.clone(), subtopic: shape.subtopic, level: shape.level })
        .collect();
    let mut asked: Vec<Evidence> = Vec::new();
    while let Some(question) = diagnostic::next(&askable, &asked, diagnostic::PROMPTS) {
        let Some(index) = sitting.shapes.iter().position(|shape| shape.question == question) else { break };
        let recalls: Vec<f64> =
            sitting.cards[index].iter().map(|card| Sitting::true_recall(card, f64::from(sitting.day))).collect();
        let ticked = recalls.iter().filter(|recall| sitting.chance.even() < **recall).count();
        sitting.left -= 20.0 / 60.0 * sitting.learner.slowness;
        asked.push(Evidence { question, score: count(ticked) / count(recalls.len().max(1)) });
    }
    diagnostic::infer(&askable, &asked)
}

fn the_plan(sitting: &Sitting<'_>, aim: &Aim, today: Day, known: &diagnostic::Inferred) -> Plan {
    let now = sitting.now();
    let weighed: Vec<Weighed> = sitting
        .shapes
        .iter()
        .enumerate()
        .map(|(q, shape)| {
            let cards = &sitting.cards[q];
            let seen = || cards.iter().filter_map(|card| Some((card.schedule.memory?, &card.schedule)));
            let recalled: f32 =
                seen().map(|(memory, schedule)| predicted_recall(memory, schedule.elapsed_days(now.at))).sum();
            let known = if sitting.begun[q] {
                f64::from(recalled) / count(cards.len())
            } else {
                known.known(&shape.question).unwrap_or_default()
            };
            Weighed {
                question: shape.question.clone(),
                weight: 1.0,
                minutes: shape.minutes,
                new_cards: cards.len() - seen().count(),
                stabilities: seen().map(|(memory, _)| memory.stability).collect(),
                known,
                begun: sitting.begun[q],
                pin: None,
            }
        })
        .collect();
    let situation = Situation { aim: *aim, today, pace: sitting.pace, spent_minutes: 0.0, begun_today: 0 };
    plan::plan(&weighed, &situation)
}

/// A day as today's session has it: due cards, the least likely recalled first, then the plan's new questions and the next ones.
fn planned_day(sitting: &mut Sitting<'_>, aim: &Aim, today: Day, known: &diagnostic::Inferred) {
    let plan = the_plan(sitting, aim, today, known);
    let now = sitting.now();
    let recall = |sitting: &Sitting<'_>, (q, c): (usize, usize)| {
        let schedule = &sitting.cards[q][c].schedule;
        schedule.memory.map_or(0.0, |memory| predicted_recall(memory, schedule.elapsed_days(now.at)))
    };
    let mut due = sitting.due(&plan.policy());
    due.retain(|(q, _)| plan.covers(&sitting.shapes[*q].question));
    due.sort_by(|a, b| recall(sitting, *a).total_cmp(&recall(sitting, *b)).then(a.cmp(b)));
    for (q, c) in due {
        if sitting.has_time_for(sitting.pace.review_secs / 60.0) {
            sitting.review(q, c);
        }
    }
    if plan.days_left.is_none_or(|days| days <= 1) {
        return;
    }
    let index: HashMap<QuestionId, usize> =
        sitting.shapes.iter().enumerate().map(|(q, shape)| (shape.question.clone(), q)).collect();
    for question in &plan.covered {
        let Some(q) = index.get(question).copied().filter(|q| !sitting.begun[*q]) else { continue };
        let known = plan.choice(question).map_or(0.0, |choice| choice.known);
        if !sitting.has_time_for(sitting.first_minutes(q, known)) {
            break;
        }
        sitting.study(q);
    }
}

fn sum_up(sitting: &Sitting<'_>, day: f64) -> Outcome {
    let (mut covered, mut all, mut studied, mut of_studied) = (0.0, 0.0, 0.0, 0.0);
    for (q, cards) in sitting.cards.iter().enumerate() {
        let mean = cards.iter().map(|card| Sitting::true_recall(card, day)).sum::<f64>() / count(cards.len());
        all += mean;
        covered += f64::from(u8::from(mean >= 0.8));
        if sitting.begun[q] {
            studied += 1.0;
            of_studied += mean;
        }
    }
    let n = count(sitting.cards.len());
    Outcome {
        coverage: covered / n,
        recall_of_studied: of_studied / f64::max(studied, 1.0),
        recall_weighted: all / n,
        studied,
    }
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
    }
}

/// The shapes of what ships: its core cards.
pub fn shipped() -> Vec<Shape> {
    use whetstone::catalog::{CardLevel, Level, embedded};
    let (catalog, _) = embedded();
    let subtopics = catalog.topics.iter().flat_map(|topic| &topic.subtopics).enumerate();
    let shape = |(subtopic, question): (usize, &std::sync::Arc<whetstone::catalog::Question>)| Shape {
        question: question.id.clone(),
        subtopic,
        level: match question.level {
            Level::Core => 0,
            Level::Senior => 1,
            Level::Staff => 2,
        },
        minutes: question.minutes,
        cards: question.cards().iter().filter(|card| card.level == CardLevel::Core).count(),
    };
    subtopics.flat_map(|(index, group)| group.questions.iter().map(move |one| (index, one))).map(shape).collect()
}
