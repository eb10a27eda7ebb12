//! Set pieces of the retry storm.

use crate::labs::{Ask, Input, Scenario, Value, Why};

fn int(knob: &str, value: i64) -> (usize, Input) {
    (0, Input::set(knob, Value::Int(value)))
}

fn backoff(name: &str) -> (usize, Input) {
    (0, Input::set("backoff", Value::Choice(name.to_owned())))
}

fn act(step: usize, act: &str) -> (usize, Input) {
    (step, Input::act(act))
}

const RECOVERS: &[&str] = &[
    "It is back at 80 a second within a few seconds",
    "It comes back to about half",
    "It stays near zero for as long as this runs",
];

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "stays-down",
        title: "Two slow seconds",
        given: "80 requests a second; payments can do 120. Three attempts, 500 ms each, no backoff. Payments was eight times \
                slower for two seconds and is well again now.",
        seed: 1,
        script: || vec![act(10, "slow"), act(30, "well")],
        asks_at: 30,
        ends_at: 130,
        question: "Ten seconds from now: what is goodput?",
        ask: Ask::Choice { options: RECOVERS, right: 2 },
        why: Why {
            because: "The queue is longer than the timeout, so every attempt that payments finishes is one whose caller has gone; \
                      each request therefore makes all three attempts, 240 a second against a capacity of 120, which keeps the \
                      queue long. The trigger is over, the storm feeds itself: a metastable failure. Only less load ends it.",
            setting: "maxAttempts=3, no budget, no breaker",
            metric: "goodput beside http.client.requests; wasted work at 100 %",
            question: "async/retries-backoff",
        },
    },
    Scenario {
        id: "budget",
        title: "The same with a retry budget",
        given: "80 requests a second; payments can do 120. Three attempts, 500 ms each, no backoff, but retries may be at most 10 % of the requests. Payments was eight times slower for two seconds and is well again now.",
        seed: 1,
        script: || vec![int("retry budget", 10), act(10, "slow"), act(30, "well")],
        asks_at: 30,
        ends_at: 130,
        question: "Ten seconds from now: what is goodput?",
        ask: Ask::Choice { options: RECOVERS, right: 0 },
        why: Why {
            because: "With a budget the load is at most 88 a second, less than the 120 that payments can do, so the queue drains by \
                      itself and attempts are in time again. Retries help against single failures; against overload the only \
                      setting that counts is how many of them there may be in all.",
            setting: "retry budget = 10 %",
            metric: "load amplification, retries over budget",
            question: "async/retries-backoff",
        },
    },
    Scenario {
        id: "waves",
        title: "Backoff without jitter",
        given: "A job fires 100 requests at the same millisecond. Payments lets 20 wait and refuses the rest at once. Exponential \
                backoff of 400 ms that doubles, without jitter.",
        seed: 1,
        script: || {
            let quiet = int("requests", 10);
            vec![
                quiet,
                int("payments queue", 20),
                backoff("exponential, no jitter"),
                int("initialInterval", 400),
                act(5, "burst"),
            ]
        },
        asks_at: 6,
        ends_at: 20,
        question: "How many attempts come in the busiest 100 ms after the burst itself?",
        ask: Ask::Choice {
            options: &[
                "Nearly all that were refused, at once",
                "About half of them",
                "A few: the backoff has spread them",
            ],
            right: 0,
        },
        why: Why {
            because: "Everyone who was refused at the same moment waits the same 400 ms and comes back at the same moment. Backoff \
                      makes the waves rarer, jitter makes them flat: with full jitter the same retries are spread over the whole \
                      wait.",
            setting: "backoff = exponential, no jitter",
            metric: "http.client.requests, by 100 ms",
            question: "async/retries-backoff",
        },
    },
    Scenario {
        id: "opens-when",
        title: "When does the breaker open?",
        given: "The process has just started and payments is down: every attempt is refused at once. Resilience4j's defaults: a \
                window of 100 calls, minimumNumberOfCalls 100, 50 %. The retry with 3 attempts stands outside the breaker.",
        seed: 1,
        script: || vec![(0, Input::set("circuit breaker", Value::Switch(true))), act(0, "down")],
        asks_at: 1,
        ends_at: 12,
        question: "How many users' requests have come in when the breaker opens?",
        ask: Ask::Number { right: 34, within: 1, unit: "requests" },
        why: Why {
            because: "The breaker needs minimumNumberOfCalls before it says anything, 100 by default, however bad they are. It sits \
                      inside the retry, so it sees attempts, three for each request: the hundredth belongs to the 34th request. \
                      Were the retry inside, it would take 100 requests.",
            setting: "minimumNumberOfCalls=100, Retry ( CircuitBreaker ( call ))",
            metric: "resilience4j.circuitbreaker.state",
            question: "async/retries-backoff",
        },
    },
    Scenario {
        id: "bulkhead",
        title: "A bulkhead and a timeout",
        given: "At most 10 calls in flight (maxConcurrentCalls), payments has 6 workers and becomes eight times slower: 400 ms. The timeout is 500 ms.",
        seed: 1,
        script: || vec![int("maxConcurrentCalls", 10), act(10, "slow")],
        asks_at: 12,
        ends_at: 130,
        question: "How long does the queue of payments become?",
        ask: Ask::Choice {
            options: &[
                "At most 4: ten in flight, six of them at work",
                "At most 10, the size of the bulkhead",
                "It grows for as long as payments is slow",
            ],
            right: 2,
        },
        why: Why {
            because: "The bulkhead counts calls that somebody waits for. A timeout frees its place while payments keeps the work: \
                      ten places every 500 ms let in 20 a second, and payments does 15. A bulkhead bounds what the service holds \
                      only when the timeout is longer than the work takes, or when giving up a call reaches the service.",
            setting: "maxConcurrentCalls=10, timeout=500 ms",
            metric: "payments queue length, resilience4j.bulkhead.available.concurrent.calls",
            question: "async/timeouts-cancellation",
        },
    },
];
