//! What can be done to either deployment.

use super::cluster::{Cluster, node_name};
use super::happened::Happened;
use super::model::Model;
use super::slot::slot_of;
use super::watch::SENTINELS;
use crate::labs::{Act, Refused};

impl Model {
    pub(super) fn servers(&self) -> &[super::server::Server] {
        if self.set.sentinel { &self.watch.servers } else { &self.cluster.servers }
    }

    /// The primary that matters most: that of the reader's key.
    pub(super) fn main_primary(&self) -> usize {
        if self.set.sentinel { self.watch.primary } else { self.cluster.table.leader_of(slot_of(&self.set.key)) }
    }

    pub(super) fn is_cut(&self) -> bool {
        if self.set.sentinel { self.watch.app_cut } else { self.cluster.app_cut }
    }

    pub(super) fn all_acts(&self) -> Vec<Act> {
        let act = |id: String, label: String, node: String, breaks| Act { id, label, node: Some(node), breaks };
        let main = self.main_primary();
        let is_up = |at: usize| self.servers().get(at).is_some_and(|server| server.up);
        let kill = |at: usize| {
            act(format!("kill-{}", at + 1), format!("Kill {}", node_name(at)), format!("n{}", at + 1), true)
        };
        let mut out = Vec::new();
        if is_up(main) {
            out.push(kill(main));
        }
        if !self.set.sentinel && self.cluster.migration.is_none() {
            let slot = slot_of(&self.set.key);
            out.push(act("reshard".to_owned(), format!("Move slot {slot}"), format!("n{}", main + 1), false));
        }
        if self.is_cut() {
            out.push(act("heal".to_owned(), "Mend the cut".to_owned(), "app".to_owned(), false));
        } else if is_up(main) {
            out.push(act("cut".to_owned(), format!("Cut {} and the app off", node_name(main)), "app".to_owned(), true));
        }
        for (at, sentinel) in self.watch.sentinels.iter().enumerate().filter(|_| self.set.sentinel) {
            let node = format!("s{}", at + 1);
            out.push(if sentinel.up {
                act(format!("kill-sentinel-{}", at + 1), format!("Kill Sentinel {}", at + 1), node, true)
            } else {
                act(format!("start-sentinel-{}", at + 1), format!("Start Sentinel {}", at + 1), node, false)
            });
        }
        for at in 0..self.servers().len() {
            if !is_up(at) {
                out.push(act(
                    format!("start-{}", at + 1),
                    format!("Start {}", node_name(at)),
                    format!("n{}", at + 1),
                    false,
                ));
            } else if at != main && (self.set.sentinel || self.cluster.table.leaders.contains(&at)) {
                out.push(kill(at));
            }
        }
        out
    }

    /// # Errors
    /// When it cannot be done now.
    pub(super) fn do_act(&mut self, id: &str) -> Result<Happened, Refused> {
        let number = id.rsplit('-').next().and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
        let at = number.saturating_sub(1);
        let main = self.main_primary();
        let Self { set, now, chance, cluster, watch, .. } = self;
        Ok(match id {
            "reshard" => {
                let slot = slot_of(&set.key);
                let Some((from, to)) = cluster.reshard(&set.key, *now) else { return Err(Refused::no_such_act(id)) };
                let keys = Cluster::keys_of(&set.key).join(", ");
                Happened::plain(format!(
                    "Slot {slot} shall move from {} to {}, one key after the other: {keys}.",
                    node_name(from),
                    node_name(to)
                ))
            }
            "cut" => {
                if set.sentinel {
                    watch.cut(*now, set, chance);
                } else {
                    cluster.cut(main, *now, set, chance);
                }
                Happened::bad(format!(
                    "The network splits: {} and the app on one side, all others on the other.",
                    node_name(main)
                ))
            }
            "heal" => {
                if set.sentinel {
                    watch.heal(*now, chance);
                } else {
                    cluster.heal(*now);
                }
                Happened::good("The cut is mended; both sides hear each other again.".to_owned())
            }
            _ if id.starts_with("kill-sentinel") => {
                watch.kill_sentinel(at.min(SENTINELS - 1), *now);
                Happened::bad(format!("Sentinel {number} dies. It still counts among those of whom most must vote."))
            }
            _ if id.starts_with("start-sentinel") => {
                watch.start_sentinel(at.min(SENTINELS - 1), *now, set);
                Happened::good(format!("Sentinel {number} is back."))
            }
            _ if id.starts_with("kill") => {
                let danger = self.servers().get(at).map_or(0, |server| server.acknowledged.len());
                let Self { set, now, chance, cluster, watch, .. } = self;
                if set.sentinel {
                    watch.kill(at, *now, set, chance);
                } else {
                    cluster.kill(at, *now, set, chance);
                }
                let words = match danger {
                    0 => String::new(),
                    1 => " 1 write that it acknowledged is not in every replica.".to_owned(),
                    danger => format!(" {danger} writes that it acknowledged are not in every replica."),
                };
                Happened::bad(format!("{} dies.{words}", node_name(at)))
            }
            _ => {
                if set.sentinel {
                    watch.start(at, *now);
                } else {
                    cluster.start(at, *now);
                }
                Happened::good(format!("{} is back, with the data that it had.", node_name(at)))
            }
        })
    }
}
