//! Killed without warning, the program has lost nothing that it had acknowledged.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use whetstone::ids::{CardId, QuestionId};
use whetstone::store::{Job, Reply, Store};

use super::{moment, note, open, review};

/// Names the folder in the environment of the child.
const FOLDER: &str = "WHETSTONE_TEST_CHILD_FOLDER";

/// Not a test of its own: the child that writes and says what is on disk, until it is killed.
#[test]
#[ignore = "run by the tests beside it, in a process of its own"]
fn child_that_writes() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let (store, _) = open(Path::new(&folder));
    for number in 0.. {
        store
            .append_now(moment(number), vec![review(&format!("kafka/q#{number}")), note(&number.to_string())])
            .unwrap();
        say(&format!("entry {number}"));
        let text = format!("being typed {number}");
        assert!(store.send(Job::Draft { key: "draft".into(), text, turn: u64::try_from(number).unwrap() }));
        assert!(matches!(store.wait().unwrap(), Reply::DraftSaved { .. }));
        say(&format!("draft {number}"));
    }
}

/// Past the test harness, which may hold back what is printed.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

fn child(folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::durable::child_that_writes", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a child write until it has said `lines` of them, kills it, and returns the last entry and draft it had said.
fn killed_after(folder: &Path, lines: usize) -> (i64, i64) {
    let mut child = child(folder);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut entry, mut draft, mut seen) = (-1, -1, 0);
    let mut hear = |line: &str| {
        // What the harness itself says may stand before it on the line.
        if let Some((_, number)) = line.rsplit_once("entry ") {
            entry = number.parse().unwrap_or(entry);
        } else if let Some((_, number)) = line.rsplit_once("draft ") {
            draft = number.parse().unwrap_or(draft);
        } else {
            return 0;
        }
        1
    };
    while seen < lines {
        seen += hear(&said.next().expect("the child writes until it is killed").unwrap());
    }
    // On Unix this is SIGKILL; what the child had said before it arrived counts too.
    child.kill().unwrap();
    child.wait().unwrap();
    for line in said.map_while(Result::ok) {
        hear(&line);
    }
    (entry, draft)
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    for (round, lines) in [7, 40, 161].into_iter().enumerate() {
        let folder = dir.path().join(round.to_string());
        let (entry, draft) = killed_after(&folder, lines);
        let (store, opened) = open(&folder);
        let progress = &opened.progress;
        let entries = i64::try_from(progress.entries().count()).unwrap();
        // The one that was on its way may have arrived as well; it is whole then.
        assert!(entries == entry + 1 || entries == entry + 2, "{entries} on disk, {entry} was the last said");
        assert!(progress.entries().all(|entry| entry.facts.len() == 2));
        for number in 0..=entry {
            assert!(progress.card(&CardId::new(format!("kafka/q#{number}"))).is_some(), "review {number}");
        }
        let question = progress.question(&QuestionId::new("kafka/isr")).unwrap();
        assert_eq!(question.note, Some((entries - 1).to_string()));
        let kept: i64 = opened.drafts[0].1.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(kept == draft || kept == draft + 1, "draft {kept} on disk, {draft} was the last said");
        // And writing goes on, since the lock went with the process.
        store.append_now(moment(entries), vec![review("kafka/q#after")]).unwrap();
    }
}

#[test]
fn a_writer_that_is_killed_again_and_again_corrupts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut least = 0;
    for lines in [3, 5, 2, 9, 4] {
        // Each child begins its count anew; what the ones before it wrote stays.
        let (entry, _) = killed_after(dir.path(), lines);
        least += usize::try_from(entry + 1).unwrap();
    }
    let (store, opened) = Store::open(dir.path(), moment(0)).unwrap();
    let entries = opened.progress.entries().count();
    assert!((least..=least + 5).contains(&entries), "{entries}, at least {least}");
    drop(store);
}
