//! The reader's data in one SQLite file: the only room that speaks SQL. Opens, appends, drafts, settings, backups; a
//! thread of its own writes, and what it has acknowledged survives a power cut. Knows facts, not what they mean.

mod backup;
mod error;
mod files;
pub mod foreign;
mod journal;
mod keep;
mod open;
mod picture;
mod snapshot;
mod writer;

pub use backup::{Backup, backups, copy_of, restore};
pub use error::StoreError;
pub use files::{FILE, start_fresh};
pub use open::{Access, FOLDERS, Opened, ReadOnlyWhy};
pub use snapshot::Snapshot;
pub use writer::{Job, MergeSource, Reply, Store};

use std::time::Duration;

use rusqlite::Connection;

/// `WhSt`, in the file's header, so that other programs can tell what it is.
const APPLICATION_ID: i32 = 0x5768_5374;
/// How long SQLite waits for another connection, such as a second copy that reads.
const BUSY: Duration = Duration::from_secs(2);

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
    const DOING: &str = "prepare the database";
    db.busy_timeout(BUSY).doing(DOING)?;
    // The writer checkpoints when it is idle, so that no grade waits for one.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 0;",
    )
    .doing(DOING)
}
