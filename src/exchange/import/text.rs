//! Tables of cards: Anki's text with its header lines, CSV and TSV.

use std::collections::HashMap;

use super::{Foreign, Parsed, anki, markdown_of};
use crate::exchange::csv as out;
use crate::ids::{CardId, stable_hash};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Front,
    Back,
    Id,
    Deck,
    Tags,
    Other,
}

/// What the header lines say.
#[derive(Default)]
struct Header {
    separator: Option<u8>,
    html: Option<bool>,
    deck: Option<String>,
    tags: Vec<String>,
    columns: Option<Vec<String>>,
    /// Columns of special meaning, from 1.
    special: HashMap<usize, Column>,
    /// Bytes and lines that it takes.
    length: usize,
    lines: u64,
}

/// Reads the rows of a table. `name` is the deck of rows that name none; `separator` the one that the ending implies.
pub fn parse(text: &str, name: &str, separator: Option<u8>) -> Parsed {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut header = header(text);
    let body = text.get(header.length..).unwrap_or_default();
    let separator = header.separator.or(separator).unwrap_or_else(|| guess(body));
    let is_anki = header.lines > 0;
    let mut parsed = Parsed::of(if is_anki { "Anki text" } else { "Table" });
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(separator).has_headers(false).flexible(true).from_reader(body.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut columns: Option<Vec<Column>> = header.columns.take().map(|names| by_name(&names));
    let mut is_ours = false;
    let mut seen = HashMap::new();
    let mut first = true;
    loop {
        let at = reader.position().byte();
        let line = header.lines + reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                parsed.skip(format!("line {line}"), format!("cannot be read ({error})"));
                continue;
            }
        }
        // The position is that before empty lines, which count for nothing.
        let raw = usize::try_from(at).ok().and_then(|at| body.get(at..)).unwrap_or_default();
        let empty = raw.len() - raw.trim_start_matches(['\n', '\r']).len();
        let line = line + raw.get(..empty).unwrap_or_default().matches('\n').count() as u64;
        let place = format!("line {line}");
        if raw.trim_start_matches(['\n', '\r']).starts_with('#') {
            parsed.skip(place, "begins with #, which is a comment; in quotes it would be a card");
            continue;
        }
        if std::mem::take(&mut first) && columns.is_none() {
            let names: Vec<String> = record.iter().map(str::to_owned).collect();
            let found = by_name(&names);
            if found.contains(&Column::Front) && found.contains(&Column::Back) {
                is_ours = record.iter().eq(out::COLUMNS);
                columns = Some(found);
                continue;
            }
        }
        let row = Row::of(&record, columns.as_deref(), &header, is_ours);
        for card in row.cards(&place, name, &header) {
            match card {
                Ok(card) => parsed.add(card, &mut seen),
                Err(why) => parsed.skip(place.as_str(), why),
            }
        }
    }
    parsed
}

#[derive(Default)]
struct Row {
    front: String,
    back: String,
    id: Option<String>,
    deck: Option<String>,
    tags: Vec<String>,
}

impl Row {
    fn of(record: &csv::StringRecord, columns: Option<&[Column]>, header: &Header, is_ours: bool) -> Self {
        let mut row = Self::default();
        let mut fields = 0;
        for (index, cell) in record.iter().enumerate() {
            let cell = if is_ours { out::unneutral(cell) } else { cell };
            let named = columns.and_then(|columns| columns.get(index).copied());
            // Without names the first field is the front and all others the back.
            let by_place = if fields == 0 { Column::Front } else { Column::Back };
            let column = header.special.get(&(index + 1)).copied().or(named).unwrap_or(by_place);
            match column {
                Column::Front => {
                    cell.clone_into(&mut row.front);
                    fields += 1;
                }
                Column::Back if cell.trim().is_empty() => {}
                Column::Back => {
                    if !row.back.is_empty() {
                        row.back.push_str(if header.html == Some(true) { "<br><br>" } else { "\n\n" });
                    }
                    row.back.push_str(cell);
                    fields += 1;
                }
                Column::Id => row.id = Some(cell.trim().to_owned()).filter(|id| !id.is_empty()),
                Column::Deck => row.deck = Some(cell.trim().to_owned()).filter(|deck| !deck.is_empty()),
                Column::Tags => row.tags = cell.split_whitespace().map(str::to_owned).collect(),
                Column::Other => {}
            }
        }
        row
    }

    fn cards(self, place: &str, name: &str, header: &Header) -> Vec<Result<Foreign, &'static str>> {
        let deck = self.deck.or_else(|| header.deck.clone()).unwrap_or_else(|| name.to_owned());
        let tags: Vec<String> = header.tags.iter().chain(&self.tags).cloned().collect();
        let html = header.html == Some(true);
        let side = |text: &str| if html { markdown_of(text) } else { text.trim().to_owned() };
        let origin = match &self.id {
            Some(id) if CardId::new(id).is_plain() => id.clone(),
            Some(id) => format!("anki:{id}/0"),
            None => format!("text:{:016x}", stable_hash(format!("{deck}\n{}", self.front))),
        };
        let card = |origin, front, back| Foreign {
            place: place.to_owned(),
            origin,
            deck: deck.clone(),
            tags: tags.clone(),
            front,
            back,
            ..Foreign::default()
        };
        let gaps = anki::gap_sides(&self.front, &self.back);
        if !gaps.is_empty() {
            let of = |(number, front, back): (u32, String, String)| {
                let origin = format!("{}/{}", origin.trim_end_matches("/0"), number.saturating_sub(1));
                Ok(card(origin, markdown_of(&front), markdown_of(&back)))
            };
            return gaps.into_iter().map(of).collect();
        }
        if self.back.trim().is_empty() {
            return vec![Err("has only one side")];
        }
        vec![Ok(card(origin, side(&self.front), side(&self.back)))]
    }
}

fn by_name(names: &[String]) -> Vec<Column> {
    let column = |name: &String| match name.trim().to_lowercase().as_str() {
        "front" | "question" | "prompt" | "text" | "cue" => Column::Front,
        "back" | "answer" | "back extra" | "extra" => Column::Back,
        "id" | "guid" => Column::Id,
        "deck" => Column::Deck,
        "tags" | "tag" => Column::Tags,
        _ => Column::Other,
    };
    names.iter().map(column).collect()
}

/// The header lines at the top: `#key:value`, or `tags:…` alone in the first line.
fn header(text: &str) -> Header {
    let mut header = Header::default();
    for line in text.split_inclusive('\n') {
        let is_tags = header.lines == 0 && line.starts_with("tags:");
        let Some(rest) = line.strip_prefix('#').or_else(|| is_tags.then_some(line)) else { break };
        let Some((key, value)) = rest.split_once(':') else { break };
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        let mut special = |column| {
            if let Ok(number) = value.parse() {
                header.special.insert(number, column);
            }
        };
        match key.as_str() {
            "separator" => header.separator = separator_named(value),
            "html" => header.html = Some(value.eq_ignore_ascii_case("true")),
            "deck" => header.deck = Some(value.to_owned()),
            "tags" => header.tags = value.split_whitespace().map(str::to_owned).collect(),
            "columns" => {
                let separator = char::from(header.separator.unwrap_or(b'\t'));
                header.columns = Some(value.split(separator).map(|name| name.trim_matches('"').to_owned()).collect());
            }
            "guid column" => special(Column::Id),
            "deck column" => special(Column::Deck),
            "tags column" => special(Column::Tags),
            "notetype column" => special(Column::Other),
            "notetype" | "match scope" | "if matches" => {}
            _ => break,
        }
        header.length += line.len();
        header.lines += 1;
    }
    header
}

fn separator_named(name: &str) -> Option<u8> {
    let named = match name.to_lowercase().as_str() {
        "comma" => b',',
        "semicolon" => b';',
        "tab" | "\\t" => b'\t',
        "space" => b' ',
        "pipe" => b'|',
        "colon" => b':',
        one => return one.bytes().next().filter(|byte| one.len() == 1 && byte.is_ascii()),
    };
    Some(named)
}

/// In the order in which Anki guesses: the first that the first line has.
fn guess(body: &str) -> u8 {
    let line = body.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    b"\t|;:, ".iter().copied().find(|separator| line.as_bytes().contains(separator)).unwrap_or(b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ankis_header_lines_are_obeyed() {
        let text = "\u{feff}#separator:Semicolon\r\n#html:true\r\n#deck:My::Deck\r\n#tags:a b\r\n#guid column:1\r\n#tags column:4\r\n\
                    g1;<b>f</b>;back;c\r\n#lost;x;y;z\r\n\"#kept\";\"two\nlines\";b;\r\ng4;only;;\r\ng1;again;b;\r\n";
        let parsed = parse(text, "file", None);
        assert_eq!(parsed.format, "Anki text");
        assert_eq!(parsed.cards.len(), 2);
        let first = &parsed.cards[0];
        assert_eq!((first.front.as_str(), first.back.as_str(), first.deck.as_str()), ("**f**", "back", "My::Deck"));
        assert_eq!((first.origin.as_str(), first.tags.join(" ")), ("anki:g1/0", "a b c".to_owned()));
        assert_eq!((parsed.cards[1].origin.as_str(), parsed.cards[1].front.as_str()), ("anki:#kept/0", "two lines"));
        let skipped: Vec<_> = parsed.skipped.iter().map(|skipped| skipped.place.as_str()).collect();
        assert_eq!(skipped, ["line 8", "line 11", "line 12"], "{:?}", parsed.skipped);
    }

    #[test]
    fn a_table_goes_by_the_names_of_its_columns() {
        let parsed = parse("Back,Tags,Front\nb1,x y,f1\n\nb2,,f2\n", "words", Some(b','));
        let cards: Vec<_> = parsed.cards.iter().map(|card| (card.front.as_str(), card.back.as_str())).collect();
        assert_eq!(cards, [("f1", "b1"), ("f2", "b2")]);
        assert_eq!((parsed.cards[0].deck.as_str(), parsed.cards[1].place.as_str()), ("words", "line 4"));
    }

    #[test]
    fn without_names_the_first_field_is_the_front() {
        let parsed = parse("f\tb\tmore\n{{c1::A}} and {{c2::B}}\n", "d", None);
        let cards: Vec<_> = parsed.cards.iter().map(|card| (card.front.as_str(), card.back.as_str())).collect();
        assert_eq!(cards[0], ("f", "b\n\nmore"));
        assert_eq!(cards[1], ("**\\[…\\]** and B", "**A** and B"));
        assert_eq!(cards.len(), 3);
    }
}
