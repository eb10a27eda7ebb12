//! Opening the reader's data: one program writes, a second one reads; what is damaged or newer is left untouched.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations, SchemaVersion};

use super::{APPLICATION_ID, BACKUPS, Doing as _, FILE, LOCK, StoreError, backup, journal, prepare};
use crate::ids::MachineId;
use crate::study::Progress;
use crate::time::Moment;

/// What was found in the data folder.
#[derive(Debug)]
pub struct Opened {
    pub progress: Progress,
    /// Text that was being typed when the program ended, by its key.
    pub drafts: Vec<(String, String)>,
    pub settings: HashMap<String, String>,
    pub machine: MachineId,
    pub access: Access,
}

/// Whether this program may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    ReadWrite,
    ReadOnly(ReadOnlyWhy),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnlyWhy {
    /// Another copy of the program has the data open.
    InUse,
    /// The folder or the file cannot be written.
    Disk,
    /// The data could not be opened at all; what is shown is empty.
    Unopened,
}

impl Opened {
    /// What a window shows that could not open the data.
    pub fn nothing() -> Self {
        Self {
            progress: Progress::default(),
            drafts: Vec::new(),
            settings: HashMap::new(),
            machine: MachineId(uuid::Uuid::nil()),
            access: Access::ReadOnly(ReadOnlyWhy::Unopened),
        }
    }
}

pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(include_str!("migrations/0001.sql"))])
}

/// How many migrations this program knows.
fn known_version() -> usize {
    1
}

/// An open database, with the lock that is held as long as it is.
pub(super) struct Database {
    pub db: Connection,
    pub lock: Option<File>,
    pub opened: Opened,
}

/// Opens the folder's data, making it if there is none.
///
/// # Errors
/// When it is damaged, newer than this program, or the folder cannot be used; the file is untouched then.
pub(super) fn open(folder: &Path, now: Moment) -> Result<Database, StoreError> {
    let path = folder.join(FILE);
    let made = fs::create_dir_all(folder);
    let lock = match made.and_then(|()| open_lock(folder)) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(ReadOnlyWhy::InUse),
            // A file system without locks: better to write than to refuse.
            Err(TryLockError::Error(_)) => Ok(lock),
        },
        Err(_) if path.exists() => Err(ReadOnlyWhy::Disk),
        Err(source) => {
            return Err(StoreError::File { doing: "make the data folder", path: folder.to_owned(), source });
        }
    };
    if path.exists() {
        inspect(&path)?;
    }
    match lock {
        Err(why) => {
            let db = read_only(&path)?;
            let opened = read(&db, Access::ReadOnly(why))?;
            Ok(Database { db, lock: None, opened })
        }
        Ok(lock) => match open_to_write(folder, &path, now) {
            Ok(db) => {
                let opened = read(&db, Access::ReadWrite)?;
                Ok(Database { db, lock: Some(lock), opened })
            }
            Err(StoreError::ReadOnlyDisk { .. }) if path.exists() => {
                let db = read_only(&path)?;
                let opened = read(&db, Access::ReadOnly(ReadOnlyWhy::Disk))?;
                Ok(Database { db, lock: None, opened })
            }
            Err(error) => Err(error),
        },
    }
}

fn open_lock(folder: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))
}

pub(super) fn read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).doing("open the data to read")
}

/// Looks at a file without writing to it: is it ours, whole, and not from a later program?
///
/// # Errors
/// [`StoreError::Damaged`], [`StoreError::Foreign`] or [`StoreError::TooNew`].
pub(super) fn inspect(path: &Path) -> Result<(), StoreError> {
    let damaged = |found: String| StoreError::Damaged { found, path: path.to_owned() };
    let size = fs::metadata(path).map_or(0, |meta| meta.len());
    if size == 0 {
        return Ok(());
    }
    let db = read_only(path)?;
    let number = |name: &str| -> Result<i64, StoreError> {
        db.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).map_err(|error| damaged(error.to_string()))
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != i64::from(APPLICATION_ID) && (application != 0 || version != 0) {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > known_version() {
        return Err(StoreError::TooNew { found: version, known: known_version(), path: path.to_owned() });
    }
    let verdict: String =
        db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|error| damaged(error.to_string()))?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(verdict)) }
}

fn open_to_write(folder: &Path, path: &Path, now: Moment) -> Result<Connection, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "the store is where a connection is opened")]
    let mut db = Connection::open(path).doing("open the data")?;
    prepare(&db)?;
    db.pragma_update(None, "application_id", APPLICATION_ID).doing("mark the file as ours")?;
    let migrations = migrations();
    let current = migrations.current_version(&db).map_err(|source| StoreError::Migration { source })?;
    if let SchemaVersion::Inside(version) = current
        && version.get() < known_version()
    {
        let name = format!("before-schema-{}-{}.db", known_version(), now.at.0);
        backup::copy_to(&db, &folder.join(BACKUPS).join(name))?;
    }
    migrations.to_latest(&mut db).map_err(|source| StoreError::Migration { source })?;
    Ok(db)
}

fn read(db: &Connection, access: Access) -> Result<Opened, StoreError> {
    let machine = match access {
        Access::ReadWrite => journal::machine(db)?,
        // A reader has nothing to sign.
        Access::ReadOnly(_) => MachineId(uuid::Uuid::nil()),
    };
    Ok(Opened {
        progress: Progress::from_entries(journal::entries(db)?),
        drafts: journal::drafts(db)?,
        settings: journal::settings(db)?,
        machine,
        access,
    })
}

/// Where the database of a folder lies.
pub(super) fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE)
}
