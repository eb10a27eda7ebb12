//! Code in colour. A thread of its own does the parsing; until it is done, the code is drawn plain.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use egui::epaint::text::{LayoutJob, TextFormat};
use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};

use crate::theme::{Hue, Role};
use crate::window::look::{self, Look};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Plain,
    Comment,
    Text,
    Keyword,
    Number,
}

type Parts = Arc<Vec<(Range<usize>, Part)>>;
type Cache = Arc<Mutex<HashMap<u64, Option<Parts>>>>;

struct Request {
    key: u64,
    language: String,
    text: String,
}

/// Colours code in the background and remembers what it has done.
pub struct Highlighter {
    cache: Cache,
    requests: Option<SyncSender<Request>>,
}

impl Highlighter {
    /// Starts the thread; `wake` asks for a frame when something new can be drawn.
    pub fn start(wake: impl Fn() + Send + 'static) -> Self {
        let cache: Cache = Arc::default();
        let (requests, inbox) = sync_channel(64);
        let shared = Arc::clone(&cache);
        let thread = thread::Builder::new().name("highlighter".to_owned());
        // Without the thread code is drawn plain, which is no reason to stop.
        let started = thread.spawn(move || work(&inbox, &shared, &wake)).is_ok();
        Self { cache, requests: started.then_some(requests) }
    }

    /// The code laid out in colour, or plain while the thread is at it.
    pub fn job(&self, look: &Look, hue: Hue, language: &str, text: &str) -> LayoutJob {
        let mut job = LayoutJob::default();
        job.wrap.max_width = f32::INFINITY;
        let mut add = |text: &str, role: Role| {
            let format = TextFormat {
                font_id: look::mono(look::CODE),
                line_height: Some(19.0),
                color: look.color(role),
                ..TextFormat::default()
            };
            job.append(text, 0.0, format);
        };
        if language == "console" {
            for line in text.split_inclusive('\n') {
                let typed = line.starts_with("$ ") || line.starts_with("> ");
                add(line, if typed { Role::Ink } else { Role::Faint });
            }
            return job;
        }
        match self.parts(language, text) {
            None => add(text, Role::Ink),
            Some(parts) => {
                for (range, part) in parts.iter() {
                    let role = match part {
                        Part::Plain => Role::Ink,
                        Part::Comment => Role::Faint,
                        Part::Text | Part::Number => Role::Topic(hue),
                        Part::Keyword => Role::Accent,
                    };
                    add(text.get(range.clone()).unwrap_or_default(), role);
                }
            }
        }
        job
    }

    fn parts(&self, language: &str, text: &str) -> Option<Parts> {
        let mut hasher = DefaultHasher::new();
        (language, text).hash(&mut hasher);
        let key = hasher.finish();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = cache.get(&key) {
            return known.clone();
        }
        let request = Request { key, language: language.to_owned(), text: text.to_owned() };
        // A full queue means a later frame asks again.
        if self.requests.as_ref().is_some_and(|requests| requests.try_send(request).is_ok()) {
            cache.insert(key, None);
        }
        None
    }
}

fn work(inbox: &Receiver<Request>, cache: &Cache, wake: &impl Fn()) {
    let mut syntaxes = None;
    while let Ok(request) = inbox.recv() {
        let syntaxes = syntaxes.get_or_insert_with(SyntaxSet::load_defaults_newlines);
        let parts = Arc::new(parse(syntaxes, &request.language, &request.text));
        cache.lock().unwrap_or_else(PoisonError::into_inner).insert(request.key, Some(parts));
        wake();
    }
}

/// Splits code into coloured parts that cover it without a gap; an unknown language is one plain part.
fn parse(syntaxes: &SyntaxSet, language: &str, text: &str) -> Vec<(Range<usize>, Part)> {
    let token = match language {
        "properties" | "ini" | "conf" => "properties",
        "shell" | "bash" | "sh" => "sh",
        "yml" => "yaml",
        other => other,
    };
    let Some(syntax) = syntaxes.find_syntax_by_token(token) else { return vec![(0..text.len(), Part::Plain)] };
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut parts: Vec<(Range<usize>, Part)> = Vec::new();
    let mut push = |range: Range<usize>, part: Part| match parts.last_mut() {
        _ if range.is_empty() => {}
        Some((last, same)) if *same == part && last.end == range.start => last.end = range.end,
        _ => parts.push((range, part)),
    };
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let mut at = 0;
        if let Ok(ops) = state.parse_line(line, syntaxes) {
            for (to, op) in ops {
                push(line_start + at..line_start + to, part_of(&stack));
                at = to;
                if stack.apply(&op).is_err() {
                    break;
                }
            }
        }
        push(line_start + at..line_start + line.len(), part_of(&stack));
        line_start += line.len();
    }
    parts
}

fn part_of(stack: &ScopeStack) -> Part {
    for scope in stack.as_slice().iter().rev() {
        let name = scope.build_string();
        if name.starts_with("comment") {
            return Part::Comment;
        }
        if name.starts_with("string") {
            return Part::Text;
        }
        if name.starts_with("constant") {
            return Part::Number;
        }
        if name.starts_with("keyword") || name.starts_with("storage") {
            return Part::Keyword;
        }
    }
    Part::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_code_without_a_gap() {
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let text = "// why\nvar s = \"é\" + 1;\n";
        let parts = parse(&syntaxes, "java", text);
        let mut at = 0;
        for (range, _) in &parts {
            assert_eq!(range.start, at);
            at = range.end;
        }
        assert_eq!(at, text.len());
        for part in [Part::Comment, Part::Text, Part::Number] {
            assert!(parts.iter().any(|(_, found)| *found == part), "{part:?} in {parts:?}");
        }
        assert_eq!(parse(&syntaxes, "no-such", "x"), [(0..1, Part::Plain)]);
    }
}
