//! A mock interview, from its first minute to its report; the evening before; progress; the schedule's own parameters; after the date.

use std::path::Path;

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::ids::QuestionId;
use whetstone::store::Store;
use whetstone::study::{Aim, Attempt, AttemptKind, Confidence, Fact, Grade};
use whetstone::time::Moment;

use crate::common::{NOW, Window, answered, on_disk, open, window_at};

const SIZE: (f32, f32) = (1440.0, 900.0);

/// Saves a picture where the variable says, to be looked at; without it there is nothing to do.
fn picture(window: &mut Window, name: &str) {
    if let Some(folder) = std::env::var_os("WHETSTONE_LOOK") {
        window.harness.render().unwrap().save(Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

fn shows(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).count() > 0
}

fn on(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::Enter);
}

#[test]
fn a_whole_mock_by_keyboard_and_undo() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press(Key::M);
    picture(&mut window, "mock-setup");
    window.press(Key::Num1);
    assert!(shows(&window, "4 probes from 6 topics in 30 minutes"));
    on(&mut window);
    assert!(shows(&window, "Scenario: scope"));
    window.press(Key::Space);
    picture(&mut window, "mock-room");
    assert!(shows(&window, "Follow-ups"), "the first rung");
    for _ in 0..8 {
        on(&mut window);
    }
    assert!(shows(&window, "What did you say?"));
    let boxes: Vec<_> = window.harness.get_all_by_role(Role::CheckBox).collect();
    boxes[0].click();
    boxes[1].click();
    window.settle();
    on(&mut window);
    assert!(shows(&window, "First give a band for correctness"));
    for key in [Key::Num3, Key::Num2, Key::Num1, Key::Num4] {
        window.press(key);
    }
    picture(&mut window, "mock-score");
    on(&mut window);
    assert!(shows(&window, "What to study next"));
    picture(&mut window, "mock-report");
    let progress = window.harness.state().progress();
    let mock = progress.mocks()[0].clone();
    assert_eq!((mock.bands, mock.parts.len(), mock.parts[0].follow_ups.len()), ([3, 2, 1, 4], 5, 1));
    assert_eq!(mock.musts().0 + u32::from(mock.parts[0].plus_ticked), 2);
    let attempts = &progress.question(&mock.parts[0].question).unwrap().attempts;
    assert_eq!((attempts.len(), attempts[0].attempt), (1, AttemptKind::Mock));
    let missed = mock.parts[1].missed_cards[0].clone();
    let wanted =
        |window: &Window| window.harness.state().progress().card(&missed).and_then(|card| card.wanted).is_some();
    assert!(wanted(&window), "what was missed comes back sooner");
    window.press(Key::U);
    assert!(!wanted(&window));
    assert!(window.harness.state().progress().mocks().is_empty());
    assert!(shows(&window, "What did you say?"), "undo brings the score back");
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(shows(&window, "What to study next"));
    window.press(Key::Escape);
    assert!(!shows(&window, "What to study next"), "the panes are back");
    window.close();
    let opened = on_disk(dir.path());
    assert_eq!(opened.progress.mocks(), [mock]);
    assert!(!opened.drafts.iter().any(|(key, _)| key.starts_with("mock")), "nothing is left to resume");
}

#[test]
fn a_mock_survives_the_end_of_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Dark);
    window.press(Key::M);
    on(&mut window);
    on(&mut window);
    window.harness.get_by_label("Take notes").click();
    window.settle();
    window.type_text("20,000 orders/s");
    window.press(Key::Escape);
    window.press(Key::Space);
    // Gone without a word, as when the program is killed: what was acknowledged is on the disk.
    window.close();
    let mut window = open(dir.path(), SIZE, Theme::Dark);
    assert!(shows(&window, "The clock rests"));
    assert!(shows(&window, "Scenario: design"));
    picture(&mut window, "mock-resumed");
    assert!(window.harness.query_all_by_value("20,000 orders/s").count() > 0);
    on(&mut window);
    assert!(!shows(&window, "The clock rests"), "it goes on");
    window.press(Key::Escape);
    assert!(!shows(&window, "Scenario: design"), "left for a while");
    window.press(Key::M);
    assert!(shows(&window, "The clock rests"));
    window.harness.get_by_label("Throw this mock away").click();
    window.settle();
    window.close();
    assert!(on_disk(dir.path()).drafts.is_empty());
}

#[test]
fn the_scoring_sheet_is_a_page_beside_the_data() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press(Key::M);
    on(&mut window);
    window.harness.get_by_label("Sheet for a second person").click();
    window.settle();
    let page = std::fs::read_to_string(dir.path().join("print/scoring-sheet.html")).unwrap();
    assert!(page.contains("<h2>Scenario: ") && page.contains("<h2>Probe: "));
}

#[test]
fn a_mock_holds_together_in_a_small_window() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), (720.0, 560.0), Theme::Dark);
    window.press(Key::M);
    picture(&mut window, "mock-small-setup");
    on(&mut window);
    window.press(Key::Space);
    picture(&mut window, "mock-small-room");
    window.harness.get_by_label("End here and score").click();
    window.settle();
    picture(&mut window, "mock-small-score");
    assert!(shows(&window, "What did you say?"));
}

/// Two attempts of the week, one of them sure and wrong, a review of a must's card each, a note.
fn a_week_of_study(dir: &Path) {
    let (catalog, _) = whetstone::catalog::embedded();
    let (store, _) = Store::open(dir, NOW).unwrap();
    for (ago, name) in (1..).zip(["kafka/isr", "kafka/replication"]) {
        let question = catalog.question(&QuestionId::new(name)).unwrap();
        let point = question.answer.as_ref().unwrap().key_points.iter().find(|point| point.must).unwrap();
        let moment = Moment { at: NOW.at.plus_secs(-ago * 86_400), offset_secs: 0 };
        let attempt = Attempt {
            question: question.id.clone(),
            attempt: AttemptKind::Spoken,
            text: String::new(),
            ticked: Vec::new(),
            musts: 5,
            musts_ticked: 5 - u8::try_from(ago % 2).unwrap(),
            plus: 2,
            plus_ticked: 1,
            took_millis: 120_000,
            over_time: false,
            grade: Grade::Good,
            follow_up: false,
            read_millis: 0,
            missed: Vec::new(),
        };
        let facts = vec![
            Fact::ConfidenceRated { question: question.id.clone(), confidence: Confidence::Sure },
            Fact::Attempted(attempt),
            Fact::Reviewed { card: point.card.clone(), grade: Grade::Easy, took_millis: 9_000, practice: false },
            Fact::NoteWritten {
                question: question.id.clone(),
                text: "**Claim**: copies that are *caught up*.".to_owned(),
                over: None,
            },
        ];
        store.append_now(moment, facts).unwrap();
    }
}

#[test]
fn the_evening_before_by_keyboard_and_on_paper() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press_with(Modifiers::SHIFT, Key::E);
    assert!(shows(&window, "Nothing to go over yet"));
    window.close();
    a_week_of_study(dir.path());
    let mut window = open(dir.path(), SIZE, Theme::Light);
    window.press_with(Modifiers::SHIFT, Key::E);
    picture(&mut window, "evening-start");
    for part in [
        "5 minutes, nothing new",
        "1 sure, but wrong",
        "2 fading musts",
        "1 pair easily confused",
        "1 page of your notes",
    ] {
        assert!(shows(&window, part), "{part}");
    }
    window.harness.get_by_label("Print").click();
    window.settle();
    let page = std::fs::read_to_string(dir.path().join("print/evening.html")).unwrap();
    assert!(page.contains("Sure, but wrong this week") && page.contains("My notes: Kafka"));
    on(&mut window);
    assert!(shows(&window, "1 of 5, about"));
    window.press(Key::Space);
    picture(&mut window, "evening-wrong");
    on(&mut window);
    window.press(Key::Num3);
    assert!(shows(&window, "2 of 5"), "a hidden card cannot be graded");
    window.press(Key::Space);
    let reviews = |window: &Window| window.harness.state().progress().counts_of_all().reviews;
    window.press(Key::Num3);
    assert!(shows(&window, "3 of 5"));
    assert_eq!(reviews(&window), 3);
    window.press(Key::U);
    assert!(shows(&window, "2 of 5"), "undo brings the card back");
    assert_eq!(reviews(&window), 2);
    for _ in 0..2 {
        window.press(Key::Space);
        picture(&mut window, "evening-card");
        window.press(Key::Num3);
    }
    window.press(Key::Space);
    picture(&mut window, "evening-pair");
    on(&mut window);
    assert!(shows(&window, "In your own words"));
    on(&mut window);
    assert!(shows(&window, "Done for this evening"));
    window.press(Key::Escape);
    assert!(!shows(&window, "Done for this evening"));
}

#[test]
fn progress_is_a_view_of_four_tabs_with_numbers_to_take_along() {
    let dir = tempfile::tempdir().unwrap();
    a_week_of_study(dir.path());
    let mut window = open(dir.path(), SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::P);
    picture(&mut window, "progress-plan");
    window.press(Key::Num2);
    picture(&mut window, "progress-readiness");
    assert!(shows(&window, "Kafka: 23 untested, 2 shaky, 0 ready, 0 proven"));
    assert!(shows(&window, "last attempt 4 of 5 musts, yesterday."), "the evidence stands beside the question");
    window.harness.get_by_label("shaky").click();
    window.settle();
    assert!(!shows(&window, "Never attempted"));
    window.harness.get_by_label("Copy By topic as CSV").click();
    window.settle();
    assert!(shows(&window, "The numbers are on the clipboard as CSV"));
    window.press(Key::Num3);
    assert!(shows(&window, "2 of 20 attempts with a confidence rating so far"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    picture(&mut window, "progress-reviews");
    assert!(shows(&window, "Minutes a day over half a year. "), "the calendar has its words");
    assert!(shows(&window, "The last 30 days: 2 reviews and 2 attempts on 2 days"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    assert!(!shows(&window, "What you did"), "the same key closes it");
    window.press_with(Modifiers::COMMAND, Key::P);
    window.press(Key::Num2);
    window.harness.get_by_label_contains("The in-sync replica set: shaky").click();
    window.settle();
    assert_eq!(window.harness.state().place_question().as_str(), "kafka/isr");
    assert!(!shows(&window, "By topic"), "the panes are back");
}

/// A log of 60 cards by a reader who forgets whatever was left for four days.
fn a_forgetful_log(dir: &Path) {
    let (catalog, _) = whetstone::catalog::embedded();
    let cards = catalog.questions().flat_map(|question| question.cards()).map(|card| card.id.clone()).take(60);
    let mut facts: Vec<(i64, Fact)> = Vec::new();
    for (number, card) in (0..).zip(cards) {
        let (mut day, mut gap, mut grade) = (number % 20, 1, Grade::Good);
        for _ in 0..9 {
            let fact = Fact::Reviewed { card: card.clone(), grade, took_millis: 8_000, practice: false };
            facts.push((day * 86_400 + number, fact));
            day += gap;
            grade = if gap >= 4 { Grade::Again } else { Grade::Good };
            gap = if grade == Grade::Again { 1 } else { gap * 2 };
        }
    }
    facts.sort_by_key(|(secs, _)| *secs);
    let (store, _) = Store::open(dir, NOW).unwrap();
    for (secs, fact) in facts {
        let moment = Moment { at: NOW.at.plus_secs(secs - 60 * 86_400), offset_secs: 0 };
        store.append_now(moment, vec![fact]).unwrap();
    }
}

#[test]
fn parameters_are_fitted_accepted_undone_and_refused_when_no_better() {
    let dir = tempfile::tempdir().unwrap();
    a_forgetful_log(dir.path());
    let mut window = window_at(dir.path(), answered().as_str(), (1440.0, 2_400.0), Theme::Light);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    window.harness.get_by_label("Fit to my log").click();
    window.settle();
    picture(&mut window, "parameters");
    assert!(shows(&window, "The fitted ones foresee your later reviews better."));
    assert!(shows(&window, " before, 0."), "both losses are shown");
    window.harness.get_by_label("Use them").click();
    window.settle();
    assert!(shows(&window, "The schedule works with your own"));
    assert!(window.harness.state().progress().fitted().is_some());
    window.press(Key::U);
    assert!(window.harness.state().progress().fitted().is_none());
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.harness.get_by_label("Fit to my log again").click();
    window.settle();
    assert!(shows(&window, "are no better: the present ones stay."));
    assert!(!shows(&window, "Use them"));
    window.close();
    let fitted = on_disk(dir.path()).progress.fitted().cloned().unwrap();
    assert!(fitted.loss_after < fitted.loss_before);
}

#[test]
fn after_the_date_it_asks_how_to_go_on_and_what_was_asked() {
    let dir = tempfile::tempdir().unwrap();
    a_week_of_study(dir.path());
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    let aim = Aim { interview: Some(NOW.day().plus_days(-1)), minutes_a_day: 30, ..Aim::default() };
    store.append_now(NOW, vec![Fact::AimSet { aim }]).unwrap();
    drop(store);
    let mut window = open(dir.path(), SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::P);
    picture(&mut window, "after");
    assert!(shows(&window, "The interview was on 23 November."));
    window.harness.get_by_label("Freeze").click();
    window.settle();
    assert!(shows(&window, "Study rests."));
    assert!(window.harness.state().progress().is_frozen());
    window.press(Key::U);
    assert!(shows(&window, "The interview was on 23 November."), "undo asks again");
    window.harness.get_by_label("Find a question that was asked").focus();
    window.harness.run();
    window.type_text("in-sync replica set");
    window.press(Key::Enter);
    assert!(shows(&window, "The in-sync replica set was not asked"), "it stands among those that were");
    window.harness.get_by_label("Keep what I know").click();
    window.settle();
    assert!(shows(&window, "No date: 3 new questions a day"));
    assert!(shows(&window, "Which questions were really asked?"), "more may come to mind");
    window.close();
    let progress = on_disk(dir.path()).progress;
    assert_eq!(progress.aim().interview, None);
    assert!(progress.asked().contains(&QuestionId::new("kafka/isr")));
}
