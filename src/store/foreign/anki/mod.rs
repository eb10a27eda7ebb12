//! Anki's collection, schema 11 to 18. Column names and meanings are Anki's (its docs and `rslib/src/storage`).

mod read;
mod write;

pub use read::read;
pub use write::Writer;

/// Of the table `notes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteRow {
    pub id: i64,
    pub guid: String,
    pub notetype: i64,
    /// Seconds since 1970.
    pub modified: i64,
    /// With a space between and at both ends.
    pub tags: String,
    /// Joined by `\x1f`.
    pub fields: String,
    pub sort_field: String,
    /// The first four bytes of the first field's SHA-1.
    pub checksum: i64,
}

/// Of the table `cards`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardRow {
    pub id: i64,
    pub note: i64,
    pub deck: i64,
    /// Which template or cloze of the note.
    pub ord: i64,
    pub modified: i64,
    /// 0 new, 1 learning, 2 review, 3 relearning.
    pub kind: i64,
    /// As the kind; -1 suspended, -2 and -3 buried.
    pub queue: i64,
    pub due: i64,
    pub interval: i64,
    /// Permille.
    pub ease: i64,
    pub reps: i64,
    pub lapses: i64,
    /// Learning steps left.
    pub left: i64,
    /// What `due` was before a filtered deck took the card; 0 outside of one.
    pub original_due: i64,
    pub original_deck: i64,
    /// JSON: position, stability, difficulty and such.
    pub data: String,
}

/// Of the table `revlog`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewRow {
    /// Milliseconds since 1970.
    pub id: i64,
    pub card: i64,
    /// 1 again to 4 easy; 0 was no review.
    pub ease: i64,
    /// Days, or seconds below zero; as the last.
    pub interval: i64,
    pub last_interval: i64,
    pub factor: i64,
    pub took_millis: i64,
    pub kind: i64,
}

/// What stands beside the notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tables {
    /// Schema 11 to 14: one row with JSON.
    Json { notetypes: String, decks: String },
    /// Schema 15 to 18: rows, their settings in protobuf.
    Rows {
        /// Id, name, settings.
        notetypes: Vec<(i64, String, Vec<u8>)>,
        /// Note type, place, name.
        fields: Vec<(i64, i64, String)>,
        /// Note type, place, settings.
        templates: Vec<(i64, i64, Vec<u8>)>,
        /// Id, and the name joined by `\x1f`.
        decks: Vec<(i64, String)>,
    },
}

/// A whole collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// When its first day began, in seconds since 1970: what days of reviews are counted from.
    pub created: i64,
    pub tables: Tables,
    pub notes: Vec<NoteRow>,
    pub cards: Vec<CardRow>,
    pub reviews: Vec<ReviewRow>,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    /// Changes a collection by hand, as a hostile file would be made.
    pub(crate) fn alter(path: &Path, sql: &str) {
        #[expect(clippy::disallowed_methods, reason = "a hostile file")]
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch(sql).unwrap();
    }
}
