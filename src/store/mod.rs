//! The reader's data in one SQLite file: the only room that speaks SQL. Opens, appends, drafts, settings, backups; a
//! thread of its own writes, and what it has acknowledged survives a power cut. Knows facts, not what they mean.

mod backup;
mod error;
mod journal;
mod open;
mod writer;

pub use backup::{Backup, backups, copy_of, restore};
pub use error::StoreError;
pub use open::{Access, Opened, ReadOnlyWhy};
pub use writer::{Job, Reply, Store};

use rusqlite::Connection;

/// The database's name in the data folder.
pub const FILE: &str = "whetstone.db";
/// Held for as long as a program has the data open.
const LOCK: &str = "whetstone.lock";
/// Snapshots and daily backups, beside the database.
const BACKUPS: &str = "backups";
/// `WhSt`, in the file's header, so that other programs can tell what it is.
const APPLICATION_ID: i32 = 0x5768_5374;

/// What has been attempted, for the error that may follow.
trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::from_sql(doing, source))
    }
}

/// The settings of every connection that writes.
fn prepare(db: &Connection) -> Result<(), StoreError> {
    // The writer checkpoints when it is idle, so that no grade waits for one.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 2000;",
    )
    .doing("prepare the database")
}
