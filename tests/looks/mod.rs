//! What the window looks like: a few pictures on content of their own, so that a better answer does not change them.
//! `UPDATE_SNAPSHOTS=1 cargo test --test main looks` makes them anew; then look at them.

use std::path::Path;

use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::store::{Job, Store};

use crate::common::{NOW, Window, open_with};

fn window(dir: &Path, size: (f32, f32), theme: Theme) -> Window {
    let (store, _) = Store::open(dir, NOW).unwrap();
    assert!(store.send(Job::Setting { key: "place".into(), value: "(question:\"kafka/connect\",step:0)".into() }));
    drop(store);
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/looks/content");
    open_with(dir, Some(content), size, theme)
}

fn check(mut window: Window, name: &str) {
    window.settle();
    window.harness.snapshot(name);
}

fn revealed(dir: &Path, size: (f32, f32), theme: Theme) -> Window {
    let mut window = window(dir, size, theme);
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
    check(window(dir.path(), (1200.0, 760.0), Theme::Light), "asked_light");
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
    let mut window = window(dir.path(), (1200.0, 760.0), theme);
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
    let mut palette = window(dir.path(), (900.0, 640.0), Theme::Dark);
    palette.press_with(egui::Modifiers::COMMAND, Key::K);
    palette.type_text("conn");
    check(palette, "palette_dark");
}
