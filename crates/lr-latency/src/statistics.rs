//! Exact statistics of a count: how sure one can be of a share after so many requests.
//!
//! Everything here rests on the binomial distribution, evaluated through the regularised incomplete
//! beta function: P(X ≤ k) = I₁₋ₚ(n − k, k + 1) (NIST DLMF 8.17.5).

/// P(X ≤ `k`) for `n` trials that each succeed with probability `p`.
pub(crate) fn at_most(k: u64, n: u64, p: f64) -> f64 {
    at_most_of(k as f64, n as f64, p)
}

/// The same for numbers of trials that are effective ones, and so not whole.
pub(crate) fn at_most_of(k: f64, n: f64, p: f64) -> f64 {
    match k >= n {
        true => 1.0,
        false => incomplete_beta(n - k, k + 1.0, 1.0 - p),
    }
}

/// P(X ≥ `k`) for `n` trials that each succeed with probability `p`.
pub(crate) fn at_least(k: u64, n: u64, p: f64) -> f64 {
    at_least_of(k as f64, n as f64, p)
}

/// The same for numbers of trials that are effective ones, and so not whole.
pub(crate) fn at_least_of(k: f64, n: f64, p: f64) -> f64 {
    match k {
        k if k <= 0.0 => 1.0,
        k if k > n => 0.0,
        k => incomplete_beta(k, n - k + 1.0, p),
    }
}

/// The Clopper–Pearson bounds of a share of which `k` in `n` were seen, each one-sided with
/// confidence `1 - alpha`.
pub(crate) fn share_bounds(k: u64, n: u64, alpha: f64) -> (f64, f64) {
    let k = k.min(n);
    let low = if k == 0 { 0.0 } else { solve(|p| at_least(k, n, p) - alpha) };
    let high = if k == n { 1.0 } else { solve(|p| alpha - at_most(k, n, p)) };
    (low, high)
}

/// Ranks (from 1) of the order statistics between which the `q` quantile lies with at least
/// `confidence`; `None` where `n` samples are too few to bound that side.
pub(crate) fn quantile_ranks(n: u64, q: f64, confidence: f64) -> (Option<u64>, Option<u64>) {
    let alpha = 1.0 - confidence;
    let low = binomial_quantile(alpha / 2.0, n, q);
    let high = binomial_quantile(1.0 - alpha / 2.0, n, q) + 1;
    ((low > 0).then_some(low), (high <= n).then_some(high))
}

/// The same if the `n` samples are worth as much as `n / effect` independent ones.
pub(crate) fn clustered_ranks(
    n: u64,
    q: f64,
    confidence: f64,
    effect: f64,
) -> (Option<u64>, Option<u64>) {
    if effect <= 1.0 {
        return quantile_ranks(n, q, confidence);
    }
    let worth = ((n as f64 / effect) as u64).max(1);
    let (low, high) = quantile_ranks(worth, q, confidence);
    // As if each of the independent samples were there several times over.
    let copies = n as f64 / worth as f64;
    let low = low.map(|rank| ((rank - 1) as f64 * copies) as u64 + 1);
    (low, high.map(|rank| ((rank as f64 * copies).ceil() as u64).min(n)))
}

/// The smallest `k` with P(X ≤ k) ≥ `level`.
fn binomial_quantile(level: f64, n: u64, p: f64) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        match at_most(middle, n, p) >= level {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}

/// The value that Student's t with so many degrees of freedom does not exceed with probability
/// `level`, from 0.5 up.
pub(crate) fn student_quantile(level: f64, freedom: f64) -> f64 {
    // P(T > t) = I_x(ν/2, 1/2) / 2 with x = ν / (ν + t²) (DLMF 8.17.7 and the definition of T).
    let tail = 2.0 * (1.0 - level);
    let x = solve(|x| incomplete_beta(freedom / 2.0, 0.5, x) - tail);
    (freedom * (1.0 - x) / x).max(0.0).sqrt()
}

/// The place from 0 to 1 at which a rising function is zero: by false position (the Illinois rule),
/// and by halving where that is too slow.
fn solve(rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    let (mut at_low, mut at_high) = (rising(low), rising(high));
    for step in 1..=120 {
        let line = (low * at_high - high * at_low) / (at_high - at_low);
        let halve = step % 4 == 0 || !(line > low && line < high);
        let middle = if halve { f64::midpoint(low, high) } else { line };
        let value = rising(middle);
        if value.abs() < 1e-14 || high - low < 1e-15 {
            return middle;
        }
        // The end that stays counts half, so that it does not stay for ever.
        match value < 0.0 {
            true => (low, at_low, at_high) = (middle, value, at_high / 2.0),
            false => (high, at_high, at_low) = (middle, value, at_low / 2.0),
        }
    }
    f64::midpoint(low, high)
}

/// Iₓ(a, b), by its continued fraction where that converges fast and by symmetry elsewhere.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    match x < (a + 1.0) / (a + b + 2.0) {
        true => front * continued_fraction(a, b, x) / a,
        false => 1.0 - front * continued_fraction(b, a, 1.0 - x) / b,
    }
}

/// DLMF 8.17.22, evaluated by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    // It takes about the square root of max(a, b) steps.
    for step in 1..2000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1), after shifting x up to where it is exact to
/// double precision.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0
        - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse * (1.0 / 1680.0))))
        / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - shift
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every P(X = k), by multiplying out; right for small `n`, and it shares no code with the above.
    fn masses(n: u64, p: f64) -> Vec<f64> {
        let mut masses = vec![1.0];
        for _ in 0..n {
            let mut next = vec![0.0; masses.len() + 1];
            for (k, mass) in masses.iter().enumerate() {
                next[k] += mass * (1.0 - p);
                next[k + 1] += mass * p;
            }
            masses = next;
        }
        masses
    }

    #[test]
    fn gamma_has_its_known_values() {
        for (x, expected) in [(1.0, 0.0), (5.0, 24f64.ln()), (0.5, std::f64::consts::PI.ln() / 2.0)]
        {
            assert!((ln_gamma(x) - expected).abs() < 1e-13, "{x}");
        }
    }

    #[test]
    fn quantiles_of_student_are_those_of_the_tables() {
        for (level, freedom, expected) in [
            (0.9, 4.0, 1.533),
            (0.9, 9.0, 1.383),
            (0.95, 1.0, 6.314),
            (0.975, 14.0, 2.145),
            (0.975, 1e6, 1.960),
            (0.5, 3.0, 0.0),
        ] {
            let found = student_quantile(level, freedom);
            assert!((found - expected).abs() < 6e-4, "{level} {freedom}: {found}");
        }
    }

    #[test]
    fn least_sample_that_shows_a_share_below_five_percent() {
        for (slow, n) in [(0, 59), (1, 93), (2, 124), (3, 153), (5, 208), (10, 336), (20, 577)] {
            assert!(at_most(slow, n, 0.05) <= 0.05, "{slow} of {n}");
            assert!(at_most(slow, n - 1, 0.05) > 0.05, "{slow} of {}", n - 1);
        }
        assert!(at_most(0, 90, 0.05) <= 0.01 && at_most(0, 89, 0.05) > 0.01);
    }

    #[test]
    fn ranks_of_the_interval_of_p95() {
        for (n, low, high) in [
            (100, 90, 100),
            (200, 184, 197),
            (400, 371, 389),
            (1000, 936, 964),
            (1200, 1125, 1155),
            (5000, 4719, 4781),
        ] {
            assert_eq!(quantile_ranks(n, 0.95, 0.95), (Some(low), Some(high)), "{n}");
        }
        assert_eq!(quantile_ranks(72, 0.95, 0.95).1, Some(72));
        assert_eq!(quantile_ranks(71, 0.95, 0.95).1, None);
        assert_eq!(quantile_ranks(0, 0.95, 0.95), (None, None));
    }

    #[test]
    fn bounds_of_none_and_all() {
        let (low, high) = share_bounds(0, 59, 0.05);
        assert!(low == 0.0 && (high - (1.0 - 0.05f64.powf(1.0 / 59.0))).abs() < 1e-9);
        let (low, high) = share_bounds(4, 4, 0.05);
        assert!(high == 1.0 && (low - 0.05f64.powf(0.25)).abs() < 1e-9);
    }

    #[test]
    fn no_more_wrong_verdicts_at_the_boundary_than_promised() {
        for n in 1..400 {
            let masses = masses(n, 0.05);
            let share = |wrong: &dyn Fn(u64) -> bool| -> f64 {
                (0..=n).filter(|k| wrong(*k)).map(|k| masses[k as usize]).sum()
            };
            assert!(share(&|k| at_most(k, n, 0.05) <= 0.05) <= 0.05 + 1e-12, "pass, n = {n}");
            assert!(share(&|k| at_least(k, n, 0.05) <= 0.05) <= 0.05 + 1e-12, "fail, n = {n}");
        }
    }

    proptest! {
        #[test]
        fn tails_equal_the_sums_of_the_masses(n in 1u64..200, p in 0.001f64..0.999, part in 0.0f64..=1.0) {
            let k = (part * n as f64) as u64;
            let masses = masses(n, p);
            let lower: f64 = masses[..=k as usize].iter().sum();
            let upper: f64 = masses[k as usize..].iter().sum();
            prop_assert!((at_most(k, n, p) - lower).abs() < 1e-10);
            prop_assert!((at_least(k, n, p) - upper).abs() < 1e-10);
        }

        #[test]
        fn bounds_cover_the_truth_as_often_as_they_say(n in 1u64..80, p in 0.001f64..0.999) {
            let masses = masses(n, p);
            let covered: f64 = (0..=n)
                .filter(|k| {
                    let (low, high) = share_bounds(*k, n, 0.025);
                    low <= p && p <= high
                })
                .map(|k| masses[k as usize])
                .sum();
            prop_assert!(covered >= 0.95 - 1e-9, "{covered}");
        }

        #[test]
        fn quantile_ranks_cover_the_quantile(n in 1u64..150, q in 0.01f64..0.99) {
            // The number of samples below the quantile is binomial.
            let (low, high) = quantile_ranks(n, q, 0.95);
            let masses = masses(n, q);
            let covered: f64 =
                masses[low.unwrap_or(0) as usize..high.unwrap_or(n + 1) as usize].iter().sum();
            prop_assert!(covered >= 0.95 - 1e-9, "{covered}");
        }

        #[test]
        fn large_samples_stay_probabilities(k in 0u64..2_000_000, n in 1u64..2_000_000, p in 0.0f64..=1.0) {
            for value in [at_most(k, n, p), at_least(k, n, p)] {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&value), "{value}");
            }
        }
    }
}
