//! From folders to a linked catalog. What cannot be read is left out and named; the rest is there.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::check;
use super::folder::{Folder, SubtopicFront, TopicFront};
use super::link::{self, Place, Scenes};
use super::load::ContentFile;
use super::model::{Catalog, Subtopic, Topic};
use super::overlay::{self, Overlay};
use super::problem::Problem;
use crate::ids::{QuestionId, TopicId};
use crate::theme::Hue;

/// The order of the topics that ship; a reader's own follow in the order of their folders, then by name.
const TOPIC_ORDER: [&str; 6] = ["kafka", "redis", "async", "messaging", "observability", "aws"];

/// Where a reader's question stands that its topic does not list.
const UNLISTED: &str = "More";

/// Parses and links the files of a content folder.
pub fn build(files: &[ContentFile]) -> (Catalog, Vec<Problem>) {
    assemble(Folder::base(files), Vec::new())
}

/// Links a content with the reader's folders beside it. Where two give the same name, the first has it and the other is told.
pub fn assemble(base: Folder, own: Vec<Folder>) -> (Catalog, Vec<Problem>) {
    let has_own = !own.is_empty();
    let mut linked = linked(base, own);
    if has_own {
        check::own(&mut linked);
    }
    linked.problems.sort();
    linked.problems.dedup();
    (linked.catalog, linked.problems)
}

/// A catalog with what was left to say of its files.
pub(super) struct Linked {
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
    /// The text of each file, by its name in problems.
    pub texts: BTreeMap<String, Cow<'static, str>>,
    pub overlays: Vec<Overlay>,
}

pub(super) fn linked(base: Folder, own: Vec<Folder>) -> Linked {
    let mut problems = Vec::new();
    let mut catalog = Catalog::default();
    let (mut overlays, mut texts) = (Vec::new(), BTreeMap::new());
    for mut folder in std::iter::once(base).chain(own) {
        problems.append(&mut folder.problems);
        problems.extend(folder.ledger_problems());
        drop_taken(&mut folder, &catalog.topics, &mut problems);
        add_scenes(&mut catalog.scenes, &folder, &mut problems);
        add_topics(&mut catalog, &mut folder, &mut problems);
        overlays.append(&mut folder.overlays);
        texts.append(&mut folder.texts);
    }
    catalog.places = places_of(&catalog.topics);
    for overlay in &overlays {
        let text = texts.get(&overlay.file).map_or("", |text| text);
        overlay::apply(&mut catalog, overlay, text, &mut problems);
    }
    Linked { catalog, problems, texts, overlays }
}

/// Takes out of a reader's folder what would stand in a topic that is there already.
fn drop_taken(folder: &mut Folder, taken: &[Topic], problems: &mut Vec<Problem>) {
    if !folder.own {
        return;
    }
    for Topic { id, file: other, .. } in taken {
        if let Some((file, _)) = folder.topics.remove(id) {
            let found = format!("the topic `{id}`, which {other} has already");
            problems.push(Problem::at(&file, "", 0, found, "a folder of another name"));
        }
        let mine: Vec<_> = folder.questions.keys().filter(|question| question.topic() == *id).cloned().collect();
        for question in mine {
            let Some((file, _)) = folder.questions.remove(&question) else { continue };
            let found = format!("a question in the topic `{id}`, which {other} has already");
            let expected = format!("a folder of another name, or `amends: \"{id}/…\"` to change one that ships");
            problems.push(Problem::near(&file, folder.text(&file), "id:", found, expected));
        }
    }
}

fn add_scenes(scenes: &mut Scenes, folder: &Folder, problems: &mut Vec<Problem>) {
    for (id, entry) in &folder.scenes {
        match scenes.get(id) {
            Some(other) => {
                let found = format!("the scene `{id}`, which {} has already", other.file);
                problems.push(Problem::at(&entry.file, "", 0, found, "another name"));
            }
            None => drop(scenes.insert(id.clone(), entry.clone())),
        }
    }
}

fn add_topics(catalog: &mut Catalog, folder: &mut Folder, problems: &mut Vec<Problem>) {
    let mut fronts = std::mem::take(&mut folder.topics);
    let mut parsed = std::mem::take(&mut folder.questions);
    if folder.own {
        // A folder of one's own needs no list: its questions stand under its name.
        let topics: BTreeSet<TopicId> = parsed.keys().map(QuestionId::topic).collect();
        for id in topics.difference(&folder.broken).filter(|id| !fronts.contains_key(*id)).collect::<Vec<_>>() {
            let title = title_of(id);
            let front = TopicFront { full_title: title.clone(), title, subtopics: Vec::new() };
            fronts.insert(id.clone(), (String::new(), front));
        }
    }
    let mut fronts: Vec<_> = fronts.into_iter().collect();
    if !folder.own {
        fronts.sort_by_key(|(id, _)| {
            TOPIC_ORDER.iter().position(|known| *known == id.as_str()).unwrap_or(TOPIC_ORDER.len())
        });
    }
    for (id, (file, mut front)) in fronts {
        if folder.own {
            add_unlisted(&id, &mut front, parsed.keys());
        }
        let mut subtopics = Vec::new();
        for subtopic in front.subtopics {
            let mut questions = Vec::new();
            for name in subtopic.questions {
                let question_id = QuestionId::new(format!("{id}/{name}"));
                match parsed.remove(&question_id) {
                    Some((file, question)) => {
                        let place = Place { file: &file, text: folder.text(&file) };
                        let (own, scenes) = (folder.own, &catalog.scenes);
                        let linked = link::question(question_id, place, own, question, scenes, problems);
                        questions.push(Arc::new(linked));
                    }
                    None => {
                        let found = format!("`{name}`, which is no readable question or is listed twice");
                        let anchor = format!("\"{name}\"");
                        let expected = format!("a file {name}.md");
                        problems.push(Problem::near(&file, folder.text(&file), &anchor, found, expected));
                    }
                }
            }
            subtopics.push(Subtopic { title: subtopic.title, questions });
        }
        let hue = Hue::of_topic(id.as_str());
        let file = if file.is_empty() { first_file(&subtopics) } else { file };
        let own = folder.own;
        catalog.topics.push(Topic { id, title: front.title, full_title: front.full_title, hue, subtopics, file, own });
    }
    for (id, (file, _)) in parsed {
        // What is wrong is the topic's file, and that is said already.
        if !folder.broken.contains(&id.topic()) {
            let (text, found) = (folder.text(&file), format!("`{id}` in no subtopic"));
            problems.push(Problem::at(&file, text, 0, found, "its name in topic.ron"));
        }
    }
}

/// Questions of a topic that its subtopics do not name come last.
fn add_unlisted<'a>(topic: &TopicId, front: &mut TopicFront, questions: impl Iterator<Item = &'a QuestionId>) {
    let listed = |name: &str| front.subtopics.iter().any(|subtopic| subtopic.questions.iter().any(|had| had == name));
    let of_topic = questions.filter(|id| id.topic() == *topic);
    let unlisted: Vec<String> =
        of_topic.map(QuestionId::name).filter(|name| !listed(name)).map(str::to_owned).collect();
    if !unlisted.is_empty() {
        let title = if front.subtopics.is_empty() { front.title.clone() } else { UNLISTED.to_owned() };
        front.subtopics.push(SubtopicFront { title, questions: unlisted });
    }
}

/// A folder's name as a title: `system-design` is `System design`.
pub fn title_of(topic: &TopicId) -> String {
    let words = topic.as_str().replace('-', " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn first_file(subtopics: &[Subtopic]) -> String {
    let first = subtopics.iter().flat_map(|subtopic| &subtopic.questions).next();
    first.map(|question| question.file.clone()).unwrap_or_default()
}

pub(super) fn places_of(topics: &[Topic]) -> HashMap<QuestionId, (usize, usize, usize)> {
    let mut places = HashMap::new();
    for (t, topic) in topics.iter().enumerate() {
        for (s, subtopic) in topic.subtopics.iter().enumerate() {
            for (q, question) in subtopic.questions.iter().enumerate() {
                places.insert(question.id.clone(), (t, s, q));
            }
        }
    }
    places
}
