//! Cards into a package.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::Path;

use serde_json::json;
use sha1::{Digest as _, Sha1};
use thiserror::Error;

use super::notetype::{self, NOTETYPE};
use super::package;
use crate::catalog::Catalog;
use crate::exchange::cards::{self, OutCard};
use crate::exchange::job::{Cancelled, Watch};
use crate::exchange::write::{self as files, WriteError};
use crate::exchange::{Scope, html, svg};
use crate::ids::{SceneId, stable_hash};
use crate::scene::{Placed, width_of};
use crate::store::StoreError;
use crate::store::foreign::anki::{CardRow, NoteRow, ReviewRow, Writer};
use crate::study::{CardState, DESIRED_RETENTION, Phase, Progress};
use crate::text;
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

/// Writes the cards of a scope with their schedule, log, tags and pictures, whole or not at all.
///
/// # Errors
/// When the disk refuses or the reader stops it; what was at the path stays.
pub fn write(
    path: &Path,
    catalog: &Catalog,
    progress: &Progress,
    scope: &Scope,
    now: Moment,
    watch: &Watch,
) -> Result<Exported, ApkgError> {
    let logs = cards::Logs::of(progress);
    let cards = cards::cards(catalog, progress, &logs, scope);
    watch.begin(cards.len())?;
    let folder = tempfile::tempdir().map_err(ApkgError::Temporary)?;
    let file = folder.path().join("collection.anki2");
    let maker = Maker::new(catalog, progress, &cards, now);
    let (done, pictures) = maker.collection(&file, &cards, watch)?;
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
        let mut drawn = HashMap::new();
        let mut reviews = Vec::new();
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
            let picture = self.picture(card, &mut drawn);
            let scene = picture.as_ref().map_or_else(String::new, |(name, _)| format!("<img src=\"{name}\">"));
            if let Some((name, drawing)) = picture {
                pictures.entry(name).or_insert(drawing);
            }
            writer.note(&self.note(id, card, &scene))?;
            writer.card(&self.card(id, deck, position, card.state))?;
            for review in card.log {
                reviews.push(ReviewRow {
                    // Two machines may have graded in the same millisecond.
                    id: first_free(&mut moments, review.at.0),
                    card: id,
                    ease: review.grade as i64 + 1,
                    interval: review.interval.into(),
                    last_interval: review.last_interval.into(),
                    factor: review.factor.into(),
                    took_millis: review.took_millis.into(),
                    kind: review.kind.into(),
                });
            }
            done.cards += 1;
            watch.step(1)?;
        }
        reviews.sort_by_key(|review| review.id);
        for review in &reviews {
            writer.review(review)?;
        }
        done.reviews = reviews.len();
        let [settings, notetypes, decks, presets] = notetype::tables(&decks, modified / 1000);
        let created = self.created.starts_at(self.now.offset_secs).0 / 1000;
        writer.finish(created, modified, [&settings, &notetypes, &decks, &presets])?;
        Ok((done, pictures))
    }

    fn note(&self, id: i64, card: &OutCard<'_>, scene: &str) -> NoteRow {
        let mine = card.question.and_then(|question| self.progress.question(&question.id)?.note.as_deref());
        let front = html_of(card.front);
        let fields = [
            &front,
            &html_of(card.back),
            &card.question.map_or_else(String::new, |question| svg::escaped(&question.prompt)),
            scene,
            &mine.map_or_else(String::new, html_of),
            &svg::escaped(card.id.as_str()),
        ];
        let plain = text::parse(card.front).plain();
        let hash = Sha1::digest(plain.as_bytes());
        let checksum = hash.iter().take(4).fold(0, |sum, byte| sum << 8 | i64::from(*byte));
        NoteRow {
            id,
            guid: card.id.to_string(),
            notetype: NOTETYPE,
            modified: self.now.at.0 / 1000,
            tags: if card.tags.is_empty() { String::new() } else { format!(" {} ", card.tags.join(" ")) },
            // The separator has no meaning in text of the reader's.
            fields: fields.map(|field| field.replace('\x1f', " ")).join("\x1f"),
            sort_field: plain,
            checksum,
        }
    }

    fn card(&self, id: i64, deck: i64, position: i64, state: Option<&CardState>) -> CardRow {
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
        let mut data = serde_json::Map::new();
        if let Some(memory) = schedule.memory {
            data.insert("s".into(), rounded(memory.stability, 4));
            data.insert("d".into(), rounded(memory.difficulty, 3));
            data.insert("dr".into(), rounded(DESIRED_RETENTION, 2));
            data.insert("decay".into(), rounded(fsrs::FSRS6_DEFAULT_DECAY, 4));
        }
        if let Some(last) = schedule.last_review {
            data.insert("lrt".into(), json!(last.at.0 / 1000));
        }
        suspended(CardRow {
            kind,
            queue,
            due,
            left: left * 1001,
            interval: schedule.interval_days.max(u32::from(kind == 3)).into(),
            ease: 2500,
            reps: schedule.reps.into(),
            lapses: schedule.lapses.into(),
            data: serde_json::Value::from(data).to_string(),
            ..new
        })
    }

    /// The moment of the scene that goes with the card: that of its tie, else how the question's scene ends.
    fn picture(&self, card: &OutCard<'_>, drawn: &mut HashMap<SceneId, Placed>) -> Option<(String, Vec<u8>)> {
        let question = card.question?;
        let tie = card.card.and_then(|card| card.tie.as_ref());
        let id = tie.map(|tie| &tie.scene).or(question.scene.as_ref())?;
        let file = self.catalog.scenes.get(id)?;
        let last = file.scene.steps.len().checked_sub(1)?;
        let at = tie.and_then(|tie| file.scene.step_index(&tie.step)).unwrap_or(last);
        let step = &file.scene.steps.get(at)?.id;
        let name = format!("whetstone-{}-{step}.svg", id.as_str().replace('/', "-"));
        let placed = drawn.entry(id.clone()).or_insert_with(|| Placed::of(&file.scene, &width_of));
        Some((name, svg::svg(&file.scene, placed, at, file.hue, &Palette::light()).into_bytes()))
    }
}

fn rounded(value: f32, places: i32) -> serde_json::Value {
    let scale = 10_f64.powi(places);
    json!((f64::from(value) * scale).round() / scale)
}

/// A side of a card as Anki shows it; everything in it is escaped.
pub fn html_of(markdown: &str) -> String {
    let mut out = String::new();
    html::blocks(&mut out, &text::parse(markdown).blocks);
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
