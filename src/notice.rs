//! Every failure as the reader is told of it: what happened, what was kept, what to do.

use crate::store::{ReadOnlyWhy, StoreError};

/// What a reader needs to know when something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub happened: String,
    pub kept: &'static str,
    pub next: String,
}

impl Notice {
    // No `_` arm: a new failure does not compile until someone has written its sentences.
    pub fn of_store(error: &StoreError) -> Self {
        const UNTOUCHED: &str = "The file has not been touched";
        const EARLIER: &str = "What was saved before is safe";
        let (happened, kept, next) = match error {
            StoreError::File { doing, path, source } => (
                format!("Could not {doing} {} ({source})", path.display()),
                EARLIER,
                "Check the folder and try again".into(),
            ),
            StoreError::Sql { doing, source } => {
                (format!("Could not {doing} ({source})"), EARLIER, "Try again; if it stays, restore a backup".into())
            }
            StoreError::DiskFull { doing, .. } => {
                (format!("The disk is full: could not {doing}"), EARLIER, "Make room, then do it again".into())
            }
            StoreError::ReadOnlyDisk { doing, .. } => (
                format!("The disk is read-only: could not {doing}"),
                EARLIER,
                "Choose another folder with --data-dir".into(),
            ),
            StoreError::Damaged { found, path } => (
                format!("Your data is damaged ({found}): {}", path.display()),
                UNTOUCHED,
                "Run `whetstone restore` with a file of the backups folder, or start fresh with --data-dir".into(),
            ),
            StoreError::TooNew { path, .. } => (
                format!("Your data was written by a newer Whetstone: {}", path.display()),
                UNTOUCHED,
                "Update Whetstone, or restore a backup".into(),
            ),
            StoreError::Foreign { path } => (
                format!("{} belongs to another program", path.display()),
                UNTOUCHED,
                "Choose another folder with --data-dir".into(),
            ),
            StoreError::InUse { .. } => {
                ("Another Whetstone has your data open".into(), UNTOUCHED, "Close the other one first".into())
            }
            StoreError::Migration { source } => (
                format!("Your data could not be brought to this version ({source})"),
                "A copy from before is in the backups folder",
                "Restore it with the Whetstone you had, and report this".into(),
            ),
            StoreError::Entry { id, .. } => (
                format!("An entry of your journal cannot be understood: {id}"),
                UNTOUCHED,
                "Update Whetstone, or restore a backup".into(),
            ),
            StoreError::NoCollection | StoreError::ForeignVersion { .. } | StoreError::TooMany { .. } => (
                format!("The file could not be read: {error}"),
                "Nothing was imported",
                "Export it anew from Anki, as a deck package (.apkg)".into(),
            ),
            StoreError::WriterGone => {
                ("Nothing can be written any more".into(), EARLIER, "Close the window and open it again".into())
            }
        };
        Self { happened, kept, next }
    }

    pub fn of_read_only(why: ReadOnlyWhy) -> Self {
        match why {
            ReadOnlyWhy::InUse => Self {
                happened: "Another Whetstone has your data open, so this one only reads".into(),
                kept: "Nothing is lost",
                next: "Close the other one and open this again to write".into(),
            },
            ReadOnlyWhy::Disk => Self {
                happened: "Your data lies where this program may not write, so it only reads".into(),
                kept: "Nothing is lost",
                next: "Choose another folder with --data-dir to write".into(),
            },
            ReadOnlyWhy::Unopened => Self {
                happened: "Your data is not open, so nothing you do now is kept".into(),
                kept: "The file has not been touched",
                next: "See the message above".into(),
            },
        }
    }

    /// All three in a line.
    pub fn sentence(&self) -> String {
        let Self { happened, kept, next } = self;
        format!("{happened}. {kept}. {next}.")
    }
}
