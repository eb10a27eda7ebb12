//! What each move of a service comes to, in the books of the world and in words.

use super::broker::Appended;
use super::model::{Leg, RETRY_MILLIS, World};
use super::parties::words;
use super::service::{Commit, Moved, Service};
use crate::labs::Log;

impl World {
    /// What a move came to, in the books and in words.
    pub(super) fn tell(&mut self, service: &mut Service, moved: &Moved, who: &'static str, log: &mut Log) -> bool {
        let late = who == "frozen";
        let name = if late { "The frozen instance" } else { "The service" };
        let (invoice, commit) = if late { ("late-invoice", "late-commit") } else { ("invoice", "commit") };
        let now = self.now;
        match moved {
            Moved::Idle => return false,
            Moved::Started { from, aborted } => {
                self.note_lost(*from, service);
                let first = if *aborted {
                    format!(
                        "initTransactions() finds a transaction open, aborts it and raises the epoch to {}; ",
                        service.epoch
                    )
                } else if service.commit == Commit::Transaction {
                    format!("initTransactions() gives epoch {}; ", service.epoch)
                } else {
                    String::new()
                };
                let says = format!("{name} starts: {first}the group's offset is {from}, so it reads on from there.");
                log.good(now, &says);
                let flow: &[&str] = if service.commit == Commit::Transaction { &["transact"] } else { &[] };
                self.show(flow, &[who, "offsets"], says);
            }
            Moved::Polled => {
                let says = format!("{name} polls: {}.", words(&service.batch));
                log.say(now, &says);
                self.show(&["poll"], &[who], says);
            }
            Moved::CommittedFirst(offset) => {
                let says = format!(
                    "{name} commits offset {offset} before the work: should it die now, these orders are never looked at again."
                );
                log.say(now, &says);
                self.show(&[commit], &["offsets"], says);
            }
            Moved::Charged(order) => {
                let says = format!("{name} {}", self.bank.charge(*order, self.settings.idempotency_key));
                log.say(now, &says);
                self.show(&[if late { "late-charge" } else { "charge" }], &["bank"], says);
            }
            Moved::Wrote { order, appended } => self.wrote(service, *order, *appended, (name, invoice), log),
            Moved::Committed(offset) => {
                let says =
                    format!("{name} commits offset {offset}: the work up to there is done and will not come again.");
                log.say(now, &says);
                self.show(&[commit], &["offsets"], says);
            }
            Moved::SentOffsets(offset) => {
                let says =
                    format!("{name} puts offset {offset} into the transaction: it counts only if the invoices do.");
                log.say(now, &says);
                self.show(&[commit], &["offsets"], says);
            }
            Moved::Decided => {
                self.markers_at = Some(now + RETRY_MILLIS);
                let says = format!(
                    "{name} commits: the coordinator logs PrepareCommit, and from here the outcome is certain, whoever dies."
                );
                log.say(now, &says);
                self.show(&["transact"], &["coordinator"], says);
            }
            Moved::Stopped(why) => {
                let meaning = if *why == "CommitFailedException" {
                    "the group has gone on to another generation and takes no offset from a member that left. What it wrote stays"
                } else {
                    "another producer has its transactional.id and a higher epoch. Nothing of it is written"
                };
                let says = format!("{name} is stopped by {why}: {meaning}.");
                let edge = if *why == "CommitFailedException" {
                    self.refused_commits += 1;
                    log.bad(now, &says);
                    commit
                } else {
                    log.good(now, &says);
                    invoice
                };
                self.show(&[edge], &[who], says);
            }
        }
        true
    }

    fn wrote(
        &mut self,
        service: &mut Service,
        order: u32,
        appended: Appended,
        (name, edge): (&str, &'static str),
        log: &mut Log,
    ) {
        if service.commit != Commit::Transaction {
            self.invoiced.insert(order);
            self.lost.remove(&order);
        }
        if self.lose == Some(Leg::Service) {
            self.lose = None;
            let says = format!(
                "The invoice of order {order} is in the log, but the answer is lost: {} will send it again.",
                name.to_lowercase()
            );
            log.bad(self.now, &says);
            return self.show(&[edge], &["invoices"], says);
        }
        service.acknowledged();
        let says = match appended {
            Appended::At(offset) if service.commit == Commit::Transaction => {
                format!(
                    "{name} writes the invoice of order {order} at offset {offset}, marked with epoch {}: in the log, not yet decided.",
                    service.epoch
                )
            }
            Appended::At(offset) => format!("{name} writes the invoice of order {order} at offset {offset}."),
            Appended::Again => format!(
                "{name} sends the invoice of order {order} again; the leader knows producer {} and the sequence, and answers without appending.",
                service.producer
            ),
        };
        log.say(self.now, &says);
        self.show(&[edge], &["invoices"], says);
    }
}
