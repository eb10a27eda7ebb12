//! What is said of the lab: about the last tenth of a second, and beside each node.

use super::database::CORES;
use super::entries::Key;
use super::model::{Model, PODS, THREADS};
use super::settings::{Early, Single, Strategy};

pub(super) enum Mood {
    Plain,
    Bad,
    Good,
}

impl Model {
    pub(super) fn front_is_there(&self) -> bool {
        !self.redis_down && self.redis.peek(Key::Front).is_some_and(|entry| self.now < entry.expires_at)
    }

    pub(super) fn mood(&self) -> Mood {
        let slice = &self.slice;
        if slice.rejected > 0 || slice.failed > 0 || slice.front_loads > 8 || slice.most_pending > 0 {
            Mood::Bad
        } else if slice.front_stored > 0 {
            Mood::Good
        } else {
            Mood::Plain
        }
    }

    /// What the last tenth of a second came to, the worst first.
    pub(super) fn says(&self) -> String {
        let slice = &self.slice;
        let running = slice.most_running;
        if self.now == 0 {
            return "Four pods read through Redis. Most reads want one key, the front page; its entry has 1.5 s to live.".to_owned();
        }
        if slice.front_stored > 0 && slice.most_pending > 0 {
            return format!(
                "The front page is back in Redis, but {} loads still wait for a connection, and each will be made all the same.",
                slice.most_pending
            );
        }
        if slice.timed_out > 0 {
            return format!(
                "{} loads get no connection within {} ms: SQLTransientConnectionException, and their readers an error.",
                slice.timed_out, self.set.pool_wait_millis
            );
        }
        if slice.rejected > 0 {
            let threads = if self.busy() >= THREADS * PODS { "All threads wait" } else { "All threads of a pod wait" };
            return format!(
                "{threads} for the database: {} turned away, also those whose value is in Redis.",
                some(slice.rejected, "reader")
            );
        }
        if self.redis_down {
            return format!(
                "Redis is down: all {} reads go to the database. {running} queries share {CORES} cores, {} wait for a connection.",
                slice.misses, slice.most_pending
            );
        }
        if slice.front_loads > 1 && slice.early == 0 {
            return format!(
                "The front page is missing, and nobody knows of the others: {} more loads of the same value, {running} queries on {CORES} cores.",
                slice.front_loads
            );
        }
        if slice.early > 0 && (slice.front_loads > 0 || self.set.early == Early::Soft) {
            return self.early_says();
        }
        if slice.front_loads == 1 {
            return "The front page is missing. One reader loads it, the others wait for the result.".to_owned();
        }
        if slice.deleted > 0 {
            return "A write commits and deletes the front page's key: the next reader misses, whatever its TTL."
                .to_owned();
        }
        if slice.front_stored > 0 {
            return "The front page is back in Redis; readers hit again.".to_owned();
        }
        if slice.most_pending > 0 {
            return format!(
                "{running} queries share {CORES} cores and {} loads wait for a connection; {} were finished in this tenth of a second.",
                slice.most_pending, slice.finished
            );
        }
        if slice.flushed > 0 {
            return format!("Write-behind flushes: {} of one key in one row update.", some(slice.flushed, "write"));
        }
        self.quiet_says()
    }

    fn early_says(&self) -> String {
        let left = self.total.first_early.map_or(0, |(_, left)| left);
        match self.set.early {
            Early::Soft => "Behind the soft expiry one reader takes the token and refreshes in the background; all others get the old value.".to_owned(),
            _ => format!(
                "XFetch: by chance a reader loads the front page again while it is still there, the first {left} ms before its expiry."
            ),
        }
    }

    fn quiet_says(&self) -> String {
        let slice = &self.slice;
        if slice.invented > 0 && self.set.bloom {
            return format!(
                "Of {} invented ids the Bloom filter stops {}; a wrong yes lets the rest through.",
                slice.invented, slice.filtered
            );
        }
        if slice.invented > 0 {
            let kept = if self.set.negative_millis > 0 {
                "each is remembered, and none is asked for again"
            } else {
                "there is nothing to store"
            };
            return format!("{} invented ids, each a miss and a query that finds no row: {kept}.", slice.invented);
        }
        if !self.front_is_there() && self.set.single == Single::Token && self.busy() > 0 {
            return format!("{} readers wait for the one who holds the token.", self.busy());
        }
        if !self.front_is_there() && self.busy() > 0 {
            return format!("{} readers wait for the front page to be loaded.", self.busy());
        }
        if slice.acknowledged > 0 && self.set.strategy == Strategy::WriteBehind {
            return format!(
                "{} acknowledged as soon as Redis has it; {} not yet in the database.",
                some(slice.acknowledged, "write"),
                self.unflushed
            );
        }
        let loads = some(slice.loads, "load");
        format!("{} reads, {} hits. What has expired is loaded from the database: {loads}.", slice.requests, slice.hits)
    }

    pub(super) fn front_state(&self) -> String {
        match self.redis.peek(Key::Front).filter(|_| self.front_is_there()) {
            _ if self.redis_down => "down".to_owned(),
            Some(entry) => format!("front: {} ms left", thousands_of(entry.expires_at - self.now)),
            None => "front: missing".to_owned(),
        }
    }

    pub(super) fn writes_state(&self) -> String {
        match (self.total.lost, self.unflushed) {
            (0, 0) if self.total.acknowledged == 0 => "no writes yet".to_owned(),
            (0, 0) => "all in the database".to_owned(),
            (0, waiting) => format!("{waiting} only in Redis"),
            (lost, _) => format!("{lost} writes lost"),
        }
    }

    pub(super) fn pods_state(&self) -> String {
        let errors = self.total.errors_in_a_second();
        if errors > 0 {
            return format!("{} errors/s", thousands_of(errors));
        }
        if self.pods.last().is_some_and(|pod| pod.down) { "pod 4 is down" } else { "no errors" }.to_owned()
    }

    pub(super) fn database_state(&self, running: usize) -> String {
        let cores = usize::try_from(CORES).unwrap_or(1);
        let slower = count(running.max(cores)) / count(cores) * float(self.database.slowdown);
        if slower > 1.0 { format!("each {slower:.1} × as long") } else { "at full speed".to_owned() }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
pub(super) fn float(value: u64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few digits")]
pub(super) fn count(value: usize) -> f64 {
    value as f64
}

pub(super) fn some(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

pub(super) fn thousands(value: i64) -> String {
    thousands_of(value.unsigned_abs())
}

pub(super) fn thousands_of(value: u64) -> String {
    let (thousands, rest) = (value / 1_000, value % 1_000);
    if thousands == 0 { rest.to_string() } else { format!("{thousands},{rest:03}") }
}
