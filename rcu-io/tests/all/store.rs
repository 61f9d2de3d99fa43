//! The repository in a SQLite file: the same as in memory, whatever happens to the program, the disk and the file.

mod crash;
mod faults;
mod readable;
mod same;
mod several;
mod twin;

use crate::living::{Event, plans};
use rcu_core::config::Plan;
use rcu_core::repository::Repository;
use rcu_io::store::{Options, SqliteStore};
use std::path::Path;
use std::time::Duration;

fn the_plan() -> Plan {
    plans().swap_remove(0)
}

fn options() -> Options {
    // Few entries in memory, so that the index has runs that are merged.
    Options { wait: Duration::from_millis(200), recent_entries: 60, ..Options::default() }
}

fn open(path: &Path) -> Repository<SqliteStore> {
    let store = SqliteStore::open(path, &the_plan(), options()).unwrap();
    Repository::open(the_plan(), store).unwrap().with_secret("not told")
}

/// A row whose cells follow from its number.
fn numbered(n: usize) -> Event {
    let pick = |i: usize| n.wrapping_mul(2_654_435_761).rotate_right(7 * i as u32 + 3) % 60;
    Event::Row { source: n % 3, id: n / 3 % 40, day: 1 + (n % 4) as u32, cells: std::array::from_fn(pick) }
}
