//! Diagrams as data: a model that authors write in RON, its layout, one state of it, its shapes and its words.
//! Knows no window and no colour: shapes come out in roles, text widths come in as a function.

mod check;
mod draw;
mod frames;
mod icons;
mod labels;
mod layout;
mod measure;
pub mod model;
mod moment;
mod names;
mod route;
mod shape;
pub mod sketch;
mod tidy;
mod tween;
mod twin;

pub use check::{SceneProblem, problems};
pub use draw::{FLOW_REST, Mask, shapes};
pub use layout::{CANVAS_CELL, Defect, Placed, PlacedEdge, PlacedNode};
pub use measure::width_of;
pub use model::{Edge, EdgeKind, Group, GroupKind, Mark, Node, NodeKind, Scene, Step};
pub use moment::{EdgeMoment, Flow, Moment, NodeMoment};
pub use names::{Named, Names};
pub use shape::{Align, Shape, Stroke, TextStyle};
pub use tween::{Faded, Passage, between};
pub use twin::{node_words, twin, twin_asked, twin_of};
