//! The answer to a query: which documents have its words, ranked, and what the filters leave of them.

use super::index::{Index, WEIGHT_BITS, number_of};
use super::query::{Filter, Has, Is, Query};
use super::snippet::{self, Snippet};
use super::{CardFacets, Doc, Kind, Spot, spelling, tokens};
use crate::ids::CardId;
use crate::time::Moment;

/// What only begins with what was typed, beside the word itself, in percent.
const BEGINS_SO: u32 = 65;
/// What only shares the stem of what was typed, in percent.
const SHARES_STEM: u32 = 45;

/// Most hits of an answer.
pub const MOST_HITS: usize = 40;
/// Among so many of the best, how close the words stand decides.
const RERANKED: usize = 60;

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

/// BM25's inverse document frequency, above 0.
fn rarity(all: usize, having: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "numbers of documents")]
    let (all, having) = (all as f32, having as f32);
    (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::ids::QuestionId;
    use crate::search::{Owner, Part, QuestionFacets, Told};
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
