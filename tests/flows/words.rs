//! What a reader does with words: finds them, writes them, links them, makes cards of them.

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::SIZE;
use crate::common::{Window, answered, on_disk, window_at};

const CTRL: Modifiers = Modifiers::COMMAND;

fn rows(window: &Window) -> Vec<String> {
    let rows = window.harness.query_all_by_role(Role::ListBoxOption);
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

#[test]
fn a_search_goes_to_the_section_and_to_my_own_words() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::A);
    window.type_text("We once lost a quorum to a xylophone");
    window.press(Key::Escape);
    window.press(Key::J);
    window.press_with(CTRL, Key::F);
    window.type_text("xylop");
    let found = rows(&window);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("my answer") && found[0].contains("lost a quorum"), "{found:?}");
    window.press(Key::Enter);
    assert_eq!(*window.harness.state().place_question(), question);
    window.type_text("big ");
    assert!(
        window.harness.query_all_by_value("We once lost a quorum to a big xylophone").count() >= 1,
        "the caret stands before the word"
    );

    window.press_with(CTRL, Key::F);
    window.type_text("fencing token in:answers");
    let found = rows(&window);
    assert!(found.len() > 1 && found.iter().all(|row| !row.contains("my answer")), "{found:?}");
    window.press(Key::ArrowDown);
    window.press(Key::ArrowUp);
    window.press(Key::Enter);
    assert!(rows(&window).is_empty(), "the box is closed");
    assert_ne!(*window.harness.state().place_question(), question);
    assert!(window.harness.query_all_by_label("Say it").count() >= 1, "who looks for an answer is shown it");
}

#[test]
fn a_search_forgives_a_slip_and_takes_filters() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/what-is-kafka", SIZE, Theme::Dark);
    window.press_with(CTRL, Key::F);
    assert!(window.harness.query_by_label("has:").is_none());
    window.type_text("redlok topic:redis");
    assert!(window.harness.query_by_label_contains("Showing “redlock”").is_some());
    assert!(rows(&window).iter().all(|row| row.contains("redis · ")), "{:?}", rows(&window));
    window.press(Key::Escape);
    window.press_with(CTRL, Key::F);
    window.type_text("conf:maybe");
    assert!(window.harness.query_by_label("conf: takes guess, shaky, likely, sure").is_some());
    window.press(Key::Escape);
    // What has just been said can be asked for.
    window.press(Key::Num2);
    window.press_with(CTRL, Key::F);
    window.type_text("conf:shaky");
    let found = rows(&window);
    assert_eq!(found.len(), 1, "{found:?}");
    window.press(Key::Escape);
    window.press(Key::U);
    window.press_with(CTRL, Key::F);
    window.type_text("conf:shaky");
    assert_eq!(rows(&window).len(), 0, "undone");
    window.close();
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().confidence_ratings, 0);
}

#[test]
fn one_box_finds_names_first_and_then_words() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/what-is-kafka", SIZE, Theme::Light);
    window.press_with(CTRL, Key::K);
    window.type_text("rebalance");
    let found = rows(&window);
    // One question is called that; names that only have its letters in order are not offered.
    assert_eq!(found[0], "Rebalancing and its pitfalls");
    assert!(found.len() > 9 && found[1..].iter().all(|row| row.contains(" · ")), "{found:?}");
    assert!(window.harness.query_by_label("In what is written").is_some());
}

const NOTE: &str = "## The claim\n\nA **log** is `append-only`: see [[redis/locks]].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] said aloud\n- [ ] written\n\n```rust\nlet offset = 7; // seven\n```\n";

fn note_of(window: &Window, question: &str) -> String {
    let id = whetstone::ids::QuestionId::new(question);
    window.harness.state().progress().question(&id).and_then(|state| state.note.clone()).unwrap_or_default()
}

#[test]
fn a_link_is_offered_and_known_at_its_other_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press(Key::A);
    window.type_text("As in [[redlo");
    assert!(!rows(&window).is_empty(), "links are offered");
    window.press(Key::Enter);
    window.type_text(" it says");
    window.press(Key::Escape);
    assert_eq!(note_of(&window, "kafka/isr"), "As in [[redis/locks]] it says");
    window.press_with(CTRL, Key::K);
    window.type_text("redlock");
    window.press(Key::Enter);
    window.harness.get_by_label("Linked from");
    window.harness.get_by_label("The in-sync replica set").click();
    window.settle();
    assert_eq!(window.harness.state().place_question().as_str(), "kafka/isr");
}

#[test]
fn what_was_found_is_replaced_and_history_brings_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press(Key::A);
    window.type_text("a leader, the leader");
    window.press(Key::Escape);
    window.press_with(CTRL, Key::H);
    window.type_text("LEADER");
    assert!(window.harness.query_by_label("1 of 2").is_some());
    window.harness.get_by_label("Replace with").focus();
    window.harness.run();
    window.type_text("controller");
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.press(Key::A);
    window.press(Key::Escape);
    assert_eq!(note_of(&window, "kafka/isr"), "a controller, the leader");
    window.press_with(CTRL | Modifiers::SHIFT, Key::H);
    assert!(window.harness.query_by_label("1 words in, 1 out").is_some(), "what changed is shown");
    window.harness.get_by_label("Bring back").click();
    window.settle();
    assert_eq!(note_of(&window, "kafka/isr"), "a leader, the leader");
}

#[test]
fn a_selection_becomes_a_card_that_is_reviewed_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press_with(CTRL | Modifiers::SHIFT, Key::K);
    assert!(window.harness.query_by_label_contains("First select in the note").is_some());
    window.press(Key::A);
    window.type_text("The high-water mark lags");
    window.press_with(CTRL, Key::A);
    window.press_with(CTRL | Modifiers::SHIFT, Key::K);
    window.type_text("What lags behind the leader's end?");
    window.press_with(CTRL, Key::Enter);
    let own: Vec<_> = window.harness.state().progress().own_cards(&question).cloned().collect();
    assert_eq!(own.len(), 1);
    window.press(Key::Escape);
    window.press_with(CTRL, Key::F);
    window.type_text("lags behind in:cards");
    window.press(Key::Enter);
    window.press(Key::Space);
    assert!(window.harness.query_all_by_label_contains("The high-water mark lags").count() >= 1);
    window.press(Key::Num3);
    assert_eq!(window.harness.state().progress().card(&own[0]).map(|card| card.reviews), Some(1));
    window.press(Key::U);
    window.press(Key::U);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.own_cards(&question).count(), 0);
}

#[test]
fn notes_on_no_question_are_kept_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press_with(CTRL, Key::J);
    window.type_text("ask about the pagerduty rota");
    window.harness.get_by_label("Notes on Kafka").click();
    window.press(Key::Escape);
    window.press_with(CTRL, Key::F);
    window.type_text("pagerduty");
    assert_eq!(rows(&window).len(), 1);
    window.press(Key::Enter);
    window.type_text("soon ");
    window.press(Key::Escape);
    window.close();
    let progress = on_disk(dir.path()).progress;
    let scratch = whetstone::ids::NoteId::scratch();
    assert_eq!(progress.note(&scratch), "ask about the soon pagerduty rota");
    assert!(progress.note_history(&scratch).len() >= 2);
}

#[test]
fn a_note_is_read_as_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Dark);
    window.press(Key::A);
    window.type_text(NOTE);
    assert!(window.harness.query_by_label_contains("The claim").is_none());
    window.press_with(CTRL, Key::E);
    assert!(window.harness.query_by_label("The claim").is_some(), "it is read");
    let (catalog, _) = whetstone::catalog::embedded();
    let linked = catalog.question(&whetstone::ids::QuestionId::new("redis/locks")).unwrap();
    let sentence = format!("A log is append-only: see {}.", linked.title);
    assert!(window.harness.query_by_label(&sentence).is_some(), "a link reads as its question");
    window.press_with(CTRL, Key::E);
    assert!(window.harness.query_by_label("The claim").is_none(), "it is written again");
}

#[test]
fn a_pasted_picture_is_kept_with_the_data_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press(Key::A);
    window.type_text("Before");
    let picture = egui::ColorImage::filled([8, 4], egui::Color32::RED);
    window.harness.event(egui::Event::PasteImage(std::sync::Arc::new(picture)));
    window.settle();
    window.settle();
    window.press(Key::Escape);
    let note = note_of(&window, "kafka/isr");
    let name = note.split_once("image:").and_then(|(_, rest)| rest.split(')').next()).unwrap().to_owned();
    assert!(note.starts_with("Before\n\n![picture](image:"), "{note}");
    window.press_with(CTRL, Key::E);
    window.settle();
    assert!(window.harness.query_by_label("picture").is_some(), "the picture is shown");
    window.close();

    let bytes = whetstone::store::Snapshot::open(dir.path()).unwrap().picture(&name).unwrap().unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    // A backup has it; data without it says so in its place.
    let copy = dir.path().join("copy.db");
    whetstone::store::copy_of(dir.path(), &copy).unwrap();
    let other = tempfile::tempdir().unwrap();
    whetstone::store::restore(other.path(), &copy, crate::common::NOW).unwrap();
    assert_eq!(whetstone::store::Snapshot::open(other.path()).unwrap().picture(&name).unwrap(), Some(bytes));
}

#[test]
fn a_picture_that_is_missing_says_so_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Dark);
    window.press(Key::A);
    window.type_text(&format!("![gone](image:{})", "0".repeat(64)));
    window.press_with(CTRL, Key::E);
    window.settle();
    assert!(window.harness.query_by_label("This picture cannot be shown: it is not in your data").is_some());
}
