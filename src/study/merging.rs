//! What a merge with another machine would bring, before it is done: counted, and each note that would change by its name.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::fact::{Entry, Fact};
use super::progress::{Linking, Progress};
use crate::ids::{CardId, EntryId};

/// What the entries of another machine come to here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merging {
    /// Those that are not here yet, in the order of time.
    pub entries: Vec<Entry>,
    pub brings: Brings,
    /// Entries that are here already.
    pub both: usize,
    /// Entries that only this machine has.
    pub only_here: usize,
    /// What becomes of the notes that change.
    pub notes: BTreeMap<Linking, NoteChange>,
}

/// What is new, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brings {
    pub reviews: usize,
    pub confidence: usize,
    pub attempts: usize,
    /// Notes that were written in.
    pub notes: usize,
    /// Cards that were made or imported there.
    pub cards: usize,
    /// Everything else, in entries: the plan, mocks, drawings, undo and so on.
    pub other: usize,
}

/// What becomes of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteChange {
    New,
    /// It was written on over there, and not here.
    Newer,
    /// Written in on both sides, in places that do not touch.
    Merged,
    /// Written in on both sides in the same place: both versions are kept, until the reader chooses.
    Twice,
}

impl NoteChange {
    pub const ALL: [Self; 4] = [Self::Twice, Self::Merged, Self::Newer, Self::New];

    /// After the note's name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::New => "is new",
            Self::Newer => "was written on there",
            Self::Merged => "was changed on both: merged",
            Self::Twice => "was changed on both in the same place: both kept, you choose",
        }
    }
}

impl Merging {
    /// Of the entries of another machine, with what is known here.
    pub fn of(here: &Progress, there: Vec<Entry>) -> Self {
        let offered = there.len();
        let known: HashSet<EntryId> = here.entries().map(|entry| entry.id).collect();
        let mut entries: Vec<Entry> = there.into_iter().filter(|entry| !known.contains(&entry.id)).collect();
        entries.sort_unstable_by_key(|entry| (entry.at, entry.id));
        let both = offered - entries.len();
        let mut notes = BTreeMap::new();
        if !entries.is_empty() {
            let mut after = here.clone();
            after.extend(entries.iter().cloned());
            for note in after.all_notes() {
                if let Some(change) = change_of(here, &after, &note) {
                    notes.insert(note, change);
                }
            }
        }
        Self { brings: Brings::of(&entries), both, only_here: known.len() - both, notes, entries }
    }

    pub fn count(&self, change: NoteChange) -> usize {
        self.notes.values().filter(|of| **of == change).count()
    }

    /// After `Of all entries`: how many are where.
    pub fn shares(&self) -> String {
        let Self { both, only_here, .. } = self;
        format!("{both} are on both, {only_here} only here, {} only there", self.entries.len())
    }

    /// All of it in a line, with the pictures that are new.
    pub fn sentence(&self, pictures: usize) -> String {
        let Brings { reviews, confidence, attempts, notes: _, cards, other } = self.brings;
        let fresh = self.count(NoteChange::New) + self.count(NoteChange::Newer);
        let parts = [
            counted(reviews, "review"),
            counted(confidence, "confidence rating"),
            counted(attempts, "attempt"),
            counted(fresh, "note"),
            counted(cards, "card"),
            counted(pictures, "picture"),
            counted(other, "other change"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let added = match parts.split_last() {
            None if self.notes.is_empty() => "Nothing new".to_owned(),
            None => "Notes differ".to_owned(),
            Some((last, [])) => format!("{last} will be added"),
            Some((last, rest)) => format!("{} and {last} will be added", rest.join(", ")),
        };
        let merged =
            counted(self.count(NoteChange::Merged), "note").map(|notes| format!("{notes} changed on both: merged"));
        let twice = counted(self.count(NoteChange::Twice), "note")
            .map(|notes| format!("{notes} changed in the same place: both kept"));
        let all: Vec<String> = [Some(added), merged, twice].into_iter().flatten().collect();
        all.join("; ")
    }
}

impl Brings {
    pub fn of(entries: &[Entry]) -> Self {
        let mut brings = Self::default();
        let (mut cards, mut notes): (BTreeSet<&CardId>, BTreeSet<Linking>) = Default::default();
        for entry in entries {
            let mut other = false;
            for fact in &entry.facts {
                match fact {
                    Fact::Reviewed { .. } => brings.reviews += 1,
                    Fact::ConfidenceRated { .. } => brings.confidence += 1,
                    Fact::Attempted(_) => brings.attempts += 1,
                    Fact::NoteWritten { question, .. } => drop(notes.insert(Linking::Question(question.clone()))),
                    Fact::FreeNoteWritten { note, .. } => drop(notes.insert(Linking::Note(note.clone()))),
                    Fact::CardMade { card, .. } => drop(cards.insert(card)),
                    Fact::CardImported(imported) => drop(cards.insert(&imported.card)),
                    _ => other = true,
                }
            }
            brings.other += usize::from(other);
        }
        Self { cards: cards.len(), notes: notes.len(), ..brings }
    }

    /// In a few words, for a line that says what came.
    pub fn words(&self) -> String {
        let Self { reviews, confidence, attempts, notes, cards, other } = *self;
        let parts = [
            counted(reviews, "review"),
            counted(notes, "note"),
            counted(attempts, "attempt"),
            counted(cards, "card"),
            counted(confidence, "confidence rating"),
            counted(other, "other change"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "pictures".to_owned() } else { parts.join(", ") }
    }
}

fn change_of(here: &Progress, after: &Progress, note: &Linking) -> Option<NoteChange> {
    let (before, now) = (here.standing(note), after.standing(note));
    if before == now {
        None
    } else if before.over.is_empty() {
        Some(NoteChange::New)
    } else if now.others.iter().any(|version| !before.others.contains(version)) {
        Some(NoteChange::Twice)
    } else if now.over.len() > 1 && now.over != before.over {
        Some(NoteChange::Merged)
    } else if before.text != now.text {
        Some(NoteChange::Newer)
    } else {
        None
    }
}

fn counted(count: usize, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        count => Some(format!("{count} {what}s")),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{MachineId, NoteId, QuestionId};
    use crate::study::{Grade, Request, decide};
    use crate::time::Timestamp;

    fn ask(progress: &mut Progress, number: u128, machine: u128, request: Request) {
        let machine = MachineId(Uuid::from_u128(machine));
        let facts = decide(request, progress, machine).unwrap();
        let at = Timestamp(1_790_000_000_000 + i64::try_from(number).unwrap() * 60_000);
        progress.apply(Entry { id: EntryId(Uuid::from_u128(number)), machine, at, offset_secs: 0, facts });
    }

    fn write(question: &str, text: &str) -> Request {
        Request::WriteNote { question: QuestionId::new(question), text: text.into() }
    }

    #[test]
    fn what_a_merge_brings_is_counted_and_notes_are_named() {
        let mut here = Progress::default();
        ask(&mut here, 1, 1, write("kafka/both", "One.\nTwo.\nThree."));
        ask(&mut here, 2, 1, write("kafka/twice", "Same."));
        ask(&mut here, 3, 1, write("kafka/newer", "Old."));
        let mut there = here.clone();
        ask(&mut here, 10, 1, write("kafka/both", "One, here.\nTwo.\nThree."));
        ask(&mut here, 11, 1, write("kafka/twice", "Mine."));
        ask(&mut there, 20, 2, write("kafka/both", "One.\nTwo.\nThree, there."));
        ask(&mut there, 21, 2, write("kafka/twice", "Theirs."));
        ask(&mut there, 22, 2, write("kafka/newer", "New."));
        let free = Request::WriteFreeNote { note: NoteId::scratch(), text: "x".into() };
        ask(&mut there, 23, 2, free);
        for (number, grade) in [(24, Grade::Good), (25, Grade::Easy)] {
            let card = CardId::new("kafka/both#a");
            ask(&mut there, number, 2, Request::Review { card, grade, took_millis: 1, practice: false });
        }
        ask(&mut there, 26, 2, Request::Undo);
        let merging = Merging::of(&here, there.entries().cloned().collect());
        assert_eq!((merging.entries.len(), merging.both, merging.only_here), (7, 3, 2));
        let of = |name: &str| merging.notes.get(&Linking::Question(QuestionId::new(name))).copied();
        assert_eq!(
            ["kafka/both", "kafka/twice", "kafka/newer"].map(of),
            [Some(NoteChange::Merged), Some(NoteChange::Twice), Some(NoteChange::Newer)]
        );
        assert_eq!(
            merging.sentence(1),
            "2 reviews, 2 notes, 1 picture and 1 other change will be added; 1 note changed on both: merged; \
             1 note changed in the same place: both kept"
        );
        let mut merged = here.clone();
        merged.extend(merging.entries.clone());
        let both = merged.question(&QuestionId::new("kafka/both")).unwrap();
        assert_eq!(both.note.as_deref(), Some("One, here.\nTwo.\nThree, there."));
        assert_eq!(Merging::of(&merged, there.entries().cloned().collect()).sentence(0), "Nothing new");
    }
}
