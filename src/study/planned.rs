//! From the content and the reader's progress to the plan and today's session, in the one way that everyone takes: the window, and the
//! learners of `benches/learners`.

use std::collections::HashMap;
use std::sync::Arc;

use super::diagnostic::{self, Askable, Evidence, Inferred};
use super::fact::Fact;
use super::pace::pace;
use super::plan::{self, Plan, Situation, Weighed};
use super::progress::{Progress, QuestionState};
use super::queue::Studied;
use super::today::{self, Done, Materials, Today};
use crate::catalog::{CardLevel, Catalog, Level, Question};
use crate::ids::CardId;
use crate::time::Moment;

/// The plan, today's session, and what both rest on.
#[derive(Default)]
pub struct Planned {
    pub plan: Plan,
    pub today: Today,
    pub inferred: Inferred,
    /// Prompts of the diagnostic that were answered.
    pub asked: usize,
    pub studied: Vec<Studied>,
}

impl Planned {
    pub fn of(catalog: &Catalog, progress: &Progress, now: Moment, extra_minutes: u16) -> Self {
        let studied = studied(catalog, progress);
        let pace = pace(progress, |id| catalog.question(id).map(|question| question.minutes));
        let inferred = diagnostic::infer(&askable(catalog), &evidence(catalog, progress));
        let weighed = weighed(catalog, progress, &studied, &inferred, now);
        let done = Done::on(progress, now.day());
        let situation = Situation {
            aim: progress.aim(),
            today: now.day(),
            pace,
            spent_minutes: done.minutes(),
            begun_today: done.begun,
        };
        let mut plan = plan::plan(&weighed, &situation);
        if progress.is_frozen() {
            plan.today.clear();
        }
        let mut today = today::today(&Materials {
            progress,
            plan: &plan,
            studied: &studied,
            pace,
            minutes: &|id| catalog.question(id).map_or(3, |question| question.minutes),
            related: &|a, b| catalog.question(a).is_some_and(|question| question.related.contains(b)),
            now,
            extra_minutes,
        });
        if progress.is_frozen() {
            today.items.clear();
        }
        let asked = answered(catalog).filter_map(|question| progress.question(&question.id));
        let asked = asked.filter(|state| state.diagnosed.is_some()).count();
        Self { plan, today, inferred, asked, studied }
    }
}

fn answered(catalog: &Catalog) -> impl Iterator<Item = &Arc<Question>> {
    catalog.questions().filter(|question| question.answer.is_some())
}

/// What the diagnostic may ask: a question at a time from every subtopic, in the order of the content.
pub fn askable(catalog: &Catalog) -> Vec<Askable> {
    let subtopics = catalog.topics.iter().flat_map(|topic| &topic.subtopics).enumerate();
    let of_subtopic = subtopics.flat_map(|(subtopic, group)| group.questions.iter().map(move |one| (subtopic, one)));
    let answered = of_subtopic.filter(|(_, question)| question.answer.is_some());
    answered
        .map(|(subtopic, question)| Askable {
            question: question.id.clone(),
            subtopic,
            level: match question.level {
                Level::Core => 0,
                Level::Senior => 1,
                Level::Staff => 2,
            },
        })
        .collect()
}

/// What the diagnostic found, in the order in which it asked.
pub fn diagnosed(progress: &Progress) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for (_, fact) in progress.counting_facts() {
        if let Fact::Diagnosed(diagnosed) = fact {
            found.retain(|one| one.question != diagnosed.question);
            found.push(diagnosed.into());
        }
    }
    found
}

/// What is known of the questions that were asked, by the diagnostic or by the first attempt.
fn evidence(catalog: &Catalog, progress: &Progress) -> Vec<Evidence> {
    let of = |question: &Arc<Question>| {
        let state = progress.question(&question.id)?;
        let attempted = state.attempts.first().map(|attempt| Evidence {
            question: question.id.clone(),
            score: diagnostic::score(attempt.musts, attempt.musts_ticked, attempt.plus, attempt.plus_ticked),
        });
        state.diagnosed.as_ref().map(Evidence::from).or(attempted)
    };
    answered(catalog).filter_map(of).collect()
}

/// The questions with an answer as the plan weighs them, in the order of the topics.
fn weighed(
    catalog: &Catalog,
    progress: &Progress,
    studied: &[Studied],
    inferred: &Inferred,
    now: Moment,
) -> Vec<Weighed> {
    let mut cards: HashMap<&str, Vec<&CardId>> = HashMap::new();
    for one in studied {
        cards.entry(one.card.question_name()).or_default().push(&one.card);
    }
    let asked = progress.asked();
    let weigh = |question: &Arc<Question>| {
        let id = question.id.clone();
        let cards = cards.get(id.as_str()).map_or(&[][..], Vec::as_slice);
        let states = || cards.iter().filter_map(|card| progress.card(card));
        let stabilities: Vec<f32> = states().filter_map(|state| Some(state.schedule.memory?.stability)).collect();
        let state = progress.question(&id);
        let last = state.and_then(|state| state.attempts.last());
        let known = match last {
            Some(last) => {
                let said = diagnostic::score(last.musts, last.musts_ticked, last.plus, last.plus_ticked);
                let recalled: f32 = states().map(|state| state.predicted_recall(now)).sum();
                let of = f64::from(u16::try_from(cards.len().max(1)).unwrap_or(u16::MAX));
                SAID_COUNTS * said + (1.0 - SAID_COUNTS) * f64::from(recalled) / of
            }
            None => inferred.known(&id).unwrap_or_default(),
        };
        Weighed {
            weight: progress.topics().weight(&id.topic()) * plan::asked_weight(&asked, &id),
            minutes: question.minutes,
            new_cards: cards.len() - stabilities.len(),
            stabilities,
            known,
            begun: state.is_some_and(QuestionState::is_begun),
            pin: state.and_then(|state| state.pin),
            question: id,
        }
    };
    answered(catalog).map(weigh).collect()
}

/// How much of what is known of a question is its last attempt, against what its cards are likely to recall.
const SAID_COUNTS: f64 = 0.4;

/// The cards that are in play: every core card, the deep ones of topics that have them on, the reader's own and
/// the imported ones.
fn studied(catalog: &Catalog, progress: &Progress) -> Vec<Studied> {
    let mut cards = Vec::new();
    for question in catalog.questions() {
        let deep = progress.deep_cards(&question.id.topic());
        for card in question.cards() {
            if card.level == CardLevel::Core || deep {
                cards.push(Studied { card: card.id.clone(), position: cards.len() });
            }
        }
        for card in progress.own_cards(&question.id).chain(progress.deck(&question.id)) {
            cards.push(Studied { card: card.clone(), position: cards.len() });
        }
    }
    cards
}
