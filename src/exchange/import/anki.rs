//! The cards of a collection: each note through its templates, with the schedule and the log that Anki kept.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::template::{Side, Template};
use super::{Foreign, Parsed, cloze, markdown_of};
use crate::exchange::apkg::proto;
use crate::ids::CardId;
use crate::store::foreign::anki::{CardRow, Collection, NoteRow, Tables};
use crate::study::{Grade, Memory, PastReview, Phase, Schedule, memory_from_sm2};
use crate::time::{Day, Moment, Timestamp};

/// A note type: its fields and its templates, in their order.
struct Notetype {
    fields: Vec<String>,
    templates: Vec<(Template, Template)>,
    has_gaps: bool,
}

/// From here on a `due` is a moment in seconds, not a number of days.
const FIRST_MOMENT: i64 = 1_000_000_000;
/// No day is further away than this, in days.
const FURTHEST: i64 = 200_000;

/// Every card of a collection, with what is left out and why.
pub fn cards(collection: &Collection, media: usize, now: Moment) -> Parsed {
    let mut parsed = Parsed::of("Anki package");
    let (notetypes, decks) = match tables(&collection.tables) {
        Ok(tables) => tables,
        Err(error) => {
            parsed.skip("the note types", format!("cannot be read ({error}); no card was taken"));
            return parsed;
        }
    };
    if media > 0 {
        parsed
            .skip(format!("{media} media files"), "pictures and sounds are not imported, only their names in the text");
    }
    let notes: HashMap<i64, &NoteRow> = collection.notes.iter().map(|note| (note.id, note)).collect();
    let mut logs = logs(collection, &mut parsed);
    let mut seen = HashMap::with_capacity(collection.cards.len());
    for card in &collection.cards {
        let Some(note) = notes.get(&card.note) else {
            parsed.skip(format!("card {}", card.id), "its note is missing");
            continue;
        };
        let place = || format!("note {}", first_words(note.fields.split('\x1f').next().unwrap_or_default()));
        let Some(notetype) = notetypes.get(&note.notetype) else {
            parsed.skip(place(), "its note type is missing");
            continue;
        };
        if note.fields.contains("image-occlusion:") {
            parsed.skip(place(), "a card drawn on a picture (image occlusion) cannot be shown");
            continue;
        }
        let Some((front, back)) = sides(notetype, note, card) else {
            parsed.skip(place(), "its template is missing");
            continue;
        };
        let deck_id = if card.original_deck == 0 { card.deck } else { card.original_deck };
        let log = logs.remove(&card.id).unwrap_or_default();
        let schedule = schedule(card, collection.created, &log, now);
        if schedule.is_none() && card.kind != 0 {
            parsed.skip(place(), "its schedule makes no sense; the card comes as new");
        }
        let own = CardId::new(&note.guid).is_plain();
        let foreign = Foreign {
            place: place(),
            // A package of ours says which card of ours it is.
            origin: if own { note.guid.clone() } else { format!("anki:{}/{}", note.guid, card.ord) },
            deck: decks.get(&deck_id).cloned().unwrap_or_else(|| "Anki".to_owned()),
            tags: note.tags.split_whitespace().map(str::to_owned).collect(),
            front,
            back,
            schedule,
            suspended: card.queue == -1,
            log,
        };
        parsed.add(foreign, &mut seen);
    }
    parsed
}

/// Enough of a field to know it by.
fn first_words(field: &str) -> String {
    let plain = markdown_of(field.get(..400).unwrap_or(field));
    let mut words: String = plain.chars().map(|c| if c == '\n' { ' ' } else { c }).take(60).collect();
    if plain.chars().nth(60).is_some() {
        words.push('…');
    }
    format!("“{words}”")
}

fn sides(notetype: &Notetype, note: &NoteRow, card: &CardRow) -> Option<(String, String)> {
    let ord = usize::try_from(card.ord).ok()?;
    let (front, back) = notetype.templates.get(if notetype.has_gaps { 0 } else { ord })?;
    let mut fields: HashMap<&str, &str> =
        notetype.fields.iter().map(String::as_str).zip(note.fields.split('\x1f')).collect();
    fields.entry("Tags").or_insert(note.tags.trim());
    let gap = notetype.has_gaps.then(|| u32::try_from(ord).unwrap_or_default().saturating_add(1));
    let question = front.filled(&fields, Side { front: true, gap });
    let answer = back.filled(&fields, Side { front: false, gap });
    // The back repeats the front up to a rule, which is where its own part begins.
    let own = answer.split_once("id=answer").or_else(|| answer.split_once("id=\"answer\""));
    let answer = own.and_then(|(_, rest)| rest.split_once('>')).map_or(answer.as_str(), |(_, rest)| rest);
    let (front, mut back) = (markdown_of(&question), markdown_of(answer));
    if back.is_empty() && !front.is_empty() {
        back.push('—');
    }
    Some((front, back))
}

fn schedule(card: &CardRow, created: i64, log: &[PastReview], now: Moment) -> Option<Schedule> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Data {
        s: Option<f32>,
        d: Option<f32>,
        lrt: Option<i64>,
    }
    if card.kind == 0 {
        return None;
    }
    let data: Data = serde_json::from_str(&card.data).unwrap_or_default();
    let due = if card.original_due == 0 { card.due } else { card.original_due };
    let interval = card.interval.clamp(-FURTHEST, FURTHEST);
    let due_at = if due >= FIRST_MOMENT {
        (due < 100 * FIRST_MOMENT).then(|| Timestamp(due * 1000))?
    } else {
        let days = (-FURTHEST..=FURTHEST).contains(&due).then_some(due)?;
        let start = (0..100 * FIRST_MOMENT).contains(&created).then_some(created)?;
        // The middle of the day, so that it is the same day in a zone half a world away.
        let middle = Timestamp((start + days * 86_400 + 43_200) * 1000);
        Day::of(middle, now.offset_secs).starts_at(now.offset_secs)
    };
    let left = card.left.rem_euclid(1000);
    let phase = match card.kind {
        1 => Phase::Learning(u8::from(left < 2)),
        2 => Phase::Review,
        3 => Phase::Relearning(0),
        _ => return None,
    };
    #[expect(clippy::cast_precision_loss, reason = "an ease and a number of days")]
    let by_ease =
        || (card.ease > 0 && interval > 0).then(|| memory_from_sm2(card.ease as f32 / 1000.0, interval as f32));
    let memory = data.s.zip(data.d).and_then(|(stability, difficulty)| Memory { stability, difficulty }.sane());
    let memory = memory.or_else(|| by_ease().flatten());
    let last =
        data.lrt.filter(|at| card.reps > 0 && (0..100 * FIRST_MOMENT).contains(at)).map(|at| Timestamp(at * 1000));
    let last = last.or_else(|| log.last().map(|review| review.at));
    let last = last.or_else(|| (interval > 0).then(|| due_at.plus_secs(-interval * 86_400)));
    Some(Schedule {
        phase,
        memory,
        due: Some(due_at),
        last_review: last.map(|at| Moment { at, offset_secs: now.offset_secs }),
        interval_days: u32::try_from(interval).unwrap_or_default(),
        reps: u32::try_from(card.reps).unwrap_or_default(),
        lapses: u32::try_from(card.lapses).unwrap_or_default(),
    })
}

fn logs(collection: &Collection, parsed: &mut Parsed) -> HashMap<i64, Vec<PastReview>> {
    let mut logs: HashMap<i64, Vec<PastReview>> = HashMap::new();
    let mut others = 0;
    for row in &collection.reviews {
        let grade = usize::try_from(row.ease - 1).ok().and_then(|ease| Grade::ALL.get(ease));
        let known = grade.zip(u8::try_from(row.kind).ok().filter(|kind| *kind <= 3));
        let Some((grade, kind)) = known.filter(|_| (1..100 * FIRST_MOMENT * 1000).contains(&row.id)) else {
            others += 1;
            continue;
        };
        let days = |interval: i64| i32::try_from(interval).unwrap_or_default();
        logs.entry(row.card).or_default().push(PastReview {
            at: Timestamp(row.id),
            grade: *grade,
            took_millis: u32::try_from(row.took_millis).unwrap_or_default(),
            kind,
            interval: days(row.interval),
            last_interval: days(row.last_interval),
            factor: u32::try_from(row.factor).unwrap_or_default(),
        });
    }
    if others > 0 {
        parsed.skip(format!("{others} lines of the log"), "are no reviews (rescheduled or set by hand)");
    }
    logs
}

type Named = (BTreeMap<i64, Notetype>, BTreeMap<i64, String>);

fn tables(tables: &Tables) -> Result<Named, serde_json::Error> {
    match tables {
        Tables::Json { notetypes, decks } => from_json(notetypes, decks),
        Tables::Rows { notetypes, fields, templates, decks } => {
            let mut all = BTreeMap::new();
            for (id, _, settings) in notetypes {
                let own = fields.iter().filter(|(of, ..)| of == id).map(|(.., name)| name.clone());
                let sides = templates.iter().filter(|(of, ..)| of == id).map(|(.., settings)| {
                    let side = |field| Template::parse(&proto::text(settings, field).unwrap_or_default());
                    (side(1), side(2))
                });
                let has_gaps = proto::number_of(settings, 1) == 1;
                all.insert(*id, Notetype { fields: own.collect(), templates: sides.collect(), has_gaps });
            }
            let decks = decks.iter().map(|(id, name)| (*id, name.replace('\x1f', "::")));
            Ok((all, decks.collect()))
        }
    }
}

fn from_json(notetypes: &str, decks: &str) -> Result<Named, serde_json::Error> {
    #[derive(Deserialize)]
    struct JsonNotetype {
        #[serde(default, rename = "type")]
        kind: i64,
        flds: Vec<JsonField>,
        tmpls: Vec<JsonTemplate>,
    }
    #[derive(Deserialize)]
    struct JsonField {
        name: String,
        #[serde(default)]
        ord: i64,
    }
    #[derive(Deserialize)]
    struct JsonTemplate {
        qfmt: String,
        afmt: String,
        #[serde(default)]
        ord: i64,
    }
    #[derive(Deserialize)]
    struct JsonDeck {
        name: String,
    }
    let read: BTreeMap<String, JsonNotetype> = serde_json::from_str(notetypes)?;
    let mut all = BTreeMap::new();
    for (id, mut notetype) in read {
        notetype.flds.sort_by_key(|field| field.ord);
        notetype.tmpls.sort_by_key(|template| template.ord);
        let Ok(id) = id.parse() else { continue };
        let sides = notetype.tmpls.iter().map(|side| (Template::parse(&side.qfmt), Template::parse(&side.afmt)));
        let fields = notetype.flds.into_iter().map(|field| field.name).collect();
        all.insert(id, Notetype { fields, templates: sides.collect(), has_gaps: notetype.kind == 1 });
    }
    let decks: BTreeMap<String, JsonDeck> = serde_json::from_str(decks)?;
    let decks = decks.into_iter().filter_map(|(id, deck)| Some((id.parse().ok()?, deck.name)));
    Ok((all, decks.collect()))
}

/// The cards of a text with gaps: each number's front and back, as HTML.
pub(super) fn gap_sides(text: &str, more: &str) -> Vec<(u32, String, String)> {
    let back = |number| {
        let filled = cloze::filled(text, number, false);
        if more.trim().is_empty() { filled } else { format!("{filled}<br><br>{more}") }
    };
    cloze::numbers(text).into_iter().map(|number| (number, cloze::filled(text, number, true), back(number))).collect()
}
