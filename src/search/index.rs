//! The inverted index: for each word the documents that have it, with what it weighs there, and the answer to a query.
//!
//! Ranking is BM25 (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009; k1 = 1.2, b = 0.75) over title and
//! text, the title counting three times. What does not depend on the query is worked out when a document is added and
//! kept in a byte beside the document's number, so that a keystroke touches four bytes for each word of each document.

use std::collections::HashMap;

use super::query::{Filter, Has, Is, Query};
use super::snippet::{self, Snippet};
use super::tokens::each_word;
use super::{CardFacets, ContentPart, Doc, Kind, Owner, Part, QuestionFacets, Spot, Told, spelling, tokens};
use crate::ids::{CardId, QuestionId};
use crate::time::Moment;

/// BM25's two constants.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Words of a text of usual length.
const USUAL_LENGTH: f32 = 60.0;
/// A word of the title counts as often.
const TITLE_COUNTS: u32 = 3;
/// What only begins with what was typed, beside the word itself, in percent.
const BEGINS_SO: u32 = 65;
/// The most that a word can weigh in a document: saturated BM25 is below 1 + k1, the heaviest kind counts 1.7.
const HEAVIEST: f32 = (1.0 + K1) * 1.7;
/// What only shares the stem of what was typed, in percent.
const SHARES_STEM: u32 = 45;
/// Bits of a posting that say the weight; the rest is the document's number.
const WEIGHT_BITS: u32 = 8;
const MOST_DOCS: usize = 1 << (32 - WEIGHT_BITS);

/// Most hits of an answer.
pub const MOST_HITS: usize = 40;
/// Among so many of the best, how close the words stand decides.
const RERANKED: usize = 60;

/// Everything that can be found.
#[derive(Default)]
pub struct Index {
    docs: Vec<Option<Doc>>,
    /// The subject of each document.
    subject_of: Vec<u32>,
    subjects: Vec<Subject>,
    subject_ids: HashMap<QuestionId, u32>,
    /// Numbers of words, their text in the same order, and which are in the order of the alphabet.
    numbers: HashMap<Box<str>, u32>,
    vocabulary: Vec<Box<str>>,
    sorted: Vec<u32>,
    /// Of each word, the documents with its weight there, in the order of documents.
    postings: Vec<Vec<u32>>,
    cards: HashMap<CardId, CardFacets>,
    /// What was put in of each owner, to be taken out again.
    own: HashMap<Owner, Vec<u32>>,
    content: Vec<u32>,
    gone: usize,
}

/// A question, and what the filters ask of it.
#[derive(Default)]
struct Subject {
    question: Option<QuestionId>,
    tags: Vec<String>,
    cards: Vec<CardId>,
    facets: QuestionFacets,
}

/// The answer to a query.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// The words that were searched for when one of those typed stands nowhere.
    pub showing: Option<String>,
    /// Nothing has every word; these have some.
    pub only_some: bool,
    pub complaints: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Hit {
    pub spot: Spot,
    pub title: String,
    pub snippet: Snippet,
}

/// The words of the index that one word of the query stands for.
struct Group {
    /// The numbers of words, and what they weigh in percent.
    words: Vec<(u32, u32)>,
    postings: usize,
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

    fn text(&self, word: u32) -> &str {
        self.vocabulary.get(word as usize).map_or("", |text| text)
    }

    /// Answers a query.
    pub fn find(&self, query: &Query, now: Moment) -> Found {
        let mut found = Found { complaints: query.complaints.clone(), ..Found::default() };
        if query.words.is_empty() {
            self.list(query, now, &mut found);
            return found;
        }
        let mut words = query.words.clone();
        let mut groups = Vec::with_capacity(words.len());
        for index in 0..words.len() {
            let Some(word) = words.get_mut(index) else { break };
            let unfinished = query.unfinished && index + 1 == query.words.len();
            let mut group = self.group(word);
            if group.postings == 0
                && let Some(meant) = spelling::nearest(word, unfinished, &self.vocabulary, |n| self.documents(n))
            {
                meant.clone_into(word);
                found.showing = Some(String::new());
                group = self.group(word);
            }
            groups.push(group);
        }
        found.showing = found.showing.map(|_| words.join(" "));
        let mut ranked = self.ranked(&groups, true, query, now);
        if ranked.is_empty() && groups.len() > 1 && query.phrases.is_empty() {
            ranked = self.ranked(&groups, false, query, now);
            found.only_some = !ranked.is_empty();
        }
        if !query.phrases.is_empty() {
            ranked.retain(|(_, number)| {
                let Some(doc) = self.doc(*number) else { return false };
                query
                    .phrases
                    .iter()
                    .all(|phrase| snippet::has_phrase(&doc.title, phrase) || snippet::has_phrase(&doc.text, phrase))
            });
        }
        found.total = ranked.len();
        best_first(&mut ranked, RERANKED);
        let mut hits: Vec<(f32, Hit)> = Vec::with_capacity(ranked.len());
        for (score, number) in ranked {
            let Some(doc) = self.doc(number) else { continue };
            let (snippet, nearness) = snippet::of(&doc.text, &words);
            let hit = Hit { spot: doc.spot.clone(), title: doc.title.clone(), snippet };
            hits.push((score * (1.0 + 0.3 * nearness), hit));
        }
        hits.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, hit) in hits {
            // A card with words of the reader's own is there with the content's too.
            let again = found.hits.iter().any(|other| other.spot == hit.spot);
            if !again && found.hits.len() < MOST_HITS {
                found.hits.push(hit);
            }
        }
        found
    }

    /// What the filters alone leave: cards when they are about cards, else the questions, in the content's order.
    fn list(&self, query: &Query, now: Moment, found: &mut Found) {
        if query.filters.is_empty() {
            return;
        }
        let of_cards = query.filters.iter().any(|filter| matches!(filter, Filter::Is(_)));
        let named = query.filters.iter().any(|filter| matches!(filter, Filter::In(_)));
        let usual = if of_cards { Kind::Card } else { Kind::Prompt };
        for number in 0..number_of(self.docs.len()) {
            let Some(doc) = self.doc(number) else { continue };
            if (named || doc.spot.kind() == usual) && self.passes(number, doc, &query.filters, now) {
                found.total += 1;
                if found.hits.len() < MOST_HITS {
                    let snippet = snippet::start_of(&doc.text);
                    found.hits.push(Hit { spot: doc.spot.clone(), title: doc.title.clone(), snippet });
                }
            }
        }
    }

    fn doc(&self, number: u32) -> Option<&Doc> {
        self.docs.get(number as usize)?.as_ref()
    }

    fn documents(&self, word: usize) -> usize {
        self.postings.get(word).map_or(0, Vec::len)
    }

    /// Every word of the index that begins with `word`, or with its stem.
    fn group(&self, word: &str) -> Group {
        let stem = tokens::stem(word);
        let from = self.sorted.partition_point(|other| self.text(*other) < stem);
        let mut group = Group { words: Vec::new(), postings: 0 };
        for number in self.sorted.iter().skip(from) {
            let text = self.text(*number);
            if !text.starts_with(stem) {
                break;
            }
            let percent = match text.strip_prefix(word) {
                Some("") => 100,
                Some(_) => BEGINS_SO,
                None => SHARES_STEM,
            };
            group.postings += self.documents(*number as usize);
            group.words.push((*number, percent));
        }
        group
    }

    /// The documents that have a word of every group, or of any, that the filters let through; each with its score.
    fn ranked(&self, groups: &[Group], all: bool, query: &Query, now: Moment) -> Vec<(f32, u32)> {
        let mut order: Vec<&Group> = groups.iter().collect();
        order.sort_by_key(|group| group.postings);
        let size = self.docs.len();
        // How many groups a document has a word of, its best word of the group at hand, its score.
        let (mut has, mut best, mut score) = (vec![0_u8; size], vec![0_u16; size], vec![0.0_f32; size]);
        let mut candidates: Vec<u32> = Vec::new();
        for (round, group) in (0_u8..).zip(&order) {
            let first = round == 0;
            if all && !first && candidates.is_empty() {
                break;
            }
            let mut new: Vec<u32> = Vec::new();
            for (word, percent) in &group.words {
                let Some(postings) = self.postings.get(*word as usize) else { continue };
                for posting in postings {
                    let at = (posting >> WEIGHT_BITS) as usize;
                    if all && has.get(at) != Some(&round) {
                        continue;
                    }
                    let Some(best) = best.get_mut(at) else { continue };
                    let weight = (posting & ((1 << WEIGHT_BITS) - 1)) * percent;
                    if *best == 0 && (first || !all) {
                        new.push(posting >> WEIGHT_BITS);
                    }
                    *best = (*best).max(u16::try_from(weight).unwrap_or(u16::MAX));
                }
            }
            let documents = group.postings.min(size);
            let rarity = rarity(size, documents);
            if all && !first {
                // Only what has a word of this group too stays.
                candidates.retain(|number| take(*number, round, rarity, &mut has, &mut best, &mut score));
            } else {
                for number in &new {
                    take(*number, round, rarity, &mut has, &mut best, &mut score);
                }
                candidates.append(&mut new);
            }
        }
        if !all {
            candidates.sort_unstable();
            candidates.dedup();
        }
        let scored = candidates.into_iter().filter_map(|number| {
            let doc = self.doc(number)?;
            self.passes(number, doc, &query.filters, now)
                .then(|| (score.get(number as usize).copied().unwrap_or_default(), number))
        });
        scored.collect()
    }

    fn passes(&self, number: u32, doc: &Doc, filters: &[Filter], now: Moment) -> bool {
        if filters.is_empty() {
            return true;
        }
        let subject = self.subject_of.get(number as usize).and_then(|subject| self.subjects.get(*subject as usize));
        let Some(subject) = subject else { return false };
        let card = match &doc.spot {
            Spot::Card(card) => Some(card),
            _ => None,
        };
        // Several topics, or several kinds, are alternatives.
        let topics = filters.iter().filter_map(|filter| match filter {
            Filter::Topic(topic) => Some(subject.question.as_ref().is_some_and(|id| id.as_str().starts_with(topic))),
            _ => None,
        });
        let kinds = filters.iter().filter_map(|filter| match filter {
            Filter::In(kind) => Some(doc.spot.kind() == *kind),
            _ => None,
        });
        any_or_none(topics)
            && any_or_none(kinds)
            && filters.iter().all(|filter| match filter {
                Filter::Topic(_) | Filter::In(_) => true,
                Filter::Tag(tag) => {
                    let of_card = card.and_then(|card| self.cards.get(card)).map_or(&[][..], |card| &card.tags);
                    subject.tags.iter().chain(of_card).any(|known| known.to_lowercase().starts_with(tag))
                }
                Filter::Confidence(level) => subject.facets.confidence == Some(*level),
                Filter::Has(Has::Note) => subject.facets.has_note,
                Filter::Has(Has::Diagram) => subject.facets.has_diagram,
                Filter::Is(is) => {
                    let is = |card: &CardId| self.cards.get(card).is_some_and(|facets| is_so(facets, *is, now));
                    card.map_or_else(|| subject.cards.iter().any(is), is)
                }
            })
    }
}

/// Adds what the group at hand gives a document; false when it gives nothing.
fn take(number: u32, round: u8, rarity: f32, has: &mut [u8], best: &mut [u16], score: &mut [f32]) -> bool {
    let at = number as usize;
    let (Some(has), Some(best), Some(score)) = (has.get_mut(at), best.get_mut(at), score.get_mut(at)) else {
        return false;
    };
    if *best == 0 {
        return false;
    }
    *score += rarity * f32::from(*best);
    *best = 0;
    *has = round + 1;
    true
}

/// The best first; beyond `most` of them nothing is kept.
fn best_first(ranked: &mut Vec<(f32, u32)>, most: usize) {
    // Of two that are as good, the one that came first.
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if ranked.len() > most {
        ranked.select_nth_unstable_by(most, order);
        ranked.truncate(most);
    }
    ranked.sort_unstable_by(order);
}

fn any_or_none(mut found: impl Iterator<Item = bool>) -> bool {
    found.next().is_none_or(|first| first || found.any(|yes| yes))
}

fn is_so(card: &CardFacets, is: Is, now: Moment) -> bool {
    match is {
        Is::Suspended => card.suspended,
        Is::New => card.new && !card.suspended,
        Is::Due => !card.suspended && card.due.is_some_and(|due| due <= now.at),
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

/// BM25's inverse document frequency, above 0.
fn rarity(all: usize, having: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "numbers of documents")]
    let (all, having) = (all as f32, having as f32);
    (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
}

/// Documents, words and subjects are counted in 32 bits; 16 million documents are the most there can be.
fn number_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::time::Timestamp;

    const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };

    fn note(question: &str, text: &str) -> Part {
        let question = QuestionId::new(question);
        let spot = Spot::MyAnswer(question.clone());
        let docs = vec![Doc { spot, title: question.to_string(), text: text.to_owned() }];
        let facets = QuestionFacets { has_note: true, ..QuestionFacets::default() };
        Part { owner: Owner::Question(question), told: Told::Question(facets), docs }
    }

    fn index_of(notes: &[(&str, &str)]) -> Index {
        let mut index = Index::default();
        index.put(notes.iter().map(|(question, text)| note(question, text)).collect());
        index
    }

    fn find(index: &Index, text: &str) -> Vec<String> {
        let found = index.find(&Query::parse(text), NOW);
        found.hits.iter().map(|hit| hit.spot.question().to_string()).collect()
    }

    #[test]
    fn what_has_the_word_more_often_or_in_fewer_words_comes_first() {
        let index = index_of(&[
            ("a/long", &format!("offset {}", "filler ".repeat(200))),
            ("a/short", "the offset of a group"),
            ("a/often", "offset, offset and offset"),
            ("a/none", "nothing of it"),
        ]);
        assert_eq!(find(&index, "offset"), ["a/often", "a/short", "a/long"]);
        assert_eq!(find(&index, "group offset"), ["a/short"]);
        assert_eq!(find(&index, "gro"), ["a/short"]);
    }

    #[test]
    fn a_word_is_found_in_its_other_forms() {
        let index = index_of(&[("a/ing", "rebalancing at night"), ("a/e", "a rebalance"), ("a/other", "balance")]);
        assert_eq!(find(&index, "rebalance "), ["a/e", "a/ing"]);
        assert_eq!(find(&index, "rebalances "), ["a/e", "a/ing"]);
    }

    #[test]
    fn a_slip_is_forgiven_and_said() {
        let index = index_of(&[("a/x", "a rebalance of the group"), ("a/y", "partition")]);
        let found = index.find(&Query::parse("rebalence group "), NOW);
        assert_eq!(found.showing.as_deref(), Some("rebalance group"));
        assert_eq!(found.total, 1);
        assert!(index.find(&Query::parse("zzyzx"), NOW).hits.is_empty());
    }

    #[test]
    fn words_that_never_meet_are_found_apart() {
        let index = index_of(&[("a/x", "alpha beta"), ("a/y", "gamma")]);
        let found = index.find(&Query::parse("alpha gamma "), NOW);
        assert!(found.only_some && found.total == 2, "{found:?}");
        assert_eq!(find(&index, "\"beta alpha\""), Vec::<String>::new());
        assert_eq!(find(&index, "\"alpha beta\""), ["a/x"]);
    }

    #[test]
    fn filters_leave_what_they_say() {
        let (catalog, _) = crate::catalog::embedded();
        let mut index = Index::default();
        index.put_content(super::super::content(&catalog));
        index.put(vec![note("redis/locks", "my fencing story")]);
        let card = catalog.questions().find_map(|question| question.cards().first()).unwrap().id.clone();
        let facets = CardFacets { due: Some(NOW.at), ..CardFacets::default() };
        index.put(vec![Part { owner: Owner::Card(card.clone()), told: Told::Card(facets), docs: Vec::new() }]);
        assert!(find(&index, "lock topic:redis").iter().all(|id| id.starts_with("redis/")));
        assert_eq!(find(&index, "in:notes"), ["redis/locks"]);
        assert_eq!(find(&index, "has:note"), ["redis/locks"]);
        assert_eq!(find(&index, "fencing in:cards in:notes").first().map(String::as_str), Some("redis/locks"));
        let due = index.find(&Query::parse("is:due"), NOW);
        assert_eq!(due.hits.iter().map(|hit| hit.spot.clone()).collect::<Vec<_>>(), [Spot::Card(card)]);
        // A question's title is worth more than a word in passing.
        assert_eq!(find(&index, "redlock").first().map(String::as_str), Some("redis/locks"));
    }

    #[test]
    fn building_anew_changes_no_answer() {
        let notes: Vec<(String, String)> =
            (0..900).map(|n| (format!("a/q{n}"), format!("word{} common", n % 7))).collect();
        let parts = || notes.iter().map(|(question, text)| note(question, text)).collect::<Vec<_>>();
        let mut index = Index::default();
        index.put(parts());
        let before = find(&index, "word3");
        for _ in 0..3 {
            index.put(parts());
        }
        assert!(index.docs.len() < 1_900, "{} of 900", index.docs.len());
        let after = find(&index, "word3");
        assert_eq!(before.len(), after.len());
        assert_eq!(index.find(&Query::parse("common"), NOW).total, 900);
        index.put(vec![note("a/q3", "changed")]);
        assert_eq!(index.find(&Query::parse("common"), NOW).total, 899);
        assert_eq!(find(&index, "changed"), ["a/q3"]);
    }

    proptest! {
        /// What is found is what a reading of every note finds, however the notes came in.
        #[test]
        fn the_index_agrees_with_reading_everything(
            texts in proptest::collection::vec("[abc]{1,3}( [abc]{1,3}){0,4}", 1..12),
            again in proptest::collection::vec((0usize..12, "[abc]{1,3}( [abc]{1,3}){0,4}"), 0..6),
            query in "[abc]{1,2}( [abc]{1,3}){0,2}",
        ) {
            let mut index = Index::default();
            let mut now: Vec<String> = texts.clone();
            index.put(texts.iter().enumerate().map(|(n, text)| note(&format!("q/{n}"), text)).collect());
            for (n, text) in again {
                if let Some(old) = now.get_mut(n) {
                    old.clone_from(&text);
                    index.put(vec![note(&format!("q/{n}"), &text)]);
                }
            }
            let wanted = tokens::words(&query);
            let has = |text: &String| {
                let words = tokens::words(text);
                wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
            };
            // The title `q/3` has words too, but none of these letters.
            let expected: BTreeSet<String> =
                now.iter().enumerate().filter(|(_, text)| has(text)).map(|(n, _)| format!("q/{n}")).collect();
            let found = index.find(&Query::parse(&query), NOW);
            if found.only_some || found.showing.is_some() {
                prop_assert!(expected.is_empty());
            } else {
                let found: BTreeSet<String> = found.hits.iter().map(|hit| hit.spot.question().to_string()).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
