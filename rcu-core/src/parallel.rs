//! Work on one thread or several.
//!
//! Waking the pool and waiting for it costs tens of microseconds: a change to one record would spend more time on that
//! than on its work. So few things are done where one is.

use rayon::prelude::*;

/// From so many records, people or rows on several threads are worth waking.
const WORTH: usize = 1 << 10;

/// What `make` gives for each number below `n`, in order. `work`: records, people or rows that it looks at in all.
pub fn each<R: Send>(n: usize, work: usize, make: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
    match n < 2 || work < WORTH {
        true => (0..n).map(make).collect(),
        false => (0..n).into_par_iter().map(make).collect(),
    }
}

/// What `make` gives for each part, in order; see [`each`].
pub fn of_each<T: Send, R: Send>(parts: Vec<T>, work: usize, make: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    match parts.len() < 2 || work < WORTH {
        true => parts.into_iter().map(make).collect(),
        false => parts.into_par_iter().map(make).collect(),
    }
}

/// How many threads such work is done on.
pub fn threads(work: usize) -> usize {
    if work < WORTH { 1 } else { rayon::current_num_threads() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_and_little_work_give_the_same_in_the_same_order() {
        let squares: Vec<usize> = (0..100).map(|i| i * i).collect();
        for work in [0, usize::MAX] {
            assert_eq!(each(100, work, |i| i * i), squares);
            assert_eq!(of_each((0..100).collect(), work, |i: usize| i * i), squares);
        }
    }
}
