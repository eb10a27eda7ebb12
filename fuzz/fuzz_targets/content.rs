//! A content file: front matter, sections, cards, links. Whatever it is, it comes to a catalog and problems: among what ships, and
//! in a folder of the reader's own, where it may be a question or amend one.
#![no_main]

use std::borrow::Cow;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use whetstone::catalog::{ContentFile, Folder, assemble, build, keeping_last_good};

const TOPIC: &[u8] = br#"(title: "T", full_title: "T", subtopics: [(title: "S", questions: ["a"])])"#;
const QUESTION: &[u8] = include_bytes!("../../questions/kafka/isr.md");

fuzz_target!(|data: &[u8]| {
    let file = |path: &str, bytes: &[u8]| ContentFile { path: path.to_owned(), bytes: Some(Cow::Owned(bytes.to_vec())) };
    let (catalog, _) = build(&[file("t/topic.ron", TOPIC), file("t/a.md", data)]);
    for question in catalog.questions() {
        for card in question.cards() {
            let _ = whetstone::exchange::apkg::html_of(&card.front_source);
        }
    }
    let shipped = || Folder::base(&[file("kafka/topic.ron", TOPIC), file("kafka/isr.md", QUESTION)]);
    let own = Folder::own(Path::new("/own"), &[file("kafka/isr.md", data), file("mine/one.md", data)]);
    let (before, _) = assemble(shipped(), Vec::new());
    let (catalog, problems) = assemble(shipped(), vec![own]);
    // What is amended or added takes nothing away.
    assert!(catalog.questions().count() >= before.questions().count());
    let _ = keeping_last_good(catalog, &before, &problems);
});
