//! Copies of the reader's data: on demand, every day, and back again.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rusqlite::Connection;

use super::open::{self, inspect};
use super::{BACKUPS, Doing as _, StoreError};
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
    let path = open::file_in(folder);
    inspect(&path)?;
    copy_to(&open::read_only(&path)?, to)
}

fn day_in_name(path: &Path) -> Option<Day> {
    let date: Date = path.file_stem()?.to_str()?.strip_prefix(DAILY_PREFIX)?.parse().ok()?;
    Some(Day(date))
}

/// Writes a whole, consistent copy to `path`, which appears only once it is complete.
pub(super) fn copy_to(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |doing| {
        let path = path.to_owned();
        move |source| StoreError::File { doing, path, source }
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed("make the folder of the backup"))?;
    let temporary = tempfile::Builder::new()
        .prefix(".whetstone-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(failed("write the backup"))?;
    // SQLite wants to make the file itself.
    let part = temporary.into_temp_path();
    fs::remove_file(&part).map_err(failed("write the backup"))?;
    let name = part.to_string_lossy().into_owned();
    db.execute("VACUUM INTO ?", [name]).doing("write the backup")?;
    let synced = fs::File::options().write(true).open(&part).and_then(|file| file.sync_all());
    synced.map_err(failed("write the backup"))?;
    part.persist(path).map_err(|error| failed("name the backup")(error.error))
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

/// Replaces the data of `folder` by the copy at `from`; today's data is kept among the backups. Says where.
///
/// # Errors
/// When the copy is damaged, foreign or too new, or when another program has the data open; nothing is changed then.
pub fn restore(folder: &Path, from: &Path, now: Moment) -> Result<Option<PathBuf>, StoreError> {
    let file_error = |doing, path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::File { doing, path, source }
    };
    if !from.is_file() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(file_error("read the backup", from)(source));
    }
    inspect(from)?;
    fs::create_dir_all(folder).map_err(file_error("make the data folder", folder))?;
    let path = open::file_in(folder);
    let mut kept = None;
    // Holding the lock keeps every other program out until the file is in its place.
    let lock = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(super::LOCK))
        .map_err(file_error("lock the data folder", folder))?;
    if matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)) {
        return Err(StoreError::InUse { path });
    }
    if path.exists() {
        let name = folder.join(BACKUPS).join(format!("before-restore-{}.db", now.at.0));
        match inspect(&path) {
            Ok(()) => {
                #[expect(clippy::disallowed_methods, reason = "the store is where a connection is opened")]
                let db = Connection::open(&path).doing("open the data")?;
                copy_to(&db, &name)?;
            }
            // What is damaged is kept as it is.
            Err(_) => {
                fs::create_dir_all(folder.join(BACKUPS)).map_err(file_error("make the backup folder", folder))?;
                fs::copy(&path, &name).map_err(file_error("keep today's data", &name))?;
            }
        }
        kept = Some(name);
    }
    let part = folder.join(".restoring.part");
    fs::copy(from, &part).map_err(file_error("copy the backup", &part))?;
    let synced = fs::File::options().write(true).open(&part).and_then(|file| file.sync_all());
    synced.map_err(file_error("copy the backup", &part))?;
    for suffix in ["-wal", "-shm"] {
        let side = folder.join(format!("{}{suffix}", super::FILE));
        if side.exists() {
            fs::remove_file(&side).map_err(file_error("put the old data away", &side))?;
        }
    }
    fs::rename(&part, &path).map_err(file_error("put the backup in place", &path))?;
    Ok(kept)
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
