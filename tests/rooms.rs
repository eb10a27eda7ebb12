//! The rule of the rooms: each uses only those to its left. Reads every `crate::` path under `src`.

use std::fs;
use std::path::{Path, PathBuf};

/// Left to right. `cli` and `window` stand side by side and never meet.
const ROOMS: [&[&str]; 13] = [
    &["fonts", "ids", "time"],
    &["theme"],
    &["text"],
    &["scene"],
    &["labs"],
    &["catalog"],
    &["study"],
    &["search"],
    &["store"],
    &["exchange"],
    &["notice"],
    &["cli", "window"],
    &["main"],
];

fn rank(room: &str) -> usize {
    ROOMS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("`{room}` is no room"))
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

fn room_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn a_room_uses_only_rooms_to_its_left() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    assert!(all.len() > 30);
    let mut wrong = Vec::new();
    for path in all {
        let relative = path.strip_prefix(&src).unwrap();
        let room = room_of(relative);
        if room == "lib" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if used.is_empty() || used == room {
                    continue;
                }
                if rank(&used) >= rank(&room) {
                    wrong.push(format!("{}:{}: {room} uses {used}", relative.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_window_knows_egui_and_only_the_store_speaks_sql() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    for path in all {
        let room = room_of(path.strip_prefix(&src).unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert!(room == "window" || !text.contains("egui::"), "{} uses egui", path.display());
        assert!(room == "store" || !text.contains("rusqlite"), "{} speaks SQL", path.display());
    }
}
