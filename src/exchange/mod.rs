//! Out and in: the content and the reader's words in formats that others defined. Values in, text out; what touches a disk is
//! `write`, `apkg` and what `export` calls.

pub mod apkg;
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
pub mod png;
mod scope;
pub mod svg;
pub mod write;

pub use scope::Scope;
