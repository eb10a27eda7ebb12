//! What a reader meets when something is wrong: data that cannot be opened, content that is broken while it is being edited.

use std::fs;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::SIZE;
use crate::common::{answered, on_disk, open, open_with, window_at};

#[test]
fn data_that_cannot_be_opened_stays_as_it_is_and_there_is_a_way_on() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("whetstone.db");
    fs::write(&file, "this is no database, however one looks at it").unwrap();
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(window.harness.query_by_label("Your data could not be opened").is_some());
    assert!(window.harness.query_by_label("Restore a backup…").is_some());
    window.harness.get_by_label("Start fresh beside it").click();
    window.settle();
    assert!(window.harness.query_by_label("Your data could not be opened").is_none());
    window.press(Key::Num3);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().confidence_ratings, 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "this is no database, however one looks at it");
}

#[test]
fn a_broken_file_keeps_its_last_good_version_on_the_screen() {
    let (data, content) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = content.path().join("t");
    fs::create_dir(&folder).unwrap();
    let question = |prompt: &str| {
        format!("+++\n(id: \"t/a\", title: \"A\", prompt: \"{prompt}\", level: Core, minutes: 2)\n+++\n")
    };
    fs::write(
        folder.join("topic.ron"),
        r#"(title: "T", full_title: "T", subtopics: [(title: "S", questions: ["a"])])"#,
    )
    .unwrap();
    fs::write(folder.join("a.md"), question("What was there first?")).unwrap();
    let mut window = open_with(data.path(), Some(content.path().to_owned()), SIZE, Theme::Light);
    // The watcher is another thread: its news is waited for, with a limit.
    let mut until = |label: &str| {
        let begun = Instant::now();
        while window.harness.query_by_label_contains(label).is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "`{label}` is not shown");
            std::thread::sleep(Duration::from_millis(20));
            window.harness.run_steps(2);
        }
    };
    until("What was there first?");
    fs::write(folder.join("a.md"), "+++\n(id: \"t/a\", title: 7)\n+++\n").unwrap();
    until("2 problems in the content folder");
    until("What was there first?");
    until("t/a.md:2:");
    fs::write(folder.join("a.md"), question("What is there now?")).unwrap();
    until("What is there now?");
}

#[test]
fn an_attempt_that_was_being_typed_is_there_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::Num2);
    window.press(Key::T);
    window.type_text("The leader answers once");
    // No farewell: as if the program had been killed.
    std::mem::forget(window);
    let copy = tempfile::tempdir().unwrap();
    for name in ["whetstone.db", "whetstone.db-wal"] {
        fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut window = window_at(copy.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::Num2);
    window.press(Key::T);
    assert!(window.harness.query_all_by_value("The leader answers once").count() >= 1);
}

#[test]
fn the_keyboard_stays_in_what_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/what-is-kafka", SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    let mut visited = std::collections::BTreeSet::new();
    for _ in 0..60 {
        window.press(Key::Tab);
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method by its path is for one lifetime only"
        )]
        let focused = window.harness.query_by(|node| node.is_focused());
        let node = focused.map(|node| node.accesskit_node());
        assert!(node.as_ref().is_none_or(|node| node.role() != Role::TreeItem), "Tab walked through the tree behind");
        visited.extend(node.and_then(|node| node.label()));
    }
    assert!(["Dark", "Back up now", "Bundle…"].iter().all(|label| visited.contains(*label)), "{visited:?}");
}

#[test]
fn what_the_keyboard_comes_to_is_brought_to_sight() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/what-is-kafka", (900.0, 560.0), Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    let bottom = |window: &crate::common::Window| window.harness.get_by_label("Bundle…").rect().bottom();
    assert!(bottom(&window) > 560.0, "it begins below what is shown");
    for _ in 0..60 {
        window.press(Key::Tab);
        if window.harness.get_by_label("Bundle…").is_focused() {
            break;
        }
    }
    assert!(window.harness.get_by_label("Bundle…").is_focused());
    assert!(bottom(&window) < 560.0, "{}", bottom(&window));
}

#[test]
fn undo_never_passes_over_what_is_still_being_saved() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press(Key::R);
    window.press(Key::Space);
    window.press(Key::Num3);
    window.press(Key::Space);
    // The second grade and its undo in one breath: it is undone, or undo is refused; the first one stays.
    window.harness.key_press(Key::Num3);
    window.harness.key_press(Key::U);
    window.harness.run();
    window.settle();
    assert!((1..=2).contains(&window.harness.state().progress().counts_of_all().reviews));
    let first = window.harness.state().progress().entries().next().unwrap().clone();
    let progress = window.harness.state().progress();
    assert!(progress.counting().any(|entry| *entry == first), "the first grade still counts");
}
