//! A whole inspection of a zone at a distance of 100 ms per round trip, in round trips and questions:
//! `cargo bench --bench dns`.
//!
//! The longest chain of dependent round trips is four: who serves the zone, where they are, what they
//! say, and what follows from that. So an inspection cannot take less than four. Beside healthy zones,
//! what servers cost that are silent or drop what they do not know.

use std::time::{Duration, Instant};

use launch_ready::core::Clock;
use launch_ready::dns::{DnsConfig, Snapshot, inspect};
use lr_lab::{Fault, Lab, Signing, Zone};
use tokio::runtime::Runtime;

const ROUND_TRIP: Duration = Duration::from_millis(100);

/// Dependent round trips of an inspection.
const CHAIN: f64 = 4.0;

const RUNS: usize = 9;

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    println!("{:<28} {:>12} {:>8} {:>10}", "zone", "round trips", "of 4", "questions");
    for servers in 2..=4 {
        let name = format!("{servers} servers, ten names");
        row(&runtime, &name, RUNS, From::Resolver, || zone(servers));
    }
    row(&runtime, "two servers, from the roots", RUNS, From::Roots, || zone(2));
    row(&runtime, "signed, from the roots", RUNS, From::Roots, || zone(2).signed(Signing::Valid));
    for (name, fault) in [
        ("one of two silent", Fault::Silent),
        ("one of two drops EDNS", Fault::DropEdns),
        ("one of two without TCP", Fault::NoTcp),
        ("one refers to the root", Fault::UpwardReferral),
    ] {
        row(&runtime, name, 1, From::Resolver, || zone(2).fault("ns2.shop.test", fault.clone()));
    }
}

/// Who tells where the zone begins.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Resolver,
    Roots,
}

/// A zone with its apex, `www` and eight names more.
fn zone(servers: usize) -> Zone {
    let mut records =
        "@ A 11.0.0.7\n@ AAAA 2a0e:b107:9::7\n@ CAA 0 issue \"ca.test\"\nwww CNAME @\n".to_owned();
    for server in 1..=servers {
        records.push_str(&format!("@ NS ns{server}\n"));
    }
    for (number, name) in
        ["app", "api", "admin", "mail", "staging", "dev", "test", "beta"].iter().enumerate()
    {
        records.push_str(&format!(
            "{name} A 11.0.0.{}\n{name} AAAA 2a0e:b107:9::{}\n",
            20 + number,
            20 + number
        ));
    }
    Zone::new("shop.test").records(&records)
}

fn row(runtime: &Runtime, name: &str, runs: usize, from: From, zone: impl Fn() -> Zone) {
    let mut times = Vec::new();
    let mut questions = Vec::new();
    for _ in 0..runs {
        let lab = Lab::builder().zone(zone()).rtt(ROUND_TRIP);
        let lab = runtime.block_on(lab.start()).expect("the lab starts");
        let (time, seen) = once(runtime, &lab, from);
        times.push(time.as_secs_f64() / ROUND_TRIP.as_secs_f64());
        questions.push(seen.questions);
    }
    times.sort_by(f64::total_cmp);
    questions.sort_unstable();
    questions.dedup();
    let median = times[times.len() / 2];
    let questions: Vec<_> = questions.iter().map(ToString::to_string).collect();
    println!("{name:<28} {median:>12.2} {:>8.2} {:>10}", median / CHAIN, questions.join(" or "));
}

fn once(runtime: &Runtime, lab: &Lab, from: From) -> (Duration, Snapshot) {
    let cx = lab.context().with_clock(Clock::system());
    let mut config = DnsConfig::new("shop.test");
    if from == From::Roots {
        config.roots = lab.roots().into_iter().map(|root| (root, 53).into()).collect();
    }
    let started = Instant::now();
    let seen = runtime.block_on(inspect(&config, &cx)).expect("the lab can be asked");
    (started.elapsed(), seen)
}
