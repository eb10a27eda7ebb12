//! Which cards to show now, in which order, and why each of them.

use std::collections::HashMap;

use super::progress::Progress;
use super::schedule::{Phase, Policy};
use crate::ids::CardId;
use crate::time::Moment;

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
        /// 0 to 1, now.
        predicted_recall: f32,
    },
    /// An attempt missed what it trains.
    Missed,
    New,
    /// The reader asked for it.
    Practice,
}

/// The cards to show: steps that have come, then what is due with the least likely recalled first, then new ones.
///
/// Siblings (cards of one question) are kept apart: none follows another while a card of another question is left.
/// At most `new_a_day` new cards are begun a study day.
pub fn due_cards(
    studied: &[Studied],
    progress: &Progress,
    policy: &Policy,
    now: Moment,
    new_a_day: usize,
) -> Vec<(CardId, Why)> {
    let (mut learning, mut due, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let today = now.day();
    let mut begun_today = 0;
    for Studied { card, position } in studied {
        let Some(state) = progress.card(card).filter(|state| state.due(policy).is_some()) else {
            if !progress.is_suspended(card) {
                new.push((*position, card.clone()));
            }
            continue;
        };
        let scheduled = &state.schedule;
        if state.first_review.is_some_and(|first| first.day() == today) {
            begun_today += 1;
        }
        let Some(due_at) = state.due(policy).filter(|due| !state.suspended && *due <= now.at) else { continue };
        match scheduled.phase {
            Phase::New | Phase::Review => {
                let predicted_recall = state.predicted_recall(now);
                let is_wanted = state.is_wanted(now, policy);
                let why = if is_wanted { Why::Missed } else { Why::Due { predicted_recall } };
                due.push((predicted_recall, card.clone(), why));
            }
            Phase::Learning(_) | Phase::Relearning(_) => learning.push((due_at, card.clone())),
        }
    }
    learning.sort();
    due.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    new.sort();
    let new = new.into_iter().take(new_a_day.saturating_sub(begun_today)).map(|(_, card)| (card, Why::New));
    let due = due.into_iter().map(|(_, card, why)| (card, why));
    let mut queue: Vec<_> = learning.into_iter().map(|(_, card)| (card, Why::Learning)).collect();
    queue.extend(apart(due.collect()));
    queue.extend(apart(new.collect()));
    queue
}

/// Keeps the order but for siblings, which wait until the others had their turn: the first of every question, then the second
/// of every question, and so on. A deck of somebody else's is one question and may have ten thousand cards.
fn apart(cards: Vec<(CardId, Why)>) -> Vec<(CardId, Why)> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let mut rounds: Vec<Vec<(CardId, Why)>> = Vec::new();
    for card in cards {
        let question = card.0.question_name();
        let turn = match turns.get_mut(question) {
            Some(turn) => {
                *turn += 1;
                *turn
            }
            None => {
                turns.insert(question.to_owned(), 0);
                0
            }
        };
        match rounds.get_mut(turn) {
            Some(round) => round.push(card),
            None => rounds.push(vec![card]),
        }
    }
    rounds.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{EntryId, MachineId};
    use crate::study::{Attempt, Entry, Fact, Grade};
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
        let queue = due_cards(&studied, &Progress::default(), &Policy::default(), moment(0), 4);
        assert_eq!(names(&queue), ["k/a#1", "k/b#1", "k/a#2", "k/b#2"]);
        assert!(queue.iter().all(|(_, why)| *why == Why::New));
    }

    /// Two decks of somebody else's, one much longer: turn and turn about, then what is left of the longer one.
    #[test]
    fn decks_of_many_thousand_cards_take_turns() {
        let deck = |name: &str, cards: u32| -> Vec<(CardId, Why)> {
            (0..cards).map(|card| (CardId::new(format!("imported/{name}#{card}")), Why::New)).collect()
        };
        let (long, short) = (deck("long", 60_000), deck("short", 3));
        let queue = apart([long.clone(), short.clone()].concat());
        let expected: Vec<_> = long.iter().zip(&short).flat_map(|(a, b)| [a, b]).chain(&long[3..]).collect();
        assert!(queue.iter().eq(expected));
    }

    #[test]
    fn what_was_begun_today_counts_against_the_limit() {
        let studied = studied(&["k/a#1", "k/b#1", "k/c#1"]);
        let mut progress = Progress::default();
        review(&mut progress, 1, "k/a#1", Grade::Good, 0);
        assert_eq!(names(&due_cards(&studied, &progress, &Policy::default(), moment(0), 2)), ["k/b#1"]);
        // The step of ten minutes has come, and goes first.
        let queue = due_cards(&studied, &progress, &Policy::default(), moment(1), 2);
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
        let queue = due_cards(&studied, &progress, &Policy::default(), moment(24 * 60), 0);
        assert_eq!(names(&queue), ["k/b#1", "k/a#1"]);
        let Why::Due { predicted_recall } = queue[0].1 else { panic!("{queue:?}") };
        assert!(predicted_recall < 0.9);
    }

    #[test]
    fn a_missed_key_point_brings_its_cards_back_tomorrow_and_undo_takes_that_back() {
        let studied = studied(&["k/a#1", "k/a#2", "k/b#1"]);
        let mut progress = Progress::default();
        review(&mut progress, 1, "k/a#1", Grade::Easy, 0);
        let missed = Fact::Attempted(Attempt {
            missed: vec![CardId::new("k/a#1"), CardId::new("k/a#2")],
            ..crate::study::fact::tests::attempt("k/a")
        });
        let mut say = |number, fact, hours| {
            progress.apply(Entry {
                id: EntryId(Uuid::from_u128(number)),
                machine: MachineId(Uuid::from_u128(1)),
                at: moment(hours).at,
                offset_secs: 0,
                facts: vec![fact],
            });
            progress.clone()
        };
        let after = say(2, missed, 1);
        assert!(due_cards(&studied, &after, &Policy::default(), moment(2), 0).is_empty(), "not on the same day");
        let queue = due_cards(&studied, &after, &Policy::default(), moment(26), 0);
        assert_eq!(queue, [(CardId::new("k/a#2"), Why::Missed), (CardId::new("k/a#1"), Why::Missed)]);
        let undone = say(3, Fact::Withdrawn { entry: EntryId(Uuid::from_u128(2)) }, 3);
        assert!(due_cards(&studied, &undone, &Policy::default(), moment(26), 0).is_empty());
        say(4, Fact::Withdrawn { entry: EntryId(Uuid::from_u128(3)) }, 4);
        let again = |card: &str| Fact::Reviewed {
            card: CardId::new(card),
            grade: Grade::Easy,
            took_millis: 1,
            practice: false,
        };
        say(5, again("k/a#1"), 26);
        let reviewed = say(6, again("k/a#2"), 27);
        assert!(due_cards(&studied, &reviewed, &Policy::default(), moment(28), 0).is_empty(), "a review settles it");
    }
}
