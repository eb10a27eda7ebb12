//! Would a wrong output be noticed? Asked of the wildcards, and of each system with its sample.

use super::markdown::{Block, Command, Exercise};
use super::pattern;
use super::report::Verdict;
use super::run::Runner;

/// Expected, printed, whether they match; `|` between lines.
const WILDCARDS: [(&str, &str, bool); 14] = [
    ("a", "a", true),
    ("a", "b", false),
    ("a", "a|b", false),
    ("a|b", "a", false),
    ("offset [..]", "offset 12", true),
    ("offset [..]", "offse", false),
    ("[..] to [..] ok", "3 to 4 to 5 ok", true),
    ("[..]a", "aba", true),
    ("[..]aa", "a", false),
    ("...", "", true),
    ("...|z", "a|b|z", true),
    ("...|z", "a|b", false),
    ("a|...|b|...|c", "a|x|b|b|c", true),
    ("a|...|b", "a|b|c", false),
];

pub fn wildcards() -> Result<(), String> {
    let lines = |text: &str| -> Vec<String> { text.split('|').filter(|l| !l.is_empty()).map(str::to_owned).collect() };
    let is_wrong = |case: &&(&str, &str, bool)| pattern::lines_match(&lines(case.0), &lines(case.1)) != case.2;
    WILDCARDS.iter().find(is_wrong).map_or(Ok(()), |case| Err(format!("wrong about {case:?}")))
}

/// Changes one expected line of a passing exercise and runs it again.
pub fn mutation_is_caught(runner: &mut Runner, exercise: &Exercise) -> Result<(), String> {
    let mut mutant = exercise.clone();
    let line = mutate(&mut mutant).ok_or("no expected line without a wildcard to change")?;
    let place = format!(":{line}:");
    match runner.run(&mutant) {
        Verdict::Failed { why, .. } if why.contains(&place) => Ok(()),
        Verdict::Failed { why, .. } => Err(format!("failed, but not at line {line}: {why}")),
        Verdict::Passed { .. } => Err(format!("passed with line {line} changed")),
        Verdict::Skipped { lacks } => Err(lacks),
    }
}

/// The line that is wrong now.
fn mutate(exercise: &mut Exercise) -> Option<usize> {
    let commands = exercise.blocks.iter_mut().filter_map(|block| match block {
        Block::Console { commands, .. } => Some(commands),
        Block::File { .. } => None,
    });
    // Before an open end a wrong line is reported where the match breaks off, which may be elsewhere.
    let plain = |command: &&mut Command| {
        !command.expected.is_empty() && !command.expected.iter().any(|line| pattern::has_wildcard(line))
    };
    let command = commands.flatten().filter(plain).last()?;
    let last = command.expected.last_mut()?;
    last.push('~');
    Some(command.line + command.text.matches('\n').count() + command.expected.len())
}
