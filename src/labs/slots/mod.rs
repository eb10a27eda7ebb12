//! Where a key lives, how its slot moves, who takes over when a primary dies, and which acknowledged writes that costs: in a
//! cluster and under Sentinel. `tests/against_real/slots_and_failover.py` says how real servers behave.

mod acts;
mod cluster;
mod commands;
mod failover;
mod happened;
mod model;
mod moving;
mod route;
mod scenarios;
mod server;
mod settings;
mod slot;
mod stage;
#[cfg(test)]
mod tests;
mod view;
mod watch;

use super::Spec;

pub const SPEC: Spec = Spec {
    id: "redis-slots",
    title: "Slots and failover",
    topic: "redis",
    shows: "A cluster of three shards, or a primary with three Sentinels: type a key and see its slot, move the slot, kill or cut off \
            nodes, and count the acknowledged writes that nobody has any more.",
    questions: &["redis/hash-slots", "redis/cluster", "redis/sentinel", "redis/replication"],
    scenarios: scenarios::SCENARIOS,
    leaves_out: &[
        "One app sends one command a second; commands, redirections and votes take no time, a write takes the replication delay. Data sets are counted in writes, where Redis counts bytes.",
        "Gossip is not shown: the nodes on one side of a cut agree, once most primaries do. Detection times vary as they did on real servers (node timeout + 0.1 to 1.6 s).",
        "A server that starts again has the data that it had; one without persistence would come back empty and empty its replicas.",
        "The slot moves in the classic way, key by key. Redis 8.4 and Valkey 9.0 can move slots atomically; then there is no ASK and no TRYAGAIN.",
        "Not there: replica migration, manual failover, cluster-replica-validity-factor, replica-priority, reads from replicas, a second app on the other side of a cut.",
    ],
    sources: &[
        ("Redis Cluster specification", "https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"),
        ("redis/redis cluster.c: getNodeByQuery, keyHashSlot", "https://github.com/redis/redis/blob/8.2/src/cluster.c"),
        (
            "High availability with Redis Sentinel",
            "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
        ),
        ("redis/redis sentinel.c", "https://github.com/redis/redis/blob/8.2/src/sentinel.c"),
        (
            "Redis replication: min-replicas-to-write, WAIT",
            "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/",
        ),
        ("Lettuce: ClusterTopologyRefreshOptions", "https://redis.github.io/lettuce/ha-sharding/"),
    ],
    start: |seed| Box::new(model::Model::new(seed)),
};
