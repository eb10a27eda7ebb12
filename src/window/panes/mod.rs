//! The panes: each a struct of what only it knows, drawing the context and asking by commands.

pub mod cards;
pub mod coach;
pub mod evening;
pub mod lab;
pub mod mock;
pub mod notes;
pub mod progress;
pub mod scene;
pub mod study;
pub mod tree;
