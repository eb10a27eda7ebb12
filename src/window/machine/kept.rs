//! What is kept of the second machine beside the journal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::time::{Day, Moment};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The folder that several machines share.
    pub folder: Option<PathBuf>,
    /// Of each file there, what it held when it was merged last.
    pub seen: BTreeMap<String, String>,
    /// When this machine's file was written last.
    pub written: Option<Moment>,
    /// From which machine something came last, when, and what it was.
    pub merged: Option<(String, Moment, String)>,
}

impl Kept {
    /// `Last written 10:42; from laptop 10:40 (12 reviews)`.
    pub fn sentence(&self, today: Day) -> String {
        let written = match self.written {
            Some(at) => format!("Last written {}", clock(at, today)),
            None => "Nothing written yet".to_owned(),
        };
        match &self.merged {
            Some((from, at, what)) => format!("{written}; merged from {from} {} ({what})", clock(*at, today)),
            None => written,
        }
    }
}

/// A moment as the reader's clock has it, with the day when it is another.
fn clock(at: Moment, today: Day) -> String {
    let format = if at.day() == today { "%H:%M" } else { "%-d %B %H:%M" };
    at.civil().strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn what_was_written_and_merged_is_said_with_its_time() {
        let at = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 3_600 };
        let merged = Some(("laptop".to_owned(), at, "12 reviews".to_owned()));
        let kept = Kept { written: Some(at), merged, ..Kept::default() };
        assert_eq!(kept.sentence(at.day()), "Last written 11:00; merged from laptop 11:00 (12 reviews)");
        let tomorrow = at.day().plus_days(1);
        assert!(kept.sentence(tomorrow).starts_with("Last written 24 November 11:00"), "{}", kept.sentence(tomorrow));
    }
}
