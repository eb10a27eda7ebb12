//! A retry storm: what timeouts, retries, budgets, a breaker and a bulkhead do to a service that is slow for a moment.

mod breaker;
mod model;
mod scenarios;
mod view;

use super::Spec;
use model::Storm;

pub const SPEC: Spec = Spec {
    id: "async-retry-storm",
    title: "Retry storm",
    topic: "async",
    shows: "A checkout that calls a payments service with timeouts and retries. Slow the service down for two seconds and see \
            which settings bring it back and which keep it down for good.",
    questions: &["async/retries-backoff", "async/timeouts-cancellation", "async/partial-failures"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "One caller and one service; retries that multiply over several layers.",
        "The network: an attempt is at the service at once, and a refusal is back at once.",
        "Cancellation that reaches the service: it goes on with work whose caller has gone, as most do.",
        "The breaker's slow-call rate and its time-based window.",
        "Hedged requests, load shedding by age, adaptive concurrency limits.",
    ],
    sources: &[
        (
            "200 random runs of Resilience4j 2.4.0's breaker and its backoff",
            "https://github.com/resilience4j/resilience4j/tree/v2.4.0",
        ),
        (
            "Exponential backoff and jitter, AWS Architecture Blog",
            "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/",
        ),
        (
            "Metastable failures in distributed systems, HotOS 2021",
            "https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf",
        ),
    ],
    start: |seed| Box::new(Storm::new(seed)),
};
