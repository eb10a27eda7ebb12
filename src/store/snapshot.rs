//! The reader's data as it is at one moment, read beside the writer without holding it up.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Doing as _, StoreError, files, journal, open};
use crate::ids::EntryId;
use crate::study::Entry;

/// Open to read; what is written meanwhile is not in it.
pub struct Snapshot {
    db: Connection,
    _copy: Option<TempDir>,
}

impl Snapshot {
    /// Of the folder's data.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let (db, copy) = open::open_reader(&files::current(folder))?;
        // What the first read sees, all of them see.
        db.execute_batch("BEGIN").doing("begin to read the data")?;
        Ok(Self { db, _copy: copy })
    }

    /// Every entry.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        journal::entries(&self.db)
    }

    /// The ids of all entries, which takes far less than the entries do.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn ids(&self) -> Result<HashSet<EntryId>, StoreError> {
        const DOING: &str = "read the journal";
        let mut select = self.db.prepare("SELECT id FROM entry").doing(DOING)?;
        let ids = select.query_map([], |row| row.get::<_, Uuid>(0)).doing(DOING)?;
        ids.map(|id| id.map(EntryId)).collect::<rusqlite::Result<_>>().doing(DOING)
    }

    /// The names of all pictures.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn pictures(&self) -> Result<Vec<String>, StoreError> {
        const DOING: &str = "read the pictures";
        if !self.has_pictures()? {
            return Ok(Vec::new());
        }
        let mut select = self.db.prepare("SELECT name FROM picture ORDER BY name").doing(DOING)?;
        let names = select.query_map([], |row| row.get(0)).doing(DOING)?;
        names.collect::<rusqlite::Result<_>>().doing(DOING)
    }

    /// A picture by its name; None when it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn picture(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        const DOING: &str = "read a picture";
        if !self.has_pictures()? {
            return Ok(None);
        }
        self.db.query_row("SELECT bytes FROM picture WHERE name = ?", [name], |row| row.get(0)).optional().doing(DOING)
    }

    /// Data of an earlier program that is only read has none.
    fn has_pictures(&self) -> Result<bool, StoreError> {
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'picture'";
        Ok(self.db.query_row(table, [], |_| Ok(())).optional().doing("read the tables")?.is_some())
    }
}
