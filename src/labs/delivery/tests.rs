//! Against what a real broker did, and what must hold whatever dies.

use proptest::prelude::*;
use serde::Deserialize;

use super::broker::{Appended, Broker, Entry, Fate, Stamp};
use super::controls;
use super::model::World;
use super::parties::Bank;
use super::service::{Commit, Moved, Phase, Service};
use crate::labs::{Input, Log, Run, Value};

/// See tests/against_real/DeliveryCases.java.
const VECTORS: &str = include_str!("../../../tests/vectors/delivery.json");

#[derive(Deserialize)]
struct Vectors {
    orders: u32,
    crashes: Vec<Case>,
    zombies: Vec<Case>,
    timeout: Case,
    lost_acks: Vec<LostAck>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    mode: String,
    #[serde(default)]
    poll: usize,
    #[serde(default)]
    point: String,
    /// The last stable offset after the crash; -1 without one.
    stable_after_crash: Option<i64>,
    stable_before: Option<u64>,
    stopped_by: Option<String>,
    /// Orders charged, and invoices as each kind of reader sees them.
    charged: Vec<u32>,
    uncommitted: Vec<u32>,
    committed: Vec<u32>,
    end: u64,
    stable: u64,
    offset: i64,
    epoch: Option<u16>,
}

#[derive(Deserialize)]
struct LostAck {
    idempotence: bool,
    copies: usize,
}

struct Bench {
    broker: Broker,
    charged: Vec<u32>,
}

impl Bench {
    fn new(orders: u32) -> Self {
        let mut broker = Broker::new();
        (1..=orders).for_each(|order| {
            broker.append_order(order, None);
        });
        Self { broker, charged: Vec::new() }
    }

    fn service(&self, mode: &str) -> Service {
        let commit = match mode {
            "most" => Commit::Before,
            "least" => Commit::After,
            _ => Commit::Transaction,
        };
        Service::new(commit, true, self.broker.generation)
    }

    /// Moves a service until it has passed the point at the second order, or nothing is left; what stopped it.
    fn run(&mut self, service: &mut Service, poll: usize, point: &str) -> Option<&'static str> {
        loop {
            let moved = service.advance(&mut self.broker, poll, 0);
            let here = service.batch.contains(&2);
            let passed = match moved {
                Moved::Idle if service.phase == Phase::Waiting => {
                    self.broker.complete();
                    service.completed(self.broker.transaction.as_ref().unwrap().epoch);
                    here && point == "committed"
                }
                Moved::Idle => return None,
                Moved::Stopped(why) => return Some(why),
                Moved::Polled => here && point == "polled",
                Moved::CommittedFirst(_) | Moved::Committed(_) => here && point == "committed",
                Moved::Charged(order) => {
                    self.charged.push(order);
                    order == 2 && point == "processed"
                }
                Moved::Wrote { order, .. } => {
                    service.acknowledged();
                    let last = here && service.phase == Phase::SendingOffsets;
                    order == 2 && point == "written" || last && point == "last"
                }
                Moved::SentOffsets(_) => here && point == "offsets",
                Moved::Started { .. } | Moved::Decided => false,
            };
            if passed {
                return None;
            }
        }
    }

    fn check(&self, case: &Case) {
        let name = format!("{} {} {}", case.mode, case.poll, case.point);
        let invoices = |also_aborted: bool| -> Vec<u32> {
            let seen = |entry: &Entry| match entry {
                Entry::Invoice { fate: Fate::Aborted, .. } if !also_aborted => None,
                Entry::Invoice { order, .. } => Some(*order),
                Entry::Marker { .. } => None,
            };
            self.broker.invoices.entries.iter().filter_map(seen).collect()
        };
        assert_eq!(self.charged, case.charged, "{name}: charged");
        assert_eq!(invoices(true), case.uncommitted, "{name}: read_uncommitted");
        assert_eq!(invoices(false), case.committed, "{name}: read_committed");
        assert_eq!((self.broker.invoices.end(), self.broker.last_stable_offset()), (case.end, case.stable), "{name}");
        assert_eq!(self.broker.committed.map_or(-1, |offset| i64::try_from(offset).unwrap()), case.offset, "{name}");
        assert_eq!(self.broker.transaction.as_ref().map(|transaction| transaction.epoch), case.epoch, "{name}: epoch");
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

#[test]
fn a_crash_at_each_point_comes_out_as_with_a_real_broker() {
    let vectors = vectors();
    assert_eq!(vectors.crashes.len(), 32);
    for case in &vectors.crashes {
        let mut bench = Bench::new(vectors.orders);
        let mut service = bench.service(&case.mode);
        bench.run(&mut service, case.poll, &case.point);
        if let Some(stable) = case.stable_after_crash.filter(|stable| *stable >= 0) {
            assert_eq!(i64::try_from(bench.broker.last_stable_offset()), Ok(stable), "{} {}", case.mode, case.point);
            let mut second = bench.service(&case.mode);
            bench.run(&mut second, case.poll, "none");
        }
        bench.check(case);
    }
}

#[test]
fn a_frozen_instance_is_stopped_as_by_a_real_broker() {
    for case in &vectors().zombies {
        let mut bench = Bench::new(4);
        let mut first = bench.service(&case.mode);
        bench.run(&mut first, 3, &case.point);
        bench.broker.generation += 1;
        let mut second = bench.service(&case.mode);
        bench.run(&mut second, 3, "none");
        let stopped = bench.run(&mut first, 3, "none");
        assert_eq!(stopped, case.stopped_by.as_deref(), "{} {}", case.mode, case.point);
        bench.check(case);
    }
}

#[test]
fn an_open_transaction_holds_readers_until_it_times_out() {
    let case = vectors().timeout;
    let mut bench = Bench::new(4);
    let mut service = bench.service("exactly");
    bench.run(&mut service, 3, "written");
    assert_eq!(Some(bench.broker.last_stable_offset()), case.stable_before);
    assert_eq!(bench.broker.times_out_at(60_000), Some(60_000));
    bench.broker.abort();
    bench.check(&case);
}

#[test]
fn a_lost_answer_makes_a_copy_only_without_idempotence() {
    for LostAck { idempotence, copies } in vectors().lost_acks {
        let mut broker = Broker::new();
        let stamp = idempotence.then_some(Stamp { producer: 1, epoch: 0, sequence: 1 });
        let appended: Vec<_> = (0..2).map(|_| broker.append_invoice(2, stamp, false, 0).unwrap()).collect();
        assert_eq!(appended.iter().filter(|appended| matches!(appended, Appended::At(_))).count(), copies);
    }
}

#[test]
fn a_known_key_is_refused_by_the_bank() {
    let mut bank = Bank::default();
    for with_key in [true, true, false] {
        bank.charge(7, with_key);
    }
    assert_eq!((bank.charges, bank.refused, bank.twice), (2, 1, 1));
}

/// A world in which things happen at random; `acts` are the ones that may.
fn walk(settings: &[(&str, Value)], acts: &[&str], picks: &[(u8, usize)]) -> World {
    let (mut world, mut log) = (World::new(), Log::default());
    for (knob, value) in settings {
        controls::set(&mut world, knob, value, &mut log).unwrap();
    }
    for (what, pick) in picks {
        let act = acts.get(pick % acts.len().max(1));
        match act {
            Some(act) if *what == 0 => {
                controls::act(&mut world, act, &mut log);
            }
            _ => world.step(&mut log),
        }
    }
    // What is under way comes to its end.
    for _ in 0..120 {
        world.step(&mut log);
    }
    world
}

const ALL_FAULTS: &[&str] = &["kill", "freeze", "thaw", "lose-order-ack", "lose-invoice-ack"];

fn choice(value: &str) -> Value {
    Value::Choice(value.to_owned())
}

fn picks() -> impl Strategy<Value = Vec<(u8, usize)>> {
    prop::collection::vec((0u8..6, 0usize..40), 0..250)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With transactions and `read_committed` readers each order has one invoice, whatever dies, freezes or is lost.
    #[test]
    fn a_transaction_gives_each_order_one_invoice(picks in picks(), poll in 1i64..6) {
        let settings = [
            ("offset commit", choice("in the transaction")),
            ("isolation.level", choice("read_committed")),
            ("max.poll.records", Value::Int(poll)),
        ];
        let world = walk(&settings, ALL_FAULTS, &picks);
        prop_assert_eq!((world.reader.twice, world.lost.len()), (0, 0));
        prop_assert!(world.reader.invoices > 0);
    }

    /// Committing after the work loses nothing.
    #[test]
    fn at_least_once_loses_nothing(picks in picks(), idempotence: bool) {
        let settings = [("enable.idempotence", Value::Switch(idempotence))];
        let world = walk(&settings, ALL_FAULTS, &picks);
        prop_assert_eq!(world.lost.len(), 0);
        let first = u64::from(world.shop.ordered).saturating_sub(world.orders_lag() + 2);
        prop_assert!(world.reader.invoices >= first, "{} of {first}", world.reader.invoices);
    }

    /// Committing before the work, with idempotent producers, does nothing twice.
    #[test]
    fn at_most_once_does_nothing_twice(picks in picks()) {
        let world = walk(&[("offset commit", choice("before the work"))], ALL_FAULTS, &picks);
        prop_assert_eq!((world.reader.twice, world.bank.twice), (0, 0));
    }

    /// The bank's own key holds whatever Kafka does.
    #[test]
    fn with_a_key_nothing_is_charged_twice(picks in picks(), mode in 0usize..3) {
        let mode = ["before the work", "after the work", "in the transaction"][mode];
        let settings = [("offset commit", choice(mode)), ("idempotency key at the bank", Value::Switch(true))];
        prop_assert_eq!(walk(&settings, ALL_FAULTS, &picks).bank.twice, 0);
    }
}

#[test]
fn a_transaction_needs_idempotence() {
    let mut run = Run::of_scenario(&super::SPEC, &super::SPEC.scenarios[0]);
    run.input(Input::set("enable.idempotence", Value::Switch(false))).unwrap();
    let refused = run.input(Input::set("offset commit", choice("in the transaction"))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "ConfigException: Cannot set a transactional.id without also enabling idempotence."
    );
}
