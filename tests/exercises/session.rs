//! One shell that runs a block's commands in order.
//!
//! Bash reads its script from a pipe: for each command "run this file, then print the token". The file's input is
//! /dev/null, so a command can neither wait for a keyboard nor read the script away.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::context::Context;
use super::process;

pub struct Session {
    shell: Child,
    script: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// What was read beyond the last command's token.
    pending: Vec<u8>,
    control: PathBuf,
    mark: String,
    count: usize,
}

/// How a command came to its end.
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum End {
    Done,
    /// It said `exit`, or killed the shell: there is nobody left to run the next one.
    ShellGone,
    TimedOut,
}

pub struct Printed {
    pub lines: Vec<String>,
    pub end: End,
    pub took: Duration,
}

impl Session {
    /// `bash` comes with its environment and working folder set; `control` is a folder the exercise does not see.
    pub fn start(mut bash: Command, control: &Path, mark: &str) -> io::Result<Self> {
        bash.args(["--noprofile", "--norc"]).process_group(0);
        bash.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut shell = bash.spawn().context("start bash")?;
        let pipes = (shell.stdin.take(), shell.stdout.take());
        let (Some(mut script), Some(mut stdout)) = pipes else { return Err(io::Error::other("bash has no pipes")) };
        // One pipe for both, or their order would be lost. What is in the group dies with the shell, even if the
        // harness is killed.
        script.write_all(b"exec 2>&1; trap 'kill -KILL 0' EXIT\n").context("write to bash")?;
        let (send, output) = sync_channel(64);
        let read_all = move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new().name("output".to_owned()).spawn(read_all).context("start a thread")?;
        let (control, mark) = (control.to_owned(), mark.to_owned());
        Ok(Self { shell, script, output, pending: Vec::new(), control, mark, count: 0 })
    }

    pub fn run(&mut self, command: &str, until: Instant) -> io::Result<Printed> {
        self.count += 1;
        let file = self.control.join(format!("command-{}", self.count));
        fs::write(&file, format!("{command}\n")).context(format_args!("write {}", file.display()))?;
        let mark = format!("{}-{}", self.mark, self.count);
        // `$?` of this command is still there for the next one, as at a keyboard.
        let call = format!(
            ". '{0}' </dev/null; WHETSTONE_STATUS=$?; printf '\\n%s\\n' {mark}; (exit $WHETSTONE_STATUS)\n",
            file.display()
        );
        let begun = process::now();
        // A shell that has ended shows in the reading.
        let _gone = self.script.write_all(call.as_bytes());
        let (bytes, end) = self.read_to(&format!("\n{mark}\n"), until);
        let text = String::from_utf8_lossy(&bytes).replace('\r', "");
        let lines = text.lines().map(|line| as_typed(line, &file)).collect();
        Ok(Printed { lines, end, took: process::now() - begun })
    }

    fn read_to(&mut self, mark: &str, until: Instant) -> (Vec<u8>, End) {
        let mark = mark.as_bytes();
        let mut searched = 0;
        loop {
            if let Some(at) = self.pending[searched..].windows(mark.len()).position(|window| window == mark) {
                let rest = self.pending.split_off(searched + at + mark.len());
                let mut bytes = std::mem::replace(&mut self.pending, rest);
                bytes.truncate(searched + at);
                return (bytes, End::Done);
            }
            searched = self.pending.len().saturating_sub(mark.len());
            let left = until.saturating_duration_since(process::now());
            let end = match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.pending.extend(bytes);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => End::TimedOut,
                Err(RecvTimeoutError::Disconnected) => End::ShellGone,
            };
            return (std::mem::take(&mut self.pending), end);
        }
    }
}

/// Bash names the file in its messages where at a keyboard it would name itself.
fn as_typed(line: &str, file: &Path) -> String {
    let line = line.trim_end();
    let prefix = format!("{}: line ", file.display());
    let message = line.strip_prefix(&prefix).and_then(|rest| rest.split_once(": "));
    message.map_or_else(|| line.to_owned(), |(_number, message)| format!("bash: {message}"))
}

impl Drop for Session {
    fn drop(&mut self) {
        let group = format!("-{}", self.shell.id());
        // The group may have ended by itself.
        let _gone = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _status = self.shell.wait();
    }
}
