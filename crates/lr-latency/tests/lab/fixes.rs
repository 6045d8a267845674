//! What the shortlist rests on, over the wire.

use lr_lab::{Lab, Reply, Request, Site, TlsVersions, Truth, in_one_of_three_looks};
use lr_latency::{Cached, Endpoint, FixKind, Measurement, Mode, Sampling, shortlist};

use crate::{URL, lab, measure, millis, open, sampling, shop};

fn kinds(seen: &Measurement) -> Vec<FixKind> {
    shortlist(seen).iter().map(|fix| fix.kind).collect()
}

async fn far(site: Site) -> Lab {
    Lab::builder().site(site).rtt(millis(40)).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_closes_connections_is_told_to_keep_them() {
    in_one_of_three_looks(|| async {
        let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
        let server = far(shop(Reply::raw(bytes)).http1_only()).await;
        let seen = measure(&server.context(), Endpoint::new(URL), sampling(40, 10)).await;
        assert!(seen.samples.iter().filter(|sample| sample.reopening_us > 70_000).count() > 20);
        assert!(kinds(&seen).contains(&FixKind::ConnectionReuse), "{:#?}", shortlist(&seen));
        assert!(kinds(&seen).contains(&FixKind::Http11));

        let server = far(shop(Reply::text("hi"))).await;
        let seen = measure(&server.context(), Endpoint::new(URL), sampling(40, 10)).await;
        assert!(seen.samples.iter().all(|sample| sample.reopening_us == 0));
        for kind in [FixKind::ConnectionReuse, FixKind::Http11, FixKind::Tls12] {
            assert!(!kinds(&seen).contains(&kind), "{:#?}", shortlist(&seen));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_handshake_costs_a_round_trip() {
    in_one_of_three_looks(|| async {
        let server = far(shop(Reply::text("hi")).tls(TlsVersions::Only12)).await;
        let seen = measure(&server.context(), Endpoint::new(URL), sampling(20, 4)).await;
        let fixes = shortlist(&seen);
        let fix = fixes.iter().find(|fix| fix.kind == FixKind::Tls12).unwrap();
        assert!(fix.at_most_ms >= 40.0, "{fix:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_of_answers_are_read() {
    let answer = |request: &Request| {
        let hit = request.count % 2 == 1;
        Reply::html("x".repeat(40_000))
            .header("x-cache", if hit { "HIT" } else { "MISS" })
            .header("server-timing", "db;dur=150, app;desc=\"a, b\";dur=20")
            .after(millis(if hit { 1 } else { 200 }))
    };
    let server = lab(shop(answer)).await;
    let seen = measure(&server.context(), Endpoint::new(URL), sampling(40, 4)).await;
    let caches = |cache| seen.samples.iter().filter(|sample| sample.cache == Some(cache)).count();
    assert_eq!((caches(Cached::Hit), caches(Cached::Miss)), (20, 20));
    let timing: Vec<_> =
        seen.server_timing.iter().map(|(name, all)| (name.as_str(), all.len())).collect();
    assert_eq!(timing, [("app", 40), ("db", 40)]);
    assert!(seen.server_timing["db"].iter().all(|(_, us)| *us == 150_000));
    let described = seen.answer.as_ref().unwrap();
    assert_eq!((described.status, described.body_bytes), (200, 40_000));
    assert!(described.offered_compression && described.content_encoding.is_none());
    assert!(described.cache.as_ref().unwrap().as_str().starts_with("x-cache: "));
    for kind in [FixKind::CacheMiss, FixKind::ServerTiming, FixKind::FirstByte] {
        assert!(kinds(&seen).contains(&kind), "{kind:?}: {:#?}", shortlist(&seen));
    }

    // Who looks for a text in the body does not offer to unpack it.
    let endpoint = Endpoint::new(URL).contains("xx");
    let seen = measure(&server.context(), endpoint, sampling(4, 1)).await;
    assert!(!seen.answer.unwrap().offered_compression);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_start_and_a_redirect_are_seen() {
    in_one_of_three_looks(|| async {
        let answer = |request: &Request| match request.count {
            0 => Reply::redirect(302, "/new?token=1").after(millis(900)),
            _ => Reply::redirect(302, "/new?token=2").after(millis(10)),
        };
        let server = lab(shop(answer)).await;
        let seen = measure(&server.context(), Endpoint::new(URL), sampling(30, 1)).await;
        assert_eq!(seen.redirects, 30);
        let location = seen.answer.as_ref().unwrap().location.as_ref().unwrap();
        assert_eq!(location.as_str(), "/new");
        for kind in [FixKind::ColdStart, FixKind::Redirect] {
            assert!(kinds(&seen).contains(&kind), "{kind:?}: {:#?}", shortlist(&seen));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalls_are_found_with_their_period() {
    in_one_of_three_looks(|| async {
        let truth = Truth::stalls(millis(5), millis(200), millis(500));
        let server = lab(shop(truth)).await;
        let sampling = open(340, 200).concurrency(80);
        // A machine that stands still now and then hides what stands still by the clock.
        for left in (0..4).rev() {
            let seen = measure(&server.context(), Endpoint::new(URL), sampling).await;
            let fixes = shortlist(&seen);
            match fixes.iter().find(|fix| fix.kind == FixKind::Stalls) {
                Some(fix) => {
                    assert!(fix.evidence.contains("stalls of up to"), "{fix:?}");
                    return assert!(fix.at_most_ms > 50.0, "{fix:?}");
                }
                None => assert!(left > 0, "{fixes:?}"),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rising_numbers_of_users_find_the_knee() {
    in_one_of_three_looks(|| async {
        // Five at once are served, and the others wait for them.
        let truth = Truth::slots(millis(20), 5);
        let server = lab(shop(truth)).await;
        let sampling = Sampling::default().mode(Mode::Open).requests(20).steps(true);
        let seen = measure(&server.context(), Endpoint::new(URL), sampling).await;
        assert_eq!((seen.attempted, seen.ok), (20, 20), "steps are kept apart");
        let users: Vec<_> = seen.steps.iter().map(|step| (step.users, step.ok)).collect();
        assert_eq!(users, [(1, 20), (5, 30), (20, 120)]);
        assert_eq!(server.requests().len(), 20 + 170);
        assert!(kinds(&seen).contains(&FixKind::Knee), "{:#?}", seen.steps);

        for (sampling, steps) in [(sampling.concurrency(5), 2), (sampling.steps(false), 0)] {
            let seen = measure(&server.context(), Endpoint::new(URL), sampling).await;
            assert_eq!(seen.steps.len(), steps);
        }
    })
    .await;
}
