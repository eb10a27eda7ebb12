//! Who gets which partition: the client's assignors and those of the broker, for members that all subscribe to the same
//! topics and have no racks. After the classes of the same names in Kafka 4.3.

use std::collections::{BTreeMap, BTreeSet};

/// A member by its letter, `A` first; ids sort as the letters do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member(pub u8);

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", char::from(b'A' + self.0.min(25)))
    }
}

/// A partition: the number of its topic in the order of names, and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tp(pub u8, pub u32);

/// What each member has or gets.
pub type Assignment = BTreeMap<Member, BTreeSet<Tp>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignor {
    Range,
    RoundRobin,
    Sticky,
    CooperativeSticky,
    /// The broker's.
    Uniform,
    ServerRange,
}

impl Assignor {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Range | Self::ServerRange => "range",
            Self::RoundRobin => "roundrobin",
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
            Self::Uniform => "uniform",
        }
    }

    /// The next assignment; `topics` are the numbers of partitions, `owned` what every member of the group has.
    pub fn assign(self, topics: &[u32], owned: &Assignment) -> Assignment {
        if owned.is_empty() {
            return Assignment::new();
        }
        match self {
            Self::Range | Self::ServerRange => range(topics, owned),
            Self::RoundRobin => round_robin(topics, owned),
            Self::Sticky => sticky(topics, owned).0,
            Self::CooperativeSticky => {
                let (mut assignment, moving) = sticky(topics, owned);
                // What another member still has is given only after that one has let go.
                for (tp, to) in moving {
                    assignment.entry(to).or_default().remove(&tp);
                }
                assignment
            }
            Self::Uniform => uniform(topics, owned),
        }
    }
}

/// Every partition, in the order of topics and numbers.
pub fn all_partitions(topics: &[u32]) -> Vec<Tp> {
    let of = |(topic, count): (usize, &u32)| (0..*count).map(move |n| Tp(u8::try_from(topic).unwrap_or(u8::MAX), n));
    topics.iter().enumerate().flat_map(of).collect()
}

/// Each topic for itself: consecutive partitions, the first members get one more.
fn range(topics: &[u32], owned: &Assignment) -> Assignment {
    let mut out: Assignment = owned.keys().map(|member| (*member, BTreeSet::new())).collect();
    let members = u32::try_from(owned.len()).unwrap_or(u32::MAX);
    for (topic, count) in (0u8..).zip(topics) {
        let mut next = 0;
        for (index, partitions) in (0u32..).zip(out.values_mut()) {
            let share = count / members + u32::from(index < count % members);
            partitions.extend((next..next + share).map(|n| Tp(topic, n)));
            next += share;
        }
    }
    out
}

fn round_robin(topics: &[u32], owned: &Assignment) -> Assignment {
    let mut out: Assignment = owned.keys().map(|member| (*member, BTreeSet::new())).collect();
    for (tp, member) in all_partitions(topics).into_iter().zip(owned.keys().cycle()) {
        out.entry(*member).or_default().insert(tp);
    }
    out
}

/// As few moves as balance allows; also which partitions go from one living member to another
/// (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`).
fn sticky(topics: &[u32], owned: &Assignment) -> (Assignment, BTreeMap<Tp, Member>) {
    let all = all_partitions(topics);
    let (least, over) = (all.len() / owned.len(), all.len() % owned.len());
    let most = least + usize::from(over > 0);
    let mut out: Assignment = owned.keys().map(|member| (*member, BTreeSet::new())).collect();
    let (mut full, mut below, mut at_least) = (0, Vec::new(), Vec::new());
    let mut taken_from: BTreeMap<Tp, Member> = BTreeMap::new();
    for (member, has) in owned {
        let mut has: Vec<Tp> = has.iter().copied().filter(|tp| all.contains(tp)).collect();
        has.sort_by_key(|tp| (tp.1, tp.0));
        let keep = if has.len() < least {
            below.push(*member);
            has.len()
        } else if has.len() >= most && full < over {
            full += 1;
            if full == over {
                at_least.clear();
            }
            most
        } else {
            if full < over {
                at_least.push(*member);
            }
            least
        };
        taken_from.extend(has.iter().skip(keep).map(|tp| (*tp, *member)));
        out.entry(*member).or_default().extend(has.iter().take(keep));
    }
    let kept: BTreeSet<Tp> = out.values().flatten().copied().collect();
    let mut moving = BTreeMap::new();
    let mut next = 0;
    for tp in all.into_iter().filter(|tp| !kept.contains(tp)) {
        let member = if below.is_empty() {
            if at_least.is_empty() {
                break;
            }
            at_least.remove(0)
        } else {
            next = if next < below.len() { next } else { 0 };
            below[next]
        };
        let has = out.entry(member).or_default();
        has.insert(tp);
        if !below.is_empty() && has.len() == least {
            below.remove(next);
            at_least.push(member);
        } else if !below.is_empty() {
            next += 1;
        }
        if taken_from.get(&tp).is_some_and(|from| *from != member) {
            moving.insert(tp, member);
        }
    }
    (out, moving)
}

/// Balanced to within one, keeping what members have (`UniformHomogeneousAssignmentBuilder` of 4.3).
fn uniform(topics: &[u32], owned: &Assignment) -> Assignment {
    let all = all_partitions(topics);
    let assigned: BTreeSet<Tp> = owned.values().flatten().copied().collect();
    let mut free: Vec<Tp> = all.iter().copied().filter(|tp| !assigned.contains(tp)).collect();
    let (least, mut over) = (all.len() / owned.len(), all.len() % owned.len());
    let mut out = Assignment::new();
    let mut room = Vec::new();
    for (index, (member, has)) in owned.iter().enumerate() {
        let mut extra = over > 0;
        let mut quota = least + usize::from(extra);
        let mut keeps = BTreeSet::new();
        for tp in has.iter().filter(|tp| all.contains(tp)) {
            if quota > 0 {
                quota -= 1;
                keeps.insert(*tp);
            } else {
                free.push(*tp);
            }
        }
        // A member that has no use for one more leaves it to one that already has it.
        if quota > 0 && extra && owned.len() - index > over {
            quota -= 1;
            extra = false;
        }
        if quota > 0 {
            room.push((*member, quota));
        }
        over -= usize::from(extra);
        out.insert(*member, keeps);
    }
    let mut free = free.into_iter();
    for (member, quota) in room {
        out.entry(member).or_default().extend(free.by_ref().take(quota));
    }
    out
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        version: String,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        assignor: String,
        topics: Vec<u32>,
        owned: BTreeMap<String, Vec<(u8, u32)>>,
        gets: BTreeMap<String, Vec<(u8, u32)>>,
    }

    fn assignment(of: &BTreeMap<String, Vec<(u8, u32)>>) -> Assignment {
        let member = |name: &str| Member(name.as_bytes()[0] - b'A');
        of.iter().map(|(name, tps)| (member(name), tps.iter().map(|(topic, n)| Tp(*topic, *n)).collect())).collect()
    }

    #[test]
    fn they_decide_as_kafka_does() {
        let text = include_str!("../../../tests/vectors/kafka-assignors.json");
        let vectors: Vectors = serde_json::from_str(text).unwrap();
        assert!(vectors.version.starts_with("4.") && vectors.cases.len() > 600);
        let mut seen = BTreeSet::new();
        for case in &vectors.cases {
            let assignor = match case.assignor.as_str() {
                "range" => Assignor::Range,
                "roundrobin" => Assignor::RoundRobin,
                "sticky" => Assignor::Sticky,
                "cooperative-sticky" => Assignor::CooperativeSticky,
                "uniform" => Assignor::Uniform,
                _ => Assignor::ServerRange,
            };
            seen.insert(case.assignor.clone());
            let got = assignor.assign(&case.topics, &assignment(&case.owned));
            assert_eq!(got, assignment(&case.gets), "{} {:?} {:?}", case.assignor, case.topics, case.owned);
        }
        assert_eq!(seen.len(), 6);
    }
}
