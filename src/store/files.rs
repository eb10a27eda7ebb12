//! Which file of the data folder holds the reader's data, and the lock on the folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// The database's name in the data folder.
pub const FILE: &str = "whetstone.db";
/// Held for as long as a program has the data open.
const LOCK: &str = "whetstone.lock";
/// Snapshots and daily backups, beside the database.
pub(super) const BACKUPS: &str = "backups";

/// Fresh starts that a folder can hold; nobody has needed three.
const LAST: u32 = 10_000;

/// The database of a folder: `whetstone.db`, or the last of those that were started fresh beside it.
pub(super) fn current(folder: &Path) -> PathBuf {
    let last = (2..LAST).take_while(|number| numbered(folder, *number).exists()).last();
    last.map_or_else(|| folder.join(FILE), |number| numbered(folder, number))
}

fn numbered(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("whetstone-{number}.db"))
}

/// Begins anew beside data that cannot be opened, which stays where it is; the next open makes and takes the new file. Says which.
///
/// # Errors
/// When the folder cannot be written.
pub fn start_fresh(folder: &Path) -> Result<PathBuf, StoreError> {
    let next = (2..LAST).map(|number| numbered(folder, number)).find(|path| !path.exists());
    let path = next.unwrap_or_else(|| folder.join(FILE));
    // An empty file is a database without tables.
    match File::create_new(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(StoreError::File { doing: "start fresh in", path, source }),
    }
}

/// Takes the lock of a folder, which is made if there is none. None when another program holds it.
///
/// It goes with the file that is returned, and with the program however that ends.
pub(super) fn lock(folder: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        // On a file system without locks it is better to write than to refuse.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
    }
}

/// Makes a rename in this folder survive a power cut, where the system can.
pub(super) fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        // What cannot be synced is as safe as the system makes it.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_start_takes_the_next_name_and_leaves_the_others() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(current(dir.path()), dir.path().join(FILE));
        fs::write(dir.path().join(FILE), "damaged").unwrap();
        for name in ["whetstone-2.db", "whetstone-3.db"] {
            assert_eq!(start_fresh(dir.path()).unwrap(), dir.path().join(name));
            assert_eq!(current(dir.path()), dir.path().join(name));
        }
        assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), "damaged");
    }

    #[test]
    fn one_holds_the_lock_until_it_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        assert!(first.is_some());
        assert!(lock(dir.path()).unwrap().is_none());
        drop(first);
        assert!(lock(dir.path()).unwrap().is_some());
    }
}
