use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::study::aim::Pin;
use crate::study::imported::{ImportedCard, PastReview};
use crate::study::schedule::Schedule;
use crate::study::{Confidence, Grade, Request, decide};

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
    ask(&mut progress, 2, HERE, Request::WriteFreeNote { note: note.clone(), text: "[x](question:redis/b)".into() });
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
