//! `cargo bench --bench learners`: a thousand synthetic learners under the plan, in due order and by chance.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod simulation;

use simulation::{Outcome, Way, mean, outcome};
use whetstone::catalog::embedded;

const BUDGETS: [u16; 6] = [10, 20, 30, 40, 50, 60];

fn main() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u16>().ok());
    let (learners, days) = (number("LEARNERS").unwrap_or(1000), i32::from(number("DAYS").unwrap_or(14)));
    let (catalog, _) = embedded();
    println!("{learners} learners, {days} days, {} questions", catalog.questions().count());
    println!(
        "| minutes a day | way | minutes spent | promised | studied | known on the day (≥ .8) | recall of what was studied | recall-weighted coverage |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for minutes in BUDGETS {
        for way in Way::ALL {
            let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
            let all: Vec<Outcome> = std::thread::scope(|scope| {
                let parts = (0..threads).map(|part| {
                    let catalog = &catalog;
                    scope.spawn(move || {
                        let mine = (0..u64::from(learners)).filter(move |seed| seed % threads == part);
                        mine.map(|seed| outcome(seed, catalog, way, minutes, days)).collect::<Vec<_>>()
                    })
                });
                let parts: Vec<_> = parts.collect();
                parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
            });
            let found = mean(&all);
            println!(
                "| {minutes} | {} | {:.0} | {:.0} | {:.0} | {:.1} % | {:.1} % | {:.1} % |",
                way.name(),
                found.minutes,
                found.promised,
                found.studied,
                found.coverage * 100.0,
                found.recall_of_studied * 100.0,
                found.recall_weighted * 100.0
            );
        }
    }
}
