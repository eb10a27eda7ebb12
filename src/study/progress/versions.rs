//! The versions of one note and how it stands. Each version says which ones it was written over; what two machines wrote
//! apart is merged where the changes do not touch, and kept beside where they do. The result depends on the set of
//! versions alone, so every machine that has them shows the same text, and none has to write it down.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use super::state::{Standing, Version};
use crate::ids::{EntryId, MachineId};
use crate::time::Timestamp;

/// One version as the journal has it.
pub(super) struct Written<'a> {
    pub entry: EntryId,
    pub machine: MachineId,
    pub at: Timestamp,
    pub text: &'a str,
    /// The versions that the writer saw; None of what was written before that was noted.
    pub over: Option<&'a [EntryId]>,
    /// It has not been taken back.
    pub counts: bool,
}

/// Versions that are merged at once, rounds of ancestors, and merges in all, beyond which versions are kept side by side.
const MOST_HEADS: usize = 8;
const DEEPEST: usize = 8;
const MOST_MERGES: usize = 64;
/// Pieces of a text, beyond which it is not merged but kept.
const MOST_PIECES: usize = 4_000;

/// From all versions of a note, in the order of time, to its history and how it stands.
pub(super) fn stand(written: &[Written<'_>]) -> (Vec<Version>, Standing) {
    let graph = Graph::of(written);
    let version = |index: &usize| written.get(*index).map(|one| Version::of(one.entry, one.at, one.text));
    let mut order = graph.in_order();
    let heads = graph.heads(&order.iter().copied().collect());
    let Some(stood) = graph.merged(&heads, 0, &Cell::new(MOST_MERGES)) else {
        return (Vec::new(), Standing::default());
    };
    // What is shown stands last, whatever the clocks said.
    if let Some(shown) = stood.from.first() {
        order.retain(|index| index != shown);
        order.push(*shown);
    }
    let mut history: Vec<Version> = order.iter().filter_map(version).collect();
    let entries: Vec<EntryId> = stood.from.iter().filter_map(|index| Some(written.get(*index)?.entry)).collect();
    if entries.len() > 1
        && let Some(last) = history.last()
    {
        history.push(Version { entry: None, at: last.at, text: stood.text.clone() });
    }
    let others = stood.others.iter().filter_map(version).collect();
    (history, Standing { over: entries, others, text: stood.text })
}

/// The text of several versions.
struct Stood {
    text: String,
    /// The versions that are in it, the newest first.
    from: Vec<usize>,
    /// Those that could not be taken in.
    others: Vec<usize>,
}

struct Graph<'a> {
    written: &'a [Written<'a>],
    /// What each version was written over.
    parents: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn of(written: &'a [Written<'a>]) -> Self {
        let by_id: HashMap<EntryId, usize> =
            written.iter().enumerate().map(|(index, one)| (one.entry, index)).collect();
        // The last version of a machine, and the last of it that was written over the same ones.
        let mut last: HashMap<MachineId, usize> = HashMap::new();
        let mut last_over: HashMap<(MachineId, &[EntryId]), usize> = HashMap::new();
        let mut parents = Vec::with_capacity(written.len());
        for (index, one) in written.iter().enumerate() {
            let mut of: Vec<usize> = Vec::new();
            match one.over {
                Some(over) => {
                    of.extend(over.iter().filter_map(|id| by_id.get(id)).filter(|parent| **parent != index));
                    // Written before the one before it was on the disk: no machine writes apart from itself.
                    of.extend(last_over.insert((one.machine, over), index));
                }
                None => of.extend(last.get(&one.machine).copied().or_else(|| index.checked_sub(1))),
            }
            last.insert(one.machine, index);
            parents.push(of);
        }
        Self { written, parents }
    }

    fn counts(&self, index: usize) -> bool {
        self.written.get(index).is_some_and(|one| one.counts)
    }

    fn parents_of(&self, index: usize) -> &[usize] {
        self.parents.get(index).map_or(&[], Vec::as_slice)
    }

    /// The versions that count, each after those that it was written over, else in the order of time.
    fn in_order(&self) -> Vec<usize> {
        let all = 0..self.written.len();
        let natural = all.clone().all(|index| self.parents_of(index).iter().all(|parent| *parent < index));
        if natural {
            return all.filter(|index| self.counts(*index)).collect();
        }
        // Clocks that disagree: Kahn's algorithm, the earliest first of what may come.
        let mut missing: Vec<usize> = self.parents.iter().map(Vec::len).collect();
        let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, parents) in self.parents.iter().enumerate() {
            for parent in parents {
                children.entry(*parent).or_default().push(index);
            }
        }
        let free = missing.iter().enumerate().filter(|(_, missing)| **missing == 0);
        let mut ready: BinaryHeap<Reverse<usize>> = free.map(|(index, _)| Reverse(index)).collect();
        let mut order = Vec::new();
        while let Some(Reverse(index)) = ready.pop() {
            order.push(index);
            for child in children.get(&index).into_iter().flatten() {
                if let Some(missing) = missing.get_mut(*child) {
                    *missing = missing.saturating_sub(1);
                    if *missing == 0 {
                        ready.push(Reverse(*child));
                    }
                }
            }
        }
        // A forged circle has no order; what is in it is kept all the same.
        let seen: BTreeSet<usize> = order.iter().copied().collect();
        order.extend(all.filter(|index| !seen.contains(index)));
        order.retain(|index| self.counts(*index));
        order
    }

    /// Of some versions that count, those that none of the others was written over; the newest first.
    fn heads(&self, of: &BTreeSet<usize>) -> Vec<usize> {
        let mut covered = BTreeSet::new();
        let mut open: Vec<usize> = of.iter().flat_map(|index| self.parents_of(*index)).copied().collect();
        while let Some(index) = open.pop() {
            // What counts has been asked for what lies before it; a version that was taken back leads on.
            if covered.insert(index) && !of.contains(&index) {
                open.extend(self.parents_of(index));
            }
        }
        let heads: Vec<usize> = of.iter().rev().filter(|index| !covered.contains(index)).copied().collect();
        if heads.is_empty() { of.last().copied().into_iter().collect() } else { heads }
    }

    /// The versions, and all that they were written over.
    fn ancestors(&self, of: &[usize]) -> BTreeSet<usize> {
        let (mut all, mut open) = (BTreeSet::new(), of.to_vec());
        while let Some(index) = open.pop() {
            if all.insert(index) {
                open.extend(self.parents_of(index));
            }
        }
        all
    }

    /// One text of some heads; None when there are none.
    fn merged(&self, heads: &[usize], depth: usize, budget: &Cell<usize>) -> Option<Stood> {
        let (first, rest) = heads.split_first()?;
        let text = |index: usize| self.written.get(index).map_or("", |one| one.text);
        let mut stood = Stood { text: text(*first).to_owned(), from: vec![*first], others: Vec::new() };
        for (count, head) in rest.iter().enumerate() {
            let theirs = text(*head);
            let merged = if stood.text == theirs {
                Some(theirs.to_owned())
            } else if count + 1 < MOST_HEADS && budget.get() > 0 {
                budget.set(budget.get() - 1);
                let base = self.base(&stood.from, *head, depth, budget);
                base.and_then(|base| three_way(&base, &stood.text, theirs))
            } else {
                None
            };
            match merged {
                Some(merged) => {
                    stood.text = merged;
                    stood.from.push(*head);
                }
                None => stood.others.push(*head),
            }
        }
        Some(stood)
    }

    /// The text that both sides come from; None when it is not one text.
    fn base(&self, ours: &[usize], theirs: usize, depth: usize, budget: &Cell<usize>) -> Option<String> {
        let (ours, theirs) = (self.ancestors(ours), self.ancestors(&[theirs]));
        let common = theirs.intersection(&ours).copied().filter(|index| self.counts(*index));
        let heads = self.heads(&common.collect());
        if heads.is_empty() {
            return Some(String::new());
        }
        if depth >= DEEPEST {
            return None;
        }
        let stood = self.merged(&heads, depth + 1, budget)?;
        stood.others.is_empty().then_some(stood.text)
    }
}

/// Both changes of a text, by lines and sentences; None when they touch.
fn three_way(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if base == ours {
        return Some(theirs.to_owned());
    }
    if base == theirs {
        return Some(ours.to_owned());
    }
    let [base, ours, theirs] = [pieces(base)?, pieces(ours)?, pieces(theirs)?];
    let merged = diffy::merge(&base, &ours, &theirs).ok()?;
    Some(merged.replace('\n', "").replace(LINE_END, "\n"))
}

/// Stands for the end of a line while each sentence is a line.
const LINE_END: char = '\u{1}';

/// Each sentence and each line as a line of its own; None of what is too long, or has the sign itself in it.
fn pieces(text: &str) -> Option<String> {
    if text.contains(LINE_END) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut count = 0;
    for line in text.split_inclusive('\n') {
        let mut ended = false;
        for c in line.chars() {
            let after_end = std::mem::replace(&mut ended, matches!(c, '.' | '?' | '!' | '。' | '？' | '！'));
            match c {
                '\n' => out.push(LINE_END),
                c => out.push(c),
            }
            if after_end && c == ' ' || matches!(c, '。' | '？' | '！') {
                out.push('\n');
                count += 1;
            }
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        count += 1;
    }
    (count <= MOST_PIECES).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_do_not_touch_are_merged_and_others_are_not() {
        let base = "One. Two. Three.\n\nFour.\n";
        let ours = "One, mine. Two. Three.\n\nFour.\n";
        assert_eq!(
            three_way(base, ours, "One. Two. Three.\n\nFour.\nFive.\n").as_deref(),
            Some("One, mine. Two. Three.\n\nFour.\nFive.\n")
        );
        assert_eq!(
            three_way(base, ours, "One. Two. Three, theirs.\n\nFour.\n").as_deref(),
            Some("One, mine. Two. Three, theirs.\n\nFour.\n"),
            "sentences of one paragraph"
        );
        assert_eq!(three_way(base, ours, "One, theirs. Two. Three.\n\nFour.\n"), None);
        assert_eq!(three_way("", "a", "b"), None);
        assert_eq!(three_way("a", "b", "b").as_deref(), Some("b"));
        assert_eq!(three_way("a\u{1}", "b\u{1}", "a\u{1}c"), None);
    }

    #[test]
    fn pieces_come_together_again() {
        for text in ["", "a", "a\n", "\n\n", "A. B! C? d.e f。g\n- [ ] x. \n", "ends. "] {
            let there = pieces(text).unwrap();
            assert_eq!(there.replace('\n', "").replace(LINE_END, "\n"), text, "{there:?}");
        }
    }

    /// Versions of machine 1 and 2 as (entry, machine, time, text, over).
    fn stood(all: &[(u128, u128, i64, &str, &[u128])]) -> (Vec<Version>, Standing) {
        let ids: Vec<Vec<EntryId>> =
            all.iter().map(|one| one.4.iter().map(|id| EntryId(uuid::Uuid::from_u128(*id))).collect()).collect();
        let mut written: Vec<Written<'_>> = all
            .iter()
            .zip(&ids)
            .map(|((entry, machine, at, text, _), over)| Written {
                entry: EntryId(uuid::Uuid::from_u128(*entry)),
                machine: MachineId(uuid::Uuid::from_u128(*machine)),
                at: Timestamp(*at),
                text,
                over: Some(over),
                counts: true,
            })
            .collect();
        written.sort_by_key(|one| (one.at, one.entry));
        stand(&written)
    }

    #[test]
    fn a_clock_that_is_ahead_does_not_hide_what_is_written_after() {
        // The second machine is a year ahead; the first has seen its version and writes over it.
        let (history, standing) = stood(&[(1, 1, 10, "a", &[]), (2, 2, 9_000, "a b", &[1]), (3, 1, 20, "a b c", &[2])]);
        assert_eq!(standing.text, "a b c");
        assert!(standing.others.is_empty() && standing.over.len() == 1);
        assert_eq!(history.iter().map(|version| version.text.as_str()).collect::<Vec<_>>(), ["a", "a b", "a b c"]);
    }

    #[test]
    fn what_was_written_apart_and_touches_is_kept_side_by_side_until_it_is_chosen() {
        let apart = [(1, 1, 10, "a", &[][..]), (2, 1, 20, "mine", &[1]), (3, 2, 30, "theirs", &[1])];
        let (_, standing) = stood(&apart);
        assert_eq!((standing.text.as_str(), standing.others[0].text.as_str()), ("theirs", "mine"));
        // Written on in the one that is shown, the other stays.
        let (_, standing) = stood(&[&apart[..], &[(4, 1, 40, "theirs, on", &[3])]].concat());
        assert_eq!((standing.text.as_str(), standing.others[0].text.as_str()), ("theirs, on", "mine"));
        let chosen = [&apart[..], &[(4, 1, 40, "mine", &[3, 2])]].concat();
        let (_, standing) = stood(&chosen);
        assert_eq!((standing.text.as_str(), standing.others.len()), ("mine", 0));
        // Both machines chose, and not the same: again both are kept.
        let (_, standing) = stood(&[&chosen[..], &[(5, 2, 50, "theirs", &[3, 2])]].concat());
        assert_eq!((standing.text.as_str(), standing.others[0].text.as_str()), ("theirs", "mine"));
    }

    #[test]
    fn two_writings_before_the_first_was_on_the_disk_are_one_after_the_other() {
        let (history, standing) = stood(&[(1, 1, 10, "a", &[]), (2, 1, 20, "b", &[1]), (3, 1, 21, "c", &[1])]);
        assert_eq!((standing.text.as_str(), standing.others.len(), history.len()), ("c", 0, 3));
    }

    #[test]
    fn a_circle_loses_nothing() {
        let (history, standing) = stood(&[(1, 1, 10, "a", &[2]), (2, 2, 20, "b", &[1])]);
        assert_eq!((history.len(), standing.text.as_str()), (2, "b"));
    }
}
