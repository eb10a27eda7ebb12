//! Copies of the data, and back.

use std::fs;

use whetstone::store::{self, FILE, Job, Reply, Store, StoreError};

use super::{done, moment, open, review, reviews};

#[test]
fn a_backup_is_whole_and_restores() {
    let dir = tempfile::tempdir().unwrap();
    let (data, copy) = (dir.path().join("data"), dir.path().join("stick/mine.db"));
    let (store, _) = open(&data);
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    let reply = done(&store, Job::BackUp { to: Some(copy.clone()), moment: moment(1) });
    assert!(matches!(&reply, Reply::BackedUp(path) if *path == copy), "{reply:?}");
    store.append_now(moment(2), vec![review("kafka/isr#b")]).unwrap();
    drop(store);
    assert_eq!(fs::read_dir(dir.path().join("stick")).unwrap().count(), 1, "nothing half-written beside it");

    let kept = store::restore(&data, &copy, moment(3)).unwrap().unwrap();
    assert_eq!(reviews(&data), 1);
    store::restore(&data, &kept, moment(4)).unwrap();
    assert_eq!(reviews(&data), 2);
    // Into a folder where nothing was.
    let fresh = dir.path().join("fresh");
    assert_eq!(store::restore(&fresh, &copy, moment(5)).unwrap(), None);
    assert_eq!(reviews(&fresh), 1);
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (store, _) = open(&data);
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    drop(store);
    let before = fs::read(data.join(FILE)).unwrap();
    let (nothing, noise) = (dir.path().join("nothing.db"), dir.path().join("noise.db"));
    fs::write(&noise, "noise".repeat(5000)).unwrap();
    let foreign = dir.path().join("foreign.db");
    #[expect(clippy::disallowed_methods, reason = "another program's database")]
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();

    let (short, empty) = (dir.path().join("short.db"), dir.path().join("empty.db"));
    fs::write(&short, "x").unwrap();
    fs::write(&empty, "").unwrap();

    assert!(matches!(store::restore(&data, &short, moment(1)), Err(StoreError::Damaged { .. })));
    assert!(matches!(store::restore(&data, &empty, moment(1)), Err(StoreError::File { .. })));
    assert!(matches!(store::restore(&data, &nothing, moment(1)), Err(StoreError::File { .. })));
    assert!(matches!(store::restore(&data, &noise, moment(1)), Err(StoreError::Damaged { .. })));
    assert!(matches!(store::restore(&data, &foreign, moment(1)), Err(StoreError::Foreign { .. })));
    assert!(fs::read(data.join(FILE)).unwrap() == before);
    assert!(!data.join("backups").exists() || store::backups(&data).iter().all(|backup| backup.day.is_some()));
}

#[test]
fn data_in_use_is_not_replaced_by_another_program() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.db");
    let data = dir.path().join("data");
    let (store, _) = open(&data);
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    store::copy_of(&data, &copy).unwrap();
    assert!(matches!(store::restore(&data, &copy, moment(1)), Err(StoreError::InUse { .. })));
}

#[test]
fn the_program_that_has_it_open_replaces_it_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy.db"));
    let (store, first) = open(&data);
    store.append_now(moment(0), vec![review("kafka/isr#a")]).unwrap();
    store::copy_of(&data, &copy).unwrap();
    store.append_now(moment(1), vec![review("kafka/isr#b")]).unwrap();

    let Reply::Restored { opened, kept } = done(&store, Job::Restore { from: copy, moment: moment(2) }) else {
        panic!("restored")
    };
    assert_eq!(opened.progress.counts_of_all().reviews, 1);
    assert_eq!(opened.machine, first.machine);
    store.append_now(moment(3), vec![review("kafka/isr#c")]).unwrap();
    // Another copy is kept out all along.
    assert_ne!(Store::open(&data, moment(4)).unwrap().1.access, store::Access::ReadWrite);
    drop(store);
    assert_eq!(reviews(&data), 2);
    store::restore(&data, &kept.unwrap(), moment(5)).unwrap();
    assert_eq!(reviews(&data), 2);

    let (store, _) = open(&data);
    let reply = done(&store, Job::Restore { from: dir.path().join("nothing"), moment: moment(6) });
    assert!(matches!(reply, Reply::Failed { entry: false, .. }), "{reply:?}");
    store.append_now(moment(7), vec![review("kafka/isr#d")]).unwrap();
    drop(store);
    assert_eq!(reviews(&data), 3);
}

#[test]
fn the_day_is_backed_up_once_something_was_written() {
    let dir = tempfile::tempdir().unwrap();
    for day in 0..12 {
        let (store, _) = Store::open(dir.path(), moment(day * 1440)).unwrap();
        store.append_now(moment(day * 1440), vec![review("kafka/isr#a")]).unwrap();
        store.append_now(moment(day * 1440 + 1), vec![review("kafka/isr#b")]).unwrap();
    }
    let backups = store::backups(dir.path());
    let days: Vec<_> = backups.iter().filter_map(|backup| backup.day).collect();
    assert_eq!(days[0], moment(11 * 1440).day());
    assert!((8..=9).contains(&days.len()), "seven days, and one of each week before: {days:?}");
    store::restore(dir.path(), &backups[1].path, moment(0)).unwrap();
    assert_eq!(reviews(dir.path()), 22);
}
