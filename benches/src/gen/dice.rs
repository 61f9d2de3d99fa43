//! Seeded draws. Every part of the data has its own named stream, so a change to one part leaves the others.

use rand_pcg::Pcg64Dxsm;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A well-spread 64-bit value for every `value` (the finaliser of `SplitMix64`).
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number from 0.0 (included) to 1.0 (excluded) out of the upper 53 bits of `word`.
#[must_use]
pub fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// One stream of draws.
pub struct Dice(Pcg64Dxsm);

impl Dice {
    /// The stream called `name` of `seed`.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        let mut state = mix(seed);
        for byte in name.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        let mut key = [0; 32];
        for (step, word) in key.chunks_exact_mut(8).enumerate() {
            word.copy_from_slice(&mix(state.wrapping_add(step as u64)).to_le_bytes());
        }
        Self(Pcg64Dxsm::from_seed(key))
    }

    /// From 0.0 (included) to 1.0 (excluded).
    pub fn unit(&mut self) -> f64 {
        unit(self.0.next_u64())
    }

    /// True with the given probability; never for 0.0 or less, always for 1.0 or more.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From 0 (included) to `end` (excluded); 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        // Multiply-shift keeps the bias under end / 2^64, far below what these sizes can show.
        ((u128::from(self.0.next_u64()) * end as u128) >> 64) as usize
    }

    /// From `start` (included) to `end` (excluded).
    pub fn between(&mut self, start: i32, end: i32) -> i32 {
        start + self.below((end - start).max(0) as usize) as i32
    }

    /// One of `choices`, each as likely. Panics on an empty slice, which no caller has.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A normal draw, by Box and Muller.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// An exponential draw.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A Pareto draw from 0.0 up (Lomax): the smaller `shape`, the heavier the tail.
    pub fn pareto(&mut self, shape: f64) -> f64 {
        (1.0 - self.unit()).powf(-1.0 / shape) - 1.0
    }

    /// Puts `items` in any order, each as likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// Draws an index in proportion to its weight.
pub struct Weights {
    cumulative: Vec<f64>,
}

impl Weights {
    /// Weights of any positive sum.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let cumulative = weights
            .into_iter()
            .map(|weight| {
                total += weight;
                total
            })
            .collect();
        Self { cumulative }
    }

    /// The Zipf-Mandelbrot law over `count` ranks: 1 / (rank + `offset`) ^ `exponent`, ranks from 1.
    pub fn zipf(count: usize, exponent: f64, offset: f64) -> Self {
        Self::new((1..=count).map(|rank| (rank as f64 + offset).powf(-exponent)))
    }

    /// The index at `position`, from 0.0 (included) to 1.0 (excluded) of the total weight.
    #[must_use]
    pub fn at(&self, position: f64) -> usize {
        let wanted = position * self.cumulative.last().copied().unwrap_or(0.0);
        let index = self.cumulative.partition_point(|&end| end <= wanted);
        index.min(self.cumulative.len().saturating_sub(1))
    }

    /// An index in proportion to its weight.
    pub fn draw(&self, dice: &mut Dice) -> usize {
        self.at(dice.unit())
    }
}

/// A different number below `prime` for each `index` below it: customers are numbered in no order that follows
/// the person. `factor` must not be a multiple of `prime`.
#[must_use]
pub fn scatter(index: u64, prime: u64, factor: u64, shift: u64) -> u64 {
    ((u128::from(index) * u128::from(factor) + u128::from(shift)) % u128::from(prime)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_stream_repeats_and_streams_differ() {
        let draws = |name| {
            let mut dice = Dice::new(7, name);
            std::array::from_fn::<_, 8, _>(|_| dice.below(1_000_000))
        };
        assert_eq!(draws("people"), draws("people"));
        assert_ne!(draws("people"), draws("stores"));
    }

    #[test]
    fn weights_are_kept() {
        let weights = Weights::new([1.0, 0.0, 3.0]);
        let mut dice = Dice::new(1, "weights");
        let mut seen = [0_u32; 3];
        for _ in 0..40_000 {
            seen[weights.draw(&mut dice)] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((29_500..30_500).contains(&seen[2]), "{seen:?}");
    }

    #[test]
    fn normal_and_exponential_have_their_mean() {
        let mut dice = Dice::new(1, "moments");
        let count = 50_000;
        let normal: f64 = (0..count).map(|_| dice.normal(10.0, 2.0)).sum();
        let exponential: f64 = (0..count).map(|_| dice.exponential(5.0)).sum();
        assert!((normal / f64::from(count) - 10.0).abs() < 0.05);
        assert!((exponential / f64::from(count) - 5.0).abs() < 0.1);
    }

    #[test]
    fn scattered_numbers_differ() {
        let mut seen: Vec<_> = (0..997).map(|index| scatter(index, 997, 48_271, 5)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 997);
    }
}
