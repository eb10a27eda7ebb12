//! What only the real programs can say. The scripts beside this file ask them.

mod packages;
