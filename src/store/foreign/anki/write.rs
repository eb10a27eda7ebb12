//! A collection of schema 11, which every Anki since 2012 reads.

use std::path::Path;

use rusqlite::{Connection, params};

use super::{CardRow, NoteRow, ReviewRow};
use crate::store::{Doing as _, StoreError};

const DOING: &str = "write a collection for Anki";
/// Not synchronised yet, which is what a file that comes from elsewhere is.
const USN: i64 = -1;

/// Writes a new file, row by row; it is whole after [`Writer::finish`].
pub struct Writer {
    db: Connection,
}

impl Writer {
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        #[expect(clippy::disallowed_methods, reason = "the store is where a connection is opened")]
        let db = Connection::open(path).doing(DOING)?;
        // A file that is thrown away when anything fails needs no journal.
        db.execute_batch(include_str!("schema11.sql")).doing(DOING)?;
        Ok(Self { db })
    }

    /// # Errors
    /// When the disk refuses, or the id is taken.
    pub fn note(&self, note: &NoteRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')";
        let NoteRow { id, guid, notetype, modified, tags, fields, sort_field, checksum } = note;
        let values = params![id, guid, notetype, modified, USN, tags, fields, sort_field, checksum];
        self.db.prepare_cached(SQL).and_then(|mut insert| insert.execute(values)).doing(DOING).map(drop)
    }

    /// # Errors
    /// As [`Writer::note`].
    pub fn card(&self, card: &CardRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)";
        let c = card;
        let values = params![
            c.id,
            c.note,
            c.deck,
            c.ord,
            c.modified,
            USN,
            c.kind,
            c.queue,
            c.due,
            c.interval,
            c.ease,
            c.reps,
            c.lapses,
            c.left,
            c.original_due,
            c.original_deck,
            c.data
        ];
        self.db.prepare_cached(SQL).and_then(|mut insert| insert.execute(values)).doing(DOING).map(drop)
    }

    /// # Errors
    /// As [`Writer::note`].
    pub fn review(&self, review: &ReviewRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let r = review;
        let values = params![r.id, r.card, USN, r.ease, r.interval, r.last_interval, r.factor, r.took_millis, r.kind];
        self.db.prepare_cached(SQL).and_then(|mut insert| insert.execute(values)).doing(DOING).map(drop)
    }

    /// Writes the collection's own row and closes the file. `created` is in seconds, `modified` in milliseconds; the rest
    /// is JSON: the settings, note types, decks and presets.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(
        self,
        created: i64,
        modified: i64,
        [settings, notetypes, decks, presets]: [&str; 4],
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')";
        let values = params![created, modified, modified, settings, notetypes, decks, presets];
        self.db.execute(SQL, values).doing(DOING)?;
        self.db
            .execute_batch(
                "CREATE INDEX ix_cards_nid ON cards (nid);
                 CREATE INDEX ix_revlog_cid ON revlog (cid);
                 CREATE INDEX ix_notes_csum ON notes (csum);
                 COMMIT",
            )
            .doing(DOING)?;
        self.db.flush_prepared_statement_cache();
        self.db.close().map_err(|(_, error)| error).doing(DOING)
    }
}
