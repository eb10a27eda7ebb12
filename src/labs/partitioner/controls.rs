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

const fn int(min: i64, max: i64, step: i64, unit: &'static str) -> Kind {
    Kind::Int { min, max, step, unit }
}

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    let producer = &settings.producer;
    let whole = |value: u64| Value::Int(i64::try_from(value).unwrap_or(i64::MAX));
    let choice = |value: Option<&&str>| Value::Choice(value.copied().unwrap_or_default().to_owned());
    let knob = |name, help, kind, value| Knob { name, help, kind, value };
    vec![
        knob(
            "partitions",
            "Partitions of the topic. The count can only grow.",
            int(1, i64::from(MOST_PARTITIONS), 1, ""),
            Value::Int(i64::from(world.count())),
        ),
        knob(
            "record key",
            "What the services use as the key; #0..3 salts it with a number dealt out in turn.",
            Kind::Choice(KEYS),
            Value::Choice(settings.key.clone()),
        ),
        knob(
            "a key of yours",
            "When not empty, every fourth record has this key.",
            Kind::Text { longest: OWN_KEY },
            Value::Text(settings.own_key.clone()),
        ),
        knob(
            "partitioner.class",
            "Null uses the built-in logic: hash of the key, sticky without one. RoundRobinPartitioner ignores keys.",
            Kind::Choice(CLASSES),
            choice(CLASSES.get(usize::from(settings.round_robin))),
        ),
        knob(
            "partitioner.ignore.keys",
            "The built-in logic treats every record as one without a key.",
            Kind::Switch,
            Value::Switch(settings.ignore_keys),
        ),
        knob(
            "partitioner.adaptive.partitioning.enable",
            "The sticky partition is chosen by the length of the queues: slow brokers get less.",
            Kind::Switch,
            Value::Switch(producer.adaptive),
        ),
        knob(
            "partitioner.availability.timeout.ms",
            "A broker that took nothing for so long is left out of the choice; 0 is off.",
            int(0, 500, 50, "ms"),
            whole(producer.availability_timeout_millis),
        ),
        knob(
            "batch.size",
            "Bytes of a batch, and bytes after which the sticky partition changes.",
            int(1024, 65_536, 1024, "bytes"),
            whole(u64::from(producer.batch_size)),
        ),
        knob(
            "linger.ms",
            "How long a batch that is not full waits for more records.",
            int(0, 100, 5, "ms"),
            whole(producer.linger_millis),
        ),
        knob(
            "shipped comes from",
            "Which client writes the last event of an order.",
            Kind::Choice(SHIPPING),
            choice(SHIPPING.get(settings.shipping as usize)),
        ),
        knob("a record every", "The services' traffic.", int(1, 20, 1, "ms"), whole(settings.interval_millis)),
        knob(
            "record value",
            "Bytes of a record's value.",
            int(100, 3000, 100, "bytes"),
            whole(u64::from(settings.record_bytes)),
        ),
        knob(
            "processing time",
            "How long the group's consumer of a partition takes for a record.",
            int(1, 50, 1, "ms"),
            whole(settings.process_millis),
        ),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
    let knobs = knobs(world);
    let knob = knobs.iter().find(|knob| knob.name == name && knob.kind.takes(value));
    if knob.is_none() {
        return Err(Refused::value(name));
    }
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
    let shown = match value {
        Value::Int(number) => number.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::Choice(text) | Value::Text(text) => text.clone(),
        Value::Curve(_) => String::new(),
    };
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
    let act = |id: &str, label: &str, node: Option<&str>, breaks| Act {
        id: id.to_owned(),
        label: label.to_owned(),
        node: node.map(str::to_owned),
        breaks,
    };
    let mut acts = Vec::new();
    if world.count() < MOST_PARTITIONS {
        acts.push(act("add-partition", "Add a partition", None, true));
    }
    if world.settings.sale {
        acts.push(act("end-sale", "End the sale", Some("orders"), false));
    } else {
        acts.push(act("start-sale", "Sale at merchant-9", Some("orders"), true));
    }
    for (n, partition) in world.partitions.iter().enumerate() {
        let node = format!("p{n}");
        if partition.slow {
            acts.push(act(&format!("heal-broker-{n}"), &format!("Mend broker of {n}"), Some(&node), false));
        } else {
            acts.push(act(&format!("slow-broker-{n}"), &format!("Slow broker of {n}"), Some(&node), true));
        }
        if partition.stalled {
            acts.push(act(&format!("wake-consumer-{n}"), &format!("Wake consumer of {n}"), Some(&node), false));
        } else {
            acts.push(act(&format!("stall-consumer-{n}"), &format!("Stall consumer of {n}"), Some(&node), true));
        }
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) -> Result<(), Refused> {
    if !acts(world).iter().any(|known| known.id == act) {
        return Err(Refused::no_such_act(act));
    }
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
