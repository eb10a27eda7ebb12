//! What there is to learn: topics, questions, cards and scenes, read from files and checked against the rules of
//! CONTRIBUTING.md. Knows nothing of the reader; bad content is never an error but a list of problems.

mod build;
mod cards;
pub mod check;
mod decks;
mod filler;
pub mod ledger;
mod load;
mod model;
mod parse;
mod problem;

pub use build::{build, keeping_last_good};
pub use load::{ContentFile, LoadError, embedded_files, files_in};
pub use model::{
    Answer, Card, CardLevel, Catalog, Exercise, KeyPoint, Level, Probe, Question, SceneFile, SceneTie, Section, Source,
    Subtopic, TieKind, Topic,
};
pub use problem::Problem;

/// Parses and links what the program carries.
pub fn embedded() -> (Catalog, Vec<Problem>) {
    build(&embedded_files())
}
