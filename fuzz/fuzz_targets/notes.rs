//! Markdown with front matter, Obsidian's cards, hashcards' decks, our JSON, and HTML as a field of Anki's has it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whetstone::exchange::apkg::html_of;
use whetstone::exchange::import::obsidian::Separators;
use whetstone::exchange::import::{markdown_of, read_bytes};
use whetstone::time::{Moment, Timestamp};

fuzz_target!(|data: &[u8]| {
    let now = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };
    let _ = read_bytes("a.md", data, &Separators::default(), now);
    let _ = read_bytes("a.json", data, &Separators::default(), now);
    if let Ok(text) = std::str::from_utf8(data) {
        let html = html_of(&markdown_of(text));
        assert!(!html.contains("<script") && !html.contains("href=\"javascript:"), "{html}");
    }
});
