//! From the facts that count to the state: each fold reads all the facts of one thing anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::state::recall;
use super::versions::{self, Written};
use super::{CardState, FactKey, Foreseen, Imported, InForce, Linking, Progress, QuestionState};
use crate::ids::{CardId, EntryId, NoteId, QuestionId, TopicId};
use crate::study::aim::{Aim, TopicOrder};
use crate::study::fact::{Fact, Grade};
use crate::study::imported::ImportedCard;
use crate::study::schedule::{Parameters, Phase, Schedule};
use crate::text::{self, Link};
use crate::time::Moment;

/// What a card's memory is worked out from anew.
#[derive(Default)]
struct Past {
    /// Before the reviews: empty, or as it was imported.
    base: Schedule,
    reviews: Vec<(Grade, Moment)>,
    /// Changes of the parameters that the memory knows of.
    used: usize,
}

impl Progress {
    pub(super) fn replay_card(&mut self, card: &CardId) {
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

    pub(super) fn replay_note(&mut self, note: &NoteId) {
        let written = self.written(self.by_note.get(note), |fact| match fact {
            Fact::FreeNoteWritten { text, over, .. } => Some((text, over.as_deref())),
            _ => None,
        });
        let (versions, standing) = versions::stand(&written);
        let old = self.note_history(note).last().map(|version| version.text.clone());
        let new = versions.last().map(|version| version.text.as_str());
        self.relink(&Linking::Note(note.clone()), old.as_deref(), new);
        if versions.is_empty() {
            self.notes.remove(note);
        } else {
            self.notes.insert(note.clone(), (versions, standing));
        }
    }

    /// Every version of a note, also those that were taken back; of an entry that has several, the last.
    fn written<'a>(
        &'a self,
        keys: Option<&'a BTreeSet<FactKey>>,
        text_of: impl Fn(&'a Fact) -> Option<(&'a String, Option<&'a [EntryId]>)>,
    ) -> Vec<Written<'a>> {
        let mut out: Vec<Written<'a>> = Vec::new();
        for (key, position) in keys.into_iter().flatten() {
            let Some(entry) = self.entries.get(key) else { continue };
            let fact = usize::try_from(*position).ok().and_then(|position| entry.facts.get(position));
            let Some((text, over)) = fact.and_then(&text_of) else { continue };
            if out.last().is_some_and(|last| last.entry == entry.id) {
                out.pop();
            }
            let counts = self.counts(entry.id);
            out.push(Written { entry: entry.id, machine: entry.machine, at: entry.at, text, over, counts });
        }
        out
    }

    pub(super) fn replay_question(&mut self, question: &QuestionId) {
        let mut state = QuestionState::default();
        for (entry, fact) in self.facts_of(self.by_question.get(question)) {
            match fact {
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
        let written = self.written(self.by_question.get(question), |fact| match fact {
            Fact::NoteWritten { question: of, text, over } if of == question => Some((text, over.as_deref())),
            _ => None,
        });
        (state.note_history, state.standing) = versions::stand(&written);
        state.note = (!state.note_history.is_empty()).then(|| state.standing.text.clone());
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

    pub(super) fn replay_topic(&mut self, topic: &TopicId) {
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

    pub(super) fn replay_aim(&mut self) {
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

    pub(super) fn replay_predictions(&mut self) {
        let said = self.facts_of(Some(&self.by_prediction)).filter_map(|(_, fact)| match fact {
            Fact::Predicted { lab, scenario, right } => Some(((lab.clone(), scenario.clone()), *right)),
            _ => None,
        });
        self.predictions = said.collect();
    }

    pub(super) fn replay_parameters(&mut self) {
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
    pub(super) fn parameters_of(&self, changes: usize) -> Arc<Parameters> {
        let last = changes.checked_sub(1).and_then(|index| self.parameters.get(index));
        last.map_or_else(Arc::default, |one| Arc::clone(&one.parameters))
    }

    pub(super) fn own_decay(&self, changes: usize) -> Option<f32> {
        let last = changes.checked_sub(1).and_then(|index| self.parameters.get(index))?;
        last.fitted.as_ref().map(|_| last.parameters.decay())
    }

    /// Works the card's memory out anew when other parameters have come into force since. When it is due stays as it was given.
    fn remember_with(&self, in_force: usize, state: &mut CardState, past: &mut Past) {
        if std::mem::replace(&mut past.used, in_force) != in_force && !past.reviews.is_empty() {
            state.schedule.memory = self.parameters_of(in_force).memory(&past.base, &past.reviews);
        }
    }

    pub(super) fn replay_mocks(&mut self) {
        let mocks = self.facts_of(Some(&self.by_mock)).filter_map(|(_, fact)| match fact {
            Fact::MockTaken(mock) => Some(mock.clone()),
            _ => None,
        });
        self.mocks = mocks.collect();
    }
}

/// New words, and the schedule and the reviews that the other program had and this one did not.
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
