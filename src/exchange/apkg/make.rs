//! Cards into a package.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::Path;

use serde::Serialize;
use sha1::{Digest as _, Sha1};
use thiserror::Error;

use super::notetype::{self, NOTETYPE};
use super::package;
use crate::catalog::{Catalog, SceneFile};
use crate::exchange::cards::OutCard;
use crate::exchange::job::{Cancelled, Watch};
use crate::exchange::write::{self as files, WriteError};
use crate::exchange::{html, svg};
use crate::ids::{SceneId, stable_hash};
use crate::scene::{Placed, width_of};
use crate::store::StoreError;
use crate::store::foreign::anki::{CardRow, NoteRow, ReviewRow, Writer};
use crate::study::{DESIRED_RETENTION, Memory, Phase, Progress};
use crate::text::{self, Doc};
use crate::theme::Palette;
use crate::time::{Day, Moment};

#[derive(Debug, Error)]
pub enum ApkgError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("could not make a temporary file")]
    Temporary(#[source] io::Error),
    #[error("could not pack the collection")]
    Pack(#[source] io::Error),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What went into a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub cards: usize,
    pub reviews: usize,
    pub pictures: usize,
}

/// Writes cards with their schedule, log, tags and pictures, whole or not at all.
///
/// # Errors
/// When the disk refuses or the reader stops it; what was at the path stays.
pub fn write(
    path: &Path,
    catalog: &Catalog,
    progress: &Progress,
    cards: &[OutCard<'_>],
    now: Moment,
    watch: &Watch,
) -> Result<Exported, ApkgError> {
    watch.begin(cards.len())?;
    let folder = tempfile::tempdir().map_err(ApkgError::Temporary)?;
    let file = folder.path().join("collection.anki2");
    let maker = Maker::new(catalog, progress, cards, now);
    let (done, pictures) = maker.collection(&file, cards, watch)?;
    let mut part = files::part(path)?;
    package::pack(part.as_file_mut(), &file, &pictures).map_err(ApkgError::Pack)?;
    watch.step(0)?;
    files::finish(part, path)?;
    Ok(Exported { pictures: pictures.len(), ..done })
}

/// A picture by its name in the package.
type Pictures = BTreeMap<String, Vec<u8>>;

struct Maker<'a> {
    catalog: &'a Catalog,
    progress: &'a Progress,
    now: Moment,
    /// The day that dues are counted from: before the first review, so that none is negative.
    created: Day,
}

impl<'a> Maker<'a> {
    fn new(catalog: &'a Catalog, progress: &'a Progress, cards: &[OutCard<'_>], now: Moment) -> Self {
        let firsts = cards.iter().filter_map(|card| card.log.first()).map(|review| Day::of(review.at, now.offset_secs));
        Self { catalog, progress, now, created: firsts.chain([now.day()]).min().unwrap_or(now.day()) }
    }

    fn collection(&self, file: &Path, cards: &[OutCard<'_>], watch: &Watch) -> Result<(Exported, Pictures), ApkgError> {
        let writer = Writer::create(file)?;
        let modified = self.now.at.0;
        let (mut decks, mut pictures, mut done) = (BTreeMap::new(), Pictures::new(), Exported::default());
        let (mut ids, mut moments) = (BTreeSet::new(), BTreeSet::new());
        let mut drawn: HashMap<&SceneId, Placed> = HashMap::new();
        let mut placed: Vec<Row<'_>> = Vec::with_capacity(cards.len());
        for (position, card) in (1..).zip(cards) {
            let deck = match decks.get(&*card.deck) {
                Some(deck) => *deck,
                None => {
                    let deck = first_free(&mut ids, stable_id(&card.deck));
                    decks.insert(card.deck.to_string(), deck);
                    deck
                }
            };
            let id = first_free(&mut ids, stable_id(card.id.as_str()));
            placed.push(Row { id, deck, position, card });
        }
        let mut reviews = Vec::new();
        for Row { id, card, .. } in &placed {
            reviews.extend(card.log.iter().map(|review| ReviewRow {
                // Two machines may have graded in the same millisecond.
                id: first_free(&mut moments, review.at.0),
                card: *id,
                ease: review.grade as i64 + 1,
                interval: review.interval.into(),
                last_interval: review.last_interval.into(),
                factor: review.factor.into(),
                took_millis: review.took_millis.into(),
                kind: review.kind.into(),
            }));
        }
        // In the order of their ids, which is that of the table's pages.
        placed.sort_by_key(|row| row.id);
        reviews.sort_by_key(|review| review.id);
        for row in &placed {
            let scene = self.shown(row.card).map_or_else(String::new, |Shown { name, id, file, at }| {
                let html = format!("<img src=\"{name}\">");
                pictures.entry(name).or_insert_with(|| {
                    let placed = drawn.entry(id).or_insert_with(|| Placed::of(&file.scene, &width_of));
                    svg::svg(&file.scene, placed, at, file.hue, &Palette::light()).into_bytes()
                });
                html
            });
            writer.note(&self.note(row.id, row.card, &scene))?;
            writer.card(&self.card(row))?;
            watch.step(1)?;
        }
        for review in &reviews {
            writer.review(review)?;
        }
        (done.cards, done.reviews) = (placed.len(), reviews.len());
        let [settings, notetypes, decks, presets] = notetype::tables(&decks, modified / 1000);
        let created = self.created.starts_at(self.now.offset_secs).0 / 1000;
        writer.finish(created, modified, [&settings, &notetypes, &decks, &presets])?;
        Ok((done, pictures))
    }

    fn note(&self, id: i64, card: &OutCard<'_>, scene: &str) -> NoteRow {
        let mine = card.question.and_then(|question| self.progress.question(&question.id)?.note.as_deref());
        let (front, plain) = html_and_plain(card.front);
        let fields = [
            &front,
            &html_of(card.back),
            &card.question.map_or_else(String::new, |question| svg::escaped(&question.prompt)),
            scene,
            &mine.map_or_else(String::new, html_of),
            &svg::escaped(card.id.as_str()),
        ];
        let hash = Sha1::digest(plain.as_bytes());
        let checksum = hash.iter().take(4).fold(0, |sum, byte| sum << 8 | i64::from(*byte));
        NoteRow {
            id,
            guid: card.id.to_string(),
            notetype: NOTETYPE,
            modified: self.now.at.0 / 1000,
            tags: if card.tags.is_empty() { String::new() } else { format!(" {} ", card.tags.join(" ")) },
            // The separator has no meaning in text of the reader's.
            fields: fields.map(|field| without_separator(field)).join("\x1f"),
            sort_field: plain,
            checksum,
        }
    }

    fn card(&self, row: &Row<'_>) -> CardRow {
        let Row { id, deck, position, card: OutCard { state, .. } } = *row;
        let modified = self.now.at.0 / 1000;
        let new = CardRow { id, note: id, deck, modified, due: position, ..CardRow::default() };
        let suspended = |row: CardRow| match state {
            Some(state) if state.suspended => CardRow { queue: -1, ..row },
            _ => row,
        };
        let Some(schedule) = state.map(|state| &state.schedule).filter(|schedule| schedule.phase != Phase::New) else {
            return suspended(new);
        };
        let due = schedule.due.unwrap_or(self.now.at);
        let on_day = i64::from(Day::of(due, self.now.offset_secs).days_since(self.created));
        let (kind, queue, due, left) = match schedule.phase {
            Phase::New => (0, 0, position, 0),
            // Steps left, and today's in the thousands.
            Phase::Learning(step) => (1, 1, due.0 / 1000, 2 - i64::from(step.min(1))),
            Phase::Relearning(_) => (3, 1, due.0 / 1000, 1),
            Phase::Review => (2, 2, on_day, 0),
        };
        let remembered = |value: fn(&Memory) -> f64| schedule.memory.as_ref().map(value);
        let data = Data {
            s: remembered(|memory| rounded(memory.stability, 4)),
            d: remembered(|memory| rounded(memory.difficulty, 3)),
            dr: remembered(|_| rounded(DESIRED_RETENTION, 2)),
            decay: remembered(|_| rounded(fsrs::FSRS6_DEFAULT_DECAY, 4)),
            lrt: schedule.last_review.map(|last| last.at.0 / 1000),
        };
        suspended(CardRow {
            kind,
            queue,
            due,
            left: left * 1001,
            interval: schedule.interval_days.max(u32::from(kind == 3)).into(),
            ease: 2500,
            reps: schedule.reps.into(),
            lapses: schedule.lapses.into(),
            // Numbers alone cannot fail to be written.
            data: serde_json::to_string(&data).unwrap_or_default(),
            ..new
        })
    }

    /// The moment of the scene that goes with the card: that of its tie, else how the question's scene ends.
    fn shown(&self, card: &OutCard<'a>) -> Option<Shown<'a>> {
        let question = card.question?;
        let tie = card.card.and_then(|card| card.tie.as_ref());
        let id = tie.map(|tie| &tie.scene).or(question.scene.as_ref())?;
        let file = self.catalog.scenes.get(id)?;
        let last = file.scene.steps.len().checked_sub(1)?;
        let at = tie.and_then(|tie| file.scene.step_index(&tie.step)).unwrap_or(last);
        let step = &file.scene.steps.get(at)?.id;
        let name = format!("whetstone-{}-{step}.svg", id.as_str().replace('/', "-"));
        Some(Shown { name, id, file, at })
    }
}

/// A card, and the numbers it goes by in the package.
struct Row<'a> {
    id: i64,
    deck: i64,
    /// In the order of the cards, from 1.
    position: i64,
    card: &'a OutCard<'a>,
}

/// A moment of a scene.
struct Shown<'a> {
    /// Of the picture.
    name: String,
    id: &'a SceneId,
    file: &'a SceneFile,
    at: usize,
}

/// What Anki keeps of a card's memory, under its names.
#[derive(Serialize)]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dr: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decay: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lrt: Option<i64>,
}

fn rounded(value: f32, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (f64::from(value) * scale).round() / scale
}

/// The separator of fields has no meaning in text of the reader's.
fn without_separator(field: &str) -> Cow<'_, str> {
    if field.contains('\x1f') { field.replace('\x1f', " ").into() } else { field.into() }
}

/// A side of a card as Anki shows it; everything in it is escaped.
pub fn html_of(markdown: &str) -> String {
    if text::is_plain(markdown) { markdown.to_owned() } else { html_of_doc(&text::parse(markdown)) }
}

/// As [`html_of`], and the words alone.
fn html_and_plain(markdown: &str) -> (String, String) {
    if text::is_plain(markdown) {
        return (markdown.to_owned(), markdown.to_owned());
    }
    let doc = text::parse(markdown);
    (html_of_doc(&doc), doc.plain())
}

fn html_of_doc(doc: &Doc) -> String {
    let mut out = String::new();
    html::blocks(&mut out, &doc.blocks);
    // One paragraph alone is a line of a card.
    let alone = out.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>\n"));
    match alone.filter(|inner| !inner.contains("<p>")) {
        Some(inner) => inner.to_owned(),
        None => out,
    }
}

/// A number between 2017 and 2026 as Anki's ids are: milliseconds. The same name has the same one.
fn stable_id(name: &str) -> i64 {
    1_500_000_000_000 + i64::try_from(stable_hash(name) % 280_000_000_000).unwrap_or_default()
}

fn first_free(taken: &mut BTreeSet<i64>, wanted: i64) -> i64 {
    let mut id = wanted;
    while !taken.insert(id) {
        id += 1;
    }
    id
}
