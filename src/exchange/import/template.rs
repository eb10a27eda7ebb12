//! The sides of a card as Anki's template puts them together from a note's fields.

use std::collections::HashMap;

use super::cloze;

/// Sections within sections deeper than this are text.
const DEEPEST: usize = 16;

/// One side, parsed once for all notes of a type.
#[derive(Debug, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    /// A field's name, and the filters before it.
    Field(String, Vec<String>),
    Section {
        field: String,
        when_empty: bool,
        parts: Vec<Self>,
    },
}

/// Which side of which gap is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    pub front: bool,
    /// Of a note type with gaps: the number of the card's.
    pub gap: Option<u32>,
}

impl Template {
    pub fn parse(source: &str) -> Self {
        let mut rest = source;
        Self { parts: parts(&mut rest, None, 0) }
    }

    /// The side's HTML.
    pub fn filled(&self, fields: &HashMap<&str, &str>, side: Side) -> String {
        let mut out = String::new();
        fill(&mut out, &self.parts, fields, side);
        out
    }
}

fn parts(rest: &mut &str, within: Option<&str>, depth: usize) -> Vec<Part> {
    let mut out = Vec::new();
    while let Some((before, after)) = rest.split_once("{{") {
        if !before.is_empty() {
            out.push(Part::Text(before.to_owned()));
        }
        let Some((inside, after)) = after.split_once("}}") else {
            out.push(Part::Text(format!("{{{{{after}")));
            *rest = "";
            return out;
        };
        *rest = after;
        let inside = inside.trim_start_matches('{').trim();
        match inside.chars().next() {
            Some('#' | '^') if depth < DEEPEST => {
                let field = inside.get(1..).unwrap_or_default().trim().to_owned();
                let parts = parts(rest, Some(&field), depth + 1);
                out.push(Part::Section { when_empty: inside.starts_with('^'), field, parts });
            }
            Some('/') if within.is_some_and(|open| inside.get(1..).is_some_and(|name| name.trim() == open)) => {
                return out;
            }
            Some('/' | '#' | '^' | '!') | None => {}
            Some(_) => {
                let mut names: Vec<String> = inside.split(':').map(|name| name.trim().to_owned()).collect();
                let field = names.pop().unwrap_or_default();
                out.push(Part::Field(field, names));
            }
        }
    }
    if !rest.is_empty() {
        out.push(Part::Text(std::mem::take(rest).to_owned()));
    }
    out
}

fn fill(out: &mut String, parts: &[Part], fields: &HashMap<&str, &str>, side: Side) {
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Field(name, filters) => {
                let value = fields.get(name.as_str()).copied().unwrap_or_default();
                let has = |filter: &str| filters.iter().any(|name| name == filter);
                match side.gap {
                    Some(number) if has("cloze") => out.push_str(&cloze::filled(value, number, side.front)),
                    // What would be typed in is asked for by the front and shown by the back.
                    _ if has("type") && side.front => {}
                    _ => out.push_str(value),
                }
            }
            Part::Section { field, when_empty, parts } => {
                let is_empty = fields.get(field.as_str()).is_none_or(|value| value.trim().is_empty());
                // `{{#c1}}` asks whether the card is that of the gap.
                let is_gap =
                    field.strip_prefix('c').and_then(|number| number.parse().ok()) == side.gap && side.gap.is_some();
                if (is_empty && !is_gap) == *when_empty {
                    fill(out, parts, fields, side);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_filters_and_gaps() {
        let fields = HashMap::from([("Front", "f"), ("Back", "b"), ("Empty", " "), ("Text", "{{c1::x}} {{c2::y}}")]);
        let plain = Side { front: false, gap: None };
        for (source, expected) in [
            ("{{FrontSide}}<hr id=answer>{{Back}}", "<hr id=answer>b"),
            ("{{#Empty}}no{{/Empty}}{{^Empty}}yes{{/Empty}}", "yes"),
            ("{{#Front}}{{#Empty}}x{{/Empty}}{{hint:Back}}{{/Front}}", "b"),
            ("{{type:Back}} {{unknown}}", "b "),
            ("open {{Front", "open {{Front"),
        ] {
            assert_eq!(Template::parse(source).filled(&fields, plain), expected, "{source}");
        }
        let gap = Side { front: true, gap: Some(2) };
        assert_eq!(Template::parse("{{cloze:Text}}").filled(&fields, gap), "x <b>[…]</b>");
        Template::parse(&"{{#a}}".repeat(100_000)).filled(&fields, plain);
    }
}
