//! What a reader does, through the real window and a real database file.

mod coach;
mod exchange;
mod killed;
mod labs;
mod linked;
mod mock;
mod own_topics;
mod pictures;
mod scenes;
mod second_machine;
mod trouble;
mod words;

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::catalog;

use crate::common::{self, answered, on_disk, open, window_at};

const SIZE: (f32, f32) = (1440.0, 900.0);

#[test]
fn from_the_prompt_to_a_saved_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    let (catalog, _) = catalog::embedded();
    let prompt = &catalog.question(&question).unwrap().prompt;
    assert!(window.harness.query_by_label(prompt).is_some(), "the prompt is shown");
    assert!(window.harness.query_by_label("Say it").is_none(), "the answer is hidden before the first attempt");
    window.press(Key::Space);
    assert!(window.harness.query_by_label("Say it").is_none(), "confidence comes before the reveal");
    window.press(Key::Num3);
    window.press(Key::V);
    window.press(Key::Space);
    assert!(window.harness.query_all_by_label("Say it").count() >= 1, "the answer is revealed");
    let boxes = window.harness.get_all_by_role(Role::CheckBox).collect::<Vec<_>>();
    assert!(boxes.len() >= 5);
    boxes[0].click();
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::Enter);
    window.close();
    let state = on_disk(dir.path()).progress;
    let state = state.question(&question).unwrap();
    assert_eq!(state.attempts.len(), 1);
    assert_eq!(state.attempts[0].ticked.len(), 1);
    assert_eq!(state.confidence.map(whetstone::study::Confidence::percent), Some(75));
}

#[test]
fn a_graded_card_is_on_disk_and_undo_takes_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::R);
    window.press(Key::Num3);
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 0, "a hidden card cannot be graded");
    window.press(Key::Space);
    window.press(Key::Num3);
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 1);
    window.press(Key::U);
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 0);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().reviews, 1);
}

#[test]
fn a_review_goes_through_a_questions_cards() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Dark);
    let (catalog, _) = catalog::embedded();
    let cards = catalog.question(&question).unwrap().cards();
    let core = cards.iter().filter(|card| card.level == catalog::CardLevel::Core).count();
    window.press(Key::R);
    for _ in 0..core {
        window.press(Key::Space);
        window.press(Key::Num4);
    }
    assert!(window.harness.query_by_label(&format!("Done: {core} cards reviewed.")).is_some());
    window.press(Key::Escape);
    assert!(window.harness.query_by_label("Review").is_none(), "the cards pane is gone");
    window.close();
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().reviews, core);
}

#[test]
fn a_card_can_be_mended_and_suspended_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::R);
    window.press(Key::E);
    window.type_text("Mine");
    window.press_with(Modifiers::COMMAND, Key::Enter);
    window.press(Key::S);
    window.close();
    let progress = on_disk(dir.path()).progress;
    let (catalog, _) = catalog::embedded();
    let states: Vec<_> =
        catalog.question(&question).unwrap().cards().iter().filter_map(|card| progress.card(&card.id)).collect();
    assert_eq!(states.len(), 1);
    assert!(states[0].suspended);
    let (front, _) = states[0].words.as_ref().unwrap();
    assert!(front.contains("Mine"), "{front}");
}

#[test]
fn what_is_written_comes_back_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::A);
    window.type_text("Claim: it is a log. Привет, λόγος");
    window.press(Key::Escape);
    window.press(Key::ArrowRight);
    window.press(Key::J);
    let left_at = window.harness.state().place_question().clone();
    assert_ne!(left_at, question);
    window.close();
    let opened = on_disk(dir.path());
    let state = opened.progress.question(&question).cloned().unwrap();
    assert_eq!(state.note.as_deref(), Some("Claim: it is a log. Привет, λόγος"));
    assert_eq!(state.note_history.len(), 1);
    drop(opened);
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert_eq!(*window.harness.state().place_question(), left_at);
    window.press(Key::K);
    assert_eq!(*window.harness.state().place_question(), question);
    assert!(window.harness.query_all_by_value("Claim: it is a log. Привет, λόγος").count() >= 1);
}

#[test]
fn the_filter_the_palette_and_the_keys_work_by_keyboard() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/what-is-kafka", SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("redlock");
    window.press(Key::Enter);
    assert_eq!(window.harness.state().place_question().as_str(), "redis/locks");
    window.press_with(Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(window.harness.state().place_question().as_str(), "kafka/what-is-kafka");
    window.type_text("/");
    window.type_text("in-sync");
    window.press(Key::Enter);
    assert_eq!(window.harness.state().place_question().as_str(), "kafka/isr");
    window.press(Key::Escape);
    window.type_text("?");
    assert!(window.harness.query_by_label("Larger interface").is_some());
    window.press(Key::Escape);
    assert!(window.harness.query_by_label("Larger interface").is_none());
}

#[test]
fn a_second_window_reads_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let question = answered();
    let first = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    let mut second = open(dir.path(), SIZE, Theme::Light);
    assert!(second.harness.query_by_label_contains("Another Whetstone has your data open").is_some());
    second.press(Key::Num3);
    drop(second);
    drop(first);
    assert_eq!(on_disk(dir.path()).progress.counts_of_all().confidence_ratings, 0);
}

#[test]
fn at_rest_nothing_asks_for_a_frame() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.settle();
    window.harness.run_steps(3);
    let root = &window.harness.output().viewport_output[&egui::ViewportId::ROOT];
    assert_eq!(root.repaint_delay, std::time::Duration::MAX, "{:?}", window.harness.ctx.repaint_causes());
}

#[test]
fn the_window_holds_together_when_it_is_small_or_scaled() {
    for size in [(900.0, 600.0), (640.0, 420.0), (3840.0, 2160.0)] {
        let dir = tempfile::tempdir().unwrap();
        let mut window = window_at(dir.path(), answered().as_str(), size, Theme::Dark);
        window.press(Key::Num2);
        window.press(Key::Space);
        window.press_with(Modifiers::COMMAND, Key::Plus);
        assert!(window.harness.query_all_by_label("Say it").count() >= 1, "{size:?}");
        common::on_disk(tempfile::tempdir().unwrap().path());
    }
}

#[test]
fn a_date_makes_a_plan_and_undo_takes_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.harness.get_by_label("Days until the interview").focus();
    window.harness.run();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.type_text("9");
    window.press(Key::Enter);
    window.press(Key::Escape);
    assert!(window.harness.query_by_label_contains("Interview in 9 days").is_some());
    window.press_with(Modifiers::COMMAND, Key::P);
    assert!(window.harness.query_all_by_label_contains("9 days × 30 min: ").count() >= 1);
    window.press(Key::Escape);
    window.press(Key::U);
    assert!(window.harness.query_by_label_contains("Interview in").is_none());
    window.close();
    assert_eq!(on_disk(dir.path()).progress.aim().interview, None);
}
