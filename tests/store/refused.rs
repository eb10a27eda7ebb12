//! What cannot be opened is said, and the file stays as it was to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use whetstone::store::{self, Access, FILE, ReadOnlyWhy, Store, StoreError};

use super::{moment, note, open, review, reviews};

/// Data with some reviews in it, closed.
fn data(folder: &Path) -> PathBuf {
    let (store, _) = open(folder);
    for number in 0..200 {
        store.append_now(moment(number), vec![review("kafka/isr#a"), note(&"word ".repeat(200))]).unwrap();
    }
    drop(store);
    folder.join(FILE)
}

fn sql(path: &Path, text: &str) {
    #[expect(clippy::disallowed_methods, reason = "does what only another program would do")]
    let db = Connection::open(path).unwrap();
    db.execute_batch(text).unwrap();
}

/// Opens, expects a refusal, and that the file has not changed.
fn refused(folder: &Path) -> StoreError {
    let path = folder.join(FILE);
    let before = fs::read(&path).unwrap();
    let error = Store::open(folder, moment(0)).err().expect("a refusal");
    assert!(before == fs::read(&path).unwrap(), "the file has been touched");
    error
}

#[test]
fn data_of_a_newer_program() {
    let dir = tempfile::tempdir().unwrap();
    let path = data(dir.path());
    sql(&path, "PRAGMA user_version = 99");
    let error = refused(dir.path());
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error:?}");
    assert!(error.to_string().contains(FILE));
}

#[test]
fn a_file_that_is_no_database() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), "My diary.\n".repeat(1000)).unwrap();
    let error = refused(dir.path());
    assert!(matches!(&error, StoreError::Damaged { path, .. } if path.ends_with(FILE)), "{error:?}");
}

#[test]
fn the_database_of_another_program() {
    let dir = tempfile::tempdir().unwrap();
    sql(&dir.path().join(FILE), "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1");
    assert!(matches!(refused(dir.path()), StoreError::Foreign { .. }));
}

#[test]
fn a_file_cut_short() {
    let dir = tempfile::tempdir().unwrap();
    let path = data(dir.path());
    let whole = fs::read(&path).unwrap();
    for share in [2, 3, 10, whole.len()] {
        fs::write(&path, &whole[..whole.len() / share]).unwrap();
        let error = refused(dir.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn a_file_with_a_page_of_noise() {
    let dir = tempfile::tempdir().unwrap();
    let path = data(dir.path());
    let whole = fs::read(&path).unwrap();
    // Every page but those that may be free or hold nothing but text, where noise is not to be told from words.
    let mut found = 0;
    for page in 1..whole.len() / 4096 {
        let mut noisy = whole.clone();
        noisy[page * 4096..page * 4096 + 64].fill(0xA5);
        fs::write(&path, &noisy).unwrap();
        let before = fs::read(&path).unwrap();
        match Store::open(dir.path(), moment(0)) {
            Err(StoreError::Damaged { .. }) => {
                assert!(before == fs::read(&path).unwrap());
                found += 1;
            }
            Err(StoreError::Entry { .. }) => {}
            Err(other) => panic!("page {page}: {other:?}"),
            Ok(_) => fs::write(&path, &whole).unwrap(),
        }
        if page > 60 {
            break;
        }
    }
    assert!(found > 20, "{found}");
}

#[test]
fn an_entry_that_makes_no_sense() {
    let dir = tempfile::tempdir().unwrap();
    let path = data(dir.path());
    sql(&path, "UPDATE fact SET body = '{\"kind\":\"telepathy\"}' WHERE entry = 3 AND position = 0");
    assert!(matches!(Store::open(dir.path(), moment(0)).err(), Some(StoreError::Entry { .. })));
}

#[test]
fn the_way_on_is_a_backup_or_a_fresh_start_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = data(dir.path());
    let backup = dir.path().join("backups/whetstone-2026-11-24.db");
    store::copy_of(dir.path(), &backup).unwrap();
    fs::write(&path, "damaged").unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));

    assert_eq!(store::backups(dir.path())[0].path, backup);
    let fresh = store::start_fresh(dir.path()).unwrap();
    let (store, opened) = open(dir.path());
    assert_eq!((opened.access, opened.progress.entries().count()), (Access::ReadWrite, 0));
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    drop(store);
    assert_eq!(reviews(dir.path()), 1);
    assert!(fs::metadata(fresh).unwrap().len() > 0);
    assert_eq!(fs::read(&path).unwrap(), b"damaged");

    let kept = store::restore(dir.path(), &backup, moment(1)).unwrap().unwrap();
    assert_eq!(reviews(dir.path()), 200);
    assert_eq!(fs::read(&path).unwrap(), b"damaged");
    store::restore(dir.path(), &kept, moment(2)).unwrap();
    assert_eq!(reviews(dir.path()), 1);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Store::open(&file.join("data"), moment(0)).err(), Some(StoreError::File { .. })));
}

/// On a disk that cannot be written the data is shown as it is, with all of the write-ahead log.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let (living, frozen) = (dir.path().join("living"), dir.path().join("frozen"));
    let (store, _) = open(&living);
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    // As a power cut leaves it: the last review is in the log only.
    fs::create_dir(&frozen).unwrap();
    for name in [FILE.to_owned(), format!("{FILE}-wal")] {
        fs::copy(living.join(&name), frozen.join(&name)).unwrap();
    }
    drop(store);
    let set = |mode| fs::set_permissions(&frozen, fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    if fs::write(frozen.join("probe"), "").is_ok() {
        // Whoever may write everywhere cannot see this.
        set(0o755);
        return;
    }
    let before = fs::read(frozen.join(FILE)).unwrap();
    let result = Store::open(&frozen, moment(1));
    let names = fs::read_dir(&frozen).unwrap().count();
    set(0o755);
    let (store, opened) = result.unwrap();
    assert_eq!(opened.access, Access::ReadOnly(ReadOnlyWhy::Disk));
    assert_eq!(opened.progress.counts_of_all().reviews, 1);
    assert!(!store.send(whetstone::store::Job::Setting { key: "a".into(), value: "b".into() }));
    assert!(matches!(store.append_now(moment(2), vec![note("no")]), Err(StoreError::File { .. })));
    assert_eq!((names, fs::read(frozen.join(FILE)).unwrap() == before), (2, true));
}
