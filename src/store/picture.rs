//! Pictures in notes: kept once each, by the name that their content gives them; backups hold them.

use std::path::Path;

use rusqlite::{Connection, params};

use super::{Doing as _, Snapshot, StoreError};

/// Keeps a picture; one that is there already is the same.
pub(super) fn keep(db: &Connection, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO picture (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING")
        .and_then(|mut insert| insert.execute(params![name, bytes]))
        .doing("keep a picture")?;
    Ok(())
}

/// A picture of the folder's data; None when it is not there. To be called off the window's thread.
///
/// # Errors
/// When the data cannot be read.
pub fn picture(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Snapshot::open(folder)?.picture(name)
}
