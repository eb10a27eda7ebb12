//! What holds whatever happens, over random faults.

use proptest::prelude::*;

use super::faults::Fault;
use super::model::{Broker, Cluster, Id, Power, REPLICAS};
use super::{Acks, Cause};
use crate::labs::Log;

/// Faults of one broker, and how each is ended.
const FAULTS: [(Fault, Fault); 5] = [
    (Fault::Kill, Fault::Start),
    (Fault::Freeze, Fault::Resume),
    (Fault::Cut, Fault::Heal),
    (Fault::Slow, Fault::Fast),
    (Fault::Stop, Fault::Start),
];

fn some_settings(cluster: &mut Cluster, elr: bool, millis: u64) {
    cluster.settings.elr = elr;
    cluster.settings.session_millis = 3_000 + millis;
    cluster.settings.lag_millis = 2_000 + millis;
    cluster.retime();
}

/// The high-water mark never passes what an in-sync replica has, logs agree up to where both have the epoch, and there is one
/// leader an epoch.
fn holds(cluster: &Cluster) -> Result<(), TestCaseError> {
    let partition = &cluster.partition;
    prop_assert!(partition.isr.is_disjoint(&partition.elr));
    prop_assert!(partition.leader.is_none_or(|leader| partition.isr.contains(&leader)));
    prop_assert!(partition.elr.is_empty() || partition.isr.len() < cluster.min_isr());
    for a in &cluster.brokers {
        prop_assert!(a.high_water <= a.log.end(), "broker {} commits what it does not have", a.id);
        for b in &cluster.brokers {
            let (from, to) = (a.log.start.max(b.log.start), a.log.end().min(b.log.end()));
            for offset in from..to {
                let (ra, rb) = (a.log.at(offset), b.log.at(offset));
                let same = ra.map(|record| record.epoch) != rb.map(|record| record.epoch)
                    || ra.map(|record| record.id) == rb.map(|record| record.id);
                prop_assert!(same, "two records with one epoch and offset {offset}");
            }
        }
    }
    let leaders: Vec<u32> = cluster
        .brokers
        .iter()
        .filter(|broker| cluster.acts_as_leader(broker.id))
        .map(|broker| broker.seen.epoch)
        .collect();
    prop_assert!(leaders.len() < 2 || leaders.iter().any(|epoch| *epoch != leaders[0]), "two leaders in one epoch");
    Ok(())
}

fn is_whole(cluster: &Cluster) -> bool {
    let well = |broker: &Broker| broker.power == Power::Up && !broker.fenced && broker.hears_at.is_none();
    cluster.partition.isr.len() == 3 && cluster.brokers.iter().all(well)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// acks=all, min.insync.replicas=2, three replicas, no unclean election, one broker out of order at a time: nothing that was
    /// acknowledged is lost. "Out of order" ends when the broker is in the ISR again.
    #[test]
    fn one_broker_at_a_time_loses_nothing(
        faults in prop::collection::vec((0usize..5, 0u8..3, 0usize..60, 0usize..90), 1..9),
        elr: bool,
        millis in 0u64..30_000,
        seed: u64,
    ) {
        let mut cluster = Cluster::new(seed);
        some_settings(&mut cluster, elr, millis);
        let mut log = Log::default();
        for (fault, id, before, during) in faults {
            let (begins, ends) = FAULTS[fault];
            for _ in 0..before {
                cluster.step(&mut log);
                holds(&cluster)?;
            }
            let id = Id(id + 1);
            cluster.fault(begins, id, &mut log).unwrap();
            for _ in 0..during {
                cluster.step(&mut log);
                holds(&cluster)?;
                prop_assert_eq!(cluster.lost(), Vec::<u32>::new());
            }
            cluster.fault(ends, id, &mut log).unwrap();
            for _ in 0..400 {
                if is_whole(&cluster) {
                    break;
                }
                cluster.step(&mut log);
                holds(&cluster)?;
            }
            prop_assert!(is_whole(&cluster), "it does not heal: {:?}", &log.lines()[log.lines().len().saturating_sub(6)..]);
            prop_assert_eq!(cluster.lost(), Vec::<u32>::new());
        }
        prop_assert_eq!(cluster.counters.unclean_elections, 0);
    }

    /// Whatever is broken and set, the state stays coherent, and once all is mended the partition is led and in sync again.
    #[test]
    fn it_heals(
        picks in prop::collection::vec((0usize..40, 0usize..25), 1..25),
        acks in 0u8..3, min in 1usize..4, elr: bool, unclean: bool, seed: u64,
    ) {
        let mut cluster = Cluster::new(seed);
        let settings = &mut cluster.settings;
        settings.acks = [Acks::None, Acks::Leader, Acks::All][usize::from(acks)];
        (settings.min_isr, settings.elr, settings.unclean) = (min, elr, unclean);
        let mut log = Log::default();
        for (pick, steps) in picks {
            let possible = super::faults::possible(&cluster);
            let (fault, id) = possible[pick % possible.len()];
            cluster.fault(fault, id, &mut log).unwrap();
            for _ in 0..steps {
                cluster.step(&mut log);
                holds(&cluster)?;
            }
        }
        for id in REPLICAS {
            for mend in [Fault::Heal, Fault::Fast, Fault::Resume, Fault::Start] {
                let _ = cluster.fault(mend, id, &mut log);
            }
        }
        for _ in 0..600 {
            cluster.step(&mut log);
        }
        prop_assert!(cluster.brokers.iter().all(|broker| broker.power == Power::Up && !broker.fenced));
        if cluster.partition.leader.is_none() {
            cluster.operator_elects(Cause::Operator, &mut log);
            prop_assert!(cluster.partition.leader.is_some());
        }
        for _ in 0..600 {
            cluster.step(&mut log);
            holds(&cluster)?;
        }
        prop_assert_eq!(cluster.partition.isr.len(), 3, "{:?}", &log.lines()[log.lines().len().saturating_sub(6)..]);
        let leader = cluster.leader().unwrap();
        prop_assert!(leader.high_water + 5 >= leader.log.end(), "nothing is committed");
    }
}
