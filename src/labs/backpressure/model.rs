//! The pipe in time: a source that ticks, a subscriber that takes so long, on one thread or two.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use super::pipe::{Effects, Pipe, Strategy};
use crate::labs::Log;

/// How much slower the subscriber becomes when it is broken.
const SLOWED: u64 = 10;
/// How many steps the chart shows.
pub const COURSE: usize = 48;

#[derive(Clone)]
pub struct Stream {
    pub pipe: Pipe,
    pub now: u64,
    /// Milliseconds between two items of a hot source.
    pub period: u64,
    /// Milliseconds that the subscriber takes for an item.
    pub processing: u64,
    pub slow: bool,
    pub publish_on: bool,
    next_tick: u64,
    finish_at: Option<u64>,
    next_item: u64,
    /// Ticks that came while the source's thread was busy with the subscriber's work.
    pub late: u64,
    /// When each item that is under way was emitted.
    emitted_at: BTreeMap<u64, u64>,
    /// How old the last item was when it reached the subscriber, in milliseconds.
    pub age: u64,
    last_taken_at: u64,
    /// Milliseconds between the last two items that reached the subscriber.
    pub delay: u64,
    /// Items that waited, over the last steps.
    pub course: VecDeque<usize>,
    pub effects: Effects,
    /// The item that was emitted in the last step.
    pub emitted: Option<u64>,
    pub says: String,
}

impl Default for Stream {
    fn default() -> Self {
        let mut stream = Self {
            pipe: Pipe::new(Strategy::Buffer, 4, 8, None),
            now: 0,
            period: 10,
            processing: 25,
            slow: false,
            publish_on: true,
            next_tick: 0,
            finish_at: None,
            next_item: 0,
            late: 0,
            emitted_at: BTreeMap::new(),
            age: 0,
            last_taken_at: 0,
            delay: 0,
            course: VecDeque::new(),
            effects: Effects::default(),
            emitted: None,
            says: String::new(),
        };
        stream.subscribe();
        stream
    }
}

impl Stream {
    /// Assembles the pipe anew and subscribes: operators, prefetch and requests are fixed from then on.
    pub fn subscribe(&mut self) {
        let (strategy, max, prefetch, batch) =
            (self.pipe.strategy, self.pipe.max_size, self.pipe.prefetch, self.pipe.batch);
        self.pipe = Pipe::new(strategy, max, prefetch, batch);
        (self.late, self.finish_at, self.age, self.delay) = (0, None, 0, 0);
        self.emitted_at.clear();
        self.next_tick = self.now + self.period;
        self.next_item = 0;
        self.last_taken_at = self.now;
        if !self.publish_on {
            // The subscriber asks the operator itself; its thread is the source's.
            self.pipe.queue.clear();
            self.pipe.busy = None;
            (self.pipe.delivered, self.pipe.requested, self.pipe.next_of_range) = (0, 0, 0);
            if strategy == Strategy::Range {
                self.take_inline(0);
            }
        }
        self.after(Effects::default());
        self.says = match (self.publish_on, self.pipe.strategy.asks_for_all()) {
            (false, _) => "Subscribed. Source and subscriber share one thread.".to_owned(),
            (true, true) => {
                "Subscribed. The operator asks its source for everything, request(Long.MAX_VALUE); publishOn asks the operator \
                 for its prefetch."
                    .to_owned()
            }
            (true, false) => format!("Subscribed. publishOn asks the source for its prefetch: request({prefetch})."),
        };
    }

    pub const fn is_hot(&self) -> bool {
        !matches!(self.pipe.strategy, Strategy::Range)
    }

    /// Milliseconds for the next item.
    pub const fn takes(&self) -> u64 {
        if self.slow { self.processing * SLOWED } else { self.processing }
    }

    pub fn step(&mut self, log: &mut Log) {
        (self.effects, self.emitted) = (Effects::default(), None);
        if self.pipe.failed {
            self.now += self.period;
            self.says = "Nothing flows: the sequence ended in an error. Subscribe again to go on.".into();
            log.say(self.now, &self.says);
            return;
        }
        let tick = (self.is_hot() && !self.pipe.overflowed).then_some(self.next_tick);
        match (tick, self.finish_at) {
            (Some(tick), Some(finish)) if finish <= tick => self.finish(finish, log),
            (Some(tick), _) => self.tick(tick, log),
            (None, Some(finish)) => self.finish(finish, log),
            (None, None) => {
                self.now += self.period;
                self.says = "Nobody asks for more, so nothing moves.".into();
                log.say(self.now, &self.says);
            }
        }
        self.course.push_back(self.pipe.waiting());
        if self.course.len() > COURSE {
            self.course.pop_front();
        }
    }

    /// Several items at once, as a batch that arrives from outside.
    pub fn burst(&mut self, count: u64, log: &mut Log) {
        let (lost, failed) = (self.pipe.dropped, self.pipe.overflowed);
        for _ in 0..count {
            if self.publish_on {
                self.emit_one();
            } else {
                self.late += 1;
            }
        }
        self.says = if self.pipe.overflowed && !failed {
            format!("A burst of {count}: more than was asked for, and the sequence will end in an overflow error.")
        } else {
            format!(
                "A burst of {count}: {} of them lost, {} items wait now.",
                self.pipe.dropped - lost,
                self.pipe.waiting()
            )
        };
        log.bad(self.now, &self.says);
    }

    fn emit_one(&mut self) -> Effects {
        let item = self.next_item;
        self.next_item += 1;
        self.emitted_at.insert(item, self.now);
        let effects = self.pipe.emit(item);
        self.emitted = Some(item);
        self.after(effects);
        effects
    }

    fn tick(&mut self, at: u64, log: &mut Log) {
        self.now = at;
        self.next_tick = at + self.period;
        if !self.publish_on {
            if self.pipe.busy.is_some() {
                self.late += 1;
                self.says = format!(
                    "A tick is due, but its thread is in the subscriber's onNext: {} late now. The source is slowed down, nothing \
                     is lost.",
                    self.late
                );
                log.say(self.now, &self.says);
            } else {
                self.inline(log);
            }
            return;
        }
        let demand = self.pipe.demand;
        let effects = self.emit_one();
        let item = self.next_item - 1;
        let waiting = self.pipe.waiting();
        self.says = if effects.overflowed {
            let what = match self.pipe.strategy {
                Strategy::BufferMax | Strategy::BufferError => {
                    format!("the buffer holds its maxSize of {}", self.pipe.max_size)
                }
                _ => "nobody has asked for it".to_owned(),
            };
            format!(
                "Item {item}: {what}. The sequence is over: IllegalStateException, delivered after the {waiting} that wait."
            )
        } else if let Some(lost) = effects.lost {
            match self.pipe.strategy {
                Strategy::DropOldest => {
                    format!("Item {item} comes in, and {lost}, the oldest of the full buffer, goes.")
                }
                Strategy::Latest => format!("Item {item} replaces {lost}, which nobody had asked for yet."),
                Strategy::DropLatest => {
                    format!("Item {lost} is dropped: the buffer is full, and what waits there is kept.")
                }
                _ => format!("Item {lost} is dropped: publishOn has asked for nothing more."),
            }
        } else if effects.taken == Some(item) {
            format!("Item {item} goes straight to the subscriber, which is free.")
        } else if self.pipe.strategy.is_fused() {
            format!("Item {item} waits in the buffer, {waiting} there now; publishOn takes from it directly.")
        } else if demand > 0 {
            format!(
                "Item {item} uses up one of publishOn's requests and waits in its queue; {} are left.",
                self.pipe.demand
            )
        } else {
            format!("Item {item} waits at the operator: publishOn has asked for nothing more.")
        };
        if effects.lost.is_some() || effects.overflowed {
            log.bad(self.now, &self.says);
        } else {
            log.say(self.now, &self.says);
        }
    }

    fn finish(&mut self, at: u64, log: &mut Log) {
        self.now = at;
        let done = self.pipe.busy.unwrap_or_default();
        if !self.publish_on {
            self.pipe.busy = None;
            self.finish_at = None;
            if self.pipe.strategy == Strategy::Range {
                self.take_inline(done + 1);
                self.says =
                    format!("Item {done} is done; the loop of the source hands over the next, on the same thread.");
            } else if self.late > 0 {
                self.late -= 1;
                self.inline(log);
                return;
            } else {
                self.says = format!("Item {done} is done, and its thread is free for the next tick.");
            }
            log.say(self.now, &self.says);
            return;
        }
        let effects = self.pipe.finish();
        self.after(effects);
        let mut says = format!("Item {done} is done");
        if let Some(asked) = effects.asked {
            let _ = write!(says, "; the subscriber asks for {asked} more");
        }
        if let Some(refilled) = effects.refilled {
            let _ = write!(
                says,
                "; {refilled} of {} are through, so publishOn asks for {refilled} again",
                self.pipe.prefetch
            );
        }
        if let Some(taken) = effects.taken {
            let _ = write!(says, "; item {taken} is next, {} ms old", self.age);
        }
        self.says = format!("{says}.");
        if effects.failed {
            self.says.push_str(" Everything that waited is through, and onError arrives: the subscription is over.");
            log.bad(self.now, &self.says);
        } else {
            log.say(self.now, &self.says);
        }
    }

    /// An item goes from the source to the subscriber on one thread.
    fn inline(&mut self, log: &mut Log) {
        let item = self.next_item;
        self.next_item += 1;
        self.emitted_at.insert(item, self.now);
        self.take_inline(item);
        self.emitted = Some(item);
        self.says =
            format!("Item {item} is emitted and processed on the source's own thread, which is busy until then.");
        log.say(self.now, &self.says);
    }

    fn take_inline(&mut self, item: u64) {
        self.pipe.busy = Some(item);
        self.pipe.delivered += 1;
        self.emitted_at.entry(item).or_insert(self.now);
        self.after(Effects { taken: Some(item), ..Effects::default() });
    }

    /// Takes in what an event led to: the clock of the item that is next, and its age.
    fn after(&mut self, effects: Effects) {
        if !self.is_hot() {
            let next = self.pipe.next_of_range;
            let known = self.emitted_at.last_key_value().map_or(0, |(item, _)| item + 1);
            self.emitted_at.extend((known..next).map(|item| (item, self.now)));
        }
        if let Some(lost) = effects.lost {
            self.emitted_at.remove(&lost);
        }
        let begun = effects.taken.or(self.pipe.busy.filter(|_| self.finish_at.is_none()));
        if let Some(item) = begun {
            self.finish_at = Some(self.now + self.takes());
            let emitted = self.emitted_at.remove(&item).unwrap_or(self.now);
            self.age = self.now - emitted;
            self.delay = self.now - self.last_taken_at;
            self.last_taken_at = self.now;
        } else if self.pipe.busy.is_none() {
            self.finish_at = None;
        }
        let keep = self.effects;
        self.effects = Effects {
            lost: effects.lost.or(keep.lost),
            refilled: effects.refilled.or(keep.refilled),
            asked: effects.asked.or(keep.asked),
            taken: effects.taken.or(keep.taken),
            overflowed: effects.overflowed || keep.overflowed,
            failed: effects.failed || keep.failed,
        };
    }
}
