//! The state that the entries add up to. Order does not matter: entries are applied by time, then id, so that merging
//! two machines is a union. Undo is an entry too; applying it replays only what it touches.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::aim::{Aim, Pin, TopicOrder};
use super::fact::{Attempt, AttemptKind, Confidence, Diagnosed, Entry, Fact, Grade};
use super::imported::{ImportedCard, PastReview};
use super::mock::Mock;
use super::optimise::Fitted;
use super::schedule::{Interval, Memory, Parameters, Phase, Policy, Schedule, predicted_recall, recall_with};
use crate::ids::{CardId, EntryId, MachineId, NoteId, QuestionId, TopicId};
use crate::scene::sketch::Sketch;
use crate::text::{self, Link};
use crate::time::{Moment, Timestamp};

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
    notes: BTreeMap<NoteId, Vec<Version>>,
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

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardState {
    pub schedule: Schedule,
    pub suspended: bool,
    /// The reader's own front and back.
    pub words: Option<(String, String)>,
    /// Reviews that count, and those for practice.
    pub reviews: u32,
    /// The first review that counted.
    pub first_review: Option<Moment>,
    /// From when it is wanted because an attempt missed what it trains; until its next review.
    pub wanted: Option<Timestamp>,
    /// Front and back as the reader made it, when it is a card of their own.
    pub made: Option<(String, String)>,
    /// What the schedule foresaw of each review after the first steps, and what came.
    pub foreseen: Vec<Foreseen>,
    /// Where the card came from, when it is no card of the content.
    pub imported: Option<Imported>,
    /// The decay of the reader's own parameters; None under the default ones.
    decay: Option<f32>,
}

/// One review of a card that had left its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    pub at: Moment,
    /// The chance that it would be recalled, 0 to 1.
    pub predicted: f32,
    pub recalled: bool,
}

/// What is known of a card that came from another program.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// As it was imported last.
    pub card: Arc<ImportedCard>,
    /// Every review of the other program, the oldest first.
    pub log: Vec<PastReview>,
}

impl CardState {
    /// When it is due; None while it is new and nothing asks for it.
    pub fn due(&self, policy: &Policy) -> Option<Timestamp> {
        match (self.schedule.due(policy), self.wanted) {
            (Some(due), Some(wanted)) => Some(due.min(wanted)),
            (due, wanted) => due.or(wanted),
        }
    }

    /// The chance that it is recalled now, 0 to 1; 0 while new.
    pub fn predicted_recall(&self, now: Moment) -> f32 {
        let memory = self.schedule.memory;
        memory.map_or(0.0, |memory| recall(memory, self.schedule.elapsed_days(now.at), self.decay))
    }

    /// An attempt missed what it trains, and that is what brings it back.
    pub fn is_wanted(&self, now: Moment, policy: &Policy) -> bool {
        self.wanted.is_some_and(|wanted| {
            wanted <= now.at && (self.schedule.phase == Phase::New || self.schedule.due(policy) > Some(wanted))
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuestionState {
    /// My answer as it stands.
    pub note: Option<String>,
    /// Every version of it, the oldest first.
    pub note_history: Vec<Version>,
    /// My diagram as it stands.
    pub diagram: Option<Sketch>,
    /// Each time the scene was drawn from memory: connections of the scene, those found, those made up.
    pub drawings: Vec<(u8, u8, u8)>,
    pub confidence: Option<Confidence>,
    pub confidence_ratings: u32,
    pub attempts: Vec<Attempt>,
    /// When each attempt was saved.
    pub attempted_at: Vec<Moment>,
    /// What the diagnostic found, the last time it asked.
    pub diagnosed: Option<Diagnosed>,
    pub pin: Option<Pin>,
    /// It was asked in a real interview.
    pub asked: bool,
}

/// A note that links to a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Linking {
    Question(QuestionId),
    Note(NoteId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub at: Timestamp,
    pub text: String,
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

/// What a card's memory is worked out from anew.
#[derive(Default)]
struct Past {
    /// Before the reviews: empty, or as it was imported.
    base: Schedule,
    reviews: Vec<(Grade, Moment)>,
    /// Changes of the parameters that the memory knows of.
    used: usize,
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

impl QuestionState {
    /// The attempts with their moments, the oldest first.
    pub fn dated_attempts(&self) -> impl DoubleEndedIterator<Item = (&Moment, &Attempt)> {
        self.attempted_at.iter().zip(&self.attempts)
    }

    /// Attempted to learn it; being asked it in a mock is not that.
    pub fn is_begun(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.attempt != AttemptKind::Mock)
    }

    pub fn has_note(&self) -> bool {
        self.note.as_ref().is_some_and(|note| !note.trim().is_empty())
    }
}

impl Progress {
    pub fn from_entries(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut progress = Self::default();
        // Indexed first and folded once, which is quicker than applying one by one.
        for entry in entries {
            progress.index(entry);
        }
        progress.replay_parameters();
        let cards: Vec<_> = progress.by_card.keys().cloned().collect();
        let questions: Vec<_> = progress.by_question.keys().cloned().collect();
        let topics: Vec<_> = progress.by_topic.keys().cloned().collect();
        let notes: Vec<_> = progress.by_note.keys().cloned().collect();
        notes.iter().for_each(|note| progress.replay_note(note));
        cards.iter().for_each(|card| progress.replay_card(card));
        questions.iter().for_each(|question| progress.replay_question(question));
        topics.iter().for_each(|topic| progress.replay_topic(topic));
        progress.replay_aim();
        progress.replay_predictions();
        progress.replay_mocks();
        progress
    }

    /// Takes an entry in; one that is already there changes nothing.
    pub fn apply(&mut self, entry: Entry) {
        let Some(mut touched) = self.index(entry) else { return };
        // What an entry took back, and what that took back, and so on.
        let (mut seen, mut stale) = (BTreeSet::new(), Stale::default());
        while let Some(id) = touched.pop() {
            if !seen.insert(id) {
                continue;
            }
            for fact in self.entry(id).into_iter().flat_map(|entry| &entry.facts) {
                match fact {
                    Fact::Withdrawn { entry } => touched.push(*entry),
                    Fact::DeepCards { topic, .. } => drop(stale.topics.insert(topic.clone())),
                    Fact::AimSet { .. } | Fact::TopicsOrdered { .. } | Fact::Frozen { .. } => stale.aim = true,
                    Fact::FreeNoteWritten { note, .. } => drop(stale.notes.insert(note.clone())),
                    Fact::Predicted { .. } => stale.predictions = true,
                    Fact::MockTaken(_) => stale.mocks = true,
                    Fact::ParametersSet { .. } => stale.parameters = true,
                    _ => {
                        stale.cards.extend(fact.cards().cloned());
                        if fact.card().is_some() {
                            continue;
                        }
                        if let Some(question) = fact.question() {
                            stale.questions.insert(question);
                        }
                    }
                }
            }
        }
        if stale.parameters {
            self.replay_parameters();
            stale.cards.extend(self.by_card.keys().cloned());
        }
        stale.cards.iter().for_each(|card| self.replay_card(card));
        stale.questions.iter().for_each(|question| self.replay_question(question));
        stale.notes.iter().for_each(|note| self.replay_note(note));
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

    /// Files an entry; None when it was there, else the entries whose effect may have changed.
    fn index(&mut self, entry: Entry) -> Option<Vec<EntryId>> {
        let key = (entry.at, entry.id);
        if self.keys.insert(entry.id, entry.at).is_some() {
            return None;
        }
        self.revision += 1;
        for (position, fact) in (0..).zip(&entry.facts) {
            let key = (key, position);
            match fact {
                Fact::Withdrawn { entry: target } => {
                    self.withdrawals.entry(*target).or_default().insert(entry.id);
                }
                Fact::DeepCards { topic, .. } => {
                    self.by_topic.entry(topic.clone()).or_default().insert(key);
                }
                Fact::AimSet { .. } | Fact::TopicsOrdered { .. } | Fact::Frozen { .. } => {
                    self.by_aim.insert(key);
                }
                Fact::FreeNoteWritten { note, .. } => {
                    self.by_note.entry(note.clone()).or_default().insert(key);
                }
                Fact::Predicted { .. } => {
                    self.by_prediction.insert(key);
                }
                Fact::MockTaken(_) => {
                    self.by_mock.insert(key);
                }
                Fact::ParametersSet { .. } => {
                    self.by_parameters.insert(key);
                }
                _ => {
                    for card in fact.cards() {
                        self.by_card.entry(card.clone()).or_default().insert(key);
                    }
                    if fact.card().is_some() {
                        continue;
                    }
                    if let Some(question) = fact.question() {
                        self.by_question.entry(question).or_default().insert(key);
                    }
                }
            }
        }
        let id = entry.id;
        self.entries.insert(key, entry);
        Some(vec![id])
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

    fn replay_card(&mut self, card: &CardId) {
        let mut state = CardState { decay: self.own_decay(self.parameters.len()), ..CardState::default() };
        let mut past = Past::default();
        for (entry, fact) in self.facts_of(self.by_card.get(card)) {
            match fact {
                Fact::CardImported(imported) => {
                    take_import(&mut state, imported, entry.offset_secs);
                    if imported.schedule.is_some() {
                        past = Past { base: state.schedule.clone(), ..past };
                        past.reviews.clear();
                    }
                }
                Fact::Reviewed { grade, practice, .. } => {
                    state.reviews += 1;
                    if !practice {
                        let in_force = self.parameters.partition_point(|one| one.since <= (entry.at, entry.id));
                        self.remember_with(in_force, &mut state, &mut past);
                        state.wanted = None;
                        state.first_review.get_or_insert(entry.moment());
                        if state.schedule.phase == Phase::Review {
                            let (at, recalled) = (entry.moment(), *grade != Grade::Again);
                            let (memory, elapsed) = (state.schedule.memory, state.schedule.elapsed_days(at.at));
                            let decay = self.own_decay(in_force);
                            let predicted = memory.map_or(0.0, |memory| recall(memory, elapsed, decay));
                            state.foreseen.push(Foreseen { at, predicted, recalled });
                        }
                        let parameters = self.parameters_of(in_force);
                        state.schedule = state.schedule.reviewed_with(&parameters, card, *grade, entry.moment());
                        past.reviews.push((*grade, entry.moment()));
                    }
                }
                Fact::CardMade { front, back, .. } => state.made = Some((front.clone(), back.clone())),
                Fact::Suspended { on, .. } => state.suspended = *on,
                Fact::CardEdited { front, back, .. } => state.words = Some((front.clone(), back.clone())),
                Fact::CardRestored { .. } => state.words = None,
                Fact::Attempted(_) => {
                    // The answer has just been read: it is worth asking again from tomorrow on.
                    let moment = entry.moment();
                    let tomorrow = moment.day().plus_days(1).starts_at(moment.offset_secs);
                    state.wanted = Some(state.wanted.map_or(tomorrow, |wanted| wanted.min(tomorrow)));
                }
                _ => {}
            }
        }
        self.remember_with(self.parameters.len(), &mut state, &mut past);
        list_card(&mut self.decks, card, state.imported.is_some());
        list_card(&mut self.made, card, state.made.is_some());
        self.cards.insert(card.clone(), state);
    }

    fn replay_note(&mut self, note: &NoteId) {
        let mut versions = Vec::new();
        for (entry, fact) in self.facts_of(self.by_note.get(note)) {
            if let Fact::FreeNoteWritten { note: of, text } = fact
                && of == note
            {
                versions.push(Version { at: entry.at, text: text.clone() });
            }
        }
        let old = self.note_history(note).last().map(|version| version.text.clone());
        let new = versions.last().map(|version: &Version| version.text.as_str());
        self.relink(&Linking::Note(note.clone()), old.as_deref(), new);
        if versions.is_empty() {
            self.notes.remove(note);
        } else {
            self.notes.insert(note.clone(), versions);
        }
    }

    fn replay_question(&mut self, question: &QuestionId) {
        let mut state = QuestionState::default();
        for (entry, fact) in self.facts_of(self.by_question.get(question)) {
            match fact {
                Fact::NoteWritten { question: of, text } if of == question => {
                    state.note = Some(text.clone());
                    state.note_history.push(Version { at: entry.at, text: text.clone() });
                }
                Fact::DiagramDrawn { question: of, sketch } if of == question => state.diagram.clone_from(sketch),
                Fact::SceneDrawn { question: of, total, found, wrong } if of == question => {
                    state.drawings.push((*total, *found, *wrong));
                }
                Fact::ConfidenceRated { question: of, confidence } if of == question => {
                    state.confidence = Some(*confidence);
                    state.confidence_ratings += 1;
                }
                Fact::Attempted(attempt) if attempt.question == *question => {
                    state.attempts.push(attempt.clone());
                    state.attempted_at.push(entry.moment());
                }
                Fact::Diagnosed(diagnosed) if diagnosed.question == *question => {
                    state.diagnosed = Some(diagnosed.clone());
                }
                Fact::Pinned { question: of, pin } if of == question => state.pin = *pin,
                Fact::AskedForReal { question: of, asked } if of == question => state.asked = *asked,
                _ => {}
            }
        }
        let old = self.questions.get(question).and_then(|state| state.note.clone());
        self.relink(&Linking::Question(question.clone()), old.as_deref(), state.note.as_deref());
        self.questions.insert(question.clone(), state);
    }

    /// A note that linked as `old` does links as `new` does now.
    fn relink(&mut self, note: &Linking, old: Option<&str>, new: Option<&str>) {
        if old == new {
            return;
        }
        for question in linked(old) {
            if let Some(notes) = self.links.get_mut(&question) {
                notes.remove(note);
                if notes.is_empty() {
                    self.links.remove(&question);
                }
            }
        }
        for question in linked(new) {
            self.links.entry(question).or_default().insert(note.clone());
        }
    }

    /// The notes that link to a question.
    pub fn linking_to(&self, question: &QuestionId) -> impl Iterator<Item = &Linking> {
        self.links.get(question).into_iter().flatten()
    }

    fn replay_topic(&mut self, topic: &TopicId) {
        let mut on = false;
        for (_, fact) in self.facts_of(self.by_topic.get(topic)) {
            if let Fact::DeepCards { topic: of, on: now } = fact
                && of == topic
            {
                on = *now;
            }
        }
        self.deep.insert(topic.clone(), on);
    }

    fn replay_aim(&mut self) {
        let (mut aim, mut topics): (Option<Aim>, _) = (None, TopicOrder::default());
        let (mut frozen, mut interviewed) = (false, false);
        for (entry, fact) in self.facts_of(Some(&self.by_aim)) {
            match fact {
                Fact::AimSet { aim: set } => {
                    let last = aim.and_then(|aim| aim.interview);
                    interviewed |= last.is_some_and(|day| day < entry.moment().day());
                    (aim, frozen) = (Some(*set), false);
                }
                Fact::Frozen { on } => frozen = *on,
                Fact::TopicsOrdered { topics: set } => topics = set.clone(),
                _ => {}
            }
        }
        self.has_aim = aim.is_some();
        (self.frozen, self.interviewed) = (frozen, interviewed);
        self.aim = aim.unwrap_or_default();
        self.topics = topics;
    }

    /// Study rests: nothing comes due.
    pub const fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// An interview lay behind when the present aim was set, or a question of one was noted.
    pub fn has_been_interviewed(&self) -> bool {
        self.interviewed || self.questions.values().any(|state| state.asked)
    }

    /// The questions that were asked in real interviews.
    pub fn asked(&self) -> BTreeSet<QuestionId> {
        self.questions.iter().filter(|(_, state)| state.asked).map(|(id, _)| id.clone()).collect()
    }

    fn replay_predictions(&mut self) {
        let said = self.facts_of(Some(&self.by_prediction)).filter_map(|(_, fact)| match fact {
            Fact::Predicted { lab, scenario, right } => Some(((lab.clone(), scenario.clone()), *right)),
            _ => None,
        });
        self.predictions = said.collect();
    }

    /// Whether the reader's last prediction of a lab's scenario was right; None when they made none.
    pub fn prediction(&self, lab: &str, scenario: &str) -> Option<bool> {
        self.predictions.get(&(lab.to_owned(), scenario.to_owned())).copied()
    }

    fn replay_parameters(&mut self) {
        let set = self.facts_of(Some(&self.by_parameters)).filter_map(|(entry, fact)| match fact {
            Fact::ParametersSet { fitted } => Some((entry, fitted.as_deref())),
            _ => None,
        });
        let in_force = set.filter_map(|(entry, fitted)| {
            // What is no set of weights, from a file of another kind, leaves the ones before.
            let parameters =
                fitted.map_or_else(|| Some(Parameters::default()), |fitted| Parameters::new(&fitted.parameters))?;
            Some(InForce { since: (entry.at, entry.id), fitted: fitted.cloned(), parameters: Arc::new(parameters) })
        });
        self.parameters = in_force.collect();
    }

    /// The parameters after so many changes of them.
    fn parameters_of(&self, changes: usize) -> Arc<Parameters> {
        let last = changes.checked_sub(1).and_then(|index| self.parameters.get(index));
        last.map_or_else(Arc::default, |one| Arc::clone(&one.parameters))
    }

    fn own_decay(&self, changes: usize) -> Option<f32> {
        let last = changes.checked_sub(1).and_then(|index| self.parameters.get(index))?;
        last.fitted.as_ref().map(|_| last.parameters.decay())
    }

    /// Works the card's memory out anew when other parameters have come into force since. When it is due stays as it was given.
    fn remember_with(&self, in_force: usize, state: &mut CardState, past: &mut Past) {
        if std::mem::replace(&mut past.used, in_force) != in_force && !past.reviews.is_empty() {
            state.schedule.memory = self.parameters_of(in_force).memory(&past.base, &past.reviews);
        }
    }

    /// The reader's own parameters of the schedule; None while the default ones are in force.
    pub fn fitted(&self) -> Option<&Fitted> {
        self.parameters.last()?.fitted.as_ref()
    }

    fn replay_mocks(&mut self) {
        let mocks = self.facts_of(Some(&self.by_mock)).filter_map(|(_, fact)| match fact {
            Fact::MockTaken(mock) => Some(mock.clone()),
            _ => None,
        });
        self.mocks = mocks.collect();
    }

    /// Every mock that counts, the oldest first.
    pub fn mocks(&self) -> &[Mock] {
        &self.mocks
    }

    /// What the reader studies for.
    pub const fn aim(&self) -> Aim {
        self.aim
    }

    /// Whether the reader has said what they study for, if only that there is no date.
    pub const fn has_aim(&self) -> bool {
        self.has_aim
    }

    /// Which topics come first, and which are left out.
    pub const fn topics(&self) -> &TopicOrder {
        &self.topics
    }

    /// Grows with each entry; what is worked out from the progress may be kept while it stands still.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    pub fn card(&self, card: &CardId) -> Option<&CardState> {
        self.cards.get(card)
    }

    /// The decks that were imported, each with its cards, by the questions they are.
    pub fn decks(&self) -> impl Iterator<Item = (&QuestionId, &BTreeSet<CardId>)> {
        self.decks.iter()
    }

    /// The cards of an imported deck.
    pub fn deck(&self, question: &QuestionId) -> impl Iterator<Item = &CardId> {
        self.decks.get(question).into_iter().flatten()
    }

    /// The reader's own cards on a question, in the order in which they were made.
    pub fn own_cards(&self, question: &QuestionId) -> impl Iterator<Item = &CardId> {
        self.made.get(question).into_iter().flatten()
    }

    /// Every question that the reader made cards on, with those.
    pub fn all_own_cards(&self) -> impl Iterator<Item = (&QuestionId, &BTreeSet<CardId>)> {
        self.made.iter()
    }

    /// Whether it is a card that the reader made, and did not take back.
    pub fn is_made(&self, card: &CardId) -> bool {
        self.card(card).is_some_and(|state| state.made.is_some())
    }

    /// Every version of a note that is on no question, the oldest first.
    pub fn note_history(&self, note: &NoteId) -> &[Version] {
        self.notes.get(note).map_or(&[], Vec::as_slice)
    }

    /// A note that is on no question as it stands; empty when there is none.
    pub fn note(&self, note: &NoteId) -> &str {
        self.note_history(note).last().map_or("", |version| &version.text)
    }

    /// Every note that is on no question.
    pub fn notes(&self) -> impl Iterator<Item = &NoteId> {
        self.notes.keys()
    }

    /// Every imported card as it was imported last.
    pub fn imported_cards(&self) -> impl Iterator<Item = &Imported> {
        self.decks.values().flatten().filter_map(|card| self.card(card)?.imported.as_ref())
    }

    /// What the schedule foresaw of every review, in no order.
    pub fn foreseen(&self) -> impl Iterator<Item = &Foreseen> {
        self.cards.values().flat_map(|state| &state.foreseen)
    }

    pub fn question(&self, question: &QuestionId) -> Option<&QuestionState> {
        self.questions.get(question)
    }

    /// Every question that the reader did something with, in the order of their ids.
    pub fn questions(&self) -> impl Iterator<Item = &QuestionId> {
        sorted(self.questions.keys())
    }

    /// Every card that the reader did something with, in the order of their ids.
    pub fn cards(&self) -> impl Iterator<Item = &CardId> {
        sorted(self.cards.keys())
    }

    pub fn is_suspended(&self, card: &CardId) -> bool {
        self.card(card).is_some_and(|state| state.suspended)
    }

    /// Whether the topic's deep cards are on.
    pub fn deep_cards(&self, topic: &TopicId) -> bool {
        self.deep.get(topic).copied().unwrap_or_default()
    }

    /// What each of the four grades would give now.
    pub fn next_intervals(&self, card: &CardId, now: Moment) -> Vec<Interval> {
        self.card(card).map_or_else(Schedule::default, |state| state.schedule.clone()).next_intervals(
            &self.parameters_of(self.parameters.len()),
            card,
            now,
        )
    }

    /// Every fact that has not been taken back, the oldest first.
    pub fn counting_facts(&self) -> impl DoubleEndedIterator<Item = (&Entry, &Fact)> {
        let counting = self.entries.values().filter(|entry| self.counts(entry.id));
        counting.flat_map(|entry| entry.facts.iter().map(move |fact| (entry, fact)))
    }

    /// The card that was reviewed last, and when.
    pub fn last_review(&self) -> Option<(Moment, &CardId)> {
        self.counting_facts().rev().find_map(|(entry, fact)| match fact {
            Fact::Reviewed { card, .. } => Some((entry.moment(), card)),
            _ => None,
        })
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

    pub fn counts_of_all(&self) -> Counts {
        let attempts = self.questions.values().map(|state| state.attempts.len()).sum();
        let ratings = self.questions.values().map(|state| state.confidence_ratings as usize).sum();
        Counts {
            reviews: self.cards.values().map(|state| state.reviews as usize).sum(),
            confidence_ratings: ratings,
            notes: self.questions.values().filter(|state| state.has_note()).count(),
            attempts,
        }
    }

    /// Questions with the reader's data that `known` does not know: content has dropped them, their rows are kept.
    pub fn orphans(&self, known: impl Fn(&QuestionId) -> bool) -> BTreeSet<QuestionId> {
        let of_cards = self.by_card.keys().map(CardId::question);
        of_cards.chain(self.by_question.keys().cloned()).filter(|question| !known(question)).collect()
    }
}

/// New words, and the schedule and the reviews that the other program had and this one did not.
fn recall(memory: Memory, elapsed_days: f32, decay: Option<f32>) -> f32 {
    decay.map_or_else(|| predicted_recall(memory, elapsed_days), |decay| recall_with(memory, elapsed_days, decay))
}

fn take_import(state: &mut CardState, imported: &Arc<ImportedCard>, offset_secs: i32) {
    state.reviews += u32::try_from(imported.log.len()).unwrap_or(u32::MAX);
    if let Some(schedule) = &imported.schedule {
        state.schedule = schedule.clone();
    }
    let first = imported.log.first().map(|review| Moment { at: review.at, offset_secs });
    state.first_review = [state.first_review, first].into_iter().flatten().min_by_key(|moment| moment.at);
    let mut log = state.imported.take().map(|known| known.log).unwrap_or_default();
    log.extend(&imported.log);
    state.imported = Some(Imported { card: Arc::clone(imported), log });
}

/// The questions that a note links to.
fn linked(text: Option<&str>) -> BTreeSet<QuestionId> {
    let text = text.filter(|text| text.contains("[[") || text.contains("question:")).unwrap_or_default();
    let doc = text::parse_note(text);
    let questions = doc.links().into_iter().filter_map(|(link, _)| match link {
        Link::Question(id) => Some(QuestionId::new(id)),
        _ => None,
    });
    questions.collect()
}

/// Puts a card on the list of its question, or takes it off.
fn list_card(lists: &mut BTreeMap<QuestionId, BTreeSet<CardId>>, card: &CardId, listed: bool) {
    if listed {
        lists.entry(card.question()).or_default().insert(card.clone());
    } else if let Some(list) = lists.get_mut(&card.question()) {
        list.remove(card);
        if list.is_empty() {
            lists.remove(&card.question());
        }
    }
}

fn sorted<'a, T: Ord + 'a>(keys: impl Iterator<Item = &'a T>) -> impl Iterator<Item = &'a T> {
    let mut keys: Vec<&T> = keys.collect();
    keys.sort();
    keys.into_iter()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::study::{Grade, Request, decide};

    const HERE: MachineId = MachineId(Uuid::from_u128(1));
    const THERE: MachineId = MachineId(Uuid::from_u128(2));

    fn entry(number: u32, machine: MachineId, facts: Vec<Fact>) -> Entry {
        Entry {
            id: EntryId(Uuid::from_u128(u128::from(number) + (machine.0.as_u128() << 64))),
            machine,
            at: Timestamp(1_790_000_000_000 + i64::from(number) * 3_600_000),
            offset_secs: 0,
            facts,
        }
    }

    fn ask(progress: &mut Progress, number: u32, machine: MachineId, request: Request) {
        if let Ok(facts) = decide(request, progress, machine) {
            progress.apply(entry(number, machine, facts));
        }
    }

    fn review(card: &CardId, grade: Grade) -> Request {
        Request::Review { card: card.clone(), grade, took_millis: 900, practice: false }
    }

    #[test]
    fn undo_and_redo_return_to_the_same_state() {
        let card = CardId::new("kafka/isr#a");
        let mut progress = Progress::default();
        ask(&mut progress, 1, HERE, review(&card, Grade::Good));
        let before = progress.card(&card).cloned();
        ask(&mut progress, 2, HERE, review(&card, Grade::Easy));
        let after = progress.card(&card).cloned();
        ask(&mut progress, 3, HERE, Request::Undo);
        assert_eq!(progress.card(&card).cloned(), before);
        ask(&mut progress, 4, HERE, Request::Redo);
        assert_eq!(progress.card(&card).cloned(), after);
        assert!(decide(Request::Redo, &progress, HERE).is_err());
        ask(&mut progress, 5, HERE, Request::Undo);
        ask(&mut progress, 6, HERE, Request::Undo);
        assert_eq!(progress.card(&card).cloned(), Some(CardState::default()));
        assert!(decide(Request::Undo, &progress, HERE).is_err());
    }

    #[test]
    fn undo_leaves_the_other_machine_alone() {
        let card = CardId::new("kafka/isr#a");
        let mut progress = Progress::default();
        ask(&mut progress, 1, HERE, review(&card, Grade::Good));
        ask(&mut progress, 2, THERE, review(&card, Grade::Good));
        ask(&mut progress, 3, HERE, Request::Undo);
        assert_eq!(progress.counts_of_all().reviews, 1);
        assert!(decide(Request::Undo, &progress, HERE).is_err());
    }

    #[test]
    fn practice_is_logged_and_does_not_move_the_schedule() {
        let card = CardId::new("kafka/isr#a");
        let mut progress = Progress::default();
        ask(&mut progress, 1, HERE, review(&card, Grade::Easy));
        let schedule = progress.card(&card).unwrap().schedule.clone();
        let practice = Request::Review { card: card.clone(), grade: Grade::Again, took_millis: 1, practice: true };
        ask(&mut progress, 2, HERE, practice);
        assert_eq!(progress.card(&card).unwrap().schedule, schedule);
        assert_eq!(progress.counts_of_all().reviews, 2);
    }

    #[test]
    fn a_link_is_known_at_its_other_end_for_as_long_as_it_stands() {
        let mut progress = Progress::default();
        let (from, to) = (QuestionId::new("kafka/a"), QuestionId::new("redis/b"));
        let links = |progress: &Progress| progress.linking_to(&to).cloned().collect::<Vec<_>>();
        let write = |text: &str| Request::WriteNote { question: from.clone(), text: text.into() };
        ask(&mut progress, 1, HERE, write("as in [[redis/b]]"));
        let note = NoteId::scratch();
        ask(
            &mut progress,
            2,
            HERE,
            Request::WriteFreeNote { note: note.clone(), text: "[x](question:redis/b)".into() },
        );
        assert_eq!(links(&progress), [Linking::Question(from.clone()), Linking::Note(note.clone())]);
        ask(&mut progress, 3, HERE, write("no more"));
        assert_eq!(links(&progress), [Linking::Note(note)]);
        ask(&mut progress, 4, HERE, Request::Undo);
        assert_eq!(links(&progress).len(), 2);
    }

    #[test]
    fn a_card_of_ones_own_is_made_edited_and_taken_back() {
        let mut progress = Progress::default();
        let question = QuestionId::new("kafka/a");
        let card = question.own_card();
        let make = |front: &str| Request::MakeCard { card: card.clone(), front: front.into(), back: "b".into() };
        assert!(decide(review(&card, Grade::Good), &progress, HERE).is_err(), "there is no such card");
        assert!(decide(make(" "), &progress, HERE).is_err());
        ask(&mut progress, 1, HERE, make("f"));
        assert_eq!(progress.own_cards(&question).collect::<Vec<_>>(), [&card]);
        ask(&mut progress, 2, HERE, review(&card, Grade::Good));
        assert_eq!(progress.counts_of_all().reviews, 1);
        ask(&mut progress, 3, HERE, Request::Undo);
        ask(&mut progress, 4, HERE, Request::Undo);
        assert_eq!(progress.own_cards(&question).count(), 0);
    }

    #[test]
    fn what_content_dropped_is_kept_and_named() {
        let mut progress = Progress::default();
        let question = QuestionId::new("kafka/gone");
        ask(&mut progress, 1, HERE, Request::WriteNote { question: question.clone(), text: "mine".into() });
        let orphans = progress.orphans(|id| id.as_str() != "kafka/gone");
        assert_eq!(orphans.into_iter().collect::<Vec<_>>(), [question]);
    }

    fn imported(words: &str, days: Option<u32>) -> Request {
        let schedule = days.map(|days| Schedule {
            phase: crate::study::Phase::Review,
            due: Some(Timestamp(1_790_000_000_000)),
            interval_days: days,
            reps: 3,
            ..Schedule::default()
        });
        let past = PastReview {
            at: Timestamp(1_780_000_000_000),
            grade: Grade::Good,
            took_millis: 4_000,
            kind: 1,
            interval: 9,
            last_interval: 4,
            factor: 520,
        };
        let log = if days.is_some() { vec![past] } else { Vec::new() };
        let card = |name: &str| {
            Arc::new(ImportedCard {
                card: CardId::new(format!("imported/deck#{name}")),
                origin: format!("anki:{name}"),
                deck: "Deck".into(),
                tags: Vec::new(),
                front: words.into(),
                back: words.into(),
                schedule: schedule.clone(),
                log: log.clone(),
            })
        };
        Request::Import { cards: vec![card("a"), card("b")], suspended: Vec::new(), notes: Vec::new() }
    }

    #[test]
    fn an_import_brings_words_schedule_and_log_and_is_undone_whole() {
        let mut progress = Progress::default();
        let card = CardId::new("imported/deck#a");
        ask(&mut progress, 1, HERE, imported("first", Some(9)));
        let state = progress.card(&card).unwrap();
        assert_eq!((state.schedule.interval_days, state.reviews), (9, 1));
        assert_eq!(state.first_review.unwrap().at, Timestamp(1_780_000_000_000));
        assert_eq!(
            progress.decks().map(|(deck, cards)| (deck.as_str(), cards.len())).collect::<Vec<_>>(),
            [("imported/deck", 2)]
        );
        // New words come to the same card; its schedule and the reader's own words stay.
        ask(&mut progress, 2, HERE, review(&card, Grade::Good));
        let edit = Request::EditCard { card: card.clone(), front: "mine".into(), back: "mine".into() };
        ask(&mut progress, 3, HERE, edit);
        let before = progress.card(&card).unwrap().clone();
        ask(&mut progress, 4, HERE, imported("second", None));
        let state = progress.card(&card).unwrap();
        assert_eq!((&state.schedule, &state.words), (&before.schedule, &before.words));
        let now = state.imported.as_ref().unwrap();
        assert_eq!((now.card.front.as_str(), now.log.len()), ("second", 1));
        for number in 5..9 {
            ask(&mut progress, number, HERE, Request::Undo);
        }
        assert_eq!(progress.card(&card), Some(&CardState::default()));
        assert_eq!(progress.decks().count(), 0);
        ask(&mut progress, 9, HERE, Request::Redo);
        assert_eq!(progress.imported_cards().count(), 2);
    }

    fn request() -> impl Strategy<Value = (bool, Request)> {
        let card = (0u8..3).prop_map(|n| CardId::new(format!("kafka/q{}#c{n}", n % 2)));
        let question = (0u8..2).prop_map(|n| QuestionId::new(format!("kafka/q{n}")));
        let request = prop_oneof![
            4 => (card.clone(), 0usize..4).prop_map(|(card, grade)| review(&card, Grade::ALL[grade])),
            1 => (card.clone(), any::<bool>()).prop_map(|(card, on)| Request::Suspend { card, on }),
            1 => card.clone().prop_map(|card| Request::EditCard { card, front: "f".into(), back: "b".into() }),
            1 => card.clone().prop_map(|card| Request::RestoreCard { card }),
            2 => (question.clone(), "[a-c]{0,3}").prop_map(|(question, text)| Request::WriteNote { question, text }),
            1 => (question.clone(), 0usize..4).prop_map(|(question, level)| Request::RateConfidence {
                question,
                confidence: Confidence::ALL[level],
            }),
            1 => proptest::option::of(1u32..9).prop_map(|days| imported("w", days)),
            1 => (question.clone(), any::<bool>()).prop_map(|(question, inside)| Request::Pin {
                question,
                pin: inside.then_some(Pin::In),
            }),
            2 => (question, card).prop_map(|(question, missed)| Request::Attempt {
                question,
                kind: crate::study::AttemptKind::Typed,
                text: String::new(),
                ticked: Vec::new(),
                musts: 2,
                musts_ticked: 1,
                plus: 0,
                plus_ticked: 0,
                took_millis: 60_000,
                over_time: false,
                follow_up: false,
                read_millis: 0,
                missed: vec![missed],
            }),
            1 => (10u16..90).prop_map(|minutes_a_day| Request::SetAim { aim: Aim { minutes_a_day, ..Aim::default() } }),
            1 => (0u8..2, "[a-c]{0,3}").prop_map(|(n, text)| Request::WriteFreeNote {
                note: if n == 0 { NoteId::scratch() } else { NoteId::topic(&TopicId::new("kafka")) },
                text,
            }),
            1 => "[a-c]{1,3}".prop_map(|front| Request::MakeCard {
                card: CardId::new("kafka/q0#+1"),
                front,
                back: "b".into(),
            }),
            1 => any::<bool>().prop_map(|on| Request::DeepCards { topic: TopicId::new("kafka"), on }),
            3 => Just(Request::Undo),
            2 => Just(Request::Redo),
        ];
        (any::<bool>(), request)
    }

    proptest! {
        /// One by one, all at once, and in any order, twice: the same state.
        #[test]
        fn replay_is_the_state_in_any_order(
            requests in proptest::collection::vec(request(), 0..40),
            seed in any::<u64>(),
        ) {
            let mut progress = Progress::default();
            for (number, (here, request)) in (0..).zip(requests) {
                ask(&mut progress, number, if here { HERE } else { THERE }, request);
            }
            let mut entries: Vec<_> = progress.entries().cloned().collect();
            prop_assert_eq!(&Progress::from_entries(entries.clone()), &progress);
            entries.sort_by_key(|entry| entry.id.0.as_u128().wrapping_mul(u128::from(seed) | 1));
            let mut merged = Progress::default();
            for entry in entries.iter().chain(&entries) {
                merged.apply(entry.clone());
            }
            prop_assert_eq!(&merged, &progress);
        }
    }
}
