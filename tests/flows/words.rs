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
    assert!(found.iter().take(4).all(|row| !row.contains(" · ")), "{found:?}");
    assert!(found.iter().any(|row| row.contains("kafka · ")), "{found:?}");
    assert!(window.harness.query_by_label("In what is written").is_some());
}
