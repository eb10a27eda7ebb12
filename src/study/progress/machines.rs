//! Laws of several machines: each with its own clock, each knowing for a while what the others do not, merged in any order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::study::{Confidence, Grade, Request, decide};

const MACHINES: usize = 3;
const MINUTE: i64 = 60_000;

/// What happens on one of the machines.
#[derive(Clone, Debug)]
enum Event {
    Does(usize, Request),
    /// Replaces the nth word of a note, as somebody does who reads it where they are.
    Edits(usize, Linking, usize, String),
    /// Chooses between the versions that stand side by side.
    Chooses(usize, Linking, usize),
    /// One takes in all that another knows.
    Takes(usize, usize),
}

struct World {
    known: Vec<Progress>,
    /// How far each clock is off, in milliseconds.
    skew: Vec<i64>,
    number: u32,
    all: Vec<Entry>,
}

impl World {
    fn new(skew: Vec<i64>) -> Self {
        Self { known: vec![Progress::default(); MACHINES], skew, number: 0, all: Vec::new() }
    }

    fn ask(&mut self, who: usize, request: Request) {
        let machine = MachineId(Uuid::from_u128(u128::try_from(who).unwrap() + 1));
        let Ok(facts) = decide(request, &self.known[who], machine) else { return };
        self.number += 1;
        let id = EntryId(Uuid::from_u128(u128::from(stable(self.number)) << 32 | u128::from(self.number)));
        let at = Timestamp(1_790_000_000_000 + i64::from(self.number) * 7 * MINUTE + self.skew[who]);
        let entry = Entry { id, machine, at, offset_secs: 0, facts };
        self.known[who].apply(entry.clone());
        self.all.push(entry);
    }

    fn live(&mut self, event: Event) {
        match event {
            Event::Does(who, request) => self.ask(who, request),
            Event::Edits(who, note, at, word) => {
                let standing = self.known[who].standing(&note);
                let mut lines: Vec<String> = standing.text.lines().map(str::to_owned).collect();
                let at = at % (lines.len() + 1);
                lines.splice(at..(at + 1).min(lines.len()), [word]);
                let (over, text) = (standing.over.clone(), lines.join("\n"));
                self.ask(who, Request::WriteOver { note, text, over });
            }
            Event::Chooses(who, note, which) => {
                let standing = self.known[who].standing(&note);
                let Some(other) = standing.others.get(which % (standing.others.len() + 1)) else { return };
                let (over, text) = (standing.all(), other.text.clone());
                self.ask(who, Request::WriteOver { note, text, over });
            }
            Event::Takes(who, from) => {
                let entries: Vec<Entry> = self.known[from].entries().cloned().collect();
                self.known[who].extend(entries);
            }
        }
    }
}

/// A number that follows no order.
fn stable(number: u32) -> u32 {
    number.wrapping_mul(0x9e37_79b9)
}

fn note() -> impl Strategy<Value = Linking> {
    prop_oneof![
        Just(Linking::Question(QuestionId::new("kafka/q0"))),
        Just(Linking::Question(QuestionId::new("kafka/q1"))),
        Just(Linking::Note(NoteId::scratch())),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..MACHINES;
    let card = (0u8..3).prop_map(|n| CardId::new(format!("kafka/q{}#c{n}", n % 2)));
    let imported = (any::<bool>(), "[a-c]").prop_map(|(schedule, words)| {
        let card = Arc::new(crate::study::ImportedCard {
            card: CardId::new("imported/deck#a"),
            origin: "anki:a".into(),
            deck: "Deck".into(),
            tags: Vec::new(),
            front: words.clone(),
            back: words.clone(),
            schedule: schedule.then(crate::study::Schedule::default),
            log: Vec::new(),
        });
        let notes = vec![(QuestionId::new("kafka/q0"), words)];
        Request::Import { cards: vec![card], suspended: Vec::new(), notes }
    });
    let request = prop_oneof![
        4 => (card.clone(), 0usize..4).prop_map(|(card, grade)| Request::Review {
            card,
            grade: Grade::ALL[grade],
            took_millis: 900,
            practice: false,
        }),
        1 => (card.clone(), any::<bool>()).prop_map(|(card, on)| Request::Suspend { card, on }),
        1 => (card, "[a-c]").prop_map(|(card, words)| Request::EditCard { card, front: words.clone(), back: words }),
        2 => (0usize..4).prop_map(|level| Request::RateConfidence {
            question: QuestionId::new("kafka/q0"),
            confidence: Confidence::ALL[level],
        }),
        1 => (10u16..90).prop_map(|minutes_a_day| Request::SetAim { aim: Aim { minutes_a_day, ..Aim::default() } }),
        1 => any::<bool>().prop_map(|on| Request::DeepCards { topic: TopicId::new("kafka"), on }),
        1 => imported,
        3 => Just(Request::Undo),
        2 => Just(Request::Redo),
    ];
    prop_oneof![
        8 => (who.clone(), request).prop_map(|(who, request)| Event::Does(who, request)),
        8 => (who.clone(), note(), 0usize..6, "[a-z]{1,4}")
            .prop_map(|(who, note, at, word)| Event::Edits(who, note, at, word)),
        1 => (who.clone(), note(), 0usize..3).prop_map(|(who, note, which)| Event::Chooses(who, note, which)),
        4 => (who.clone(), who).prop_map(|(who, from)| Event::Takes(who, from)),
    ]
}

/// Seconds to years, to either side.
fn skew() -> impl Strategy<Value = Vec<i64>> {
    let one = prop_oneof![Just(0), -90_000i64..90_000, -40_000_000_000i64..40_000_000_000];
    proptest::collection::vec(one, MACHINES)
}

fn union(first: &Progress, second: &Progress) -> Progress {
    let mut out = first.clone();
    out.extend(second.entries().cloned());
    out
}

proptest! {
    #[test]
    fn merging_is_idempotent_commutative_and_associative(
        events in proptest::collection::vec(event(), 0..50),
        skew in skew(),
        seed in any::<u64>(),
    ) {
        let mut world = World::new(skew);
        events.into_iter().for_each(|event| world.live(event));
        let [a, b, c] = [&world.known[0], &world.known[1], &world.known[2]];
        prop_assert_eq!(&union(a, a), a);
        prop_assert_eq!(&union(a, b), &union(b, a));
        let merged = union(&union(a, b), c);
        prop_assert_eq!(&merged, &union(a, &union(b, c)));
        prop_assert_eq!(&merged, &Progress::from_entries(world.all.clone()));
        // One by one and twice, in an order that nobody chose.
        let mut shuffled = world.all.clone();
        shuffled.sort_by_key(|entry| entry.id.0.as_u128().wrapping_mul(u128::from(seed) | 1));
        let mut slowly = Progress::default();
        shuffled.iter().chain(&world.all).for_each(|entry| slowly.apply(entry.clone()));
        prop_assert_eq!(&slowly, &merged);
    }

    /// What a version says that nothing was written over is in the note, or stands beside it.
    #[test]
    fn no_word_is_lost(events in proptest::collection::vec(event(), 0..50), skew in skew()) {
        let mut world = World::new(skew);
        events.into_iter().for_each(|event| world.live(event));
        let merged = Progress::from_entries(world.all.clone());
        for note in [
            Linking::Question(QuestionId::new("kafka/q0")),
            Linking::Question(QuestionId::new("kafka/q1")),
            Linking::Note(NoteId::scratch()),
        ] {
            let standing = merged.standing(&note);
            let history = match &note {
                Linking::Question(question) => merged.question(question).map_or(&[][..], |state| &state.note_history),
                Linking::Note(note) => merged.note_history(note),
            };
            prop_assert_eq!(history.last().map_or("", |version| &version.text), standing.text.as_str());
            let texts = |id: &EntryId| history.iter().find(|version| version.entry == Some(*id)).map(|v| v.text.clone());
            let shown: BTreeSet<&str> = standing.text.lines().collect();
            if let [only] = standing.over.as_slice() {
                prop_assert_eq!(texts(only), Some(standing.text.clone()));
            }
            for version in &standing.others {
                prop_assert!(version.entry.is_some_and(|id| !standing.over.contains(&id)));
            }
            // Whatever two merged versions both have stays.
            let all: Vec<BTreeSet<String>> = standing.over.iter().filter_map(texts)
                .map(|text| text.lines().map(str::to_owned).collect()).collect();
            if let Some((first, rest)) = all.split_first() {
                let common = rest.iter().fold(first.clone(), |common, one| common.intersection(one).cloned().collect());
                for line in common {
                    prop_assert!(shown.contains(line.as_str()), "{line:?} of both is not in {:?}", standing.text);
                }
            }
        }
    }

    /// Once all machines know all, they show the same, and what is written then settles every note by itself.
    #[test]
    fn after_a_merge_everybody_reads_and_writes_the_same_note(
        events in proptest::collection::vec(event(), 0..40),
        skew in skew(),
    ) {
        let mut world = World::new(skew);
        events.into_iter().for_each(|event| world.live(event));
        for (who, from) in [(0, 1), (0, 2), (1, 0), (2, 0)] {
            world.live(Event::Takes(who, from));
        }
        prop_assert_eq!(&world.known[0], &world.known[1]);
        prop_assert_eq!(&world.known[1], &world.known[2]);
        let note = Linking::Question(QuestionId::new("kafka/q0"));
        let over = world.known[1].standing(&note).all();
        world.ask(1, Request::WriteOver { note: note.clone(), text: "settled".into(), over });
        world.live(Event::Takes(2, 1));
        let standing = world.known[2].standing(&note);
        prop_assert_eq!((standing.text.as_str(), standing.over.len(), standing.others.len()), ("settled", 1, 0));
    }
}
