//! The plan in words: in a sentence, and for each question why it is in or out.

use super::plan::{Choice, NEW_A_DAY, Plan, Reason};
use crate::ids::QuestionId;

impl Plan {
    /// The plan in a sentence.
    pub fn sentence(&self) -> String {
        let all = self.covered.len() + self.skipped.len();
        let percent = (self.retention * 100.0).round();
        let Some(days) = self.days_left else {
            let out = match self.skipped.len() {
                0 => String::new(),
                skipped => format!(" {skipped} left out."),
            };
            return format!("No date: {NEW_A_DAY} new questions a day, every card kept at {percent} %.{out}");
        };
        let scope = match self.skipped.len() {
            0 if all == 1 => format!("the one question at {percent} % recall"),
            0 => format!("all {all} questions at {percent} % recall"),
            skipped => {
                format!("{} of {all} questions at {percent} % recall, {skipped} left out", self.covered.len())
            }
        };
        let minutes = self.aim.minutes_in_words();
        match (days, self.study_days) {
            (0, _) => "The interview is today: nothing new, good luck.".to_owned(),
            (1, _) => "The interview is tomorrow: a sweep over what you know, nothing new.".to_owned(),
            (days, study) if study < days => format!("{study} days of study in {days} × {minutes}: {scope}."),
            _ => format!("{days} days × {minutes}: {scope}."),
        }
    }

    /// Why a question is in today, in the plan or out of it.
    pub fn why(&self, question: &QuestionId) -> String {
        let Some(choice) = self.choice(question) else {
            return "It has no answer to study yet, so the plan does not count it.".to_owned();
        };
        let fitting = self.covered.len();
        match choice.reason {
            Reason::PinnedIn if self.today.contains(question) => {
                "New today: you put it in, so it comes before what the plan would choose.".to_owned()
            }
            Reason::PinnedIn => "In the plan: you put it in.".to_owned(),
            Reason::Begun => "In the plan: you have begun it, and its cards come back as they fade.".to_owned(),
            Reason::Worth(place) => {
                let turn = match self.today.iter().position(|other| other == question) {
                    Some(0) => "New today, first".to_owned(),
                    Some(index) => format!("New today, number {}", index + 1),
                    None => self.turn(place),
                };
                format!("{turn}: number {place} by what it adds for the minutes it takes. {}", evidence(&choice))
            }
            Reason::PinnedOut => "Left out: you said so.".to_owned(),
            Reason::TopicLeftOut => "Left out: its whole topic is.".to_owned(),
            Reason::NoTime => format!(
                "Left out: {:.0} minutes are left to plan, and the {fitting} questions in it add more for theirs. {}",
                self.budget_minutes,
                evidence(&choice)
            ),
        }
    }

    /// When a question that is not for today has its turn, at the pace of today.
    fn turn(&self, place: usize) -> String {
        let a_day = if self.days_left.is_none() { NEW_A_DAY } else { self.new_a_day };
        match place.saturating_sub(1).checked_div(a_day) {
            Some(1) => "Its turn comes tomorrow".to_owned(),
            Some(days) if days > 1 => format!("Its turn comes in about {days} days"),
            _ => "In the plan".to_owned(),
        }
    }
}

fn evidence(choice: &Choice) -> String {
    let known = (choice.known * 100.0).round();
    let minutes = choice.minutes.round().max(1.0);
    let minutes = if minutes < 1.5 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    if choice.known <= 0.0 {
        format!("It takes about {minutes}; nothing is known yet of what you know of it.")
    } else {
        format!("It takes about {minutes}, and you probably know {known} % of it.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::plan::{Situation, Weighed, plan};
    use crate::study::{Aim, Pace, Pin};
    use crate::time::Day;

    #[test]
    fn every_question_has_its_why() {
        let today = Day("2026-11-24".parse().unwrap());
        let all: Vec<Weighed> = (0..60)
            .map(|n| Weighed {
                question: QuestionId::new(format!("t/q{n}")),
                weight: if n == 4 { 0.0 } else { 1.0 },
                minutes: 3,
                new_cards: 3,
                stabilities: Vec::new(),
                known: f64::from(n) / 100.0,
                begun: n == 3,
                pin: [Some(Pin::In), Some(Pin::Out)].get(usize::try_from(n).unwrap()).copied().flatten(),
            })
            .collect();
        let aim = Aim { interview: Some(today.plus_days(9)), minutes_a_day: 30, ..Aim::default() };
        let situation = Situation { aim, today, pace: Pace::default(), spent_minutes: 0.0, begun_today: 0 };
        let found = plan(&all, &situation);
        let why = |n: usize| found.why(&all[n].question);
        assert_eq!(why(0), "New today: you put it in, so it comes before what the plan would choose.");
        assert_eq!(why(1), "Left out: you said so.");
        assert!(why(2).starts_with("New today, number 2: number 1 by what it adds"), "{}", why(2));
        assert!(why(2).ends_with("and you probably know 2 % of it."), "{}", why(2));
        assert!(why(3).starts_with("In the plan: you have begun it"));
        assert_eq!(why(4), "Left out: its whole topic is.");
        assert!(why(59).starts_with("Left out: ") && why(59).contains("minutes are left to plan"), "{}", why(59));
        let later = found.covered.last().unwrap();
        assert!(found.why(later).starts_with("Its turn comes in about "), "{}", found.why(later));
    }
}
