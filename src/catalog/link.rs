//! Binds a parsed question to its scene and its cards to the scenes they are tied to.

use std::collections::BTreeMap;

use super::cards::RawTie;
use super::model::{Answer, Question, SceneFile, SceneTie, TieKind};
use super::parse::ParsedQuestion;
use super::problem::Problem;
use crate::ids::{QuestionId, SceneId};

pub(super) type Scenes = BTreeMap<SceneId, SceneFile>;

/// A file with its text, so that problems have a place in it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

pub(super) fn question(
    id: QuestionId,
    place: Place<'_>,
    own: bool,
    parsed: ParsedQuestion,
    scenes: &Scenes,
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
        file: place.file.to_owned(),
        own,
        amended: None,
    };
    if let Some(name) = &front.scene {
        question.scene = scene(&question, place, name, scenes, problems);
    }
    let mut answer = question.answer.take();
    if let Some(answer) = &mut answer {
        tie_cards(&question, place, answer, &ties, scenes, problems);
    }
    question.answer = answer;
    question
}

/// The scene that the front matter names.
pub(super) fn scene(
    question: &Question,
    place: Place<'_>,
    name: &str,
    scenes: &Scenes,
    problems: &mut Vec<Problem>,
) -> Option<SceneId> {
    let scene = question.scene_named(name);
    if scenes.contains_key(&scene) {
        return Some(scene);
    }
    let found = format!("the scene `{name}`, which is not there or cannot be read");
    problems.push(Problem::near(place.file, place.text, "scene:", found, format!("a file {scene}.ron")));
    None
}

/// Resolves what the cards of an answer are tied to; `ties` are in the order of its cards.
pub(super) fn tie_cards(
    question: &Question,
    place: Place<'_>,
    answer: &mut Answer,
    ties: &[Option<RawTie>],
    scenes: &Scenes,
    problems: &mut Vec<Problem>,
) {
    for (card, tie) in answer.cards.iter_mut().zip(ties) {
        card.tie = tie.as_ref().and_then(|tie| resolve(question, place, tie, scenes, problems));
    }
}

fn resolve(
    question: &Question,
    place: Place<'_>,
    tie: &RawTie,
    scenes: &Scenes,
    problems: &mut Vec<Problem>,
) -> Option<SceneTie> {
    let id = question.scene_named(&tie.scene);
    let mut wrong = |found: String, expected: &str| {
        problems.push(Problem::at(place.file, place.text, tie.at, found, expected));
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
