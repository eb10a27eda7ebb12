//! What the window looks like: a few pictures on content of their own, so that a better answer does not change them.
//! `UPDATE_SNAPSHOTS=1 cargo test --test main looks` makes them anew; then look at them.

use std::path::Path;

use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;

use crate::common::{Window, example};

fn check(mut window: Window, name: &str) {
    window.settle();
    window.harness.snapshot(name);
}

fn revealed(dir: &Path, size: (f32, f32), theme: Theme) -> Window {
    let mut window = example(dir, size, theme);
    window.press(Key::Num3);
    window.press(Key::V);
    window.press(Key::Space);
    let boxes: Vec<_> = window.harness.get_all_by_role(egui::Role::CheckBox).collect();
    boxes[0].click();
    boxes[2].click();
    window.settle();
    window
}

#[test]
fn a_question_as_it_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    check(example(dir.path(), (1200.0, 760.0), Theme::Light), "asked_light");
}

fn answer(theme: Theme, name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mut window = revealed(dir.path(), (1200.0, 760.0), theme);
    for _ in 0..3 {
        window.press(Key::ArrowRight);
    }
    check(window, name);
}

#[test]
fn the_answer_with_its_scene() {
    answer(Theme::Light, "answer_light");
}

#[test]
fn the_answer_with_its_scene_in_the_dark() {
    answer(Theme::Dark, "answer_dark");
}

fn card(theme: Theme, name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mut window = example(dir.path(), (1200.0, 760.0), theme);
    window.press(Key::R);
    window.press(Key::Space);
    check(window, name);
}

#[test]
fn a_card_under_review() {
    card(Theme::Light, "card_light");
}

#[test]
fn a_card_under_review_in_the_dark() {
    card(Theme::Dark, "card_dark");
}

#[test]
fn the_smallest_window() {
    let dir = tempfile::tempdir().unwrap();
    check(revealed(dir.path(), (900.0, 600.0), Theme::Light), "small_light");
}

#[test]
fn the_palette() {
    let dir = tempfile::tempdir().unwrap();
    let mut palette = example(dir.path(), (900.0, 640.0), Theme::Dark);
    palette.press_with(egui::Modifiers::COMMAND, Key::K);
    palette.type_text("kafka conn");
    check(palette, "palette_dark");
}

#[test]
fn a_scene_drawn_from_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = example(dir.path(), (1200.0, 760.0), Theme::Light);
    window.press(Key::D);
    for name in ["Place Orders DB", "Place Source task", "Place Search index", "Place orders", "Place Connect topics"] {
        window.harness.get_by_label(name).click();
        window.settle();
    }
    for name in ["Orders DB", "Source task", "Search index", "Source task", "Source task", "Connect topics"] {
        window.harness.get_by_label_contains(&format!("{name}, column")).click();
        window.settle();
    }
    window.harness.get_by_label("Compare").click();
    check(window, "memory_light");
}

#[test]
fn a_diagram_of_my_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = example(dir.path(), (1200.0, 760.0), Theme::Dark);
    window.press(Key::G);
    window.harness.get_by_label("Copy the scene").click();
    window.settle();
    window.harness.get_by_label("Add a node").click();
    check(window, "mine_dark");
}

/// A month of study: attempts with what was said before them, and reviews.
fn a_month_of_study(dir: &std::path::Path) {
    use whetstone::ids::{CardId, QuestionId};
    use whetstone::study::Aim;
    use whetstone::study::{Attempt, AttemptKind, Confidence, Fact, Grade};
    use whetstone::time::Moment;
    let (store, _) = whetstone::store::Store::open(dir, crate::common::NOW).unwrap();
    let aim = Aim { interview: Some(crate::common::NOW.day().plus_days(9)), minutes_a_day: 30, ..Aim::default() };
    store.append_now(crate::common::NOW, vec![Fact::AimSet { aim }]).unwrap();
    for n in 0..36_usize {
        let ago_secs = i64::try_from(36 - n).unwrap() * 68_000;
        let moment = Moment { at: crate::common::NOW.at.plus_secs(-ago_secs), offset_secs: 0 };
        let question = QuestionId::new(["kafka/connect", "kafka/connectors", "kafka/streams"][n % 3]);
        let confidence = Confidence::ALL[n % 4];
        let held = (n * 7 % 10) < [2, 4, 6, 7][n % 4];
        let attempt = Attempt {
            question: question.clone(),
            attempt: AttemptKind::Spoken,
            text: String::new(),
            ticked: Vec::new(),
            musts: 4,
            musts_ticked: if held { 4 } else { 2 },
            plus: 2,
            plus_ticked: 1,
            took_millis: 120_000,
            over_time: false,
            grade: if held { Grade::Good } else { Grade::Again },
            follow_up: false,
            read_millis: 0,
            missed: Vec::new(),
        };
        let card = CardId::new(format!("kafka/connect#card-{}", n % 6));
        let grade = Grade::ALL[[2, 2, 3, 2, 0, 2][n % 6]];
        let facts = vec![
            Fact::ConfidenceRated { question, confidence },
            Fact::Attempted(attempt),
            Fact::Reviewed { card, grade, took_millis: 9_000, practice: false },
        ];
        store.append_now(moment, facts).unwrap();
    }
}

#[test]
fn the_progress_sheet() {
    let dir = tempfile::tempdir().unwrap();
    a_month_of_study(dir.path());
    let mut window = example(dir.path(), (1200.0, 900.0), Theme::Light);
    window.press_with(egui::Modifiers::COMMAND, Key::P);
    window.press(Key::Num3);
    assert!(window.harness.query_all_by_label_contains("When you say").count() >= 1);
    assert!(window.harness.query_all_by_label_contains("Brier score").count() >= 1);
    check(window, "progress_light");
}
