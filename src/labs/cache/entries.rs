//! What lies in the cache, and when a reader takes it, refreshes it or does without.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The hot one: the front page.
    Front,
    Product(u16),
    /// An id that no table has.
    Invented(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub stored_at: u64,
    pub expires_at: u64,
    /// How long its load took, in milliseconds.
    pub took_millis: u64,
    /// The row exists; otherwise the entry says that it does not.
    pub exists: bool,
}

/// The keys of one Redis. An entry is gone for readers from the millisecond of its expiry, as in Redis, where it is deleted when
/// it is next asked for or when the expiry cycle comes by.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    keys: BTreeMap<Key, Entry>,
    /// The same by the moment of their expiry, for the cycle that removes them.
    by_expiry: BTreeSet<(u64, Key)>,
    /// Tokens of loaders (`SET key:loading NX PX`), each with the moment at which it is free again.
    tokens: BTreeMap<Key, u64>,
    /// Entries removed because their time had come.
    pub expired: u64,
}

impl Entries {
    pub fn get(&mut self, key: Key, now: u64) -> Option<Entry> {
        let entry = *self.keys.get(&key)?;
        if now >= entry.expires_at {
            self.delete(key);
            self.expired += 1;
            return None;
        }
        Some(entry)
    }

    pub fn peek(&self, key: Key) -> Option<&Entry> {
        self.keys.get(&key)
    }

    pub fn set(&mut self, key: Key, entry: Entry) {
        if let Some(before) = self.keys.insert(key, entry) {
            self.by_expiry.remove(&(before.expires_at, key));
        }
        self.by_expiry.insert((entry.expires_at, key));
    }

    pub fn delete(&mut self, key: Key) -> bool {
        let gone = self.keys.remove(&key);
        gone.is_some_and(|gone| self.by_expiry.remove(&(gone.expires_at, key)))
    }

    /// `SET key:loading … NX PX`: whether the caller is now the one loader.
    pub fn take_token(&mut self, key: Key, now: u64, millis: u64) -> bool {
        if self.tokens.get(&key).is_some_and(|until| *until > now) {
            return false;
        }
        self.tokens.insert(key, now + millis);
        true
    }

    pub fn release_token(&mut self, key: Key) {
        self.tokens.remove(&key);
    }

    /// Until when the token of a key is taken.
    pub fn token_until(&self, key: Key, now: u64) -> Option<u64> {
        self.tokens.get(&key).copied().filter(|until| *until > now)
    }

    /// The expiry cycle: what nobody asked for is removed as well.
    pub fn sweep(&mut self, now: u64) {
        while let Some((_, key)) = self.by_expiry.first().copied().filter(|(expires_at, _)| now >= *expires_at) {
            self.delete(key);
            self.expired += 1;
        }
        self.tokens.retain(|_, until| *until > now);
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn clear(&mut self) {
        self.keys.clear();
        self.by_expiry.clear();
        self.tokens.clear();
    }
}

impl Entry {
    /// XFetch: whether a reader who draws `chance` (0 to 1, 0 left out) recomputes the entry before its time.
    ///
    /// `now - delta · beta · ln(chance) >= expiry`, with delta the time the last load took. Source: Vattani, Chierichetti and
    /// Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015, figure 3.
    pub fn recompute_early(&self, now: u64, beta: f64, chance: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a simulated run")]
        let (took, left) = (self.took_millis as f64, self.expires_at.saturating_sub(now) as f64);
        -took * beta * chance.ln() >= left
    }

    /// The soft expiry stands halfway to the hard one.
    pub fn past_soft_expiry(&self, now: u64) -> bool {
        now >= self.stored_at + (self.expires_at - self.stored_at) / 2
    }
}
