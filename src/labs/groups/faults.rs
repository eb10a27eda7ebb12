//! What can be done to the group.

use super::assign::Member;
use super::model::{Group, Happening, Life, MOST_MEMBERS, POLL_MILLIS, Protocol};
use crate::labs::{Log, Refused};

/// Something done to one consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Join,
    Crash,
    Restart,
    Leave,
    Slow,
    Stick,
    Mend,
}

impl Fault {
    pub const ALL: [Self; 7] =
        [Self::Join, Self::Crash, Self::Restart, Self::Slow, Self::Stick, Self::Mend, Self::Leave];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Crash => "crash",
            Self::Restart => "restart",
            Self::Leave => "leave",
            Self::Slow => "slow",
            Self::Stick => "stick",
            Self::Mend => "mend",
        }
    }

    pub fn label(self, member: Member) -> String {
        match self {
            Self::Join => format!("Start consumer {member}"),
            Self::Crash => format!("Kill consumer {member}"),
            Self::Restart => format!("Restart consumer {member}"),
            Self::Leave => format!("Close consumer {member}"),
            Self::Slow => format!("Slow consumer {member}"),
            Self::Stick => format!("Hang consumer {member}"),
            Self::Mend => format!("Mend consumer {member}"),
        }
    }

    pub const fn breaks(self) -> bool {
        matches!(self, Self::Crash | Self::Slow | Self::Stick)
    }

    pub fn can_be_done(self, group: &Group, member: Member) -> bool {
        let life = group.clients.get(&member).map(|client| client.life);
        match self {
            Self::Join => free_letter(group) == Some(member),
            Self::Crash | Self::Leave => life.is_some_and(|life| life != Life::Crashed),
            Self::Restart => life == Some(Life::Crashed) && (stays_in(group, member) || free_letter(group).is_some()),
            Self::Slow => life == Some(Life::Works),
            Self::Stick => matches!(life, Some(Life::Works | Life::Slow)),
            Self::Mend => matches!(life, Some(Life::Slow | Life::Stuck)),
        }
    }
}

/// The letter of the next process.
fn free_letter(group: &Group) -> Option<Member> {
    (0..MOST_MEMBERS)
        .map(Member)
        .find(|member| !group.clients.contains_key(member) && !group.sessions.contains_key(member))
}

/// A static member that the coordinator has not given up takes its place again.
fn stays_in(group: &Group, member: Member) -> bool {
    group.settings.is_static && group.sessions.contains_key(&member)
}

/// Every fault that can be done now.
pub fn possible(group: &Group) -> Vec<(Fault, Member)> {
    let all = Fault::ALL.into_iter().flat_map(|fault| (0..MOST_MEMBERS).map(move |letter| (fault, Member(letter))));
    all.filter(|(fault, member)| fault.can_be_done(group, *member)).collect()
}

impl Group {
    /// Does it.
    ///
    /// # Errors
    /// When the member is not as the fault needs it.
    pub fn fault(&mut self, fault: Fault, member: Member, log: &mut Log) -> Result<(), Refused> {
        if !fault.can_be_done(self, member) {
            return Err(Refused::no_such_act(&format!("{}-{member}", fault.word())));
        }
        self.last = Happening { focus: vec![format!("m{member}")], ..Happening::default() };
        match fault {
            Fault::Join => self.starts(member, &format!("Consumer {member} starts and joins the group. "), log),
            Fault::Restart if stays_in(self, member) => self.comes_back(member, log),
            Fault::Restart => {
                let Some(next) = free_letter(self) else { return Err(Refused::no_such_act("restart")) };
                let says = format!(
                    "The process runs again, as consumer {next}: it has a new member id. To the coordinator {member} is still there. "
                );
                self.starts(next, &says, log);
            }
            Fault::Crash => {
                self.set_life(member, Life::Crashed);
                let session = self.settings.session_millis;
                let says = format!(
                    "Consumer {member} is killed. It cannot say goodbye: the coordinator waits {session} ms for its heartbeat."
                );
                self.tell(&says, true, log);
            }
            Fault::Leave => self.closes(member, log),
            Fault::Slow => {
                self.set_life(member, Life::Slow);
                self.tell(&format!("Each batch takes consumer {member} 20 s now. It still sends heartbeats, from a thread of their own."), true, log);
                self.poll_soon(member);
            }
            Fault::Stick => {
                self.set_life(member, Life::Stuck);
                let interval = self.settings.poll_interval_millis;
                self.tell(&format!("Consumer {member} hangs in the work on a record. Its heartbeats go on; after {interval} ms without a poll it must leave."), true, log);
            }
            Fault::Mend => {
                self.set_life(member, Life::Works);
                self.poll_soon(member);
                self.tell(&format!("Consumer {member} works as before."), false, log);
            }
        }
        self.bury();
        Ok(())
    }

    fn tell(&mut self, says: &str, bad: bool, log: &mut Log) {
        says.clone_into(&mut self.last.says);
        let text = says.trim_end_matches('.');
        if bad {
            log.bad(self.now, text);
        } else {
            log.say(self.now, text);
        }
    }

    fn set_life(&mut self, member: Member, life: Life) {
        if let Some(client) = self.clients.get_mut(&member) {
            client.life = life;
        }
    }

    fn poll_soon(&mut self, member: Member) {
        let at = self.now + POLL_MILLIS;
        if let Some(client) = self.clients.get_mut(&member) {
            client.polls_at = client.polls_at.min(at);
        }
    }

    fn starts(&mut self, member: Member, says: &str, log: &mut Log) {
        let fresh = self.fresh(member);
        self.clients.insert(member, fresh);
        log.say(self.now, format!("Consumer {member} joins the group"));
        says.clone_into(&mut self.last.says);
        match self.settings.protocol {
            Protocol::Classic => {
                self.join(member);
                let waiting = self.words_of_waiting();
                self.last.says = format!("{says}The group rebalances: {waiting}.");
            }
            Protocol::Consumer => self.join_consumer(member, log),
        }
    }

    /// A static member that was away for less than the session.
    fn comes_back(&mut self, member: Member, log: &mut Log) {
        self.sessions.insert(member, self.now + self.settings.session_millis);
        let owned = match self.settings.protocol {
            Protocol::Classic => self.static_back_classic(member),
            Protocol::Consumer => self.reconciling.current.get(&member).cloned().unwrap_or_default(),
        };
        let must_join = self.classic.preparing.is_some();
        let fresh = self.fresh(member);
        self.clients.insert(member, super::model::Client { told: owned.clone(), owned, must_join, ..fresh });
        self.tell(&format!("Consumer {member} is back under its group.instance.id before its session has ended: it gets what it had, and nobody else notices."), false, log);
    }

    fn closes(&mut self, member: Member, log: &mut Log) {
        if self.settings.is_static {
            self.set_life(member, Life::Crashed);
            self.tell(&format!("Consumer {member} closes. A static member does not leave: its partitions wait for it until its session ends."), true, log);
            return;
        }
        self.clients.remove(&member);
        log.say(self.now, format!("Consumer {member} closes and leaves the group"));
        self.last.says = format!("Consumer {member} closes and says so. ");
        if self.sessions.contains_key(&member) {
            self.removed(member, log);
        }
    }
}
