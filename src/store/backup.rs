//! Copies of the reader's data: on demand, every day, and back again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rusqlite::Connection;

use super::files::{self, BACKUPS};
use super::open::{Reader, inspect, with_suffix};
use super::{Doing as _, MergeSource, StoreError};
use crate::time::{Day, Moment};

/// A copy that can be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    /// The day in its name; None of a snapshot made before a change of schema or a restore.
    pub day: Option<Day>,
}

const DAILY_PREFIX: &str = "whetstone-";
/// How many of the newest daily backups stay.
const DAYS_KEPT: usize = 7;
/// How many weeks before those keep their newest one.
const WEEKS_KEPT: usize = 4;
/// How many of the newest copies from before a merge of the shared folder stay.
const SYNCS_KEPT: usize = 3;

/// The copies beside the data, the newest first.
pub fn backups(folder: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(folder.join(BACKUPS)) else { return Vec::new() };
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut out: Vec<Backup> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .map(|path| Backup { day: day_in_name(&path), path })
        .collect();
    out.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| b.path.cmp(&a.path)));
    out
}

/// Copies a folder's data while another program has it open.
///
/// # Errors
/// When there is none, or the copy could not be written.
pub fn copy_of(folder: &Path, to: &Path) -> Result<(), StoreError> {
    copy_to(&there(&files::current(folder))?.db, to)
}

/// Opens a file to read that has to be there.
fn there(path: &Path) -> Result<Reader, StoreError> {
    let missing = || StoreError::File {
        doing: "find any data in",
        path: path.to_owned(),
        source: io::Error::from(io::ErrorKind::NotFound),
    };
    inspect(path)?.filter(|reader| reader.version > 0).ok_or_else(missing)
}

fn day_in_name(path: &Path) -> Option<Day> {
    let date: Date = path.file_stem()?.to_str()?.strip_prefix(DAILY_PREFIX)?.parse().ok()?;
    Some(Day(date))
}

/// Writes a whole, consistent copy to `path`, which appears only once it is complete.
pub(super) fn copy_to(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::File { doing: "write the backup", path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let temporary =
        tempfile::Builder::new().prefix(".whetstone-").suffix(".part").tempfile_in(folder).map_err(failed)?;
    // SQLite wants to make the file itself, or to find it empty; the name must be text to it.
    let part = temporary.into_temp_path();
    let name = part.to_str().ok_or_else(|| failed(io::Error::from(io::ErrorKind::InvalidFilename)))?;
    db.execute("VACUUM INTO ?", [name]).doing("write the backup")?;
    fs::File::options().write(true).open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
    part.persist(path).map_err(|error| failed(error.error))?;
    files::sync_folder(folder);
    Ok(())
}

/// The backup of the day, unless there is one; older ones beyond a week of days and a month of weeks go.
pub(super) fn daily(db: &Connection, folder: &Path, now: Moment) -> Result<(), StoreError> {
    let today = now.day();
    let path = folder.join(BACKUPS).join(format!("{DAILY_PREFIX}{today}.db"));
    if path.exists() {
        return Ok(());
    }
    copy_to(db, &path)?;
    let all = backups(folder);
    let days: Vec<Day> = all.iter().filter_map(|backup| backup.day).collect();
    let kept = kept(&days);
    for backup in all {
        if backup.day.is_some_and(|day| !kept.contains(&day)) {
            // One that cannot be removed is no loss.
            let _ = fs::remove_file(&backup.path);
        }
    }
    Ok(())
}

/// The copy that precedes a merge. A shared folder merges often: there it is one a day, and the last few stay.
pub(super) fn before_merge(
    db: &Connection,
    folder: &Path,
    source: &MergeSource,
    now: Moment,
) -> Result<PathBuf, StoreError> {
    const BEFORE_SYNC: &str = "before-sync-";
    let backups = folder.join(BACKUPS);
    let name = match source {
        MergeSource::Journal => format!("before-import-{}.db", now.at.0),
        MergeSource::Bundle => format!("before-merge-{}.db", now.at.0),
        MergeSource::Folder { .. } => format!("{BEFORE_SYNC}{}.db", now.day()),
    };
    let path = backups.join(name);
    if matches!(source, MergeSource::Folder { .. }) {
        if path.exists() {
            return Ok(path);
        }
        let is_old =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BEFORE_SYNC));
        let mut old: Vec<PathBuf> =
            self::backups(folder).into_iter().map(|backup| backup.path).filter(is_old).collect();
        old.sort_unstable_by(|a, b| b.cmp(a));
        for path in old.iter().skip(SYNCS_KEPT - 1) {
            // One that cannot be removed is no loss.
            let _ = fs::remove_file(path);
        }
    }
    copy_to(db, &path)?;
    Ok(path)
}

/// Of some days, the newest first: the last seven, and the newest of each of the four weeks before.
fn kept(days: &[Day]) -> Vec<Day> {
    let mut kept: Vec<Day> = days.iter().take(DAYS_KEPT).copied().collect();
    let mut weeks = Vec::new();
    for day in days.iter().skip(DAYS_KEPT) {
        let week = day.0.iso_week_date();
        let week = (week.year(), week.week());
        if weeks.len() < WEEKS_KEPT && !weeks.contains(&week) {
            weeks.push(week);
            kept.push(*day);
        }
    }
    kept
}

/// Replaces the data of `folder` by the copy at `from`; what was there is kept among the backups. Says where.
///
/// # Errors
/// When the copy is damaged, foreign or too new, or when another program has the data open; nothing is changed then.
pub fn restore(folder: &Path, from: &Path, now: Moment) -> Result<Option<PathBuf>, StoreError> {
    // Before the folder is so much as made.
    there(from)?;
    let lock = files::lock(folder).map_err(|source| StoreError::File {
        doing: "lock the data folder",
        path: folder.to_owned(),
        source,
    })?;
    match lock {
        // Held until the file is in its place, which keeps every other program out.
        Some(_lock) => put_in_place(folder, from, now),
        None => Err(StoreError::InUse { path: files::current(folder) }),
    }
}

/// As [`restore`], for who holds the lock and has the data closed.
pub(super) fn put_in_place(folder: &Path, from: &Path, now: Moment) -> Result<Option<PathBuf>, StoreError> {
    let path = files::current(folder);
    // A whole and fresh file first: nothing is touched before it is on the disk.
    let part = folder.join(".restoring.part");
    copy_to(&there(from)?.db, &part)?;
    let swapped = keep(folder, &path, now).and_then(|kept| {
        // The old log must be gone before the new file takes the name: it would be applied to it.
        for suffix in ["-wal", "-shm"] {
            let side = with_suffix(&path, suffix);
            if side.exists() {
                fs::remove_file(&side).map_err(failed("put the old data away", &side))?;
            }
        }
        fs::rename(&part, &path).map_err(failed("put the backup in place", &path))?;
        files::sync_folder(folder);
        Ok(kept)
    });
    if swapped.is_err() {
        // It is a copy of what the reader still has.
        let _ = fs::remove_file(&part);
    }
    swapped
}

/// Keeps what is at `path` among the backups: a copy of data that is whole, the very bytes of what is not.
fn keep(folder: &Path, path: &Path, now: Moment) -> Result<Option<PathBuf>, StoreError> {
    let kept = folder.join(BACKUPS).join(format!("before-restore-{}.db", now.at.0));
    match inspect(path) {
        Ok(None) => return Ok(None),
        Ok(Some(reader)) => copy_to(&reader.db, &kept)?,
        Err(_) => {
            fs::create_dir_all(folder.join(BACKUPS)).map_err(failed("keep the old data in", folder))?;
            for suffix in ["", "-wal"] {
                let (from, to) = (with_suffix(path, suffix), with_suffix(&kept, suffix));
                if from.exists() {
                    fs::copy(&from, &to).map_err(failed("keep the old data in", &to))?;
                }
            }
        }
    }
    Ok(Some(kept))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::File { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_of_days_and_a_month_of_weeks_stay() {
        let newest = Day("2026-11-24".parse().unwrap());
        let days: Vec<Day> = (0..60).map(|back| newest.plus_days(-back)).collect();
        let kept = kept(&days);
        assert_eq!(kept.len(), DAYS_KEPT + WEEKS_KEPT);
        assert_eq!(kept[6], newest.plus_days(-6));
        assert!(kept[10] >= newest.plus_days(-40), "{kept:?}");
    }

    #[test]
    fn the_day_is_in_the_name() {
        let day = day_in_name(Path::new("backups/whetstone-2026-11-24.db")).unwrap();
        assert_eq!(day.to_string(), "2026-11-24");
        assert_eq!(day_in_name(Path::new("backups/before-restore-12.db")), None);
    }
}
