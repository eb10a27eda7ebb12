//! The store on real files: what it has acknowledged stays, what it cannot open it leaves alone.

mod durable;
mod merged;
mod refused;
mod restored;

use std::fs;
use std::path::Path;

use whetstone::ids::{CardId, QuestionId};
use whetstone::store::{Access, Job, Opened, Reply, Store};
use whetstone::study::{Confidence, Fact, Grade, Request, decide};
use whetstone::time::{Moment, Timestamp};

/// Minutes after a day in September 2026.
fn moment(minutes: i64) -> Moment {
    Moment { at: Timestamp(1_790_000_000_000 + minutes * 60_000), offset_secs: 7_200 }
}

fn review(card: &str) -> Fact {
    Fact::Reviewed { card: CardId::new(card), grade: Grade::Good, took_millis: 4_200, practice: false }
}

fn note(text: &str) -> Fact {
    Fact::NoteWritten { question: QuestionId::new("kafka/isr"), text: text.to_owned(), over: None }
}

fn open(folder: &Path) -> (Store, Opened) {
    Store::open(folder, moment(0)).unwrap()
}

fn reviews(folder: &Path) -> usize {
    open(folder).1.progress.counts_of_all().reviews
}

/// The next reply that is about `job`.
fn done(store: &Store, job: Job) -> Reply {
    assert!(store.send(job));
    store.wait().unwrap()
}

#[test]
fn what_was_done_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, first) = open(dir.path());
    assert_eq!((first.access, first.progress.entries().count()), (Access::ReadWrite, 0));
    let mut progress = first.progress;
    for (minute, card) in ["kafka/isr#a", "kafka/isr#b", "kafka/isr#a"].into_iter().enumerate() {
        let entry = store.append_now(moment(i64::try_from(minute).unwrap()), vec![review(card)]).unwrap();
        progress.apply(entry);
    }
    let rated = Fact::ConfidenceRated { question: QuestionId::new("kafka/isr"), confidence: Confidence::Likely };
    progress.apply(store.append_now(moment(3), vec![rated, note("mine")]).unwrap());
    assert!(store.send(Job::Setting { key: "theme".into(), value: "dark".into() }));
    drop(store);

    let (_store, again) = open(dir.path());
    assert!(again.progress == progress, "the fold of the journal is the state that grew entry by entry");
    assert_eq!(again.machine, first.machine);
    assert_eq!(again.settings.get("theme").map(String::as_str), Some("dark"));
}

#[test]
fn undo_survives_a_restart_and_redo_gives_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let step = |request: Option<Request>, minute| {
        let (store, opened) = open(dir.path());
        let facts = match request {
            None => vec![note("mine")],
            Some(request) => decide(request, &opened.progress, opened.machine).unwrap(),
        };
        store.append_now(moment(minute), facts).unwrap();
        drop(store);
        let state = open(dir.path()).1.progress;
        state.question(&QuestionId::new("kafka/isr")).and_then(|state| state.note.clone())
    };
    assert_eq!(step(None, 0).as_deref(), Some("mine"));
    assert_eq!(step(Some(Request::Undo), 1), None);
    assert_eq!(step(Some(Request::Redo), 2).as_deref(), Some("mine"));
}

#[test]
fn the_entries_of_one_machine_are_in_the_order_of_what_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let (store, opened) = open(dir.path());
    // The clock is set back by an hour between the two.
    store.append_now(moment(60), vec![note("first")]).unwrap();
    let second = store.append_now(moment(0), vec![note("second")]).unwrap();
    assert_eq!(second.machine, opened.machine);
    drop(store);
    let (_store, again) = open(dir.path());
    let state = again.progress.question(&QuestionId::new("kafka/isr")).cloned().unwrap();
    assert_eq!(state.note.as_deref(), Some("second"));
    assert_eq!(state.note_history.len(), 2);
    assert_eq!(again.progress.to_undo(again.machine), Some(second.id));
}

#[test]
fn a_draft_is_kept_until_it_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let draft = |text: &str, turn| Job::Draft { key: "my-answer:kafka/isr".into(), text: text.into(), turn };
    assert!(matches!(done(&store, draft("half a", 1)), Reply::DraftSaved { turn: 1, .. }));
    assert!(matches!(done(&store, draft("half a sentence", 2)), Reply::DraftSaved { turn: 2, .. }));
    drop(store);
    let (store, opened) = open(dir.path());
    assert_eq!(opened.drafts, [("my-answer:kafka/isr".to_owned(), "half a sentence".to_owned())]);
    assert!(matches!(done(&store, draft("", 3)), Reply::DraftSaved { turn: 3, .. }));
    drop(store);
    assert_eq!(open(dir.path()).1.drafts, []);
}

#[test]
fn a_second_copy_reads_and_does_not_write() {
    let dir = tempfile::tempdir().unwrap();
    let (first, _) = open(dir.path());
    first.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    let (second, opened) = open(dir.path());
    assert_eq!(opened.access, Access::ReadOnly(whetstone::store::ReadOnlyWhy::InUse));
    assert_eq!(opened.progress.counts_of_all().reviews, 1, "it sees what the first has committed");
    assert!(!second.send(Job::Setting { key: "theme".into(), value: "dark".into() }));
    let refused = second.append_now(moment(1), vec![review("kafka/isr#b")]);
    assert!(matches!(refused, Err(whetstone::store::StoreError::InUse { .. })), "{refused:?}");
    // A copy can be made all the same.
    let copy = dir.path().join("copy.db");
    whetstone::store::copy_of(dir.path(), &copy).unwrap();
    assert!(fs::metadata(&copy).unwrap().len() > 0);
    drop(second);
    first.append_now(moment(2), vec![review("kafka/isr#b")]).unwrap();
    drop(first);
    assert_eq!(reviews(dir.path()), 2);
}

#[test]
fn closing_waits_for_what_was_asked_even_when_nobody_takes_the_replies() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    // A file dialog that stays open keeps a hold on the writer.
    let dialog = store.restorer(moment(0)).unwrap();
    let mut asked = 0;
    while asked < 1_500 {
        if store.send(Job::Append { moment: moment(asked), facts: vec![review("kafka/isr#a")], fold: false }) {
            asked += 1;
        } else if asked > 1_000 {
            // The writer waits for room in a queue of replies that nobody empties, and so does the queue of jobs.
            break;
        } else {
            std::thread::yield_now();
        }
    }
    drop(store);
    drop(dialog);
    assert_eq!(reviews(dir.path()), usize::try_from(asked).unwrap());
}

#[test]
fn who_asks_gets_the_fold_of_all_that_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (store, opened) = open(dir.path());
    let mut progress = opened.progress;
    progress.apply(store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap());
    let facts = vec![review("kafka/isr#b"), note("mine")];
    let Reply::Committed { entry, folded: Some(folded) } =
        done(&store, Job::Append { moment: moment(1), facts, fold: true })
    else {
        panic!("it was not folded");
    };
    progress.apply(entry);
    assert!(*folded == progress);
}

#[test]
fn a_full_queue_refuses_and_does_not_wait() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let job = |number: i64| Job::Append { moment: moment(number), facts: vec![review("kafka/isr#a")], fold: false };
    let sent = (0..5_000).take_while(|number| store.send(job(*number))).count();
    assert!((512..5_000).contains(&sent), "{sent}");
}

#[test]
fn every_reply_wakes_the_window() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let (send, woken) = std::sync::mpsc::sync_channel(8);
    store.on_reply(move || send.send(()).unwrap());
    assert!(store.send(Job::Append { moment: moment(0), facts: vec![review("kafka/isr#a")], fold: false }));
    woken.recv().unwrap();
    assert_eq!(store.replies().count(), 1);
}
