//! Processes and their end. What an exercise starts may leave its process group (`--daemonize yes`), so everything the
//! harness starts carries a token in its environment and works in the exercise's folder, by which it is found again.
//! Either may be lost: Redis and PostgreSQL write their titles over their environment, a daemon may leave the folder.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::context::Context;

const TOKEN: &str = "WHETSTONE_EXERCISE";

#[expect(clippy::disallowed_methods, reason = "the harness times real processes")]
pub fn now() -> Instant {
    Instant::now()
}

pub fn with_token(command: &mut Command, token: &str) {
    command.env(TOKEN, token);
}

/// Kills every process with this token or working in this folder, whatever has become of its parent.
pub fn sweep(token: &str, folder: &Path) {
    // A process may fork between the listing and the kill, so look again until nothing is found.
    for _ in 0..5 {
        let pids = pids_of(token, folder);
        if pids.is_empty() {
            return;
        }
        // One that ended by itself in the meantime is no error.
        let _gone = Command::new("kill").arg("-KILL").args(&pids).stderr(Stdio::null()).status();
        thread::sleep(Duration::from_millis(10));
    }
}

/// Linux tells the environment and folder of a process; elsewhere only the process group is killed.
fn pids_of(token: &str, folder: &Path) -> Vec<String> {
    let entry = format!("{TOKEN}={token}");
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let names = processes.flatten().filter_map(|process| process.file_name().into_string().ok());
    let numbers = names.filter(|name| name.bytes().all(|b| b.is_ascii_digit()));
    let is_ours = |pid: &String| {
        let process = Path::new("/proc").join(pid);
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == entry.as_bytes())
            || fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder))
    };
    numbers.filter(is_ours).collect()
}

pub fn is_alive(pid: &str) -> bool {
    Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Cleans up after the harness should it be killed itself: a shell that waits for the harness's end of a pipe to close.
pub struct Watch(Child);

impl Watch {
    pub fn start(run_token: &str, folder: &Path) -> io::Result<Self> {
        let script = r#"
            read -r _ && exit
            for _ in 1 2 3; do
                for process in /proc/[0-9]*; do
                    if grep -qzE "^WHETSTONE_EXERCISE=$1[.]" "$process/environ" 2>/dev/null ||
                        [[ $(readlink "$process/cwd") == "$2"/* ]]; then
                        kill -KILL "${process#/proc/}" 2>/dev/null
                    fi
                done
            done
            rm -rf "$2""#;
        let mut command = Command::new("bash");
        command.args(["-c", script, "watch", run_token]).arg(folder);
        // A process group of its own, or Ctrl-C would end it together with the harness.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.spawn().context("start bash")?))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        use std::io::Write as _;
        // A line says that the harness has cleaned up by itself. If the watch is gone already, so much the better.
        if let Some(mut pipe) = self.0.stdin.take() {
            let _gone = pipe.write_all(b"done\n");
        }
        let _status = self.0.wait();
    }
}

pub fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

/// Waits until something listens; an error when the process ends or the time is over.
pub fn wait_for_port(child: &mut Child, port: u16, limit: Duration) -> io::Result<()> {
    let until = now() + limit;
    while now() < until {
        if let Some(status) = child.try_wait().context("wait for the server")? {
            return Err(io::Error::other(format!("the server ended at once ({status})")));
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("the server is not up after {} s", limit.as_secs())))
}
