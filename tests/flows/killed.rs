//! Killed within a mock, within its score and within today's session: opened again, the reader is where they were.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::study::AttemptKind;

use super::coach::studied;
use crate::common::{Window, answered, on_disk, open, window_at};

const SIZE: (f32, f32) = (1440.0, 900.0);
/// Name the folder, and what to do there, in the environment of the child.
const FOLDER: &str = "WHETSTONE_TEST_KILLED_FOLDER";
const DOING: &str = "WHETSTONE_TEST_KILLED_DOING";

fn shows(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).count() > 0
}

/// The clock stands where the child left it, or some seconds later.
fn clock_went_on(window: &Window) -> bool {
    ["1:3", "1:4", "1:5", "2:0", "2:1"].iter().any(|time| shows(window, time))
}

fn tick_the_first(window: &mut Window) {
    window.harness.get_all_by_role(Role::CheckBox).next().unwrap().click();
    window.settle();
}

fn ticks(window: &Window) -> usize {
    use egui_kittest::kittest::NodeT as _;
    let boxes = window.harness.get_all_by_role(Role::CheckBox);
    boxes.filter(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)).count()
}

/// Not a test of its own: the child that studies until it is killed.
#[test]
#[ignore = "run by the tests beside it, in a process of its own"]
fn child_that_studies() {
    let (Some(folder), Ok(doing)) = (env::var_os(FOLDER), env::var(DOING)) else { return };
    let mut window = window_at(Path::new(&folder), answered().as_str(), SIZE, Theme::Light);
    match doing.as_str() {
        "mock" | "score" => {
            window.press(Key::M);
            window.press_with(Modifiers::COMMAND, Key::Enter);
            window.press_with(Modifiers::COMMAND, Key::Enter);
            window.harness.get_by_label("Take notes").click();
            window.settle();
            window.type_text("20,000 orders/s");
            window.press(Key::Escape);
            window.wait(95.0);
            window.settle();
            if doing == "score" {
                window.harness.get_by_label("End here and score").click();
                window.settle();
                tick_the_first(&mut window);
                window.press(Key::Num3);
            }
        }
        _ => {
            window.press(Key::N);
            window.press(Key::Num2);
            window.press(Key::T);
            window.type_text("Copies that are caught up.");
            window.wait(95.0);
            window.settle();
            if doing == "ticks" {
                window.press_with(Modifiers::COMMAND, Key::Enter);
                tick_the_first(&mut window);
            }
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nready").and_then(|()| out.flush()).unwrap();
    drop(out);
    // Until it is killed; the end of its input would be the end of the parent.
    std::io::stdin().lines().for_each(drop);
}

/// Lets a child do something, and kills it in the middle.
fn killed(folder: &Path, doing: &str) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "flows::killed::child_that_studies", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(DOING, doing)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = said.map_while(Result::ok).any(|line| line.ends_with("ready"));
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready, "the child came to where it is killed");
}

#[test]
fn a_mock_has_its_phase_its_notes_and_its_clock_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    killed(dir.path(), "mock");
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(shows(&window, "The clock rests") && shows(&window, "Scenario: design"));
    assert!(window.harness.query_all_by_value("20,000 orders/s").count() > 0);
    assert!(clock_went_on(&window), "the clock stands where it stood");
    window.press_with(Modifiers::COMMAND, Key::Enter);
    assert!(!shows(&window, "The clock rests"), "and goes on");
}

#[test]
fn a_score_half_given_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    killed(dir.path(), "score");
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(shows(&window, "What did you say?"));
    assert_eq!(ticks(&window), 1);
    // One band was given: three are left.
    for key in [Key::Num2, Key::Num1, Key::Num4] {
        window.press(key);
    }
    window.press_with(Modifiers::COMMAND, Key::Enter);
    let mock = window.harness.state().progress().mocks()[0].clone();
    assert_eq!(mock.bands, [3, 2, 1, 4]);
    assert_eq!(mock.parts.iter().map(|part| part.ticked.len()).sum::<usize>(), 1);
}

#[test]
fn an_attempt_of_todays_session_goes_on_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let [wrong, ..] = studied(dir.path(), 1);
    killed(dir.path(), "attempt");
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert_eq!(*window.harness.state().place_question(), wrong);
    assert!(window.harness.query_all_by_value("Copies that are caught up.").count() > 0);
    assert!(clock_went_on(&window), "the clock goes on where it stood");
    // Back in the session, the attempt is not asked anew.
    window.press(Key::Escape);
    window.press(Key::N);
    assert!(shows(&window, "Warm-up") && clock_went_on(&window));
}

#[test]
fn what_was_ticked_in_todays_session_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let [wrong, ..] = studied(dir.path(), 1);
    let before = on_disk(dir.path()).progress.question(&wrong).unwrap().attempts.len();
    killed(dir.path(), "ticks");
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(shows(&window, "Save the attempt"));
    assert_eq!(ticks(&window), 1);
    window.press(Key::N);
    assert_eq!(ticks(&window), 1, "the session takes it up");
    window.press_with(Modifiers::COMMAND, Key::Enter);
    window.close();
    let attempts = on_disk(dir.path()).progress.question(&wrong).unwrap().attempts.clone();
    assert_eq!(attempts.len(), before + 1);
    let last = attempts.last().unwrap();
    assert_eq!(
        (last.attempt, last.ticked.len(), last.text.as_str()),
        (AttemptKind::Typed, 1, "Copies that are caught up.")
    );
    assert!((95_000..110_000).contains(&last.took_millis), "{}", last.took_millis);
}
