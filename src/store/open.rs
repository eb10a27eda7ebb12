//! Opening the reader's data: one program writes, a second one reads; what is damaged or newer is left untouched.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use tempfile::TempDir;

use super::{APPLICATION_ID, Doing as _, StoreError, backup, files, journal, keep, prepare};
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

/// The setting that names the reader's folders of questions: a RON list of paths.
pub const FOLDERS: &str = "folders";

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
    /// The reader's folders of questions, in their order.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.settings.get(FOLDERS).and_then(|text| ron::from_str(text).ok()).unwrap_or_default()
    }

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

/// One SQL file a version, in order; one that has shipped is never changed.
const VERSIONS: [&str; 3] =
    [include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql"), include_str!("migrations/0003.sql")];

pub(super) fn migrations() -> Migrations<'static> {
    VERSIONS.into_iter().map(M::up).collect()
}

/// The data, open to write and locked; or only what was read of it.
pub(super) struct Database {
    pub writing: Option<(Connection, File)>,
    pub opened: Opened,
}

/// Opens the folder's data, making it if there is none.
///
/// # Errors
/// When it is damaged, newer than this program, or the folder cannot be used; the file is untouched then.
pub(super) fn open(folder: &Path, now: Moment) -> Result<Database, StoreError> {
    match files::lock(folder) {
        Ok(Some(lock)) => open_locked(folder, lock, now),
        Ok(None) => open_to_read(&files::current(folder), ReadOnlyWhy::InUse),
        Err(_) if files::current(folder).exists() => open_to_read(&files::current(folder), ReadOnlyWhy::Disk),
        Err(source) => Err(StoreError::File { doing: "make the data folder", path: folder.to_owned(), source }),
    }
}

/// As [`open`], for who holds the lock already.
pub(super) fn open_locked(folder: &Path, lock: File, now: Moment) -> Result<Database, StoreError> {
    let path = files::current(folder);
    // Closed before the file is opened to write.
    let is_old = inspect(&path)?.is_some_and(|reader| reader.version < VERSIONS.len());
    let written = open_to_write(&path, &migrations(), is_old.then(|| before_migration(folder, now)).as_deref());
    let read = written.and_then(|db| Ok((read(&db, Access::ReadWrite)?, db)));
    match read.map_err(|error| error.at(&path)) {
        Ok((opened, db)) => Ok(Database { writing: Some((db, lock)), opened }),
        // A disk that is full or cannot be written can still be read.
        Err(error @ (StoreError::ReadOnlyDisk { .. } | StoreError::DiskFull { .. } | StoreError::Sql { .. })) => {
            if !path.exists() {
                return Err(error);
            }
            open_to_read(&path, ReadOnlyWhy::Disk).or(Err(error))
        }
        Err(error) => Err(error),
    }
}

fn before_migration(folder: &Path, now: Moment) -> std::path::PathBuf {
    folder.join(files::BACKUPS).join(format!("before-schema-{}-{}.db", VERSIONS.len(), now.at.0))
}

fn open_to_write(path: &Path, migrations: &Migrations<'_>, snapshot: Option<&Path>) -> Result<Connection, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "the store is where a connection is opened")]
    let mut db = Connection::open(path).doing("open the data")?;
    prepare(&db)?;
    if number(&db, "application_id")? != i64::from(APPLICATION_ID) {
        db.pragma_update(None, "application_id", APPLICATION_ID).doing("mark the file as ours")?;
    }
    if let Some(snapshot) = snapshot {
        backup::copy_to(&db, snapshot)?;
    }
    migrations.to_latest(&mut db).map_err(StoreError::from_migration)?;
    if snapshot.is_some() {
        // A table that was written anew leaves its old pages in the file. What cannot be given back is only room.
        let _ = db.execute_batch("VACUUM");
    }
    Ok(db)
}

fn open_to_read(path: &Path, why: ReadOnlyWhy) -> Result<Database, StoreError> {
    let access = Access::ReadOnly(why);
    let Some(reader) = inspect(path)? else {
        return Ok(Database { writing: None, opened: Opened { access, ..Opened::nothing() } });
    };
    let opened = if reader.version < VERSIONS.len() {
        // Brought to this version in a copy, since the file itself must stay as it is.
        let copy = temporary()?;
        let path_of_copy = copy.path().join(files::FILE);
        backup::copy_to(&reader.db, &path_of_copy)?;
        read(&open_to_write(&path_of_copy, &migrations(), None)?, access)
    } else {
        read(&reader.db, access)
    };
    Ok(Database { writing: None, opened: opened.map_err(|error| error.at(path))? })
}

/// Bytes of the header of an SQLite file.
const SQLITE_HEADER: u64 = 100;

/// A database that is only read.
pub(super) struct Reader {
    pub db: Connection,
    /// How many migrations it has seen; 0 of an empty file.
    pub version: usize,
    /// Where a copy lies that is read in the file's stead.
    _copy: Option<TempDir>,
}

/// Looks at a file without writing to it: is it ours, whole, and not from a later program? None if there is nothing in it.
///
/// # Errors
/// [`StoreError::Damaged`], [`StoreError::Foreign`] or [`StoreError::TooNew`].
pub(super) fn inspect(path: &Path) -> Result<Option<Reader>, StoreError> {
    match fs::metadata(path) {
        // SQLite takes what is shorter than its header for an empty database, and would write over it.
        Ok(meta) if (1..SQLITE_HEADER).contains(&meta.len()) => {
            return Err(StoreError::Damaged { found: "too short to be a database".into(), path: path.to_owned() });
        }
        Ok(meta) if meta.len() > 0 => {}
        Ok(_) => return Ok(None),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::File { doing: "read", path: path.to_owned(), source }),
    }
    let reader = open_reader(path).and_then(|(db, copy)| {
        let application = number(&db, "application_id")?;
        let version = number(&db, "user_version")?;
        let tables = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
        let is_empty = application == 0 && version == 0 && tables.doing("read the tables")? == 0;
        if application != i64::from(APPLICATION_ID) && !is_empty {
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        let version = usize::try_from(version).unwrap_or(usize::MAX);
        if version > VERSIONS.len() {
            return Err(StoreError::TooNew { found: version, known: VERSIONS.len(), path: path.to_owned() });
        }
        let verdict: String =
            db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).doing("check the data for damage")?;
        if verdict == "ok" {
            Ok(Reader { db, version, _copy: copy })
        } else {
            Err(StoreError::Damaged { found: verdict, path: path.to_owned() })
        }
    });
    reader.map(Some).map_err(|error| error.at(path))
}

/// Opens a file to read it in place; where that takes writing beside it, which is not possible there, a copy of it.
pub(super) fn open_reader(path: &Path) -> Result<(Connection, Option<TempDir>), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let in_place = Connection::open_with_flags(path, flags).and_then(|db| {
        db.busy_timeout(super::BUSY)?;
        db.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
        Ok(db)
    });
    let refused = match in_place {
        Ok(db) => return Ok((db, None)),
        Err(error) => error,
    };
    if !matches!(refused.sqlite_error_code(), Some(CannotOpen | DiskFull | ReadOnly | SystemIoFailure)) {
        return Err(refused).doing("open the data to read");
    }
    // The write-ahead log needs an index beside it: on a disk that cannot be written that takes a copy of both.
    let folder = temporary()?;
    let copy = folder.path().join(files::FILE);
    for suffix in ["", "-wal"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            let to = with_suffix(&copy, suffix);
            fs::copy(&from, &to).map_err(|source| StoreError::File { doing: "read", path: from.clone(), source })?;
            make_writable(&to);
        }
    }
    #[expect(clippy::disallowed_methods, reason = "the store is where a connection is opened")]
    let db = Connection::open(&copy).doing("open a copy of the data")?;
    Ok((db, Some(folder)))
}

/// A copy of a read-only file is read-only too, and may not be opened then.
fn make_writable(path: &Path) {
    if let Ok(meta) = fs::metadata(path) {
        let mut permissions = meta.permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "it lies in a folder that only this user can enter")]
        permissions.set_readonly(false);
        // If it stays read-only, opening it says so.
        let _ = fs::set_permissions(path, permissions);
    }
}

/// The file that SQLite keeps beside a database, such as `-wal`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn temporary() -> Result<TempDir, StoreError> {
    tempfile::tempdir().map_err(|source| StoreError::File {
        doing: "make a folder for a copy in",
        path: std::env::temp_dir(),
        source,
    })
}

fn number(db: &Connection, pragma: &str) -> Result<i64, StoreError> {
    db.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0)).doing("read the head of the data")
}

fn read(db: &Connection, access: Access) -> Result<Opened, StoreError> {
    let machine = match access {
        Access::ReadWrite => journal::machine(db)?,
        // A reader has nothing to sign.
        Access::ReadOnly(_) => MachineId(uuid::Uuid::nil()),
    };
    Ok(Opened {
        progress: Progress::from_entries(journal::entries(db)?),
        drafts: keep::drafts(db)?,
        settings: keep::settings(db)?,
        machine,
        access,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `MIGRATIONS` must be whole SQL that applies to an empty file, each after the one before.
    #[test]
    fn migrations_apply() {
        migrations().validate().unwrap();
    }

    #[test]
    fn an_older_file_is_copied_before_it_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let (path, snapshot) = (dir.path().join(files::FILE), dir.path().join("backups/before.db"));
        let db = open_to_write(&path, &migrations(), None).unwrap();
        keep::set_setting(&db, "theme", "dark").unwrap();
        drop(db);

        // What a later program would bring.
        let mut later = VERSIONS.map(M::up).to_vec();
        later.push(M::up("ALTER TABLE setting RENAME COLUMN value TO was; CREATE TABLE later (id INTEGER) STRICT"));
        let db = open_to_write(&path, &Migrations::new(later), Some(&snapshot)).unwrap();
        assert_eq!(number(&db, "user_version").unwrap(), 4);
        drop(db);

        let before = inspect(&snapshot).unwrap().unwrap();
        assert_eq!(before.version, 3);
        assert_eq!(keep::settings(&before.db).unwrap().get("theme").map(String::as_str), Some("dark"));
        // And to this program it is too new.
        assert!(matches!(inspect(&path), Err(StoreError::TooNew { found: 4, known: 3, .. })));
    }

    /// What an earlier program wrote is there, fact by fact in its order, once its table has become one with row ids.
    #[test]
    fn the_facts_of_an_earlier_schema_come_along() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(files::FILE);
        let earlier = VERSIONS[..2].iter().copied().map(M::up).collect();
        let mut db = open_to_write(&path, &earlier, None).unwrap();
        let rated = |confidence| crate::study::Fact::ConfidenceRated {
            question: crate::ids::QuestionId::new("kafka/isr"),
            confidence,
        };
        let entry = |number: u128| crate::study::Entry {
            id: crate::ids::EntryId(uuid::Uuid::from_u128(number)),
            machine: MachineId(uuid::Uuid::from_u128(1)),
            at: crate::time::Timestamp(1_790_000_000_000),
            offset_secs: 0,
            facts: vec![rated(crate::study::Confidence::Sure), rated(crate::study::Confidence::Guess)],
        };
        for number in [9, 3] {
            journal::append(&mut db, &entry(number)).unwrap();
        }
        drop(db);
        let mut db = open_to_write(&path, &migrations(), None).unwrap();
        journal::append(&mut db, &entry(5)).unwrap();
        assert_eq!(journal::entries(&db).unwrap(), [entry(9), entry(3), entry(5)]);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(files::FILE);
        drop(open_to_write(&path, &migrations(), None).unwrap());
        let mut later = VERSIONS.map(M::up).to_vec();
        later.push(M::up("DROP TABLE draft; SELECT nonsense"));
        assert!(matches!(open_to_write(&path, &Migrations::new(later), None), Err(StoreError::Migration { .. })));
        let reader = inspect(&path).unwrap().unwrap();
        assert_eq!((reader.version, keep::drafts(&reader.db).unwrap()), (3, Vec::new()));
    }

    #[test]
    fn the_database_of_another_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(files::FILE);
        #[expect(clippy::disallowed_methods, reason = "another program's database")]
        let db = Connection::open(&path).unwrap();
        db.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
        drop(db);
        assert!(matches!(inspect(&path), Err(StoreError::Foreign { .. })));
    }
}
