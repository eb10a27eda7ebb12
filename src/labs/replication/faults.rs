//! What can be done to the cluster.

use std::collections::BTreeSet;

use super::controller::Cause;
use super::model::{Cluster, Id, Power, REPLICAS, Record};
use super::producer::Sending;
use super::words::records;
use crate::labs::{Log, Refused};

/// After a start a broker needs so long until it registers.
const START_MILLIS: u64 = 4_000;
/// A broker that runs again hears of changes after so long.
const HEAR_MILLIS: u64 = 200;
/// The kernel writes a page to disk at the latest after so long (`vm.dirty_expire_centisecs`); Kafka does not call fsync for a write.
const DIRTY_MILLIS: u64 = 30_000;

/// Something done to one broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Kill,
    PullPlug,
    Stop,
    Freeze,
    Resume,
    Cut,
    Heal,
    Slow,
    Fast,
    Start,
}

impl Fault {
    pub const ALL: [Self; 10] = [
        Self::Kill,
        Self::Freeze,
        Self::Resume,
        Self::Cut,
        Self::Heal,
        Self::Slow,
        Self::Fast,
        Self::Stop,
        Self::PullPlug,
        Self::Start,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::PullPlug => "unplug",
            Self::Stop => "stop",
            Self::Freeze => "freeze",
            Self::Resume => "resume",
            Self::Cut => "cut",
            Self::Heal => "heal",
            Self::Slow => "slow",
            Self::Fast => "fast",
            Self::Start => "start",
        }
    }

    pub fn label(self, id: Id) -> String {
        match self {
            Self::Kill => format!("Kill broker {id}"),
            Self::PullPlug => format!("Cut the power of {id}"),
            Self::Stop => format!("Shut {id} down cleanly"),
            Self::Freeze => format!("Freeze broker {id}"),
            Self::Resume => format!("Resume broker {id}"),
            Self::Cut => format!("Cut {id} off the cluster"),
            Self::Heal => format!("Reconnect broker {id}"),
            Self::Slow => format!("Slow the disk of {id}"),
            Self::Fast => format!("Mend the disk of {id}"),
            Self::Start => format!("Start broker {id}"),
        }
    }

    pub const fn breaks(self) -> bool {
        !matches!(self, Self::Resume | Self::Heal | Self::Fast | Self::Start)
    }

    /// Whether it can be done to the broker as it stands.
    pub fn can_be_done(self, cluster: &Cluster, id: Id) -> bool {
        let broker = cluster.broker(id);
        let up = broker.power == Power::Up;
        match self {
            Self::Kill | Self::PullPlug => up || broker.power == Power::Frozen,
            Self::Freeze => up,
            Self::Resume => broker.power == Power::Frozen,
            Self::Stop | Self::Cut => up && !broker.cut,
            Self::Heal => broker.cut,
            Self::Slow => up && !broker.slow,
            Self::Fast => broker.slow,
            Self::Start => broker.power == Power::Down,
        }
    }
}

impl Cluster {
    /// Does it.
    ///
    /// # Errors
    /// When the broker is not as the fault needs it.
    pub fn fault(&mut self, fault: Fault, id: Id, log: &mut Log) -> Result<(), Refused> {
        if !fault.can_be_done(self, id) {
            return Err(Refused::no_such_act(&format!("{}-{id}", fault.word())));
        }
        self.last = super::model::Happening { focus: vec![format!("b{id}")], ..Default::default() };
        let leads = self.partition.leader == Some(id);
        let name = if leads { format!("Broker {id}, the leader,") } else { format!("Broker {id}") };
        let session = self.settings.session_millis;
        let says = match fault {
            Fault::Kill => {
                self.goes_down(id, false);
                let wait = if leads { "Until then nobody leads." } else { "Until then the leader waits for it." };
                format!(
                    "{name} is killed. Its log stays on disk. The controller notices when {session} ms pass without a heartbeat. {wait}"
                )
            }
            Fault::PullPlug => {
                let lost = self.loses_power(id);
                let lost = if lost.is_empty() { "nothing".to_owned() } else { records(&lost) };
                format!("{name} loses its power. What the kernel had not written to disk is gone from its log: {lost}.")
            }
            Fault::Stop => {
                self.shuts_down(id, log);
                format!(
                    "{name} shuts down: it asks the controller first, so nothing waits for a timeout. {}",
                    self.words_of_leader()
                )
            }
            Fault::Freeze => {
                self.broker_mut(id).power = Power::Frozen;
                self.heartbeats_stop(id);
                format!("{name} freezes: connections stay open, nothing is answered, no heartbeat is sent.")
            }
            Fault::Resume => {
                self.resumes(id, log);
                format!("Broker {id} runs on where it stopped, with what it knew then.")
            }
            Fault::Cut => {
                self.broker_mut(id).cut = true;
                self.heartbeats_stop(id);
                format!("{name} is cut off from the other brokers and the controller. The producer still reaches it.")
            }
            Fault::Heal => {
                let broker = self.broker_mut(id);
                broker.cut = false;
                self.will_hear(id);
                format!("The network of broker {id} is mended.")
            }
            Fault::Slow => {
                self.broker_mut(id).slow = true;
                format!("The disk of broker {id} is slow now: each fetch takes it 8 s.")
            }
            Fault::Fast => {
                self.broker_mut(id).slow = false;
                let pace = self.pace(id);
                let broker = self.broker_mut(id);
                broker.fetch_at = broker.fetch_at.min(pace);
                format!("The disk of broker {id} is quick again.")
            }
            Fault::Start => {
                let at = self.now + START_MILLIS;
                self.broker_mut(id).power = Power::Starting(at);
                format!("Broker {id} is being started.")
            }
        };
        let text = says.trim_end_matches('.').to_owned();
        if fault.breaks() {
            log.bad(self.now, text);
        } else {
            log.say(self.now, text);
        }
        self.last.says = says;
        Ok(())
    }

    fn heartbeats_stop(&mut self, id: Id) {
        let ends = self.session_end().max(self.now + 1);
        let broker = self.broker_mut(id);
        broker.hears_at = None;
        if !broker.fenced && broker.session_ends.is_none() {
            broker.session_ends = Some(ends);
        }
    }

    fn will_hear(&mut self, id: Id) {
        let at = self.now + HEAR_MILLIS;
        let broker = self.broker_mut(id);
        if broker.power == Power::Up && !broker.cut {
            broker.hears_at = Some(at);
        }
    }

    fn goes_down(&mut self, id: Id, clean: bool) {
        self.heartbeats_stop(id);
        let broker = self.broker_mut(id);
        broker.power = Power::Down;
        broker.unclean_stop = !clean;
        broker.followers.clear();
        // What it knew of the partition is gone; the metadata tells it when it starts.
        broker.seen.leader = None;
        self.reset_connections(|to| to == id);
    }

    fn loses_power(&mut self, id: Id) -> Vec<u32> {
        self.goes_down(id, false);
        let now = self.now;
        let log = &mut self.broker_mut(id).log;
        let unwritten = |record: &&Record| record.at + DIRTY_MILLIS > now;
        let written = log.records.iter().rev().skip_while(unwritten).count() as u64;
        let end = log.start + written;
        let lost = log.truncate(end);
        let broker = self.broker_mut(id);
        broker.high_water = broker.high_water.min(end);
        lost.iter().map(|record| record.id).collect()
    }

    fn shuts_down(&mut self, id: Id, log: &mut Log) {
        let isr = &self.partition.isr - &BTreeSet::from([id]);
        self.change(isr, Cause::Leaves(id), log);
        self.goes_down(id, true);
        let broker = self.broker_mut(id);
        broker.fenced = true;
        broker.session_ends = None;
    }

    /// A frozen broker first does what waited at its door, still taking itself for what it was.
    fn resumes(&mut self, id: Id, log: &mut Log) {
        self.broker_mut(id).power = Power::Up;
        self.will_hear(id);
        let waiting = |sending: &Sending| matches!(sending, Sending::Sent { to, offset: None, .. } if *to == id);
        while let Some(index) = self.producer.pending.iter().position(|pending| waiting(&pending.state)) {
            self.deliver_produce(index, id, 0, log);
        }
    }
}

/// Every fault that can be done now, those of the leader first.
pub fn possible(cluster: &Cluster) -> Vec<(Fault, Id)> {
    let mut ids: Vec<Id> = REPLICAS.into();
    ids.sort_by_key(|id| (cluster.partition.leader != Some(*id), *id));
    let mut out = Vec::new();
    for fault in Fault::ALL {
        out.extend(ids.iter().filter(|id| fault.can_be_done(cluster, **id)).map(|id| (fault, *id)));
    }
    out
}
