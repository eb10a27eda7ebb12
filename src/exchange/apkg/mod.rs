//! Anki's packages: a zip with a collection in it and its pictures, out and in.
//!
//! Out it is the collection of schema 11, which every version imports, in today's container. The file's structure is Anki's
//! (`rslib/src/import_export/package` and `proto/anki/import_export.proto`).

mod make;
mod notetype;
mod open;
mod package;
pub(super) mod proto;

pub use make::{ApkgError, Exported, html_of, write};
pub use open::{OpenError, Opened, open};
