//! What holds whatever happens to a group, over random faults.

use proptest::prelude::*;

use super::assign::{Assignor, Member, all_partitions};
use super::faults::{Fault, possible};
use super::model::{Group, Life, Protocol};
use crate::labs::Log;

/// No partition is worked on by two members of the group.
fn holds(group: &Group) -> Result<(), TestCaseError> {
    let working = |member: &&Member| group.sessions.contains_key(member) && group.clients[member].is_alive();
    let members: Vec<&Member> = group.clients.keys().filter(working).collect();
    for tp in all_partitions(&group.settings.topics) {
        let owners = members.iter().filter(|member| group.clients[**member].owned.contains(&tp)).count();
        prop_assert!(owners <= 1, "{tp:?} has {owners} owners at {}", group.now);
    }
    Ok(())
}

const ASSIGNORS: [Assignor; 4] = [Assignor::Range, Assignor::RoundRobin, Assignor::Sticky, Assignor::CooperativeSticky];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn nothing_is_owned_twice_and_all_is_owned_in_the_end(
        picks in prop::collection::vec((0usize..40, 0usize..12), 1..20),
        way in 0usize..6, partitions in 1u32..9, is_static: bool, interval in 10_000u64..120_000,
    ) {
        let mut group = Group::new(1);
        let settings = &mut group.settings;
        match way {
            0..4 => settings.strategy = ASSIGNORS[way],
            4 => settings.protocol = Protocol::Consumer,
            _ => (settings.protocol, settings.remote) = (Protocol::Consumer, Assignor::ServerRange),
        }
        (settings.is_static, settings.poll_interval_millis) = (is_static, interval);
        settings.topics = vec![partitions, partitions];
        group.found();
        let mut log = Log::default();
        for (pick, steps) in picks {
            let can = possible(&group);
            if let Some((fault, member)) = can.get(pick % can.len().max(1)) {
                group.fault(*fault, *member, &mut log).unwrap();
                holds(&group)?;
            }
            for _ in 0..steps {
                group.step(&mut log);
                holds(&group)?;
            }
        }
        let slow: Vec<Member> = group.clients.iter().filter(|(_, client)| matches!(client.life, Life::Slow | Life::Stuck)).map(|(member, _)| *member).collect();
        for member in slow {
            group.fault(Fault::Mend, member, &mut log).unwrap();
        }
        if !group.clients.values().any(super::model::Client::is_alive)
            && let Some((fault, member)) = possible(&group).into_iter().find(|(fault, _)| matches!(fault, Fault::Join | Fault::Restart))
        {
            group.fault(fault, member, &mut log).unwrap();
        }
        for _ in 0..200 {
            group.step(&mut log);
            holds(&group)?;
        }
        let alive = group.clients.values().any(super::model::Client::is_alive);
        prop_assert!(!alive || group.stopped() == 0, "{} stand still: {:?}", group.stopped(), &log.lines()[log.lines().len().saturating_sub(6)..]);
        if alive && !matches!(group.settings.assignor(), Assignor::Range | Assignor::ServerRange) {
            let counts: Vec<usize> = group.clients.values().map(|client| client.owned.len()).collect();
            let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
            prop_assert!(most - least <= 1, "unbalanced: {counts:?}");
        }
    }

    /// A member that joins or leaves moves no more than balance needs, with every assignor that is sticky.
    #[test]
    fn sticky_assignors_move_only_what_they_must(partitions in 1u32..9, joins: bool, which in 0usize..3) {
        let assignor = [Assignor::Sticky, Assignor::CooperativeSticky, Assignor::Uniform][which];
        let topics = [partitions, partitions];
        let none = (0..3).map(|n| (Member(n), std::collections::BTreeSet::new())).collect();
        let before = assignor.assign(&topics, &none);
        let mut members = before.clone();
        if joins {
            members.insert(Member(3), std::collections::BTreeSet::new());
        } else {
            members.remove(&Member(1));
        }
        let mut after = assignor.assign(&topics, &members);
        if assignor == Assignor::CooperativeSticky {
            after = assignor.assign(&topics, &after);
        }
        let moved: usize = after.iter().map(|(member, gets)| before.get(member).map_or(gets.len(), |had| gets.difference(had).count())).sum();
        let must = if joins { after[&Member(3)].len() } else { before[&Member(1)].len() };
        prop_assert_eq!(moved, must);
    }
}
