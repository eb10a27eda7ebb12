//! What is wrong in the content, by where it is shown: with the question whose file it is in, or above the panes.

use std::collections::HashMap;

use crate::catalog::{Catalog, Problem, Question};
use crate::ids::QuestionId;

#[derive(Debug, Default)]
pub struct Troubles {
    of: HashMap<QuestionId, Vec<Problem>>,
    rest: Vec<Problem>,
}

impl Troubles {
    pub fn of(catalog: &Catalog, problems: &[Problem]) -> Self {
        let mut of: HashMap<QuestionId, Vec<Problem>> = HashMap::new();
        let mut rest = Vec::new();
        let mut homes: HashMap<&str, &QuestionId> = HashMap::new();
        if !problems.is_empty() {
            for question in catalog.questions() {
                homes.extend(own_files(question).map(|file| (file, &question.id)));
            }
        }
        for problem in problems {
            match homes.get(problem.file.as_str()) {
                Some(question) => of.entry((*question).clone()).or_default().push(problem.clone()),
                None => rest.push(problem.clone()),
            }
        }
        Self { of, rest }
    }

    /// What is wrong in the files of a question.
    pub fn question(&self, id: &QuestionId) -> &[Problem] {
        self.of.get(id).map_or(&[], Vec::as_slice)
    }

    /// What is wrong in files that no question on the screen comes from, and in the content itself.
    pub fn rest(&self) -> &[Problem] {
        &self.rest
    }
}

/// The reader's files that a question is made of.
fn own_files(question: &Question) -> impl Iterator<Item = &str> {
    let amending = question.amended.iter().flat_map(|amended| &amended.by).map(|by| by.file.as_str());
    question.own.then_some(question.file.as_str()).into_iter().chain(amending)
}
