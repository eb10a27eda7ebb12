//! A set piece of a lab: what is set up, what is asked before it runs, what happens, and why.

use super::run::Input;

/// One set piece.
pub struct Scenario {
    /// For ever, unique in the lab, e.g. `leader-dies`.
    pub id: &'static str,
    /// At most 40 characters.
    pub title: &'static str,
    /// What is given, in one or two sentences: the situation that the prediction starts from.
    pub given: &'static str,
    pub seed: u64,
    /// What is done before each step, in the order of the steps; step 0 is before anything has happened.
    pub script: fn() -> Vec<(usize, Input)>,
    /// The step at which the question is asked.
    pub asks_at: usize,
    /// The step at which the answer can be seen.
    pub ends_at: usize,
    pub question: &'static str,
    pub ask: Ask,
    pub why: Why,
}

/// What the reader predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Two to four options, and the index of the right one.
    Choice { options: &'static [&'static str], right: usize },
    /// A number in a unit, right within `within` either way.
    Number { right: i64, within: i64, unit: &'static str },
}

/// What the reader said, or what the run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Index of an option.
    Choice(usize),
    Number(i64),
}

/// The explanation after the run.
pub struct Why {
    /// Why it came out as it did, in one to three sentences.
    pub because: &'static str,
    /// The setting that decides it, with its value: `min.insync.replicas=2`.
    pub setting: &'static str,
    /// The metric that would have shown it.
    pub metric: &'static str,
    /// The question whose answer tells more.
    pub question: &'static str,
}

impl Ask {
    pub fn is_right(self, said: Answer) -> bool {
        match (self, said) {
            (Self::Choice { right, .. }, Answer::Choice(said)) => right == said,
            (Self::Number { right, within, .. }, Answer::Number(said)) => (said - right).abs() <= within,
            _ => false,
        }
    }

    /// The right answer in words.
    pub fn right_words(self) -> String {
        match self {
            Self::Choice { options, right } => options.get(right).copied().unwrap_or_default().to_owned(),
            Self::Number { right, unit: "", .. } => right.to_string(),
            Self::Number { right, unit, .. } => format!("{right} {unit}"),
        }
    }
}
