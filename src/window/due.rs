//! What the tree and the bars count: due cards and readiness, worked out once for a state of the reader's progress.

use std::collections::HashMap;

use crate::catalog::{CardLevel, Catalog};
use crate::ids::{CardId, QuestionId, TopicId};
use crate::study::plan::{self, Plan, Weighed};
use crate::study::{self, Evidence, Policy, Progress, Readiness, Studied, Why, stats};
use crate::time::{Moment, Timestamp};
use crate::window::cx::Scope;
use crate::window::settings::Settings;

#[derive(Default)]
pub struct Due {
    queue: Vec<(CardId, Why)>,
    by_question: HashMap<QuestionId, usize>,
    readiness: HashMap<QuestionId, Evidence>,
    ready: HashMap<TopicId, usize>,
    plan: Option<Plan>,
    policy: Policy,
    /// Minutes spent today.
    minutes_today: u64,
}

impl Due {
    pub fn of(catalog: &Catalog, progress: &Progress, settings: &Settings, now: Moment) -> Self {
        let policy = Policy::default();
        let queue =
            study::due_cards(&studied(catalog, progress), progress, &policy, now, usize::from(settings.new_cards));
        let mut by_question: HashMap<QuestionId, usize> = HashMap::new();
        for (card, _) in &queue {
            *by_question.entry(card.question()).or_default() += 1;
        }
        let on = day_asked_about(progress, now);
        let (mut readiness, mut ready) = (HashMap::new(), HashMap::new());
        for question in catalog.questions() {
            let musts: Vec<CardId> = question.answer.as_ref().map_or_else(Vec::new, |answer| {
                answer.key_points.iter().filter(|point| point.must).map(|point| point.card.clone()).collect()
            });
            let found = study::evidence(&question.id, &musts, progress, now, on);
            if matches!(found.readiness, Readiness::Ready | Readiness::Proven) {
                *ready.entry(question.id.topic()).or_default() += 1;
            }
            readiness.insert(question.id.clone(), found);
        }
        let plan = Some(plan::plan(&weighed(catalog, progress, &readiness), progress.aim(), now.day(), REVIEW_SECS));
        let today = stats::by_day(progress).get(&now.day()).copied().unwrap_or_default();
        Self { queue, by_question, readiness, ready, plan, policy, minutes_today: today.took_millis / 60_000 }
    }

    /// What to do until the interview; None before anything was worked out.
    pub const fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// What the plan asks of every card.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub const fn minutes_today(&self) -> u64 {
        self.minutes_today
    }

    pub fn all(&self) -> usize {
        self.queue.len()
    }

    pub fn of_question(&self, question: &QuestionId) -> usize {
        self.by_question.get(question).copied().unwrap_or_default()
    }

    pub fn ready_in(&self, topic: &TopicId) -> usize {
        self.ready.get(topic).copied().unwrap_or_default()
    }

    pub fn readiness(&self, question: &QuestionId) -> Readiness {
        self.readiness.get(question).map(|found| found.readiness).unwrap_or_default()
    }

    /// The due cards of a scope, in order. Of one question whose cards are not due: all of them, for practice.
    pub fn queue(&self, scope: &Scope) -> Vec<(CardId, Why)> {
        let inside = |card: &CardId| match scope {
            Scope::Question(question) => card.question() == *question,
            Scope::Topic(topic) => card.question().topic() == *topic,
            Scope::All => true,
        };
        self.queue.iter().filter(|(card, _)| inside(card)).cloned().collect()
    }
}

/// The moment that readiness is predicted for: the day of the interview while it is ahead, else now.
fn day_asked_about(progress: &Progress, now: Moment) -> Timestamp {
    let ahead = progress.aim().interview.filter(|day| *day > now.day());
    ahead.map_or(now.at, |day| day.starts_at(now.offset_secs))
}

/// What one review takes, in seconds, for the plan's arithmetic.
const REVIEW_SECS: f64 = 14.0;

/// The questions with an answer as the plan weighs them, in the order of the topics.
fn weighed(catalog: &Catalog, progress: &Progress, readiness: &HashMap<QuestionId, Evidence>) -> Vec<Weighed> {
    let answered = catalog.questions().filter(|question| question.answer.is_some());
    let weigh = |question: &std::sync::Arc<crate::catalog::Question>| {
        let deep = progress.deep_cards(&question.id.topic());
        let in_play = question.cards().iter().filter(|card| card.level == CardLevel::Core || deep);
        Weighed {
            question: question.id.clone(),
            minutes: question.minutes,
            cards: in_play.count(),
            readiness: readiness.get(&question.id).map(|found| found.readiness).unwrap_or_default(),
        }
    };
    answered.map(weigh).collect()
}

/// The cards that are in play: every core card, the deep ones of topics that have them on.
fn studied(catalog: &Catalog, progress: &Progress) -> Vec<Studied> {
    let mut cards = Vec::new();
    for question in catalog.questions() {
        let deep = progress.deep_cards(&question.id.topic());
        for card in question.cards() {
            if card.level == CardLevel::Core || deep {
                cards.push(Studied { card: card.id.clone(), position: cards.len() });
            }
        }
    }
    cards
}
