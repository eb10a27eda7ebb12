//! What can be set and done.

use super::client::Shipping;
use super::hash::{java_partition, murmur2};
use super::model::{Last, MOST_PARTITIONS, Partition, World};
use super::workload::HOT;
use crate::labs::{Act, Kind, Knob, Log, Refused, Value};

const KEYS: &[&str] = &["order_id", "merchant_id", "merchant_id#0..3", "none"];
const CLASSES: &[&str] = &["null (built-in)", "RoundRobinPartitioner"];
const SHIPPING: &[&str] =
    &["the order service", "a Java service", "librdkafka, consistent_random", "librdkafka, murmur2_random"];
const OWN_KEY: usize = 24;

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    let producer = &settings.producer;
    let of = |names: &'static [&'static str], at: usize| names.get(at).copied().unwrap_or_default();
    vec![
        Knob::int(
            "partitions",
            "Partitions of the topic. The count can only grow.",
            (1, i64::from(MOST_PARTITIONS), 1),
            "",
            world.count(),
        ),
        Knob::choice(
            "record key",
            "What the services use as the key; #0..3 salts it with a number dealt out in turn.",
            KEYS,
            settings.key.clone(),
        ),
        Knob {
            name: "a key of yours",
            help: "When not empty, every fourth record has this key.",
            kind: Kind::Text { longest: OWN_KEY },
            value: Value::Text(settings.own_key.clone()),
        },
        Knob::choice(
            "partitioner.class",
            "Null uses the built-in logic: hash of the key, sticky without one. RoundRobinPartitioner ignores keys.",
            CLASSES,
            of(CLASSES, usize::from(settings.round_robin)),
        ),
        Knob::switch(
            "partitioner.ignore.keys",
            "The built-in logic treats every record as one without a key.",
            settings.ignore_keys,
        ),
        Knob::switch(
            "partitioner.adaptive.partitioning.enable",
            "The sticky partition is chosen by the length of the queues: slow brokers get less.",
            producer.adaptive,
        ),
        Knob::int(
            "partitioner.availability.timeout.ms",
            "A broker that took nothing for so long is left out of the choice; 0 is off.",
            (0, 500, 50),
            "ms",
            producer.availability_timeout_millis,
        ),
        Knob::int(
            "batch.size",
            "Bytes of a batch, and bytes after which the sticky partition changes.",
            (1024, 65_536, 1024),
            "bytes",
            u64::from(producer.batch_size),
        ),
        Knob::int(
            "linger.ms",
            "How long a batch that is not full waits for more records.",
            (0, 100, 5),
            "ms",
            producer.linger_millis,
        ),
        Knob::choice(
            "shipped comes from",
            "Which client writes the last event of an order.",
            SHIPPING,
            of(SHIPPING, settings.shipping as usize),
        ),
        Knob::int("a record every", "The services' traffic.", (1, 20, 1), "ms", settings.interval_millis),
        Knob::int(
            "record value",
            "Bytes of a record's value.",
            (100, 3000, 100),
            "bytes",
            u64::from(settings.record_bytes),
        ),
        Knob::int(
            "processing time",
            "How long the group's consumer of a partition takes for a record.",
            (1, 50, 1),
            "ms",
            settings.process_millis,
        ),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
    let settings = &mut world.settings;
    match (name, value) {
        ("partitions", Value::Int(count)) => return partitions(world, u8::try_from(*count).unwrap_or(1), log),
        ("record key", Value::Choice(key)) => settings.key.clone_from(key),
        ("a key of yours", Value::Text(key)) => {
            settings.own_key.clone_from(key);
            if !key.is_empty() {
                let (hash, count) = (murmur2(key.as_bytes()), world.count());
                let partition = java_partition(key.as_bytes(), count);
                log.say(
                    world.now,
                    format!(
                        "murmur2(\"{key}\") = {hash:08x}; without its sign bit, modulo {count}: partition {partition}."
                    ),
                );
            }
            return Ok(());
        }
        ("partitioner.class", Value::Choice(class)) => settings.round_robin = CLASSES.last() == Some(&class.as_str()),
        ("partitioner.ignore.keys", Value::Switch(on)) => settings.ignore_keys = *on,
        ("partitioner.adaptive.partitioning.enable", Value::Switch(on)) => settings.producer.adaptive = *on,
        ("shipped comes from", Value::Choice(who)) => {
            let all = [Shipping::Same, Shipping::Java, Shipping::Consistent, Shipping::Murmur2];
            let at = SHIPPING.iter().position(|name| name == who);
            settings.shipping = at.and_then(|at| all.get(at)).copied().unwrap_or(Shipping::Same);
        }
        (_, Value::Int(number)) => {
            let number = u64::try_from(*number).unwrap_or(0);
            let small = u32::try_from(number).unwrap_or(u32::MAX);
            match name {
                "partitioner.availability.timeout.ms" => settings.producer.availability_timeout_millis = number,
                "batch.size" => settings.producer.batch_size = small,
                "linger.ms" => settings.producer.linger_millis = number,
                "a record every" => settings.interval_millis = number,
                "record value" => settings.record_bytes = small,
                _ => settings.process_millis = number,
            }
        }
        _ => return Err(Refused::value(name)),
    }
    let shown = value.words();
    log.say(world.now, format!("{name} is now {shown}."));
    Ok(())
}

/// Changes the count as the controller would.
///
/// Source: `ReplicationControlManager.createPartitions`, Kafka 4.3.1.
fn partitions(world: &mut World, count: u8, log: &mut Log) -> Result<(), Refused> {
    let before = world.count();
    if world.counts.records > 0 && count == before {
        return Err(Refused::new(format!("InvalidPartitionsException: Topic already has {before} partition(s).")));
    }
    if world.counts.records > 0 && count < before {
        return Err(Refused::new(format!(
            "InvalidPartitionsException: The topic orders currently has {before} partition(s); {count} would not be an increase."
        )));
    }
    world.alter_partitions(count, log);
    Ok(())
}

pub fn acts(world: &World) -> Vec<Act> {
    let mut acts = Vec::new();
    if world.count() < MOST_PARTITIONS {
        acts.push(Act { node: None, ..Act::breaks("add-partition", "Add a partition", "") });
    }
    if world.settings.sale {
        acts.push(Act::mends("end-sale", "End the sale", "orders"));
    } else {
        acts.push(Act::breaks("start-sale", "Sale at merchant-9", "orders"));
    }
    for (n, partition) in world.partitions.iter().enumerate() {
        let node = || format!("p{n}");
        if partition.slow {
            acts.push(Act::mends(format!("heal-broker-{n}"), format!("Mend broker of {n}"), node()));
        } else {
            acts.push(Act::breaks(format!("slow-broker-{n}"), format!("Slow broker of {n}"), node()));
        }
        if partition.stalled {
            acts.push(Act::mends(format!("wake-consumer-{n}"), format!("Wake consumer of {n}"), node()));
        } else {
            acts.push(Act::breaks(format!("stall-consumer-{n}"), format!("Stall consumer of {n}"), node()));
        }
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) -> Result<(), Refused> {
    let now = world.now;
    match act {
        "add-partition" => world.alter_partitions(world.count() + 1, log),
        "start-sale" | "end-sale" => {
            world.settings.sale = act == "start-sale";
            let says = format!("merchant-{HOT} now has {} % of the new orders.", world.settings.hot_percent());
            log.say(now, &says);
            world.last = Last::Done { says };
        }
        _ => {
            let Some((what, n)) = act.rsplit_once('-') else { return Err(Refused::no_such_act(act)) };
            let place = n.parse::<usize>().ok();
            let Some(partition) = place.and_then(|place| world.partitions.get_mut(place)) else {
                return Err(Refused::no_such_act(act));
            };
            let says = done_to(partition, what, n);
            if what.starts_with("slow") || what.starts_with("stall") {
                log.bad(now, &says);
            } else {
                log.good(now, &says);
            }
            world.last = Last::Done { says };
        }
    }
    Ok(())
}

fn done_to(partition: &mut Partition, what: &str, n: &str) -> String {
    match what {
        "slow-broker" => {
            partition.slow = true;
            format!(
                "The broker of partition {n} now takes 120 ms for a request; batches pile up behind five in flight."
            )
        }
        "heal-broker" => {
            partition.slow = false;
            format!("The broker of partition {n} is quick again.")
        }
        "stall-consumer" => {
            partition.stall(true);
            format!("The consumer of partition {n} stands still, in a long pause of its garbage collector; lag grows.")
        }
        _ => {
            partition.stall(false);
            format!("The consumer of partition {n} goes on where it stopped.")
        }
    }
}
