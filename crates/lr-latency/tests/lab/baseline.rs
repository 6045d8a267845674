//! Runs that were accepted, and those that follow them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lr_core::Verdict;
use lr_lab::{Reply, Request, in_one_of_three_looks};
use lr_latency::{
    Baselines, Endpoint, LatencyCheck, LatencyConfig, LogP95, Policy, Sampling, Snapshot, inspect,
};

use crate::{URL, lab, millis, sampling, shop, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_become_slower_is_found_out_by_two_runs() {
    in_one_of_three_looks(|| async {
        let delay = Arc::new(AtomicU64::new(10));
        let current = Arc::clone(&delay);
        let answer =
            move |_: &Request| Reply::text("x").after(millis(current.load(Ordering::Relaxed)));
        let server = lab(shop(answer)).await;
        let cx = server.context();
        let how: Sampling = sampling(30, 6);
        let config = LatencyConfig::new([Endpoint::new(URL)]).sampling(how);
        let snapshot = inspect(&config, &cx).await.unwrap();
        let mut kept = Baselines::new();
        for _ in 0..5 {
            assert_eq!(kept.accept(&snapshot, &Policy::default()), 1);
        }
        // What a quiet machine would have found: this one may be busy.
        kept.runs.iter_mut().for_each(|run| run.p95 = LogP95::from_ms(10.0, [9.0, 11.0]));
        let kept = Baselines::from_json(&kept.to_json()).unwrap();

        delay.store(150, Ordering::Relaxed);
        let check = LatencyCheck::new([Endpoint::new(URL)]).with_sampling(how);
        let before = server.requests().len();
        let run = lr_core::run(&check.clone().with_baselines(kept.clone()), &cx).await;
        assert_eq!(*verdict(&run, "latency/no-regression"), Verdict::Fail, "{run:#?}");
        assert_eq!(server.requests().len() - before, 60, "it was asked a second time");
        assert!(run.findings[0].detail.as_str().contains("a second run confirmed it"));
        let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
        let again = lr_core::run(&LatencyCheck::replay(snapshot), &cx).await;
        assert_eq!(again.outcomes, run.outcomes);

        // Another number of users is another question.
        let other = check.with_sampling(sampling(30, 5)).with_baselines(kept);
        let run = lr_core::run(&other, &cx).await;
        let Verdict::NotApplicable { reason } = verdict(&run, "latency/no-regression") else {
            panic!("{run:#?}")
        };
        assert!(
            reason.as_str().contains("5 accepted runs were taken under other settings"),
            "{reason}"
        );
    })
    .await;
}

#[test]
fn what_was_kept_is_read_with_suspicion() {
    for text in ["", "{}", r#"{"format":2,"runs":[]}"#, r#"{"format":1,"runs":[{}]}"#] {
        assert!(Baselines::from_json(text).is_err(), "{text}");
    }
}
