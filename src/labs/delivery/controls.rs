//! What can be set and done.

use super::model::{Leg, World};
use super::service::{Commit, Phase};
use crate::labs::{Act, Knob, Log, Refused, Value};

const COMMITS: &[&str] = &["before the work", "after the work", "in the transaction"];
const ISOLATIONS: &[&str] = &["read_uncommitted", "read_committed"];

pub fn knobs(world: &World) -> Vec<Knob> {
    let settings = &world.settings;
    let choice = |name, help, of: &'static [&'static str], at: usize| {
        Knob::choice(name, help, of, of.get(at).copied().unwrap_or_default())
    };
    vec![
        choice(
            "offset commit",
            "When the service commits the offset of what it read: commitSync before or after the work, or sendOffsetsToTransaction.",
            COMMITS,
            settings.commit as usize,
        ),
        choice(
            "isolation.level",
            "Whether the reader also gets invoices of open and aborted transactions, as is the default.",
            ISOLATIONS,
            usize::from(settings.read_committed),
        ),
        Knob::switch(
            "enable.idempotence",
            "Producers number their batches, so that the leader recognises one that comes again.",
            settings.idempotence,
        ),
        Knob::int(
            "max.poll.records",
            "The most records that one poll returns.",
            (1, 500, 1),
            "records",
            settings.max_poll as u64,
        ),
        Knob::int(
            "transaction.timeout.ms",
            "How long a transaction may stay open before the coordinator aborts it.",
            (5000, 60_000, 5000),
            "ms",
            settings.transaction_timeout_millis,
        ),
        Knob::switch(
            "idempotency key at the bank",
            "The service sends the order's id with the charge, and the bank refuses a repeat.",
            settings.idempotency_key,
        ),
        Knob::switch(
            "restart after a crash",
            "A dead service is started again after three seconds.",
            settings.restarts,
        ),
    ]
}

pub fn set(world: &mut World, name: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
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
    let shown = value.words();
    log.say(world.now, format!("{name} is now {shown}."));
    if deploys {
        world.deploy(log);
    }
    Ok(())
}

pub fn acts(world: &World) -> Vec<Act> {
    let mut acts = Vec::new();
    match &world.service {
        Some(service) => {
            acts.push(Act::breaks("kill", "Kill the service", "service"));
            if world.frozen.is_none() && service.phase != Phase::Starting {
                acts.push(Act::breaks("freeze", "Freeze the service", "service"));
            }
        }
        None if !world.starts_soon() => acts.push(Act::mends("start", "Start the service", "service")),
        None => {}
    }
    if world.frozen.is_some() {
        acts.push(Act::mends("thaw", "Let the frozen one go on", "frozen"));
    }
    if world.lose.is_none() {
        acts.push(Act::breaks("lose-order-ack", "Lose an answer to the shop", "shop"));
        acts.push(Act::breaks("lose-invoice-ack", "Lose an answer to the service", "invoices"));
    }
    acts
}

pub fn act(world: &mut World, act: &str, log: &mut Log) {
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
}
