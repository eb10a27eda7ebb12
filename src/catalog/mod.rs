//! What there is to learn: topics, questions, cards and scenes, read from files and checked against the rules of
//! CONTRIBUTING.md. Knows nothing of the reader; bad content is never an error but a list of problems.

mod build;
mod cards;
pub mod check;
mod decks;
mod filler;
mod folder;
pub mod ledger;
mod link;
mod load;
mod model;
mod overlay;
mod parse;
mod problem;
mod reload;
mod sources;
#[cfg(test)]
mod tests;

pub use build::{assemble, build};
pub use folder::Folder;
pub use load::{ContentFile, LoadError, content_files, embedded_files, files_in};
pub use model::{
    Amended, AmendedBy, Answer, Card, CardLevel, Catalog, Exercise, KeyPoint, Level, Probe, Question, SceneFile,
    SceneTie, Section, Source, Subtopic, TieKind, Topic,
};
pub use overlay::stamp_of;
pub use problem::Problem;
pub use reload::keeping_last_good;
pub use sources::{Gathered, gather, name_of, unreadable};

/// Parses and links what the program carries.
pub fn embedded() -> (Catalog, Vec<Problem>) {
    build(&embedded_files())
}
