//! Medians over interleaved batches, so that a change of clock rate or a busy neighbour strikes what
//! is measured and its floor alike.

use std::time::Instant;

const ROUNDS: usize = 201;
/// **Units**: microseconds that one batch should take at least.
const BATCH: f64 = 1_000.0;

/// The median duration of one call of each act. **Units**: microseconds.
pub fn medians<const N: usize>(mut acts: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls = acts.each_mut().map(|act| {
        once(*act, 3);
        ((BATCH / once(*act, 20)) as usize).max(1)
    });
    let mut samples: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((act, calls), samples) in acts.iter_mut().zip(calls).zip(&mut samples) {
            samples.push(once(*act, calls));
        }
    }
    samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[ROUNDS / 2]
    })
}

/// Prints the ratio and fails the run where it is above the limit.
pub fn report(name: &str, ratio: f64, limit: f64) {
    println!("{name:<24}{ratio:>9.2} times the floor, at most {limit}");
    if ratio > limit {
        std::process::exit(1);
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn once(act: &mut dyn FnMut(), calls: usize) -> f64 {
    let begin = Instant::now();
    for _ in 0..calls {
        act();
    }
    begin.elapsed().as_secs_f64() * 1e6 / calls as f64
}
