//! What the harness prints.

use std::fmt::Write as _;
use std::time::Duration;

use super::markdown::{Command, Exercise};
use super::pattern;
use super::session::{End, Printed};

pub enum Verdict {
    /// On which systems.
    Passed {
        on: String,
        took: Duration,
    },
    Failed {
        why: String,
        took: Duration,
    },
    Skipped {
        lacks: String,
    },
}

impl Verdict {
    pub fn failed(why: String) -> Self {
        Self::Failed { why, took: Duration::ZERO }
    }
}

pub struct Report {
    require_all: bool,
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    pub fn new(require_all: bool) -> Self {
        Self { require_all, passed: 0, failed: 0, skipped: 0 }
    }

    pub fn add(&mut self, name: &str, verdict: &Verdict) {
        match verdict {
            Verdict::Passed { on, took } => {
                self.passed += 1;
                println!("ok    {name}  ({on}; {:.1} s)", took.as_secs_f64());
            }
            Verdict::Failed { why, took } => {
                self.failed += 1;
                println!("FAIL  {name}  ({:.1} s)\n{}", took.as_secs_f64(), indented(why));
            }
            Verdict::Skipped { lacks } if self.require_all => {
                self.failed += 1;
                println!("FAIL  {name}\n{}", indented(lacks));
            }
            Verdict::Skipped { lacks } => {
                self.skipped += 1;
                println!("skip  {name}  {lacks}");
            }
        }
    }

    /// A check of the harness itself.
    pub fn check(&mut self, name: &str, result: Result<(), String>) {
        let passed = Verdict::Passed { on: "self-test".to_owned(), took: Duration::ZERO };
        self.add(name, &result.map_or_else(Verdict::failed, |()| passed));
    }

    /// The closing line; whether nothing failed.
    pub fn close(&self) -> bool {
        println!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped);
        self.failed == 0
    }
}

/// Says that an exercise failed and is tried once more.
pub fn again(name: &str, why: &str) {
    println!("again {name}\n{}", indented(why));
}

/// `None` when the command printed what was expected.
pub fn difference(exercise: &Exercise, command: &Command, printed: &Printed) -> Option<String> {
    let mut got = printed.lines.clone();
    while got.last().is_some_and(String::is_empty) {
        got.pop();
    }
    let matches = pattern::lines_match(&command.expected, &got);
    if matches && printed.end == End::Done {
        return None;
    }
    let same = pattern::matching_prefix(&command.expected, &got);
    let at = if matches { command.line } else { command.line + command.text.matches('\n').count() + 1 + same };
    let mut text = format!("{}:{at}: $ {}\n", exercise.path.display(), command.text.replace('\n', "\n> "));
    match printed.end {
        End::TimedOut => {
            let _fits = writeln!(text, "killed after {:.0} s", printed.took.as_secs_f64());
        }
        End::ShellGone if matches => text.push_str("ended the shell, so that what follows cannot run\n"),
        End::ShellGone => text.push_str("ended the shell\n"),
        End::Done => {}
    }
    if !matches {
        let _fits = write!(text, "expected\n{}got\n{}", quoted(&command.expected), quoted(&got));
    }
    Some(text)
}

fn quoted(lines: &[String]) -> String {
    const MOST: usize = 60;
    let mut text = String::new();
    for line in lines.iter().take(MOST) {
        let _fits = writeln!(text, "  | {line}");
    }
    if lines.len() > MOST {
        let _fits = writeln!(text, "  ({} more)", lines.len() - MOST);
    } else if lines.is_empty() {
        text.push_str("  (nothing)\n");
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}
