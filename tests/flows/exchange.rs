//! What comes from other programs and goes to them: the preview, the import, its undo, the review of a deck, the export.

use std::path::Path;

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;

use super::SIZE;
use crate::common::{Window, answered, on_disk, window_at};

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Types a path into the sheet's field, which has the focus, in place of what stands there.
fn path(window: &mut Window, path: &Path) {
    window.press_with(Modifiers::COMMAND, Key::A);
    window.type_text(path.to_str().unwrap());
    window.press(Key::Enter);
}

#[test]
fn an_import_is_seen_then_done_then_undone() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("words.csv");
    std::fs::write(
        &table,
        "front,back,deck\nFirst front,First back,My deck\nalone,,\nSecond front,Second back,My deck\n",
    )
    .unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::I);
    path(&mut window, &table);
    assert!(window.harness.query_by_label_contains("Table: 2 new, 1 left out").is_some());
    assert!(window.harness.query_by_label_contains("Left out, line 3: has only one side").is_some());
    assert_eq!(window.harness.state().progress().entries().count(), 0, "nothing is written before it was seen");
    window.harness.get_by_label("Import Second front").click();
    window.settle();
    window.harness.get_by_role_and_label(Role::Button, "Import 1").click();
    window.settle();
    assert_eq!(window.harness.state().progress().imported_cards().count(), 1);
    window.press(Key::U);
    assert_eq!(window.harness.state().progress().imported_cards().count(), 0);
    window.press_with(CTRL_SHIFT, Key::Z);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.imported_cards().count(), 1);
}

/// More cards than a frame has time for come in, go and come back as a few do.
#[test]
fn a_large_import_is_done_and_undone_as_a_small_one() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("words.csv");
    let rows: Vec<String> = (0..600).map(|row| format!("Front {row},Back {row},My deck\n")).collect();
    std::fs::write(&table, format!("front,back,deck\n{}", rows.concat())).unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::I);
    path(&mut window, &table);
    window.harness.get_by_role_and_label(Role::Button, "Import 600").click();
    window.settle();
    assert_eq!(window.harness.state().progress().imported_cards().count(), 600);
    assert!(window.harness.query_by_label_contains("600 cards imported").is_some());
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("My deck");
    window.press(Key::Enter);
    window.press(Key::R);
    assert!(window.harness.query_by_label_contains("Front ").is_some(), "the deck stands in the tree and is reviewed");
    window.press(Key::Escape);
    window.press(Key::U);
    assert_eq!(window.harness.state().progress().imported_cards().count(), 0);
    assert_eq!(window.harness.state().progress().decks().count(), 0);
    window.press_with(CTRL_SHIFT, Key::Z);
    assert_eq!(window.harness.state().progress().imported_cards().count(), 600);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.imported_cards().count(), 600);
}

#[test]
fn an_imported_deck_is_reviewed_and_goes_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let (table, package) = (dir.path().join("words.csv"), dir.path().join("out/deck.apkg"));
    std::fs::write(&table, "front,back,deck\nFirst front,First back,My deck\n").unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Dark);
    window.press_with(CTRL_SHIFT, Key::I);
    path(&mut window, &table);
    window.harness.get_by_role_and_label(Role::Button, "Import 1").click();
    window.settle();
    let deck = window.harness.state().progress().decks().next().unwrap().0.clone();
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("My deck");
    window.press(Key::Enter);
    assert_eq!(*window.harness.state().place_question(), deck);
    window.press(Key::R);
    assert!(window.harness.query_by_label("First front").is_some());
    window.press(Key::Space);
    assert!(window.harness.query_by_label("First back").is_some());
    window.press(Key::Num3);
    assert_eq!(window.harness.state().progress().counts_of_all().reviews, 1);
    window.press(Key::Escape);

    window.press_with(CTRL_SHIFT, Key::E);
    window.harness.get_by_label("Anki package").click();
    window.settle();
    window.harness.get_by_label("This question").click();
    window.settle();
    window.harness.get_by_label("File").focus();
    window.settle();
    path(&mut window, &package);
    assert!(window.harness.query_by_label_contains("Exported 1 card, 1 reviews").is_some());
    assert!(package.exists());
    // What went out is known when it comes back.
    window.press_with(CTRL_SHIFT, Key::I);
    path(&mut window, &package);
    assert!(window.harness.query_by_label_contains("nothing new, 1 here already").is_some());
    window.press(Key::Escape);
}

#[test]
fn what_cannot_be_imported_is_said_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let broken = dir.path().join("broken.apkg");
    std::fs::write(&broken, "no zip at all").unwrap();
    let mut window = window_at(dir.path(), answered().as_str(), SIZE, Theme::Light);
    window.press_with(CTRL_SHIFT, Key::I);
    path(&mut window, &broken);
    assert!(window.harness.query_by_label_contains("no readable zip archive").is_some());
    window.press(Key::Escape);
    window.close();
    assert_eq!(on_disk(dir.path()).progress.entries().count(), 0);
}
