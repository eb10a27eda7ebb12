//! Anki's text, CSV and TSV; each card's Markdown goes out as HTML again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whetstone::exchange::import::obsidian::Separators;
use whetstone::exchange::import::read_bytes;
use whetstone::time::{Moment, Timestamp};

fuzz_target!(|data: &[u8]| {
    let now = Moment { at: Timestamp(1_795_514_400_000), offset_secs: -18_000 };
    let Some((kind, text)) = data.split_first() else { return };
    let name = ["a.txt", "a.csv", "a.tsv"][usize::from(kind % 3)];
    for card in read_bytes(name, text, &Separators::default(), now).map_or_else(|_| Vec::new(), |parsed| parsed.cards) {
        let html = whetstone::exchange::apkg::html_of(&card.front);
        assert!(!html.contains("<script"), "{html}");
    }
});
