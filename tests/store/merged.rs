//! A merge is there whole or not at all, whatever happens in its midst, and what was before it is kept.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use uuid::Uuid;
use whetstone::ids::{CardId, EntryId, MachineId};
use whetstone::store::{Job, MergeSource, Reply, Snapshot, Store};
use whetstone::study::Entry;
use whetstone::time::Timestamp;

use super::{moment, note, open, review};

/// Names the folder in the environment of the child.
const FOLDER: &str = "WHETSTONE_TEST_MERGING_FOLDER";
const MANY: u32 = 3_000;

/// Entries of another machine.
fn theirs(count: u32) -> Vec<Entry> {
    let entry = |number: u32| Entry {
        id: EntryId(Uuid::from_u128(u128::from(number) + 1)),
        machine: MachineId(Uuid::from_u128(9)),
        at: Timestamp(moment(0).at.0 + i64::from(number)),
        offset_secs: 0,
        facts: vec![review(&format!("kafka/there#{number}"))],
    };
    (0..count).map(entry).collect()
}

/// Not a test of its own: the child that merges until it is killed.
#[test]
#[ignore = "run by the test beside it, in a process of its own"]
fn child_that_merges() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let (store, _) = open(Path::new(&folder));
    let picture = ("a".repeat(64), vec![1; 100_000]);
    say("merging");
    store.merge_now(moment(1), theirs(MANY), vec![picture], MergeSource::Bundle).unwrap();
    say("merged");
    // Until the parent has heard it.
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Past the test harness, which may hold back what is printed.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    AtOnce,
    /// As soon as the copy from before the merge is there.
    Copied,
    Merged,
}

fn killed(folder: &Path, when: When) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::merged::child_that_merges", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let awaited = if when == When::Merged { "merged" } else { "merging" };
    // What the harness itself says may stand before it on the line.
    while !said.next().expect("the child says how far it is").unwrap().ends_with(awaited) {}
    let copy = folder.join("backups").join(format!("before-merge-{}.db", moment(1).at.0));
    while when == When::Copied && !copy.exists() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_merge_that_is_killed_has_happened_whole_or_not_at_all() {
    for when in [When::AtOnce, When::Copied, When::Merged] {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = open(dir.path());
        store.append_now(moment(0), vec![review("kafka/here#a"), note("mine")]).unwrap();
        drop(store);
        killed(dir.path(), when);
        let (store, opened) = open(dir.path());
        let entries = opened.progress.entries().count();
        let pictures = Snapshot::open(dir.path()).unwrap().pictures().unwrap().len();
        let all = usize::try_from(MANY).unwrap() + 1;
        assert!((entries, pictures) == (1, 0) || (entries, pictures) == (all, 1), "{entries} and {pictures}");
        assert!(when != When::Merged || entries == all, "what was acknowledged is there");
        // Done again it is whole, and a third time it changes nothing.
        for _ in 0..2 {
            store.merge_now(moment(2), theirs(MANY), Vec::new(), MergeSource::Bundle).unwrap();
        }
        drop(store);
        let (_store, opened) = open(dir.path());
        assert_eq!(opened.progress.entries().count(), all);
        assert!(opened.progress.card(&CardId::new("kafka/here#a")).is_some());
    }
}

#[test]
fn a_merge_says_what_was_new_and_keeps_few_copies_of_what_was_before() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let source = |day: i64| MergeSource::Folder { name: "laptop".into(), contents: day.to_string() };
    let merged = |day: i64, count: u32| {
        let minutes = day * 24 * 60;
        let (entries, fold) = (theirs(count), count == MANY);
        let job = Job::Merge { entries, pictures: Vec::new(), moment: moment(minutes), source: source(day), fold };
        assert!(store.send(job));
        match store.wait().unwrap() {
            Reply::Merged { new, folded, source: from, kept } => {
                assert_eq!(from, source(day));
                assert!(kept.exists());
                (new.len(), folded)
            }
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(merged(0, 3), (3, None)));
    assert!(matches!(merged(0, 5), (2, None)));
    assert!(matches!(merged(1, 5), (0, None)));
    match merged(2, MANY) {
        (count, Some(progress)) => {
            assert_eq!((count, progress.entries().count()), (2_995, 3_000));
        }
        (_, None) => panic!("they are many"),
    }
    (3..8).for_each(|day| drop(merged(day, 1)));
    let copies = std::fs::read_dir(dir.path().join("backups")).unwrap().filter_map(Result::ok);
    let copies = copies.filter(|entry| entry.file_name().to_string_lossy().starts_with("before-sync-"));
    assert_eq!(copies.count(), 3, "one a day, and the last three");
    // What is done here after another machine's entry was seen comes after it.
    let entry = store.append_now(moment(0), vec![review("kafka/here#a")]).unwrap();
    assert!(entry.at.0 > moment(0).at.0 + i64::from(MANY) - 1);
    drop::<Store>(store);
}
