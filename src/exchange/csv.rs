//! Cards as tables: CSV for spreadsheets, and TSV that is Anki's text import with its header lines.
//!
//! A cell that a spreadsheet would take for a formula (its first character `=`, `+`, `-`, `@`, a tab or a return) is
//! neutralised: in CSV by an apostrophe before it, which the import takes away again; in TSV, whose cells are HTML, by
//! writing the character as an entity.

use super::cards::OutCard;
use super::{apkg, svg};
use crate::study::{CardState, Phase};

/// What CSV begins with.
pub const COLUMNS: [&str; 12] = [
    "id",
    "deck",
    "tags",
    "front",
    "back",
    "state",
    "due",
    "stability",
    "difficulty",
    "reviews",
    "lapses",
    "suspended",
];

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One row a card, Markdown in the cells, the schedule beside it.
pub fn csv(cards: &[OutCard<'_>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for card in cards {
        let cells = [card.id.as_str(), &card.deck, &card.tags.join(" "), card.front, card.back].map(neutral);
        let _ = writer.write_record(cells.into_iter().chain(numbers(card.state)));
    }
    writer.into_inner().unwrap_or_default()
}

fn numbers(state: Option<&CardState>) -> [String; 7] {
    let default = CardState::default();
    let state = state.unwrap_or(&default);
    let schedule = &state.schedule;
    let phase = match schedule.phase {
        Phase::New => "new",
        Phase::Learning(_) => "learning",
        Phase::Review => "review",
        Phase::Relearning(_) => "relearning",
    };
    let due = schedule.due.and_then(|due| jiff::Timestamp::from_millisecond(due.0).ok());
    [
        phase.to_owned(),
        due.map_or_else(String::new, |due| due.to_string()),
        schedule.memory.map_or_else(String::new, |memory| format!("{:.4}", memory.stability)),
        schedule.memory.map_or_else(String::new, |memory| format!("{:.3}", memory.difficulty)),
        state.reviews.to_string(),
        schedule.lapses.to_string(),
        if state.suspended { "yes" } else { "no" }.to_owned(),
    ]
}

fn neutral(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

/// What [`csv`] wrote as it was.
pub fn unneutral(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

/// Anki's text import: each note is found again by its id, and only its fields are brought up to date.
pub fn anki_text(cards: &[OutCard<'_>]) -> Vec<u8> {
    // Columns are named, or Anki would drop those that its note type does not have in the same place.
    let mut out = b"#separator:tab\n#html:true\n#columns:Guid\tDeck\tTags\tFront\tBack\n\
                    #guid column:1\n#deck column:2\n#tags column:3\n"
        .to_vec();
    // Always in quotes: a row that begins with `#` would be taken for a comment.
    let style = csv::QuoteStyle::Always;
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').quote_style(style).from_writer(Vec::new());
    for card in cards {
        let (front, back) = (apkg::html_of(card.front), apkg::html_of(card.back));
        let texts = [card.id.as_str(), &card.deck, &card.tags.join(" ")].map(svg::escaped);
        let cells = texts.into_iter().chain([front, back]).map(|cell| as_entity(&cell));
        let _ = writer.write_record(cells);
    }
    out.extend(writer.into_inner().unwrap_or_default());
    out
}

fn as_entity(cell: &str) -> String {
    match cell.chars().next() {
        Some(first) if FORMULA.contains(&first) => format!("&#{};{}", u32::from(first), &cell[first.len_utf8()..]),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for first in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(neutral(first).starts_with('\''), "{first}");
            assert_eq!(unneutral(&neutral(first)), first);
            assert!(as_entity(first).starts_with("&#"), "{first}");
        }
        assert_eq!(neutral("'tis"), "'tis");
        assert_eq!(unneutral("'tis"), "'tis");
        assert_eq!(as_entity("-acks"), "&#45;acks");
    }
}
