//! The block model.

use std::ops::Range;

use super::Link;

/// A parsed piece of Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doc {
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub kind: BlockKind,
    /// Where the block stands in the text it was parsed from, in bytes.
    pub range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    Heading { level: u8, spans: Vec<Span> },
    Paragraph(Vec<Span>),
    List { start: Option<u64>, items: Vec<Item> },
    Code { info: String, text: String },
    Table { head: Vec<Vec<Span>>, rows: Vec<Vec<Vec<Span>>> },
    Quote(Vec<Block>),
    Rule,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Of a task list.
    pub checked: Option<bool>,
    pub blocks: Vec<Block>,
}

/// A run of text in one style.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    pub text: String,
    pub style: Style,
    pub link: Option<Link>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Markdown's four styles combine freely")]
pub struct Style {
    pub strong: bool,
    pub emphasis: bool,
    pub code: bool,
    pub strike: bool,
}

impl Doc {
    /// Words outside code blocks and tables.
    pub fn words(&self) -> usize {
        self.blocks.iter().map(Block::words).sum()
    }

    /// Every link, with the byte at which its block begins.
    pub fn links(&self) -> Vec<(&Link, usize)> {
        let mut out = Vec::new();
        for block in &self.blocks {
            block.each_span(&mut |span, at| out.extend(span.link.as_ref().map(|link| (link, at))));
        }
        out
    }

    /// Which of the blocks holds a byte of [`Self::plain`].
    pub fn block_at(&self, at: usize) -> Option<usize> {
        let mut text = String::new();
        self.blocks.iter().position(|block| {
            block.plain(&mut text);
            at < text.len()
        })
    }

    /// The text alone, a line a block.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            block.plain(&mut out);
        }
        out.truncate(out.trim_end().len());
        out
    }
}

impl Block {
    fn words(&self) -> usize {
        match &self.kind {
            BlockKind::Heading { spans, .. } | BlockKind::Paragraph(spans) => words_of(spans),
            BlockKind::List { items, .. } => items.iter().flat_map(|item| &item.blocks).map(Self::words).sum(),
            BlockKind::Quote(blocks) => blocks.iter().map(Self::words).sum(),
            BlockKind::Code { .. } | BlockKind::Table { .. } | BlockKind::Rule => 0,
        }
    }

    fn each_span<'a>(&'a self, visit: &mut impl FnMut(&'a Span, usize)) {
        match &self.kind {
            BlockKind::Heading { spans, .. } | BlockKind::Paragraph(spans) => {
                spans.iter().for_each(|span| visit(span, self.range.start));
            }
            BlockKind::List { items, .. } => {
                items.iter().flat_map(|item| &item.blocks).for_each(|block| block.each_span(visit));
            }
            BlockKind::Quote(blocks) => blocks.iter().for_each(|block| block.each_span(visit)),
            BlockKind::Table { head, rows } => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.flatten().for_each(|span| visit(span, self.range.start));
            }
            BlockKind::Code { .. } | BlockKind::Rule => {}
        }
    }

    fn plain(&self, out: &mut String) {
        match &self.kind {
            BlockKind::Heading { spans, .. } | BlockKind::Paragraph(spans) => {
                out.push_str(&plain_of(spans));
                out.push('\n');
            }
            BlockKind::List { items, .. } => {
                items.iter().flat_map(|item| &item.blocks).for_each(|block| block.plain(out));
            }
            BlockKind::Quote(blocks) => blocks.iter().for_each(|block| block.plain(out)),
            BlockKind::Code { text, .. } => {
                out.push_str(text);
                if !text.ends_with('\n') {
                    out.push('\n');
                }
            }
            BlockKind::Table { head, rows } => {
                for row in std::iter::once(head).chain(rows) {
                    let cells: Vec<_> = row.iter().map(|cell| plain_of(cell)).collect();
                    out.push_str(&cells.join(" | "));
                    out.push('\n');
                }
            }
            BlockKind::Rule => {}
        }
    }
}

/// The text of some spans without their styles.
pub fn plain_of(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn words_of(spans: &[Span]) -> usize {
    plain_of(spans).split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}
