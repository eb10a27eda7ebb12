//! Backpressure: demand goes up, items come down, and something has to give when they do not match. Reactor's operators.

mod model;
mod pipe;
mod scenarios;
mod view;

use super::Spec;
use model::Stream;

pub const SPEC: Spec = Spec {
    id: "async-backpressure",
    title: "Backpressure",
    topic: "async",
    shows: "A source, one of Reactor's backpressure operators, publishOn and a subscriber slower than the source: where items \
            wait, who asks whom for how many, and what is lost or fails when nobody asked.",
    questions: &["async/backpressure", "async/reactive-streams", "async/schedulers"],
    scenarios: scenarios::ALL,
    leaves_out: &[
        "Work stealing, and the time that a thread switch and an operator take.",
        "flatMap, concatMap and their inner subscribers; one subscriber only.",
        "onBackpressureBuffer with a time to live; limitRate is publishOn on the same thread.",
        "Garbage collection: the buffer is counted in items, not bytes.",
    ],
    sources: &[
        (
            "300 random runs of reactor-core 3.8.8, event by event",
            "https://github.com/reactor/reactor-core/tree/v3.8.8",
        ),
        (
            "Reactor reference: on backpressure",
            "https://projectreactor.io/docs/core/release/reference/coreFeatures/simple-ways-to-create-a-flux-or-mono-and-subscribe-to-it.html",
        ),
        (
            "Reactive Streams 1.0.4, rules 1.1 and 3.17",
            "https://github.com/reactive-streams/reactive-streams-jvm/tree/v1.0.4",
        ),
    ],
    start: |_| Box::new(Stream::default()),
};
