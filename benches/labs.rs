//! What the labs cost: a step, a long run, going back, and drawing one of their moments. `cargo bench --bench labs`.

use cpu_time::ThreadTime;
use whetstone::labs::{ALL, Run};
use whetstone::scene::{Placed, shapes, width_of};
use whetstone::theme::Hue;

const STEPS: usize = 10_000;

fn main() {
    println!("ms CPU of one thread; {STEPS} steps of each lab's first scenario, the copies for going back among them");
    println!("{:<26} {:>10} {:>10} {:>10} {:>10} {:>10}", "lab", "all steps", "p99 step", "worst", "back", "draw");
    for spec in ALL {
        let Some(scenario) = spec.scenarios.first() else { continue };
        let mut run = Run::of_scenario(spec, scenario);
        let mut steps = Vec::with_capacity(STEPS);
        let begun = ThreadTime::now();
        for _ in 0..STEPS {
            let before = ThreadTime::now();
            run.step();
            steps.push(millis(before));
        }
        let all = millis(begun);
        steps.sort_by(f64::total_cmp);
        let at = |share: usize| steps.get(STEPS * share / 1000 - 1).copied().unwrap_or_default();
        let (p99, worst) = (at(990), at(1000));
        let back = timed(|| run.seek(STEPS - 1));
        let placed = Placed::of(run.stage(), &width_of);
        let draw = timed(|| drop(shapes(run.stage(), &placed, run.moment(), Hue::Kafka, 0.5, None, None)));
        println!("{:<26} {all:>10.1} {p99:>10.3} {worst:>10.3} {back:>10.3} {draw:>10.3}", spec.id);
    }
}

fn millis(begun: ThreadTime) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

fn timed(run: impl FnOnce()) -> f64 {
    let begun = ThreadTime::now();
    run();
    millis(begun)
}
