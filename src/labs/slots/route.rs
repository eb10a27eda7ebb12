//! What a cluster node does with a command for a slot.

/// How a node sees the slot of a command, and how many of the command's keys it has.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each holds or not, whatever the others")]
pub struct Seen {
    /// The slot is its own.
    pub mine: bool,
    pub migrating: bool,
    pub importing: bool,
    pub existing: usize,
    pub missing: usize,
    /// The client said `ASKING` before the command.
    pub asking: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Serve,
    Moved,
    Ask,
    TryAgain,
}

/// Source: `getNodeByQuery`, Redis 8 (`cluster.c`).
pub const fn route(seen: Seen, keys: usize) -> Route {
    if seen.mine && seen.migrating && seen.missing > 0 {
        return if seen.existing > 0 { Route::TryAgain } else { Route::Ask };
    }
    if seen.importing && seen.asking {
        return if keys > 1 && seen.missing > 0 { Route::TryAgain } else { Route::Serve };
    }
    if seen.mine { Route::Serve } else { Route::Moved }
}
