//! The settings of the lab, as knobs.

use crate::labs::{Kind, Knob, Value};

pub const DEPLOYMENTS: &[&str] = &["Cluster", "Sentinel"];
const YES_NO: &[&str] = &["yes", "no"];
const REFRESH: &[&str] = &["adaptive", "off"];
pub const LONGEST_KEY: usize = 24;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub sentinel: bool,
    /// The reader's key.
    pub key: String,
    pub node_timeout: u64,
    pub full_coverage: bool,
    /// The app fetches the table anew after a MOVED and after a lost connection.
    pub adaptive: bool,
    pub quorum: usize,
    pub down_after: u64,
    pub min_replicas: usize,
    pub max_lag_secs: u64,
    /// Replicas that the app waits for after a write; 0: it does not wait.
    pub wait: usize,
    pub delay_millis: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sentinel: false,
            key: "{user:1000}.profile".to_owned(),
            node_timeout: 15_000,
            full_coverage: true,
            adaptive: true,
            quorum: 2,
            down_after: 30_000,
            min_replicas: 0,
            max_lag_secs: 10,
            wait: 0,
            delay_millis: 100,
        }
    }
}

impl Settings {
    pub fn knobs(&self) -> Vec<Knob> {
        let choice = |name, help, choices: &'static [&'static str], at: usize| {
            Knob::choice(name, help, choices, choices.get(at).copied().unwrap_or_default())
        };
        let size = |value: usize| u64::try_from(value).unwrap_or_default();
        vec![
            Knob {
                name: "key",
                help: "A key of the app. What stands in the first braces, if anything, is what is hashed.",
                kind: Kind::Text { longest: LONGEST_KEY },
                value: Value::Text(self.key.clone()),
            },
            choice(
                "deployment",
                "A cluster of three shards, or one primary with two replicas and three Sentinels. Changing it starts anew.",
                DEPLOYMENTS,
                usize::from(self.sentinel),
            ),
            choice(
                "topology refresh",
                "Whether the app fetches the slot table again after a MOVED or a lost connection (Lettuce: adaptive by default since 7.0).",
                REFRESH,
                usize::from(!self.adaptive),
            ),
            Knob::int(
                "cluster-node-timeout",
                "Cluster: silent for so long is possibly failing; a primary alone for so long stops.",
                (1_000, 30_000, 1_000),
                "ms",
                self.node_timeout,
            ),
            choice(
                "cluster-require-full-coverage",
                "Cluster: whether a slot without an owner stops all slots.",
                YES_NO,
                usize::from(!self.full_coverage),
            ),
            Knob::int(
                "quorum",
                "Sentinels that must agree that the primary is down.",
                (1, 3, 1),
                "",
                size(self.quorum),
            ),
            Knob::int(
                "down-after-milliseconds",
                "Sentinel: silent for so long is down, in the view of one Sentinel.",
                (1_000, 60_000, 1_000),
                "ms",
                self.down_after,
            ),
            Knob::int(
                "min-replicas-to-write",
                "A primary refuses writes with fewer replicas than this that it heard of lately; 0 does not ask.",
                (0, 2, 1),
                "",
                size(self.min_replicas),
            ),
            Knob::int("min-replicas-max-lag", "How lately.", (1, 20, 1), "s", self.max_lag_secs),
            Knob::int(
                "WAIT",
                "Sentinel: after each write the app waits at most a second until so many replicas have it; 0 does not wait.",
                (0, 2, 1),
                "replicas",
                size(self.wait),
            ),
            Knob::int(
                "replication delay",
                "How long a write travels to a replica.",
                (100, 2_000, 100),
                "ms",
                self.delay_millis,
            ),
        ]
    }

    /// The knob is one of [`Self::knobs`] and takes the value.
    pub fn set(&mut self, name: &str, value: &Value) {
        match (name, value) {
            ("key", Value::Text(key)) => key.clone_into(&mut self.key),
            ("deployment", Value::Choice(choice)) => self.sentinel = choice == "Sentinel",
            ("topology refresh", Value::Choice(choice)) => self.adaptive = choice == "adaptive",
            (_, Value::Choice(choice)) => self.full_coverage = choice == "yes",
            (_, Value::Int(value)) => {
                let (millis, count) = (u64::try_from(*value).unwrap_or(0), usize::try_from(*value).unwrap_or(0));
                match name {
                    "cluster-node-timeout" => self.node_timeout = millis,
                    "quorum" => self.quorum = count,
                    "down-after-milliseconds" => self.down_after = millis,
                    "min-replicas-to-write" => self.min_replicas = count,
                    "min-replicas-max-lag" => self.max_lag_secs = millis,
                    "WAIT" => self.wait = count,
                    _ => self.delay_millis = millis,
                }
            }
            _ => {}
        }
    }
}
