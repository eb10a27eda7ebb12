//! A consumer group and its coordinator: what each knows, the clock that moves them, and the records they work through.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::assign::{Assignment, Assignor, Member, Tp, all_partitions};
use super::classic::Classic;
use super::consumer::Reconciling;
use crate::labs::Log;

/// Letters that members can have; a process that starts anew takes the next free one.
pub const MOST_MEMBERS: u8 = 5;
/// A consumer that works polls so often, and a slow one takes so long over a batch.
pub const POLL_MILLIS: u64 = 1_000;
pub const SLOW_POLL_MILLIS: u64 = 20_000;
/// `heartbeat.interval.ms` of the classic protocol, and `group.consumer.heartbeat.interval.ms`.
const HEARTBEAT_MILLIS: (u64, u64) = (3_000, 5_000);
/// Every partition gets so many records a second.
const RATE: u64 = 20;
/// `max.poll.records`.
const MAX_POLL_RECORDS: u64 = 500;
/// With nothing else to see, the traffic is shown so often.
const SHOW_MILLIS: u64 = 5_000;
/// Points of the charts, one in so many milliseconds.
pub const CHART: usize = 24;
const CHART_MILLIS: u64 = 2_500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `group.protocol=classic`: the members assign, all together.
    Classic,
    /// `group.protocol=consumer`, KIP-848: the broker assigns, each member by itself.
    Consumer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub protocol: Protocol,
    /// `partition.assignment.strategy`.
    pub strategy: Assignor,
    /// `group.remote.assignor`.
    pub remote: Assignor,
    pub session_millis: u64,
    pub poll_interval_millis: u64,
    /// Every member has a `group.instance.id`.
    pub is_static: bool,
    /// Partitions by topic.
    pub topics: Vec<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            protocol: Protocol::Classic,
            strategy: Assignor::Range,
            remote: Assignor::Uniform,
            session_millis: 45_000,
            poll_interval_millis: 300_000,
            is_static: false,
            topics: vec![6, 6],
        }
    }
}

impl Settings {
    pub fn assignor(&self) -> Assignor {
        match self.protocol {
            Protocol::Classic => self.strategy,
            Protocol::Consumer => self.remote,
        }
    }

    /// Whether members give up everything before they rejoin.
    pub fn is_eager(&self) -> bool {
        self.protocol == Protocol::Classic && self.strategy != Assignor::CooperativeSticky
    }

    const fn heartbeat_millis(&self) -> u64 {
        match self.protocol {
            Protocol::Classic => HEARTBEAT_MILLIS.0,
            Protocol::Consumer => HEARTBEAT_MILLIS.1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Works,
    /// Each batch takes long.
    Slow,
    /// Its poll does not come back.
    Stuck,
    /// The process is dead; the coordinator may not know yet.
    Crashed,
}

/// A consumer as a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub life: Life,
    /// What it works through.
    pub owned: BTreeSet<Tp>,
    pub polls_at: u64,
    pub polled_at: u64,
    pub heartbeat_at: u64,
    /// Classic: it has heard that the group rebalances.
    pub must_join: bool,
    /// Consumer protocol: what the last heartbeat's answer said it shall have.
    pub told: BTreeSet<Tp>,
    /// It left by itself when its poll took too long, and joins again with its next one.
    pub is_out: bool,
}

impl Client {
    pub fn is_alive(&self) -> bool {
        self.life != Life::Crashed
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Happening {
    pub says: String,
    pub flow: Vec<String>,
    pub focus: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Rebalances that came to an end; with the consumer protocol new target assignments.
    pub rebalances: u32,
    pub moved: u32,
    /// Milliseconds that partitions stood still, of all partitions together.
    pub stopped: u64,
    /// Members that were thrown out or left because of a timeout.
    pub expelled: u32,
    /// The longest time from the first sign of a rebalance to its end.
    pub longest: u64,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub now: u64,
    pub settings: Settings,
    pub clients: BTreeMap<Member, Client>,
    /// When the coordinator gives a member up.
    pub sessions: BTreeMap<Member, u64>,
    pub classic: Classic,
    pub reconciling: Reconciling,
    /// The next record that is read, by partition.
    pub positions: BTreeMap<Tp, u64>,
    pub counters: Counters,
    pub last: Happening,
    /// Total lag, and partitions standing still, over time.
    pub charts: VecDeque<(u64, usize)>,
    next_chart: u64,
    next_show: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Session(Member),
    Completes,
    Deadline,
    Revokes(Member),
    Heartbeat(Member),
    Polls(Member),
    TooLong(Member),
    Chart,
    Show,
}

impl Group {
    pub fn new(_seed: u64) -> Self {
        let mut group = Self {
            now: 0,
            settings: Settings::default(),
            clients: BTreeMap::new(),
            sessions: BTreeMap::new(),
            classic: Classic::default(),
            reconciling: Reconciling::default(),
            positions: BTreeMap::new(),
            counters: Counters::default(),
            last: Happening {
                says: "Three consumers share twelve partitions. Every partition gets twenty records a second."
                    .to_owned(),
                ..Happening::default()
            },
            charts: VecDeque::from(vec![(0, 0); CHART]),
            next_chart: CHART_MILLIS,
            next_show: SHOW_MILLIS,
        };
        for member in [Member(0), Member(1), Member(2)] {
            group.clients.insert(member, group.fresh(member));
        }
        group.found();
        group
    }

    /// A client that has just started.
    pub(super) fn fresh(&self, member: Member) -> Client {
        let phase = u64::from(member.0) * 230;
        Client {
            life: Life::Works,
            owned: BTreeSet::new(),
            polls_at: self.now + POLL_MILLIS / 2 + phase,
            polled_at: self.now,
            heartbeat_at: self.now + self.settings.heartbeat_millis() - 900 + phase,
            must_join: false,
            told: BTreeSet::new(),
            is_out: false,
        }
    }

    /// The group begins anew with everybody who is alive, stable and assigned: it was stopped and started with other settings.
    pub(super) fn found(&mut self) {
        self.clients.retain(|_, client| client.is_alive());
        let nothing: Assignment = self.clients.keys().map(|member| (*member, BTreeSet::new())).collect();
        let target = self.settings.assignor().assign(&self.settings.topics, &nothing);
        self.classic = Classic::stable(target.clone());
        self.reconciling = Reconciling::settled(target.clone());
        self.sessions = self.clients.keys().map(|member| (*member, self.now + self.settings.session_millis)).collect();
        for (member, owned) in target {
            let fresh = self.fresh(member);
            if let Some(client) = self.clients.get_mut(&member) {
                *client = Client { told: owned.clone(), owned, life: client.life, ..fresh };
            }
        }
        let now = self.now;
        let before = std::mem::take(&mut self.positions);
        let at = |tp: Tp| (tp, before.get(&tp).copied().unwrap_or(now * RATE / 1_000));
        self.positions = all_partitions(&self.settings.topics).into_iter().map(at).collect();
    }

    /// Records of a partition that wait.
    pub fn lag(&self, tp: Tp) -> u64 {
        (self.now * RATE / 1_000).saturating_sub(self.positions.get(&tp).copied().unwrap_or_default())
    }

    pub fn owner(&self, tp: Tp) -> Option<Member> {
        self.clients.iter().find(|(_, client)| client.owned.contains(&tp)).map(|(member, _)| *member)
    }

    /// Partitions that nobody works through now.
    pub fn stopped(&self) -> usize {
        let works = |client: &&Client| matches!(client.life, Life::Works | Life::Slow);
        let is_worked = |tp: &&Tp| self.clients.values().filter(works).any(|client| client.owned.contains(tp));
        self.positions.len() - self.positions.keys().filter(is_worked).count()
    }

    /// What the coordinator takes for the members' own, living or not.
    pub(super) fn held(&self) -> Assignment {
        self.sessions
            .keys()
            .map(|member| (*member, self.clients.get(member).map(|client| client.owned.clone()).unwrap_or_default()))
            .collect()
    }

    /// Moves to the next event that can be seen.
    pub fn step(&mut self, log: &mut Log) {
        // Quiet polls and heartbeats pass unseen; the traffic is shown every few seconds, which bounds how many.
        for _ in 0..10_000 {
            let (at, due) = self.next_due();
            self.advance(at);
            self.last = Happening::default();
            let seen = match due {
                Due::Session(member) => self.session_ends(member, log),
                Due::Completes => self.completes(log),
                Due::Deadline => self.deadline(log),
                Due::Revokes(member) => self.takes_too_long_to_revoke(member, log),
                Due::Heartbeat(member) => self.heartbeat(member, log),
                Due::Polls(member) => self.polls(member, log),
                Due::TooLong(member) => self.leaves_for_slowness(member, log),
                Due::Chart => {
                    self.next_chart = at + CHART_MILLIS;
                    self.charts.pop_front();
                    self.charts.push_back((self.total_lag(), self.stopped()));
                    false
                }
                Due::Show => self.show(log),
            };
            self.bury();
            if seen {
                self.next_show = self.next_show.max(self.now + SHOW_MILLIS);
                return;
            }
        }
    }

    fn next_due(&self) -> (u64, Due) {
        let of_client = |(member, client): (&Member, &Client)| {
            let (member, alive) = (*member, client.is_alive());
            let too_long = client.polled_at + self.settings.poll_interval_millis;
            [
                (alive && client.life != Life::Stuck).then_some((client.polls_at, Due::Polls(member))),
                (alive && !client.is_out).then_some((client.heartbeat_at, Due::Heartbeat(member))),
                (alive && !client.is_out).then_some((too_long, Due::TooLong(member))),
            ]
        };
        let of_clients = self.clients.iter().flat_map(of_client).flatten();
        let of_sessions = self.sessions.iter().map(|(member, at)| (*at, Due::Session(*member)));
        let shown = [(self.next_chart, Due::Chart), (self.next_show, Due::Show)];
        let due = of_clients.chain(of_sessions).chain(shown);
        let next = if self.settings.protocol == Protocol::Classic {
            let completes = self.classic.completes_at(&self.sessions).map(|at| (at, Due::Completes));
            let deadline = self.classic.deadline().map(|at| (at, Due::Deadline));
            due.chain(completes).chain(deadline).min()
        } else {
            due.chain(self.reconciling.deadlines.iter().map(|(member, at)| (*at, Due::Revokes(*member)))).min()
        };
        let (at, due) = next.unwrap_or((self.now, Due::Show));
        (at.max(self.now), due)
    }

    fn advance(&mut self, at: u64) {
        let stopped = u64::try_from(self.stopped()).unwrap_or_default();
        self.counters.stopped += stopped * (at - self.now);
        self.now = at;
    }

    pub fn total_lag(&self) -> u64 {
        self.positions.keys().map(|tp| self.lag(*tp)).sum()
    }

    fn show(&mut self, log: &mut Log) -> bool {
        self.next_show = self.now + SHOW_MILLIS;
        let (lag, stopped) = (self.total_lag(), self.stopped());
        self.last.says = if stopped == 0 {
            format!("All partitions are consumed; {lag} records wait.")
        } else {
            format!("{stopped} of {} partitions stand still; {lag} records wait.", self.positions.len())
        };
        let text = self.last.says.trim_end_matches('.').to_owned();
        if stopped == 0 {
            log.say(self.now, text);
        } else {
            log.bad(self.now, text);
        }
        true
    }

    /// A consumer calls poll: it takes part in what the group does, and works through a batch.
    fn polls(&mut self, member: Member, log: &mut Log) -> bool {
        let now = self.now;
        let Some(client) = self.clients.get_mut(&member) else { return false };
        client.polled_at = now;
        client.polls_at = now + if client.life == Life::Slow { SLOW_POLL_MILLIS } else { POLL_MILLIS };
        let was_out = std::mem::take(&mut client.is_out);
        let seen = match self.settings.protocol {
            Protocol::Classic => self.polls_classic(member, was_out, log),
            Protocol::Consumer => self.polls_consumer(member, was_out, log),
        };
        let Some(client) = self.clients.get(&member) else { return seen };
        let (end, mut left) = (now * RATE / 1_000, MAX_POLL_RECORDS);
        for tp in &client.owned {
            let position = self.positions.entry(*tp).or_default();
            let take = end.saturating_sub(*position).min(left);
            left -= take;
            *position += take;
        }
        seen
    }

    fn heartbeat(&mut self, member: Member, log: &mut Log) -> bool {
        let (now, every) = (self.now, self.settings.heartbeat_millis());
        if let Some(client) = self.clients.get_mut(&member) {
            client.heartbeat_at = now + every;
        }
        if let Some(session) = self.sessions.get_mut(&member) {
            *session = now + self.settings.session_millis;
        }
        match self.settings.protocol {
            Protocol::Classic => self.heartbeat_classic(member),
            Protocol::Consumer => self.heartbeat_consumer(member, log),
        }
    }

    fn session_ends(&mut self, member: Member, log: &mut Log) -> bool {
        let session = self.settings.session_millis;
        self.last.says = format!(
            "The coordinator has had no heartbeat of {member} for {session} ms and takes it out of the group. "
        );
        log.bad(self.now, format!("Member {member} has not sent a heartbeat for {session} ms: it is removed"));
        self.counters.expelled += 1;
        self.removed(member, log);
        true
    }

    /// A dead process that the coordinator no longer counts on is gone.
    pub(super) fn bury(&mut self) {
        let sessions = &self.sessions;
        self.clients.retain(|member, client| client.is_alive() || sessions.contains_key(member));
    }

    /// The heartbeat thread notices that poll has not been called, and leaves.
    fn leaves_for_slowness(&mut self, member: Member, log: &mut Log) -> bool {
        let interval = self.settings.poll_interval_millis;
        if let Some(client) = self.clients.get_mut(&member) {
            client.is_out = true;
            client.owned.clear();
            client.told.clear();
            client.must_join = false;
        }
        self.counters.expelled += 1;
        log.bad(self.now, format!("Consumer {member} has not polled for {interval} ms (max.poll.interval.ms): it leaves the group; what it is working on will be delivered again"));
        self.last.says = format!(
            "Consumer {member} has not polled for {interval} ms. Its heartbeat thread leaves the group in its name. "
        );
        self.removed(member, log);
        true
    }

    /// The coordinator has one member less.
    pub(super) fn removed(&mut self, member: Member, log: &mut Log) {
        self.sessions.remove(&member);
        self.last.focus.push(format!("m{member}"));
        self.last.focus.push("coordinator".to_owned());
        match self.settings.protocol {
            Protocol::Classic => self.removed_classic(member, log),
            Protocol::Consumer => self.removed_consumer(member, log),
        }
    }
}
