//! The program as scripts use it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::answered;

fn run(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whetstone"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command.arg("--data-dir").arg(data).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_the_command_line_writes_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, _) = whetstone::catalog::embedded();
    let question = answered();
    let card = catalog.question(&question).unwrap().cards()[0].id.to_string();
    let note = dir.path().join("note.md");
    std::fs::write(&note, "My *own* words").unwrap();
    let data = dir.path().join("data");
    for args in [
        vec!["review", "--card", &card, "--grade", "good"],
        vec!["review", "--card", &card, "--grade", "again"],
        vec!["confidence", question.as_str(), "sure"],
        vec!["note", question.as_str(), "--file", note.to_str().unwrap()],
    ] {
        let output = run(&data, &args);
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    }
    let output = run(&data, &["stats", "--json"]);
    let stats: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (key, count) in [("reviews", 2), ("confidence_ratings", 1), ("notes", 1), ("attempts", 0), ("entries", 4)] {
        assert_eq!(stats[key], count, "{key}");
    }
}

#[test]
fn exit_codes_tell_a_problem_from_wrong_use() {
    let dir = tempfile::tempdir().unwrap();
    let code = |args: &[&str]| run(dir.path(), args).status.code();
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["--version"]), Some(0));
    assert_eq!(code(&["no-such-command"]), Some(2));
    assert_eq!(code(&["review", "--card", "x", "--grade", "fine"]), Some(2));
    assert_eq!(code(&["review", "--card", "no/such#card", "--grade", "good"]), Some(1));
    assert_eq!(code(&["confidence", "no/such", "sure"]), Some(1));
    assert_eq!(code(&["restore", "no-such-file.db"]), Some(1));
}

#[test]
fn who_stops_reading_gets_no_complaint() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whetstone"));
    command.arg("--data-dir").arg(dir.path()).arg("catalog").stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn without_a_display_it_says_so_in_a_line() {
    if cfg!(not(all(unix, not(target_os = "macos")))) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("no display") && said.contains("--help"), "{said}");
}

#[test]
fn the_catalog_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["catalog"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let topics = value["topics"].as_array().unwrap();
    let questions = |topic: &Value| -> usize {
        topic["subtopics"].as_array().unwrap().iter().map(|s| s["questions"].as_array().unwrap().len()).sum()
    };
    assert_eq!(topics.iter().map(questions).collect::<Vec<_>>(), [25; 6]);
    assert_eq!(topics[0]["subtopics"][0]["questions"][0]["id"], "kafka/what-is-kafka");
}

#[test]
fn check_says_where_and_counts() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("t");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("topic.ron"), "(title: \"T\", full_title: \"T\", subtopics: [])").unwrap();
    std::fs::write(folder.join("a.md"), "no front matter\n").unwrap();
    let output = run(dir.path(), &["check", dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("t/a.md:1:1: no front matter, expected"), "{}", text(&output.stdout));
    let output = run(dir.path(), &["check", dir.path().to_str().unwrap(), "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["problems"][0]["line"], 1);
    assert_eq!(report["counts"]["questions"], 0);
}

#[test]
fn a_backup_comes_back_and_todays_data_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy.db"));
    let reviews = || {
        let output = run(&data, &["stats", "--json"]);
        let stats: Value = serde_json::from_slice(&output.stdout).unwrap();
        stats["confidence_ratings"].as_u64().unwrap()
    };
    let rate = |level: &str| assert!(run(&data, &["confidence", "kafka/isr", level]).status.success());
    rate("sure");
    let output = run(&data, &["backup", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    rate("guess");
    assert_eq!(reviews(), 2);
    let output = run(&data, &["restore", copy.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(reviews(), 1);
    let kept = text(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("what was there before is in ").map(str::to_owned));
    assert!(run(&data, &["restore", &kept.unwrap()]).status.success());
    assert_eq!(reviews(), 2);
}

#[test]
fn exports_hold_the_readers_words_and_are_stable() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let note = dir.path().join("note.md");
    std::fs::write(&note, "Mine <b>alone</b>").unwrap();
    let question = answered();
    assert!(run(&data, &["note", question.as_str(), "--file", note.to_str().unwrap()]).status.success());
    let out = dir.path().join("md");
    let export = |format: &str, out: &Path| {
        let output = run(&data, &["export", "--format", format, "--out", out.to_str().unwrap(), "--topic", "kafka"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    export("md", &out);
    let page = out.join(format!("{question}.md"));
    let first = std::fs::read_to_string(&page).unwrap();
    assert!(first.contains("## My answer\n\nMine <b>alone</b>"), "{first}");
    let written = std::fs::metadata(&page).unwrap().modified().unwrap();
    export("md", &out);
    assert_eq!(std::fs::metadata(&page).unwrap().modified().unwrap(), written, "an unchanged file is left alone");
    assert!(!out.join("redis").exists());
    let html = dir.path().join("all.html");
    export("html", &html);
    let text = std::fs::read_to_string(&html).unwrap();
    assert!(text.contains("&lt;b&gt;alone&lt;/b&gt;") && !text.contains("<b>alone"));
    let json = dir.path().join("all.json");
    export("json", &json);
    let value: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(value["journal"].as_array().unwrap().len(), 1);
}

#[test]
fn the_search_finds_my_words_and_forgives_a_slip() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let note = dir.path().join("note.md");
    std::fs::write(&note, "Our zookeeper quorum split at night").unwrap();
    let question = answered();
    assert!(run(&data, &["note", question.as_str(), "--file", note.to_str().unwrap()]).status.success());
    let found = |query: &[&str]| -> Value {
        let args: Vec<&str> = ["search", "--json"].iter().chain(query).copied().collect();
        let output = run(&data, &args);
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let mine = found(&["quorum", "split", "in:notes"]);
    assert_eq!((&mine["total"], &mine["hits"][0]["question"]), (&1.into(), &question.as_str().into()));
    assert_eq!(found(&["zookeper", "in:notes"])["showing"], "zookeeper");
    let output = run(&data, &["search", "redlock"]);
    assert!(text(&output.stdout).starts_with("redis/locks"), "{}", text(&output.stdout));
}

#[test]
fn an_import_is_shown_first_and_then_one_entry() {
    let dir = tempfile::tempdir().unwrap();
    let (data, table) = (dir.path().join("data"), dir.path().join("words.csv"));
    std::fs::write(&table, "front,back,tags\nQ1,A1,x\nQ2,,\n\"#Q3\",A3,\n").unwrap();
    let import = |args: &[&str]| {
        let output = run(&data, &[&["import", table.to_str().unwrap()], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let shown = import(&[]);
    assert!(shown.contains("Q1") && shown.contains("line 3: has only one side"), "{shown}");
    assert!(shown.contains("nothing was written"));
    let entries = || {
        let output = run(&data, &["stats", "--json"]);
        let stats: Value = serde_json::from_slice(&output.stdout).unwrap();
        stats["entries"].as_u64().unwrap()
    };
    assert_eq!(entries(), 0);
    import(&["--yes"]);
    assert_eq!(entries(), 1);
    assert!(import(&["--yes"]).contains("nothing new, 2 here already"));
    assert_eq!(entries(), 1);

    // What came in goes out in every format, and the journal comes back equal.
    for (format, name) in [("csv", "a.csv"), ("tsv", "a.tsv"), ("apkg", "a.apkg"), ("json", "a.json")] {
        let out = dir.path().join(name);
        let output = run(&data, &["export", "--format", format, "--out", out.to_str().unwrap(), "--topic", "imported"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let again = text(&run(&data, &["import", out.to_str().unwrap()]).stdout);
        assert!(again.contains("nothing new"), "{format}: {again}");
    }
    let (other, json) = (dir.path().join("other"), dir.path().join("a.json"));
    let output = run(&other, &["import", json.to_str().unwrap(), "--yes"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (here, there) = (crate::common::on_disk(&data).progress, crate::common::on_disk(&other).progress);
    assert!(here == there);
    assert_eq!(here.imported_cards().count(), 2);
}

#[test]
fn a_bundle_is_shown_first_and_merged_once() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| dir.path().join(name));
    let (note, bundle) = (dir.path().join("note.md"), dir.path().join("there.whetstone"));
    std::fs::write(&note, "Mine").unwrap();
    let question = answered();
    assert!(run(&here, &["note", question.as_str(), "--file", note.to_str().unwrap()]).status.success());
    std::fs::write(&note, "Theirs").unwrap();
    assert!(run(&there, &["note", question.as_str(), "--file", note.to_str().unwrap()]).status.success());
    assert!(run(&there, &["confidence", question.as_str(), "sure"]).status.success());
    let output = run(&there, &["bundle", bundle.to_str().unwrap()]);
    assert!(text(&output.stdout).contains("2 entries and 0 pictures"), "{}", text(&output.stdout));
    let merge = |args: &[&str]| {
        let output = run(&here, &[&["merge", bundle.to_str().unwrap()], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let shown = merge(&[]);
    assert!(shown.starts_with("1 confidence rating will be added; 1 note changed in the same place"), "{shown}");
    assert!(shown.contains(&format!("the answer to {question} was changed on both")), "{shown}");
    assert!(shown.contains("nothing was written; --yes merges it"));
    assert!(merge(&["--yes"]).contains("merged; what was there before is in"));
    assert!(merge(&["--yes"]).starts_with("Nothing new\nof all entries 2 are on both, 1 only here, 0 only there"));
    let bytes = std::fs::read(&bundle).unwrap();
    std::fs::write(&bundle, &bytes[..bytes.len() - 9]).unwrap();
    let output = run(&here, &["merge", bundle.to_str().unwrap(), "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nothing was merged"), "{}", text(&output.stderr));
}

/// Adds folders to the reader's settings as the window does.
fn add_folders(data: &Path, folders: &[&Path]) {
    let (store, _) = whetstone::store::Store::open(data, crate::common::NOW).unwrap();
    let value = ron::to_string(folders).unwrap();
    assert!(store.send(whetstone::store::Job::Setting { key: whetstone::store::FOLDERS.into(), value }));
}

fn write_own(folder: &Path, name: &str, more: &str) {
    std::fs::create_dir_all(folder.join("go-lang")).unwrap();
    let front =
        format!("(id: \"go-lang/{name}\", title: \"Mine\", prompt: \"{name}?\", level: Core, minutes: 2{more})");
    std::fs::write(folder.join(format!("go-lang/{name}.md")), format!("+++\n{front}\n+++\n")).unwrap();
}

#[test]
fn what_of_the_readers_folders_is_left_out_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let [data, mine, away] = ["data", "mine", "away"].map(|name| dir.path().join(name));
    write_own(&mine, "maps", "");
    write_own(&mine, "broken", ", level: Staff");
    add_folders(&data, &[&mine, &away]);
    let output = run(&data, &["search", "maps"]);
    assert!(output.status.success());
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains(&format!("{} is not there now", away.display())), "{said}");
    assert!(said.contains("1 problem in the questions") && said.contains("`whetstone check DIR`"), "{said}");
}

#[test]
fn the_catalog_lists_the_readers_own_questions() {
    let dir = tempfile::tempdir().unwrap();
    let [data, mine] = ["data", "mine"].map(|name| dir.path().join(name));
    write_own(&mine, "maps", "");
    add_folders(&data, &[&mine]);
    let output = run(&data, &["catalog"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let topics = value["topics"].as_array().unwrap();
    assert_eq!(topics.last().unwrap()["subtopics"][0]["questions"][0]["id"], "go-lang/maps");
}

#[test]
fn the_age_of_a_folder_is_that_of_its_own_questions() {
    let dir = tempfile::tempdir().unwrap();
    let mine = dir.path().join("mine");
    write_own(&mine, "maps", ", as_of: Some(\"2020-01\")");
    let output = run(dir.path(), &["check", mine.to_str().unwrap(), "--older-than", "0"]);
    assert!(output.status.success());
    let said = text(&output.stdout);
    assert_eq!(said.lines().next(), Some("go-lang/maps: verified 2020-01"));
    assert!(said.contains("1 questions verified"), "{said}");
}
