//! Diagrams as data: a model that authors write in RON, its layout, one state of it, its shapes and its words.
//! Knows no window and no colour: shapes come out in roles, text widths come in as a function.

mod check;
pub mod model;

pub use check::{SceneProblem, problems};
pub use model::{Edge, EdgeKind, Group, GroupKind, Mark, Node, NodeKind, Scene, Step};
