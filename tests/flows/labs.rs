//! What a reader does with a lab: predicts, runs, sees why, breaks it, goes back.

use std::path::Path;

use egui::{Key, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::labs::{self, Ask};

use super::SIZE;
use crate::common::{Window, on_disk, window_at};

fn has(window: &Window, text: &str) -> bool {
    window.harness.query_by_label_contains(text).is_some()
}

#[test]
fn a_lab_is_predicted_run_and_explained_by_keyboard() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "async/backpressure", SIZE, Theme::Light);
    window.press(Key::L);
    assert!(has(&window, "The source is two and a half times too fast. What gives?"), "the question is asked");
    assert!(has(&window, "step 6"), "it has run to where the question is asked");
    window.press(Key::ArrowRight);
    assert!(has(&window, "step 6"), "and no further before there is a prediction");
    window.press(Key::ArrowLeft);
    assert!(has(&window, "step 5"));
    window.press(Key::Num1);
    assert!(has(&window, "Not so: Nothing: the backlog"), "wrong, and why");
    assert!(has(&window, "You said: The source slows down to 25 ms"));
    assert!(has(&window, "step 70"));
    window.press(Key::C);
    window.press(Key::L);
    assert!(!has(&window, "step 70"), "the scene is back");
    window.close();
    let progress = on_disk(dir.path()).progress;
    let made = progress.own_cards(&whetstone::ids::QuestionId::new("async/backpressure")).count();
    assert_eq!(made, 1, "the wrong prediction is a card of its own");
    assert_eq!(progress.prediction("async-backpressure", "never-says-no"), Some(false));
}

#[test]
fn a_lab_is_broken_and_scrubbed_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "async/backpressure", SIZE, Theme::Light);
    window.press(Key::L);
    window.press(Key::B);
    window.harness.get_by_label("Log").click();
    window.settle();
    assert!(has(&window, "The subscriber takes 250 ms for an item"), "what was done is said");
    assert!(!has(&window, "What gives?"), "the scenario's question no longer applies");
    window.harness.get_by_label("Metrics").click();
    window.settle();
    assert!(has(&window, "operator queue size: "));
    for _ in 0..20 {
        window.press(Key::ArrowLeft);
    }
    assert!(has(&window, "step 0"), "back to the start");
    window.harness.get_by_label("Reset").click();
    window.settle();
    assert!(has(&window, "step 6"));
    window.harness.get_by_label("Change and break").click();
    window.settle();
    assert!(has(&window, "What gives?"), "reset brings the question back");
}

#[test]
fn every_lab_opens_from_its_questions() {
    for spec in labs::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = window_at(dir.path(), spec.questions[0], SIZE, Theme::Dark);
        window.press(Key::L);
        let question = spec.scenarios[0].question;
        let first = labs::find(spec.id).map(|spec| spec.scenarios[0].question);
        assert_eq!(first, Some(question));
        window.harness.get_by_label("About").click();
        window.settle();
        assert!(has(&window, "What this leaves out"), "{}", spec.id);
    }
}

/// `WHETSTONE_LABS=DIR cargo test labs_in_pictures` writes every scenario as it is asked and as it is explained.
#[test]
fn labs_in_pictures() {
    let Some(folder) = std::env::var_os("WHETSTONE_LABS") else { return };
    let only = std::env::var("WHETSTONE_LAB").ok();
    std::fs::create_dir_all(&folder).unwrap();
    for spec in labs::ALL.iter().filter(|spec| only.as_ref().is_none_or(|only| only == spec.id)) {
        for (index, scenario) in spec.scenarios.iter().enumerate() {
            let theme = if index % 2 == 0 { Theme::Light } else { Theme::Dark };
            let dir = tempfile::tempdir().unwrap();
            let mut window = window_at(dir.path(), spec.questions[0], SIZE, theme);
            // The lab may be the second one of its question; the scenarios' picker has them all.
            window.press(Key::L);
            if !has(&window, scenario.question) {
                window.harness.get_by_label("Scenario").click();
                window.settle();
                window.harness.query_all_by_label_contains(scenario.title).last().unwrap().click();
                window.settle();
            }
            save(&mut window, Path::new(&folder), &format!("{}-{}-asked", spec.id, scenario.id));
            match scenario.ask {
                Ask::Choice { right, .. } => window.press([Key::Num1, Key::Num2, Key::Num3, Key::Num4][right]),
                Ask::Number { right, .. } => {
                    window.harness.get_by_role_and_label(Role::TextInput, "Your prediction").focus();
                    window.harness.run();
                    window.type_text(&right.to_string());
                    window.harness.get_by_label("Predict and run").click();
                    window.settle();
                }
            }
            save(&mut window, Path::new(&folder), &format!("{}-{}-told", spec.id, scenario.id));
        }
    }
}

fn save(window: &mut Window, folder: &Path, name: &str) {
    window.harness.render().unwrap().save(folder.join(format!("{name}.png"))).unwrap();
}
