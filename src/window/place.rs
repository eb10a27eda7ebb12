//! Where the reader is, and where they were.

use serde::{Deserialize, Serialize};

use crate::ids::QuestionId;

/// What is shown: a question and a step of its scene. The panes meet here and nowhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub question: QuestionId,
    pub step: usize,
}

/// Back and forward over questions; the step of a scene is too fine to remember.
#[derive(Clone, Debug, Default)]
pub struct History {
    back: Vec<QuestionId>,
    forward: Vec<QuestionId>,
}

const LONGEST: usize = 200;

impl History {
    /// To be called when the reader leaves `from` for another question.
    pub fn leave(&mut self, from: QuestionId) {
        self.forward.clear();
        if self.back.last() != Some(&from) {
            self.back.push(from);
        }
        if self.back.len() > LONGEST {
            self.back.remove(0);
        }
    }

    pub fn back(&mut self, from: QuestionId) -> Option<QuestionId> {
        let to = self.back.pop()?;
        self.forward.push(from);
        Some(to)
    }

    pub fn forward(&mut self, from: QuestionId) -> Option<QuestionId> {
        let to = self.forward.pop()?;
        self.back.push(from);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_and_forward_return() {
        let id = |name: &str| QuestionId::new(name);
        let mut history = History::default();
        history.leave(id("a"));
        history.leave(id("b"));
        assert_eq!(history.back(id("c")), Some(id("b")));
        assert_eq!(history.back(id("b")), Some(id("a")));
        assert_eq!(history.back(id("a")), None);
        assert_eq!(history.forward(id("a")), Some(id("b")));
        history.leave(id("b"));
        assert_eq!(history.forward(id("d")), None);
    }
}
