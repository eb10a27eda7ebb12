//! The catalog, and the reader's data beside it, as JSON.

use serde_json::{Value, json};

use super::Scope;
use crate::catalog::{Card, CardLevel, Catalog, Question, Section, TieKind};
use crate::study::{Fact, Progress};
use crate::text::plain_of;

/// Topics → subtopics → questions, with every section's text. Scripts read it: fields are added, never changed.
pub fn catalog(catalog: &Catalog) -> Value {
    with_questions(catalog, &Scope::All, &question)
}

/// The catalog with my answers, confidence and attempts, and the journal itself.
pub fn everything(catalog: &Catalog, progress: &Progress, scope: &Scope) -> Value {
    let mut value = with_questions(catalog, scope, &|asked| {
        let mut value = question(asked);
        if let (Some(state), Some(fields)) = (progress.question(&asked.id), value.as_object_mut()) {
            let versions = state.note_history.iter().map(|version| json!({ "at": version.at, "text": version.text }));
            fields.insert("my_answer".into(), json!(state.note));
            fields.insert("my_answer_history".into(), versions.collect());
            fields.insert("confidence".into(), json!(state.confidence));
            fields.insert("attempts".into(), json!(state.attempts));
        }
        value
    });
    if let Some(fields) = value.as_object_mut() {
        let of_scope = |entry: &&crate::study::Entry| {
            let is_of = |fact: &Fact| match fact {
                Fact::FreeNoteWritten { note, .. } => scope.has_note(note),
                fact => fact.question().is_some_and(|of| scope.has(&of)),
            };
            *scope == Scope::All || entry.facts.iter().any(is_of)
        };
        fields.insert("journal".into(), json!(progress.entries().filter(of_scope).collect::<Vec<_>>()));
    }
    value
}

fn with_questions(catalog: &Catalog, scope: &Scope, question: &dyn Fn(&Question) -> Value) -> Value {
    let topics = scope.topics(catalog).map(|topic| {
        let subtopics = topic.subtopics.iter().map(|subtopic| {
            let questions: Vec<Value> =
                subtopic.questions.iter().filter(|asked| scope.has(&asked.id)).map(|asked| question(asked)).collect();
            json!({ "title": subtopic.title, "questions": questions })
        });
        json!({
            "id": topic.id,
            "title": topic.title,
            "full_title": topic.full_title,
            "subtopics": subtopics.collect::<Vec<_>>(),
        })
    });
    json!({ "format": "whetstone-catalog", "version": 1, "topics": topics.collect::<Vec<_>>() })
}

fn question(question: &Question) -> Value {
    let mut value = json!({
        "id": question.id,
        "title": question.title,
        "prompt": question.prompt,
        "level": question.level,
        "minutes": question.minutes,
        "tags": question.tags,
        "related": question.related,
        "scene": question.scene,
        "as_of": question.as_of,
        "sources": question.sources,
        "complete": question.answer.is_some(),
    });
    let (Some(answer), Some(fields)) = (&question.answer, value.as_object_mut()) else { return value };
    let sections: serde_json::Map<String, Value> = Section::ALL
        .into_iter()
        .filter_map(|section| Some((key(section).to_owned(), json!(answer.sources_of.get(&section)?))))
        .collect();
    let points = answer
        .key_points
        .iter()
        .map(|point| json!({ "id": point.id, "must": point.must, "text": plain_of(&point.spans), "card": point.card }));
    let exercises = answer.exercises.iter().map(|exercise| json!({ "verify": exercise.verify, "text": exercise.text }));
    fields.insert("sections".into(), sections.into());
    fields.insert("key_points".into(), points.collect());
    fields.insert("cards".into(), answer.cards.iter().map(card).collect());
    fields.insert("exercises".into(), exercises.collect());
    value
}

const fn key(section: Section) -> &'static str {
    match section {
        Section::SayIt => "say_it",
        Section::KeyPoints => "key_points",
        Section::Explain => "explain",
        Section::Design => "design",
        Section::Troubleshoot => "troubleshoot",
        Section::Practise => "practise",
        Section::Probes => "probes",
        Section::Traps => "traps",
        Section::Cards => "cards",
    }
}

fn card(card: &Card) -> Value {
    let kind = match card.level {
        CardLevel::Core => "core",
        CardLevel::Deep => "deep",
    };
    let tie = card.tie.as_ref().map(|tie| {
        let (verb, target) = match &tie.kind {
            TieKind::Hide(target) => ("hide", Some(target)),
            TieKind::Predict => ("predict", None),
            TieKind::Breaks(target) => ("breaks", Some(target)),
        };
        json!({ "kind": verb, "scene": tie.scene, "step": tie.step, "target": target })
    });
    json!({
        "id": card.id,
        "kind": kind,
        "front": card.front_source,
        "back": card.back_source,
        "words": card.back.words(),
        "tie": tie,
    })
}
