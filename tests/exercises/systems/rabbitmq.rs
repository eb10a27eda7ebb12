//! RabbitMQ with its management plugin: one node, shared, since it takes seconds to start.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::context::Context;
use super::super::need::Version;
use super::super::process;
use super::{Kit, Place, Server, variables};

/// Where Debian keeps the scripts as they are; those on the path change the user first.
const SCRIPTS: &str = "/usr/lib/rabbitmq/bin";
const VERSIONS: &str = "/usr/lib/rabbitmq/lib";

pub fn find(_: &Place) -> Vec<Kit> {
    // Asking the program takes a second; the folder's name says it too.
    let folders =
        fs::read_dir(VERSIONS).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let versions = folders.filter_map(|name| Version::find(name.strip_prefix("rabbitmq_server-")?));
    versions.map(kit).collect()
}

fn kit(version: Version) -> Kit {
    let path = vec![PathBuf::from(SCRIPTS)];
    Kit {
        name: "rabbitmq",
        version,
        path,
        env: Vec::new(),
        launch: Some(Box::new(|_, folder, token| start(folder, token))),
        shared: true,
    }
}

fn start(folder: &Path, token: &str) -> io::Result<Server> {
    let [port, management, distribution, names] =
        [process::free_port()?, process::free_port()?, process::free_port()?, process::free_port()?];
    let config = format!(
        "listeners.tcp.local = 127.0.0.1:{port}\n\
         management.tcp.ip = 127.0.0.1\n\
         management.tcp.port = {management}\n\
         management.disable_stats = false\n\
         collect_statistics_interval = 1000\n\
         disk_free_limit.absolute = 50MB\n"
    );
    let file = |name: &str| folder.join(name);
    let write = |name: &str, text: &str| fs::write(file(name), text).context(format_args!("write {name}"));
    write("rabbitmq.conf", &config)?;
    write("enabled_plugins", "[rabbitmq_management].\n")?;
    write("inter_node.config", "[{kernel, [{inet_dist_use_interface, {127,0,0,1}}]}].\n")?;

    let shown = |name: &str| file(name).display().to_string();
    // For the node, and for the command-line tools of the exercise.
    let cookie = "-setcookie exercises";
    let mut env = variables([
        ("RABBITMQ_NODENAME", format!("exercises-{port}@localhost")),
        ("RABBITMQ_PORT", port.to_string()),
        ("RABBITMQ_MANAGEMENT_PORT", management.to_string()),
        ("RABBITMQ_ERLANG_COOKIE", "exercises".to_owned()),
        ("RABBITMQ_CTL_ERL_ARGS", cookie.to_owned()),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", shown("enabled_plugins")),
        ("ERL_EPMD_PORT", names.to_string()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
    ]);
    let mut command = Command::new(Path::new(SCRIPTS).join("rabbitmq-server"));
    command.envs(env.iter().map(|(key, value)| (key, value))).current_dir(folder).env("HOME", folder);
    command.env_remove("RABBITMQ_PORT");
    command.env("RABBITMQ_CONFIG_FILE", file("rabbitmq.conf")).env("RABBITMQ_DIST_PORT", distribution.to_string());
    command.env("RABBITMQ_ADVANCED_CONFIG_FILE", file("inter_node.config"));
    command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", cookie).env("RABBITMQ_PID_FILE", file("pid"));
    command.env("RABBITMQ_MNESIA_BASE", file("data")).env("RABBITMQ_LOG_BASE", file("log"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    process::with_token(&mut command, token);
    let child = command.spawn().context("run rabbitmq-server")?;
    env.extend(variables([("AMQP_URL", format!("amqp://guest:guest@127.0.0.1:{port}"))]));
    let server = Server::starting(child, env, folder, token);
    server.once_listening(port, Duration::from_mins(1))?.once_listening(management, Duration::from_secs(20))
}
