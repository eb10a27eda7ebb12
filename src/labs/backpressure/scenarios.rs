//! Set pieces of the backpressure lab.

use crate::labs::{Ask, Input, Scenario, Value, Why};

fn strategy(name: &str) -> (usize, Input) {
    (0, Input::set("onBackpressure…", Value::Choice(name.to_owned())))
}

fn int(knob: &str, value: i64) -> (usize, Input) {
    (0, Input::set(knob, Value::Int(value)))
}

pub const ALL: &[Scenario] = &[
    Scenario {
        id: "never-says-no",
        title: "The buffer that never says no",
        given: "Flux.interval(10 ms) → onBackpressureBuffer() → publishOn → a subscriber that takes 25 ms for an item.",
        seed: 1,
        script: Vec::new,
        asks_at: 6,
        ends_at: 70,
        question: "The source is two and a half times too fast. What gives?",
        ask: Ask::Choice {
            options: &[
                "The source slows down to 25 ms",
                "Items are dropped once 256 wait",
                "Nothing: the backlog and the age of each item grow until the heap is full",
                "An overflow error after 256 items",
            ],
            right: 2,
        },
        why: Why {
            because: "The operator asks its source for everything and keeps what nobody wants yet. Without a maxSize there is no \
                      limit but the heap, and every item is processed later than the one before: memory and latency give, and \
                      neither says a word. 256 is publishOn's prefetch, which bounds its own queue, not this one.",
            setting: "onBackpressureBuffer() without maxSize",
            metric: "operator queue size, age when processed",
            question: "async/backpressure",
        },
    },
    Scenario {
        id: "refill",
        title: "When does publishOn ask again?",
        given: "Flux.range → publishOn with prefetch 8 → a subscriber that takes 25 ms. publishOn has asked for 8 and got them.",
        seed: 1,
        script: || vec![strategy("none (Flux.range)")],
        asks_at: 2,
        ends_at: 6,
        question: "How many items does its next request(n) ask for?",
        ask: Ask::Number { right: 6, within: 0, unit: "items" },
        why: Why {
            because: "publishOn asks again when three quarters of its prefetch are through, for that many: prefetch − prefetch/4, \
                      6 of 8, 192 of the default 256. So the queue never runs dry while the source answers, and demand costs one \
                      call in six instead of one in every item.",
            setting: "prefetch=8, replenished at 75 %",
            metric: "reactor.requested",
            question: "async/reactive-streams",
        },
    },
    Scenario {
        id: "interval",
        title: "A hot source that nobody protects",
        given: "Flux.interval(10 ms) → publishOn with prefetch 4 → a subscriber that takes 60 ms. No onBackpressure operator.",
        seed: 1,
        script: || vec![strategy("none (Flux.interval)"), int("prefetch", 4), int("processing", 60)],
        asks_at: 4,
        ends_at: 14,
        question: "A tick comes while nothing more is asked for. What becomes of the stream?",
        ask: Ask::Choice {
            options: &[
                "That tick is skipped, the rest goes on",
                "The tick waits until there is demand",
                "The items that wait are delivered, then onError: the stream is over",
                "onError at once, and the items that wait are lost",
            ],
            right: 2,
        },
        why: Why {
            because: "A timer cannot be slowed down, and interval may not emit without demand (rule 1.1), so it ends the sequence \
                      with “Could not emit tick … due to lack of requests”. publishOn delays the error behind what it holds, so \
                      it shows later than its cause, and the subscription is gone for good.",
            setting: "no onBackpressure operator, prefetch=4",
            metric: "onError",
            question: "async/backpressure",
        },
    },
    Scenario {
        id: "one-thread",
        title: "Drop, on one thread",
        given: "Flux.interval(10 ms) → onBackpressureDrop() → subscribe(lambda), no publishOn; each item takes 40 ms.",
        seed: 1,
        script: || {
            let off = (0, Input::set("publishOn", Value::Switch(false)));
            vec![strategy("onBackpressureDrop()"), off, int("processing", 40)]
        },
        asks_at: 2,
        ends_at: 40,
        question: "How many items have been dropped after 40 events?",
        ask: Ask::Number { right: 0, within: 0, unit: "items" },
        why: Why {
            because: "None. The lambda asks for everything, so there is always demand; and it runs on the timer's own thread, which \
                      cannot tick while it is in onNext. The ticks are late, not lost. The operator starts to drop only behind a \
                      thread boundary, where demand is counted.",
            setting: "publishOn absent, subscribe(lambda) = request(Long.MAX_VALUE)",
            metric: "items dropped",
            question: "async/schedulers",
        },
    },
    Scenario {
        id: "latest",
        title: "How fresh is the latest?",
        given: "Prices every 10 ms → onBackpressureLatest() → publishOn with prefetch 32 → a screen that takes 40 ms for each.",
        seed: 1,
        script: || vec![strategy("onBackpressureLatest()"), int("prefetch", 32), int("processing", 40)],
        asks_at: 8,
        ends_at: 90,
        question: "How old is the price that the screen shows once the queue is full?",
        ask: Ask::Choice {
            options: &[
                "At most 40 ms: the latest replaces what is older",
                "About two updates, 80 ms",
                "Several hundred milliseconds",
            ],
            right: 2,
        },
        why: Why {
            because: "Latest replaces only what waits at the operator. publishOn has asked for its prefetch ahead, and those 32 \
                      prices stand in its queue in order, 40 ms each. For a fresh value behind a thread boundary the prefetch \
                      must be 1.",
            setting: "publishOn(scheduler, prefetch=1)",
            metric: "age when processed",
            question: "async/backpressure",
        },
    },
    Scenario {
        id: "fused",
        title: "Room for how many?",
        given: "A burst of 20 → onBackpressureBuffer(4) → publishOn with prefetch 8. The subscriber is busy with an item.",
        seed: 1,
        script: || {
            let burst = (4, Input::act("burst"));
            vec![strategy("onBackpressureBuffer(maxSize)"), int("prefetch", 8), int("processing", 200), burst]
        },
        asks_at: 2,
        ends_at: 4,
        question: "How many items wait when the overflow error is raised?",
        ask: Ask::Number { right: 4, within: 0, unit: "items" },
        why: Why {
            because: "Four, not twelve. publishOn and this buffer fuse: publishOn takes from the operator's queue directly and has \
                      none of its own. With DROP_OLDEST, DROP_LATEST or ERROR as a strategy the buffer is another class that does \
                      not fuse, and 8 + 4 fit.",
            setting: "onBackpressureBuffer(maxSize=4)",
            metric: "operator queue size",
            question: "async/backpressure",
        },
    },
];
