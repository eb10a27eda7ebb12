//! One partition on three brokers, its controller, one producer and one consumer: what each of them knows, and the clock
//! that moves them from event to event.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand::RngExt as _;

use super::producer::{Acked, Producer};
use crate::labs::{Chance, Log};

/// `replication.factor`, and the number of brokers.
pub const REPLICAS: [Id; 3] = [Id(1), Id(2), Id(3)];
/// A broker sends a heartbeat to the controller so often (`broker.heartbeat.interval.ms`).
const HEARTBEAT_MILLIS: u64 = 2_000;
/// A parked fetch returns at the latest after so long (`replica.fetch.wait.max.ms`).
const FETCH_WAIT_MILLIS: u64 = 500;
/// The controller looks so often for partitions without a leader that may get an unclean one
/// (`unclean.leader.election.interval.ms`).
const UNCLEAN_MILLIS: u64 = 300_000;
/// A log keeps so many records before the oldest are deleted, so that a long run stays small.
const RECORDS_KEPT: usize = 96;

/// `node.id` of a broker: 1, 2 or 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(pub u8);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acks {
    /// The producer does not wait at all.
    None,
    Leader,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub acks: Acks,
    pub min_isr: usize,
    pub unclean: bool,
    /// `eligible.leader.replicas.version` is 1.
    pub elr: bool,
    pub lag_millis: u64,
    pub session_millis: u64,
    pub request_millis: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            acks: Acks::All,
            min_isr: 2,
            unclean: false,
            elr: true,
            lag_millis: 30_000,
            session_millis: 9_000,
            request_millis: 30_000,
        }
    }
}

/// A record in one broker's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The producer's number for it, from 0.
    pub id: u32,
    /// The leader epoch it was first appended in.
    pub epoch: u32,
    /// When this broker appended it.
    pub at: u64,
}

/// A broker's log; the record at `records[n]` has the offset `start + n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicaLog {
    pub start: u64,
    pub records: VecDeque<Record>,
}

impl ReplicaLog {
    /// The log end offset: that of the next record.
    pub fn end(&self) -> u64 {
        self.start + self.records.len() as u64
    }

    pub fn at(&self, offset: u64) -> Option<&Record> {
        self.records.get(usize::try_from(offset.checked_sub(self.start)?).ok()?)
    }

    pub fn has(&self, id: u32) -> bool {
        self.offset_of(id).is_some()
    }

    /// The newest offset of a record.
    pub fn offset_of(&self, id: u32) -> Option<u64> {
        let index = self.records.iter().rposition(|record| record.id == id)?;
        Some(self.start + index as u64)
    }

    pub fn append(&mut self, record: Record) {
        self.records.push_back(record);
        if self.records.len() > RECORDS_KEPT {
            self.records.pop_front();
            self.start += 1;
        }
    }

    /// Drops everything from this offset on; returns what was dropped.
    pub fn truncate(&mut self, offset: u64) -> Vec<Record> {
        let keep = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.start = self.start.min(offset);
        self.records.split_off(keep.min(self.records.len())).into()
    }

    /// The first offset at which this log is not the other's: the end when it is a part of it. Epoch and offset name a record.
    pub fn parts_from(&self, other: &Self) -> u64 {
        let differs =
            |offset: &u64| self.at(*offset).map(|record| record.epoch) != other.at(*offset).map(|record| record.epoch);
        (self.start.max(other.start)..self.end()).find(differs).unwrap_or_else(|| self.end().min(other.end()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    Up,
    /// Stopped by a signal, a long collection, a stalled disk: it keeps its connections and does nothing.
    Frozen,
    Down,
    /// Registers with the controller at this time.
    Starting(u64),
}

/// What a leader knows of a follower, from its fetches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Follower {
    pub end: Option<u64>,
    pub caught_up_at: Option<u64>,
    pub fetched_at: u64,
    pub leader_end_then: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a broker")]
pub struct Broker {
    pub id: Id,
    pub power: Power,
    /// Cut off from the other brokers and the controller; clients still reach it.
    pub cut: bool,
    /// Its disk takes seconds for what the others do at once.
    pub slow: bool,
    /// The controller takes it for dead.
    pub fenced: bool,
    /// It did not shut down cleanly when it last stopped.
    pub unclean_stop: bool,
    /// Without a heartbeat until then the controller fences it.
    pub session_ends: Option<u64>,
    /// When it hears from the controller again, after it was frozen or cut off.
    pub hears_at: Option<u64>,
    pub log: ReplicaLog,
    pub high_water: u64,
    /// The partition as this broker last heard of it.
    pub seen: Partition,
    /// As leader: its followers.
    pub followers: BTreeMap<Id, Follower>,
    /// As leader: the offset at which its epoch began.
    pub epoch_start: u64,
    /// As follower: its next fetch arrives at the leader no sooner.
    pub fetch_at: u64,
    /// As leader cut off: that it cannot change the set has been told.
    pub complained: bool,
}

/// The partition's state in the cluster's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    pub leader: Option<Id>,
    pub epoch: u32,
    pub isr: BTreeSet<Id>,
    pub elr: BTreeSet<Id>,
    pub last_known_leader: Option<Id>,
}

/// The last event, for the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Happening {
    pub says: String,
    pub flow: Vec<String>,
    pub focus: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub isr_shrinks: u32,
    pub isr_expands: u32,
    pub unclean_elections: u32,
    pub elr_elections: u32,
    /// Committed or not, records that replicas dropped to follow a leader.
    pub truncated: u32,
}

#[derive(Clone, Debug)]
pub struct Cluster {
    pub now: u64,
    pub settings: Settings,
    pub brokers: [Broker; 3],
    pub partition: Partition,
    pub producer: Producer,
    /// The offset that the consumer reads next.
    pub consumer: u64,
    pub counters: Counters,
    pub last: Happening,
    chance: Chance,
    next_isr_check: u64,
    next_unclean_check: u64,
}

/// What is due, in the order in which it is done when due at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Hears(Id),
    Starts(Id),
    SessionEnds(Id),
    Fetch(Id),
    IsrCheck,
    UncleanCheck,
    Produce,
}

impl Cluster {
    pub fn new(seed: u64) -> Self {
        let partition = Partition {
            leader: Some(Id(1)),
            epoch: 0,
            isr: REPLICAS.into(),
            elr: BTreeSet::new(),
            last_known_leader: None,
        };
        let brokers = REPLICAS.map(|id| Broker {
            id,
            power: Power::Up,
            cut: false,
            slow: false,
            fenced: false,
            unclean_stop: false,
            session_ends: None,
            hears_at: None,
            log: ReplicaLog::default(),
            high_water: 0,
            seen: partition.clone(),
            followers: BTreeMap::new(),
            epoch_start: 0,
            fetch_at: 0,
            complained: false,
        });
        let mut cluster = Self {
            now: 0,
            settings: Settings::default(),
            brokers,
            partition,
            producer: Producer::default(),
            consumer: 0,
            counters: Counters::default(),
            last: Happening {
                says: "Broker 1 leads; 2 and 3 follow. All three are in sync. The producer sends a record every two seconds.".to_owned(),
                ..Happening::default()
            },
            chance: Chance::from_seed(seed),
            next_isr_check: 15_000,
            next_unclean_check: UNCLEAN_MILLIS,
        };
        cluster.become_leader(Id(1));
        for id in [Id(2), Id(3)] {
            cluster.broker_mut(Id(1)).followers.entry(id).or_default().end = Some(0);
        }
        cluster
    }

    pub fn broker(&self, id: Id) -> &Broker {
        &self.brokers[usize::from(id.0.clamp(1, 3)) - 1]
    }

    pub fn broker_mut(&mut self, id: Id) -> &mut Broker {
        &mut self.brokers[usize::from(id.0.clamp(1, 3)) - 1]
    }

    /// The leader that the metadata names, when it works and can be reached by the others.
    pub fn leader(&self) -> Option<&Broker> {
        self.partition.leader.map(|id| self.broker(id))
    }

    /// `min.insync.replicas` as it counts: at most the number of replicas.
    pub fn min_isr(&self) -> usize {
        self.settings.min_isr.min(REPLICAS.len())
    }

    /// Whether a broker sends heartbeats and hears of changes.
    pub fn is_connected(&self, id: Id) -> bool {
        let broker = self.broker(id);
        broker.power == Power::Up && !broker.cut
    }

    /// Acknowledged records that the present leader does not have.
    pub fn lost(&self) -> Vec<u32> {
        let Some(Broker { log, .. }) = self.leader() else { return Vec::new() };
        // Where it was acknowledged it nearly always still is; the whole log is searched only for one that is not.
        let is_there =
            |acked: &Acked| log.at(acked.offset).is_some_and(|record| record.id == acked.id) || log.has(acked.id);
        self.producer
            .acked
            .iter()
            .filter(|acked| acked.offset >= log.start && !is_there(acked))
            .map(|acked| acked.id)
            .collect()
    }

    /// Moves to the next event that can be seen and carries it out.
    pub fn step(&mut self, log: &mut Log) {
        // Checks that find nothing pass unseen; the producer's own pace bounds how many.
        for _ in 0..10_000 {
            if self.tick(u64::MAX, log) {
                return;
            }
        }
    }

    /// Carries out what is due next, if that is before `until`, else lets the time pass; whether there was something to see.
    pub(super) fn tick(&mut self, until: u64, log: &mut Log) -> bool {
        let (at, due) = self.next_due();
        if at > until {
            self.advance(until);
            return false;
        }
        self.advance(at);
        self.last = Happening::default();
        match due {
            Due::Hears(id) => self.hears(id, log),
            Due::Starts(id) => self.starts(id, log),
            Due::SessionEnds(id) => self.session_ends(id, log),
            Due::Fetch(id) => self.fetch(id, log),
            Due::IsrCheck => {
                self.next_isr_check = self.now + self.settings.lag_millis / 2;
                self.check_isr(log)
            }
            Due::UncleanCheck => {
                self.next_unclean_check = self.now + UNCLEAN_MILLIS;
                self.check_unclean(log)
            }
            Due::Produce => self.produce(log),
        }
    }

    /// A setting that times are counted from has changed.
    pub(super) fn retime(&mut self) {
        self.next_isr_check = self.next_isr_check.min(self.now + self.settings.lag_millis / 2);
    }

    /// A number by chance.
    pub(super) fn chance(&mut self, range: std::ops::Range<u64>) -> u64 {
        self.chance.random_range(range)
    }

    fn next_due(&self) -> (u64, Due) {
        let mut due = vec![
            (self.next_isr_check, Due::IsrCheck),
            (self.next_unclean_check, Due::UncleanCheck),
            (self.producer_due(), Due::Produce),
        ];
        for broker in &self.brokers {
            let id = broker.id;
            due.extend(broker.hears_at.map(|at| (at, Due::Hears(id))));
            if let Power::Starting(at) = broker.power {
                due.push((at, Due::Starts(id)));
            }
            due.extend(broker.session_ends.filter(|_| !broker.fenced).map(|at| (at, Due::SessionEnds(id))));
            if self.fetch_brings_news(id) {
                due.push((broker.fetch_at, Due::Fetch(id)));
            }
        }
        let (at, due) = due.into_iter().min().unwrap_or((self.now, Due::Produce));
        (at.max(self.now), due)
    }

    /// Time passes. A parked fetch returns now and then, and with it the leader's high-water mark.
    fn advance(&mut self, at: u64) {
        self.now = at;
        for id in REPLICAS {
            let Some(leader) = self.reachable_leader(id) else { continue };
            let high_water = self.broker(leader).high_water;
            let follower = self.broker(id);
            if !self.fetch_brings_news(id) && at >= follower.fetch_at + FETCH_WAIT_MILLIS {
                let known = high_water.min(follower.log.end());
                self.broker_mut(id).high_water = known;
                if let Some(follower) = self.broker_mut(leader).followers.get_mut(&id) {
                    follower.caught_up_at = Some(at);
                    follower.fetched_at = at;
                }
            }
        }
    }

    /// When the controller gives up on a broker that stops sending heartbeats now.
    pub(super) fn session_end(&self) -> u64 {
        self.now - self.now % HEARTBEAT_MILLIS + self.settings.session_millis
    }
}
