//! The consumers: receive, work, delete, and all that can come between.

use super::model::{Consumer, Event, LONG_POLL_MILLIS, Model, REMEMBERED, RESTART_MILLIS, SLOW_MILLIS};
use super::queue::{Deleted, Kind, Message};
use super::settings::unsigned;
use crate::labs::Level;

impl Model {
    /// A consumer asks for messages; false when there is nothing for it, and it waits.
    pub(super) fn poll(&mut self, at: usize) -> bool {
        let most = usize::try_from(self.set.batch).unwrap_or(1);
        let received = self.queue.receive(self.now, most, self.set.policy());
        let name = format!("Consumer {}", at + 1);
        if received.over_limit {
            self.counts.over_limit += 1;
            self.plan(self.now + 1_000, Event::Poll(at));
            let quota = self.set.in_flight_quota;
            self.say(
                Level::Bad,
                format!("{name} receives nothing: {quota} messages are in flight, the quota. A short poll of a standard queue says OverLimit."),
                &[],
            );
            return true;
        }
        let dead = self.bury(&received.dead);
        if received.taken.is_empty() {
            let until = self.now + LONG_POLL_MILLIS;
            if let Some(consumer) = self.consumers.get_mut(at) {
                consumer.waits_until = Some(until);
            }
            self.plan(until, Event::PollOver { consumer: at, until });
            let Some(dead) = dead else { return false };
            self.say(Level::Bad, dead, &["bury"]);
            return true;
        }
        self.take(at, received.taken, dead);
        true
    }

    pub(super) fn take(&mut self, at: usize, taken: Vec<Message>, dead: Option<String>) {
        self.counts.received += taken.len();
        for message in &taken {
            self.plan(message.visible_at, Event::Visible { id: message.id, handle: message.handle });
            self.first_received.entry(message.id).or_insert(self.now);
            if self.redriven == Some(message.id) {
                self.counts.redriven_receives += 1;
            }
            if message.received == 1 && message.group == 0 {
                self.counts.longest_of_a = self.counts.longest_of_a.max(self.now - message.sent_at);
            }
            if message.received == 1 && message.group != 0 {
                self.counts.quiet_dwell.push_back(self.now - message.sent_at);
                if self.counts.quiet_dwell.len() > 8 {
                    self.counts.quiet_dwell.pop_front();
                }
            }
        }
        let names: Vec<String> = taken.iter().map(Message::name).collect();
        let again = taken.iter().map(|message| message.received).max().unwrap_or_default();
        let flow = format!("receive-{}", at + 1);
        if let Some(consumer) = self.consumers.get_mut(at) {
            consumer.held = taken.into();
        }
        self.work_on(at);
        let hidden = self.set.visibility_secs;
        let count = if again > 1 { format!(" Receive count {again}.") } else { String::new() };
        let says = format!(
            "Consumer {} receives {}: hidden from others for {hidden} s, not deleted.{count}",
            at + 1,
            names.join(", ")
        );
        match dead {
            Some(dead) => self.say(Level::Bad, format!("{dead} {says}"), &["bury", &flow]),
            None => self.say(if again > 1 { Level::Bad } else { Level::Plain }, says, &[&flow]),
        }
    }

    /// What was received too often goes to the dead-letter queue.
    pub(super) fn bury(&mut self, dead: &[Message]) -> Option<String> {
        let names: Vec<String> = dead.iter().map(Message::name).collect();
        for message in dead {
            self.counts.dead += 1;
            let first = self.first_received.get(&message.id).copied().unwrap_or(self.now);
            self.counts.first_dead.get_or_insert((first, self.now));
            self.dead.send(Message { received: 0, ..message.clone() }, false);
        }
        let most = self.set.max_receive_count;
        (!names.is_empty()).then(|| {
            format!(
                "{} would be received once more after {most} receives: it goes to the dead-letter queue instead.",
                names.join(", ")
            )
        })
    }

    /// A consumer begins with the first of what it holds.
    pub(super) fn work_on(&mut self, at: usize) {
        let (work, half) = (unsigned(self.set.work_millis), unsigned(self.set.visibility_secs) * 500);
        let Some(consumer) = self.consumers.get_mut(at) else { return };
        let Some(message) = consumer.held.front() else { return };
        let (handle, slow) = (message.handle, message.kind == Kind::Slow);
        consumer.done_at = self.now + if slow { SLOW_MILLIS } else { work };
        let done_at = consumer.done_at;
        self.plan(done_at, Event::Done { consumer: at, handle });
        if self.set.heartbeat {
            self.plan(self.now + half, Event::Heartbeat { consumer: at, handle });
        }
    }

    pub(super) fn done(&mut self, at: usize) {
        let Some(message) = self.consumers.get_mut(at).and_then(|consumer| consumer.held.pop_front()) else { return };
        let spent = if message.kind == Kind::Slow { SLOW_MILLIS } else { unsigned(self.set.work_millis) };
        self.queue.spent(self.now, message.group, spent);
        let (name, who) = (message.name(), format!("Consumer {}", at + 1));
        if message.kind == Kind::Poison && !self.mended {
            self.fail(at, &message, &name, &who);
        } else {
            self.succeed(at, &message, &name, &who);
        }
        if self.consumers.get(at).is_some_and(|consumer| consumer.held.is_empty()) {
            self.plan(self.now, Event::Poll(at));
        } else {
            self.work_on(at);
        }
        // A group of a FIFO queue may be free now.
        self.wake();
    }

    pub(super) fn fail(&mut self, at: usize, message: &Message, name: &str, who: &str) {
        let back = if self.set.give_back && self.queue.change_visibility(self.now, message.id, message.handle, 0) {
            "gives it back at once with ChangeMessageVisibility 0"
        } else {
            "does not delete it: it comes back when its timeout is over"
        };
        let receive = format!("~receive-{}", at + 1);
        self.say(Level::Bad, format!("{who} fails on {name}, receive {}, and {back}.", message.received), &[&receive]);
    }

    pub(super) fn succeed(&mut self, at: usize, message: &Message, name: &str, who: &str) {
        let effects = self.effects.entry(message.id).or_default();
        *effects += 1;
        let effects = *effects;
        while self.effects.len() > REMEMBERED {
            self.effects.pop_first();
        }
        while self.first_received.len() > REMEMBERED {
            self.first_received.pop_first();
        }
        match effects {
            1 => self.counts.done += 1,
            2 => self.counts.twice += 1,
            _ => {}
        }
        let late = self.last_done.get_mut(usize::from(message.group)).is_some_and(|last| {
            let late = message.number < *last;
            *last = message.number.max(*last);
            late
        });
        if late && effects == 1 {
            self.counts.out_of_order += 1;
        }
        let effect = format!("effect-{}", at + 1);
        let twice = if effects > 1 { format!(" It has now taken effect {effects} times.") } else { String::new() };
        match self.queue.delete(self.now, message.id, message.handle, self.set.fifo) {
            Deleted::Gone => {
                self.counts.deleted += 1;
                let level = if effects > 1 { Level::Bad } else { Level::Good };
                self.say(level, format!("{who} is through with {name} and deletes it.{twice}"), &[&effect]);
            }
            Deleted::Expired => {
                self.counts.expired_deletes += 1;
                self.say(
                    Level::Bad,
                    format!("{who} is through with {name}, too late: DeleteMessage says InvalidParameterValue, the receipt handle has expired.{twice}"),
                    &[&effect],
                );
            }
            Deleted::Nothing => {
                self.counts.expired_deletes += 1;
                self.say(
                    Level::Bad,
                    format!("{who} is through with {name}, too late: another consumer has deleted it or it is a dead letter; DeleteMessage says OK.{twice}"),
                    &[&effect],
                );
            }
            Deleted::Stale => {
                self.counts.expired_deletes += 1;
                self.say(
                    Level::Bad,
                    format!("{who} is through with {name}, too late: DeleteMessage says OK, but {name} was received again since and stays.{twice}"),
                    &[&effect],
                );
            }
        }
    }

    pub(super) fn heartbeat(&mut self, at: usize) {
        let (visibility, now) = (unsigned(self.set.visibility_secs) * 1_000, self.now);
        let Some(consumer) = self.consumers.get(at) else { return };
        let held: Vec<(u32, u64)> = consumer.held.iter().map(|message| (message.id, message.handle)).collect();
        let mut renewed = 0;
        for (id, handle) in &held {
            if self.queue.change_visibility(now, *id, *handle, visibility) {
                renewed += 1;
                self.plan(now + visibility, Event::Visible { id: *id, handle: *handle });
            }
        }
        if let Some((_, handle)) = held.first() {
            self.plan(now + visibility / 2, Event::Heartbeat { consumer: at, handle: *handle });
        }
        let flow = format!("~receive-{}", at + 1);
        let seconds = self.set.visibility_secs;
        self.say(
            Level::Plain,
            format!(
                "Consumer {} renews {renewed} of {} for {seconds} s more: it is still at work.",
                at + 1,
                held.len()
            ),
            &[&flow],
        );
    }

    pub(super) fn visible_again(&mut self, id: u32, handle: u64) {
        let Some(message) = self.queue.messages().find(|message| message.id == id).cloned() else { return };
        let holder = self.consumers.iter().position(|consumer| consumer.held.iter().any(|held| held.handle == handle));
        let name = message.name();
        let (level, why) = match holder {
            Some(at) => (Level::Bad, format!("Consumer {} still has it and does not know.", at + 1)),
            None => (Level::Plain, "Nobody deleted it.".to_owned()),
        };
        let seconds = self.set.visibility_secs;
        self.say(level, format!("{name} is visible again: its timeout, {seconds} s, is over. {why}"), &[]);
        self.wake();
    }

    /// A long poll ends with nothing, and the next begins.
    pub(super) fn poll_over(&mut self, at: usize) {
        if let Some(consumer) = self.consumers.get_mut(at) {
            consumer.waits_until = None;
        }
        self.counts.empty += 1;
        self.plan(self.now, Event::Poll(at));
    }

    /// A consumer dies with what it holds.
    pub fn crash(&mut self, at: usize) -> usize {
        let Some(consumer) = self.consumers.get_mut(at) else { return 0 };
        let held = consumer.held.len();
        *consumer = Consumer { down: true, ..Consumer::default() };
        self.plan(self.now + RESTART_MILLIS, Event::Restart(at));
        held
    }

    pub(super) fn restart(&mut self, at: usize) {
        if let Some(consumer) = self.consumers.get_mut(at) {
            consumer.down = false;
        }
        self.plan(self.now, Event::Poll(at));
        self.say(Level::Good, format!("Consumer {} is back. It knows nothing of what it held.", at + 1), &[]);
    }
}
