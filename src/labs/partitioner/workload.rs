//! Who writes: orders that are created, paid and shipped, each event a record.

use std::collections::BTreeMap;

use crate::labs::Chance;
use rand::RngExt as _;

/// What an event says of its order; an order goes through them in turn.
pub const STAGES: [&str; 3] = ["created", "paid", "shipped"];
/// Orders under way at a time.
const OPEN: usize = 6;
/// Merchants whose orders they are.
const MERCHANTS: u64 = 10;
/// The one that has a sale. Its key stays in partition 2 when three partitions become six, and in 0 when four become eight.
pub const HOT: u64 = 9;

/// One record, as the reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// 0 for a record with the reader's own key.
    pub order: u32,
    /// Index into [`STAGES`].
    pub stage: u8,
    /// The key as text; none for a record without one.
    pub key: Option<String>,
}

/// The open orders, and which events of them the group has processed.
#[derive(Clone, Debug)]
pub struct Orders {
    open: Vec<(u32, u64, u8)>,
    next: u32,
    /// Records so far, for the keys that are dealt out in turn.
    sent: u64,
    /// By order: events processed, a bit each.
    processed: BTreeMap<u32, u8>,
}

impl Orders {
    pub fn new(rng: &mut Chance) -> Self {
        let mut orders = Self { open: Vec::new(), next: 1, sent: 0, processed: BTreeMap::new() };
        for _ in 0..OPEN {
            let order = orders.fresh(10, rng);
            orders.open.push(order);
        }
        orders
    }

    /// A new order; `hot` is the share of the merchant with the sale, in per cent.
    fn fresh(&mut self, hot: u64, rng: &mut Chance) -> (u32, u64, u8) {
        let other = rng.random_range(1..MERCHANTS);
        let merchant = if rng.random_range(0..100) < hot { HOT } else { other + u64::from(other >= HOT) };
        self.next += 1;
        (self.next - 1, merchant, 0)
    }

    /// The next event of one of the open orders, with its key as `key` says.
    pub fn event(&mut self, key: &str, hot: u64, rng: &mut Chance) -> Event {
        self.sent += 1;
        let index = rng.random_range(0..OPEN);
        let (order, merchant, stage) = self.open.get(index).copied().unwrap_or((0, 1, 0));
        let next =
            if usize::from(stage) + 1 == STAGES.len() { self.fresh(hot, rng) } else { (order, merchant, stage + 1) };
        if let Some(open) = self.open.get_mut(index) {
            *open = next;
        }
        let key = match key {
            "order_id" => Some(format!("order-{order}")),
            "merchant_id" => Some(format!("merchant-{merchant}")),
            "merchant_id#0..3" => Some(format!("merchant-{merchant}#{}", self.sent % 4)),
            _ => None,
        };
        Event { order, stage, key }
    }

    /// Notes that the group has processed an event; the event that should have come first, when it has not.
    pub fn process(&mut self, event: &Event) -> Option<&'static str> {
        if event.order == 0 {
            return None;
        }
        let done = self.processed.entry(event.order).or_default();
        let missing = (0..event.stage).find(|stage| *done & (1 << stage) == 0);
        *done |= 1 << event.stage;
        if *done == 0b111 {
            self.processed.remove(&event.order);
        }
        missing.and_then(|stage| STAGES.get(usize::from(stage)).copied())
    }
}

impl Event {
    /// In a cell: the order's last digits and the first letter of its stage, `12p`.
    pub fn cell(&self) -> String {
        let stage = STAGES.get(usize::from(self.stage)).and_then(|stage| stage.chars().next());
        match (self.order, stage) {
            (0, _) => "you".to_owned(),
            (order, Some(stage)) => format!("{}{stage}", order % 1000),
            (order, None) => order.to_string(),
        }
    }

    /// In a sentence: `order 12 paid`.
    pub fn words(&self) -> String {
        match self.order {
            0 => "the record with your key".to_owned(),
            order => format!("order {order} {}", STAGES.get(usize::from(self.stage)).copied().unwrap_or_default()),
        }
    }
}
