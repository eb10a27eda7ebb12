//! Round trips with the real programs: Anki reads what we write, we read what Anki writes, hashcards accepts our decks.
//!
//! `tests/against_real/install.sh` brings both. Where one is missing its test says so and does nothing; with `CI=true` that fails.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use whetstone::ids::{CardId, QuestionId};
use whetstone::store::Store;
use whetstone::study::{Confidence, Fact, Grade, Phase};
use whetstone::time::{Day, Moment};

use crate::common::{NOW, on_disk};

/// A program of the folder that `install.sh` fills; None, said aloud, when it is not there.
fn program(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = root.join("target/systems").join(path);
    if found.exists() {
        return Some(found);
    }
    let said = format!("{path} is missing: tests/against_real/install.sh brings it; its round trip was not tried\n");
    assert!(std::env::var("CI").is_err(), "{said}");
    // Past what the harness catches, so that it is seen.
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn whetstone(data: &Path, args: &[&str]) -> String {
    output(Command::new(env!("CARGO_BIN_EXE_whetstone")).arg("--data-dir").arg(data).args(args))
}

fn anki(python: &Path, what: &str, path: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/against_real/anki_package.py");
    serde_json::from_str(&output(Command::new(python).arg(script).arg(what).arg(path))).unwrap()
}

#[test]
fn anki_reads_back_all_that_we_write() {
    let Some(python) = program("anki/bin/python") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, package) = (dir.path().join("data"), dir.path().join("kafka.apkg"));
    let (catalog, _) = whetstone::catalog::embedded();
    let isr = catalog.question(&QuestionId::new("kafka/isr")).unwrap();
    let [known, learning, lapsed, resting] = [0, 1, 2, 3].map(|index| isr.cards()[index].id.clone());
    let days_ago = |days: i64| Moment { at: NOW.at.plus_secs(-days * 86_400), ..NOW };
    let (store, _) = Store::open(&data, NOW).unwrap();
    let review =
        |card: &CardId, grade| Fact::Reviewed { card: card.clone(), grade, took_millis: 4_200, practice: false };
    let done = [
        (30, review(&known, Grade::Easy)),
        (21, review(&lapsed, Grade::Easy)),
        (20, review(&known, Grade::Good)),
        (2, Fact::NoteWritten { question: isr.id.clone(), text: "Mine & <b>only</b>".to_owned(), over: None }),
        (1, Fact::ConfidenceRated { question: isr.id.clone(), confidence: Confidence::Sure }),
        (1, Fact::Suspended { card: resting.clone(), on: true }),
        (0, review(&learning, Grade::Good)),
        (0, review(&lapsed, Grade::Again)),
    ];
    for (days, fact) in done {
        store.append_now(days_ago(days), vec![fact]).unwrap();
    }
    drop(store);
    whetstone(&data, &["export", "--format", "apkg", "--out", package.to_str().unwrap(), "--topic", "kafka"]);

    let there = anki(&python, "read", &package);
    let topic = catalog.topics.iter().find(|topic| topic.id.as_str() == "kafka").unwrap();
    let cards: Vec<_> = topic.subtopics.iter().flat_map(|part| &part.questions).flat_map(|one| one.cards()).collect();
    assert_eq!(there["new"], cards.len(), "every card is new");
    assert_eq!(there["new_again"], 0, "and none is a second time");
    assert_eq!(there["cards"].as_object().unwrap().len(), cards.len());
    let progress = on_disk(&data).progress;
    let logs = whetstone::study::log::reviews(&progress);
    for card in cards {
        let found = &there["cards"][format!("{}/0", card.id)];
        let question = catalog.question(&card.id.question()).unwrap();
        let (_, part) = catalog.place_of(&question.id).unwrap();
        assert_eq!(found["deck"], format!("Whetstone::{}::{}", topic.title, part.title));
        let tag = format!("whetstone::{}", question.id.as_str().replace('/', "::"));
        let tags = found["tags"].as_array().unwrap();
        assert!(tags.iter().any(|found| *found == tag), "{tags:?}");
        assert!(question.tags.iter().all(|tag| tags.iter().any(|found| *found == tag.replace(' ', "-"))), "{tags:?}");
        let html = |text: &str| whetstone::exchange::apkg::html_of(text);
        assert_eq!(found["fields"]["Front"], html(&card.front_source), "{}", card.id);
        assert_eq!(found["fields"]["Back"], html(&card.back_source), "{}", card.id);
        let mine = if question.id == isr.id { "Mine &amp; &lt;b&gt;only&lt;/b&gt;" } else { "" };
        assert_eq!(found["fields"]["My answer"], mine);
        let state = progress.card(&card.id);
        let schedule = state.map(|state| state.schedule.clone()).unwrap_or_default();
        let kind = match schedule.phase {
            Phase::New => 0,
            Phase::Learning(_) => 1,
            Phase::Review => 2,
            Phase::Relearning(_) => 3,
        };
        assert_eq!(found["type"], kind, "{}", card.id);
        assert_eq!(found["queue"] == -1, card.id == resting);
        let log = logs.get(&card.id).map_or(&[][..], Vec::as_slice);
        let reviews = found["reviews"].as_array().unwrap();
        assert_eq!(reviews.len(), log.len());
        for (found, review) in reviews.iter().zip(log) {
            assert_eq!(found[0], review.at.0);
            assert_eq!(found[1], review.grade as i64 + 1);
            assert_eq!((&found[2], &found[3]), (&review.interval.into(), &review.last_interval.into()));
            assert_eq!((&found[4], &found[5], &found[6]), (&review.factor.into(), &4_200.into(), &review.kind.into()));
        }
        if let Some(memory) = schedule.memory {
            let near = |value: &Value, expected: f32| (value.as_f64().unwrap() - f64::from(expected)).abs() < 6e-4;
            assert!(near(&found["stability"], memory.stability), "{found} {memory:?}");
            assert!(near(&found["difficulty"], memory.difficulty), "{found} {memory:?}");
            assert_eq!(found["last_review"], schedule.last_review.unwrap().at.0 / 1000);
            assert_eq!((&found["reps"], &found["lapses"]), (&schedule.reps.into(), &schedule.lapses.into()));
        }
        match schedule.phase {
            Phase::New => {}
            // Anki's today is the day on which the test runs; the package's is the export's, which is the same.
            Phase::Review => {
                let today = on_disk_day();
                let due = Day::of(schedule.due.unwrap(), 0).days_since(today);
                assert!((found["due_day"].as_i64().unwrap() - i64::from(due)).abs() <= 1, "{found} {due}");
                assert_eq!(found["interval"], schedule.interval_days);
            }
            Phase::Learning(_) | Phase::Relearning(_) => assert_eq!(found["due"], schedule.due.unwrap().0 / 1000),
        }
        let scene = found["fields"]["Scene"].as_str().unwrap();
        let name = scene.strip_prefix("<img src=\"").and_then(|rest| rest.strip_suffix("\">"));
        assert!(name.is_some_and(|name| there["media"].get(name).is_some()), "{scene}");
    }
}

/// The study day on which this runs, in UTC.
fn on_disk_day() -> Day {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Day::of(whetstone::time::Timestamp(i64::try_from(now.as_millis()).unwrap()), 0)
}

#[test]
fn we_read_all_that_anki_writes() {
    let Some(python) = program("anki/bin/python") else { return };
    let dir = tempfile::tempdir().unwrap();
    let made = anki(&python, "make", dir.path());
    for name in ["latest.apkg", "legacy.apkg", "all.colpkg"] {
        let (data, package) = (dir.path().join(format!("data-{name}")), dir.path().join(name));
        let package = package.to_str().unwrap();
        let shown = whetstone(&data, &["import", package]);
        assert!(shown.contains("8 new"), "{name}: {shown}");
        whetstone(&data, &["import", package, "--yes"]);
        let again = whetstone(&data, &["import", package, "--yes"]);
        assert!(again.contains("nothing new, 8 here already"), "{name}: {again}");

        let progress = on_disk(&data).progress;
        let cards: BTreeMap<&str, _> =
            progress.imported_cards().map(|imported| (imported.card.origin.as_str(), imported)).collect();
        let expected = made["cards"].as_object().unwrap();
        assert_eq!(cards.len(), expected.len());
        for (key, there) in expected {
            let here = cards[format!("anki:{key}").as_str()];
            let state = progress.card(&here.card.card).unwrap();
            assert_eq!(there["deck"], here.card.deck);
            let mut tags = here.card.tags.clone();
            tags.sort();
            assert_eq!(there["tags"], serde_json::json!(tags));
            assert_eq!(state.suspended, there["queue"] == -1);
            if let Some(text) = there["fields"]["Front"].as_str().filter(|text| text.contains("front")) {
                let number = text.chars().find(char::is_ascii_digit).unwrap();
                assert_eq!(here.card.front, format!("**front** {number} & `a<b`"));
                assert_eq!(here.card.back, format!("back {number}  \n![](pic.png)"));
            }
            let schedule = &state.schedule;
            assert_eq!(schedule.phase == Phase::Review, there["type"] == 2);
            if there["type"] == 2 {
                let due = Day::of(schedule.due.unwrap(), 0).days_since(on_disk_day());
                assert!((there["due_day"].as_i64().unwrap() - i64::from(due)).abs() <= 1, "{there} {due}");
                assert_eq!((&there["reps"], &there["lapses"]), (&schedule.reps.into(), &schedule.lapses.into()));
                assert!(schedule.memory.is_some(), "an ease becomes a memory too");
            }
            if let Some(stability) = there["stability"].as_f64() {
                let memory = schedule.memory.unwrap();
                assert!((f64::from(memory.stability) - stability).abs() < 1e-4);
                assert!((f64::from(memory.difficulty) - there["difficulty"].as_f64().unwrap()).abs() < 1e-4);
            }
            // What was set by hand is no review.
            let reviews: Vec<_> = there["reviews"].as_array().unwrap().iter().filter(|row| row[1] != 0).collect();
            assert_eq!(here.log.len(), reviews.len());
            for (review, row) in here.log.iter().zip(reviews) {
                assert_eq!((&row[0], &row[1]), (&review.at.0.into(), &(review.grade as i64 + 1).into()));
                assert_eq!((&row[2], &row[3]), (&review.interval.into(), &review.last_interval.into()));
                assert_eq!((&row[4], &row[5]), (&review.factor.into(), &review.took_millis.into()));
            }
        }
    }
}

#[test]
fn hashcards_accepts_our_decks() {
    let Some(hashcards) = program("hashcards/bin/hashcards") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, decks) = (dir.path().join("data"), dir.path().join("decks"));
    let table = dir.path().join("traps.csv");
    let traps = "front,back\n\"Q: what\nA: then\",\"a\n---\nb [c] {d}\"\n\"# x\",\"C: [y]\n\n```\n---\nQ: z\n```\"\n";
    std::fs::write(&table, traps).unwrap();
    whetstone(&data, &["import", table.to_str().unwrap(), "--yes"]);
    whetstone(&data, &["export", "--format", "hashcards", "--out", decks.to_str().unwrap()]);
    output(Command::new(&hashcards).arg("check").arg(&decks));
    let exported: Value = serde_json::from_str(&output(Command::new(&hashcards).arg("export").arg(&decks))).unwrap();
    let (catalog, _) = whetstone::catalog::embedded();
    let ours: usize = catalog.questions().map(|question| question.cards().len()).sum();
    assert_eq!(exported["cards"].as_array().unwrap().len(), ours + 2);
    // And they come back as they went.
    let (other, imported) = (dir.path().join("other"), decks.join("imported"));
    let shown = whetstone(&other, &["import", imported.to_str().unwrap()]);
    assert!(shown.contains("2 new"), "{shown}");
}
