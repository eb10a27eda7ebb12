//! The command line.

use std::env;

pub const HELP: &str = "\
Runs the exercises of the questions.

exercises [FILTER…] [--require-all] [--list] [--keep] [--show]

FILTER          a Markdown file, or a part of the path of some under questions/ or tests/exercises/samples/ (all)
--require-all   what cannot run here is a failure, not a skip; also with CI=true
--list          only name the exercises and what they need
--keep          leave each exercise's folder and say where it is
--show          print each command and all it printed, for writing an exercise

The systems are looked for on the machine and in $WHETSTONE_SYSTEMS (target/systems in the repository),
which tests/exercises/install.sh fills.
";

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    pub filters: Vec<String>,
    pub require_all: bool,
    pub list: bool,
    pub keep: bool,
    pub show: bool,
}

impl Args {
    pub fn has_filters(&self) -> bool {
        !self.filters.is_empty()
    }
}

pub enum Parsed {
    Run(Args),
    Help,
}

pub fn parse(words: impl Iterator<Item = String>) -> Result<Parsed, String> {
    let mut args = Args { require_all: env::var("CI").is_ok_and(|value| value == "true"), ..Args::default() };
    for word in words {
        match word.as_str() {
            "--help" | "-h" => return Ok(Parsed::Help),
            "--require-all" => args.require_all = true,
            "--list" => args.list = true,
            "--keep" => args.keep = true,
            "--show" => args.show = true,
            // `cargo test -- --nocapture` says this to every test target.
            "--nocapture" | "--no-capture" | "--quiet" | "-q" => {}
            option if option.starts_with('-') => return Err(format!("unknown option {option} (see --help)")),
            _ => args.filters.push(word),
        }
    }
    Ok(Parsed::Run(args))
}
