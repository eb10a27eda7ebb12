//! What the brokers keep: two logs, the group's offset, the producers' sequences and the transaction.

use std::collections::{BTreeMap, VecDeque};

/// Entries of a log that are kept behind what everybody has read.
const KEPT: usize = 24;
/// How often the coordinator looks for transactions past their timeout:
/// `transaction.abort.timed.out.transaction.cleanup.interval.ms`, its default.
pub const CLEANUP_MILLIS: u64 = 10_000;
/// Batches of a producer that a leader remembers, to recognise one that comes again.
const REMEMBERED: usize = 5;

/// A log with the offset of its first entry that is kept.
#[derive(Clone, Debug)]
pub struct Log<E> {
    pub entries: VecDeque<E>,
    pub first: u64,
}

impl<E> Log<E> {
    const fn new() -> Self {
        Self { entries: VecDeque::new(), first: 0 }
    }

    pub fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn append(&mut self, entry: E) -> u64 {
        self.entries.push_back(entry);
        self.end() - 1
    }

    pub fn get(&self, offset: u64) -> Option<&E> {
        self.entries.get(usize::try_from(offset.checked_sub(self.first)?).ok()?)
    }

    /// Forgets what lies far behind `needed`.
    fn forget(&mut self, needed: u64) {
        while self.entries.len() > KEPT && self.first < needed {
            self.entries.pop_front();
            self.first += 1;
        }
    }
}

/// An entry of the invoices' log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Invoice {
        order: u32,
        fate: Fate,
    },
    /// The control record that ends a transaction.
    Marker {
        commits: bool,
    },
}

/// Whether an invoice belongs to a transaction, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Plain,
    Open,
    Committed,
    Aborted,
}

/// Who sends: the producer's id and epoch, and the sequence number of the record.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub producer: u64,
    pub epoch: u16,
    pub sequence: u64,
}

/// What an append came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    At(u64),
    /// Already there: answered as if it had just been written.
    Again,
}

/// The epoch is not the current one: another producer has the transactional id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fenced;

/// The member does not belong to the group's generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMember;

/// The transaction of the one transactional id.
#[derive(Clone, Debug)]
pub struct Transaction {
    pub producer: u64,
    pub epoch: u16,
    pub state: State,
    pub since: u64,
    /// The offset that becomes the group's when it commits.
    pub offset: Option<u64>,
    /// Has written to the invoices.
    writes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Empty,
    Ongoing,
    PrepareCommit,
    PrepareAbort,
    CompleteCommit,
    CompleteAbort,
}

#[derive(Clone, Debug)]
pub struct Broker {
    pub orders: Log<u32>,
    pub invoices: Log<Entry>,
    /// The group's committed offset of the orders; none before the first commit.
    pub committed: Option<u64>,
    pub generation: u32,
    pub transaction: Option<Transaction>,
    next_producer: u64,
    /// By producer, for each log: its epoch and the sequences of its last batches.
    seen: [BTreeMap<u64, (u16, VecDeque<u64>)>; 2],
}

impl Broker {
    pub const fn new() -> Self {
        Self {
            orders: Log::new(),
            invoices: Log::new(),
            committed: None,
            generation: 0,
            transaction: None,
            next_producer: 1000,
            seen: [BTreeMap::new(), BTreeMap::new()],
        }
    }

    /// A producer id that nobody had.
    pub fn producer_id(&mut self) -> u64 {
        self.next_producer += 1;
        self.next_producer - 1
    }

    /// Whether this batch is one of the last ones of its producer; remembers it when not.
    fn is_again(&mut self, log: usize, stamp: Stamp) -> bool {
        let Some(seen) = self.seen.get_mut(log) else { return false };
        let (epoch, sequences) = seen.entry(stamp.producer).or_default();
        if *epoch != stamp.epoch {
            // Sequences begin anew with the epoch.
            *epoch = stamp.epoch;
            sequences.clear();
        }
        if sequences.contains(&stamp.sequence) {
            return true;
        }
        if sequences.len() == REMEMBERED {
            sequences.pop_front();
        }
        sequences.push_back(stamp.sequence);
        false
    }

    /// The shop's order; without a stamp the producer is not idempotent.
    pub fn append_order(&mut self, order: u32, stamp: Option<Stamp>) -> Appended {
        if stamp.is_some_and(|stamp| self.is_again(0, stamp)) {
            return Appended::Again;
        }
        Appended::At(self.orders.append(order))
    }

    /// The service's invoice.
    ///
    /// # Errors
    /// When the transaction's epoch has moved on; nothing is written.
    pub fn append_invoice(
        &mut self,
        order: u32,
        stamp: Option<Stamp>,
        in_transaction: bool,
        now: u64,
    ) -> Result<Appended, Fenced> {
        if in_transaction {
            let Some((transaction, stamp)) = self.transaction.as_mut().zip(stamp) else { return Err(Fenced) };
            if transaction.epoch != stamp.epoch {
                return Err(Fenced);
            }
            transaction.begin(now);
            transaction.writes = true;
        }
        if stamp.is_some_and(|stamp| self.is_again(1, stamp)) {
            return Ok(Appended::Again);
        }
        let fate = if in_transaction { Fate::Open } else { Fate::Plain };
        Ok(Appended::At(self.invoices.append(Entry::Invoice { order, fate })))
    }

    /// The group's offset, by a member of a generation.
    ///
    /// # Errors
    /// When the group has moved on to another generation.
    pub fn commit(&mut self, offset: u64, generation: u32) -> Result<(), NotAMember> {
        if generation != self.generation {
            return Err(NotAMember);
        }
        self.committed = Some(offset);
        Ok(())
    }

    /// Registers the transactional id anew: what was open is aborted, the epoch rises. Whether something was open.
    pub fn init_transactions(&mut self) -> (u64, u16, bool) {
        self.complete();
        let open = self.transaction.as_ref().is_some_and(|transaction| transaction.state == State::Ongoing);
        if open {
            self.end(false);
            self.complete();
        }
        let producer = match &self.transaction {
            Some(transaction) => transaction.producer,
            None => self.producer_id(),
        };
        let epoch = self.transaction.as_ref().map_or(0, |transaction| transaction.epoch + 1);
        let transaction = Transaction { producer, epoch, state: State::Empty, since: 0, offset: None, writes: false };
        self.transaction = Some(transaction);
        (producer, epoch, open)
    }

    /// Puts the group's offset into the transaction.
    ///
    /// # Errors
    /// When the epoch has moved on.
    pub fn send_offsets(&mut self, offset: u64, epoch: u16, now: u64) -> Result<(), Fenced> {
        let transaction = self.transaction.as_mut().filter(|transaction| transaction.epoch == epoch).ok_or(Fenced)?;
        transaction.begin(now);
        transaction.offset = Some(offset);
        Ok(())
    }

    /// The producer asks for the commit; the decision is in the coordinator's log.
    ///
    /// # Errors
    /// When the epoch has moved on.
    pub fn prepare_commit(&mut self, epoch: u16) -> Result<(), Fenced> {
        self.transaction.as_ref().filter(|transaction| transaction.epoch == epoch).ok_or(Fenced)?;
        self.end(true);
        Ok(())
    }

    fn end(&mut self, commits: bool) {
        if let Some(transaction) = &mut self.transaction {
            transaction.state = if commits { State::PrepareCommit } else { State::PrepareAbort };
            // transaction.version 2: each end of a transaction raises the epoch.
            transaction.epoch += 1;
        }
    }

    /// Writes the markers of a transaction that is decided; whether it committed, or nothing was to be done.
    pub fn complete(&mut self) -> Option<bool> {
        let transaction = self.transaction.as_mut()?;
        let commits = match transaction.state {
            State::PrepareCommit => true,
            State::PrepareAbort => false,
            _ => return None,
        };
        transaction.state = if commits { State::CompleteCommit } else { State::CompleteAbort };
        let offset = transaction.offset.take();
        if std::mem::take(&mut transaction.writes) {
            for entry in &mut self.invoices.entries {
                if let Entry::Invoice { fate, .. } = entry
                    && *fate == Fate::Open
                {
                    *fate = if commits { Fate::Committed } else { Fate::Aborted };
                }
            }
            self.invoices.append(Entry::Marker { commits });
        }
        if commits && offset.is_some() {
            self.committed = offset;
        }
        Some(commits)
    }

    /// When the coordinator will abort the open transaction.
    pub fn times_out_at(&self, timeout_millis: u64) -> Option<u64> {
        let open = self.transaction.as_ref().filter(|transaction| transaction.state == State::Ongoing)?;
        Some((open.since + timeout_millis).next_multiple_of(CLEANUP_MILLIS))
    }

    /// Aborts the open transaction, as the coordinator does past its timeout.
    pub fn abort(&mut self) {
        self.end(false);
        self.complete();
    }

    /// The first offset that a `read_committed` reader does not get: that of the oldest open transaction, or the end.
    pub fn last_stable_offset(&self) -> u64 {
        let open = |entry: &Entry| matches!(entry, Entry::Invoice { fate: Fate::Open, .. });
        let place = self.invoices.entries.iter().position(open);
        place.map_or_else(|| self.invoices.end(), |place| self.invoices.first + place as u64)
    }

    /// Forgets what nobody needs any more.
    pub fn forget(&mut self, orders_read: u64, invoices_read: u64) {
        self.orders.forget(orders_read.min(self.committed.unwrap_or(0)));
        self.invoices.forget(invoices_read.min(self.last_stable_offset()));
    }
}

impl Transaction {
    fn begin(&mut self, now: u64) {
        if self.state != State::Ongoing {
            self.state = State::Ongoing;
            self.since = now;
        }
    }
}
