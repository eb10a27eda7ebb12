//! Entries in and out of the journal, drafts, settings.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, named_params, params};
use uuid::Uuid;

use super::{Doing as _, StoreError};
use crate::ids::{EntryId, MachineId};
use crate::study::{Entry, Fact};
use crate::time::Timestamp;

/// Writes one entry with its facts in one transaction; on return it survives a power cut.
///
/// An entry that is already there stays as it is, so that merging two machines is a union.
pub(super) fn append(db: &mut Connection, entry: &Entry) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).doing("begin an entry")?;
    let added = tx
        .prepare_cached(
            "INSERT INTO entry (id, machine, at, offset_secs) VALUES (:id, :machine, :at, :offset)
             ON CONFLICT (id) DO NOTHING",
        )
        .and_then(|mut insert| {
            insert.execute(named_params! {
                ":id": entry.id.0,
                ":machine": entry.machine.0,
                ":at": entry.at.0,
                ":offset": entry.offset_secs,
            })
        })
        .doing("write an entry")?;
    if added == 1 {
        let seq = tx.last_insert_rowid();
        for (position, fact) in entry.facts.iter().enumerate() {
            insert_fact(&tx, seq, position, fact, entry.id)?;
        }
    }
    tx.commit().doing("commit an entry")
}

fn insert_fact(tx: &Transaction<'_>, seq: i64, position: usize, fact: &Fact, id: EntryId) -> Result<(), StoreError> {
    let body = serde_json::to_string(fact).map_err(|source| StoreError::Entry { id: id.to_string(), source })?;
    tx.prepare_cached(
        "INSERT INTO fact (entry, position, kind, question, card, body)
         VALUES (:entry, :position, :kind, :question, :card, :body)",
    )
    .and_then(|mut insert| {
        insert.execute(named_params! {
            ":entry": seq,
            ":position": i64::try_from(position).unwrap_or(i64::MAX),
            ":kind": fact.kind(),
            ":question": fact.question().map(|question| question.to_string()),
            ":card": fact.card().map(|card| card.as_str()),
            ":body": body,
        })
    })
    .doing("write a fact")?;
    Ok(())
}

/// Every entry, the oldest first.
pub(super) fn entries(db: &Connection) -> Result<Vec<Entry>, StoreError> {
    let mut select = db
        .prepare(
            "SELECT entry.seq, entry.id, machine, at, offset_secs, body FROM entry
             LEFT JOIN fact ON fact.entry = entry.seq ORDER BY entry.seq, position",
        )
        .doing("read the journal")?;
    let mut rows = select.query([]).doing("read the journal")?;
    let mut out: Vec<Entry> = Vec::new();
    let mut last_seq = None;
    while let Some(row) = rows.next().doing("read the journal")? {
        let read = || -> rusqlite::Result<(i64, Uuid, Uuid, i64, i32, Option<String>)> {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        };
        let (seq, id, machine, at, offset_secs, body) = read().doing("read an entry")?;
        let id = EntryId(id);
        if last_seq != Some(seq) {
            let machine = MachineId(machine);
            out.push(Entry { id, machine, at: Timestamp(at), offset_secs, facts: Vec::new() });
            last_seq = Some(seq);
        }
        if let Some(body) = body {
            let fact =
                serde_json::from_str(&body).map_err(|source| StoreError::Entry { id: id.to_string(), source })?;
            if let Some(entry) = out.last_mut() {
                entry.facts.push(fact);
            }
        }
    }
    Ok(out)
}

/// The machine of this file; made on the first call.
pub(super) fn machine(db: &Connection) -> Result<MachineId, StoreError> {
    let known = db.query_row("SELECT id FROM machine", [], |row| row.get(0)).optional().doing("read the machine")?;
    if let Some(id) = known {
        return Ok(MachineId(id));
    }
    let id = Uuid::now_v7();
    db.execute("INSERT INTO machine (id) VALUES (?)", [id]).doing("name the machine")?;
    Ok(MachineId(id))
}

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
