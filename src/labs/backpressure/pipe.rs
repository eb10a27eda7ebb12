//! A source, one of Reactor's backpressure operators, `publishOn` and a subscriber, as values without time: what an emission
//! and a finished item lead to.
//!
//! Built after reactor-core 3.8 (`FluxPublishOn`, `FluxOnBackpressure…`) and compared with it by `tests/against_real`.

use std::collections::VecDeque;

/// What stands between the source and the demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// A hot source on its own, as `Flux.interval`: an item without demand ends the sequence in an overflow.
    None,
    /// A cold source: it emits what is requested and no more.
    Range,
    /// `onBackpressureBuffer()`.
    Buffer,
    /// `onBackpressureBuffer(maxSize)`: overflow is an error, delivered after what waits.
    BufferMax,
    /// `onBackpressureBuffer(maxSize, ERROR)`: the same, but no fused queue, so that `publishOn`'s stands behind it.
    BufferError,
    DropOldest,
    DropLatest,
    Drop,
    Latest,
    Error,
}

impl Strategy {
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::None, "none (Flux.interval)"),
        (Self::Range, "none (Flux.range)"),
        (Self::Buffer, "onBackpressureBuffer()"),
        (Self::BufferMax, "onBackpressureBuffer(maxSize)"),
        (Self::BufferError, "…Buffer(maxSize, ERROR)"),
        (Self::DropOldest, "…Buffer(maxSize, DROP_OLDEST)"),
        (Self::DropLatest, "…Buffer(maxSize, DROP_LATEST)"),
        (Self::Drop, "onBackpressureDrop()"),
        (Self::Latest, "onBackpressureLatest()"),
        (Self::Error, "onBackpressureError()"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(strategy, _)| *strategy == self).map_or("", |(_, name)| name)
    }

    /// Whether `publishOn` takes items straight from the operator's queue (operator fusion), so that there is no second one.
    pub const fn is_fused(self) -> bool {
        matches!(self, Self::Buffer | Self::BufferMax)
    }

    /// Whether the operator asks its source for everything at once, `request(Long.MAX_VALUE)`.
    pub const fn asks_for_all(self) -> bool {
        !matches!(self, Self::None | Self::Range)
    }
}

#[derive(Clone, Debug)]
pub struct Pipe {
    pub strategy: Strategy,
    /// `maxSize` of the buffering operators.
    pub max_size: usize,
    /// Of `publishOn`.
    pub prefetch: u64,
    /// What the subscriber requests at a time; None is unbounded.
    pub batch: Option<u64>,
    /// What waits at the operator.
    pub buffer: VecDeque<u64>,
    /// What waits at `publishOn`.
    pub queue: VecDeque<u64>,
    /// What `publishOn` has requested and not got.
    pub demand: u64,
    /// What the subscriber has requested and not got; None is unbounded.
    pub wanted: Option<u64>,
    /// Items finished since `publishOn` last asked for more.
    consumed: u64,
    got: u64,
    /// The item that the subscriber is busy with.
    pub busy: Option<u64>,
    pub delivered: u64,
    pub dropped: u64,
    /// All that was requested of the source.
    pub requested: u64,
    /// The source will emit no more: an overflow stands behind what waits.
    pub overflowed: bool,
    /// The subscriber has had its `onError`.
    pub failed: bool,
    /// The next item of a cold source.
    pub next_of_range: u64,
}

/// What one event led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// What was lost, and whether it was the one that came.
    pub lost: Option<u64>,
    /// What `publishOn` asked of what stands before it.
    pub refilled: Option<u64>,
    /// What the subscriber asked of `publishOn`.
    pub asked: Option<u64>,
    /// The item that reached the subscriber.
    pub taken: Option<u64>,
    pub overflowed: bool,
    pub failed: bool,
}

impl Pipe {
    pub fn new(strategy: Strategy, max_size: usize, prefetch: u64, batch: Option<u64>) -> Self {
        let mut pipe = Self {
            strategy,
            max_size,
            prefetch,
            batch,
            buffer: VecDeque::new(),
            queue: VecDeque::new(),
            demand: 0,
            wanted: batch,
            consumed: 0,
            got: 0,
            busy: None,
            delivered: 0,
            dropped: 0,
            requested: 0,
            overflowed: false,
            failed: false,
            next_of_range: 0,
        };
        pipe.request(prefetch);
        pipe.pump(&mut Effects::default());
        pipe
    }

    /// How many items `publishOn` lets be finished before it asks for as many again: three quarters of its prefetch.
    ///
    /// Source: `Operators.unboundedOrLimit`, reactor-core 3.8: `prefetch - (prefetch >> 2)`.
    pub const fn refills_after(&self) -> u64 {
        self.prefetch - (self.prefetch >> 2)
    }

    /// The source emits an item.
    pub fn emit(&mut self, item: u64) -> Effects {
        let mut effects = Effects::default();
        if self.overflowed {
            return effects;
        }
        let full = self.buffer.len() >= self.max_size;
        match self.strategy {
            Strategy::Range => {}
            Strategy::Buffer => self.buffer.push_back(item),
            Strategy::BufferMax if !full => self.buffer.push_back(item),
            Strategy::BufferError if !full => {
                self.buffer.push_back(item);
                self.drain();
            }
            Strategy::BufferMax | Strategy::BufferError => {
                self.dropped += 1;
                effects.lost = Some(item);
                self.overflow(&mut effects);
            }
            Strategy::DropOldest | Strategy::DropLatest => {
                if full {
                    self.dropped += 1;
                    let oldest = self.strategy == Strategy::DropOldest;
                    effects.lost = if oldest { self.buffer.pop_front() } else { Some(item) };
                }
                if !full || self.strategy == Strategy::DropOldest {
                    self.buffer.push_back(item);
                }
                self.drain();
            }
            Strategy::Latest => {
                effects.lost = self.buffer.pop_front();
                self.dropped += u64::from(effects.lost.is_some());
                self.buffer.push_back(item);
                self.drain();
            }
            Strategy::Drop if self.demand == 0 => {
                self.dropped += 1;
                effects.lost = Some(item);
            }
            Strategy::None | Strategy::Error if self.demand == 0 => {
                self.dropped += 1;
                effects.lost = Some(item);
                self.overflow(&mut effects);
            }
            Strategy::None | Strategy::Error | Strategy::Drop => {
                self.demand -= 1;
                self.queue.push_back(item);
            }
        }
        self.pump(&mut effects);
        effects
    }

    /// The subscriber has finished its item; it may ask for more, and so may `publishOn`.
    pub fn finish(&mut self) -> Effects {
        let mut effects = Effects::default();
        if self.busy.take().is_none() {
            return effects;
        }
        self.got += 1;
        if let (Some(batch), Some(wanted)) = (self.batch, &mut self.wanted)
            && self.got.is_multiple_of(batch)
        {
            *wanted += batch;
            effects.asked = Some(batch);
        }
        self.consumed += 1;
        if self.consumed == self.refills_after() {
            self.consumed = 0;
            let refill = self.refills_after();
            effects.refilled = (!self.strategy.is_fused()).then_some(refill);
            self.request(refill);
        }
        self.pump(&mut effects);
        effects
    }

    /// Items anywhere between the source and the subscriber.
    pub fn waiting(&self) -> usize {
        self.buffer.len() + self.queue.len()
    }

    fn request(&mut self, n: u64) {
        self.demand += n;
        if self.strategy == Strategy::Range {
            self.queue.extend(self.next_of_range..self.next_of_range + n);
            self.next_of_range += n;
            self.demand -= n;
        }
        if !self.strategy.asks_for_all() {
            self.requested += n;
        }
        self.drain();
    }

    /// The operator gives what is wanted of it; a fused one is taken from instead.
    fn drain(&mut self) {
        while self.demand > 0 && !self.strategy.is_fused() {
            let Some(item) = self.buffer.pop_front() else { return };
            self.queue.push_back(item);
            self.demand -= 1;
        }
    }

    fn overflow(&mut self, effects: &mut Effects) {
        self.overflowed = true;
        effects.overflowed = true;
    }

    /// The worker of `publishOn` takes the next item if the subscriber is free and wants one.
    fn pump(&mut self, effects: &mut Effects) {
        if self.busy.is_some() || self.failed {
            return;
        }
        if self.wanted != Some(0) {
            let next = if self.strategy.is_fused() { self.buffer.pop_front() } else { self.queue.pop_front() };
            if let Some(item) = next {
                if let Some(wanted) = &mut self.wanted {
                    *wanted -= 1;
                }
                self.busy = Some(item);
                self.delivered += 1;
                effects.taken = Some(item);
                return;
            }
        }
        if self.overflowed && self.waiting() == 0 {
            self.failed = true;
            effects.failed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vectors {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        strategy: String,
        prefetch: u64,
        max: usize,
        batch: u64,
        /// `e`: the source emits; `f`: the subscriber finishes its item.
        script: String,
        /// After the subscription and after each event: delivered, the last item, busy, dropped, requested of the source
        /// (-1: everything), errors.
        states: Vec<[i64; 6]>,
    }

    /// What reactor-core 3.8.8 did with the same events.
    #[test]
    fn it_does_what_reactor_does() {
        let vectors: Vectors =
            serde_json::from_str(include_str!("../../../tests/vectors/backpressure-reactor.json")).unwrap();
        assert!(vectors.cases.len() >= 200);
        for case in vectors.cases {
            let strategy = match case.strategy.as_str() {
                "none" => Strategy::None,
                "buffer" => Strategy::Buffer,
                "buffer-max" => Strategy::BufferMax,
                "buffer-error" => Strategy::BufferError,
                "buffer-oldest" => Strategy::DropOldest,
                "buffer-latest" => Strategy::DropLatest,
                "drop" => Strategy::Drop,
                "latest" => Strategy::Latest,
                "error" => Strategy::Error,
                _ => Strategy::Range,
            };
            let batch = (case.batch > 0).then_some(case.batch);
            let mut pipe = Pipe::new(strategy, case.max, case.prefetch, batch);
            let (mut last, mut item) = (pipe.busy, 0);
            // `latest` tells nobody what it replaces, and without a callback neither do these two.
            let counts = !matches!(strategy, Strategy::Latest | Strategy::None | Strategy::Error);
            for (index, state) in case.states.iter().enumerate() {
                if let Some(event) = index.checked_sub(1).and_then(|at| case.script.as_bytes().get(at)) {
                    if *event == b'e' {
                        pipe.emit(item);
                        item += 1;
                    } else {
                        pipe.finish();
                    }
                }
                last = pipe.busy.or(last);
                let number = |n: u64| i64::try_from(n).unwrap();
                let found = [
                    number(pipe.delivered),
                    last.map_or(-1, number),
                    i64::from(pipe.busy.is_some()),
                    if counts { number(pipe.dropped) } else { 0 },
                    if strategy.asks_for_all() { -1 } else { number(pipe.requested) },
                    i64::from(pipe.failed),
                ];
                let place =
                    format!("{} prefetch {} max {} batch {}", case.strategy, case.prefetch, case.max, case.batch);
                assert_eq!(found, *state, "{place}, after {}", &case.script[..index]);
            }
        }
    }
}
