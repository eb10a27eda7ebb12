//! Markdown as it is written: which of its bytes are what, so that an editor can show its styles and quieten its signs.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag};

use super::parse::note_options;

/// What a run of the source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Markdown's styles combine freely")]
pub struct RunStyle {
    /// 1 to 6 in a heading.
    pub heading: u8,
    pub strong: bool,
    pub emphasis: bool,
    pub strike: bool,
    pub code: bool,
    pub quote: bool,
    pub link: bool,
    /// A sign of the notation, not what it says.
    pub sign: bool,
}

/// The source taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Markup {
    /// Runs of one style, one after the other; together the whole source.
    pub runs: Vec<(Range<usize>, RunStyle)>,
    /// What stands between the fences of code, and the language named there.
    pub code: Vec<(Range<usize>, String)>,
}

/// Takes a note apart. Never fails: what Markdown does not know is text.
pub fn markup(markdown: &str) -> Markup {
    let mut styles = vec![RunStyle::default(); markdown.len()];
    let mut code = Vec::new();
    // The language of the code block at hand.
    let mut language: Option<String> = None;
    for (event, range) in Parser::new_ext(markdown, note_options()).into_offset_iter() {
        let mut set = |range: Range<usize>, change: &dyn Fn(&mut RunStyle)| {
            styles.get_mut(range).into_iter().flatten().for_each(change);
        };
        match event {
            Event::Start(tag) => match tag {
                Tag::Heading { level, .. } => {
                    let heading = number(level);
                    set(range, &|style| (style.heading, style.sign) = (heading, true));
                }
                Tag::Strong => set(range, &|style| (style.strong, style.sign) = (true, true)),
                Tag::Emphasis => set(range, &|style| (style.emphasis, style.sign) = (true, true)),
                Tag::Strikethrough => set(range, &|style| (style.strike, style.sign) = (true, true)),
                Tag::Link { .. } | Tag::Image { .. } => set(range, &|style| (style.link, style.sign) = (true, true)),
                Tag::BlockQuote(_) => set(range, &|style| (style.quote, style.sign) = (true, true)),
                Tag::Item | Tag::Table(_) => set(range, &|style| style.sign = true),
                Tag::CodeBlock(kind) => {
                    set(range, &|style| (style.code, style.sign) = (true, true));
                    language = Some(match kind {
                        CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                        CodeBlockKind::Indented => String::new(),
                    });
                }
                _ => {}
            },
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => language = None,
            Event::Text(_) => {
                set(range.clone(), &|style| style.sign = false);
                if let Some(language) = &language {
                    match code.last_mut() {
                        Some((last, _)) if joins(last, &range) => last.end = range.end,
                        _ => code.push((range, language.clone())),
                    }
                }
            }
            Event::Code(_) => {
                let source = markdown.get(range.clone()).unwrap_or_default();
                let ticks = source.len() - source.trim_start_matches('`').len();
                set(range.clone(), &|style| (style.code, style.sign) = (true, true));
                if range.len() > 2 * ticks {
                    set(range.start + ticks..range.end - ticks, &|style| style.sign = false);
                }
            }
            Event::TaskListMarker(_) => set(range, &|style| (style.sign, style.link) = (false, true)),
            Event::Html(_) | Event::InlineHtml(_) => set(range, &|style| style.sign = false),
            _ => {}
        }
    }
    let mut runs: Vec<(Range<usize>, RunStyle)> = Vec::new();
    for (at, _) in markdown.char_indices() {
        let style = styles.get(at).copied().unwrap_or_default();
        match runs.last() {
            Some((_, last)) if *last == style => {}
            _ => runs.push((at..at, style)),
        }
    }
    // Each run ends where the next begins.
    let ends: Vec<usize> = runs.iter().skip(1).map(|(range, _)| range.start).chain([markdown.len()]).collect();
    runs.iter_mut().zip(ends).for_each(|((range, _), end)| range.end = end);
    Markup { runs, code }
}

fn joins(last: &Range<usize>, next: &Range<usize>) -> bool {
    last.end == next.start
}

const fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(source: &str, wanted: impl Fn(&RunStyle) -> bool) -> String {
        let markup = markup(source);
        let runs = markup.runs.iter().filter(|(_, style)| wanted(style) && !style.sign);
        runs.map(|(range, _)| source[range.clone()].to_owned()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn styles_and_signs_come_apart() {
        let source = "# Head\n\nA **strong *both*** `code` [link](x) [[kafka/isr]]\n\n- [x] done\n\n> quoted\n";
        assert_eq!(said(source, |style| style.heading == 1), "Head");
        assert_eq!(said(source, |style| style.strong), "strong |both");
        assert_eq!(said(source, |style| style.emphasis), "both");
        assert_eq!(said(source, |style| style.code), "code");
        assert_eq!(said(source, |style| style.link), "link|kafka/isr|[x]");
        assert_eq!(said(source, |style| style.quote), "quoted");
    }

    #[test]
    fn code_has_its_language() {
        let source = "```rust\nlet a = 1;\nlet b;\n```\n";
        let code = markup(source).code;
        assert_eq!(code.len(), 1);
        assert_eq!((&source[code[0].0.clone()], code[0].1.as_str()), ("let a = 1;\nlet b;\n", "rust"));
    }

    proptest! {
        #[test]
        fn runs_are_the_whole_source(source in "(?s)[#*`\\[\\]>()|a消 \n-]{0,200}") {
            let markup = markup(&source);
            let all: String = markup.runs.iter().map(|(range, _)| source.get(range.clone()).unwrap()).collect();
            prop_assert_eq!(all, source);
        }
    }
}
