//! What a reader does with questions of their own: adds a folder, amends a question that ships, breaks a file and mends it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::SIZE;
use crate::common::{Window, on_disk, open, open_with, window_at};

const CTRL: Modifiers = Modifiers::COMMAND;

const MINE: &str = "+++\n(id: \"go-lang/maps\", title: \"Maps of Go\", prompt: \"Why is a map of Go not safe to share?\", \
    level: Core, minutes: 2, related: [\"kafka/isr\"])\n+++\n\n# Say it\n\nTwo goroutines that write it at once end the program.\n\n\
    # Key points\n\n- [must] A concurrent write is a fatal error. {fatal}\n\n# Cards\n\n## fatal · core\nQ: What does a concurrent write do?\n\
    A: It ends the program, because the runtime detects it and no recover catches it.\n";

const AMENDS: &str = "+++\n(amends: \"kafka/isr\")\n+++\n\n# Explain · add\n\nOn our clusters the minimum is two, after the outage of xylophone.\n";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn add(window: &mut Window, folder: &Path) {
    window.press_with(CTRL, Key::Comma);
    window.harness.get_by_label("The path of a folder of questions").focus();
    window.harness.run();
    window.type_text(&folder.display().to_string());
    window.press(Key::Enter);
    window.press(Key::Escape);
}

/// Whether so many questions are there beside those that ship.
fn has_own(window: &Window, own: usize) -> bool {
    let shipped = whetstone::catalog::embedded().0.questions().count();
    window.harness.query_by_label(&format!("Filter {} questions", shipped + own)).is_some()
}

const AWAY: &str = "is not there now; its questions come back with it";

/// The watcher is another thread: its news is waited for, with a limit.
fn until(window: &mut Window, what: &str, there: impl Fn(&Window) -> bool) {
    let begun = Instant::now();
    while !there(window) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(20));
        window.harness.run_steps(2);
    }
}

#[test]
fn a_folder_is_added_in_the_settings_and_comes_back() {
    let (dir, mine) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(mine.path(), "go-lang/maps.md", MINE);
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press_with(CTRL, Key::Comma);
    window.harness.get_by_label("The path of a folder of questions").focus();
    window.harness.run();
    window.type_text("/no/such/folder");
    window.press(Key::Enter);
    assert!(window.harness.query_by_label("/no/such/folder is no folder.").is_some());
    window.press(Key::Escape);
    add(&mut window, mine.path());
    // Found by name and by its words, like any other.
    window.press_with(CTRL, Key::K);
    window.type_text("maps of go");
    window.press(Key::Enter);
    assert_eq!(window.harness.state().place_question().as_str(), "go-lang/maps");
    window.harness.get_by_label("Why is a map of Go not safe to share?");
    assert!(window.harness.query_by_label_contains("Your own question: ").is_some());
    window.press_with(CTRL, Key::F);
    window.type_text("goroutines topic:go-lang");
    assert_eq!(window.harness.query_all_by_role(Role::ListBoxOption).count(), 1);
    window.press(Key::Escape);
    window.press(Key::R);
    window.press(Key::Space);
    window.press(Key::Num3);
    window.close();
    assert_eq!(on_disk(dir.path()).folders(), [mine.path()]);
    let mut window = open(dir.path(), SIZE, Theme::Dark);
    assert_eq!(window.harness.state().place_question().as_str(), "go-lang/maps");
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 1);
    // Taken out, the question goes and its history stays.
    window.press_with(CTRL, Key::Comma);
    window.harness.get_by_label(&format!("Take out {}", mine.path().display())).click();
    window.settle();
    window.press(Key::Escape);
    assert!(has_own(&window, 0));
    window.close();
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().reviews, 1);
}

#[test]
fn a_file_that_amends_a_question_is_shown_with_what_is_wrong_in_it() {
    let (dir, mine) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(mine.path(), "kafka/isr.md", AMENDS);
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    add(&mut window, mine.path());
    let amended = |window: &Window| window.harness.query_by_label_contains("Amended by ").is_some();
    assert!(amended(&window));
    window.press_with(CTRL, Key::F);
    window.type_text("xylophone");
    assert_eq!(window.harness.query_all_by_role(Role::ListBoxOption).count(), 1);
    window.press(Key::Escape);
    write(mine.path(), "kafka/isr.md", "+++\n(amends: \"kafka/isr\", nothing)\n+++\n");
    until(&mut window, "the problem has its place", |window| {
        window.harness.query_by_label_contains("kafka/isr.md:2:").is_some()
    });
    assert!(amended(&window), "the last good version stays");
    let row = window.harness.get_by_role_and_label(Role::TreeItem, "The in-sync replica set");
    assert!(row.accesskit_node().description().unwrap_or_default().contains("1 problem in its file"));
    write(mine.path(), "kafka/isr.md", AMENDS);
    until(&mut window, "it is mended", |window| window.harness.query_by_label_contains("kafka/isr.md:2:").is_none());
    assert!(amended(&window));
}

#[test]
fn a_folder_that_is_not_there_is_said_once_and_comes_back() {
    let (dir, above) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (stick, away) = (above.path().join("stick"), above.path().join("away"));
    write(&stick, "go-lang/maps.md", MINE);
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    add(&mut window, &stick);
    window.close();
    fs::rename(&stick, &away).unwrap();
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(window.harness.query_by_label_contains(AWAY).is_some());
    assert!(has_own(&window, 0));
    fs::rename(&away, &stick).unwrap();
    until(&mut window, "it is back", |window| has_own(window, 1));
    window.wait(60.0);
    assert!(window.harness.query_by_label_contains(AWAY).is_none());
    // Pulled out while the window is open, its questions stay on the screen.
    fs::rename(&stick, &away).unwrap();
    until(&mut window, "it is missed", |window| window.harness.query_by_label_contains(AWAY).is_some());
    assert!(has_own(&window, 1));
}

#[test]
fn a_content_folder_that_cannot_be_read_now_leaves_what_it_had_on_the_screen() {
    let (dir, above) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (content, away) = (above.path().join("content"), above.path().join("away"));
    write(
        &content,
        "go-lang/topic.ron",
        "(title: \"Go\", full_title: \"Go\", subtopics: [(title: \"M\", questions: [\"maps\"])])",
    );
    write(&content, "go-lang/maps.md", MINE);
    let mut window = open_with(dir.path(), Some(content.clone()), SIZE, Theme::Light);
    let asked = |window: &Window| window.harness.query_by_label("Why is a map of Go not safe to share?").is_some();
    assert!(asked(&window));
    let said = "what cannot be read";
    fs::rename(&content, &away).unwrap();
    until(&mut window, "it is missed", |window| window.harness.query_by_label_contains(said).is_some());
    assert!(asked(&window));
    fs::rename(&away, &content).unwrap();
    until(&mut window, "it is back", |window| window.harness.query_by_label_contains(said).is_none());
    // A topic that is new is watched like the others.
    write(&content, "rust/topic.ron", "(title: \"Ferrous\", full_title: \"Ferrous\", subtopics: [])");
    until(&mut window, "a new topic", |window| window.harness.query_all_by_label("Ferrous").count() > 0);
    write(&content, "rust/own.md", &MINE.replace("go-lang/maps", "rust/own"));
    until(&mut window, "a question nowhere", |window| {
        window.harness.query_by_label_contains("in no subtopic").is_some()
    });
}
