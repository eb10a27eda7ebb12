//! Whetstone: an offline desktop study for the senior backend interview.
//!
//! The rooms, left to right; each uses only those to its left (`tests/rooms.rs` checks it).

pub mod fonts;
pub mod ids;
pub mod time;

pub mod theme;

pub mod text;

pub mod scene;

pub mod labs;

pub mod catalog;

pub mod cli;

pub mod study;
#[cfg(feature = "window")]
pub mod window;

pub mod search;

pub mod store;

pub mod exchange;

pub mod notice;
