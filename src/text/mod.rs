//! Markdown as blocks with their place in the file: parsed once, read by the window, the exporters and the check.
//! Knows no pixels and no questions; a link is only taken apart here, never followed.

mod block;
mod link;
mod markup;
mod parse;

pub use block::{Block, BlockKind, Doc, Item, Span, Style, plain_of};
pub use link::{Link, SceneTarget};
pub use markup::{Markup, RunStyle, markup};
pub use parse::{is_plain, parse, parse_note};
