//! Those at the ends: the reader of the invoices and the bank; and where a service stands, in words.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::service::{Commit, Phase, Service};

/// Invoices of the reader that are kept to be shown.
const SHOWN: usize = 6;

#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub position: u64,
    /// The last orders whose invoice it saw.
    pub saw: VecDeque<u32>,
    pub invoices: u64,
    seen: BTreeMap<u32, u32>,
    pub twice: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Bank {
    charged: BTreeSet<u32>,
    pub charges: u64,
    pub twice: u64,
    pub refused: u64,
}

impl Reader {
    /// How often it has now seen the order's invoice, when this is not the first time.
    pub fn take(&mut self, order: u32) -> Option<u32> {
        if self.saw.len() == SHOWN {
            self.saw.pop_front();
        }
        self.saw.push_back(order);
        self.invoices += 1;
        let seen = self.seen.entry(order).or_default();
        *seen += 1;
        self.twice += u64::from(*seen > 1);
        (*seen > 1).then_some(*seen - 1)
    }
}

impl Bank {
    /// Charges for an order; what came of it, to follow `The service`.
    pub fn charge(&mut self, order: u32, with_key: bool) -> String {
        let known = !self.charged.insert(order);
        if known && with_key {
            self.refused += 1;
            return format!(
                "asks the bank to charge order {order} again; the idempotency key is known, and the bank answers with the first result."
            );
        }
        self.charges += 1;
        self.twice += u64::from(known);
        if known {
            return format!("charges order {order} a second time: no transaction of Kafka reaches the bank.");
        }
        format!("charges order {order} at the bank.")
    }
}

impl Service {
    /// Where it stands, to follow `The service dies`.
    pub fn place(&self) -> String {
        let order = self.order().unwrap_or(0);
        match self.phase {
            Phase::Starting => "before it has begun".to_owned(),
            Phase::Polling => "between two batches".to_owned(),
            Phase::CommittingFirst => "after the poll, before the commit".to_owned(),
            Phase::Processing if self.at == 0 && self.commit == Commit::Before => {
                format!("after the commit, before order {order} is charged")
            }
            Phase::Processing => format!("before order {order} is charged"),
            Phase::Writing => format!("after charging order {order}, before its invoice"),
            Phase::Committing => "after the invoices, before the commit".to_owned(),
            Phase::SendingOffsets | Phase::Ending => "after the invoices, in an open transaction".to_owned(),
            Phase::Waiting => "after the decision, before the markers".to_owned(),
        }
    }
}

/// Orders in a few words.
pub fn words(orders: &[u32]) -> String {
    match orders {
        [] => "nothing".to_owned(),
        [one] => format!("order {one}"),
        [first, .., last] => format!("orders {first} to {last}"),
    }
}
