//! The database: so many cores, shared by the queries that run.

use std::collections::BTreeSet;

/// Queries that run at full speed beside each other; more than that share them.
pub const CORES: u64 = 8;
/// How finely a millisecond of work is divided.
const PART: u64 = 1_000_000;

/// Processor sharing: `n` running queries each go at `min(1, cores / n)` of full speed. All go equally fast, so a query ends
/// when the work done for each since the start, in millionths of a millisecond, has come to its own.
#[derive(Clone, Debug)]
pub struct Database {
    cores: u64,
    done_for_each: u64,
    /// By the work at which they end, and their load.
    running: BTreeSet<(u64, u64)>,
    /// Work is so many times what it should be.
    pub slowdown: u64,
}

impl Database {
    pub const fn new(cores: u64) -> Self {
        Self { cores, done_for_each: 0, running: BTreeSet::new(), slowdown: 1 }
    }

    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// A query of `work_millis` at full speed, for this load.
    pub fn begin(&mut self, load: u64, work_millis: u64) {
        let work = work_millis.max(1) * self.slowdown * PART;
        self.running.insert((self.done_for_each + work, load));
    }

    /// One millisecond passes; the loads whose query has ended.
    pub fn tick(&mut self) -> Vec<u64> {
        let running = u64::try_from(self.running.len()).unwrap_or(u64::MAX);
        if running == 0 {
            return Vec::new();
        }
        self.done_for_each += PART * running.min(self.cores) / running;
        let mut ended = Vec::new();
        while self.running.first().is_some_and(|(ends_at, _)| *ends_at <= self.done_for_each) {
            ended.extend(self.running.pop_first().map(|(_, load)| load));
        }
        ended
    }

    /// The query of a client that has gone is cancelled.
    pub fn cancel(&mut self, loads: &dyn Fn(u64) -> bool) {
        self.running.retain(|(_, load)| !loads(*load));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(queries: u64, work: u64) -> Vec<(u64, usize)> {
        let mut database = Database::new(CORES);
        (0..queries).for_each(|load| database.begin(load, work));
        let mut out = Vec::new();
        for at in 1..100_000 {
            let ended = database.tick().len();
            if ended > 0 {
                out.push((at, ended));
            }
            if database.running() == 0 {
                break;
            }
        }
        out
    }

    #[test]
    fn up_to_eight_queries_do_not_feel_each_other_and_forty_take_five_times_as_long() {
        assert_eq!(ends(1, 300), [(300, 1)]);
        assert_eq!(ends(8, 300), [(300, 8)]);
        assert_eq!(ends(40, 300), [(1_500, 40)]);
    }
}
