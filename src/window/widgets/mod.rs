//! Pieces that several panes draw: rich text, documents, marks, buttons with their key.

pub mod charts;
pub mod controls;
pub mod doc;
pub mod files;
pub mod marks;
pub mod paint;
pub mod rich;
