//! Amazon SQS from a consumer's side: visibility, duplicates, dead letters, FIFO groups, fair queues, redrive.
//! Knows no AWS: `tests/against_real/visibility_sqs.py` says what Moto answers, the documentation what Moto does not know.

mod model;
mod queue;
mod scenarios;
mod settings;
#[cfg(test)]
mod tests;
mod view;
mod work;

use super::Spec;

pub const SPEC: Spec = Spec {
    id: "messaging-visibility",
    title: "Visibility and dead letters",
    topic: "messaging",
    shows: "An SQS queue with three consumers: what a visibility timeout promises and does not, where a poison message goes and when, \
            what a FIFO group waits for, whom a fair queue serves first.",
    questions: &["messaging/dead-letters", "messaging/retries", "messaging/acknowledgement", "messaging/ordering"],
    scenarios: scenarios::SCENARIOS,
    leaves_out: &[
        "SQS is distributed: a standard queue may deliver out of order or twice without any fault, and its counters are approximate. Here it keeps the order and counts exactly.",
        "Calls take no time and do not fail. A message that goes to the dead-letter queue keeps its age there in SQS; retention, delays, encryption and policies are not shown.",
        "The producer holds back when 300 messages wait; SQS takes any number. A handle renewed again and again ends after 12 hours.",
        "Fair queues use the thresholds of the documentation: over 10 % of what is in flight with 30 messages, or over 10 % of recent processing time; recent is taken as a minute. SQS calls them approximate.",
        "Moto 5.2 takes a deduplication id again once its message is deleted; the documentation says that five minutes count, and so does the lab.",
    ],
    sources: &[
        (
            "Amazon SQS: visibility timeout",
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html",
        ),
        (
            "Amazon SQS: dead-letter queues, redrive",
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        ),
        (
            "Amazon SQS: FIFO delivery logic",
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html",
        ),
        (
            "Amazon SQS: how fair queues work",
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html",
        ),
        (
            "DeleteMessage: old receipt handles",
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html",
        ),
        ("Moto: sqs/models.py", "https://github.com/getmoto/moto/blob/master/moto/sqs/models.py"),
    ],
    start: |_| Box::new(model::Model::new(0)),
};
