//! The files of one folder, parsed and not yet linked to others.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::ledger;
use super::load::{ContentFile, LARGEST};
use super::model::SceneFile;
use super::overlay::{self, Overlay};
use super::parse::{self, ParsedQuestion};
use super::problem::Problem;
use crate::ids::{QuestionId, SceneId, TopicId, is_plain_name};
use crate::scene::Scene;
use crate::theme::Hue;

/// `topic.ron` as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopicFront {
    pub title: String,
    pub full_title: String,
    pub subtopics: Vec<SubtopicFront>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubtopicFront {
    pub title: String,
    pub questions: Vec<String>,
}

/// What one folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// Whether it is the reader's own.
    pub(super) own: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) topics: BTreeMap<TopicId, (String, TopicFront)>,
    /// Topics whose `topic.ron` cannot be read.
    pub(super) broken: BTreeSet<TopicId>,
    pub(super) questions: BTreeMap<QuestionId, (String, ParsedQuestion)>,
    pub(super) overlays: Vec<Overlay>,
    pub(super) scenes: BTreeMap<SceneId, SceneFile>,
    /// The text of each file, by its name in problems.
    pub(super) texts: BTreeMap<String, Cow<'static, str>>,
    pub(super) ledger: Option<String>,
}

/// Topics of a folder that the program fills by itself: none of the reader's own may have such a name.
const RESERVED: &str = "imported";

impl Folder {
    /// The content that the others stand beside; its files are named relative to it.
    pub fn base(files: &[ContentFile]) -> Self {
        Self::parse(files, None)
    }

    /// A folder of the reader's; its files are named by their whole path.
    pub fn own(path: &Path, files: &[ContentFile]) -> Self {
        Self::parse(files, Some(path))
    }

    fn parse(files: &[ContentFile], own: Option<&Path>) -> Self {
        let mut folder = Self { own: own.is_some(), ..Self::default() };
        for content in files {
            let file = own.map_or_else(|| content.path.clone(), |path| file_in(path, &content.path));
            let Some(text) = text_of(content, &file, &mut folder.problems) else {
                if let Some(topic) = content.path.strip_suffix("/topic.ron") {
                    folder.broken.insert(TopicId::new(topic));
                }
                continue;
            };
            match content.path.split_once('/') {
                Some((topic, name)) => folder.take(topic, name, &file, &text),
                None if content.path == ledger::FILE => folder.ledger = Some(file.clone()),
                None => {}
            }
            folder.texts.insert(file, text);
        }
        folder
    }

    fn take(&mut self, topic: &str, name: &str, file: &str, text: &str) {
        let problems = &mut self.problems;
        if self.own {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let bad = [topic, stem].into_iter().find(|part| !is_plain_name(part));
            if let Some(bad) = bad {
                let found = format!("the name `{bad}`");
                problems.push(Problem::at(file, text, 0, found, "lower-case words joined by hyphens"));
                return;
            }
        }
        if name == "topic.ron" {
            match from_ron::<TopicFront>(file, text, problems) {
                Some(front) => drop(self.topics.insert(TopicId::new(topic), (file.to_owned(), front))),
                None => drop(self.broken.insert(TopicId::new(topic))),
            }
        } else if let Some(stem) = name.strip_suffix(".ron") {
            if let Some(scene) = from_ron::<Scene>(file, text, problems) {
                let (hue, file) = (Hue::of_topic(topic), file.to_owned());
                let entry = SceneFile { scene: Arc::new(scene), hue, file, own: self.own };
                self.scenes.insert(SceneId::new(format!("{topic}/{stem}")), entry);
            }
        } else if self.own && overlay::is_overlay(text) {
            self.overlays.extend(overlay::parse(file, text, problems));
        } else if let Some(question) = parse::parse_question(file, text, problems) {
            let (id, stem) = (QuestionId::new(&question.front.id), name.trim_end_matches(".md"));
            let expected = format!("{topic}/{stem}");
            if id.as_str() != expected {
                let found = format!("the id `{id}`");
                problems.push(Problem::near(file, text, "id:", found, format!("`{expected}`")));
                return;
            }
            if self.own && topic == RESERVED {
                let expected = "a folder of another name: this one is for imported decks";
                problems.push(Problem::at(file, text, 0, format!("a question in `{topic}`"), expected));
                return;
            }
            self.questions.insert(id, (file.to_owned(), question));
        }
    }

    /// The text of a file, by its name in problems.
    pub(super) fn text(&self, file: &str) -> &str {
        self.texts.get(file).map_or("", |text| text)
    }

    /// Every id that the folder gives to the world, with the file that holds it.
    pub(super) fn ids(&self) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        for (id, (file, question)) in &self.questions {
            ids.insert(id.to_string(), file.clone());
            for card in question.answer.iter().flat_map(|answer| &answer.cards) {
                ids.insert(card.id.to_string(), file.clone());
            }
        }
        for overlay in &self.overlays {
            for card in overlay.new_cards() {
                ids.insert(card.to_string(), overlay.file.clone());
            }
        }
        ids
    }

    /// What its ledger says of its ids, if it has one.
    pub(super) fn ledger_problems(&self) -> Vec<Problem> {
        let ledger = self.ledger.as_deref();
        ledger.map_or_else(Vec::new, |file| ledger::problems(&self.ids(), file, self.text(file)))
    }

    /// The ledger with the folder's new ids added.
    pub fn recorded(&self) -> String {
        ledger::with_new_ids(&self.ids(), self.ledger.as_deref().map_or("", |file| self.text(file)))
    }
}

/// How a file of a reader's folder is named everywhere: by its whole path, with `/`.
pub fn file_in(folder: &Path, path: &str) -> String {
    let folder = folder.to_string_lossy().replace('\\', "/");
    format!("{}/{path}", folder.trim_end_matches('/'))
}

/// A file's text, or a problem when it is too large or no UTF-8.
fn text_of(content: &ContentFile, file: &str, problems: &mut Vec<Problem>) -> Option<Cow<'static, str>> {
    let Some(bytes) = &content.bytes else {
        let expected = format!("at most {} KiB of text", LARGEST / 1024);
        problems.push(Problem::at(file, "", 0, "a file too large to be a question or a scene", expected));
        return None;
    };
    let text = match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed),
        Cow::Owned(bytes) => std::str::from_utf8(bytes).map(|text| Cow::Owned(text.to_owned())),
    };
    match text {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = String::from_utf8_lossy(valid);
            problems.push(Problem::at(file, &before, before.len(), "bytes that are no UTF-8", "UTF-8 text"));
            None
        }
    }
}

fn from_ron<T: for<'a> Deserialize<'a>>(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    match parse::options().from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let at = parse::byte_of(text, error.span.start.line, error.span.start.col);
            problems.push(Problem::at(file, text, at, error.code.to_string(), "the fields of CONTRIBUTING.md"));
            None
        }
    }
}
