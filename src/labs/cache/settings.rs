//! The settings of the cache lab, as knobs.

use crate::labs::{Kind, Knob, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Aside,
    ReadThrough,
    WriteThrough,
    WriteBehind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    Off,
    InProcess,
    Token,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Early {
    Off,
    Soft,
    XFetch,
}

pub const STRATEGIES: &[&str] = &["cache-aside", "read-through", "write-through", "write-behind"];
const SINGLES: &[&str] = &["off", "in process", "token in Redis"];
const EARLIES: &[&str] = &["off", "soft expiry", "XFetch"];
const BETAS: &[&str] = &["0.5", "1", "2"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub rate: i64,
    pub hot_percent: i64,
    pub invented: i64,
    pub writes: i64,
    pub strategy: Strategy,
    pub single: Single,
    pub token_millis: i64,
    pub early: Early,
    /// Index into the choices.
    pub beta: usize,
    pub ttl_millis: i64,
    pub jitter_percent: i64,
    pub negative_millis: i64,
    pub bloom: bool,
    pub pool: i64,
    pub pool_wait_millis: i64,
    pub hot_millis: i64,
    pub flush_millis: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: 1_000,
            hot_percent: 80,
            invented: 0,
            writes: 0,
            strategy: Strategy::Aside,
            single: Single::Off,
            token_millis: 2_000,
            early: Early::Off,
            beta: 1,
            ttl_millis: 3_000,
            jitter_percent: 0,
            negative_millis: 0,
            bloom: false,
            pool: 10,
            pool_wait_millis: 30_000,
            hot_millis: 300,
            flush_millis: 1_000,
        }
    }
}

impl Settings {
    pub fn beta(&self) -> f64 {
        BETAS.get(self.beta).and_then(|beta| beta.parse().ok()).unwrap_or(1.0)
    }

    /// Whether the pods of this setting load a key once each.
    pub fn coalesces(&self) -> bool {
        self.single != Single::Off || self.strategy == Strategy::ReadThrough
    }

    pub fn knobs(&self) -> Vec<Knob> {
        let choice = |name, help, choices: &'static [&'static str], at: usize| {
            Knob::choice(name, help, choices, choices.get(at).copied().unwrap_or_default())
        };
        vec![
            choice(
                "single flight",
                "Who may load a missing key: everybody, one in each pod, or one over all (SET NX PX).",
                SINGLES,
                self.single as usize,
            ),
            choice(
                "early recompute",
                "Whether an entry is loaded again before it expires: behind a soft expiry at half the TTL, or by chance (XFetch).",
                EARLIES,
                self.early as usize,
            ),
            choice("beta", "XFetch: above 1 recomputes earlier, below 1 later.", BETAS, self.beta),
            Knob::int("TTL", "PX of each entry, from when it is stored.", (500, 60_000, 500), "ms", self.ttl_millis),
            Knob::int(
                "TTL jitter",
                "Each TTL is drawn from so much below to so much above.",
                (0, 50, 10),
                "%",
                self.jitter_percent,
            ),
            Knob::int(
                "negative TTL",
                "How long an id that does not exist is remembered as such; 0 remembers none.",
                (0, 30_000, 1_000),
                "ms",
                self.negative_millis,
            ),
            Knob {
                name: "Bloom filter",
                help: "Asked before the cache: a no is certain, a yes is wrong for 1 % of the ids that do not exist.",
                kind: Kind::Switch,
                value: Value::Switch(self.bloom),
            },
            Knob::int(
                "maximumPoolSize",
                "Connections to the database in each of four pods (HikariCP).",
                (1, 50, 1),
                "",
                self.pool,
            ),
            Knob::int(
                "connectionTimeout",
                "How long a load waits for a connection (HikariCP).",
                (250, 30_000, 250),
                "ms",
                self.pool_wait_millis,
            ),
            Knob::int(
                "PX of the token",
                "After this the token is free again, whether its loader lives or not.",
                (100, 10_000, 100),
                "ms",
                self.token_millis,
            ),
            choice("strategy", "Who loads and when a write is acknowledged.", STRATEGIES, self.strategy as usize),
            Knob::int(
                "writeBehindDelay",
                "How long write-behind collects writes before it sends them to the database (Redisson).",
                (100, 5_000, 100),
                "ms",
                self.flush_millis,
            ),
            Knob::int("writes", "Writes of the front page.", (0, 50, 1), "/s", self.writes),
            Knob::int("requests", "Reads of rows that exist, at random moments.", (0, 2_000, 100), "/s", self.rate),
            Knob::int(
                "share of the front page",
                "How many of the reads want the one hot key; the others want one of 1,000 products.",
                (0, 100, 10),
                "%",
                self.hot_percent,
            ),
            Knob::int(
                "invented ids",
                "Reads of ids that no table has, each a new one.",
                (0, 1_000, 50),
                "/s",
                self.invented,
            ),
            Knob::int(
                "load time of the front page",
                "Its query, alone on the database; that of a product takes 20 ms.",
                (20, 1_000, 20),
                "ms",
                self.hot_millis,
            ),
        ]
    }

    /// The knob is one of [`Self::knobs`] and takes the value.
    pub fn set(&mut self, name: &str, value: &Value) {
        match value {
            Value::Int(value) => {
                let field = match name {
                    "TTL" => &mut self.ttl_millis,
                    "TTL jitter" => &mut self.jitter_percent,
                    "negative TTL" => &mut self.negative_millis,
                    "maximumPoolSize" => &mut self.pool,
                    "connectionTimeout" => &mut self.pool_wait_millis,
                    "PX of the token" => &mut self.token_millis,
                    "writeBehindDelay" => &mut self.flush_millis,
                    "writes" => &mut self.writes,
                    "requests" => &mut self.rate,
                    "share of the front page" => &mut self.hot_percent,
                    "invented ids" => &mut self.invented,
                    _ => &mut self.hot_millis,
                };
                *field = *value;
            }
            Value::Switch(on) => self.bloom = *on,
            Value::Choice(choice) => {
                let at = |choices: &[&str]| choices.iter().position(|name| name == choice).unwrap_or_default();
                match name {
                    "single flight" => {
                        self.single = [Single::Off, Single::InProcess, Single::Token][at(SINGLES).min(2)];
                    }
                    "early recompute" => self.early = [Early::Off, Early::Soft, Early::XFetch][at(EARLIES).min(2)],
                    "beta" => self.beta = at(BETAS),
                    _ => {
                        let all =
                            [Strategy::Aside, Strategy::ReadThrough, Strategy::WriteThrough, Strategy::WriteBehind];
                        self.strategy = all[at(STRATEGIES).min(3)];
                    }
                }
            }
            Value::Text(_) | Value::Curve(_) => {}
        }
    }
}
