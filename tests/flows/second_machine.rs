//! Two machines, each a real window on data of its own: a bundle from one to the other, and a folder that both share.

use std::path::{Path, PathBuf};

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::store::{MergeSource, Store};
use whetstone::study::{Linking, Progress, Request, decide};
use whetstone::time::Moment;

use super::SIZE;
use crate::common::{NOW, Window, answered, on_disk, open, window_at};

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn shows(window: &Window, text: &str) -> bool {
    window.harness.query_all_by_label_contains(text).count() > 0
}

/// Types a path into the sheet's field, which has the focus, in place of what stands there.
fn path(window: &mut Window, path: &Path) {
    window.press_with(Modifiers::COMMAND, Key::A);
    window.type_text(path.to_str().unwrap());
    window.press(Key::Enter);
}

fn later(minutes: i64) -> Moment {
    Moment { at: NOW.at.plus_secs(minutes * 60), ..NOW }
}

/// What a machine does without its window.
fn does(dir: &Path, minutes: i64, requests: Vec<Request>) {
    let (store, mut opened) = Store::open(dir, later(minutes)).unwrap();
    for request in requests {
        let facts = decide(request, &opened.progress, opened.machine).unwrap();
        opened.progress.apply(store.append_now(later(minutes), facts).unwrap());
    }
}

fn writes(text: &str) -> Request {
    Request::WriteNote { question: answered(), text: text.to_owned() }
}

fn note(progress: &Progress) -> whetstone::study::Standing {
    progress.standing(&Linking::Question(answered())).clone()
}

/// Two machines that have had the same note, and have written in it since.
fn apart(dir: &Path, here: &str, there: &str) -> [PathBuf; 2] {
    let machines = ["here", "there"].map(|name| dir.join(name));
    does(&machines[0], 0, vec![writes("Claim: a log.\n\nFailure: none yet.\n")]);
    let (store, opened) = Store::open(&machines[0], later(1)).unwrap();
    let entries: Vec<_> = opened.progress.entries().cloned().collect();
    drop(store);
    let (store, _) = Store::open(&machines[1], later(1)).unwrap();
    store.merge_now(later(1), entries, Vec::new(), MergeSource::Bundle).unwrap();
    drop(store);
    does(&machines[0], 10, vec![writes(here)]);
    does(&machines[1], 20, vec![writes(there)]);
    machines
}

#[test]
fn a_bundle_goes_to_the_other_machine_and_is_seen_before_it_is_merged() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] =
        apart(dir.path(), "Claim: a log, mine.\n\nFailure: none yet.\n", "Claim: a log.\n\nFailure: a full disk.\n");
    let bundle = dir.path().join("stick/there.whetstone");
    let mut window = window_at(&there, answered().as_str(), SIZE, Theme::Light);
    window.press(Key::R);
    window.press(Key::Space);
    window.press(Key::Num3);
    window.press(Key::Escape);
    window.press_with(CTRL_SHIFT, Key::B);
    path(&mut window, &bundle);
    assert!(shows(&window, "entries and 0 pictures are in"));
    window.close();

    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::U);
    path(&mut window, &bundle);
    assert!(shows(&window, "1 review will be added; 1 note changed on both: merged"));
    assert!(shows(&window, "Of all entries 1 are on both, 1 only here, 2 only there."));
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 0, "nothing is written before it was seen");
    window.harness.get_by_role_and_label(Role::Button, "Merge").click();
    window.settle();
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 1);
    assert!(shows(&window, "Merged: 1 review, 1 note"));
    let both = "Claim: a log, mine.\n\nFailure: a full disk.\n";
    assert_eq!(note(window.harness.state().progress()).text, both);
    assert!(window.harness.query_all_by_value(both).count() >= 1, "the editor shows what was merged");
    // The search knows it too.
    window.press_with(Modifiers::COMMAND, Key::F);
    window.type_text("full disk in:notes");
    assert!(window.harness.query_all_by_label_contains("full disk").count() >= 1);
    window.press(Key::Escape);
    // A second time it is known.
    window.press_with(CTRL_SHIFT, Key::U);
    path(&mut window, &bundle);
    assert!(shows(&window, "Nothing new."));
    assert!(window.harness.query_by_role_and_label(Role::Button, "Merge").is_none());
    window.press(Key::Escape);
    window.close();
    let opened = on_disk(&here);
    assert_eq!(note(&opened.progress).text, both, "and the editor wrote nothing over it");
    assert_eq!(opened.drafts, [], "nothing that was typed before waits to come back");
    let kept = std::fs::read_dir(here.join("backups")).unwrap().filter_map(Result::ok);
    assert!(kept.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("before-merge-")));
}

#[test]
fn what_cannot_be_merged_is_said_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let broken = dir.path().join("broken.whetstone");
    std::fs::write(&broken, "no zip at all").unwrap();
    let mut window = window_at(&dir.path().join("here"), answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::U);
    path(&mut window, &broken);
    assert!(shows(&window, "It is damaged, or not all of it has arrived"));
    assert!(shows(&window, "Nothing was merged."));
    window.press(Key::Escape);
    window.press_with(CTRL_SHIFT, Key::B);
    // A folder cannot be made below a file.
    path(&mut window, &broken.join("x.whetstone"));
    assert!(shows(&window, "Nothing was left half-written."));
    window.press(Key::Escape);
    window.close();
    assert_eq!(on_disk(&dir.path().join("here")).progress.entries().count(), 0);
}

#[test]
fn two_versions_stand_side_by_side_until_the_reader_chooses() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] = apart(dir.path(), "Claim: mine.\n", "Claim: theirs.\n");
    let entries: Vec<_> = on_disk(&there).progress.entries().cloned().collect();
    let (store, _) = Store::open(&here, later(30)).unwrap();
    store.merge_now(later(30), entries, Vec::new(), MergeSource::Bundle).unwrap();
    drop(store);
    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    assert!(shows(&window, "Two versions of this note: the one below, and another of 2026-11-24 10:10"));
    assert!(window.harness.query_all_by_value("Claim: theirs.\n").count() >= 1);
    // Writing on in the one that is shown settles nothing.
    window.press(Key::A);
    window.press_with(Modifiers::COMMAND, Key::End);
    window.type_text("And more.");
    window.press(Key::Escape);
    window.wait(5.0);
    window.settle();
    assert!(shows(&window, "Two versions of this note"));
    assert_eq!(note(window.harness.state().progress()).others[0].text, "Claim: mine.\n");
    window.harness.get_by_label("Show the difference").click();
    window.settle();
    assert!(shows(&window, "words in,"));
    window.harness.get_by_label("Keep both").click();
    window.settle();
    assert!(!shows(&window, "Two versions of this note"));
    let both = "Claim: theirs.\nAnd more.\n\nClaim: mine.\n";
    assert!(window.harness.query_all_by_value(both).count() >= 1);
    // It can be taken back, and then both stand there again.
    window.press(Key::U);
    assert!(shows(&window, "Two versions of this note"));
    window.press_with(CTRL_SHIFT, Key::Z);
    window.close();
    let standing = note(&on_disk(&here).progress);
    assert_eq!((standing.text.as_str(), standing.others.len()), (both, 0));
    // Opened again, nothing comes back.
    let mut window = open(&here, SIZE, Theme::Light);
    window.wait(5.0);
    window.settle();
    window.close();
    assert_eq!(note(&on_disk(&here).progress).text, both);
}

/// Names a folder in the settings as one does by hand.
fn share(window: &mut Window, shared: &Path) {
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.harness.get_by_label("Shared folder").focus();
    window.harness.run();
    path(window, shared);
    window.press(Key::Escape);
}

fn files(shared: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(shared).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn two_machines_share_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] =
        apart(dir.path(), "Claim: a log, mine.\n\nFailure: none yet.\n", "Claim: a log.\n\nFailure: a full disk.\n");
    let shared = dir.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    share(&mut window, &shared);
    assert_eq!(files(&shared).len(), 1, "the first machine's file");
    window.close();

    let mut window = window_at(&there, answered().as_str(), SIZE, Theme::Light);
    share(&mut window, &shared);
    let both = "Claim: a log, mine.\n\nFailure: a full disk.\n";
    assert_eq!(note(window.harness.state().progress()).text, both);
    assert_eq!(files(&shared).len(), 2);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    assert!(shows(&window, "Last written 10:00; merged from"));
    assert!(shows(&window, "10:00 (1 note)"));
    window.press(Key::Escape);
    // Graded here, and on leaving it lies in the folder.
    window.press(Key::R);
    window.press(Key::Space);
    window.press(Key::Num3);
    window.close();

    // The first machine has it as soon as it starts.
    let mut window = open(&here, SIZE, Theme::Light);
    window.settle();
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 1);
    assert_eq!(note(window.harness.state().progress()).text, both);
    window.close();
    let [one, other] = [&here, &there].map(|dir| on_disk(dir).progress);
    assert!(one == other, "both know all, and neither wrote anything to say so");
    let bytes = files(&shared).iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    assert!(bytes[0] == bytes[1], "and their files are the same");
}

#[test]
fn half_a_file_a_conflict_copy_and_a_folder_that_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] =
        apart(dir.path(), "Claim: a log.\n\nFailure: none yet.\n", "Claim: a log.\n\nFailure: a disk.\n");
    let (shared, away) = (dir.path().join("shared"), dir.path().join("away"));
    std::fs::create_dir_all(&shared).unwrap();
    let whole = dir.path().join("whole.whetstone");
    let mut window = window_at(&there, answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::B);
    path(&mut window, &whole);
    window.close();
    let bytes = std::fs::read(&whole).unwrap();
    let name = shared.join("laptop-0badcafe.sync-conflict-20261124-101112-ABCDEFG.whetstone");
    std::fs::write(&name, &bytes[..bytes.len() / 2]).unwrap();

    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Dark);
    share(&mut window, &shared);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    assert!(shows(&window, "is not whole yet; the rest is waited for"));
    assert_eq!(files(&shared).len(), 2, "its own file is written all the same");
    std::fs::write(&name, &bytes).unwrap();
    window.settle();
    assert!(!shows(&window, "is not whole yet"));
    assert!(shows(&window, "merged from laptop 10:00 (1 note)"));
    assert!(note(window.harness.state().progress()).text.contains("a disk"));
    std::fs::rename(&shared, &away).unwrap();
    window.settle();
    assert!(shows(&window, "is not there; it is looked for again"));
    assert!(!shared.exists(), "nothing is made in its place");
    std::fs::rename(&away, &shared).unwrap();
    window.settle();
    assert!(!shows(&window, "is not there"));
    // As a screen reader presses it: it may be scrolled out of sight.
    window.harness.get_by_role_and_label(Role::Button, "Stop").click_accesskit();
    window.settle();
    assert!(!shows(&window, "Last written"));
    window.close();
}

#[test]
fn what_is_being_typed_while_a_merge_comes_is_kept_and_merged() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] =
        apart(dir.path(), "Claim: a log.\n\nFailure: none yet.\n", "Claim: a disk.\n\nFailure: none yet.\n");
    let shared = dir.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    share(&mut window, &shared);
    window.press(Key::A);
    window.type_text("Typed.");
    let mut other = window_at(&there, answered().as_str(), SIZE, Theme::Light);
    share(&mut other, &shared);
    other.close();
    window.settle();
    let both = "Claim: a disk.\n\nFailure: none yet.\nTyped.";
    assert_eq!(note(window.harness.state().progress()).text, both);
    assert!(window.harness.query_all_by_value(both).count() >= 1);
    window.close();
    assert_eq!(note(&on_disk(&here).progress).text, both);
}

#[test]
fn the_end_writes_this_machines_file_whatever_has_just_come() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] = apart(dir.path(), "Claim: a log.\n\nMine.\n", "Claim: a log.\n\nFailure: a disk.\n");
    let (shared, whole) = (dir.path().join("shared"), dir.path().join("whole.whetstone"));
    std::fs::create_dir(&shared).unwrap();
    let mut window = window_at(&there, answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::B);
    path(&mut window, &whole);
    window.close();
    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    share(&mut window, &shared);
    window.press(Key::Escape);
    window.press(Key::R);
    window.press(Key::Space);
    // On this machine's disk, and not yet in the shared folder, which waits for a pause.
    window.harness.key_press(Key::Num3);
    while window.harness.state().progress().counts_of_all().reviews == 0 {
        window.harness.step();
        std::thread::yield_now();
    }
    // Another machine's file arrives in the moment in which this window is closed.
    std::fs::copy(&whole, shared.join("laptop-0badcafe.whetstone")).unwrap();
    eframe::App::on_exit(window.harness.state_mut(), None);
    window.close();
    let own = files(&shared).into_iter().find(|file| !file.ends_with("laptop-0badcafe.whetstone")).unwrap();
    let file = std::io::BufReader::new(std::fs::File::open(own).unwrap());
    let watch = whetstone::exchange::job::Watch::default();
    let bundle = whetstone::exchange::bundle::read(file, |_| true, &watch).unwrap();
    assert_eq!(Progress::from_entries(bundle.entries).counts_of_all().reviews, 1);
}

#[test]
fn a_deck_that_another_machine_imported_comes_as_one_entry_and_is_folded_beside_the_window() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| dir.path().join(name));
    let cards = (0..600u32).map(|number| whetstone::exchange::import::Foreign {
        origin: format!("card {number}"),
        deck: "Their deck".to_owned(),
        front: format!("Front {number}"),
        back: "Back".to_owned(),
        ..Default::default()
    });
    let parsed = whetstone::exchange::import::Parsed { cards: cards.collect(), ..Default::default() };
    let (store, opened) = Store::open(&there, NOW).unwrap();
    let (catalog, _) = whetstone::catalog::embedded();
    let known = whetstone::exchange::import::Known::of(&catalog, &opened.progress);
    let preview = whetstone::exchange::import::Preview::of(parsed, &known);
    let facts = decide(preview.request(), &opened.progress, opened.machine).unwrap();
    store.append_now(NOW, facts).unwrap();
    drop(store);
    let bundle = dir.path().join("there.whetstone");
    let snapshot = whetstone::store::Snapshot::open(&there).unwrap();
    whetstone::exchange::bundle::file(&bundle, &snapshot, &whetstone::exchange::job::Watch::default()).unwrap();
    let mut window = window_at(&here, answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::U);
    path(&mut window, &bundle);
    window.harness.get_by_role_and_label(Role::Button, "Merge").click();
    window.settle();
    assert_eq!(window.harness.state().progress().imported_cards().count(), 600);
    assert!(shows(&window, "Merged: 600 cards"));
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("Their deck");
    assert!(window.harness.query_all_by_role(Role::ListBoxOption).count() > 0, "the deck can be gone to");
    window.close();
    assert_eq!(on_disk(&here).progress.imported_cards().count(), 600);
}
