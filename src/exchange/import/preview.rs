//! What an import would do, item by item, before anything is written.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Foreign, Parsed, Skipped};
use crate::catalog::Catalog;
use crate::exchange::apkg::html_of;
use crate::ids::{CardId, EntryId, QuestionId, stable_hash};
use crate::study::{Entry, IMPORTED, ImportedCard, Progress, Request};
use crate::time::Timestamp;

/// What is there already, as far as an import needs it: small enough to hand to a thread.
#[derive(Clone, Debug, Default)]
pub struct Known {
    by_origin: HashMap<String, CardId>,
    imported: HashMap<CardId, KnownCard>,
    content: HashSet<CardId>,
    questions: HashMap<QuestionId, Option<String>>,
    entries: HashSet<EntryId>,
}

#[derive(Clone, Debug)]
struct KnownCard {
    card: Arc<ImportedCard>,
    last_review: Option<Timestamp>,
    last_logged: Option<Timestamp>,
}

impl Known {
    pub fn of(catalog: &Catalog, progress: &Progress) -> Self {
        let mut known = Self { entries: progress.entries().map(|entry| entry.id).collect(), ..Self::default() };
        for question in catalog.questions() {
            known.content.extend(question.cards().iter().map(|card| card.id.clone()));
            let note = progress.question(&question.id).and_then(|state| state.note.clone());
            known.questions.insert(question.id.clone(), note);
        }
        known.content.extend(progress.all_own_cards().flat_map(|(_, cards)| cards.iter().cloned()));
        for imported in progress.imported_cards() {
            let card = Arc::clone(&imported.card);
            let state = progress.card(&card.card);
            let last_review = state.and_then(|state| state.schedule.last_review).map(|last| last.at);
            let last_logged = imported.log.last().map(|review| review.at);
            known.by_origin.insert(card.origin.clone(), card.card.clone());
            known.imported.insert(card.card.clone(), KnownCard { card, last_review, last_logged });
        }
        known
    }
}

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    New,
    /// Its words, its tags or its deck are others than before.
    Words,
    /// Reviews that are not known yet.
    Reviews,
    /// Replaces an answer of the reader's, which stays in its history; only on request.
    Replaces,
}

/// One card or one answer that would be imported.
#[derive(Clone, Debug)]
pub struct Item {
    pub place: String,
    /// The front's beginning, or the question.
    pub title: String,
    pub deck: String,
    pub change: Change,
    /// Whether it comes in when the import is confirmed.
    pub wanted: bool,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Card { card: Arc<ImportedCard>, suspended: bool },
    Note { question: QuestionId, text: String },
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub format: &'static str,
    pub items: Vec<Item>,
    pub skipped: Vec<Skipped>,
    /// Items that are here just as they are in the file.
    pub same: usize,
    /// Entries of a journal that are not here yet.
    pub entries: Vec<Entry>,
}

impl Preview {
    pub fn of(parsed: Parsed, known: &Known) -> Self {
        let mut preview = Self { format: parsed.format, skipped: parsed.skipped, ..Self::default() };
        for foreign in parsed.cards {
            preview.card(foreign, known);
        }
        for note in parsed.notes {
            let change = match known.questions.get(&note.question) {
                None => {
                    let why = format!("there is no question `{}`", note.question);
                    preview.skipped.push(Skipped { place: note.place, why });
                    continue;
                }
                Some(Some(there)) if there.trim() == note.text.trim() => {
                    preview.same += 1;
                    continue;
                }
                Some(Some(there)) if !there.trim().is_empty() => Change::Replaces,
                Some(_) => Change::New,
            };
            preview.items.push(Item {
                place: note.place,
                title: format!("My answer to {}", note.question),
                deck: note.question.topic().to_string(),
                change,
                // What the reader wrote is replaced only when they say so.
                wanted: change != Change::Replaces,
                what: What::Note { question: note.question, text: note.text },
            });
        }
        let entries = parsed.entries.len();
        preview.entries = parsed.entries.into_iter().filter(|entry| !known.entries.contains(&entry.id)).collect();
        preview.same += entries - preview.entries.len();
        preview
    }

    fn card(&mut self, foreign: Foreign, known: &Known) {
        let own = CardId::new(&foreign.origin);
        if known.content.contains(&own) {
            let why = "a card of Whetstone's own questions: its words and its schedule here stay as they are";
            self.skipped.push(Skipped { place: foreign.place, why: why.to_owned() });
            return;
        }
        let there = known.by_origin.get(&foreign.origin).or(Some(&own)).and_then(|id| known.imported.get(id));
        let Foreign { place, origin, deck, tags, front, back, schedule, suspended, mut log } = foreign;
        let (card, change) = match there {
            None => (new_id(&deck, &origin), Change::New),
            Some(there) => {
                let before = &there.card;
                let same_text = |a: &str, b: &str| a == b || html_of(a) == html_of(b);
                let same = before.deck == deck
                    && before.tags == tags
                    && same_text(&before.front, &front)
                    && same_text(&before.back, &back);
                log.retain(|review| there.last_logged.is_none_or(|last| review.at > last));
                // Reviews done here are newer than the package that came back with them.
                log.retain(|review| there.last_review.is_none_or(|last| review.at > last));
                match (same, log.is_empty()) {
                    (true, true) => {
                        self.same += 1;
                        return;
                    }
                    (true, false) => (before.card.clone(), Change::Reviews),
                    (false, _) => (before.card.clone(), Change::Words),
                }
            }
        };
        // The schedule of a card that was reviewed here since is the one to keep.
        let schedule = schedule.filter(|_| there.is_none() || !log.is_empty());
        let origin = there.map_or(origin, |there| there.card.origin.clone());
        let title = title(&front);
        let shown_deck = deck.clone();
        let card = Arc::new(ImportedCard { card, origin, deck, tags, front, back, schedule, log });
        let suspended = suspended && there.is_none();
        let what = What::Card { card, suspended };
        self.items.push(Item { place, title, deck: shown_deck, change, wanted: true, what });
    }

    /// How many items are wanted.
    pub fn wanted(&self) -> usize {
        self.items.iter().filter(|item| item.wanted).count()
    }

    /// The wanted items as one request: one entry of the journal, undone in one step.
    pub fn request(&self) -> Request {
        let (mut cards, mut suspended, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for item in self.items.iter().filter(|item| item.wanted) {
            match &item.what {
                What::Card { card, suspended: rests } => {
                    if *rests {
                        suspended.push(card.card.clone());
                    }
                    cards.push(Arc::clone(card));
                }
                What::Note { question, text } => notes.push((question.clone(), text.clone())),
            }
        }
        Request::Import { cards, suspended, notes }
    }

    /// What would happen, in a line.
    pub fn sentence(&self) -> String {
        let count = |change| self.items.iter().filter(|item| item.wanted && item.change == change).count();
        let mut parts = Vec::new();
        for (change, what) in [
            (Change::New, "new"),
            (Change::Words, "with new words"),
            (Change::Reviews, "with new reviews"),
            (Change::Replaces, "replacing an answer of yours"),
        ] {
            if count(change) > 0 {
                parts.push(format!("{} {what}", count(change)));
            }
        }
        if !self.entries.is_empty() {
            parts.push(format!("{} entries of a journal", self.entries.len()));
        }
        if parts.is_empty() {
            parts.push("nothing new".to_owned());
        }
        if self.same > 0 {
            parts.push(format!("{} here already", self.same));
        }
        if !self.skipped.is_empty() {
            parts.push(format!("{} left out", self.skipped.len()));
        }
        format!("{}: {}", self.format, parts.join(", "))
    }
}

/// A card's id in the question that its deck is: from the names it came with, so that every machine gives the same.
fn new_id(deck: &str, origin: &str) -> CardId {
    let mut slug = String::new();
    for c in deck.chars() {
        let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        if (c != '-' || !(slug.is_empty() || slug.ends_with('-'))) && slug.len() < 32 && !(c == '-' && slug.is_empty())
        {
            slug.push(c);
        }
    }
    let slug = slug.trim_end_matches('-');
    let hash = stable_hash(deck) & 0xff_ffff;
    let deck = if slug.is_empty() { format!("{hash:06x}") } else { format!("{slug}-{hash:06x}") };
    QuestionId::new(format!("{IMPORTED}/{deck}")).card(&format!("{:016x}", stable_hash(origin)))
}

fn title(front: &str) -> String {
    const LONGEST: usize = 90;
    let line = front.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut title: String = line.chars().take(LONGEST).collect();
    if line.chars().nth(LONGEST).is_some() {
        title.push('…');
    }
    title
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::MachineId;
    use crate::study::{Fact, Grade, PastReview, Phase, Schedule, decide};
    use crate::time::Moment;

    const HERE: MachineId = MachineId(Uuid::from_u128(1));

    fn foreign(front: &str, reviews: i64) -> Foreign {
        let at = |number: i64| Timestamp(1_780_000_000_000 + number * 86_400_000);
        let review = |number| PastReview {
            at: at(number),
            grade: Grade::Good,
            took_millis: 1,
            kind: 1,
            interval: 3,
            last_interval: 1,
            factor: 500,
        };
        let schedule = Schedule {
            phase: Phase::Review,
            due: Some(at(reviews + 3)),
            last_review: Some(Moment { at: at(reviews - 1), offset_secs: 0 }),
            interval_days: 3,
            ..Schedule::default()
        };
        Foreign {
            origin: "anki:g/0".into(),
            deck: "Déck::É 2".into(),
            front: front.into(),
            back: "b".into(),
            schedule: Some(schedule),
            log: (0..reviews).map(review).collect(),
            ..Foreign::default()
        }
    }

    fn import(progress: &mut Progress, number: u128, cards: Vec<Foreign>) -> Preview {
        let known = Known::of(&Catalog::default(), progress);
        let preview = Preview::of(Parsed { cards, ..Parsed::default() }, &known);
        if let Ok(facts) = decide(preview.request(), progress, HERE) {
            let at = Timestamp(1_790_000_000_000 + i64::try_from(number).unwrap());
            progress.apply(Entry { id: EntryId(Uuid::from_u128(number)), machine: HERE, at, offset_secs: 0, facts });
        }
        preview
    }

    #[test]
    fn a_second_import_brings_only_what_is_new() {
        let mut progress = Progress::default();
        let first = import(&mut progress, 1, vec![foreign("f", 2)]);
        assert_eq!((first.items.len(), first.items[0].change), (1, Change::New));
        let (deck, cards) = progress.decks().next().unwrap();
        assert_eq!(cards.len(), 1);
        assert!(crate::ids::is_plain_name(deck.name()), "{deck}");
        let id = cards.first().unwrap().clone();

        let again = import(&mut progress, 2, vec![foreign("f", 2)]);
        assert_eq!((again.items.len(), again.same), (0, 1));
        let more = import(&mut progress, 3, vec![foreign("f", 4)]);
        assert_eq!(more.items[0].change, Change::Reviews);
        assert_eq!(progress.card(&id).unwrap().reviews, 4);

        // Reviewed and reworded here: new words come to the card beneath, and nothing of the reader's is touched.
        let fact = Fact::Reviewed { card: id.clone(), grade: Grade::Good, took_millis: 1, practice: false };
        let words = Fact::CardEdited { card: id.clone(), front: "mine".into(), back: "mine".into() };
        let at = Timestamp(1_790_000_000_010);
        let own =
            Entry { id: EntryId(Uuid::from_u128(9)), machine: HERE, at, offset_secs: 0, facts: vec![fact, words] };
        progress.apply(own);
        let before = progress.card(&id).unwrap().clone();
        let words = import(&mut progress, 20, vec![foreign("other", 4)]);
        assert_eq!(words.items[0].change, Change::Words);
        let after = progress.card(&id).unwrap();
        assert_eq!((&after.schedule, &after.words, after.reviews), (&before.schedule, &before.words, before.reviews));
        assert_eq!(after.imported.as_ref().unwrap().card.front, "other");
        assert_eq!(progress.imported_cards().count(), 1);
    }
}
