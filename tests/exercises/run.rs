//! Runs one exercise after the other.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::args::Args;
use super::context::Context;
use super::markdown::{Block, Exercise};
use super::need::Need;
use super::process::{self, Watch};
use super::report::{self, Verdict};
use super::session::{End, Session};
use super::systems::{self, Kit, Place, Server};

const PER_COMMAND: Duration = Duration::from_mins(1);
const PER_EXERCISE: Duration = Duration::from_mins(3);

pub struct Runner {
    place: Place,
    keep: bool,
    show: bool,
    /// Unlike that of any other run on this machine.
    token: String,
    count: usize,
    /// Running servers that exercises of one shape share, by system, version and options.
    shared: HashMap<String, Server>,
    folder: TempDir,
    _watch: Watch,
}

/// What one exercise has on the machine; the servers stop when it goes.
struct Bench {
    folder: PathBuf,
    home: PathBuf,
    work: PathBuf,
    control: PathBuf,
    token: String,
    /// Servers of its own, by system, version and options.
    own: HashMap<String, Server>,
}

impl Runner {
    pub fn new(args: &Args, root: Option<&Path>) -> io::Result<Self> {
        let mut folder = tempfile::Builder::new().prefix("exercises-").tempdir().context("make a temporary folder")?;
        folder.disable_cleanup(args.keep);
        // The folder's name is random and this run's alone, so it serves as the token.
        let token = folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let watch = Watch::start(&token, folder.path())?;
        let shared = HashMap::new();
        Ok(Self {
            place: Place::new(root),
            keep: args.keep,
            show: args.show,
            token,
            count: 0,
            shared,
            folder,
            _watch: watch,
        })
    }

    pub fn run(&mut self, exercise: &Exercise) -> Verdict {
        let begun = process::now();
        let mut kits = Vec::new();
        for need in exercise.needs() {
            match systems::find(&self.place, need) {
                Ok(kit) => kits.push(kit),
                Err(systems::Missing::Wrong(why)) => return Verdict::failed(why),
                Err(systems::Missing::Lacks(lacks)) => return Verdict::Skipped { lacks },
            }
        }
        let mut on: Vec<_> = kits.iter().map(|kit| format!("{} {}", kit.name, kit.version)).collect();
        on.dedup();
        let result = self.run_blocks(exercise, kits, begun + PER_EXERCISE);
        let took = process::now() - begun;
        match result {
            Ok(differences) if differences.is_empty() => Verdict::Passed { on: on.join(", "), took },
            Ok(differences) => Verdict::Failed { why: differences.join("\n"), took },
            Err(error) => Verdict::Failed { why: error.to_string(), took },
        }
    }

    /// The next exercise starts its servers anew.
    pub fn stop_servers(&mut self) {
        self.shared.clear();
    }

    fn run_blocks(&mut self, exercise: &Exercise, kits: Vec<Kit>, until: Instant) -> io::Result<Vec<String>> {
        let mut bench = self.bench()?;
        let mut kits = kits.into_iter();
        let mut differences = Vec::new();
        for block in &exercise.blocks {
            match block {
                Block::File { name, text } => write_file(&bench.work.join(name), text)?,
                Block::Console { needs, commands } => {
                    let mut shell = bench.shell();
                    for (need, kit) in needs.iter().zip(kits.by_ref()) {
                        self.offer(&mut bench, &mut shell, need, &kit)?;
                    }
                    let mut session = Session::start(shell, &bench.control, &bench.token)?;
                    for command in commands {
                        let printed = session.run(&command.text, until.min(process::now() + PER_COMMAND))?;
                        if self.show {
                            println!("$ {}", command.text.replace('\n', "\n> "));
                            printed.lines.iter().for_each(|line| println!("{line}"));
                        }
                        differences.extend(report::difference(exercise, command, &printed));
                        if printed.end == End::TimedOut || !differences.is_empty() && printed.end == End::ShellGone {
                            return Ok(differences);
                        }
                    }
                }
            }
        }
        Ok(differences)
    }

    fn bench(&mut self) -> io::Result<Bench> {
        self.count += 1;
        let folder = self.folder.path().join(self.count.to_string());
        let [home, work, control] = ["home", "work", "control"].map(|name| folder.join(name));
        for part in [&home, &work, &control] {
            fs::create_dir_all(part).context(format_args!("make {}", part.display()))?;
        }
        if self.keep {
            println!("in    {}", work.display());
        }
        let token = format!("{}.{}", self.token, self.count);
        Ok(Bench { folder, home, work, control, token, own: HashMap::new() })
    }

    /// Puts a system's tools on the shell's path and the addresses of its server in variables.
    fn offer(&mut self, bench: &mut Bench, shell: &mut Command, need: &Need, kit: &Kit) -> io::Result<()> {
        prepend_path(shell, &kit.path);
        shell.envs(kit.env.iter().map(|(key, value)| (key, value)));
        let Some(launch) = &kit.launch else { return Ok(()) };
        let key = format!("{} {} {:?}", kit.name, kit.version, need.options);
        let (servers, token) = if kit.shared {
            (&mut self.shared, format!("{}.shared-{}", self.token, self.count))
        } else {
            (&mut bench.own, format!("{}-{}", bench.token, kit.name))
        };
        // An exercise may have killed a broker; the next one gets a whole cluster again.
        if !servers.get_mut(&key).is_some_and(Server::is_alive) {
            servers.remove(&key);
            let folder = self.folder.path().join(&token);
            fs::create_dir_all(&folder).context(format_args!("make {}", folder.display()))?;
            let starting = format!("start {} {}", kit.name, kit.version);
            servers.insert(key.clone(), launch(need, &folder, &token).context(starting)?);
        }
        shell.envs(servers[&key].env.iter().map(|(key, value)| (key, value)));
        Ok(())
    }
}

impl Bench {
    /// Nothing of the user's own settings must decide whether an exercise passes.
    fn shell(&self) -> Command {
        let mut shell = Command::new("bash");
        shell.current_dir(&self.work).env("HOME", &self.home).env("TMPDIR", &self.control);
        let plain = [("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "dumb"), ("NO_COLOR", "1"), ("PAGER", "cat")];
        shell.envs(plain).env("NO_PROXY", "localhost,127.0.0.1").env("no_proxy", "localhost,127.0.0.1");
        for name in ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "BASH_ENV"] {
            shell.env_remove(name);
        }
        process::with_token(&mut shell, &self.token);
        shell
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.own.clear();
        process::sweep(&self.token, &self.folder);
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop_servers();
    }
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context(format_args!("make {}", folder.display()))?;
    }
    fs::write(path, text).context(format_args!("write {}", path.display()))
}

fn prepend_path(command: &mut Command, folders: &[PathBuf]) {
    let set = command.get_envs().find(|(key, _)| *key == "PATH").and_then(|(_, value)| value.map(ToOwned::to_owned));
    let old = set.or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    // What is there already keeps its place: two systems may share a folder, and one put its wrapper before it.
    let there: Vec<PathBuf> = std::env::split_paths(&old).collect();
    let new = folders.iter().filter(|folder| !there.contains(folder)).cloned().collect::<Vec<_>>();
    let all = new.into_iter().chain(there);
    // A folder with a colon in its name cannot be on a path at all.
    if let Ok(joined) = std::env::join_paths(all) {
        command.env("PATH", joined);
    }
}
