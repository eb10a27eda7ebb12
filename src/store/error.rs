//! What can go wrong with the reader's data.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    #[error("could not {doing}: {}", path.display())]
    File { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("could not {doing}")]
    Sql { doing: &'static str, source: rusqlite::Error },
    #[error("the disk is full: could not {doing}")]
    DiskFull { doing: &'static str, source: rusqlite::Error },
    #[error("the disk is read-only: could not {doing}")]
    ReadOnlyDisk { doing: &'static str, source: rusqlite::Error },
    #[error("damaged ({found}): {}", path.display())]
    Damaged { found: String, path: PathBuf },
    #[error("schema {found} is newer than {known}: {}", path.display())]
    TooNew { found: usize, known: usize, path: PathBuf },
    #[error("not a Whetstone database: {}", path.display())]
    Foreign { path: PathBuf },
    #[error("another Whetstone has it open: {}", path.display())]
    InUse { path: PathBuf },
    #[error("could not migrate the database")]
    Migration { source: rusqlite_migration::Error },
    #[error("an entry that cannot be understood: {id}")]
    Entry { id: String, source: serde_json::Error },
    #[error("no collection of Anki's is in it")]
    NoCollection,
    #[error("Anki's schema {found} is not known, only {oldest} to {newest}")]
    ForeignVersion { found: usize, oldest: usize, newest: usize },
    #[error("it claims to hold more than {most} rows")]
    TooMany { most: usize },
    #[error("the thread that writes has ended")]
    WriterGone,
}

impl StoreError {
    /// Sorts SQLite's own failures by what the reader can do about them.
    pub(super) fn from_sql(doing: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { doing, source },
            Some(ErrorCode::ReadOnly) => Self::ReadOnlyDisk { doing, source },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { found: source.to_string(), path: PathBuf::new() }
            }
            _ => Self::Sql { doing, source },
        }
    }

    /// A disk that is full or read-only is that in a migration too: the data can still be read.
    pub(super) fn from_migration(source: rusqlite_migration::Error) -> Self {
        use rusqlite::ErrorCode::{DiskFull, ReadOnly};
        match source {
            rusqlite_migration::Error::RusqliteError { err, .. }
                if matches!(err.sqlite_error_code(), Some(DiskFull | ReadOnly)) =>
            {
                Self::from_sql("bring the data to this version", err)
            }
            source => Self::Migration { source },
        }
    }

    /// Names the file in which SQLite found damage.
    pub(super) fn at(self, path: &Path) -> Self {
        match self {
            Self::Damaged { found, path: unnamed } if unnamed.as_os_str().is_empty() => {
                Self::Damaged { found, path: path.to_owned() }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fills_during_a_migration_is_called_full() {
        let failed = |code: i32| {
            let err = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            StoreError::from_migration(rusqlite_migration::Error::RusqliteError { query: String::new(), err })
        };
        assert!(matches!(failed(rusqlite::ffi::SQLITE_FULL), StoreError::DiskFull { .. }));
        assert!(matches!(failed(rusqlite::ffi::SQLITE_READONLY), StoreError::ReadOnlyDisk { .. }));
        assert!(matches!(failed(rusqlite::ffi::SQLITE_ERROR), StoreError::Migration { .. }));
    }
}
