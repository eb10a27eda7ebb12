//! A Redis server as far as replication goes: what it has, whom it follows, and which acknowledged writes are in danger.

#[derive(Clone, Debug)]
pub struct Server {
    pub up: bool,
    /// On the far side of a network cut, alone with the app.
    pub cut: bool,
    /// The server it replicates; none of a primary.
    pub of: Option<usize>,
    /// Its data set, counted in writes; real offsets count bytes.
    pub offset: u64,
    /// Of a replica: when its primary last heard of it (`REPLCONF ACK`, once a second).
    pub heard_at: u64,
    /// Writes that it acknowledged as a primary and that some replica may not have: their offsets.
    pub acknowledged: Vec<u64>,
    /// The offset at which another server took over its role, while it does not know.
    pub deposed_at: Option<u64>,
}

impl Server {
    pub const fn primary() -> Self {
        Self { up: true, cut: false, of: None, offset: 0, heard_at: 0, acknowledged: Vec::new(), deposed_at: None }
    }

    pub fn replica(of: usize) -> Self {
        Self { of: Some(of), ..Self::primary() }
    }
}

/// Whether two servers can talk.
pub fn linked(servers: &[Server], a: usize, b: usize) -> bool {
    match (servers.get(a), servers.get(b)) {
        (Some(a), Some(b)) => a.up && b.up && a.cut == b.cut,
        _ => false,
    }
}

/// Replicas that follow a server, those that are down too.
pub fn replicas_of(servers: &[Server], primary: usize) -> impl Iterator<Item = usize> {
    servers.iter().enumerate().filter(move |(_, server)| server.of == Some(primary)).map(|(at, _)| at)
}

/// Replicas whose last word is at most `max_lag_secs` old: what `min-replicas-to-write` counts. One that is dead is not counted
/// at once, since its connection is closed; one that is cut off only after the lag.
pub fn good_replicas(servers: &[Server], primary: usize, now: u64, max_lag_secs: u64) -> usize {
    let good = |at: &usize| {
        servers.get(*at).is_some_and(|replica| {
            let silent = if linked(servers, primary, *at) { 0 } else { now.saturating_sub(replica.heard_at) };
            replica.up && silent <= max_lag_secs * 1_000
        })
    };
    replicas_of(servers, primary).filter(good).count()
}

/// Replicas that have everything up to an offset: what `WAIT` counts.
pub fn copies(servers: &[Server], primary: usize, offset: u64) -> usize {
    replicas_of(servers, primary).filter(|at| servers.get(*at).is_some_and(|replica| replica.offset >= offset)).count()
}

/// A replica becomes the primary; the others of `group` follow it, if it can reach them. The number of acknowledged writes that
/// are lost for certain: those of a dead primary. One that lives, cut off, loses them when it comes back.
pub fn promote(servers: &mut [Server], replica: usize, group: &[usize], now: u64) -> usize {
    let Some(old) = servers.get(replica).and_then(|server| server.of) else { return 0 };
    let fork = servers.get(replica).map_or(0, |server| server.offset);
    let mut lost = 0;
    if let Some(server) = servers.get_mut(old) {
        server.deposed_at = Some(fork);
        if !server.up {
            lost = server.acknowledged.iter().filter(|offset| **offset > fork).count();
            server.acknowledged.clear();
        }
    }
    if let Some(server) = servers.get_mut(replica) {
        server.of = None;
        server.acknowledged.clear();
    }
    for &at in group {
        if at != replica && at != old && linked(servers, at, replica) {
            follow(servers, at, replica, now);
        }
    }
    lost
}

/// A server becomes a replica of another and takes its data set; the number of acknowledged writes that it drops.
pub fn follow(servers: &mut [Server], at: usize, primary: usize, now: u64) -> usize {
    let offset = servers.get(primary).map_or(0, |server| server.offset);
    let Some(server) = servers.get_mut(at) else { return 0 };
    let fork = server.deposed_at.take().unwrap_or(u64::MAX);
    let lost = server.acknowledged.iter().filter(|written| **written > fork).count();
    server.acknowledged.clear();
    server.of = Some(primary);
    server.offset = offset;
    server.heard_at = now;
    lost
}

/// What all replicas have needs no remembering.
pub fn forget_safe(servers: &mut [Server], primary: usize) {
    let least = replicas_of(servers, primary).filter_map(|at| servers.get(at).map(|replica| replica.offset)).min();
    if let (Some(least), Some(server)) = (least, servers.get_mut(primary)) {
        server.acknowledged.retain(|offset| *offset > least);
    }
}
