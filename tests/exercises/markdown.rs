//! Reads the exercise out of a question's fenced blocks.

use std::io;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::context::Context;
use super::need::Need;

/// All that runs of one Markdown file, in one folder.
#[derive(Clone)]
pub struct Exercise {
    pub path: PathBuf,
    pub blocks: Vec<Block>,
}

#[derive(Clone)]
pub enum Block {
    /// `file=NAME`: written into the folder when its turn comes.
    File { name: String, text: String },
    /// `console verify=…`: runs in a shell of its own.
    Console { needs: Vec<Need>, commands: Vec<Command> },
}

#[derive(Clone)]
pub struct Command {
    /// In the Markdown, from 1.
    pub line: usize,
    pub text: String,
    pub expected: Vec<String>,
}

impl Exercise {
    pub fn runs(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Console { .. }))
    }

    pub fn needs(&self) -> impl Iterator<Item = &Need> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Console { needs, .. } => needs.as_slice(),
            Block::File { .. } => &[],
        })
    }

    pub fn needs_text(&self) -> String {
        let mut texts: Vec<_> = self.needs().map(ToString::to_string).collect();
        texts.dedup();
        texts.join(", ")
    }
}

pub fn read(path: &Path) -> io::Result<Exercise> {
    let text = std::fs::read_to_string(path).context(format_args!("read {}", path.display()))?;
    let wrong = |(line, message)| io::Error::other(format!("{}:{line}: {message}", path.display()));
    let blocks = fences(&text).into_iter().filter_map(|fence| fence.into_block().transpose());
    Ok(Exercise { path: path.to_owned(), blocks: blocks.collect::<Result<_, _>>().map_err(wrong)? })
}

/// A fenced block and where its first line of content is.
struct Fence {
    info: String,
    line: usize,
    text: String,
}

fn fences(text: &str) -> Vec<Fence> {
    let line_at = |at: usize| text[..at].matches('\n').count() + 1;
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let line = line_at(range.start) + 1;
                open = Some(Fence { info: info.into_string(), line, text: String::new() });
            }
            Event::Text(piece) => {
                if let Some(fence) = &mut open {
                    fence.text.push_str(&piece);
                }
            }
            Event::End(TagEnd::CodeBlock) => fences.extend(open.take()),
            _ => {}
        }
    }
    fences
}

impl Fence {
    /// `None` for a block that is only to be read.
    fn into_block(self) -> Result<Option<Block>, (usize, String)> {
        let fence_line = self.line - 1;
        let (kind, words) = self.info.trim().split_once(char::is_whitespace).unwrap_or((&self.info, ""));
        if let Some(name) = words.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
            let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            if name.is_empty() || !inside {
                return Err((fence_line, format!("file={name} is not a name inside the exercise's folder")));
            }
            return Ok(Some(Block::File { name: name.to_owned(), text: self.text }));
        }
        if kind != "console" || !words.contains("verify=") {
            return Ok(None);
        }
        let needs = Need::parse_all(words).map_err(|message| (fence_line, message))?;
        let commands = commands(&self.text, self.line)?;
        Ok(needs.map(|needs| Block::Console { needs, commands }))
    }
}

fn commands(text: &str, first_line: usize) -> Result<Vec<Command>, (usize, String)> {
    let mut commands: Vec<Command> = Vec::new();
    for (line, content) in (first_line..).zip(text.lines()) {
        if let Some(text) = content.strip_prefix("$ ") {
            commands.push(Command { line, text: text.to_owned(), expected: Vec::new() });
            continue;
        }
        let Some(command) = commands.last_mut() else {
            return Err((line, "output before the first command, which begins with `$ `".to_owned()));
        };
        match content.strip_prefix('>') {
            // Once there is output, a line that begins with `>` is output too.
            Some(more) if command.expected.is_empty() && (more.is_empty() || more.starts_with(' ')) => {
                command.text.push('\n');
                command.text.push_str(more.strip_prefix(' ').unwrap_or(more));
            }
            _ => command.expected.push(content.trim_end().to_owned()),
        }
    }
    for command in &mut commands {
        while command.expected.last().is_some_and(String::is_empty) {
            command.expected.pop();
        }
    }
    if commands.is_empty() { Err((first_line, "no command in this block".to_owned())) } else { Ok(commands) }
}
