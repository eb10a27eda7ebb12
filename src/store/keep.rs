//! What is kept beside the journal and has no history: text being typed, settings.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::{Doing as _, StoreError};

pub(super) fn set_draft(db: &Connection, key: &str, text: &str) -> Result<(), StoreError> {
    if text.is_empty() {
        db.prepare_cached("DELETE FROM draft WHERE key = ?").and_then(|mut delete| delete.execute([key]))
    } else {
        let sql = "INSERT INTO draft (key, text) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text";
        db.prepare_cached(sql).and_then(|mut upsert| upsert.execute([key, text]))
    }
    .doing("save what is being typed")?;
    Ok(())
}

pub(super) fn drafts(db: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    pairs(db, "SELECT key, text FROM draft ORDER BY key", "read what was being typed")
}

pub(super) fn set_setting(db: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    db.prepare_cached(sql).and_then(|mut upsert| upsert.execute(params![key, value])).doing("save a setting")?;
    Ok(())
}

pub(super) fn settings(db: &Connection) -> Result<HashMap<String, String>, StoreError> {
    Ok(pairs(db, "SELECT key, value FROM setting", "read the settings")?.into_iter().collect())
}

fn pairs(db: &Connection, sql: &str, doing: &'static str) -> Result<Vec<(String, String)>, StoreError> {
    let mut select = db.prepare(sql).doing(doing)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).doing(doing)?;
    rows.collect::<rusqlite::Result<_>>().doing(doing)
}
