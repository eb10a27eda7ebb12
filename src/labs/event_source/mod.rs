//! An event source mapping: Lambda reading SQS or a Kinesis stream in batches. The model is in `model`, the sources in `queue`
//! and `stream`; `view` draws; `scenarios` are the set pieces.

#[cfg(test)]
mod invariants;
mod model;
mod queue;
#[cfg(test)]
mod real;
mod scenarios;
mod stream;
mod view;
mod words;

use self::model::{Happening, Mapping, Source};
use super::{Act, Answer, Kind, Knob, Lab, Log, Metric, Refused, Spec, Value};
use crate::scene;

pub const SPEC: Spec = Spec {
    id: "aws-event-source",
    title: "Event source mapping",
    topic: "aws",
    shows: "Lambda reads SQS or Kinesis in batches. Send a record that the function cannot handle, take its concurrency away, slow \
            it down, and see what is repeated, what waits and what ends as a dead letter.",
    questions: &["aws/lambda-triggers", "aws/sqs-sns-kinesis", "aws/dynamodb-streams"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "A standard queue; FIFO queues, filters, tumbling windows and provisioned pollers are not there.",
        "Pollers stay at the five batches that a mapping begins with; it does not scale up, and does not poll less while the function fails.",
        "A DynamoDB stream behaves as the Kinesis stream here does; its shards, its key order and its 24 h are its own.",
        "AWS does not document the times between tries: a throttled batch is tried every 2 s, a failed one of a stream after 1 s, doubled up to 16 s.",
        "A retry that follows a partial response that made progress counts from the start again.",
        "An invocation takes 100 ms and 100 ms a record; there are no cold starts.",
    ],
    sources: &[
        (
            "Lambda with SQS: error handling, partial responses",
            "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
        ),
        (
            "Lambda with SQS: scaling, maximum concurrency",
            "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
        ),
        (
            "Lambda with Kinesis: batches, retries, bisect",
            "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html",
        ),
        ("CreateEventSourceMapping", "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"),
    ],
    start: |seed| Box::new(EventSource(Mapping::new(seed))),
};

#[derive(Clone)]
struct EventSource(Mapping);

const SOURCES: &[&str] = &["SQS", "Kinesis"];

impl Lab for EventSource {
    fn boxed(&self) -> Box<dyn Lab> {
        Box::new(self.clone())
    }

    fn knobs(&self) -> Vec<Knob> {
        knobs(&self.0)
    }

    fn set(&mut self, knob: &str, value: &Value, log: &mut Log) -> Result<(), Refused> {
        let known = self.knobs().into_iter().find(|known| known.name == knob && known.kind.takes(value));
        let was = known.ok_or_else(|| Refused::value(knob))?.value;
        if was == *value {
            return Ok(());
        }
        let mapping = &mut self.0;
        apply(mapping, knob, value)?;
        let word = value.words();
        if knob != "EventSourceArn" {
            mapping.last = Happening { says: format!("{knob} is {word} from now on."), ..Happening::default() };
        }
        log.say(mapping.now, format!("{knob}={word} from now on"));
        Ok(())
    }

    fn acts(&self) -> Vec<Act> {
        let mapping = &self.0;
        vec![
            Act::breaks("poison", "Send a poison record", "producer"),
            if mapping.broken {
                Act::mends("mend", "Roll the bug back", "function")
            } else {
                Act::breaks("break", "Deploy a bug", "function")
            },
            if mapping.slow {
                Act::mends("fast", "Mend the dependency", "function")
            } else {
                Act::breaks("slow", "Slow the dependency", "function")
            },
        ]
    }

    fn act(&mut self, act: &str, log: &mut Log) -> Result<(), Refused> {
        let mapping = &mut self.0;
        let (says, bad) = match act {
            "poison" => {
                mapping.send_poison(log);
                return Ok(());
            }
            "break" => {
                mapping.broken = true;
                ("A deployed bug: every call of the function throws at once.", true)
            }
            "mend" => {
                mapping.broken = false;
                ("The bug is rolled back.", false)
            }
            "slow" => {
                mapping.slow = true;
                ("What the function calls is slow: a record takes it a second instead of 100 ms.", true)
            }
            _ => {
                mapping.slow = false;
                ("What the function calls is quick again.", false)
            }
        };
        mapping.last = Happening { says: says.to_owned(), flow: Vec::new(), focus: vec!["function".to_owned()] };
        let text = says.trim_end_matches('.');
        if bad {
            log.bad(mapping.now, text);
        } else {
            log.say(mapping.now, text);
        }
        Ok(())
    }

    fn step(&mut self, log: &mut Log) {
        self.0.step(log);
    }

    fn now_millis(&self) -> u64 {
        self.0.now
    }

    fn stage(&self) -> scene::Scene {
        view::stage(&self.0)
    }

    fn state(&self) -> scene::Step {
        view::state(&self.0)
    }

    fn metrics(&self) -> Vec<Metric> {
        view::metrics(&self.0)
    }

    fn outcome(&self, scenario: &str) -> Option<Answer> {
        scenarios::outcome(&self.0, scenario)
    }
}

/// A setting that is no limit at its lowest value.
fn limit(value: Option<usize>, none: i64) -> i64 {
    value.map_or(none, |value| i64::try_from(value).unwrap_or(i64::MAX))
}

fn knobs(mapping: &Mapping) -> Vec<Knob> {
    let settings = &mapping.settings;
    let is_queue = settings.source == Source::Sqs;
    let mut out = vec![
        Knob {
            name: "EventSourceArn",
            help: "The source; another one begins anew with its defaults.",
            kind: Kind::Choice(SOURCES),
            value: Value::Choice(if is_queue { "SQS" } else { "Kinesis" }.to_owned()),
        },
        Knob::int(
            "BatchSize",
            "The most records of one call; above 10 a queue needs a window.",
            (1, 100, 1),
            "",
            settings.batch as u64,
        ),
        Knob::int(
            "MaximumBatchingWindowInSeconds",
            "How long to gather records for a batch that is not full.",
            (0, 30, 1),
            "s",
            settings.window / 1_000,
        ),
        Knob::switch(
            "ReportBatchItemFailures",
            "FunctionResponseTypes: the function returns which records failed, instead of throwing.",
            settings.partial,
        ),
        Knob::int(
            "ReservedConcurrentExecutions",
            "The function's; 0 here is not reserved.",
            (0, 10, 1),
            "",
            limit(settings.reserved, 0),
        ),
        Knob::int("Timeout", "The function's.", (1, 60, 1), "s", settings.timeout / 1_000),
    ];
    if is_queue {
        out.push(Knob::int(
            "MaximumConcurrency",
            "ScalingConfig: batches that pollers take at once; 1 here is not set.",
            (1, 10, 1),
            "",
            limit(settings.max_concurrency, 1),
        ));
        out.push(Knob::int(
            "VisibilityTimeout",
            "The queue's: how long a received message is hidden.",
            (5, 360, 5),
            "s",
            settings.visibility / 1_000,
        ));
        out.push(Knob::int(
            "maxReceiveCount",
            "RedrivePolicy of the queue: received so often, it is a dead letter.",
            (1, 10, 1),
            "",
            settings.max_receives,
        ));
    } else {
        out.push(Knob::switch(
            "BisectBatchOnFunctionError",
            "A failed batch is halved; that is no attempt.",
            settings.bisect,
        ));
        out.push(Knob::int(
            "MaximumRetryAttempts",
            "Retries of a batch before it is discarded; -1 is for ever.",
            (-1, 10, 1),
            "",
            settings.attempts.map_or(-1, i64::from),
        ));
        out.push(Knob::int(
            "MaximumRecordAgeInSeconds",
            "Older records that failed are discarded; 0 here is never (-1).",
            (0, 600, 60),
            "s",
            settings.max_age.map_or(0, |age| age / 1_000),
        ));
        out.push(Knob::int(
            "ParallelizationFactor",
            "Batches of a shard at once, each with partition keys of its own.",
            (1, 4, 1),
            "",
            settings.parallel as u64,
        ));
    }
    out
}

fn apply(mapping: &mut Mapping, knob: &str, value: &Value) -> Result<(), Refused> {
    let number = if let Value::Int(int) = value { u64::try_from(*int).unwrap_or_default() } else { 0 };
    let count = usize::try_from(number).unwrap_or_default();
    let on = *value == Value::Switch(true);
    let mut next = mapping.settings.clone();
    match knob {
        "EventSourceArn" => {
            let source = if *value == Value::Choice("SQS".to_owned()) { Source::Sqs } else { Source::Kinesis };
            mapping.begin(source);
            return Ok(());
        }
        "BatchSize" => next.batch = count,
        "MaximumBatchingWindowInSeconds" => next.window = number * 1_000,
        "ReportBatchItemFailures" => next.partial = on,
        "ReservedConcurrentExecutions" => next.reserved = (count > 0).then_some(count),
        "Timeout" => next.timeout = number * 1_000,
        "MaximumConcurrency" => next.max_concurrency = (count > 1).then_some(count),
        "VisibilityTimeout" => next.visibility = number * 1_000,
        "maxReceiveCount" => next.max_receives = u32::try_from(number).unwrap_or(1),
        "BisectBatchOnFunctionError" => next.bisect = on,
        "MaximumRetryAttempts" => {
            next.attempts = if *value == Value::Int(-1) { None } else { u32::try_from(number).ok() };
        }
        "MaximumRecordAgeInSeconds" => next.max_age = (number > 0).then_some(number * 1_000),
        _ => next.parallel = count.max(1),
    }
    if next.source == Source::Sqs && next.batch > 10 && next.window == 0 {
        return Err(Refused::new(
            "InvalidParameterValueException: Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    if next.source == Source::Sqs && next.timeout > next.visibility {
        return Err(Refused::new(format!(
            "InvalidParameterValueException: Queue visibility timeout: {} seconds is less than Function timeout: {} seconds",
            next.visibility / 1_000,
            next.timeout / 1_000
        )));
    }
    let lanes = next.parallel != mapping.settings.parallel;
    mapping.settings = next;
    if lanes {
        mapping.relane();
    }
    Ok(())
}
