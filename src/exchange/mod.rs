//! Out and in: the content and the reader's words in formats that others defined. Values in, text out; what touches a disk is
//! `write`, `apkg` and what `export` calls.

pub mod apkg;
pub mod bundle;
pub mod cards;
pub mod csv;
pub mod evening;
pub mod export;
pub mod hashcards;
pub mod html;
pub mod import;
pub mod job;
pub mod json;
pub mod markdown;
pub mod mock;
pub mod names;
pub mod obsidian;
pub mod picture;
pub mod png;
mod scope;
pub mod svg;
pub mod write;

pub use scope::Scope;

/// An error with everything that led to it, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
