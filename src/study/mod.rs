//! What the reader did, what follows from it, and what to do next: all pure, with `now` as a parameter.
//! Knows no SQL and no window, and of the content ids and levels; `planned` alone reads the catalog.

mod aim;
pub mod calibration;
mod decide;
pub mod diagnostic;
pub mod evening;
mod fact;
mod hints;
mod imported;
pub mod log;
mod merging;
pub mod mock;
pub mod optimise;
mod pace;
pub mod plan;
mod planned;
mod progress;
mod queue;
mod readiness;
mod schedule;
pub mod stats;
pub mod today;
mod why;

pub use aim::{Aim, DaysOff, Pin, TopicOrder};
pub use decide::{Refusal, Request, attempt_grade, decide};
pub use fact::{Attempt, AttemptKind, Confidence, Diagnosed, Entry, Fact, Grade};
pub use hints::seems_covered;
pub use imported::{IMPORTED, ImportedCard, PastReview};
pub use merging::{Brings, Merging, NoteChange};
pub use pace::{Pace, pace};
pub use planned::{Planned, askable, diagnosed};
pub use progress::{CardState, Counts, Foreseen, Imported, Linking, Progress, QuestionState, Standing, Version};
pub use queue::{Studied, Why, due_cards};
pub use readiness::{Evidence, Readiness, evidence};
pub use schedule::{DESIRED_RETENTION, Interval, Memory, Phase, Policy, Schedule, memory_from_sm2, predicted_recall};
