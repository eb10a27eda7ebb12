//! The text and the scene beside it: pointing at the one lights the other, a step scrolls the text to its sentence.

use egui::{Event, Key, Pos2, Rect, Shape, Theme};
use whetstone::theme::{Hue, Palette, Role};

use super::SIZE;
use crate::common::{Window, example};

fn revealed(dir: &std::path::Path, size: (f32, f32)) -> Window {
    let mut window = example(dir, size, Theme::Light);
    for key in [Key::Num3, Key::V, Key::Space] {
        window.press(key);
    }
    window
}

/// The rectangles that are filled in a colour, as far as they can be seen.
fn filled(window: &Window, role: Role) -> Vec<Rect> {
    let [r, g, b] = Palette::light().rgb(role).0;
    let shapes = window.harness.output().shapes.iter();
    let rects = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Rect(rect) if rect.fill.to_array() == [r, g, b, 255] => Some(rect.rect.intersect(clipped.clip_rect)),
        _ => None,
    });
    rects.filter(Rect::is_positive).collect()
}

/// Where the last drawn `word` in a text that contains `within` stands.
fn place_of(window: &Window, within: &str, word: &str) -> Pos2 {
    let shapes = window.harness.output().shapes.iter();
    let mut places = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Text(text) if text.galley.text().contains(within) => {
            let at = text.galley.text().find(word)?;
            let index = text.galley.text().get(..at)?.chars().count() + 1;
            let cursor = egui::text::CCursor::new(index);
            Some(text.pos + text.galley.pos_from_cursor(cursor).center().to_vec2())
        }
        _ => None,
    });
    places.next_back().unwrap()
}

fn point_at(window: &mut Window, place: Pos2) {
    window.harness.event(Event::PointerMoved(place));
    window.settle();
}

#[test]
fn a_name_in_the_text_lights_its_node_and_a_node_marks_its_names() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = revealed(dir.path(), (1440.0, 4000.0));
    let lit =
        |window: &Window| filled(window, Role::TopicWeak(Hue::Kafka)).into_iter().filter(|r| r.height() > 30.0).count();
    let marked = |window: &Window| {
        filled(window, Role::AccentWeak).into_iter().filter(|r| r.left() > 300.0 && r.right() < 1000.0).count()
    };
    assert_eq!(lit(&window), 0);
    let name = place_of(&window, "the producers of source tasks run", "source tasks run");
    point_at(&mut window, name);
    assert_eq!(lit(&window), 1, "the source task is lit");
    let before = marked(&window);
    let node = place_of(&window, "Source task", "Source task");
    point_at(&mut window, node);
    assert_eq!(lit(&window), 0, "the pointer has left the text");
    assert!(marked(&window) > before, "the sentences that name it are marked");
    point_at(&mut window, Pos2::new(700.0, 20.0));
    assert_eq!(marked(&window), before);
    let root = &window.harness.output().viewport_output[&egui::ViewportId::ROOT];
    assert_eq!(root.repaint_delay, std::time::Duration::MAX, "{:?}", window.harness.ctx.repaint_causes());
}

#[test]
fn each_step_scrolls_the_text_to_its_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = revealed(dir.path(), SIZE);
    for step in 1..7 {
        window.press(Key::ArrowRight);
        let page = Rect::from_x_y_ranges(300.0..=1000.0, 80.0..=840.0);
        let marks: Vec<Rect> =
            filled(&window, Role::AccentWeak).into_iter().filter(|r| page.contains_rect(*r)).collect();
        assert!(!marks.is_empty(), "the link of step {step} is on the page");
    }
}
