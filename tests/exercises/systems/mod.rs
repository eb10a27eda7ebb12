//! The systems that exercises run on, an adapter each: what it needs on the machine, how its server starts, and which
//! variables say where it is.

mod java;
mod kafka;
mod postgres;
mod prometheus;
mod python;
mod rabbitmq;
mod redis;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use super::need::{Need, Version};
use super::process;

/// Where systems are looked for.
pub struct Place {
    /// `$WHETSTONE_SYSTEMS`, or what `install.sh` made.
    pub systems: Option<PathBuf>,
}

/// A system as found on this machine.
pub struct Kit {
    pub name: &'static str,
    pub version: Version,
    /// The folders of its tools.
    pub path: Vec<PathBuf>,
    pub env: Vec<(String, String)>,
    pub launch: Option<Launch>,
    /// Whether exercises of one shape share a server, because it starts slowly and they can stay apart on it.
    pub shared: bool,
}

/// Starts a server: what is asked for, a folder for its data, and the token its processes must carry.
pub type Launch = Box<dyn Fn(&Need, &Path, &str) -> io::Result<Server>>;

pub struct Server {
    pub env: Vec<(String, String)>,
    /// Where the processes are not our children: their ids, to see whether they are all still there.
    pub pids: Vec<String>,
    pub child: Option<Child>,
    pub token: String,
    pub folder: PathBuf,
}

impl Server {
    /// Whatever happens from here on, the process will not be left behind.
    fn starting(child: Child, env: Vec<(String, String)>, folder: &Path, token: &str) -> Self {
        Self { env, pids: Vec::new(), child: Some(child), token: token.to_owned(), folder: folder.to_owned() }
    }

    fn once_listening(mut self, port: u16, limit: Duration) -> io::Result<Self> {
        if let Some(child) = &mut self.child {
            process::wait_for_port(child, port, limit)?;
        }
        Ok(self)
    }

    pub fn is_alive(&mut self) -> bool {
        let child_ended = self.child.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)));
        !child_ended && self.pids.iter().all(|pid| process::is_alive(pid))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        process::sweep(&self.token, &self.folder);
        if let Some(child) = &mut self.child {
            // Dead already where the sweep can see environments.
            let _gone = child.kill();
            let _status = child.wait();
        }
    }
}

struct Adapter {
    name: &'static str,
    options: &'static [&'static str],
    /// Every version of it on this machine.
    find: fn(&Place) -> Vec<Kit>,
    /// What brings it to a bare machine.
    install: &'static str,
}

const INSTALL: &str = "tests/exercises/install.sh";
const JDK: &str = "tests/exercises/install.sh (and a later JDK in /usr/lib/jvm)";

const ADAPTERS: [Adapter; 10] = [
    Adapter { name: "kafka", options: &["brokers"], find: kafka::find, install: INSTALL },
    Adapter { name: "java", options: &[], find: java::find, install: JDK },
    Adapter { name: "redis", options: &[], find: redis::find_redis, install: INSTALL },
    Adapter { name: "valkey", options: &[], find: redis::find_valkey, install: INSTALL },
    Adapter { name: "promtool", options: &[], find: prometheus::find_promtool, install: INSTALL },
    Adapter { name: "prometheus", options: &[], find: prometheus::find_prometheus, install: INSTALL },
    Adapter { name: "python", options: &[], find: python::find_python, install: INSTALL },
    Adapter { name: "moto", options: &[], find: python::find_moto, install: INSTALL },
    Adapter { name: "rabbitmq", options: &[], find: rabbitmq::find, install: INSTALL },
    Adapter { name: "postgres", options: &[], find: postgres::find, install: INSTALL },
];

pub enum Missing {
    /// This machine could not run it.
    Lacks(String),
    /// No machine could.
    Wrong(String),
}

/// The latest version that is recent, or old, enough.
pub fn find(place: &Place, need: &Need) -> Result<Kit, Missing> {
    let Some(adapter) = ADAPTERS.iter().find(|adapter| adapter.name == need.system) else {
        let names: Vec<_> = ADAPTERS.iter().map(|adapter| adapter.name).collect();
        return Err(Missing::Wrong(format!("`{}` is none of the systems {}", need.system, names.join(", "))));
    };
    if let Some(option) = need.options.keys().find(|option| !adapter.options.contains(&option.as_str())) {
        return Err(Missing::Wrong(format!("{} has no option `{option}`", adapter.name)));
    }
    let kits = (adapter.find)(place);
    let found: Vec<_> = kits.iter().map(|kit| kit.version.to_string()).collect();
    let found = if found.is_empty() { String::new() } else { format!(" (here: {})", found.join(", ")) };
    let best = kits.into_iter().filter(|kit| need.is_met_by(&kit.version)).max_by(|a, b| a.version.cmp(&b.version));
    best.ok_or_else(|| Missing::Lacks(format!("lacks: {need}{found}, install with {}", adapter.install)))
}

impl Place {
    pub fn new(root: Option<&Path>) -> Self {
        let set = env::var_os("WHETSTONE_SYSTEMS").map(PathBuf::from);
        Self { systems: set.or_else(|| root.map(|root| root.join("target/systems"))) }
    }

    /// A file or folder of the installed systems, if it is there. Links are resolved: a JVM's archive of classes
    /// counts only for the very path it was made with.
    fn installed(&self, name: &str) -> Option<PathBuf> {
        self.systems.as_ref()?.join(name).canonicalize().ok()
    }
}

/// A program on the machine's own path. Debian keeps some servers where only root looks.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/bin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// What a program says of its version.
fn version_of(program: &Path, argument: &str) -> Option<Version> {
    let output = Command::new(program).arg(argument).output().ok()?;
    Version::find(&String::from_utf8_lossy(&[output.stdout, output.stderr].concat()))
}

fn variables<const N: usize>(pairs: [(&str, String); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
