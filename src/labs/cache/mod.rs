//! A cache in front of a database under load: stampede, avalanche, penetration, writes, and what helps against each.
//! Knows no client and no server: `tests/against_real/cache_under_load.py` says how a real Redis behaves.

mod database;
mod entries;
mod loads;
mod model;
mod scenarios;
mod settings;
mod tally;
#[cfg(test)]
mod tests;
mod view;
mod words;
mod writes;

use super::Spec;

pub const SPEC: Spec = Spec {
    id: "redis-cache",
    title: "Cache under load",
    topic: "redis",
    shows: "Four pods, Redis and a database under a thousand reads a second: what an expiry, an import, invented ids or a dead Redis \
            does to the database, and which protection helps against which.",
    questions: &["redis/stampede", "redis/caching-strategies", "redis/cache-aside-spring"],
    scenarios: scenarios::SCENARIOS,
    leaves_out: &[
        "A query is pure work on 8 cores that all queries share: no locks, no disk, no cost of switching. A real database loses some throughput as well when there are too many.",
        "Redis answers in a millisecond or is refused at once; no timeout, no memory limit, no eviction. Values are not versioned: races between a fill and a delete are another question's subject.",
        "Redis samples the keys whose time has come; here all of them are removed each 100 ms. Readers see no difference: an expired key is a miss at once.",
        "Readers do not give up and do not retry; no thread free means 503 at once. Those who wait for a token look again every 50 ms, once in each pod.",
        "The Bloom filter lets one in a hundred invented ids through; filling it and rebuilding it are not shown.",
    ],
    sources: &[
        (
            "Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention (VLDB 2015)",
            "https://doi.org/10.14778/2757807.2757813",
        ),
        ("Redis documentation: EXPIRE, how keys expire", "https://redis.io/docs/latest/commands/expire/"),
        ("Redis documentation: SET with NX and PX", "https://redis.io/docs/latest/commands/set/"),
        ("HikariCP: maximumPoolSize, connectionTimeout", "https://github.com/brettwooldridge/HikariCP"),
        (
            "Redisson documentation: write-behind, delay and batch",
            "https://github.com/redisson/redisson/blob/master/docs/data-and-services/collections.md",
        ),
    ],
    start: |seed| Box::new(model::Model::new(seed)),
};
