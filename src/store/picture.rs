//! Pictures in notes: kept once each, by the name that their content gives them; backups hold them.

use rusqlite::{Connection, params};

use super::{Doing as _, StoreError};

/// Keeps a picture; one that is there already is the same.
pub(super) fn keep(db: &Connection, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO picture (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING")
        .and_then(|mut insert| insert.execute(params![name, bytes]))
        .doing("keep a picture")?;
    Ok(())
}
