//! What the labs cost: a step, a long run, going back, and drawing one of their moments. `cargo bench --bench labs`.

use std::hint::black_box;

use cpu_time::ThreadTime;
use whetstone::labs::{ALL, Run};
use whetstone::scene::{Placed, shapes, width_of};
use whetstone::theme::Hue;

const STEPS: usize = 10_000;

fn main() {
    println!(
        "ms CPU of one thread; each lab's first scenario. Going to step {STEPS}, as a shared run is opened, the copies for going"
    );
    println!(
        "back among it; then {STEPS} single steps, each looked at as the window does; one step back, the longest way; a drawing"
    );
    println!("{:<26} {:>10} {:>10} {:>10} {:>10} {:>10}", "lab", "all steps", "p99 step", "worst", "back", "draw");
    for spec in ALL {
        let Some(scenario) = spec.scenarios.first() else { continue };
        let all = timed(|| Run::of_scenario(spec, scenario).seek(STEPS));
        let mut run = Run::of_scenario(spec, scenario);
        let mut steps = Vec::with_capacity(STEPS);
        for _ in 0..STEPS {
            steps.push(timed(|| {
                run.step();
                black_box((run.stage(), run.moment(), run.series(), run.log(), run.lab().acts(), run.lab().knobs()));
            }));
        }
        steps.sort_by(f64::total_cmp);
        let at = |share: usize| steps.get(STEPS * share / 1000 - 1).copied().unwrap_or_default();
        let (p99, worst) = (at(990), at(1000));
        let back = timed(|| {
            run.seek(STEPS - 1);
            black_box(run.moment());
        });
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
