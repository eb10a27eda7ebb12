//! The state that the entries add up to. Order does not matter: entries are applied by time, then id, so that merging
//! two machines is a union. Undo is an entry too; applying it replays only what it touches.

mod known;
#[cfg(test)]
mod machines;
mod replay;
mod state;
#[cfg(test)]
mod tests;
mod versions;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::aim::{Aim, TopicOrder};
use super::fact::{Entry, Fact};
use super::mock::Mock;
use super::optimise::Fitted;
use super::schedule::Parameters;
use crate::ids::{CardId, EntryId, MachineId, NoteId, QuestionId, TopicId};
use crate::time::Timestamp;

pub use state::{CardState, Foreseen, Imported, Linking, QuestionState, Standing, Version};

/// Where an entry stands in time.
type Key = (Timestamp, EntryId);

/// Where a fact stands: its entry, and its position there. An import's entry has a fact for each of many cards.
type FactKey = (Key, u32);

/// Everything known about the reader.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    entries: BTreeMap<Key, Entry>,
    keys: HashMap<EntryId, Timestamp>,
    /// Withdrawals by the entry they take back.
    withdrawals: HashMap<EntryId, BTreeSet<EntryId>>,
    by_card: HashMap<CardId, BTreeSet<FactKey>>,
    by_question: HashMap<QuestionId, BTreeSet<FactKey>>,
    by_topic: HashMap<TopicId, BTreeSet<FactKey>>,
    cards: HashMap<CardId, CardState>,
    questions: HashMap<QuestionId, QuestionState>,
    deep: HashMap<TopicId, bool>,
    /// Imported cards by their deck's question.
    decks: BTreeMap<QuestionId, BTreeSet<CardId>>,
    /// Cards of the reader's own by their question.
    made: BTreeMap<QuestionId, BTreeSet<CardId>>,
    /// Notes by the question that they link to.
    links: BTreeMap<QuestionId, BTreeSet<Linking>>,
    by_note: HashMap<NoteId, BTreeSet<FactKey>>,
    notes: BTreeMap<NoteId, (Vec<Version>, Standing)>,
    /// Whether the last prediction of a scenario was right, by lab and scenario.
    predictions: BTreeMap<(String, String), bool>,
    by_prediction: BTreeSet<FactKey>,
    by_aim: BTreeSet<FactKey>,
    by_parameters: BTreeSet<FactKey>,
    /// What the schedule worked with from each moment on, the oldest first; before the first the default parameters.
    parameters: Vec<InForce>,
    by_mock: BTreeSet<FactKey>,
    mocks: Vec<Mock>,
    aim: Aim,
    /// The reader has said what it is.
    has_aim: bool,
    frozen: bool,
    /// An interview lay behind when the next aim was set.
    interviewed: bool,
    topics: TopicOrder,
    revision: u64,
}

/// Parameters from the moment on when they were accepted.
#[derive(Clone, Debug)]
struct InForce {
    since: Key,
    /// None are the default ones again.
    fitted: Option<Fitted>,
    parameters: Arc<Parameters>,
}

/// What must be folded anew.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each fold that is taken as a whole")]
struct Stale {
    cards: BTreeSet<CardId>,
    notes: BTreeSet<NoteId>,
    questions: BTreeSet<QuestionId>,
    topics: BTreeSet<TopicId>,
    aim: bool,
    predictions: bool,
    mocks: bool,
    parameters: bool,
}

/// What there is, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub reviews: usize,
    pub confidence_ratings: usize,
    /// Questions with a note.
    pub notes: usize,
    pub attempts: usize,
}

impl Progress {
    pub fn from_entries(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut progress = Self::default();
        // Indexed first and folded once, which is quicker than applying one by one.
        for entry in entries {
            progress.index(entry);
        }
        let stale = Stale {
            // With the parameters every card is worked out.
            cards: BTreeSet::new(),
            questions: progress.by_question.keys().cloned().collect(),
            topics: progress.by_topic.keys().cloned().collect(),
            notes: progress.by_note.keys().cloned().collect(),
            parameters: true,
            aim: true,
            predictions: true,
            mocks: true,
        };
        progress.fold(stale);
        progress
    }

    /// Takes an entry in; one that is already there changes nothing.
    pub fn apply(&mut self, entry: Entry) {
        self.extend([entry]);
    }

    /// Takes entries in, and folds anew once what they touch.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        let mut touched: Vec<EntryId> = entries.into_iter().filter_map(|entry| self.index(entry)).collect();
        // What an entry took back, and what that took back, and so on.
        let (mut seen, mut stale) = (BTreeSet::new(), Stale::default());
        while let Some(id) = touched.pop() {
            if !seen.insert(id) {
                continue;
            }
            for fact in self.entry(id).into_iter().flat_map(|entry| &entry.facts) {
                match routed(fact) {
                    Route::Withdrawal(entry) => touched.push(entry),
                    Route::Topic(topic) => drop(stale.topics.insert(topic.clone())),
                    Route::Aim => stale.aim = true,
                    Route::Note(note) => drop(stale.notes.insert(note.clone())),
                    Route::Prediction => stale.predictions = true,
                    Route::Mock => stale.mocks = true,
                    Route::Parameters => stale.parameters = true,
                    Route::Study { cards, question } => {
                        stale.cards.extend(cards.cloned());
                        stale.questions.extend(question);
                    }
                }
            }
        }
        self.fold(stale);
    }

    /// Works out anew what is stale, in an order in which each rests on what came before.
    fn fold(&mut self, mut stale: Stale) {
        if stale.parameters {
            self.replay_parameters();
            stale.cards = self.by_card.keys().cloned().collect();
        }
        stale.notes.iter().for_each(|note| self.replay_note(note));
        stale.cards.iter().for_each(|card| self.replay_card(card));
        stale.questions.iter().for_each(|question| self.replay_question(question));
        stale.topics.iter().for_each(|topic| self.replay_topic(topic));
        if stale.aim {
            self.replay_aim();
        }
        if stale.predictions {
            self.replay_predictions();
        }
        if stale.mocks {
            self.replay_mocks();
        }
    }

    /// Files an entry and says its id; None when it was there.
    fn index(&mut self, entry: Entry) -> Option<EntryId> {
        let key = (entry.at, entry.id);
        if self.keys.contains_key(&entry.id) {
            return None;
        }
        self.keys.insert(entry.id, entry.at);
        self.revision += 1;
        let mut withdraws = false;
        for (position, fact) in (0..).zip(&entry.facts) {
            let key = (key, position);
            match routed(fact) {
                // One each, as undo writes them: what takes back what is then a tree, however it was forged.
                Route::Withdrawal(target) => {
                    if !std::mem::replace(&mut withdraws, true) {
                        self.withdrawals.entry(target).or_default().insert(entry.id);
                    }
                }
                Route::Topic(topic) => drop(self.by_topic.entry(topic.clone()).or_default().insert(key)),
                Route::Aim => drop(self.by_aim.insert(key)),
                Route::Note(note) => drop(self.by_note.entry(note.clone()).or_default().insert(key)),
                Route::Prediction => drop(self.by_prediction.insert(key)),
                Route::Mock => drop(self.by_mock.insert(key)),
                Route::Parameters => drop(self.by_parameters.insert(key)),
                Route::Study { cards, question } => {
                    for card in cards {
                        self.by_card.entry(card.clone()).or_default().insert(key);
                    }
                    if let Some(question) = question {
                        self.by_question.entry(question).or_default().insert(key);
                    }
                }
            }
        }
        let id = entry.id;
        self.entries.insert(key, entry);
        Some(id)
    }

    /// An entry by its id, whether it still counts or not.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&(*self.keys.get(&id)?, id))
    }

    /// Whether an entry still counts: nothing that counts takes it back.
    fn counts(&self, id: EntryId) -> bool {
        // A withdrawal is younger than what it takes back, so this ends; the depth bounds a forged cycle.
        self.counts_at_depth(id, 0)
    }

    fn counts_at_depth(&self, id: EntryId, depth: usize) -> bool {
        let Some(withdrawals) = self.withdrawals.get(&id) else { return true };
        depth > 64 || !withdrawals.iter().any(|withdrawal| self.counts_at_depth(*withdrawal, depth + 1))
    }

    fn facts_of<'a>(&'a self, keys: Option<&'a BTreeSet<FactKey>>) -> impl Iterator<Item = (&'a Entry, &'a Fact)> {
        let counting = keys.into_iter().flatten().filter(|((_, id), _)| self.counts(*id));
        counting.filter_map(|(key, position)| {
            let entry = self.entries.get(key)?;
            Some((entry, entry.facts.get(usize::try_from(*position).ok()?)?))
        })
    }

    /// Grows with each entry; what is worked out from the progress may be kept while it stands still.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Every entry that has not been taken back, the oldest first.
    pub fn counting(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values().filter(|entry| self.counts(entry.id))
    }

    /// Every fact that has not been taken back, the oldest first.
    pub fn counting_facts(&self) -> impl DoubleEndedIterator<Item = (&Entry, &Fact)> {
        self.counting().flat_map(|entry| entry.facts.iter().map(move |fact| (entry, fact)))
    }

    /// Every entry, the oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entry that undo would take back: this machine's last that counts and is no undo itself.
    pub fn to_undo(&self, machine: MachineId) -> Option<EntryId> {
        let own = self.entries.values().rev().filter(|entry| entry.machine == machine);
        own.filter(|entry| !is_withdrawal(entry)).map(|entry| entry.id).find(|id| self.counts(*id))
    }

    /// The undo that redo would take back: the last one, as long as nothing new was done since.
    pub fn to_redo(&self, machine: MachineId) -> Option<EntryId> {
        let own = self.entries.values().rev().filter(|entry| entry.machine == machine && self.counts(entry.id));
        for entry in own {
            if !is_withdrawal(entry) {
                return None;
            }
            // A redo is a withdrawal of a withdrawal; only an undo can be redone.
            let undoes_an_action = entry.facts.iter().any(|fact| match fact {
                Fact::Withdrawn { entry } => self.entry(*entry).is_some_and(|target| !is_withdrawal(target)),
                _ => false,
            });
            if undoes_an_action {
                return Some(entry.id);
            }
        }
        None
    }
}

/// What a fact is filed under, and makes stale.
enum Route<'a, C> {
    Withdrawal(EntryId),
    Topic(&'a TopicId),
    Aim,
    Note(&'a NoteId),
    Prediction,
    Mock,
    Parameters,
    /// Cards; and the question, of a fact that is about none of its cards alone.
    Study {
        cards: C,
        question: Option<QuestionId>,
    },
}

fn routed(fact: &Fact) -> Route<'_, impl Iterator<Item = &CardId>> {
    match fact {
        Fact::Withdrawn { entry } => Route::Withdrawal(*entry),
        Fact::DeepCards { topic, .. } => Route::Topic(topic),
        Fact::AimSet { .. } | Fact::TopicsOrdered { .. } | Fact::Frozen { .. } => Route::Aim,
        Fact::FreeNoteWritten { note, .. } => Route::Note(note),
        Fact::Predicted { .. } => Route::Prediction,
        Fact::MockTaken(_) => Route::Mock,
        Fact::ParametersSet { .. } => Route::Parameters,
        _ => Route::Study { cards: fact.cards(), question: fact.card().is_none().then(|| fact.question()).flatten() },
    }
}

fn is_withdrawal(entry: &Entry) -> bool {
    entry.facts.iter().any(|fact| matches!(fact, Fact::Withdrawn { .. }))
}

/// Two progresses are equal when the reader could not tell them apart.
impl PartialEq for Progress {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
            && self.cards == other.cards
            && self.questions == other.questions
            && self.deep == other.deep
            && self.decks == other.decks
            && self.made == other.made
            && self.links == other.links
            && self.notes == other.notes
            && self.predictions == other.predictions
            && self.aim == other.aim
            && self.topics == other.topics
            && (self.frozen, self.interviewed) == (other.frozen, other.interviewed)
            && self.mocks == other.mocks
            && self.fitted() == other.fitted()
    }
}
