//! The settings of the lab, as knobs.

use super::queue::Policy;
use crate::labs::{Kind, Knob, Value};

pub const TYPES: &[&str] = &["standard", "FIFO"];
const QUOTA: i64 = 120_000;

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    pub fifo: bool,
    pub fair: bool,
    pub visibility_secs: i64,
    /// 0: no redrive policy.
    pub max_receive_count: i64,
    pub batch: i64,
    pub consumers: i64,
    pub work_millis: i64,
    pub pace_millis: i64,
    pub heartbeat: bool,
    /// After a failure the consumer gives the message back at once.
    pub give_back: bool,
    pub in_flight_quota: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fifo: false,
            fair: false,
            visibility_secs: 30,
            max_receive_count: 3,
            batch: 1,
            consumers: 3,
            work_millis: 2_000,
            pace_millis: 1_000,
            heartbeat: false,
            give_back: false,
            in_flight_quota: QUOTA,
        }
    }
}

impl Settings {
    pub fn policy(&self) -> Policy {
        Policy {
            fifo: self.fifo,
            fair: self.fair,
            visibility_millis: unsigned(self.visibility_secs) * 1_000,
            max_receive_count: u32::try_from(self.max_receive_count).ok().filter(|most| *most > 0),
            in_flight_quota: usize::try_from(self.in_flight_quota).unwrap_or(1),
        }
    }

    pub fn knobs(&self) -> Vec<Knob> {
        vec![
            Knob::int(
                "VisibilityTimeout",
                "How long a received message is hidden from other consumers.",
                (5, 120, 5),
                "s",
                self.visibility_secs,
            ),
            Knob::int(
                "maxReceiveCount",
                "Received so often, a message goes to the dead-letter queue instead of being received again; 0: no redrive policy.",
                (0, 10, 1),
                "",
                self.max_receive_count,
            ),
            Knob::int(
                "MaxNumberOfMessages",
                "The most that a consumer takes in one receive; it works through them one after the other.",
                (1, 10, 1),
                "",
                self.batch,
            ),
            Knob::switch(
                "heartbeat",
                "The consumer renews the timeout of all it holds by ChangeMessageVisibility, at half of it.",
                self.heartbeat,
            ),
            Knob {
                name: "queue type",
                help: "FIFO keeps the order in each message group. Changing it starts anew.",
                kind: Kind::Choice(TYPES),
                value: Value::Choice(TYPES.get(usize::from(self.fifo)).copied().unwrap_or_default().to_owned()),
            },
            Knob::switch(
                "MessageGroupId on standard",
                "Fair queue: the producer names the tenant of each message of a standard queue.",
                self.fair,
            ),
            Knob::switch(
                "ChangeMessageVisibility 0",
                "After a failure the consumer gives the message back at once.",
                self.give_back,
            ),
            Knob::int("consumers", "How many there are.", (1, 3, 1), "", self.consumers),
            Knob::int(
                "processing time",
                "Of a message; a slow one takes 45 s.",
                (500, 10_000, 500),
                "ms",
                self.work_millis,
            ),
            Knob::int(
                "a message every",
                "How often the producer sends; the tenants take turns.",
                (500, 5_000, 500),
                "ms",
                self.pace_millis,
            ),
            Knob::int(
                "in-flight quota",
                "120,000 in SQS; lower it to meet OverLimit.",
                (10, QUOTA, 10),
                "",
                self.in_flight_quota,
            ),
        ]
    }

    /// The knob is one of [`Self::knobs`] and takes the value.
    pub fn set(&mut self, name: &str, value: &Value) {
        match (name, value) {
            ("heartbeat", Value::Switch(on)) => self.heartbeat = *on,
            ("ChangeMessageVisibility 0", Value::Switch(on)) => self.give_back = *on,
            (_, Value::Switch(on)) => self.fair = *on,
            (_, Value::Choice(choice)) => self.fifo = choice == "FIFO",
            (_, Value::Int(value)) => {
                let field = match name {
                    "VisibilityTimeout" => &mut self.visibility_secs,
                    "maxReceiveCount" => &mut self.max_receive_count,
                    "MaxNumberOfMessages" => &mut self.batch,
                    "consumers" => &mut self.consumers,
                    "processing time" => &mut self.work_millis,
                    "a message every" => &mut self.pace_millis,
                    _ => &mut self.in_flight_quota,
                };
                *field = *value;
            }
            _ => {}
        }
    }
}

pub fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
