//! Laws of the lab, and the model beside real servers.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::cluster::{Cluster, SHARDS};
use super::model::Model;
use super::route::{Route, Seen, route};
use super::server;
use super::watch::SERVERS;
use crate::labs::{Lab as _, Log, Value};

fn real() -> Json {
    serde_json::from_str(include_str!("../../../tests/vectors/redis-slots.json")).unwrap()
}

fn set(model: &mut Model, knob: &str, value: &Value) {
    model.set(knob, value, &mut Log::default()).unwrap();
}

fn under_sentinel(seed: u64, down_after: i64) -> Model {
    let mut model = Model::new(seed);
    set(&mut model, "deployment", &Value::Choice("Sentinel".to_owned()));
    set(&mut model, "down-after-milliseconds", &Value::Int(down_after));
    model
}

fn act(model: &mut Model, act: &str) {
    model.act(act, &mut Log::default()).unwrap_or_else(|refused| panic!("{act}: {refused}"));
}

fn run_until(model: &mut Model, millis: u64) {
    while model.now < millis {
        model.happen();
    }
}

#[test]
fn commands_on_a_moving_slot_are_answered_as_by_real_nodes() {
    // Of the three keys, `there` stays to the end, `moved` goes first, `new` does not exist.
    let asked = [
        ("get there", &["there"][..]),
        ("get moved", &["moved"]),
        ("get new", &["new"]),
        ("mget there+moved", &["there", "moved"]),
        ("mget moved+new", &["moved", "new"]),
        ("mget there there", &["there", "there"]),
        ("mget moved+moved", &["moved", "moved"]),
    ];
    let mut compared = 0;
    for (phase, nodes) in real()["reshard"].as_object().unwrap() {
        let (moving, over) = (phase.starts_with("migrating"), phase == "after");
        let gone: &[&str] = match phase.as_str() {
            "migrating, orders moved" => &["moved"],
            "migrating, all moved" | "after" => &["moved", "there"],
            _ => &[],
        };
        for (node, answers) in nodes.as_object().unwrap() {
            let (source, target) = (node == "source", node.starts_with("target"));
            for (name, keys) in asked {
                let Some(answer) = answers[name].as_str() else { continue };
                let here = |key: &&&str| {
                    **key != "new" && ((source && !gone.contains(*key)) || (target && gone.contains(*key)))
                };
                let existing = keys.iter().filter(here).count();
                let seen = Seen {
                    mine: if over { target } else { source },
                    migrating: moving && source,
                    importing: moving && target,
                    existing,
                    missing: keys.len() - existing,
                    asking: node == "target asking",
                };
                // A real node counts the same key twice as one.
                let distinct = if keys.first() == keys.last() { 1 } else { keys.len() };
                let ours = match route(seen, distinct) {
                    Route::Moved => "MOVED",
                    Route::Ask => "ASK",
                    Route::TryAgain => "TRYAGAIN",
                    Route::Serve if keys.len() == 1 && existing == 0 => "nil",
                    Route::Serve => "value",
                };
                assert_eq!(ours, answer, "{phase}: {name} at {node}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared} answers");
}

#[test]
fn a_cluster_refuses_and_recovers_as_a_real_one_did() {
    for case in real()["deaths"].as_array().unwrap() {
        let timeout = case["node_timeout"].as_i64().unwrap();
        let seen: Vec<(i64, &str)> = case["other_primary"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row[0].as_i64().unwrap(), row[1].as_str().unwrap()))
            .collect();
        let refused_at = seen.iter().find(|(_, answer)| *answer == "CLUSTERDOWN").map(|(at, _)| at - timeout);
        let refused_for = seen.windows(2).find(|pair| pair[0].1 == "CLUSTERDOWN").map(|pair| pair[1].0 - pair[0].0);
        let (mut starts, mut lengths) = (Vec::new(), Vec::new());
        for seed in 0..40 {
            let mut model = Model::new(seed);
            set(&mut model, "cluster-node-timeout", &Value::Int(timeout));
            set(
                &mut model,
                "cluster-require-full-coverage",
                &Value::Choice(case["coverage"].as_str().unwrap().to_owned()),
            );
            run_until(&mut model, 3_000);
            let died_at = i64::try_from(model.now).unwrap();
            act(&mut model, "kill-1");
            if case["no_failover"] == "yes" {
                // A replica that may not take over is one that is not there.
                model.cluster.servers[3].up = false;
            }
            while model.now < 20_000 && model.counts.refused_since.is_none() {
                model.happen();
            }
            starts.extend(model.counts.refused_since.map(|since| i64::try_from(since).unwrap() - died_at - timeout));
            run_until(&mut model, 20_000);
            lengths.push(i64::try_from(model.counts.refused_millis).unwrap());
        }
        let within = |real: i64, ours: &[i64]| {
            let (least, most) = (ours.iter().min().unwrap() - 100, ours.iter().max().unwrap() + 100);
            assert!((least..=most).contains(&real), "{real} ms, the model has {least} to {most}: {case}");
        };
        match (refused_at, refused_for) {
            (Some(at), Some(millis)) => {
                within(at, &starts);
                within(millis, &lengths);
            }
            (Some(at), None) => {
                within(at, &starts);
                assert!(lengths.iter().all(|millis| *millis == 0), "still refused at the end: {lengths:?}");
            }
            _ => assert!(starts.is_empty(), "{starts:?}"),
        }
    }
}

#[test]
fn sentinels_fail_over_when_and_as_fast_as_real_ones_did() {
    for case in real()["sentinel"].as_array().unwrap() {
        let down_after = case["down_after"].as_i64().unwrap();
        let mut switches = Vec::new();
        for seed in 0..40 {
            let mut model = under_sentinel(seed, down_after);
            set(&mut model, "quorum", &Value::Int(case["quorum"].as_i64().unwrap()));
            set(&mut model, "min-replicas-to-write", &Value::Int(case["min_replicas_to_write"].as_i64().unwrap()));
            set(&mut model, "min-replicas-max-lag", &Value::Int(2));
            for sentinel in 0..case["dead_sentinels"].as_u64().unwrap() {
                act(&mut model, &format!("kill-sentinel-{}", sentinel + 1));
            }
            run_until(&mut model, 3_000);
            let (cut, begun, had) = (case["cut"].as_bool().unwrap(), model.now, model.counts.acknowledged);
            act(&mut model, if cut { "cut" } else { "kill-1" });
            while model.now < begun + 9_000 {
                model.happen();
                if model.counts.failovers == 1 && switches.len() == usize::try_from(seed).unwrap() {
                    switches.push(i64::try_from(model.now - begun).unwrap());
                }
            }
            if cut {
                // A write a second here, ten a second there.
                let (ours, real) = (
                    (model.counts.acknowledged - had) * 10,
                    usize::try_from(case["accepted"].as_u64().unwrap()).unwrap(),
                );
                assert!(ours.abs_diff(real) <= 10, "{ours} writes accepted while cut off, Redis {real}");
                act(&mut model, "heal");
                let (danger, healed) = (model.servers()[0].acknowledged.len(), model.now);
                while model.servers()[0].of.is_none() {
                    model.happen();
                }
                let real = case["old_primary_follows_after_ms"].as_u64().unwrap();
                assert!((model.now - healed).abs_diff(real) < 500, "a replica again after {real} ms");
                assert_eq!(case["accepted_and_kept"], 0);
                assert!(model.counts.lost >= danger && danger > 0, "{} lost", model.counts.lost);
            }
        }
        match case["switched_after_ms"].as_i64() {
            None => assert!(switches.is_empty(), "{case}"),
            Some(real) => {
                assert_eq!(switches.len(), 40, "{case}");
                let (least, most) = (switches.iter().min().unwrap() - 200, switches.iter().max().unwrap() + 200);
                assert!((least..=most).contains(&real), "{real} ms, the model has {least} to {most}");
            }
        }
    }
}

#[test]
fn what_wait_confirmed_outlives_the_death_of_the_primary() {
    for seed in 0..60 {
        let mut model = under_sentinel(seed, 2_000);
        set(&mut model, "WAIT", &Value::Int(1));
        set(&mut model, "replication delay", &Value::Int(700));
        for _ in 0..20 + seed {
            model.happen();
        }
        act(&mut model, "kill-1");
        let until = model.now + 20_000;
        run_until(&mut model, until);
        assert_eq!((model.counts.failovers, model.counts.lost), (1, 0), "seed {seed}");
    }
    // Without it the last write is lost with the primary, if it died before the replicas had it.
    let mut model = under_sentinel(1, 2_000);
    run_until(&mut model, 3_000);
    act(&mut model, "kill-1");
    let until = model.now + 20_000;
    run_until(&mut model, until);
    assert_eq!(model.counts.lost, 1);
}

#[test]
fn a_slot_that_has_moved_is_found_where_it_is() {
    let mut model = Model::new(1);
    act(&mut model, "reshard");
    run_until(&mut model, 30_000);
    assert_eq!(model.cluster.table.shard_of(1_649), 1);
    assert_eq!(model.cluster.app_table, model.cluster.table);
    assert_eq!((model.counts.moved, model.counts.errors), (1, 0));
    assert!(Cluster::keys_of("a}b{c}d").iter().all(|key| super::slot::slot_of(key) == super::slot::slot_of("a}b{c}d")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn after_all_is_mended_there_is_one_primary_and_its_replicas_have_what_it_has(
        sentinel: bool,
        picks in prop::collection::vec((0usize..30, 0usize..12), 1..40),
    ) {
        let mut model = if sentinel { under_sentinel(7, 2_000) } else { Model::new(7) };
        set(&mut model, "cluster-node-timeout", &Value::Int(2_000));
        for (steps, pick) in picks {
            let acts = model.acts();
            if let Some(chosen) = acts.get(pick) {
                act(&mut model, &chosen.id);
            }
            for _ in 0..steps {
                model.happen();
            }
            let written: usize = model.servers().iter().map(|server| server.acknowledged.len()).sum();
            prop_assert!(model.counts.lost + written <= model.counts.acknowledged + written.min(1));
        }
        while let Some(mend) = model.acts().into_iter().find(|act| act.id == "heal" || act.id.starts_with("start")) {
            act(&mut model, &mend.id);
        }
        let until = model.now + 800_000;
        run_until(&mut model, until);
        let groups: Vec<Vec<usize>> = if sentinel {
            vec![(0..SERVERS).collect()]
        } else {
            (0..SHARDS).map(|shard| vec![shard, shard + SHARDS]).collect()
        };
        for group in groups {
            let leaders: Vec<usize> = group.iter().copied().filter(|at| model.servers()[*at].of.is_none()).collect();
            prop_assert_eq!(leaders.len(), 1, "one primary in {:?}", group);
            for at in server::replicas_of(model.servers(), leaders[0]) {
                let behind = model.servers()[leaders[0]].offset - model.servers()[at].offset;
                prop_assert!(behind <= 1, "{behind} writes behind");
            }
            prop_assert_eq!(server::replicas_of(model.servers(), leaders[0]).count(), group.len() - 1);
        }
        if !sentinel {
            prop_assert!((0..SHARDS).all(|shard| model.cluster.is_healthy(model.cluster.table.leaders[shard], &model.set)));
        }
    }

    #[test]
    fn without_a_fault_nothing_is_lost_and_nobody_fails_over(seed in 0u64..500, sentinel: bool, reshard: bool) {
        let mut model = if sentinel { under_sentinel(seed, 1_000) } else { Model::new(seed) };
        if reshard && !sentinel {
            act(&mut model, "reshard");
        }
        for _ in 0..200 {
            model.happen();
        }
        prop_assert_eq!((model.counts.lost, model.counts.failovers, model.counts.errors), (0, 0, 0));
    }
}
