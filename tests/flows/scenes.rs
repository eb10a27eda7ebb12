//! What a reader does with a scene: plays it, draws it from memory, keeps a diagram of their own, is asked by cards.

use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable as _;
use whetstone::scene::sketch::Sketch;

use super::SIZE;
use crate::common::{Window, example, example_in_motion, on_disk};

fn at_connect(dir: &std::path::Path) -> Window {
    example(dir, SIZE, Theme::Light)
}

fn diagram(dir: &std::path::Path) -> Option<Sketch> {
    let id = whetstone::ids::QuestionId::new("kafka/connect");
    on_disk(dir).progress.question(&id).and_then(|state| state.diagram.clone())
}

#[test]
fn a_scene_is_drawn_from_memory_and_compared() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::D);
    for name in ["Place Orders DB", "Place Source task", "Place Search index"] {
        window.harness.get_by_label(name).click();
        window.settle();
    }
    assert!(window.harness.query_by_label("Place Orders DB").is_none(), "what is placed has left the tray");
    for name in ["Orders DB", "Source task", "Search index", "Source task"] {
        window.harness.get_by_label_contains(&format!("{name}, column")).click();
        window.settle();
    }
    window.harness.get_by_label("Compare").click();
    window.settle();
    assert!(window.harness.query_by_label_contains("1 of 9 connections.").is_some());
    assert!(window.harness.query_by_label_contains("Not in the scene: Search index → Source task.").is_some());
    window.press(Key::Escape);
    assert!(window.harness.query_by_label("Compare").is_none());
    window.close();
    let id = whetstone::ids::QuestionId::new("kafka/connect");
    assert_eq!(on_disk(dir.path()).progress.question(&id).unwrap().drawings, [(9, 1, 1)]);
}

#[test]
fn the_canvas_works_by_keyboard() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::D);
    window.harness.get_by_label("Place orders").focus();
    window.harness.run();
    window.press(Key::Enter);
    let placed = window.harness.get_by_label("orders, column 2, row 3");
    placed.focus();
    window.harness.run();
    window.press(Key::ArrowRight);
    window.press(Key::ArrowDown);
    assert!(window.harness.query_by_label("orders, column 3, row 4").is_some(), "the arrows move the node");
    assert!(window.harness.query_by_label_contains("step 1 of 7").is_none(), "and not the scene");
    window.press(Key::Delete);
    assert!(window.harness.query_by_label("Place orders").is_some(), "back on the tray");
}

#[test]
fn my_diagram_is_kept_and_undo_takes_a_change_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::G);
    window.harness.get_by_label("Copy the scene").click();
    window.settle();
    let copied = window.harness.query_all_by_role(Role::Button).count();
    window.harness.get_by_label("Add a node").click();
    window.settle();
    window.harness.get_by_label("Label").focus();
    window.harness.run();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.type_text("Audit");
    window.press(Key::Enter);
    assert!(window.harness.query_by_label_contains("Audit, column").is_some());
    assert!(window.harness.query_all_by_role(Role::Button).count() > copied);
    window.press(Key::Escape);
    window.press(Key::U);
    window.press(Key::U);
    window.close();
    let sketch = diagram(dir.path()).unwrap();
    assert_eq!(sketch.nodes.len(), 9, "the copy is left, the added node and its name are undone");
    let mut window = at_connect(dir.path());
    window.press(Key::G);
    assert!(window.harness.query_by_label_contains("Orders DB, column 1, row 1, joined to Source task").is_some());
}

#[test]
fn a_scene_plays_to_its_end_and_rests() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::P);
    assert!(window.harness.query_by_label("step 1 of 7").is_some());
    for _ in 0..400 {
        window.harness.step();
    }
    assert!(window.harness.query_by_label("step 7 of 7").is_some(), "every step was played");
    window.harness.run();
    let root = &window.harness.output().viewport_output[&egui::ViewportId::ROOT];
    assert_eq!(root.repaint_delay, std::time::Duration::MAX);
}

#[test]
fn a_prediction_is_asked_before_the_step_that_answers_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.harness.get_by_label("Deep cards of Kafka").click();
    window.settle();
    window.press(Key::Escape);
    window.press(Key::R);
    for _ in 0..20 {
        if window.harness.query_all_by_label_contains("What happens next is what the card asks").count() > 0 {
            assert!(window.harness.query_by_label("step 6 of 7").is_some());
            window.press(Key::Space);
            assert!(window.harness.query_by_label("step 7 of 7").is_some(), "the reveal plays the step");
            return;
        }
        window.press(Key::Space);
        window.press(Key::Num4);
    }
    panic!("no card asked for a prediction");
}

#[test]
fn a_later_step_does_not_give_away_what_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    let at_the_first = |window: &Window| window.harness.query_by_label("step 1 of 7").is_some();
    window.press(Key::Num3);
    window.press(Key::ArrowRight);
    window.press(Key::R);
    assert!(at_the_first(&window), "a card's front is asked");
    window.press(Key::ArrowRight);
    window.press(Key::Space);
    assert!(!at_the_first(&window), "with the back, the reader may look where they like");
    window.press(Key::Escape);
    window.press(Key::H);
    assert!(at_the_first(&window), "the answer is hidden");
}

/// How opaque each drawn `word` is, 0 to 255.
fn drawn(window: &Window, word: &str) -> Vec<u8> {
    let shapes = window.harness.output().shapes.iter();
    let text = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) if text.galley.text() == word => {
            text.galley.rows.first()?.visuals.mesh.vertices.first().map(|vertex| vertex.color.a())
        }
        _ => None,
    });
    text.collect()
}

#[test]
fn a_change_goes_over_and_then_nothing_moves() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = example_in_motion(dir.path(), SIZE, Theme::Light);
    for _ in 0..4 {
        window.press(Key::ArrowRight);
    }
    let asks_for_frames = |window: &Window| {
        let root = &window.harness.output().viewport_output[&egui::ViewportId::ROOT];
        root.repaint_delay != std::time::Duration::MAX
    };
    assert!(!asks_for_frames(&window), "a scene at rest paints nothing");
    assert!(drawn(&window, "down").is_empty());
    window.harness.key_press(Key::ArrowRight);
    window.harness.run_steps(4);
    let halfway = drawn(&window, "down");
    assert!(halfway.len() == 2 && halfway.iter().all(|alpha| (1..255).contains(alpha)), "{halfway:?}");
    window.harness.run_steps(12);
    assert_eq!(drawn(&window, "down"), [255, 255], "there within a fifth of a second");
    window.harness.run_steps(2);
    assert!(!asks_for_frames(&window));
}

#[test]
fn the_scene_goes_to_the_clipboard_as_svg() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::ArrowRight);
    // Straight into the frame's input: a key pressed by the harness takes several frames, of which only the last one's
    // output can be read, and the picture may be there in any of them.
    let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
    window.harness.input_mut().events.push(egui::Event::Key {
        key: Key::G,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    });
    window.harness.step();
    let mut commands = window.harness.output().platform_output.commands.clone();
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().settle(&ctx).unwrap();
    window.harness.step();
    commands.extend(window.harness.output().platform_output.commands.clone());
    let copied = commands.into_iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text),
        _ => None,
    });
    let files =
        whetstone::catalog::files_in(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/looks/content"));
    let (catalog, _) = whetstone::catalog::build(&files.unwrap());
    let file = &catalog.scenes[&whetstone::ids::SceneId::new("kafka/connect")];
    let placed = whetstone::scene::Placed::of(&file.scene, &whetstone::scene::width_of);
    let palette = whetstone::theme::Palette::light();
    assert!(
        copied == Some(whetstone::exchange::svg::svg(&file.scene, &placed, 1, file.hue, &palette)),
        "the file that is saved, as text"
    );
    window.settle();
    assert!(window.harness.query_by_label_contains("on the clipboard as SVG").is_some());
}

#[test]
fn my_diagram_is_annotated_and_its_connections_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = at_connect(dir.path());
    window.press(Key::G);
    for _ in 0..2 {
        window.harness.get_by_label("Add a node").click();
        window.settle();
    }
    // By keyboard: the node that was added last is chosen, Enter on the other joins them, Enter on it chooses it again.
    for node in ["Service, column 2, row 3", "Service, column 2, row 2"] {
        window.harness.get_by_label_contains(node).focus();
        window.harness.run();
        window.press(Key::Enter);
    }
    let rename = |window: &mut Window, field: &str, text: &str| {
        window.harness.get_by_label(field).focus();
        window.harness.run();
        window.press_with(Modifiers::COMMAND, Key::A);
        window.type_text(text);
        window.press(Key::Enter);
    };
    rename(&mut window, "→ Service", "asks");
    window.harness.get_by_label("Annotate").click();
    window.settle();
    rename(&mut window, "Label", "at most once");
    window.close();
    let sketch = diagram(dir.path()).unwrap();
    assert_eq!(sketch.edges.iter().map(|edge| edge.label.as_str()).collect::<Vec<_>>(), ["asks"]);
    let remark = sketch.nodes.iter().find(|node| node.label == "at most once").unwrap();
    assert_eq!((sketch.nodes.len(), remark.kind), (3, whetstone::scene::NodeKind::Note));
}
