//! The reader's data on a real disk: what was acknowledged is there, what is damaged or newer is left alone.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use whetstone::ids::{CardId, QuestionId};
use whetstone::store::{Access, Job, ReadOnlyWhy, Reply, Store, StoreError};
use whetstone::study::{Fact, Grade};

use crate::common::{NOW, on_disk};

const FILE: &str = "whetstone.db";

fn review(number: u32) -> Vec<Fact> {
    let card = CardId::new(format!("kafka/isr#c{number}"));
    vec![Fact::Reviewed { card, grade: Grade::Good, took_millis: number, practice: false }]
}

#[test]
fn what_was_committed_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_whetstone");
    // Each command returns only when its entry is durable; the writer is then killed while it is busy.
    for _ in 0..3 {
        let status = Command::new(program)
            .args(["--data-dir", dir.path().to_str().unwrap(), "confidence", "kafka/isr", "sure"])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::child_that_writes_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env("WHETSTONE_TEST_DIR", dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    for line in lines.map_while(Result::ok) {
        if line.contains("committed") {
            acknowledged += 1;
        }
        if acknowledged == 40 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let counts = on_disk(dir.path()).progress.counts_of_all();
    assert_eq!(counts.confidence_ratings, 3);
    assert!(counts.reviews >= acknowledged, "{} of {acknowledged} acknowledged reviews are left", counts.reviews);
}

/// Run by the test above in a process of its own.
#[test]
#[ignore = "the child of what_was_committed_is_there_after_a_kill"]
fn child_that_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os("WHETSTONE_TEST_DIR") else { return };
    let (store, _) = Store::open(Path::new(&dir), NOW).unwrap();
    for number in 0..1_000_000 {
        store.append_now(NOW, review(number)).unwrap();
        println!("committed {number}");
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn drafts_and_settings_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    assert!(store.send(Job::Draft { key: "my-answer:a/b".into(), text: "half a sent".into(), turn: 7 }));
    assert!(matches!(store.wait().unwrap(), Reply::DraftSaved { turn: 7, .. }));
    assert!(store.send(Job::Setting { key: "place".into(), value: "x".into() }));
    assert!(store.send(Job::Draft { key: "gone".into(), text: "y".into(), turn: 8 }));
    assert!(store.send(Job::Draft { key: "gone".into(), text: String::new(), turn: 9 }));
    drop(store);
    let opened = on_disk(dir.path());
    assert_eq!(opened.drafts, [("my-answer:a/b".to_owned(), "half a sent".to_owned())]);
    assert_eq!(opened.settings["place"], "x");
}

#[test]
fn a_second_opening_reads_only() {
    let dir = tempfile::tempdir().unwrap();
    let (first, _) = Store::open(dir.path(), NOW).unwrap();
    first.append_now(NOW, review(1)).unwrap();
    let (second, opened) = Store::open(dir.path(), NOW).unwrap();
    assert_eq!(opened.access, Access::ReadOnly(ReadOnlyWhy::InUse));
    assert_eq!(opened.progress.counts_of_all().reviews, 1);
    assert!(!second.send(Job::Append { moment: NOW, facts: review(2) }));
    drop(first);
    assert_eq!(on_disk(dir.path()).access, Access::ReadWrite);
}

fn refused(dir: &Path) -> StoreError {
    let before = fs::read(dir.join(FILE)).unwrap();
    let Err(error) = Store::open(dir, NOW) else { panic!("it opened") };
    assert_eq!(fs::read(dir.join(FILE)).unwrap(), before, "the file was touched");
    error
}

#[test]
fn a_damaged_file_is_refused_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), b"this is no database at all, only text of some length").unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    for number in 0..200 {
        store.append_now(NOW, review(number)).unwrap();
    }
    drop(store);
    let path = dir.path().join(FILE);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 9000].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path(), NOW).unwrap());
    set_user_version(&dir.path().join(FILE), 900);
    assert!(matches!(refused(dir.path()), StoreError::TooNew { found: 900, .. }));
}

/// `user_version` is the big-endian number at byte 60 of the header.
fn set_user_version(path: &Path, version: u32) {
    let mut bytes = fs::read(path).unwrap();
    bytes[60..64].copy_from_slice(&version.to_be_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn another_programs_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path(), NOW).unwrap());
    let path = dir.path().join(FILE);
    let mut bytes = fs::read(&path).unwrap();
    bytes[68..72].copy_from_slice(&7u32.to_be_bytes());
    fs::write(&path, bytes).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Foreign { .. }));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let Err(error) = Store::open(&file.join("data"), NOW) else { panic!("it opened") };
    assert!(matches!(error, StoreError::File { .. }), "{error:?}");
}

#[test]
fn a_daily_backup_is_made_while_nothing_else_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    store.append_now(NOW, review(1)).unwrap();
    let backups = || whetstone::store::backups(dir.path());
    for _ in 0..100 {
        if !backups().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let made = backups();
    assert_eq!(made.len(), 1);
    drop(store);
    let other = tempfile::tempdir().unwrap();
    assert_eq!(whetstone::store::restore(other.path(), &made[0].path, NOW).unwrap(), None);
    assert_eq!(on_disk(other.path()).progress.counts_of_all().reviews, 1);
}

#[test]
fn what_content_dropped_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    let question = QuestionId::new("kafka/dropped");
    store.append_now(NOW, vec![Fact::NoteWritten { question: question.clone(), text: "mine".into() }]).unwrap();
    drop(store);
    let (catalog, _) = whetstone::catalog::embedded();
    let progress = on_disk(dir.path()).progress;
    let orphans = progress.orphans(|question| catalog.question(question).is_some());
    assert_eq!(orphans.into_iter().collect::<Vec<_>>(), [question]);
}
