//! One running copy of the service: it polls orders, charges, writes invoices and commits, one move at a time.

use super::broker::{Appended, Broker, Stamp};

/// When the offset is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    Before,
    After,
    Transaction,
}

/// What the service does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Starting,
    Polling,
    CommittingFirst,
    Processing,
    Writing,
    Committing,
    SendingOffsets,
    Ending,
    /// The coordinator writes the markers.
    Waiting,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub commit: Commit,
    pub phase: Phase,
    /// Orders of the last poll, and the place of the one at hand.
    pub batch: Vec<u32>,
    pub at: usize,
    /// The next offset to poll.
    pub position: u64,
    pub producer: u64,
    pub epoch: u16,
    sequence: u64,
    generation: u32,
    idempotent: bool,
}

/// What a move came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// From this offset on; an open transaction of the predecessor was aborted.
    Started {
        from: u64,
        aborted: bool,
    },
    Polled,
    Idle,
    CommittedFirst(u64),
    /// The order is charged.
    Charged(u32),
    Wrote {
        order: u32,
        appended: Appended,
    },
    Committed(u64),
    SentOffsets(u64),
    Decided,
    /// What stops it, as the client names it.
    Stopped(&'static str),
}

impl Service {
    pub const fn new(commit: Commit, idempotent: bool, generation: u32) -> Self {
        Self {
            commit,
            phase: Phase::Starting,
            batch: Vec::new(),
            at: 0,
            position: 0,
            producer: 0,
            epoch: 0,
            sequence: 0,
            generation,
            idempotent,
        }
    }

    /// The order at hand.
    pub fn order(&self) -> Option<u32> {
        self.batch.get(self.at).copied()
    }

    /// Makes the next move.
    pub fn advance(&mut self, broker: &mut Broker, max_poll: usize, now: u64) -> Moved {
        match self.phase {
            Phase::Starting => self.start(broker),
            Phase::Polling => self.poll(broker, max_poll),
            Phase::CommittingFirst => match broker.commit(self.position, self.generation) {
                Ok(()) => self.to(Phase::Processing, Moved::CommittedFirst(self.position)),
                Err(_) => Moved::Stopped("CommitFailedException"),
            },
            Phase::Processing => {
                let order = self.order().unwrap_or(0);
                self.to(Phase::Writing, Moved::Charged(order))
            }
            Phase::Writing => self.write(broker, now),
            Phase::Committing => match broker.commit(self.position, self.generation) {
                Ok(()) => self.to(Phase::Polling, Moved::Committed(self.position)),
                Err(_) => Moved::Stopped("CommitFailedException"),
            },
            Phase::SendingOffsets => match broker.send_offsets(self.position, self.epoch, now) {
                Ok(()) => self.to(Phase::Ending, Moved::SentOffsets(self.position)),
                Err(_) => Moved::Stopped("ProducerFencedException"),
            },
            Phase::Ending => match broker.prepare_commit(self.epoch) {
                Ok(()) => self.to(Phase::Waiting, Moved::Decided),
                Err(_) => Moved::Stopped("ProducerFencedException"),
            },
            Phase::Waiting => Moved::Idle,
        }
    }

    const fn to(&mut self, phase: Phase, moved: Moved) -> Moved {
        self.phase = phase;
        moved
    }

    fn start(&mut self, broker: &mut Broker) -> Moved {
        let mut aborted = false;
        if self.commit == Commit::Transaction {
            (self.producer, self.epoch, aborted) = broker.init_transactions();
        } else {
            self.producer = broker.producer_id();
        }
        self.position = broker.committed.unwrap_or(0);
        self.to(Phase::Polling, Moved::Started { from: self.position, aborted })
    }

    fn poll(&mut self, broker: &Broker, max_poll: usize) -> Moved {
        let offsets = self.position..broker.orders.end();
        self.batch = offsets.take(max_poll).filter_map(|offset| broker.orders.get(offset).copied()).collect();
        self.at = 0;
        if self.batch.is_empty() {
            return Moved::Idle;
        }
        self.position += self.batch.len() as u64;
        let next = if self.commit == Commit::Before { Phase::CommittingFirst } else { Phase::Processing };
        self.to(next, Moved::Polled)
    }

    /// Sends the invoice; [`Service::acknowledged`] moves on, and without it the same record is sent again.
    fn write(&mut self, broker: &mut Broker, now: u64) -> Moved {
        let order = self.order().unwrap_or(0);
        let in_transaction = self.commit == Commit::Transaction;
        let stamp = Stamp { producer: self.producer, epoch: self.epoch, sequence: self.sequence };
        let stamp = (self.idempotent || in_transaction).then_some(stamp);
        match broker.append_invoice(order, stamp, in_transaction, now) {
            Ok(appended) => Moved::Wrote { order, appended },
            Err(_) => Moved::Stopped("InvalidProducerEpochException"),
        }
    }

    /// The broker's answer to the last invoice has come.
    pub fn acknowledged(&mut self) {
        self.sequence += 1;
        self.at += 1;
        self.phase = match self.commit {
            _ if self.at < self.batch.len() => Phase::Processing,
            Commit::Before => Phase::Polling,
            Commit::After => Phase::Committing,
            Commit::Transaction => Phase::SendingOffsets,
        };
    }

    /// The transaction is complete; with it comes the next epoch.
    pub fn completed(&mut self, epoch: u16) {
        self.epoch = epoch;
        self.phase = Phase::Polling;
    }
}
