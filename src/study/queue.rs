//! Which cards to show now, in which order, and why each of them.

use std::collections::HashSet;

use super::progress::Progress;
use super::schedule::{self, Phase};
use crate::ids::{CardId, QuestionId};
use crate::time::{Day, Moment};

/// A card that is in play, with its place in the content's order.
#[derive(Clone, Debug)]
pub struct Studied {
    pub card: CardId,
    pub position: usize,
}

/// Why a card is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// Its learning step has come.
    Learning,
    Due {
        days_late: i32,
        /// 0 to 1, now.
        predicted_recall: f32,
    },
    New,
    /// The reader asked for it.
    Practice,
}

/// The cards to show: steps that have come, then what is due with the least likely recalled first, then new ones.
///
/// Siblings (cards of one question) are kept apart: none follows another while a card of another question is left.
/// At most `new_a_day` new cards are begun a study day.
pub fn due_cards(studied: &[Studied], progress: &Progress, now: Moment, new_a_day: usize) -> Vec<(CardId, Why)> {
    let (mut learning, mut due, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let today = now.day();
    let mut begun_today = 0;
    for Studied { card, position } in studied {
        let Some(state) = progress.card(card).filter(|state| state.schedule.phase != Phase::New) else {
            if !progress.is_suspended(card) {
                new.push((*position, card.clone()));
            }
            continue;
        };
        let scheduled = &state.schedule;
        if state.first_review.is_some_and(|first| first.day() == today) {
            begun_today += 1;
        }
        if state.suspended || !scheduled.is_due(now) {
            continue;
        }
        let Some(due_at) = scheduled.due else { continue };
        if scheduled.phase == Phase::Review {
            let recall = scheduled
                .memory
                .map_or(0.0, |memory| schedule::predicted_recall(memory, scheduled.elapsed_days(now.at)));
            let days_late = Day::days_since(today, Day::of(due_at, now.offset_secs)).max(0);
            due.push((recall, card.clone(), days_late));
        } else {
            learning.push((due_at, card.clone()));
        }
    }
    learning.sort();
    due.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    new.sort();
    let new = new.into_iter().take(new_a_day.saturating_sub(begun_today)).map(|(_, card)| (card, Why::New));
    let due =
        due.into_iter().map(|(predicted_recall, card, days_late)| (card, Why::Due { days_late, predicted_recall }));
    let mut queue: Vec<_> = learning.into_iter().map(|(_, card)| (card, Why::Learning)).collect();
    queue.extend(apart(due.collect()));
    queue.extend(apart(new.collect()));
    queue
}

/// Keeps the order but for siblings, which wait until the others had their turn.
fn apart(cards: Vec<(CardId, Why)>) -> Vec<(CardId, Why)> {
    let (mut out, mut waiting) = (Vec::with_capacity(cards.len()), cards);
    while !waiting.is_empty() {
        let mut seen: HashSet<QuestionId> = HashSet::new();
        let (round, rest) = waiting.into_iter().partition(|(card, _)| seen.insert(card.question()));
        let round: Vec<_> = round;
        out.extend(round);
        waiting = rest;
    }
    out
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Entry, Fact, Grade};
    use crate::time::Timestamp;

    fn studied(names: &[&str]) -> Vec<Studied> {
        names.iter().enumerate().map(|(position, name)| Studied { card: CardId::new(name), position }).collect()
    }

    fn moment(hours: i64) -> Moment {
        Moment { at: Timestamp(1_790_000_000_000 + hours * 3_600_000), offset_secs: 0 }
    }

    fn review(progress: &mut Progress, number: u128, card: &str, grade: Grade, hours: i64) {
        let fact = Fact::Reviewed { card: CardId::new(card), grade, took_millis: 1, practice: false };
        progress.apply(Entry {
            id: EntryId(Uuid::from_u128(number)),
            machine: MachineId(Uuid::from_u128(1)),
            at: moment(hours).at,
            offset_secs: 0,
            facts: vec![fact],
        });
    }

    fn names(queue: &[(CardId, Why)]) -> Vec<&str> {
        queue.iter().map(|(card, _)| card.as_str()).collect()
    }

    #[test]
    fn new_cards_come_in_order_with_siblings_apart_and_up_to_the_limit() {
        let studied = studied(&["k/a#1", "k/a#2", "k/b#1", "k/b#2", "k/c#1"]);
        let queue = due_cards(&studied, &Progress::default(), moment(0), 4);
        assert_eq!(names(&queue), ["k/a#1", "k/b#1", "k/a#2", "k/b#2"]);
        assert!(queue.iter().all(|(_, why)| *why == Why::New));
    }

    #[test]
    fn what_was_begun_today_counts_against_the_limit() {
        let studied = studied(&["k/a#1", "k/b#1", "k/c#1"]);
        let mut progress = Progress::default();
        review(&mut progress, 1, "k/a#1", Grade::Good, 0);
        assert_eq!(names(&due_cards(&studied, &progress, moment(0), 2)), ["k/b#1"]);
        // The step of ten minutes has come, and goes first.
        let queue = due_cards(&studied, &progress, moment(1), 2);
        assert_eq!(names(&queue), ["k/a#1", "k/b#1"]);
        assert_eq!(queue[0].1, Why::Learning);
    }

    #[test]
    fn the_least_likely_recalled_comes_first() {
        let studied = studied(&["k/a#1", "k/b#1"]);
        let mut progress = Progress::default();
        review(&mut progress, 1, "k/a#1", Grade::Easy, 0);
        review(&mut progress, 2, "k/b#1", Grade::Good, 0);
        review(&mut progress, 3, "k/b#1", Grade::Good, 1);
        let queue = due_cards(&studied, &progress, moment(24 * 60), 0);
        assert_eq!(names(&queue), ["k/b#1", "k/a#1"]);
        let Why::Due { days_late, predicted_recall } = queue[0].1 else { panic!("{queue:?}") };
        assert!(days_late > 0 && predicted_recall < 0.9);
    }
}
