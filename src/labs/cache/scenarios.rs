//! The set pieces of the cache lab, and what each came to.

use super::model::Model;
use crate::labs::{Answer, Ask, Input, Scenario, Value, Why};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        id: "stampede",
        title: "One hot key expires",
        given: "800 of 1,000 reads a second want the front page, which takes the database 300 ms. Nothing guards the load. In 0.5 s the entry expires.",
        seed: 1,
        script: Vec::new,
        asks_at: 10,
        ends_at: 60,
        question: "How many times is the front page loaded because of this one expiry?",
        ask: Ask::Choice {
            options: &["Once", "4 times, once in each pod", "About 240 times: 800/s × 0.3 s", "More than 500 times"],
            right: 3,
        },
        why: Why {
            because: "Rate × load time holds only while the database keeps its pace. 40 connections on 8 cores make each load five times as long, so \
                      five times as many readers miss meanwhile, until all threads wait; and those in the queue still load after the value is back.",
            setting: "single flight=off",
            metric: "hikaricp.connections.pending",
            question: "redis/stampede",
        },
    },
    Scenario {
        id: "token-too-short",
        title: "A token shorter than the load",
        given: "400 reads a second of the front page, one loader for all pods: a token by SET NX PX 1000. The database has a bad plan: five times the work. Somebody deletes the key.",
        seed: 2,
        script: || {
            vec![
                (0, choice("single flight", "token in Redis")),
                (0, Input::set("PX of the token", Value::Int(1_000))),
                (0, Input::set("requests", Value::Int(400))),
                (0, Input::set("share of the front page", Value::Int(100))),
                (0, Input::act("slow-db")),
                (10, Input::act("delete-front")),
            ]
        },
        asks_at: 9,
        ends_at: 32,
        question: "How many loads of the front page run for this one delete?",
        ask: Ask::Number { right: 2, within: 0, unit: "loads" },
        why: Why {
            because: "The load takes 1,500 ms, the token lives 1,000: a second pod finds it free and loads as well. Waste, not an error; but with a \
                      token far shorter than the load, as many loaders run as fit into it.",
            setting: "PX of the token=1000",
            metric: "http.server.requests p99",
            question: "redis/stampede",
        },
    },
    Scenario {
        id: "early",
        title: "Recomputed by chance, before its time",
        given: "XFetch with beta 1, no token: each of 800 readers a second draws whether to load again before the expiry. A load takes 300 ms, the TTL is 3 s.",
        seed: 3,
        script: || vec![(0, choice("early recompute", "XFetch"))],
        asks_at: 6,
        ends_at: 34,
        question: "How long before the expiry of its next entry does the first reader load the front page again?",
        ask: Ask::Choice {
            options: &[
                "Some 30 ms: chances are small until the end",
                "About 300 ms: one load time",
                "More than 1,000 ms",
                "It waits for the expiry",
            ],
            right: 2,
        },
        why: Why {
            because: "A single reader is most likely to load in the last 300 ms. But 800 a second draw: the first of them comes about \
                      δ·β·ln(rate · δ · β) = 0.3 s × ln 240 = 1.6 s before. A hot key refreshes earlier, which is what it should do.",
            setting: "beta=1",
            metric: "loads begun",
            question: "redis/stampede",
        },
    },
    Scenario {
        id: "avalanche",
        title: "An import, and jitter of 10 %",
        given: "A job has written 1,000 products with a TTL of 3 s ± 10 %. All 2,000 reads a second want products; one load each at most, by token. \
                The database does 400 product loads a second.",
        seed: 4,
        script: || {
            vec![
                (0, choice("single flight", "token in Redis")),
                (0, Input::set("TTL jitter", Value::Int(10))),
                (0, Input::set("share of the front page", Value::Int(0))),
                (0, Input::set("requests", Value::Int(2_000))),
                (0, Input::act("import")),
            ]
        },
        asks_at: 25,
        ends_at: 50,
        question: "The products begin to expire. What becomes of the database?",
        ask: Ask::Choice {
            options: &[
                "Nothing: each key has its one loader",
                "Nothing: jitter spreads the loads",
                "All its connections are in use and loads queue",
            ],
            right: 2,
        },
        why: Why {
            because: "A token makes one load of many for the same key; these are a thousand different keys. ± 10 % of 3 s spreads them over 0.6 s, \
                      and the database does 240 loads in it. The spread has to be keys ÷ loads a second: 2.5 s, so some ± 45 %.",
            setting: "TTL jitter=10",
            metric: "hikaricp.connections.pending",
            question: "redis/stampede",
        },
    },
    Scenario {
        id: "penetration",
        title: "Ids that nobody has",
        given: "A crawler asks for 300 made-up ids a second. The service remembers for 10 s that an id does not exist.",
        seed: 5,
        script: || {
            vec![
                (0, choice("single flight", "token in Redis")),
                (0, Input::set("negative TTL", Value::Int(10_000))),
                (10, Input::act("crawler")),
            ]
        },
        asks_at: 9,
        ends_at: 40,
        question: "How many of the crawler's requests reach the database?",
        ask: Ask::Choice {
            options: &["Nearly none, after the first second", "About one in a hundred", "All of them"],
            right: 2,
        },
        why: Why {
            because: "A negative entry helps whoever asks again, and made-up ids are never asked for again: each is a miss, a query and an entry that \
                      only fills memory. A filter of the ids that exist says no before; one in a hundred slips through.",
            setting: "Bloom filter=off",
            metric: "DBSIZE",
            question: "redis/stampede",
        },
    },
    Scenario {
        id: "write-behind",
        title: "Redis dies under write-behind",
        given: "40 writes a second, acknowledged as soon as Redis has them; every second they go to the database as one row update. \
                Redis dies 700 ms after such a flush.",
        seed: 6,
        script: || {
            vec![
                (0, choice("strategy", "write-behind")),
                (0, choice("single flight", "token in Redis")),
                (0, Input::set("writes", Value::Int(40))),
                (27, Input::act("kill-redis")),
                (33, Input::act("start-redis")),
            ]
        },
        asks_at: 26,
        ends_at: 45,
        question: "How many acknowledged writes does the database never see?",
        ask: Ask::Number { right: 28, within: 8, unit: "writes" },
        why: Why {
            because: "What came since the last flush existed in Redis alone: 40/s × 0.7 s. The delay decides the loss, not the batch and not the \
                      database. Replication would shorten the window, and an AOF with everysec bounds it to about a second.",
            setting: "writeBehindDelay=1000",
            metric: "writes not in the database",
            question: "redis/caching-strategies",
        },
    },
];

fn choice(knob: &str, choice: &str) -> Input {
    Input::set(knob, Value::Choice(choice.to_owned()))
}

/// The answer, measured on the run.
pub(super) fn outcome(model: &Model, scenario: &str) -> Option<Answer> {
    let total = &model.total;
    let number = |value: u64| Answer::Number(i64::try_from(value).unwrap_or(i64::MAX));
    Some(match scenario {
        "stampede" => Answer::Choice(match total.front_loads {
            0 | 1 => 0,
            2..=8 => 1,
            9..=500 => 2,
            _ => 3,
        }),
        "token-too-short" => number(total.front_loads),
        "early" => Answer::Choice(match total.first_early {
            None => 3,
            Some((_, ..=100)) => 0,
            Some((_, ..=1_000)) => 1,
            Some(_) => 2,
        }),
        "avalanche" if total.most_pending > 0 => Answer::Choice(2),
        "avalanche" => Answer::Choice(1),
        "penetration" => Answer::Choice(match total.invented_loads * 100 / total.invented.max(1) {
            95.. => 2,
            2..=94 => 1,
            _ => 0,
        }),
        "write-behind" => number(total.lost),
        _ => return None,
    })
}
