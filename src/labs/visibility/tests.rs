//! Laws of the queue, and the model beside Moto.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::model::{CONSUMERS, Model};
use super::queue::{Deleted, Kind, Message, Policy, Queue};
use crate::labs::{Lab as _, Log, Value};

fn message(id: u32, group: u8, number: u32, sent_at: u64) -> Message {
    Message { id, group, number, kind: Kind::Good, sent_at, received: 0, handle: 0, visible_at: 0 }
}

const STANDARD: Policy =
    Policy { fifo: false, fair: false, visibility_millis: 30_000, max_receive_count: None, in_flight_quota: 120_000 };

/// Plays a script as the recording did; bodies become messages, a body's first letter its group.
struct Played {
    queue: Queue,
    dead: Queue,
    ids: BTreeMap<String, u32>,
    /// Handles by body and number of the receipt.
    handles: BTreeMap<String, (u32, u64)>,
    policy: Policy,
}

impl Played {
    fn call(&mut self, now: u64, verb: &str, call: &[Json]) -> Json {
        let body = call[2].as_str().unwrap_or_default().to_owned();
        let handle = self.handles.get(&body).copied().unwrap_or_default();
        match verb {
            "send" => {
                let next = u32::try_from(self.ids.len()).unwrap() + 1;
                let number = body.get(1..).and_then(|number| number.parse().ok()).unwrap_or(next);
                let id = *self.ids.entry(body.clone()).or_insert(next);
                self.queue.send(message(id, body.as_bytes()[0] - b'A', number, now), self.policy.fifo);
                "ok".into()
            }
            "receive" => {
                let most = usize::try_from(call[2].as_u64().unwrap()).unwrap();
                let received = self.queue.receive(now, most, self.policy);
                for dead in received.dead {
                    self.dead.send(dead, false);
                }
                let row = |message: &Message| {
                    let body =
                        self.ids.iter().find(|(_, id)| **id == message.id).map(|(body, _)| body.clone()).unwrap();
                    (body, message.received, message.handle, message.id)
                };
                let rows: Vec<_> = received.taken.iter().map(row).collect();
                for (body, count, handle, id) in &rows {
                    self.handles.insert(format!("{body}#{count}"), (*id, *handle));
                }
                rows.into_iter().map(|(body, count, ..)| serde_json::json!([body, count])).collect()
            }
            "delete" => {
                assert_eq!(self.queue.delete(now, handle.0, handle.1, self.policy.fifo), Deleted::Gone);
                "ok".into()
            }
            "visibility" => {
                let millis = call[3].as_u64().unwrap() * 1_000;
                assert!(self.queue.change_visibility(now, handle.0, handle.1, millis));
                "ok".into()
            }
            "count" => serde_json::json!([self.queue.visible(now), self.queue.in_flight(now)]),
            _ => serde_json::json!([self.dead.visible(now), 0]),
        }
    }
}

#[test]
fn a_queue_answers_as_moto_does() {
    let real: Json = serde_json::from_str(include_str!("../../../tests/vectors/messaging-visibility.json")).unwrap();
    let cases = real["cases"].as_array().unwrap();
    assert!(cases.len() >= 10);
    for case in cases {
        let policy = Policy {
            fifo: case["fifo"].as_bool().unwrap(),
            visibility_millis: case["visibility_ms"].as_u64().unwrap(),
            max_receive_count: case["max_receive_count"].as_u64().map(|most| u32::try_from(most).unwrap()),
            ..STANDARD
        };
        let mut played = Played {
            queue: Queue::default(),
            dead: Queue::default(),
            ids: BTreeMap::new(),
            handles: BTreeMap::new(),
            policy,
        };
        for call in case["calls"].as_array().unwrap() {
            let call = call.as_array().unwrap();
            let (at, verb, expected) = (call[0].as_u64().unwrap(), call[1].as_str().unwrap(), call.last().unwrap());
            let ours = played.call(at, verb, call);
            assert_eq!(&ours, expected, "{}: at {at}, {verb} {:?}", case["name"], call.get(2));
        }
    }
}

#[test]
fn an_old_receipt_handle_is_worth_what_the_documentation_says() {
    for fifo in [false, true] {
        let policy = Policy { fifo, ..STANDARD };
        let mut queue = Queue::default();
        queue.send(message(1, 0, 1, 0), fifo);
        let first = queue.receive(0, 1, policy).taken[0].handle;
        let second = queue.receive(30_000, 1, policy).taken[0].handle;
        // FIFO: "the receipt handle has expired"; standard: the call succeeds, the message may stay.
        assert_eq!(queue.delete(31_000, 1, first, fifo), if fifo { Deleted::Expired } else { Deleted::Stale });
        assert!(!queue.change_visibility(31_000, 1, first, 0));
        assert_eq!(queue.delete(32_000, 1, second, fifo), Deleted::Gone);
    }
    // Late, but not received again: a standard queue deletes it, a FIFO queue does not.
    for (fifo, expected) in [(false, Deleted::Gone), (true, Deleted::Expired)] {
        let mut queue = Queue::default();
        queue.send(message(1, 0, 1, 0), fifo);
        let handle = queue.receive(0, 1, Policy { fifo, ..STANDARD }).taken[0].handle;
        assert_eq!(queue.delete(30_001, 1, handle, fifo), expected);
    }
}

#[test]
fn a_deduplication_id_counts_for_five_minutes_even_after_the_delete() {
    let policy = Policy { fifo: true, ..STANDARD };
    let mut queue = Queue::default();
    assert!(queue.send(message(1, 0, 1, 0), true));
    let handle = queue.receive(0, 1, policy).taken[0].handle;
    queue.delete(1, 1, handle, true);
    assert!(!queue.send(message(2, 0, 1, 299_999), true));
    assert!(queue.send(message(3, 0, 1, 300_001), true));
}

#[test]
fn the_quota_of_messages_in_flight_is_kept() {
    let policy = Policy { in_flight_quota: 10, ..STANDARD };
    let mut queue = Queue::default();
    (1..=20).for_each(|id| assert!(queue.send(message(id, 0, id, 0), false)));
    assert_eq!(queue.receive(0, 8, policy).taken.len(), 8);
    assert_eq!(queue.receive(0, 8, policy).taken.len(), 2);
    assert!(queue.receive(0, 8, policy).over_limit);
}

#[test]
fn a_fair_queue_serves_the_quiet_first_and_the_noisy_in_the_end() {
    let policy = Policy { fair: true, ..STANDARD };
    let mut queue = Queue::default();
    (1..=60).for_each(|id| assert!(queue.send(message(id, 0, id, 0), false)));
    assert_eq!(queue.receive(0, 30, policy).taken.len(), 30);
    assert_eq!(queue.noisy(0), [0]);
    queue.send(message(100, 1, 1, 1), false);
    let next: Vec<u8> = queue.receive(1, 3, policy).taken.iter().map(|message| message.group).collect();
    assert_eq!(next, [1, 0, 0]);
    // Without a group id the order is that of sending.
    let mut queue = Queue::default();
    (1..=60).for_each(|id| assert!(queue.send(message(id, 0, id, 0), false)));
    queue.receive(0, 30, STANDARD);
    queue.send(message(100, 1, 1, 1), false);
    assert!(queue.receive(1, 3, STANDARD).taken.iter().all(|message| message.group == 0));
}

fn set(model: &mut Model, knob: &str, value: &Value) {
    model.set(knob, value, &mut Log::default()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens: nothing vanishes, a FIFO group is in one consumer's hands, nobody receives beyond the limit.
    #[test]
    fn nothing_is_lost_and_groups_do_not_overlap(
        fifo: bool,
        heartbeat: bool,
        batch in 1i64..=10,
        most in 0i64..=3,
        picks in prop::collection::vec((0usize..12, 0usize..30), 1..30),
    ) {
        let mut model = Model::new(0);
        if fifo {
            set(&mut model, "queue type", &Value::Choice("FIFO".to_owned()));
        }
        set(&mut model, "heartbeat", &Value::Switch(heartbeat));
        set(&mut model, "MaxNumberOfMessages", &Value::Int(batch));
        set(&mut model, "maxReceiveCount", &Value::Int(most));
        for (pick, steps) in picks {
            let acts = model.acts();
            if let Some(act) = acts.get(pick).filter(|act| act.id != "again" && act.id != "redrive") {
                model.act(&act.id, &mut Log::default()).unwrap();
            }
            for _ in 0..steps {
                let before = model.now;
                model.happen();
                prop_assert!(model.now >= before);
                let there = model.queue.messages().count() + model.dead.messages().count();
                prop_assert_eq!(usize::try_from(model.counts.sent).unwrap(), there + model.counts.deleted);
                prop_assert!(model.queue.messages().all(|message| most == 0 || i64::from(message.received) <= most));
                if fifo {
                    for group in 0..3 {
                        let holders = model.consumers.iter().filter(|consumer| {
                            consumer.held.iter().any(|message| message.group == group
                                && model.queue.messages().any(|now| now.handle == message.handle && now.is_in_flight(model.now)))
                        });
                        prop_assert!(holders.count() <= 1, "group {group} in two hands");
                    }
                }
            }
        }
    }

    /// Without faults and with the time that it needs, each message takes effect once, in the order of its group.
    #[test]
    fn without_a_fault_each_takes_effect_once(fifo: bool, consumers in 1i64..=3, batch in 1i64..=5) {
        let mut model = Model::new(0);
        if fifo {
            set(&mut model, "queue type", &Value::Choice("FIFO".to_owned()));
        }
        set(&mut model, "consumers", &Value::Int(consumers));
        set(&mut model, "MaxNumberOfMessages", &Value::Int(batch));
        for _ in 0..300 {
            model.happen();
        }
        prop_assert!(model.counts.done > 30);
        prop_assert_eq!((model.counts.twice, model.counts.dead, model.counts.expired_deletes), (0, 0, 0));
        prop_assert!(!fifo || model.counts.out_of_order == 0);
        prop_assert!(model.consumers.len() == CONSUMERS);
    }
}

#[test]
fn a_heartbeat_keeps_slow_work_to_one_consumer() {
    for (heartbeat, twice) in [(false, true), (true, false)] {
        let mut model = Model::new(0);
        set(&mut model, "heartbeat", &Value::Switch(heartbeat));
        set(&mut model, "maxReceiveCount", &Value::Int(0));
        model.act("slow", &mut Log::default()).unwrap();
        while model.now < 120_000 {
            model.happen();
        }
        assert_eq!(model.counts.twice > 0, twice, "heartbeat {heartbeat}");
    }
}
