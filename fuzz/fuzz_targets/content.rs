//! A content file: front matter, sections, cards, links. Whatever it is, it comes to a catalog and problems.
#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use whetstone::catalog::{ContentFile, build};

fuzz_target!(|data: &[u8]| {
    let file = |path: &str, bytes: &[u8]| ContentFile { path: path.to_owned(), bytes: Some(Cow::Owned(bytes.to_vec())) };
    let topic = br#"(title: "T", full_title: "T", subtopics: [(title: "S", questions: ["a"])])"#;
    let (catalog, _) = build(&[file("t/topic.ron", topic), file("t/a.md", data)]);
    for question in catalog.questions() {
        for card in question.cards() {
            let _ = whetstone::exchange::apkg::html_of(&card.front_source);
        }
    }
});
