//! From Markdown to blocks, with `pulldown-cmark`. Never fails: what Markdown does not know is text.

use std::iter::Peekable;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use super::{Block, BlockKind, Doc, Item, Link, Span, Style};

/// Quotes, lists and styles nested deeper than this come out flat, so that no input can exhaust the stack.
const DEEPEST: usize = 24;

/// Parses `markdown` (`CommonMark` with tables, task lists and strikethrough). Raw HTML stays text.
pub fn parse(markdown: &str) -> Doc {
    blocks_of(markdown, content_options())
}

/// As [`parse`], with `[[topic/name]]` as a link to a question.
pub fn parse_note(markdown: &str) -> Doc {
    blocks_of(markdown, note_options())
}

/// Whether [`parse`] makes one paragraph of it that reads just as it is written. What is plain may also be taken for what is
/// not: this is the quick way for the many texts that are words alone, and asks for no more than they need.
pub fn is_plain(markdown: &str) -> bool {
    // At the head of a line almost every sign means something; within it these do not.
    let plain = |c: char| match c {
        ' ' | ',' | '.' | ';' | ':' | '?' | '!' | '(' | ')' | '/' | '%' | '-' => true,
        c => c.is_alphanumeric(),
    };
    markdown.starts_with(char::is_alphabetic) && !markdown.ends_with(' ') && markdown.chars().all(plain)
}

fn content_options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// What a note may hold.
pub(super) fn note_options() -> Options {
    content_options() | Options::ENABLE_WIKILINKS
}

fn blocks_of(markdown: &str, options: Options) -> Doc {
    let events = Shallow { events: Parser::new_ext(markdown, options).into_offset_iter(), open: Vec::new(), depth: 0 };
    let mut builder = Builder { events: events.peekable() };
    let mut blocks = Vec::new();
    while builder.events.peek().is_some() {
        builder.blocks_until(None, &mut blocks);
    }
    Doc { blocks }
}

/// The events without the starts and ends of what is nested too deep.
struct Shallow<'a> {
    events: OffsetIter<'a>,
    /// Of each thing that is open, whether its start was let through.
    open: Vec<bool>,
    depth: usize,
}

impl<'a> Iterator for Shallow<'a> {
    type Item = (Event<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (event, range) = self.events.next()?;
            let through = match &event {
                // An item goes with its list.
                Event::Start(Tag::Item) => {
                    let with_list = self.open.last().copied().unwrap_or(true);
                    self.open.push(with_list);
                    with_list
                }
                Event::End(TagEnd::Item) => self.open.pop().unwrap_or(true),
                Event::Start(tag) if nests(tag.to_end()) => {
                    let through = self.depth < DEEPEST;
                    self.open.push(through);
                    self.depth += usize::from(through);
                    through
                }
                Event::End(tag) if nests(*tag) => {
                    let through = self.open.pop().unwrap_or(true);
                    self.depth -= usize::from(through);
                    through
                }
                _ => true,
            };
            if through {
                return Some((event, range));
            }
        }
    }
}

/// What can stand within its own kind.
const fn nests(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Strong
            | TagEnd::Emphasis
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
    )
}

struct Builder<'a> {
    events: Peekable<Shallow<'a>>,
}

impl Builder<'_> {
    /// Reads blocks up to and including the event that ends `end`.
    fn blocks_until(&mut self, end: Option<TagEnd>, out: &mut Vec<Block>) {
        let mut loose: Option<Block> = None;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::End(tag) if Some(tag) == end => break,
                Event::Start(tag) if is_block(&tag) => {
                    out.extend(loose.take());
                    self.block(tag, range, out);
                }
                Event::Rule => {
                    out.extend(loose.take());
                    out.push(Block { kind: BlockKind::Rule, range });
                }
                Event::End(_) | Event::TaskListMarker(_) => {}
                // A tight list's text has no paragraph around it.
                inline => {
                    let mut spans = Vec::new();
                    self.inline_event(inline, Style::default(), None, &mut spans);
                    match &mut loose {
                        Some(Block { kind: BlockKind::Paragraph(all), range: whole }) => {
                            spans.into_iter().for_each(|span| push_span(all, span));
                            whole.end = range.end;
                        }
                        _ => loose = Some(Block { kind: BlockKind::Paragraph(spans), range }),
                    }
                }
            }
        }
        out.extend(loose);
    }

    fn block(&mut self, tag: Tag<'_>, range: Range<usize>, out: &mut Vec<Block>) {
        let kind = match tag {
            Tag::Heading { level, .. } => {
                BlockKind::Heading { level: level_number(level), spans: self.spans_until(TagEnd::Heading(level)) }
            }
            Tag::Paragraph => BlockKind::Paragraph(self.spans_until(TagEnd::Paragraph)),
            Tag::HtmlBlock => BlockKind::Paragraph(self.spans_until(TagEnd::HtmlBlock)),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                let mut text = String::new();
                for (event, _) in self.events.by_ref() {
                    match event {
                        Event::Text(piece) => text.push_str(&piece),
                        Event::End(TagEnd::CodeBlock) => break,
                        _ => {}
                    }
                }
                BlockKind::Code { info, text }
            }
            Tag::BlockQuote(kind) => {
                let mut inner = Vec::new();
                self.blocks_until(Some(TagEnd::BlockQuote(kind)), &mut inner);
                BlockKind::Quote(inner)
            }
            Tag::List(start) => {
                let items = self.items(start.is_some());
                BlockKind::List { start, items }
            }
            Tag::Table(_) => self.table(),
            _ => return,
        };
        out.push(Block { kind, range });
    }

    fn items(&mut self, ordered: bool) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let mut checked = None;
                    if let Some((Event::TaskListMarker(done), _)) = self.events.peek() {
                        checked = Some(*done);
                        self.events.next();
                    }
                    let mut blocks = Vec::new();
                    self.blocks_until(Some(TagEnd::Item), &mut blocks);
                    items.push(Item { checked, blocks });
                }
                Event::End(TagEnd::List(end)) if end == ordered => break,
                _ => {}
            }
        }
        items
    }

    fn table(&mut self) -> BlockKind {
        let (mut head, mut rows, mut row) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => row.push(self.spans_until(TagEnd::TableCell)),
                Event::End(TagEnd::TableHead) => head = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        BlockKind::Table { head, rows }
    }

    fn spans_until(&mut self, end: TagEnd) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some((event, _)) = self.events.next() {
            if matches!(&event, Event::End(tag) if *tag == end) {
                break;
            }
            self.inline_event(event, Style::default(), None, &mut spans);
        }
        spans
    }

    /// One inline event; a start is read through to its end.
    fn inline_event(&mut self, event: Event<'_>, style: Style, link: Option<&Link>, out: &mut Vec<Span>) {
        let plain = |text: &str, style| Span { text: text.to_owned(), style, link: link.cloned() };
        let (end, style, link) = match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                return push_span(out, plain(&text, style));
            }
            Event::Code(text) => return push_span(out, plain(&text, Style { code: true, ..style })),
            Event::SoftBreak => return push_span(out, plain(" ", style)),
            Event::HardBreak => return push_span(out, plain("\n", style)),
            Event::Start(Tag::Strong) => (TagEnd::Strong, Style { strong: true, ..style }, link.cloned()),
            Event::Start(Tag::Emphasis) => (TagEnd::Emphasis, Style { emphasis: true, ..style }, link.cloned()),
            Event::Start(Tag::Strikethrough) => (TagEnd::Strikethrough, Style { strike: true, ..style }, link.cloned()),
            Event::Start(Tag::Link { dest_url, link_type: LinkType::WikiLink { .. }, .. }) => {
                (TagEnd::Link, style, Some(Link::Question(dest_url.trim().to_owned())))
            }
            Event::Start(Tag::Link { dest_url, .. }) => (TagEnd::Link, style, Some(Link::parse(&dest_url))),
            Event::Start(Tag::Image { dest_url, .. }) => (TagEnd::Image, style, Some(Link::parse(&dest_url))),
            _ => return,
        };
        while let Some((event, _)) = self.events.next() {
            if matches!(&event, Event::End(tag) if *tag == end) {
                break;
            }
            self.inline_event(event, style, link.as_ref(), out);
        }
    }
}

/// Adds a run, joining it to the last one when they look alike.
fn push_span(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.style == span.style && last.link == span.link && !span.style.code => {
            last.text.push_str(&span.text);
        }
        _ => spans.push(span),
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Heading { .. }
            | Tag::Paragraph
            | Tag::HtmlBlock
            | Tag::CodeBlock(_)
            | Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Table(_)
    )
}

const fn level_number(level: HeadingLevel) -> u8 {
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
    use crate::text::SceneTarget;

    #[test]
    fn blocks_and_their_words() {
        let doc = parse(
            "# One two\n\nThree *four* `five`.\n\n```sh\nnot counted\n```\n\n- six\n- [x] seven\n\n| a | b |\n|---|---|\n| c | d |\n",
        );
        assert_eq!(doc.words(), 7);
        assert_eq!(doc.blocks.len(), 5);
        let BlockKind::List { items, .. } = &doc.blocks[3].kind else { panic!("{doc:?}") };
        assert_eq!(items[1].checked, Some(true));
        let BlockKind::Table { head, rows } = &doc.blocks[4].kind else { panic!("{doc:?}") };
        assert_eq!((head.len(), rows.len()), (2, 1));
    }

    #[test]
    fn what_is_plain_reads_as_it_is_written() {
        assert!(is_plain("Why does an ISR shrink, and when?") && is_plain("Größe, 大小: both 5 %"));
        for markup in
            ["", " a", "a ", "a *b*", "1. a", "- a", "a\nb", "a & b", "a <b", "`a`", "a | b", "a [b", "a\\b", "a_b_"]
        {
            assert!(!is_plain(markup), "{markup}");
        }
    }

    #[test]
    fn a_link_keeps_its_style_and_place() {
        let doc = parse("First.\n\nThe **[follower](scene:isr#fetch) pulls**.");
        let links = doc.links();
        let expected = Link::Scene { name: "isr".into(), target: SceneTarget::Step("fetch".into()) };
        assert_eq!(links, [(&expected, 8)]);
    }

    #[test]
    fn a_note_links_to_questions() {
        let doc = parse_note("See [[kafka/isr]] and [[redis/locks|the lock]].");
        let links: Vec<Link> = doc.links().into_iter().map(|(link, _)| link.clone()).collect();
        assert_eq!(links, [Link::Question("kafka/isr".into()), Link::Question("redis/locks".into())]);
        assert!(doc.plain().contains("the lock") && parse("[[a]]").links().is_empty());
    }

    #[test]
    fn a_nested_list_keeps_the_text_before_it() {
        let doc = parse("- outer\n  - inner\n- next\n");
        let BlockKind::List { items, .. } = &doc.blocks[0].kind else { panic!("{doc:?}") };
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].blocks.len(), 2);
        assert_eq!(doc.plain(), "outer\ninner\nnext");
    }

    #[test]
    fn absurd_nesting_comes_out_flat() {
        let doc = parse(&format!("{} deep", ">".repeat(20_000)));
        assert_eq!(doc.plain(), "deep");
        let doc = parse(&format!("{}x{}", "*".repeat(20_000), "*".repeat(20_000)));
        assert!(doc.plain().contains('x'));
        let nested: Vec<String> = (0..2_000).map(|depth| format!("{}- {depth}", "  ".repeat(depth))).collect();
        assert!(parse(&nested.join("\n")).plain().contains("1999"));
    }

    proptest! {
        #[test]
        fn the_quick_way_and_the_whole_way_agree(text in "[a-zA-Zé大][-a-z0-9 ,.;:?!()/%é大]{0,30}") {
            if is_plain(&text) {
                let span = Span { text: text.clone(), ..Span::default() };
                prop_assert_eq!(parse(&text).blocks, [Block { kind: BlockKind::Paragraph(vec![span]), range: 0..text.len() }]);
            }
        }

        #[test]
        fn any_text_parses(text in "(?s).{0,400}") {
            let doc = parse(&text);
            for block in &doc.blocks {
                prop_assert!(block.range.end <= text.len());
            }
        }
    }
}
