//! What a reload keeps of the content before it.

use std::collections::HashSet;
use std::sync::Arc;

use super::build::places_of;
use super::model::{Catalog, Question, Subtopic};
use super::problem::Problem;
use crate::ids::QuestionId;

/// A reload in which what is broken now is as it was when it could last be read, so that a slip of the pen empties no screen.
/// A problem of a whole folder, named without a file, holds for all that lies in it.
pub fn keeping_last_good(mut new: Catalog, old: &Catalog, problems: &[Problem]) -> Catalog {
    let broken: HashSet<&str> = problems.iter().map(|problem| problem.file.as_str()).collect();
    let is_broken = |file: &str| {
        broken.contains(file)
            || file.match_indices('/').any(|(at, _)| file.get(..at).is_some_and(|up| broken.contains(up)))
    };
    for (id, file) in &old.scenes {
        if is_broken(&file.file) && !new.scenes.contains_key(id) {
            new.scenes.insert(id.clone(), file.clone());
        }
    }
    for (index, topic) in old.topics.iter().enumerate() {
        if is_broken(&topic.file) && new.topic(&topic.id).is_none() {
            new.topics.insert(index.min(new.topics.len()), topic.clone());
        }
    }
    let there: HashSet<QuestionId> = new.questions().map(|question| question.id.clone()).collect();
    for topic in &mut new.topics {
        let Some(old_topic) = old.topic(&topic.id) else { continue };
        for old_subtopic in &old_topic.subtopics {
            for (index, question) in old_subtopic.questions.iter().enumerate() {
                if !is_broken(&question.file) || there.contains(&question.id) {
                    continue;
                }
                match topic.subtopics.iter_mut().find(|subtopic| subtopic.title == old_subtopic.title) {
                    Some(subtopic) => {
                        subtopic.questions.insert(index.min(subtopic.questions.len()), Arc::clone(question));
                    }
                    // The only question of a subtopic that no file names.
                    None if topic.own => topic
                        .subtopics
                        .push(Subtopic { title: old_subtopic.title.clone(), questions: vec![Arc::clone(question)] }),
                    None => {}
                }
            }
        }
        for question in topic.subtopics.iter_mut().flat_map(|subtopic| &mut subtopic.questions) {
            // A file that amended it cannot be read now: the question stays as that file had it.
            if let Some(before) = old.question(&question.id)
                && lost(before, question).any(is_broken)
            {
                *question = Arc::clone(before);
            }
        }
    }
    new.places = places_of(&new.topics);
    new
}

/// The files that amended the question before and do not now.
fn lost<'a>(before: &'a Question, now: &'a Question) -> impl Iterator<Item = &'a str> {
    let files =
        |question: &'a Question| question.amended.iter().flat_map(|amended| &amended.by).map(|by| by.file.as_str());
    files(before).filter(move |file| !files(now).any(|kept| kept == *file))
}
