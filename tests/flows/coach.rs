//! The coach: first run, a day, a crash, a week away, undo throughout.

use std::path::Path;

use egui::{Key, Modifiers, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::ids::{QuestionId, TopicId};
use whetstone::store::Store;
use whetstone::study::{Aim, Attempt, AttemptKind, Confidence, Fact, Grade, Pin, Progress, TopicOrder};
use whetstone::time::Moment;

use crate::common::{NOW, Window, on_disk, open, window_at};

const SIZE: (f32, f32) = (1440.0, 900.0);

fn ago(days: i64, secs: i64) -> Moment {
    Moment { at: NOW.at.plus_secs(secs - days * 86_400), offset_secs: 0 }
}

fn diagnosed(progress: &Progress) -> usize {
    progress.counting_facts().filter(|(_, fact)| matches!(fact, Fact::Diagnosed(_))).count()
}

fn shows(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).count() > 0
}

/// Three questions studied so many days ago with an interview ahead: one sure and wrong, two that held, their cards seen.
pub fn studied(dir: &Path, days: i64) -> [QuestionId; 3] {
    let questions = ["kafka/isr", "kafka/replication", "redis/locks"].map(QuestionId::new);
    let (catalog, _) = whetstone::catalog::embedded();
    let (store, _) = Store::open(dir, NOW).unwrap();
    let aim = Aim { interview: Some(NOW.day().plus_days(9)), ..Aim::default() };
    // Code of one question there has a sign that only a font of the system shows.
    let topics = TopicOrder { order: Vec::new(), left_out: vec![TopicId::new("async")] };
    store.append_now(ago(days, 0), vec![Fact::AimSet { aim }, Fact::TopicsOrdered { topics }]).unwrap();
    for (n, id) in (0..).zip(&questions) {
        let question = catalog.question(id).unwrap();
        let answer = question.answer.as_ref().unwrap();
        let wrong = n == 0;
        let musts = u8::try_from(answer.key_points.iter().filter(|point| point.must).count()).unwrap();
        let attempt = Attempt {
            question: id.clone(),
            attempt: AttemptKind::Typed,
            text: "What I wrote then.".to_owned(),
            ticked: answer.key_points.iter().skip(1).map(|point| point.id.clone()).collect(),
            musts,
            musts_ticked: musts - u8::from(wrong),
            plus: 0,
            plus_ticked: 0,
            took_millis: 150_000,
            over_time: false,
            grade: if wrong { Grade::Again } else { Grade::Good },
            follow_up: false,
            read_millis: 0,
            missed: if wrong { vec![answer.key_points[0].card.clone()] } else { Vec::new() },
        };
        let confidence = if wrong { Confidence::Sure } else { Confidence::Likely };
        let rated = Fact::ConfidenceRated { question: id.clone(), confidence };
        store.append_now(ago(days, 60 + n * 600), vec![rated, Fact::Attempted(attempt)]).unwrap();
        for (index, card) in (0..).zip(question.cards().iter().take(if wrong { 0 } else { 3 })) {
            for step in [0, 700] {
                let reviewed =
                    Fact::Reviewed { card: card.id.clone(), grade: Grade::Good, took_millis: 9_000, practice: false };
                store.append_now(ago(days, 100 + n * 600 + index * 20 + step), vec![reviewed]).unwrap();
            }
        }
    }
    questions
}

#[test]
fn the_first_run_opens_on_a_question_and_one_card_leads_to_the_plan() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(shows(&window, "What is Apache Kafka and what problems"), "a real question is there at once");
    window.harness.get_by_label("2 weeks").click();
    window.harness.run();
    window.harness.get_by_label("Redis").click();
    window.harness.run();
    window.press_with(Modifiers::COMMAND, Key::D);
    assert!(shows(&window, "1 of 15, about 20 seconds each"));
    let progress = window.harness.state().progress();
    assert_eq!(progress.aim().interview, Some(NOW.day().plus_days(14)));
    assert_eq!(progress.topics().order.first().map(ToString::to_string).as_deref(), Some("redis"));
    // The first graded answer: how sure, one key point, on.
    window.press(Key::Space);
    assert!(!shows(&window, "Key points"), "confidence comes before the reveal");
    for keys in [[Key::Num3, Key::Num1, Key::Space], [Key::Num1, Key::Num2, Key::Space]] {
        keys.into_iter().for_each(|key| window.press(key));
    }
    assert_eq!(diagnosed(window.harness.state().progress()), 2);
    assert!(shows(&window, "3 of 15, about 20 seconds each"));
    // Undo asks the same prompt again, and stopping keeps what was answered.
    window.press(Key::U);
    assert_eq!(diagnosed(window.harness.state().progress()), 1);
    assert!(shows(&window, "2 of 15, about 20 seconds each"));
    window.press(Key::Escape);
    window.close();
    let mut window = open(dir.path(), SIZE, Theme::Light);
    assert!(!shows(&window, "Three choices"), "the card has done its work");
    window.press_with(Modifiers::COMMAND, Key::D);
    assert!(shows(&window, "2 of 15, about 20 seconds each"), "it goes on where it was");
    while !shows(&window, "days × 30 min: ") {
        for key in [Key::Num2, Key::Num1, Key::Space] {
            window.press(key);
        }
    }
    assert_eq!(diagnosed(window.harness.state().progress()), 15);
    assert!(shows(&window, "% known, 3 asked") || shows(&window, "% known, 2 asked"));
}

#[test]
fn the_card_of_the_first_run_can_be_declined_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = open(dir.path(), SIZE, Theme::Dark);
    assert!(shows(&window, "Three choices"));
    window.press(Key::Escape);
    assert!(!shows(&window, "Three choices"));
    // The question below it takes the keys as ever.
    window.press(Key::Num3);
    window.press(Key::Space);
    assert!(shows(&window, "Say it"));
    window.close();
    assert!(!shows(&open(dir.path(), SIZE, Theme::Dark), "Three choices"));
}

#[test]
fn a_question_is_put_in_or_left_out_with_its_why() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press(Key::Y);
    assert!(shows(&window, "by what it adds for the minutes it takes"));
    window.harness.get_by_label("Leave it out").click();
    window.settle();
    assert!(shows(&window, "Left out: you said so."));
    let pin = |window: &Window| {
        window.harness.state().progress().question(&QuestionId::new("kafka/isr")).and_then(|state| state.pin)
    };
    assert_eq!(pin(&window), Some(Pin::Out));
    window.press(Key::U);
    assert_eq!(pin(&window), None);
    window.harness.get_by_label("Leave out Redis").click();
    window.settle();
    assert!(shows(&window, "Redis: left out"));
    window.harness.get_by_label("Tue off").click();
    window.settle();
    assert!(shows(&window, "New today 0"), "today is a Tuesday, and off");
    window.press(Key::Escape);
    assert!(shows(&window, "How sure are you?"));
}

#[test]
fn more_minutes_at_weekends_are_in_the_plan_at_once() {
    let dir = tempfile::tempdir().unwrap();
    studied(dir.path(), 1);
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::P);
    let set = |window: &mut Window, minutes: &str| {
        window.harness.get_by_role_and_label(egui::Role::SpinButton, "Minutes at weekends").click();
        window.settle();
        window.press_with(Modifiers::COMMAND, Key::A);
        window.type_text(minutes);
        window.press(Key::Enter);
    };
    set(&mut window, "150");
    assert_eq!(window.harness.state().progress().aim().weekend_minutes, Some(150));
    assert!(shows(&window, "9 days × 30 min, 150 at weekends: "));
    window.harness.get_by_label("As on the other days").click();
    window.settle();
    assert!(shows(&window, "9 days × 30 min: "));
    window.press(Key::U);
    assert_eq!(window.harness.state().progress().aim().weekend_minutes, Some(150), "undo brings them back");
}

/// Answers the question before the reader and saves the attempt.
fn attempt(window: &mut Window, kind: Key) {
    window.press(Key::Num3);
    window.press(kind);
    window.wait(170.0);
    if kind == Key::T {
        window.type_text("Everything I know.");
        window.press_with(Modifiers::COMMAND, Key::Enter);
    } else {
        window.press(Key::Space);
    }
    window.press(Key::Num1);
    window.press_with(Modifiers::COMMAND, Key::Enter);
}

#[test]
fn a_day_from_the_warm_up_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let [wrong, ..] = studied(dir.path(), 1);
    let mut window = window_at(dir.path(), "aws/cost", SIZE, Theme::Light);
    window.press(Key::N);
    assert_eq!(*window.harness.state().place_question(), wrong);
    assert!(shows(&window, "Warm-up: you were sure of this"));
    assert!(!shows(&window, "Say it"), "the answer is hidden again");
    attempt(&mut window, Key::T);
    assert!(shows(&window, "Done: read on, or go on"));
    window.press(Key::Space);
    let (mut cards, mut new, mut aloud) = (0, 0, 0);
    for _ in 0..60 {
        if shows(&window, "Done for today.") {
            break;
        }
        if shows(&window, "to go") || shows(&window, "The last card") {
            window.wait(8.0);
            window.press(Key::Space);
            window.press(Key::Num4);
            cards += 1;
        } else if shows(&window, "A new question") {
            attempt(&mut window, Key::T);
            window.press(Key::Space);
            new += 1;
        } else if shows(&window, "against the clock") && shows(&window, "Say this one aloud") {
            attempt(&mut window, Key::V);
            window.press(Key::N);
            aloud += 1;
        } else {
            panic!("the session stands still");
        }
    }
    assert!(shows(&window, "Done for today."), "{cards} cards, {new} new, {aloud} aloud");
    assert!(cards > 3 && new > 0 && aloud == 1, "{cards} cards, {new} new, {aloud} aloud");
    assert!(shows(&window, "Tomorrow"));
    // More is allowed, and stops again.
    window.press(Key::N);
    assert!(!shows(&window, "Done for today.") || shows(&window, "Nothing"), "ten minutes more");
    window.close();
    let counts = on_disk(dir.path()).progress.counts_of_all();
    assert_eq!(counts.reviews, 12 + cards);
    assert_eq!(counts.attempts, 3 + 1 + new + aloud);
}

#[test]
fn a_session_goes_on_after_a_crash_and_undo_leads_back_through_it() {
    let dir = tempfile::tempdir().unwrap();
    let [wrong, ..] = studied(dir.path(), 1);
    let mut window = window_at(dir.path(), "aws/cost", SIZE, Theme::Light);
    window.press(Key::N);
    attempt(&mut window, Key::V);
    window.press(Key::Space);
    assert!(shows(&window, "An attempt missed what this card trains"), "what was missed yesterday comes back");
    window.press(Key::Space);
    window.press(Key::Num3);
    let reviews = window.harness.state().progress().counts_of_all().reviews;
    assert_eq!(reviews, 13);
    // Undo brings the card back, then the warm-up itself.
    window.press(Key::U);
    assert!(shows(&window, "An attempt missed what this card trains"));
    window.press(Key::U);
    assert_eq!(*window.harness.state().place_question(), wrong);
    assert!(shows(&window, "Warm-up: you were sure of this"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 13);
    // The window is gone without a word.
    drop(window);
    let mut window = open(dir.path(), SIZE, Theme::Light);
    window.press(Key::N);
    assert!(!shows(&window, "Warm-up"), "what is done stays done");
    assert!(shows(&window, "to go") || shows(&window, "A new question"));
}

#[test]
fn a_week_away_is_planned_anew_without_blame() {
    let dir = tempfile::tempdir().unwrap();
    studied(dir.path(), 8);
    let mut window = window_at(dir.path(), "aws/cost", SIZE, Theme::Light);
    assert!(shows(&window, "Today's session"));
    window.press(Key::N);
    assert!(shows(&window, "Warm-up: you were sure of this"), "the last day of study counts as yesterday");
    assert!(shows(&window, "0 of 30 min"));
    for word in ["overdue", "days late", "fell behind"] {
        assert!(!shows(&window, word), "{word}");
    }
    window.press(Key::Escape);
    window.press(Key::Y);
    assert!(shows(&window, "9 days × 30 min: "));
}

#[test]
fn past_attempts_stand_side_by_side_and_written_ones_give_hints() {
    let dir = tempfile::tempdir().unwrap();
    let [question, ..] = studied(dir.path(), 2);
    let mut window = window_at(dir.path(), question.as_str(), SIZE, Theme::Light);
    window.press(Key::H);
    window.press(Key::Num2);
    window.press(Key::T);
    window.type_text(
        "A record is committed once every ISR member has it: the high-water mark, the consumers and acks=all follow.",
    );
    window.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(window.harness.query_all_by_label("seems covered").count(), 1, "a hint, and no tick");
    window.press(Key::Num2);
    assert_eq!(window.harness.query_all_by_label("seems covered").count(), 0);
    window.harness.get_by_label("Open its answer").click();
    window.settle();
    window.press(Key::Space);
    let state = window.harness.state().progress().question(&question).cloned().unwrap();
    assert_eq!((state.attempts.len(), state.attempts[1].ticked.len()), (2, 1));
    assert!(!state.attempts[1].missed.is_empty());
    window.press(Key::O);
    assert!(shows(&window, "2 attempts, the newest first"));
    assert!(shows(&window, "What I wrote then.") && shows(&window, "A record is committed once every ISR member"));
    assert!(shows(&window, "22 Nov") && shows(&window, "24 Nov"));
}

#[test]
fn what_is_put_off_comes_back_and_a_mock_has_its_day() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), "kafka/isr", SIZE, Theme::Light);
    window.press(Key::N);
    let first = window.harness.state().place_question().clone();
    window.press(Key::N);
    let second = window.harness.state().place_question().clone();
    assert_ne!(first, second, "N puts off what is not done");
    window.press(Key::J);
    window.press(Key::N);
    assert_eq!(*window.harness.state().place_question(), second, "and comes back from elsewhere");
    window.press(Key::N);
    window.press(Key::N);
    assert_eq!(*window.harness.state().place_question(), first, "what was put off has its turn at the end");
    // A review begun by hand while the session is on is the reader's own.
    window.press(Key::R);
    window.press(Key::Space);
    window.press(Key::Num3);
    assert!(shows(&window, "1 done, "));
    window.press(Key::U);
    assert!(shows(&window, "0 done, "));
    window.press(Key::Escape);
    assert!(shows(&window, "Today's session"));
    window.close();
    let (store, _) = Store::open(dir.path(), NOW).unwrap();
    let aim = Aim { interview: Some(NOW.day().plus_days(6)), ..Aim::default() };
    store.append_now(NOW, vec![Fact::AimSet { aim }]).unwrap();
    drop(store);
    let mut window = open(dir.path(), SIZE, Theme::Light);
    window.press(Key::N);
    assert!(shows(&window, "Today is for a mock interview."));
    window.press(Key::N);
    assert!(shows(&window, "A new question"), "and more is allowed all the same");
}

/// Writes pictures of the coach's screens where the variable says, in the theme and at the size it says.
#[test]
fn pictures_of_the_coach() {
    let Some(folder) = std::env::var_os("WHETSTONE_COACH_PICTURES") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let save = |window: &mut Window, name: &str| {
        window.harness.render().unwrap().save(folder.join(format!("{name}.png"))).unwrap();
    };
    let theme = if std::env::var_os("DARK").is_some() { Theme::Dark } else { Theme::Light };
    let size = if std::env::var_os("NARROW").is_some() { (760.0, 640.0) } else { SIZE };
    let dir = tempfile::tempdir().unwrap();
    let mut window = open(dir.path(), size, theme);
    for _ in 0..std::env::var("LARGER").map_or(0, |n| n.parse().unwrap()) {
        window.press_with(Modifiers::COMMAND, Key::Plus);
    }
    save(&mut window, "welcome");
    window.harness.get_by_label("2 weeks").click();
    window.harness.run();
    window.press_with(Modifiers::COMMAND, Key::D);
    save(&mut window, "prompt");
    for n in 0..15 {
        window.press(Key::Num3);
        window.press([Key::Num1, Key::Num2, Key::Num4][n % 3]);
        window.press(Key::Num3);
        if n == 3 {
            save(&mut window, "ticking");
        }
        window.press(Key::Space);
    }
    save(&mut window, "plan");
    window.press(Key::N);
    save(&mut window, "new");
    attempt(&mut window, Key::V);
    window.press(Key::Space);
    save(&mut window, "card");
    let dir = tempfile::tempdir().unwrap();
    let [question, ..] = studied(dir.path(), 1);
    let mut window = window_at(dir.path(), question.as_str(), size, theme);
    window.press(Key::H);
    attempt(&mut window, Key::T);
    window.press(Key::O);
    save(&mut window, "attempts");
    window.press(Key::Y);
    save(&mut window, "why");
    window.press(Key::Escape);
    window.press(Key::N);
    for _ in 0..80 {
        if shows(&window, "Done for today.") {
            break;
        }
        if shows(&window, "to go") || shows(&window, "The last card") {
            window.press(Key::Space);
            window.press(Key::Num4);
        } else {
            attempt(&mut window, Key::V);
            window.press(Key::N);
        }
    }
    save(&mut window, "done");
}
