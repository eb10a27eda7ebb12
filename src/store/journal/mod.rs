//! Entries into the journal and out of it. Nothing here changes or deletes one.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, named_params};
use uuid::Uuid;

use super::{Doing as _, StoreError, picture};
use crate::ids::{CardId, EntryId, MachineId};
use crate::study::{Entry, Fact};
use crate::time::Timestamp;

/// Writes one entry with its facts in one transaction; on return it survives a power cut.
///
/// An entry that is already there stays as it is, so that merging two machines is a union.
pub(super) fn append(db: &mut Connection, entry: &Entry) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).doing("begin an entry")?;
    insert_entry(&tx, entry)?;
    tx.commit().doing("commit an entry")
}

/// Writes the entries of another journal and pictures by their names, all or none; the entries that were new.
pub(super) fn merge(
    db: &mut Connection,
    entries: Vec<Entry>,
    pictures: &[(String, Vec<u8>)],
) -> Result<Vec<Entry>, StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).doing("begin a merge")?;
    for (name, bytes) in pictures {
        picture::keep(&tx, name, bytes)?;
    }
    let mut new = Vec::with_capacity(entries.len());
    for entry in entries {
        if insert_entry(&tx, &entry)? {
            new.push(entry);
        }
    }
    tx.commit().doing("commit a merge")?;
    Ok(new)
}

/// Whether it was new.
fn insert_entry(tx: &Transaction<'_>, entry: &Entry) -> Result<bool, StoreError> {
    let added = tx
        .prepare_cached(include_str!("insert_entry.sql"))
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
            insert_fact(tx, seq, position, fact, entry.id)?;
        }
    }
    Ok(added == 1)
}

fn insert_fact(tx: &Transaction<'_>, seq: i64, position: usize, fact: &Fact, id: EntryId) -> Result<(), StoreError> {
    let body = serde_json::to_string(fact).map_err(|source| StoreError::Entry { id: id.to_string(), source })?;
    tx.prepare_cached(include_str!("insert_fact.sql"))
        .and_then(|mut insert| {
            insert.execute(named_params! {
                ":entry": seq,
                ":position": i64::try_from(position).unwrap_or(i64::MAX),
                ":kind": fact.kind(),
                ":question": fact.question().map(|question| question.to_string()),
                ":card": fact.card().map(CardId::as_str),
                ":body": body,
            })
        })
        .doing("write a fact")?;
    Ok(())
}

/// Every entry, in the order in which they were written to this file.
pub(super) fn entries(db: &Connection) -> Result<Vec<Entry>, StoreError> {
    const DOING: &str = "read the journal";
    let mut select = db.prepare(include_str!("entries.sql")).doing(DOING)?;
    let mut rows = select.query([]).doing(DOING)?;
    let mut out: Vec<Entry> = Vec::new();
    let mut last_seq = None;
    while let Some(row) = rows.next().doing(DOING)? {
        let seq: i64 = row.get(0).doing(DOING)?;
        if last_seq != Some(seq) {
            let (id, machine): (Uuid, Uuid) = (row.get(1).doing(DOING)?, row.get(2).doing(DOING)?);
            out.push(Entry {
                id: EntryId(id),
                machine: MachineId(machine),
                at: Timestamp(row.get(3).doing(DOING)?),
                offset_secs: row.get(4).doing(DOING)?,
                facts: Vec::new(),
            });
            last_seq = Some(seq);
        }
        // An entry without facts has a row all the same, with nothing in it.
        let text = |column| row.get_ref(column).and_then(|text| Ok(text.as_str_or_null()?)).doing(DOING);
        if let (Some(body), Some(kind), Some(entry)) = (text(5)?, text(6)?, out.last_mut()) {
            let understood = Fact::read(kind, body);
            entry.facts.push(understood.map_err(|source| StoreError::Entry { id: entry.id.to_string(), source })?);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Level;
    use crate::ids::{CardId, NoteId, QuestionId, TopicId};
    use crate::scene::sketch::Sketch;
    use crate::store::open::migrations;
    use crate::study::mock::{FollowUp, Length, Mock, MockPart, Setup};
    use crate::study::optimise::Fitted;
    use crate::study::{
        Aim, Attempt, AttemptKind, Confidence, Diagnosed, Grade, ImportedCard, Memory, PastReview, Phase, Pin,
        Progress, Schedule, TopicOrder,
    };
    use crate::time::Day;

    fn empty() -> Connection {
        #[expect(clippy::disallowed_methods, reason = "a database in memory")]
        let mut db = Connection::open_in_memory().unwrap();
        migrations().to_latest(&mut db).unwrap();
        db
    }

    fn entry(number: u128, facts: Vec<Fact>) -> Entry {
        Entry {
            id: EntryId(Uuid::from_u128(number)),
            machine: MachineId(Uuid::from_u128(number % 2)),
            at: Timestamp(1_790_000_000_000 + i64::try_from(number).unwrap()),
            offset_secs: -18_000,
            facts,
        }
    }

    fn mock() -> Mock {
        let question = QuestionId::new("kafka/isr");
        let part = MockPart {
            question,
            scenario: true,
            allotted_millis: 840_000,
            took_millis: 900_001,
            notes: "6 brokers; « 3 zones »".to_owned(),
            ticked: vec!["shrinks".to_owned()],
            musts: 4,
            musts_ticked: 1,
            plus: 2,
            plus_ticked: 0,
            follow_ups: vec![FollowUp { text: "Why not SQS?".to_owned(), answered: true }],
            missed_cards: vec![CardId::new("kafka/isr#two-exits")],
        };
        Mock {
            setup: Setup { length: Length::Thirty, level: Level::Staff, topics: vec![TopicId::new("kafka")] },
            began_at: Timestamp(1_790_000_000_000),
            parts: vec![part],
            bands: [1, 2, 3, 4],
            remark: "Claim first.".to_owned(),
            took_millis: 1_800_000,
        }
    }

    fn every_kind() -> Vec<Fact> {
        let (question, card) = (QuestionId::new("kafka/isr"), CardId::new("kafka/isr#shrinks"));
        vec![
            Fact::Reviewed { card: card.clone(), grade: Grade::Hard, took_millis: 4_200, practice: true },
            Fact::ConfidenceRated { question: question.clone(), confidence: Confidence::Sure },
            Fact::Attempted(Attempt {
                question: question.clone(),
                attempt: AttemptKind::Spoken,
                text: "« 复制 » \u{1f980}\n\0".to_owned(),
                ticked: vec!["shrinks".to_owned()],
                musts: 4,
                musts_ticked: 1,
                plus: 2,
                plus_ticked: 0,
                took_millis: 90_000,
                over_time: true,
                grade: Grade::Again,
                follow_up: true,
                read_millis: 41_000,
                missed: vec![card.clone()],
            }),
            Fact::NoteWritten { question: question.clone(), text: String::new(), over: None },
            Fact::MockTaken(mock()),
            Fact::AskedForReal { question: question.clone(), asked: true },
            Fact::Frozen { on: true },
            Fact::ParametersSet { fitted: None },
            Fact::ParametersSet {
                fitted: Some(Box::new(Fitted {
                    parameters: vec![0.25; 21],
                    fitted_to: 400,
                    judged_by: 100,
                    loss_before: 0.5,
                    loss_after: 0.25,
                })),
            },
            Fact::AimSet {
                aim: Aim { interview: Some(Day("2026-12-08".parse().unwrap())), minutes_a_day: 45, ..Aim::default() },
            },
            Fact::TopicsOrdered {
                topics: TopicOrder { order: vec![TopicId::new("redis")], left_out: vec![TopicId::new("aws")] },
            },
            Fact::Pinned { question: question.clone(), pin: Some(Pin::Out) },
            Fact::Diagnosed(Diagnosed {
                question: question.clone(),
                confidence: Confidence::Guess,
                ticked: vec!["shrinks".to_owned()],
                musts: 4,
                musts_ticked: 1,
                plus: 2,
                plus_ticked: 0,
                took_millis: 21_000,
            }),
            Fact::DiagramDrawn { question: question.clone(), sketch: Some(Sketch::default()) },
            Fact::SceneDrawn { question, total: 7, found: 5, wrong: 1 },
            Fact::Suspended { card: card.clone(), on: true },
            Fact::CardEdited { card: card.clone(), front: "f".to_owned(), back: "b".to_owned() },
            Fact::CardRestored { card },
            Fact::FreeNoteWritten {
                note: NoteId::scratch(),
                text: "free".to_owned(),
                over: Some(vec![EntryId(Uuid::from_u128(5))]),
            },
            Fact::CardMade { card: CardId::new("kafka/isr#+1"), front: "f".to_owned(), back: "b".to_owned() },
            Fact::DeepCards { topic: TopicId::new("kafka"), on: true },
            Fact::CardImported(Arc::new(ImportedCard {
                card: CardId::new("imported/deck#a1"),
                origin: "anki:a1".to_owned(),
                deck: "Deck::Part".to_owned(),
                tags: vec!["t".to_owned()],
                front: "f".to_owned(),
                back: "b".to_owned(),
                schedule: Some(Schedule {
                    phase: Phase::Learning(1),
                    memory: Some(Memory { stability: 3.25, difficulty: 5.5 }),
                    due: Some(Timestamp(1)),
                    ..Schedule::default()
                }),
                log: vec![PastReview {
                    at: Timestamp(5),
                    grade: Grade::Easy,
                    took_millis: 1,
                    kind: 0,
                    interval: -600,
                    last_interval: 0,
                    factor: 0,
                }],
            })),
            Fact::Withdrawn { entry: EntryId(Uuid::from_u128(7)) },
        ]
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut db = empty();
        let entries = [entry(1, every_kind()), entry(2, Vec::new()), entry(3, every_kind())];
        for entry in &entries {
            append(&mut db, entry).unwrap();
        }
        assert_eq!(super::entries(&db).unwrap(), entries);
    }

    /// The words on disk are a promise: a file written today is read for ever.
    #[test]
    fn facts_are_filed_under_their_names() {
        let mut db = empty();
        append(&mut db, &entry(1, every_kind())).unwrap();
        let mut select = db.prepare("SELECT kind, body ->> '$.kind', question, card FROM fact").unwrap();
        let rows: Vec<(String, String, Option<String>, Option<String>)> = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(rows.iter().all(|(kind, in_body, ..)| kind == in_body), "{rows:?}");
        let kinds: Vec<&str> = rows.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "reviewed",
                "confidence_rated",
                "attempted",
                "note_written",
                "mock_taken",
                "asked_for_real",
                "frozen",
                "parameters_set",
                "parameters_set",
                "aim_set",
                "topics_ordered",
                "pinned",
                "diagnosed",
                "diagram_drawn",
                "scene_drawn",
                "suspended",
                "card_edited",
                "card_restored",
                "free_note_written",
                "card_made",
                "deep_cards",
                "card_imported",
                "withdrawn"
            ]
        );
        assert_eq!(rows[0].2.as_deref(), Some("kafka/isr"));
        assert_eq!(rows[0].3.as_deref(), Some("kafka/isr#shrinks"));
    }

    #[test]
    fn merging_two_files_is_a_union_in_either_order() {
        let here: Vec<Entry> = (0..20).map(|number| entry(number * 2, every_kind())).collect();
        let there: Vec<Entry> = (0..20).map(|number| entry(number * 2 + 1, every_kind())).collect();
        let merged = |first: &[Entry], second: &[Entry]| {
            let mut db = empty();
            for entry in first.iter().chain(second).chain(first) {
                append(&mut db, entry).unwrap();
            }
            Progress::from_entries(entries(&db).unwrap())
        };
        let one = merged(&here, &there);
        assert_eq!(one.entries().count(), 40);
        assert!(one == merged(&there, &here));
    }

    #[test]
    fn a_full_disk_is_said_and_what_was_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        #[expect(clippy::disallowed_methods, reason = "a database with room for few pages")]
        let mut db = Connection::open(dir.path().join("small.db")).unwrap();
        migrations().to_latest(&mut db).unwrap();
        db.pragma_update(None, "max_page_count", 40).unwrap();
        let write = |db: &mut Connection, number| {
            let text = "word ".repeat(1_000);
            append(
                db,
                &entry(number, vec![Fact::NoteWritten { question: QuestionId::new("kafka/isr"), text, over: None }]),
            )
        };
        let (written, error) =
            (1..).find_map(|number| write(&mut db, number).err().map(|error| (number - 1, error))).unwrap();
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
        assert_eq!(entries(&db).unwrap().len(), usize::try_from(written).unwrap());
        db.pragma_update(None, "max_page_count", 4_000).unwrap();
        write(&mut db, written + 1).unwrap();
    }

    #[test]
    fn an_entry_is_there_whole_or_not_at_all() {
        let mut db = empty();
        db.execute_batch(
            "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.fact WHEN new.position = 1
             BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
        assert!(append(&mut db, &entry(1, every_kind())).is_err());
        assert_eq!(entries(&db).unwrap(), []);
    }
}
