//! Pictures in notes: kept once each, by the name that their content gives them; backups hold them.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Doing as _, StoreError, files, open};

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
    const DOING: &str = "read a picture";
    let (db, _copy) = open::open_reader(&files::current(folder))?;
    let tables = "SELECT 1 FROM sqlite_schema WHERE name = 'picture'";
    // Data of an earlier program that is only read has none.
    if db.query_row(tables, [], |_| Ok(())).optional().doing(DOING)?.is_none() {
        return Ok(None);
    }
    db.query_row("SELECT bytes FROM picture WHERE name = ?", [name], |row| row.get(0)).optional().doing(DOING)
}
