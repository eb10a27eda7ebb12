//! Reads a collection that nobody vouches for: a file out of a package.

use std::path::Path;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row};

use super::{CardRow, Collection, NoteRow, ReviewRow, Tables};
use crate::store::{Doing as _, StoreError};

const DOING: &str = "read the collection";
/// No field of a note is longer, in bytes.
const LONGEST_VALUE: i32 = 16 * 1024 * 1024;
/// More notes, cards or reviews than this in one file are not believed.
const MOST_ROWS: usize = 3_000_000;
const NEWEST: i64 = 18;

/// Reads every note, card and review of the collection in a file.
///
/// # Errors
/// When it is no collection of schema 11 to 18, is damaged, or holds values of the wrong type or size.
pub fn read(path: &Path) -> Result<Collection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).doing(DOING)?;
    read_from(&db).map_err(|error| error.at(path))
}

fn read_from(db: &Connection) -> Result<Collection, StoreError> {
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE).doing(DOING)?;
    db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON").doing(DOING)?;
    // From schema 14 on some columns sort by it. The order does not matter here, but it must be known.
    db.create_collation("unicase", |a, b| a.to_lowercase().cmp(&b.to_lowercase())).doing(DOING)?;
    is_plain_table(db, "col")?;
    let head = db.query_row("SELECT ver, crt FROM col LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (version, created): (i64, i64) = head.doing(DOING)?;
    if !(11..=NEWEST).contains(&version) {
        let found = usize::try_from(version).unwrap_or_default();
        return Err(StoreError::ForeignVersion { found, oldest: 11, newest: 18 });
    }
    for table in ["notes", "cards", "revlog"] {
        is_plain_table(db, table)?;
    }
    let tables = if version < 15 {
        let sql = "SELECT models, decks FROM col LIMIT 1";
        db.query_row(sql, [], |row| Ok(Tables::Json { notetypes: row.get(0)?, decks: row.get(1)? })).doing(DOING)?
    } else {
        for table in ["notetypes", "fields", "templates", "decks"] {
            is_plain_table(db, table)?;
        }
        let three = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let templates = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let fields = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        Tables::Rows {
            notetypes: rows(db, "SELECT id, name, config FROM notetypes", three)?,
            fields: rows(db, "SELECT ntid, ord, name FROM fields ORDER BY ntid, ord", fields)?,
            templates: rows(db, "SELECT ntid, ord, config FROM templates ORDER BY ntid, ord", templates)?,
            decks: rows(db, "SELECT id, name FROM decks", |row| Ok((row.get(0)?, row.get(1)?)))?,
        }
    };
    let notes = "SELECT id, guid, mid, mod, tags, flds FROM notes ORDER BY id";
    let cards = "SELECT id, nid, did, ord, mod, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, data
                 FROM cards ORDER BY id";
    let reviews = "SELECT id, cid, ease, ivl, lastIvl, factor, time, type FROM revlog ORDER BY id";
    Ok(Collection {
        created,
        tables,
        notes: rows(db, notes, note)?,
        cards: rows(db, cards, card)?,
        reviews: rows(db, reviews, review)?,
    })
}

/// A view or a virtual table under the name of a table could run without end.
fn is_plain_table(db: &Connection, name: &str) -> Result<(), StoreError> {
    let sql = "SELECT upper(substr(sql, 1, 13)) FROM sqlite_schema WHERE type = 'table' AND name = ?";
    let head: Option<String> = db.query_row(sql, [name], |row| row.get(0)).optional().doing(DOING)?;
    match head {
        Some(head) if head.starts_with("CREATE TABLE") => Ok(()),
        _ => Err(StoreError::NoCollection),
    }
}

fn rows<T>(db: &Connection, sql: &str, row: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
    let mut select = db.prepare(sql).doing(DOING)?;
    let mut rows = select.query([]).doing(DOING)?;
    let mut out = Vec::new();
    while let Some(next) = rows.next().doing(DOING)? {
        if out.len() == MOST_ROWS {
            return Err(StoreError::TooMany { most: MOST_ROWS });
        }
        out.push(row(next).doing(DOING)?);
    }
    Ok(out)
}

fn note(row: &Row<'_>) -> rusqlite::Result<NoteRow> {
    Ok(NoteRow {
        id: row.get(0)?,
        guid: row.get(1)?,
        notetype: row.get(2)?,
        modified: row.get(3)?,
        tags: row.get(4)?,
        fields: row.get(5)?,
        ..NoteRow::default()
    })
}

fn card(row: &Row<'_>) -> rusqlite::Result<CardRow> {
    Ok(CardRow {
        id: row.get(0)?,
        note: row.get(1)?,
        deck: row.get(2)?,
        ord: row.get(3)?,
        modified: row.get(4)?,
        kind: row.get(5)?,
        queue: row.get(6)?,
        due: row.get(7)?,
        interval: row.get(8)?,
        ease: row.get(9)?,
        reps: row.get(10)?,
        lapses: row.get(11)?,
        left: row.get(12)?,
        original_due: row.get(13)?,
        original_deck: row.get(14)?,
        data: row.get(15)?,
    })
}

fn review(row: &Row<'_>) -> rusqlite::Result<ReviewRow> {
    Ok(ReviewRow {
        id: row.get(0)?,
        card: row.get(1)?,
        ease: row.get(2)?,
        interval: row.get(3)?,
        last_interval: row.get(4)?,
        factor: row.get(5)?,
        took_millis: row.get(6)?,
        kind: row.get(7)?,
    })
}
