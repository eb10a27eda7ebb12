//! What the tree and the bars count: due cards and readiness, worked out once for a state of the reader's progress.

use std::collections::{BTreeMap, HashMap};

use crate::catalog::Catalog;
use crate::ids::{CardId, QuestionId, TopicId};
use crate::study::diagnostic::Inferred;
use crate::study::plan::Plan;
use crate::study::today::{Item, Today};
use crate::study::{self, Evidence, Planned, Policy, Progress, Readiness, Why};
use crate::time::{Day, Moment, Timestamp};
use crate::window::cx::Scope;
use crate::window::settings::Settings;

/// What dues are worked out from, beside the content: they stand as long as it does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    day: Day,
    revision: u64,
    new_cards: u16,
    extra_minutes: u16,
}

impl Basis {
    pub fn of(progress: &Progress, settings: &Settings, now: Moment, extra_minutes: u16) -> Self {
        Self { day: now.day(), revision: progress.revision(), new_cards: settings.new_cards, extra_minutes }
    }
}

#[derive(Default)]
pub struct Due {
    queue: Vec<(CardId, Why)>,
    by_question: HashMap<QuestionId, usize>,
    readiness: HashMap<QuestionId, Evidence>,
    ready: HashMap<TopicId, usize>,
    planned: Planned,
    policy: Policy,
}

impl Due {
    pub fn of(catalog: &Catalog, progress: &Progress, settings: &Settings, now: Moment, extra_minutes: u16) -> Self {
        let planned = Planned::of(catalog, progress, now, extra_minutes);
        let policy = planned.plan.policy();
        let queue = if progress.is_frozen() {
            Vec::new()
        } else {
            study::due_cards(&planned.studied, progress, &policy, now, usize::from(settings.new_cards))
        };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (card, _) in &queue {
            *counts.entry(card.question_name()).or_default() += 1;
        }
        let by_question = counts.into_iter().map(|(question, count)| (QuestionId::new(question), count)).collect();
        let on = day_asked_about(progress, now);
        let (mut readiness, mut ready) = (HashMap::new(), HashMap::new());
        for question in catalog.questions() {
            let found = study::evidence(&question.id, &question.musts(), progress, now, on);
            if matches!(found.readiness, Readiness::Ready | Readiness::Proven) {
                *ready.entry(question.id.topic()).or_default() += 1;
            }
            readiness.insert(question.id.clone(), found);
        }
        Self { queue, by_question, readiness, ready, planned, policy }
    }

    /// What to do until the interview.
    pub const fn plan(&self) -> &Plan {
        &self.planned.plan
    }

    /// What is left of today.
    pub const fn today(&self) -> &Today {
        &self.planned.today
    }

    /// Prompts of the diagnostic that were answered.
    pub const fn asked(&self) -> usize {
        self.planned.asked
    }

    /// What is probably known, from what was asked.
    pub const fn inferred(&self) -> &Inferred {
        &self.planned.inferred
    }

    /// What the plan asks of every card.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Minutes spent today.
    pub const fn minutes_today(&self) -> u64 {
        self.planned.today.done.took_millis / 60_000
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

    /// What the readiness rests on; None for a question that content does not have.
    pub fn evidence(&self, question: &QuestionId) -> Option<&Evidence> {
        self.readiness.get(question)
    }

    /// The due cards of a scope, in order; of today, those that come before its next question. Of one question whose cards are not due: all of them, for practice.
    pub fn queue(&self, scope: &Scope) -> Vec<(CardId, Why)> {
        if *scope == Scope::Today {
            let cards = self.today().items.iter().map_while(|item| match item {
                Item::Card(card, why) => Some((card.clone(), why.clone())),
                _ => None,
            });
            return cards.collect();
        }
        let inside = |card: &CardId| match scope {
            Scope::Question(question) => card.question() == *question,
            Scope::Topic(topic) => card.question().topic() == *topic,
            Scope::All | Scope::Today => true,
        };
        self.queue.iter().filter(|(card, _)| inside(card)).cloned().collect()
    }
}

/// The moment that readiness is predicted for: the day of the interview while it is ahead, else now.
fn day_asked_about(progress: &Progress, now: Moment) -> Timestamp {
    let ahead = progress.aim().interview.filter(|day| *day > now.day());
    ahead.map_or(now.at, |day| day.starts_at(now.offset_secs))
}
