//! What can be set and done.

use super::model::{Leg, World};
use super::service::{Commit, Phase};
use crate::labs::{Act, Kind, Knob, Log, Refused, Value};

const COMMITS: &[&str] = &["before the work", "after the work", "in the transaction"];
const ISOLATIONS: &[&str] = &["read_uncommitted", "read_committed"];

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    let knob = |name, help, kind, value| Knob { name, help, kind, value };
    let choice = |of: &[&str], at: usize| Value::Choice(of.get(at).copied().unwrap_or_default().to_owned());
    let int = |min, max, step, unit| Kind::Int { min, max, step, unit };
    let whole = |value: u64| Value::Int(i64::try_from(value).unwrap_or(i64::MAX));
    vec![
        knob(
            "offset commit",
            "When the service commits the offset of what it read: commitSync before or after the work, or sendOffsetsToTransaction.",
            Kind::Choice(COMMITS),
            choice(COMMITS, settings.commit as usize),
        ),
        knob(
            "isolation.level",
            "Whether the reader also gets invoices of open and aborted transactions, as is the default.",
            Kind::Choice(ISOLATIONS),
            choice(ISOLATIONS, usize::from(settings.read_committed)),
        ),
        knob(
            "enable.idempotence",
            "Producers number their batches, so that the leader recognises one that comes again.",
            Kind::Switch,
            Value::Switch(settings.idempotence),
        ),
        knob(
            "max.poll.records",
            "The most records that one poll returns.",
            int(1, 500, 1, "records"),
            whole(settings.max_poll as u64),
        ),
        knob(
            "transaction.timeout.ms",
            "How long a transaction may stay open before the coordinator aborts it.",
            int(5000, 60_000, 5000, "ms"),
            whole(settings.transaction_timeout_millis),
        ),
        knob(
            "idempotency key at the bank",
            "The service sends the order's id with the charge, and the bank refuses a repeat.",
            Kind::Switch,
            Value::Switch(settings.idempotency_key),
        ),
        knob(
            "restart after a crash",
            "A dead service is started again after three seconds.",
            Kind::Switch,
            Value::Switch(settings.restarts),
        ),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
    if !knobs(world).iter().any(|knob| knob.name == name && knob.kind.takes(value)) {
        return Err(Refused::value(name));
    }
    let settings = &mut world.settings;
    let refused =
        || Err(Refused::new("ConfigException: Cannot set a transactional.id without also enabling idempotence."));
    let mut deploys = false;
    match (name, value) {
        ("offset commit", Value::Choice(when)) => {
            let at = COMMITS.iter().position(|commit| commit == when);
            let all = [Commit::Before, Commit::After, Commit::Transaction];
            let commit = at.and_then(|at| all.get(at)).copied().unwrap_or(Commit::After);
            if commit == Commit::Transaction && !settings.idempotence {
                return refused();
            }
            deploys = settings.commit != commit;
            settings.commit = commit;
        }
        ("isolation.level", Value::Choice(level)) => settings.read_committed = level == "read_committed",
        ("enable.idempotence", Value::Switch(on)) => {
            if !on && settings.commit == Commit::Transaction {
                return refused();
            }
            deploys = settings.idempotence != *on;
            settings.idempotence = *on;
        }
        ("max.poll.records", Value::Int(records)) => settings.max_poll = usize::try_from(*records).unwrap_or(1),
        ("transaction.timeout.ms", Value::Int(millis)) => {
            settings.transaction_timeout_millis = u64::try_from(*millis).unwrap_or(60_000);
        }
        ("idempotency key at the bank", Value::Switch(on)) => settings.idempotency_key = *on,
        (_, Value::Switch(on)) => settings.restarts = *on,
        _ => return Err(Refused::value(name)),
    }
    let shown = match value {
        Value::Int(number) => number.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::Choice(text) | Value::Text(text) => text.clone(),
        Value::Curve(_) => String::new(),
    };
    log.say(world.now, format!("{name} is now {shown}."));
    if deploys {
        world.deploy(log);
    }
    Ok(())
}

pub fn acts(world: &World) -> Vec<Act> {
    let act = |id: &str, label: &str, node: &str, breaks| Act {
        id: id.to_owned(),
        label: label.to_owned(),
        node: Some(node.to_owned()),
        breaks,
    };
    let mut acts = Vec::new();
    match &world.service {
        Some(service) => {
            acts.push(act("kill", "Kill the service", "service", true));
            if world.frozen.is_none() && service.phase != Phase::Starting {
                acts.push(act("freeze", "Freeze the service", "service", true));
            }
        }
        None if !world.starts_soon() => acts.push(act("start", "Start the service", "service", false)),
        None => {}
    }
    if world.frozen.is_some() {
        acts.push(act("thaw", "Let the frozen one go on", "frozen", false));
    }
    if world.lose.is_none() {
        acts.push(act("lose-order-ack", "Lose an answer to the shop", "shop", true));
        acts.push(act("lose-invoice-ack", "Lose an answer to the service", "invoices", true));
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) -> Result<(), Refused> {
    if !acts(world).iter().any(|known| known.id == act) {
        return Err(Refused::no_such_act(act));
    }
    match act {
        "kill" => world.kill(log),
        "freeze" => world.freeze(log),
        "start" => world.start_now(log),
        "thaw" => world.thaw_at = Some(world.now),
        "lose-order-ack" => {
            world.lose = Some(Leg::Shop);
            log.bad(world.now, "The next answer to the shop will be lost.");
        }
        _ => {
            world.lose = Some(Leg::Service);
            log.bad(world.now, "The next answer to the service's producer will be lost.");
        }
    }
    Ok(())
}
