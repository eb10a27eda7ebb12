//! The evening before: at most 40 minutes over what is known already, nothing new. What was sure and wrong, what is fading among
//! the musts, what is easily confused, one page a topic of the reader's own notes.

use std::collections::BTreeSet;

use super::calibration;
use super::progress::Progress;
use crate::ids::{CardId, QuestionId, TopicId};
use crate::time::{Moment, Timestamp};

/// A question of the content, as the pack sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub question: QuestionId,
    /// The cards that train its musts, each once.
    pub musts: Vec<CardId>,
    /// What it is easily confused with.
    pub related: Vec<QuestionId>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pack {
    /// Sure but wrong in the last seven days, the newest first.
    pub wrong: Vec<QuestionId>,
    /// The musts' cards with their predicted recall on the day, 0 to 1, the lowest first.
    pub cards: Vec<(CardId, f32)>,
    /// Easily confused, both of them known.
    pub pairs: Vec<(QuestionId, QuestionId)>,
    pub pages: Vec<Page>,
    /// What one card takes this reader, in seconds.
    pub card_secs: f64,
}

/// The reader's own notes on one topic, cut to a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub topic: TopicId,
    pub notes: Vec<(QuestionId, String)>,
}

/// All of it takes no longer than this, in seconds.
pub const BUDGET_SECS: f64 = 40.0 * 60.0;
/// Thinking a prompt through and reading its key points.
const WRONG_SECS: f64 = 90.0;
/// Saying what tells two questions apart, and looking.
const PAIR_SECS: f64 = 60.0;
/// Reading a page.
const PAGE_SECS: f64 = 120.0;
/// Characters of a page: about 400 words.
const PAGE_CHARS: usize = 2_600;
const MOST_WRONG: usize = 8;
const MOST_PAIRS: usize = 6;
const MOST_CARDS: usize = 60;
/// A card takes at least and at most this long, whatever the log says.
const CARD_SECS: std::ops::RangeInclusive<f64> = 5.0..=40.0;

/// The pack for the day that begins at `on`; `card_secs` is what one review takes the reader, at the median.
///
/// What fills the time is taken in this order until it is full: sure but wrong, a page a topic, pairs, then cards by predicted
/// recall. A question that was never attempted has no place in it, nor has a card that was never reviewed.
pub fn pack(questions: &[Known], progress: &Progress, now: Moment, on: Timestamp, card_secs: f64) -> Pack {
    let tested: Vec<&Known> = questions.iter().filter(|known| is_tested(progress, &known.question)).collect();
    let has = |question: &QuestionId| tested.iter().any(|known| known.question == *question);
    let mut out = Pack { card_secs: card_secs.clamp(*CARD_SECS.start(), *CARD_SECS.end()), ..Pack::default() };
    let wrong = calibration::sure_but_wrong(&calibration::rated(progress), now, 7);
    for question in wrong.into_iter().filter(|question| has(question)).take(MOST_WRONG) {
        out.wrong.push(question);
    }
    for page in pages(&tested, progress) {
        if out.secs() + PAGE_SECS <= BUDGET_SECS {
            out.pages.push(page);
        }
    }
    let mut seen = BTreeSet::new();
    for known in &tested {
        for other in known.related.iter().filter(|other| **other != known.question && has(other)) {
            let pair = if *other < known.question { (other, &known.question) } else { (&known.question, other) };
            let fits = out.pairs.len() < MOST_PAIRS && out.secs() + PAIR_SECS <= BUDGET_SECS;
            if seen.insert(pair) && fits {
                out.pairs.push((known.question.clone(), other.clone()));
            }
        }
    }
    let mut cards: Vec<(CardId, f32)> = Vec::new();
    for card in tested.iter().flat_map(|known| &known.musts) {
        let state = progress.card(card).filter(|state| !state.suspended && state.schedule.memory.is_some());
        if let Some(state) = state
            && !cards.iter().any(|(other, _)| other == card)
        {
            cards.push((card.clone(), state.predicted_recall(Moment { at: on, ..now })));
        }
    }
    cards.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    for card in cards.into_iter().take(MOST_CARDS) {
        if out.secs() + out.card_secs <= BUDGET_SECS {
            out.cards.push(card);
        }
    }
    out
}

fn is_tested(progress: &Progress, question: &QuestionId) -> bool {
    progress.question(question).is_some_and(|state| !state.attempts.is_empty())
}

/// A page for each topic that has notes, in the content's order.
fn pages(tested: &[&Known], progress: &Progress) -> Vec<Page> {
    let mut out: Vec<Page> = Vec::new();
    for Known { question, .. } in tested {
        let note = progress.question(question).and_then(|state| state.note.as_deref()).map_or("", str::trim);
        if note.is_empty() {
            continue;
        }
        let topic = question.topic();
        let index = out.iter().position(|page| page.topic == topic).unwrap_or_else(|| {
            out.push(Page { topic, notes: Vec::new() });
            out.len() - 1
        });
        let Some(page) = out.get_mut(index) else { continue };
        let there: usize = page.notes.iter().map(|(_, text)| text.chars().count()).sum();
        let text = cut(note, PAGE_CHARS.saturating_sub(there));
        if !text.is_empty() {
            page.notes.push((question.clone(), text));
        }
    }
    out
}

/// Whole paragraphs up to so many characters; of a first one that is longer, its beginning. What was cut shows as `…`.
fn cut(note: &str, most: usize) -> String {
    if note.chars().count() <= most {
        return note.to_owned();
    }
    let mut out = String::new();
    for paragraph in note.split("\n\n") {
        if out.chars().count() + paragraph.chars().count() + 4 > most {
            break;
        }
        out.push_str(paragraph);
        out.push_str("\n\n");
    }
    // Less than a few lines of a note say nothing.
    if out.is_empty() && most > 400 {
        out.extend(note.chars().take(most - 2));
    }
    if !out.is_empty() {
        out.push('…');
    }
    out
}

impl Pack {
    fn secs(&self) -> f64 {
        let of = |count: usize, secs: f64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * secs;
        of(self.wrong.len(), WRONG_SECS)
            + of(self.cards.len(), self.card_secs)
            + of(self.pairs.len(), PAIR_SECS)
            + of(self.pages.len(), PAGE_SECS)
    }

    /// What it takes, in minutes: at most 40.
    pub fn minutes(&self) -> f64 {
        self.secs() / 60.0
    }

    pub const fn is_empty(&self) -> bool {
        self.wrong.is_empty() && self.cards.is_empty() && self.pairs.is_empty() && self.pages.is_empty()
    }

    /// Its items one after the other, as the evening goes.
    pub fn items(&self) -> Vec<Item> {
        let wrong = self.wrong.iter().cloned().map(Item::Wrong);
        let cards = self.cards.iter().map(|(card, recall)| Item::Card(card.clone(), *recall));
        let pairs = self.pairs.iter().cloned().map(|(one, other)| Item::Pair(one, other));
        wrong.chain(cards).chain(pairs).chain(self.pages.iter().cloned().map(Item::Page)).collect()
    }

    /// What the items from `index` on take, in minutes.
    pub fn minutes_from(&self, index: usize) -> f64 {
        let secs = self.items().into_iter().skip(index).map(|item| match item {
            Item::Wrong(_) => WRONG_SECS,
            Item::Card(..) => self.card_secs,
            Item::Pair(..) => PAIR_SECS,
            Item::Page(_) => PAGE_SECS,
        });
        secs.sum::<f64>() / 60.0
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Wrong(QuestionId),
    Card(CardId, f32),
    Pair(QuestionId, QuestionId),
    Page(Page),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Confidence, Entry, Fact, Grade, fact};

    const NOW: Moment = Moment { at: Timestamp(1_790_000_000_000), offset_secs: 0 };

    fn content() -> Vec<Known> {
        let id = |topic: usize, n: usize| QuestionId::new(format!("t{topic}/q{n}"));
        let one = |topic: usize, n: usize| Known {
            question: id(topic, n),
            musts: (0..3).map(|card| id(topic, n).card(&format!("c{card}"))).collect(),
            related: vec![id(topic, (n + 1) % 25), id((topic + 1) % 6, n)],
        };
        (0..6).flat_map(|topic| (0..25).map(move |n| one(topic, n))).collect()
    }

    fn say(progress: &mut Progress, facts: Vec<Fact>, hours_ago: i64) {
        let number = progress.revision();
        progress.apply(Entry {
            id: EntryId(Uuid::from_u128(u128::from(number) + 1)),
            machine: MachineId(Uuid::from_u128(1)),
            at: NOW.at.plus_secs(-hours_ago * 3_600).plus_millis(i64::try_from(number).unwrap()),
            offset_secs: 0,
            facts,
        });
    }

    fn attempted(question: &QuestionId, held: bool) -> Fact {
        Fact::Attempted(crate::study::Attempt {
            musts_ticked: u8::from(held),
            ..fact::tests::attempt(question.as_str())
        })
    }

    fn reviewed(card: &CardId) -> Fact {
        Fact::Reviewed { card: card.clone(), grade: Grade::Good, took_millis: 9_000, practice: false }
    }

    #[test]
    fn the_pack_holds_what_was_sure_and_wrong_and_what_fades() {
        let content = content();
        let mut progress = Progress::default();
        let (a, b, untested) = (&content[0], &content[1], &content[2]);
        let rate =
            |question: &QuestionId| Fact::ConfidenceRated { question: question.clone(), confidence: Confidence::Sure };
        say(&mut progress, vec![rate(&a.question), attempted(&a.question, false)], 30);
        say(&mut progress, vec![rate(&b.question), attempted(&b.question, true)], 20);
        say(&mut progress, vec![reviewed(&a.musts[0])], 200);
        say(&mut progress, vec![reviewed(&b.musts[0])], 20);
        say(&mut progress, vec![reviewed(&untested.musts[0])], 20);
        let text = format!("{}\n\nlast words", "word ".repeat(700));
        say(&mut progress, vec![Fact::NoteWritten { question: a.question.clone(), text, over: None }], 10);
        let found = pack(&content, &progress, NOW, NOW.at.plus_secs(86_400), 12.0);
        assert_eq!(found.wrong, std::slice::from_ref(&a.question));
        let cards: Vec<&CardId> = found.cards.iter().map(|(card, _)| card).collect();
        assert_eq!(cards, [&a.musts[0], &b.musts[0]], "the lowest recall first, none of an untested question");
        assert_eq!(found.pairs, [(a.question.clone(), b.question.clone())]);
        let [(_, note)] = found.pages[0].notes.as_slice() else { panic!("{:?}", found.pages) };
        assert!(note.ends_with('…') && note.chars().count() <= PAGE_CHARS);
        assert_eq!(found.items().len(), 5);
        assert!((found.minutes_from(0) - found.minutes()).abs() < 1e-9);
    }

    #[test]
    fn who_has_done_nothing_has_an_empty_pack() {
        assert!(pack(&content(), &Progress::default(), NOW, NOW.at, 12.0).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn never_above_forty_minutes_and_nothing_untested(
            done in proptest::collection::vec((0usize..150, any::<bool>(), any::<bool>(), 0usize..4_000), 0..150),
            card_secs in 0.0f64..200.0,
        ) {
            let content = content();
            let mut progress = Progress::default();
            for (index, held, sure, note) in done {
                let known = &content[index];
                let confidence = if sure { Confidence::Sure } else { Confidence::Shaky };
                let mut facts = vec![Fact::ConfidenceRated { question: known.question.clone(), confidence }];
                // Half of the questions are rated and read, but never attempted.
                if index % 2 == 0 {
                    facts.push(attempted(&known.question, held));
                }
                facts.extend(known.musts.iter().map(reviewed));
                facts.push(Fact::NoteWritten { question: known.question.clone(), text: "n".repeat(note), over: None });
                say(&mut progress, facts, i64::try_from(index).unwrap());
            }
            let found = pack(&content, &progress, NOW, NOW.at.plus_secs(86_400), card_secs);
            prop_assert!(found.minutes() <= 40.0 + 1e-9, "{}", found.minutes());
            let tested = |question: &QuestionId| is_tested(&progress, question);
            for item in found.items() {
                let is_known = match item {
                    Item::Wrong(question) => tested(&question),
                    Item::Card(card, _) => tested(&card.question()) && progress.card(&card).is_some_and(|state| state.reviews > 0),
                    Item::Pair(one, other) => tested(&one) && tested(&other) && one != other,
                    Item::Page(page) => page.notes.iter().all(|(question, _)| tested(question) && question.topic() == page.topic)
                        && page.notes.iter().map(|(_, text)| text.chars().count()).sum::<usize>() <= PAGE_CHARS + 1,
                };
                prop_assert!(is_known);
            }
        }
    }
}
