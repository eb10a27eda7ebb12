//! From files to a linked catalog. What cannot be read is left out and named; the rest is there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::cards::RawTie;
use super::load::{ContentFile, LARGEST};
use super::model::{Catalog, Question, SceneFile, SceneTie, Subtopic, TieKind, Topic};
use super::parse::{self, ParsedQuestion};
use super::problem::Problem;
use crate::ids::{QuestionId, SceneId, TopicId};
use crate::scene::Scene;
use crate::theme::Hue;

/// `topic.ron` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicFront {
    title: String,
    full_title: String,
    subtopics: Vec<SubtopicFront>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubtopicFront {
    title: String,
    questions: Vec<String>,
}

/// The order of the topics that ship; a reader's own follow by name.
const TOPIC_ORDER: [&str; 6] = ["kafka", "redis", "async", "messaging", "observability", "aws"];

/// Parses and links the files of a content folder.
pub fn build(files: &[ContentFile]) -> (Catalog, Vec<Problem>) {
    let mut problems = Vec::new();
    let (mut fronts, mut parsed, mut scenes) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for file in files {
        let Some((folder, name)) = file.path.split_once('/') else { continue };
        let Some(text) = text_of(file, &mut problems) else { continue };
        if name == "topic.ron" {
            if let Some(front) = from_ron::<TopicFront>(&file.path, text, &mut problems) {
                fronts.push((TopicId::new(folder), file.path.clone(), text, front));
            }
        } else if let Some(stem) = name.strip_suffix(".ron") {
            if let Some(scene) = from_ron::<Scene>(&file.path, text, &mut problems) {
                let entry = SceneFile { scene: Arc::new(scene), hue: Hue::of_topic(folder), file: file.path.clone() };
                scenes.insert(SceneId::new(format!("{folder}/{stem}")), entry);
            }
        } else if let Some(question) = parse::parse_question(&file.path, text, &mut problems) {
            let id = QuestionId::new(&question.front.id);
            let expected = file.path.trim_end_matches(".md");
            if id.as_str() != expected {
                problems.push(Problem::near(
                    &file.path,
                    text,
                    "id:",
                    format!("the id `{id}`"),
                    format!("`{expected}`"),
                ));
                continue;
            }
            parsed.insert(id, (file.path.clone(), text, question));
        }
    }
    fronts.sort_by_key(|(id, ..)| {
        let rank = TOPIC_ORDER.iter().position(|known| *known == id.as_str()).unwrap_or(TOPIC_ORDER.len());
        (rank, id.clone())
    });
    let mut topics = Vec::new();
    for (id, file, text, front) in fronts {
        let mut subtopics = Vec::new();
        for subtopic in front.subtopics {
            let mut questions = Vec::new();
            for name in subtopic.questions {
                let question_id = QuestionId::new(format!("{id}/{name}"));
                match parsed.remove(&question_id) {
                    Some((file, text, question)) => {
                        questions.push(Arc::new(link(question_id, file, text, question, &scenes, &mut problems)));
                    }
                    None => {
                        let found = format!("`{name}`, which is no readable question or is listed twice");
                        let anchor = format!("\"{name}\"");
                        problems.push(Problem::near(&file, text, &anchor, found, format!("a file {name}.md")));
                    }
                }
            }
            subtopics.push(Subtopic { title: subtopic.title, questions });
        }
        let hue = Hue::of_topic(id.as_str());
        topics.push(Topic { id, title: front.title, full_title: front.full_title, hue, subtopics });
    }
    for (id, (file, text, _)) in parsed {
        problems.push(Problem::at(&file, text, 0, format!("`{id}` in no subtopic"), "its name in topic.ron"));
    }
    let places = places_of(&topics);
    problems.sort();
    (Catalog { topics, scenes, places }, problems)
}

/// A reload in which what is broken now is as it was when it could last be read, so that a slip of the pen empties no screen.
pub fn keeping_last_good(mut new: Catalog, old: &Catalog, problems: &[Problem]) -> Catalog {
    let is_broken = |file: &str| problems.iter().any(|problem| problem.file == file);
    for (id, file) in &old.scenes {
        if is_broken(&file.file) && !new.scenes.contains_key(id) {
            new.scenes.insert(id.clone(), file.clone());
        }
    }
    for (index, topic) in old.topics.iter().enumerate() {
        if is_broken(&format!("{}/topic.ron", topic.id)) && new.topic(&topic.id).is_none() {
            new.topics.insert(index.min(new.topics.len()), topic.clone());
        }
    }
    let there: HashSet<QuestionId> = new.questions().map(|question| question.id.clone()).collect();
    for topic in &mut new.topics {
        let Some(old_topic) = old.topic(&topic.id) else { continue };
        for subtopic in &mut topic.subtopics {
            let Some(old_subtopic) = old_topic.subtopics.iter().find(|old| old.title == subtopic.title) else {
                continue;
            };
            for (index, question) in old_subtopic.questions.iter().enumerate() {
                if is_broken(&question.file) && !there.contains(&question.id) {
                    subtopic.questions.insert(index.min(subtopic.questions.len()), Arc::clone(question));
                }
            }
        }
    }
    new.places = places_of(&new.topics);
    new
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

/// A file's text, or a problem when it is too large or no UTF-8.
fn text_of<'a>(file: &'a ContentFile, problems: &mut Vec<Problem>) -> Option<&'a str> {
    let Some(bytes) = &file.bytes else {
        let expected = format!("at most {} KiB of text", LARGEST / 1024);
        problems.push(Problem::at(&file.path, "", 0, "a file too large to be a question or a scene", expected));
        return None;
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = String::from_utf8_lossy(valid);
            problems.push(Problem::at(&file.path, &before, before.len(), "bytes that are no UTF-8", "UTF-8 text"));
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

fn link(
    id: QuestionId,
    file: String,
    text: &str,
    parsed: ParsedQuestion,
    scenes: &BTreeMap<SceneId, SceneFile>,
    problems: &mut Vec<Problem>,
) -> Question {
    let ParsedQuestion { front, answer, ties } = parsed;
    let mut question = Question {
        id,
        title: front.title,
        prompt: front.prompt,
        level: front.level,
        minutes: front.minutes,
        tags: front.tags,
        related: front.related.iter().map(QuestionId::new).collect(),
        scene: None,
        labs: front.labs,
        as_of: front.as_of,
        sources: front.sources,
        answer,
        file,
    };
    if let Some(name) = &front.scene {
        let scene = question.scene_named(name);
        if scenes.contains_key(&scene) {
            question.scene = Some(scene);
        } else {
            let found = format!("the scene `{name}`, which is not there or cannot be read");
            problems.push(Problem::near(&question.file, text, "scene:", found, format!("a file {scene}.ron")));
        }
    }
    let resolved: Vec<_> =
        ties.into_iter().map(|tie| tie.and_then(|tie| resolve_tie(&question, text, &tie, scenes, problems))).collect();
    if let Some(answer) = &mut question.answer {
        for (card, tie) in answer.cards.iter_mut().zip(resolved) {
            card.tie = tie;
        }
    }
    question
}

fn resolve_tie(
    question: &Question,
    text: &str,
    tie: &RawTie,
    scenes: &BTreeMap<SceneId, SceneFile>,
    problems: &mut Vec<Problem>,
) -> Option<SceneTie> {
    let id = question.scene_named(&tie.scene);
    let mut wrong = |found: String, expected: &str| {
        problems.push(Problem::at(&question.file, text, tie.at, found, expected));
        None
    };
    let Some(entry) = scenes.get(&id) else {
        return wrong(format!("a card tied to the scene `{id}`"), "a scene that exists");
    };
    let Some(step) = entry.scene.step_index(&tie.step) else {
        return wrong(format!("a card tied to the step `{}` of `{id}`", tie.step), "a step of that scene");
    };
    let kind = match (tie.verb.as_str(), &tie.target) {
        ("hide", Some(target)) if entry.scene.has_part(target) => TieKind::Hide(target.clone()),
        ("breaks", Some(target)) if entry.scene.node(target).is_some() => TieKind::Breaks(target.clone()),
        ("predict", _) if step > 0 => TieKind::Predict,
        ("predict", _) => return wrong("a prediction of the first step".to_owned(), "a step with one before it"),
        (verb, target) => {
            let target = target.as_deref().unwrap_or_default();
            return wrong(format!("`{verb}` of `{target}`"), "a node, an edge, a group or a part of the scene");
        }
    };
    Some(SceneTie { kind, scene: id, step: tie.step.clone() })
}
