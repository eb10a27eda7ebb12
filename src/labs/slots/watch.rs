//! One primary, two replicas and three Sentinels: who declares the primary down, who may replace it, and what is lost.

use rand::RngExt as _;

use super::cluster::{PACE_MILLIS, lost_words, node_name};
use super::happened::{Counts, Happened, Queue};
use super::server::{self, Server};
use super::settings::Settings;
use crate::labs::Chance;

pub const SERVERS: usize = 3;
pub const SENTINELS: usize = 3;
/// How long `WAIT` waits.
const WAIT_MILLIS: u64 = 1_000;
/// `failover-timeout`, the default; a failed election is tried again after twice as long.
const FAILOVER_TIMEOUT_MILLIS: u64 = 180_000;
/// How long a primary that is back goes on until a Sentinel makes it a replica; 10.1 s on real servers.
const DEMOTE_MILLIS: u64 = 10_000;

#[derive(Clone, Debug)]
enum Event {
    App,
    Replicate { from: usize, to: usize, offset: u64 },
    WaitOver { offset: u64 },
    Down { sentinel: usize, of: u64 },
    Agree { of: u64 },
    Elect { of: u64 },
    Switch { of: u64 },
    Demote(usize),
}

#[derive(Clone, Debug)]
pub struct Sentinel {
    pub up: bool,
    /// In its view the primary is down (`+sdown`).
    pub down: bool,
}

/// What the Sentinels together hold of the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Heard,
    /// One has asked the others.
    Asking,
    /// The quorum agrees: `+odown`.
    Agreed,
    /// It agrees, and nobody was elected.
    NotElected,
}

#[derive(Clone)]
pub struct Watch {
    pub servers: Vec<Server>,
    pub sentinels: Vec<Sentinel>,
    /// What Sentinels name as the primary.
    pub primary: usize,
    /// Where the app is connected.
    pub app_at: usize,
    pub app_cut: bool,
    pub verdict: Verdict,
    pub leader: Option<usize>,
    pub epoch: u64,
    /// A write that waits for its copies: its offset.
    waiting: Option<u64>,
    /// Which silence of the primary an event belongs to.
    silence: u64,
    queue: Queue<Event>,
}

impl Watch {
    pub fn new(now: u64) -> Self {
        let mut queue = Queue::default();
        queue.push(now + PACE_MILLIS, Event::App);
        Self {
            servers: vec![Server::primary(), Server::replica(0), Server::replica(0)],
            sentinels: vec![Sentinel { up: true, down: false }; SENTINELS],
            primary: 0,
            app_at: 0,
            app_cut: false,
            verdict: Verdict::Heard,
            leader: None,
            epoch: 0,
            waiting: None,
            silence: 0,
            queue,
        }
    }

    /// When the next event is; those that have come to nothing meanwhile are dropped.
    pub fn next_at(&mut self) -> u64 {
        let (sentinels, silence) = (&self.sentinels, self.silence);
        self.queue.drop_while(|event| match event {
            Event::Down { sentinel, of } => {
                *of != silence || !sentinels.get(*sentinel).is_some_and(|sentinel| sentinel.up)
            }
            Event::Agree { of } | Event::Elect { of } | Event::Switch { of } => *of != silence,
            _ => false,
        });
        self.queue.next_at()
    }

    pub fn step(&mut self, now: u64, set: &Settings, chance: &mut Chance, counts: &mut Counts) -> Happened {
        match self.queue.pop() {
            Some(Event::Replicate { from, to, offset }) => self.replicate(from, to, offset, now, set, counts),
            Some(Event::WaitOver { offset }) => self.wait_over(offset, set, counts),
            Some(Event::Down { sentinel, of }) => self.down(sentinel, of, now, set, chance),
            Some(Event::Agree { of }) => self.agree(of, now, set, chance),
            Some(Event::Elect { of }) => self.elect(of, now, set),
            Some(Event::Switch { of }) => self.switch(of, now, counts),
            Some(Event::Demote(server)) => self.demote(server, now, counts),
            Some(Event::App) | None => {
                self.queue.push(now + PACE_MILLIS, Event::App);
                self.write(now, set, counts)
            }
        }
    }

    fn reaches(&self, server: usize) -> bool {
        self.servers.get(server).is_some_and(|server| server.up && server.cut == self.app_cut)
    }

    fn write(&mut self, now: u64, set: &Settings, counts: &mut Counts) -> Happened {
        let at = self.app_at;
        let (name, edge) = (node_name(at), format!("app-{}", at + 1));
        if !self.reaches(at) || self.servers.get(at).is_some_and(|server| server.of.is_some()) {
            counts.errors += 1;
            let why = match self.servers.get(at) {
                Some(server) if !server.up => "connection refused",
                Some(server) if server.cut != self.app_cut => "no answer",
                _ => "READONLY You can't write against a read only replica",
            };
            let asked = self.sentinels.iter().position(|sentinel| sentinel.up && !self.app_cut);
            let Some(sentinel) = asked else {
                return Happened::bad(format!("SET to {name}: {why}. No Sentinel can be asked who the primary is."))
                    .on(&edge);
            };
            self.app_at = self.primary;
            let answer = node_name(self.primary);
            return Happened::bad(format!(
                "SET to {name}: {why}. Sentinel {} is asked for the primary: {answer}.",
                sentinel + 1
            ))
            .on(&edge);
        }
        let good = server::good_replicas(&self.servers, at, now, set.max_lag_secs);
        if good < set.min_replicas {
            counts.errors += 1;
            return Happened::bad(format!(
                "SET to {name}: NOREPLICAS Not enough good replicas to write. {good} of {} were heard of within {} s.",
                set.min_replicas, set.max_lag_secs
            ))
            .on(&edge);
        }
        let Some(server) = self.servers.get_mut(at) else { return Happened::plain(String::new()) };
        server.offset += 1;
        let offset = server.offset;
        for to in server::replicas_of(&self.servers, at).collect::<Vec<_>>() {
            if server::linked(&self.servers, at, to) {
                self.queue.push(now + set.delay_millis, Event::Replicate { from: at, to, offset });
            }
        }
        if set.wait > 0 {
            self.waiting = Some(offset);
            self.queue.push(now + WAIT_MILLIS.min(PACE_MILLIS - 1), Event::WaitOver { offset });
            return Happened::plain(format!(
                "SET to {name}: OK. The app does not count on it before WAIT {} says so.",
                set.wait
            ))
            .on(&edge);
        }
        self.acknowledge(at, offset, counts);
        if self.servers.get(at).is_some_and(|server| !server.cut && server.deposed_at.is_some()) {
            return Happened::bad(format!(
                "SET to {name}: OK. It still takes itself for the primary; no Sentinel has told it otherwise yet."
            ))
            .on(&edge);
        }
        if self.servers.get(at).is_some_and(|server| server.cut) {
            return Happened::bad(format!(
                "SET to {name}: OK. It is alone behind the cut and does not know; no replica gets this write."
            ))
            .on(&edge);
        }
        Happened::plain(format!("SET to {name}: OK, acknowledged before any replica has it.")).on(&edge)
    }

    fn acknowledge(&mut self, at: usize, offset: u64, counts: &mut Counts) {
        counts.acknowledged += 1;
        if let Some(server) = self.servers.get_mut(at) {
            server.acknowledged.push(offset);
        }
        server::forget_safe(&mut self.servers, at);
    }

    fn replicate(
        &mut self,
        from: usize,
        to: usize,
        offset: u64,
        now: u64,
        set: &Settings,
        counts: &mut Counts,
    ) -> Happened {
        let follows = self.servers.get(to).is_some_and(|server| server.of == Some(from));
        if !follows || !server::linked(&self.servers, from, to) {
            return Happened::bad(format!(
                "A write was on its way from {} to {} and never arrives.",
                node_name(from),
                node_name(to)
            ));
        }
        if let Some(replica) = self.servers.get_mut(to) {
            replica.offset = replica.offset.max(offset);
            replica.heard_at = now;
        }
        let edge = edge_between(from, to);
        if let Some(waiting) = self.waiting
            && server::copies(&self.servers, from, waiting) >= set.wait
        {
            self.waiting = None;
            self.acknowledge(from, waiting, counts);
            return Happened::good(format!(
                "{} has the write: WAIT returns {}, and the app counts on it.",
                node_name(to),
                set.wait
            ))
            .on(&edge);
        }
        server::forget_safe(&mut self.servers, from);
        Happened::plain(format!("{} has the write as well.", node_name(to))).on(&edge)
    }

    fn wait_over(&mut self, offset: u64, set: &Settings, counts: &mut Counts) -> Happened {
        if self.waiting.take_if(|waiting| *waiting == offset).is_none() {
            return Happened::plain("WAIT has returned: as many replicas as asked for have the write.".to_owned());
        }
        counts.unconfirmed += 1;
        let copies = server::copies(&self.servers, self.app_at, offset);
        Happened::bad(format!(
            "WAIT {} returns {copies} after a second: the write stays in the primary, but the app must not count on it.",
            set.wait
        ))
    }

    /// Whether Sentinels hear the primary.
    pub fn is_heard(&self) -> bool {
        self.servers.get(self.primary).is_some_and(|server| server.up && !server.cut)
    }

    /// The primary falls silent: each Sentinel's clock runs from the last answer that it got.
    fn silent(&mut self, now: u64, set: &Settings, chance: &mut Chance) {
        self.silence += 1;
        let of = self.silence;
        for sentinel in 0..SENTINELS {
            let last = chance.random_range(0..1_000);
            self.queue.push((now + set.down_after).saturating_sub(last).max(now), Event::Down { sentinel, of });
        }
    }

    fn down(&mut self, at: usize, of: u64, now: u64, set: &Settings, chance: &mut Chance) -> Happened {
        if let Some(sentinel) = self.sentinels.get_mut(at) {
            sentinel.down = true;
        }
        let count = self.agreeing();
        if count >= set.quorum && matches!(self.verdict, Verdict::Heard | Verdict::NotElected) {
            self.verdict = Verdict::Asking;
            self.queue.push(now + chance.random_range(300..1_100), Event::Agree { of });
        }
        Happened::bad(format!(
            "+sdown: Sentinel {} has had no answer for down-after-milliseconds, {} ms: subjectively down. {count} of {SENTINELS} say so, the quorum is {}.",
            at + 1,
            set.down_after,
            set.quorum
        ))
    }

    fn agreeing(&self) -> usize {
        self.sentinels.iter().filter(|sentinel| sentinel.up && sentinel.down).count()
    }

    fn alive(&self) -> usize {
        self.sentinels.iter().filter(|sentinel| sentinel.up).count()
    }

    fn agree(&mut self, of: u64, now: u64, set: &Settings, chance: &mut Chance) -> Happened {
        self.verdict = Verdict::Heard;
        if self.is_heard() || self.agreeing() < set.quorum {
            return Happened::plain("The quorum is not reached any more.".to_owned());
        }
        self.verdict = Verdict::Agreed;
        self.queue.push(now + chance.random_range(300..1_100), Event::Elect { of });
        Happened::bad(format!(
            "+odown: {} of {SENTINELS} Sentinels agree, the quorum is {}: objectively down. Now one must be elected to act.",
            self.agreeing(),
            set.quorum
        ))
    }

    fn elect(&mut self, of: u64, now: u64, set: &Settings) -> Happened {
        if self.is_heard() || self.leader.is_some() {
            return Happened::plain("There is no need for an election any more.".to_owned());
        }
        self.epoch += 1;
        let (votes, needed) = (self.alive(), set.quorum.max(SENTINELS / 2 + 1));
        if votes < needed {
            self.verdict = Verdict::NotElected;
            self.queue.push(now + 2 * FAILOVER_TIMEOUT_MILLIS, Event::Elect { of });
            return Happened::bad(format!(
                "-failover-abort-not-elected: {votes} of {SENTINELS} Sentinels can vote and {needed} are needed, most of all that are known and at least the quorum. Next try in {} s.",
                2 * FAILOVER_TIMEOUT_MILLIS / 1_000
            ));
        }
        self.leader = self.sentinels.iter().position(|sentinel| sentinel.up && sentinel.down);
        self.queue.push(now + 1_000, Event::Switch { of });
        Happened::plain(format!(
            "Sentinel {} is elected with {votes} votes, epoch {}. It picks the replica with the most data and sends it REPLICAOF NO ONE.",
            self.leader.map_or(0, |at| at + 1),
            self.epoch
        ))
    }

    fn switch(&mut self, of: u64, now: u64, counts: &mut Counts) -> Happened {
        if self.leader.is_none() {
            return Happened::bad("The Sentinel that was elected is dead; the failover stops where it is.".to_owned());
        }
        let old = self.primary;
        let best = server::replicas_of(&self.servers, old)
            .filter(|at| self.servers.get(*at).is_some_and(|server| server.up && !server.cut))
            .max_by_key(|at| (self.servers.get(*at).map_or(0, |server| server.offset), std::cmp::Reverse(*at)));
        let Some(new) = best else {
            self.queue.push(now + 2 * FAILOVER_TIMEOUT_MILLIS, Event::Elect { of });
            return Happened::bad("-failover-abort-no-good-slave: no replica lives that could be promoted.".to_owned());
        };
        let lost = server::promote(&mut self.servers, new, &[0, 1, 2], now);
        counts.lost += lost;
        counts.failovers += 1;
        self.primary = new;
        self.hear();
        Happened::good(format!("+switch-master: {} is the primary.{}", node_name(new), lost_words(lost)))
    }

    /// All is well in the eyes of the Sentinels.
    fn hear(&mut self) {
        self.silence += 1;
        self.verdict = Verdict::Heard;
        self.leader = None;
        for sentinel in &mut self.sentinels {
            sentinel.down = false;
        }
    }

    fn demote(&mut self, at: usize, now: u64, counts: &mut Counts) -> Happened {
        if at == self.primary || !server::linked(&self.servers, at, self.primary) || self.alive() == 0 {
            return Happened::plain(format!("Nobody reconfigures {}.", node_name(at)));
        }
        let lost = server::follow(&mut self.servers, at, self.primary, now);
        counts.lost += lost;
        self.waiting = None;
        let text = format!(
            "+convert-to-slave: a Sentinel sends {} REPLICAOF {}: it drops what it has and takes over the data of the new primary.{}",
            node_name(at),
            node_name(self.primary),
            lost_words(lost)
        );
        if lost > 0 { Happened::bad(text) } else { Happened::plain(text) }
    }

    pub fn kill(&mut self, at: usize, now: u64, set: &Settings, chance: &mut Chance) {
        let heard = self.is_heard();
        if let Some(server) = self.servers.get_mut(at) {
            server.up = false;
        }
        if heard && !self.is_heard() {
            self.silent(now, set, chance);
        }
    }

    pub fn start(&mut self, at: usize, now: u64) {
        if let Some(server) = self.servers.get_mut(at) {
            server.up = true;
        }
        self.back(at, now, 1_000);
    }

    /// A server is heard again.
    fn back(&mut self, at: usize, now: u64, demote_in: u64) {
        if at == self.primary {
            self.hear();
            for replica in server::replicas_of(&self.servers, at).collect::<Vec<_>>() {
                if server::linked(&self.servers, at, replica) {
                    server::follow(&mut self.servers, replica, at, now);
                }
            }
            server::forget_safe(&mut self.servers, at);
            for other in (0..SERVERS).filter(|other| *other != at) {
                if server::linked(&self.servers, at, other)
                    && self.servers.get(other).is_some_and(|server| server.of != Some(at))
                {
                    self.queue.push(now + demote_in, Event::Demote(other));
                }
            }
        } else if self.servers.get(at).is_some_and(|server| server.of == Some(self.primary)) {
            server::follow(&mut self.servers, at, self.primary, now);
        } else {
            self.queue.push(now + demote_in, Event::Demote(at));
        }
    }

    pub fn kill_sentinel(&mut self, at: usize, now: u64) {
        if let Some(sentinel) = self.sentinels.get_mut(at) {
            *sentinel = Sentinel { up: false, down: false };
        }
        if self.leader == Some(at) {
            self.leader = None;
            self.queue.push(now + 2 * FAILOVER_TIMEOUT_MILLIS, Event::Agree { of: self.silence });
        }
    }

    pub fn start_sentinel(&mut self, at: usize, now: u64, set: &Settings) {
        if let Some(sentinel) = self.sentinels.get_mut(at) {
            sentinel.up = true;
        }
        for server in (0..SERVERS).filter(|server| *server != self.primary) {
            if self.servers.get(server).is_some_and(|server| server.up && server.of != Some(self.primary)) {
                self.queue.push(now + DEMOTE_MILLIS, Event::Demote(server));
            }
        }
        if !self.is_heard() {
            self.queue.push(now + set.down_after, Event::Down { sentinel: at, of: self.silence });
        }
    }

    /// Cuts the primary off, with the app.
    pub fn cut(&mut self, now: u64, set: &Settings, chance: &mut Chance) {
        self.app_cut = true;
        let primary = self.primary;
        if let Some(server) = self.servers.get_mut(primary) {
            server.cut = true;
        }
        self.app_at = primary;
        for replica in server::replicas_of(&self.servers, primary).collect::<Vec<_>>() {
            if let Some(server) = self.servers.get_mut(replica) {
                server.heard_at = now;
            }
        }
        self.silent(now, set, chance);
    }

    pub fn heal(&mut self, now: u64, chance: &mut Chance) {
        self.app_cut = false;
        for at in 0..SERVERS {
            if self.servers.get(at).is_some_and(|server| server.cut) {
                if let Some(server) = self.servers.get_mut(at) {
                    server.cut = false;
                }
                let patience = DEMOTE_MILLIS + chance.random_range(0..300);
                self.back(at, now, patience);
            }
        }
    }
}

/// The edge between two servers, in the direction of the message.
fn edge_between(from: usize, to: usize) -> String {
    let (low, high) = (from.min(to) + 1, from.max(to) + 1);
    if from < to { format!("repl-{low}-{high}") } else { format!("~repl-{low}-{high}") }
}
