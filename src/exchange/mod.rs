//! Out: the content and the reader's words in formats that others defined. Values in, text out; only `write` touches a disk.

pub mod evening;
pub mod html;
pub mod json;
pub mod markdown;
pub mod mock;
pub mod png;
pub mod svg;
pub mod write;

use crate::catalog::{Catalog, Topic};
use crate::ids::TopicId;

/// The topics to be exported: one, or all.
fn topics<'a>(catalog: &'a Catalog, only: Option<&'a TopicId>) -> impl Iterator<Item = &'a Topic> {
    catalog.topics.iter().filter(move |topic| only.is_none_or(|only| topic.id == *only))
}
