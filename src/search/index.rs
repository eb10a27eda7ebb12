//! The inverted index: for each word the documents that have it, with what it weighs there.
//!
//! Ranking is BM25 (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009; k1 = 1.2, b = 0.75) over title and
//! text, the title counting three times. What does not depend on the query is worked out when a document is added and
//! kept in a byte beside the document's number, so that a keystroke touches four bytes for each word of each document.

use std::collections::HashMap;

use super::tokens::each_word;
use super::{CardFacets, ContentPart, Doc, Kind, Owner, Part, QuestionFacets, Spot, Told};
use crate::ids::{CardId, QuestionId};

/// BM25's two constants.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Words of a text of usual length.
const USUAL_LENGTH: f32 = 60.0;
/// A word of the title counts as often.
const TITLE_COUNTS: u32 = 3;
/// The most that a word can weigh in a document: saturated BM25 is below 1 + k1, the heaviest kind counts 1.7.
const HEAVIEST: f32 = (1.0 + K1) * 1.7;
/// Bits of a posting that say the weight; the rest is the document's number.
pub(super) const WEIGHT_BITS: u32 = 8;
const MOST_DOCS: usize = 1 << (32 - WEIGHT_BITS);

/// Everything that can be found.
#[derive(Default)]
pub struct Index {
    pub(super) docs: Vec<Option<Doc>>,
    /// The subject of each document.
    pub(super) subject_of: Vec<u32>,
    pub(super) subjects: Vec<Subject>,
    subject_ids: HashMap<QuestionId, u32>,
    /// Numbers of words, their text in the same order, and which are in the order of the alphabet.
    pub(super) numbers: HashMap<Box<str>, u32>,
    pub(super) vocabulary: Vec<Box<str>>,
    pub(super) sorted: Vec<u32>,
    /// Of each word, the documents with its weight there, in the order of documents.
    pub(super) postings: Vec<Vec<u32>>,
    pub(super) cards: HashMap<CardId, CardFacets>,
    /// What was put in of each owner, to be taken out again.
    own: HashMap<Owner, Vec<u32>>,
    content: Vec<u32>,
    gone: usize,
}

/// A question, and what the filters ask of it.
#[derive(Default)]
pub(super) struct Subject {
    pub(super) question: Option<QuestionId>,
    pub(super) tags: Vec<String>,
    pub(super) cards: Vec<CardId>,
    pub(super) facets: QuestionFacets,
}

impl Index {
    /// Puts the content in, in place of what was there of it.
    pub fn put_content(&mut self, parts: Vec<ContentPart>) {
        for number in std::mem::take(&mut self.content) {
            self.remove(number);
        }
        for part in parts {
            let number = self.subject(&part.question);
            if let Some(subject) = self.subjects.get_mut(number as usize) {
                (subject.tags, subject.cards) = (part.tags, part.cards);
            }
            for doc in part.docs {
                let doc = self.add(doc, number);
                self.content.push(doc);
            }
        }
        self.tidy();
    }

    /// Puts what is the reader's in, each part in place of what was there of its owner.
    pub fn put(&mut self, parts: Vec<Part>) {
        for part in parts {
            for number in self.own.remove(&part.owner).unwrap_or_default() {
                self.remove(number);
            }
            let question = match &part.owner {
                Owner::Question(question) => question.clone(),
                Owner::Card(card) => card.question(),
                Owner::Note(note) => Spot::Note(note.clone()).question(),
            };
            let subject = self.subject(&question);
            match (part.told, &part.owner) {
                (Told::Card(facets), Owner::Card(card)) => drop(self.cards.insert(card.clone(), facets)),
                (Told::Question(facets), _) => {
                    if let Some(subject) = self.subjects.get_mut(subject as usize) {
                        subject.facets = facets;
                    }
                }
                (Told::Nothing | Told::Card(_), _) => {}
            }
            let numbers: Vec<u32> = part.docs.into_iter().map(|doc| self.add(doc, subject)).collect();
            if !numbers.is_empty() {
                self.own.insert(part.owner, numbers);
            }
        }
        self.tidy();
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.docs.len() - self.gone
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn subject(&mut self, question: &QuestionId) -> u32 {
        if let Some(number) = self.subject_ids.get(question) {
            return *number;
        }
        let number = number_of(self.subjects.len());
        self.subjects.push(Subject { question: Some(question.clone()), ..Subject::default() });
        self.subject_ids.insert(question.clone(), number);
        number
    }

    fn add(&mut self, doc: Doc, subject: u32) -> u32 {
        let doc_number = number_of(self.docs.len());
        if self.docs.len() < MOST_DOCS {
            let mut counts: HashMap<u32, u32> = HashMap::new();
            let mut length = 0;
            each_word(&doc.title, |word, _| *counts.entry(self.word(word)).or_default() += TITLE_COUNTS);
            each_word(&doc.text, |word, _| {
                length += 1;
                *counts.entry(self.word(word)).or_default() += 1;
            });
            let mut counts: Vec<(u32, u32)> = counts.into_iter().collect();
            counts.sort_unstable();
            for (word, count) in counts {
                let weight = weight(count, length, doc.spot.kind());
                if let Some(postings) = self.postings.get_mut(word as usize) {
                    postings.push(doc_number << WEIGHT_BITS | weight);
                }
            }
        }
        self.docs.push(Some(doc));
        self.subject_of.push(subject);
        doc_number
    }

    fn word(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = number_of(self.vocabulary.len());
        self.numbers.insert(word.into(), number);
        self.vocabulary.push(word.into());
        self.postings.push(Vec::new());
        number
    }

    fn remove(&mut self, number: u32) {
        if self.docs.get_mut(number as usize).and_then(Option::take).is_some() {
            self.gone += 1;
        }
    }

    /// Orders new words, and builds anew once most of it is of documents that are gone.
    fn tidy(&mut self) {
        if self.gone > 1_000 && self.gone * 2 > self.docs.len() {
            self.compact();
        }
        let (known, all) = (self.sorted.len(), self.vocabulary.len());
        if all - known <= 64 {
            for number in known..all {
                let at = self.sorted.partition_point(|other| self.text(*other) < self.text(number_of(number)));
                self.sorted.insert(at, number_of(number));
            }
        } else {
            let vocabulary = &self.vocabulary;
            self.sorted = (0..number_of(all)).collect();
            self.sorted.sort_unstable_by_key(|number| vocabulary.get(*number as usize));
        }
    }

    fn compact(&mut self) {
        // Where each document that is left goes, in the same order.
        let mut moved = Vec::with_capacity(self.docs.len());
        let mut next = 0;
        for doc in &self.docs {
            moved.push(doc.as_ref().map(|_| next));
            next += u32::from(doc.is_some());
        }
        let to = |number: u32| moved.get(number as usize).copied().flatten();
        for postings in &mut self.postings {
            let weights = (1 << WEIGHT_BITS) - 1;
            let kept = postings
                .iter()
                .filter_map(|posting| Some(to(posting >> WEIGHT_BITS)? << WEIGHT_BITS | posting & weights));
            *postings = kept.collect();
        }
        let subjects = self.subject_of.iter().zip(&self.docs).filter(|(_, doc)| doc.is_some());
        self.subject_of = subjects.map(|(subject, _)| *subject).collect();
        let renumber = |numbers: &Vec<u32>| numbers.iter().copied().filter_map(to).collect::<Vec<u32>>();
        self.content = renumber(&self.content);
        #[expect(clippy::iter_over_hash_type, reason = "each is renumbered by itself")]
        for numbers in self.own.values_mut() {
            *numbers = renumber(numbers);
        }
        self.docs.retain(Option::is_some);
        self.gone = 0;
    }

    pub(super) fn text(&self, word: u32) -> &str {
        self.vocabulary.get(word as usize).map_or("", |text| text)
    }

    pub(super) fn doc(&self, number: u32) -> Option<&Doc> {
        self.docs.get(number as usize)?.as_ref()
    }

    pub(super) fn documents(&self, word: usize) -> usize {
        self.postings.get(word).map_or(0, Vec::len)
    }
}

/// BM25's weight of a word that stands `count` times in a text of so many words, by the kind, from 1 to 255.
fn weight(count: u32, length: u32, kind: Kind) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let (count, length, kind) = (count as f32, length as f32, kind.weight() as f32 / 100.0);
    let saturated = count * (1.0 + K1) / (count + K1 * (1.0 - B + B * length / USUAL_LENGTH));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 255")]
    let weight = (saturated * kind / HEAVIEST * 255.0).clamp(1.0, 255.0) as u32;
    weight
}

/// Documents, words and subjects are counted in 32 bits; 16 million documents are the most there can be.
pub(super) fn number_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
