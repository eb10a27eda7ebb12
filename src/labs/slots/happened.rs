//! Events to come, and what one of them came to.

use std::collections::BTreeMap;

use crate::labs::Level;

/// What is to happen, by its moment and the order in which it was planned.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    events: BTreeMap<(u64, u64), E>,
    planned: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { events: BTreeMap::new(), planned: 1 << 32 }
    }
}

impl<E> Queue<E> {
    pub fn push(&mut self, at: u64, event: E) {
        self.planned += 1;
        self.events.insert((at, self.planned), event);
    }

    /// Before all else of that moment.
    pub fn push_first(&mut self, at: u64, event: E) {
        self.events.insert((at, 0), event);
    }

    /// Takes away what is next, as long as it is void.
    pub fn drop_while(&mut self, is_void: impl Fn(&E) -> bool) {
        while self.events.first_key_value().is_some_and(|(_, event)| is_void(event)) {
            self.events.pop_first();
        }
    }

    pub fn pop(&mut self) -> Option<E> {
        self.events.pop_first().map(|(_, event)| event)
    }

    /// When the next event is.
    pub fn next_at(&self) -> u64 {
        self.events.first_key_value().map_or(0, |((at, _), _)| *at)
    }
}

/// What the clients of either deployment saw.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub acknowledged: usize,
    pub lost: usize,
    pub moved: usize,
    pub asked: usize,
    pub try_again: usize,
    pub errors: usize,
    /// Writes that `WAIT` could not confirm.
    pub unconfirmed: usize,
    pub failovers: usize,
    /// Cluster: for how long every slot was refused, until now.
    pub refused_millis: u64,
    /// Since when every slot is refused.
    pub refused_since: Option<u64>,
    /// A primary that was cut off acknowledged writes until then; since when it was.
    pub alone: Option<(u64, u64)>,
}

/// One event, in words, and where messages went.
#[derive(Clone, Debug)]
pub struct Happened {
    pub level: Level,
    pub says: String,
    pub flow: Vec<String>,
}

impl Happened {
    pub const fn plain(says: String) -> Self {
        Self { level: Level::Plain, says, flow: Vec::new() }
    }

    pub const fn bad(says: String) -> Self {
        Self { level: Level::Bad, says, flow: Vec::new() }
    }

    pub const fn good(says: String) -> Self {
        Self { level: Level::Good, says, flow: Vec::new() }
    }

    /// A message along an edge.
    pub fn on(mut self, edge: &str) -> Self {
        self.flow.push(edge.to_owned());
        self
    }

    /// A message along an edge, and an answer that sends the app elsewhere.
    pub fn back(self, edge: &str) -> Self {
        self.on(edge).on(&format!("~{edge}"))
    }
}
