//! The harness: options in, exercises out of the Markdown, each run on its system, one line each and a closing count.
//!
//! It knows nothing of the program: an exercise is what a reader would type, and is judged only by what it prints.

mod args;
mod context;
mod find;
mod markdown;
mod need;
mod pattern;
mod process;
mod report;
mod run;
mod self_test;
mod session;
mod systems;

use std::io;
use std::process::ExitCode;

use args::{Args, Parsed};
use context::Context;
use report::{Report, Verdict};
use run::Runner;

/// How often an exercise that failed is tried again; one whose page is wrong fails every time.
const TRIES_MORE: usize = 2;

pub fn main() -> ExitCode {
    let args = match args::parse(std::env::args().skip(1)) {
        Ok(Parsed::Run(args)) => args,
        Ok(Parsed::Help) => {
            print!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("exercises: {message}");
            return ExitCode::from(2);
        }
    };
    match run_all(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("exercises: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing failed.
fn run_all(args: &Args) -> io::Result<bool> {
    let here = std::env::current_dir().context("find the current folder")?;
    let root = find::root(&here, &args.filters);
    let found = find::files(root.as_deref(), &here, &args.filters)?;
    let mut report = Report::new(args.require_all);
    if args.list {
        for file in &found.all {
            let exercise = markdown::read(&file.path)?;
            if exercise.runs() {
                println!("{}  {}", file.name, exercise.needs_text());
            }
        }
        return Ok(true);
    }

    let mut runner = Runner::new(args, root.as_deref())?;
    if !args.has_filters() {
        report.check("the wildcards match as described", self_test::wildcards());
    }
    for file in &found.all {
        let exercise = match markdown::read(&file.path) {
            Ok(exercise) => exercise,
            Err(error) => {
                report.add(&file.name, &Verdict::failed(error.to_string()));
                continue;
            }
        };
        if !exercise.runs() {
            continue;
        }
        let mut verdict = runner.run(&exercise);
        for _ in 0..TRIES_MORE {
            let Verdict::Failed { why, .. } = &verdict else { break };
            // On a busy machine a lease or a timeout can fall on the wrong side: once more, on fresh servers, and said aloud.
            report::again(&file.name, why);
            runner.stop_servers();
            verdict = runner.run(&exercise);
        }
        let passed = matches!(verdict, Verdict::Passed { .. });
        report.add(&file.name, &verdict);
        if file.sample && passed {
            let caught = self_test::mutation_is_caught(&mut runner, &exercise);
            report.check(&format!("{}, with one line changed, is caught", file.name), caught);
        }
    }
    for name in &found.unmatched {
        report.add(name, &Verdict::failed("no exercise matches this".to_owned()));
    }
    drop(runner);
    Ok(report.close())
}
