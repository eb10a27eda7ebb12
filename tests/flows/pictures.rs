//! Pictures of the window for the README: `WHETSTONE_PICTURES=assets/pictures cargo test pictures`.

use std::path::Path;

use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;

use crate::common::{Window, window_at};

fn save(window: &mut Window, folder: &Path, name: &str) {
    let picture = window.harness.render().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    picture.save(folder.join(format!("{name}.png"))).unwrap();
}

fn revealed(dir: &Path, question: &str, theme: Theme, size: (f32, f32)) -> Window {
    let mut window = window_at(dir, question, size, theme);
    window.press(Key::Num3);
    window.press(Key::V);
    window.press(Key::Space);
    let boxes: Vec<_> = window.harness.get_all_by_role(egui::Role::CheckBox).collect();
    for index in [0, 1, 3] {
        boxes[index].click();
    }
    window.settle();
    window
}

/// Writes the pictures where the variable says; without it there is nothing to do.
#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("WHETSTONE_PICTURES") else { return };
    let folder = Path::new(&folder);
    let question = std::env::var("WHETSTONE_PICTURE_OF").unwrap_or_else(|_| "kafka/isr".to_owned());
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let dir = tempfile::tempdir().unwrap();
        let mut window = revealed(dir.path(), &question, theme, (1440.0, 900.0));
        window.press(Key::A);
        window.type_text("We lost four minutes of orders to a full ISR that was not: one follower sat on a dying disk, and `min.insync.replicas` was still 1.");
        window.press(Key::Escape);
        window.press(Key::ArrowRight);
        window.press(Key::ArrowRight);
        save(&mut window, folder, name);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut window = window_at(dir.path(), &question, (1440.0, 900.0), Theme::Light);
    window.press(Key::R);
    window.press(Key::Space);
    save(&mut window, folder, "review");
}
