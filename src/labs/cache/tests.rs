//! Laws of the cache, and the model beside a real Redis.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::database::Database;
use super::entries::{Entries, Entry, Key};
use super::model::Model;
use super::settings::Settings;
use crate::labs::{Lab as _, Log, Value};

fn real() -> Json {
    serde_json::from_str(include_str!("../../../tests/vectors/redis-cache.json")).unwrap()
}

fn set(model: &mut Model, knob: &str, value: &Value) {
    model.set(knob, value, &mut Log::default()).unwrap();
}

fn entry(stored_at: u64, expires_at: u64) -> Entry {
    Entry { stored_at, expires_at, took_millis: 300, exists: true }
}

#[test]
fn single_commands_answer_as_redis_does() {
    let real = &real()["semantics"];
    let mut entries = Entries::default();
    let taken = [0, 10, 250].map(|now| entries.take_token(Key::Front, now, 200));
    let redis =
        ["token_first", "token_second", "token_after_its_ttl"].map(|name| real[name].as_bool().unwrap_or(false));
    assert_eq!(taken, redis);
    entries.set(Key::Front, entry(0, 100));
    let found = [0, 120].map(|now| entries.get(Key::Front, now).is_some());
    assert_eq!(found, ["before_the_end", "after_the_end"].map(|name| real[name].is_string()));
}

/// Loads of each cycle of the front page, and how long before the expiry the first early one began.
fn cycles(case: &Json) -> (Vec<u64>, Vec<u64>) {
    let number = |name: &str| case[name].as_i64().unwrap();
    let rate = number("requests_seen") * 1_000 / number("millis") / number("keys");
    let (mut loads, mut early) = (Vec::new(), Vec::new());
    for seed in 0..12 {
        let mut model = Model::new(seed);
        // The real run's load was a sleep: queries did not feel each other.
        model.database = Database::new(10_000);
        // Finer than the knob's steps, as the readers really came.
        model.set = Settings { rate, hot_percent: 100, ttl_millis: number("ttl_ms"), ..model.set };
        match case["mode"].as_str().unwrap() {
            "xfetch" => {
                set(&mut model, "early recompute", &Value::Choice("XFetch".to_owned()));
                let beta = case["beta"].as_f64().unwrap();
                set(&mut model, "beta", &Value::Choice(format!("{beta}")));
            }
            "token" => {
                set(&mut model, "single flight", &Value::Choice("token in Redis".to_owned()));
                set(&mut model, "PX of the token", &Value::Int(number("token_ms")));
            }
            mode => set(&mut model, "single flight", &Value::Choice(mode.to_owned())),
        }
        let (mut begun_at, mut before) = (0, 0);
        for now in 0..u64::try_from(number("millis")).unwrap() {
            model.tick();
            for _ in before..model.total.front_loads {
                if begun_at == 0 || now - begun_at > u64::try_from(number("ttl_ms")).unwrap() / 2 {
                    loads.push(0);
                    early.extend(model.total.first_early.map(|(_, left)| left));
                }
                *loads.last_mut().unwrap() += 1;
                begun_at = now;
            }
            before = model.total.front_loads;
        }
    }
    (loads, early)
}

fn mean(values: &[u64]) -> f64 {
    let number = |n: u64| f64::from(u32::try_from(n).unwrap());
    number(values.iter().sum()) / number(values.len() as u64)
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

#[test]
fn a_hot_key_is_loaded_as_often_and_as_early_as_on_a_real_redis() {
    let list = |json: &Json| json.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect::<Vec<_>>();
    for case in real()["hot"].as_array().unwrap() {
        let (loads, early) = cycles(case);
        let name = format!("{} {} {}", case["mode"], case["beta"], case["token_ms"]);
        let (ours, redis) = (mean(&loads), mean(&list(&case["loads_by_cycle"])));
        // Four pods coalesce each for itself; the real run was one process.
        let most = if case["mode"] == "in process" { 4.0 } else { redis * 1.25 };
        assert!((redis * 0.75..=most).contains(&ours), "{name}: {ours} loads, Redis had {redis}");
        let first = list(&case["first_early_ms"]);
        if !first.is_empty() {
            let (ours, redis) = (median(early), median(first));
            assert!(ours.abs_diff(redis) < redis / 8, "{name}: {ours} ms before the expiry, Redis had {redis}");
        }
    }
}

#[test]
fn an_import_expires_as_on_a_real_redis() {
    for case in real()["imports"].as_array().unwrap() {
        let number = |name: &str| case[name].as_i64().unwrap();
        let mut model = Model::new(1);
        model.set = Settings { ttl_millis: number("ttl_ms"), jitter_percent: number("jitter_percent"), ..model.set };
        model.import();
        for (tenth, redis) in case["due_by_100_ms"].as_object().unwrap() {
            let tenth: u64 = tenth.parse().unwrap();
            let due = |n: &u16| model.redis.peek(Key::Product(*n)).is_some_and(|entry| entry.expires_at / 100 == tenth);
            let ours = f64::from(u32::try_from((0..1_000).filter(due).count()).unwrap()) / 1_000.0;
            let redis = redis.as_f64().unwrap() / 3_000.0;
            assert!(
                number("jitter_percent") == 0 || (ours - redis).abs() < 0.05,
                "due at {tenth}: {ours}, in Redis {redis}"
            );
        }
        for found in case["found_by_readers"].as_array().unwrap() {
            let (at, redis) = (found[0].as_u64().unwrap(), found[1].as_f64().unwrap() / 3_000.0);
            let there = (0..1_000).filter(|n| model.redis.clone().get(Key::Product(*n), at).is_some()).count();
            let ours = f64::from(u32::try_from(there).unwrap()) / 1_000.0;
            assert!(
                (ours - redis).abs() < 0.05,
                "jitter {}: at {at} ms {ours} are there, in Redis {redis}",
                number("jitter_percent")
            );
        }
    }
}

#[test]
fn early_recompute_is_exponential_with_the_load_time() {
    // With the last load of 300 ms and beta 1, a reader 300 ms before the expiry recomputes with a chance of 1/e.
    let entry = entry(0, 3_000);
    for (left, beta) in [(300_u32, 1.0), (600, 1.0), (600, 2.0), (100, 0.5)] {
        let draws = 100_000;
        let early = (1..=draws)
            .filter(|n| entry.recompute_early(3_000 - u64::from(left), beta, f64::from(*n) / f64::from(draws)))
            .count();
        let share = f64::from(u32::try_from(early).unwrap()) / f64::from(draws);
        let expected = (-f64::from(left) / (300.0 * beta)).exp();
        assert!((share - expected).abs() < 0.001, "{left} ms, beta {beta}: {share}, not {expected}");
    }
}

#[test]
fn an_overload_is_bounded_and_a_step_stays_short() {
    let mut model = Model::new(9);
    set(&mut model, "requests", &Value::Int(2_000));
    set(&mut model, "invented ids", &Value::Int(1_000));
    model.database.slowdown = 5;
    for _ in 0..300 {
        model.slice();
        assert!(model.busy() <= 800 && model.loads.len() <= 1_000, "{} loads", model.loads.len());
    }
    assert!(model.total.rejected > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn readers_are_accounted_for_and_no_limit_is_exceeded(picks in prop::collection::vec((0usize..40, 0i64..1_000), 1..60)) {
        let mut model = Model::new(3);
        set(&mut model, "writes", &Value::Int(10));
        for (what, pick) in picks {
            let acts = model.acts();
            if let Some(act) = acts.get(what) {
                model.act(&act.id, &mut Log::default()).unwrap();
            }
            let knobs = model.knobs();
            if let Some(knob) = what.checked_sub(20).and_then(|at| knobs.get(at)) {
                let value = match &knob.kind {
                    crate::labs::Kind::Int { min, max, step, .. } => Value::Int(min + pick % ((max - min) / step + 1) * step),
                    crate::labs::Kind::Choice(choices) => {
                        Value::Choice(choices[usize::try_from(pick).unwrap() % choices.len()].to_owned())
                    }
                    _ => Value::Switch(pick % 2 == 0),
                };
                set(&mut model, knob.name, &value);
            }
            let limit = usize::try_from(model.set.pool).unwrap();
            let used: Vec<usize> = model.pods.iter().map(|pod| pod.active).collect();
            model.slice();
            for (pod, used) in model.pods.iter().zip(used) {
                prop_assert!(pod.active <= limit.max(used), "a pool is not larger than maximumPoolSize");
                prop_assert!(pod.busy <= super::model::THREADS);
            }
            let total = &model.total;
            let under_way = u64::try_from(model.busy()).unwrap();
            prop_assert_eq!(total.requests, total.answered + total.rejected + total.failed + under_way);
            let flushing: u64 = model.loads.values().map(|load| match load.job {
                super::model::Job::Flush(writes) => writes,
                _ => 0,
            }).sum();
            prop_assert_eq!(total.acknowledged, total.flushed + total.lost + model.unflushed + flushing);
            prop_assert!(total.lost == 0 || total.writes > 0);
        }
    }

    #[test]
    fn one_flight_in_a_pod_and_one_token_over_all(seed in 0u64..1_000, mode in 0usize..2) {
        let mut model = Model::new(seed);
        let mode = ["in process", "token in Redis"][mode];
        set(&mut model, "single flight", &Value::Choice(mode.to_owned()));
        for _ in 0..4_000 {
            model.tick();
            let mut flights = std::collections::BTreeMap::new();
            for load in model.loads.values() {
                let pod = if mode == "in process" { load.pod } else { 0 };
                *flights.entry((load.key, pod)).or_insert(0) += 1;
            }
            prop_assert!(flights.values().all(|count| *count == 1), "{flights:?}");
        }
    }
}
