//! Lists of old URLs over real sockets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use lr_lab::{Lab, Launch, Reply, Request, Site};
use lr_redirects::list::{Earlier, Landing, ListConfig, OldUrl, Seen, Tally, Verdict, walk};
use lr_redirects::{Credentials, Ends};

/// A shop that has moved: `/old/N` leads to `/new/N`, a few of them wrongly.
fn moved() -> Launch {
    Launch::healthy("shop.test").edit_site("shop.test", |site| site.fallback(answer))
}

fn answer(request: &Request) -> Reply {
    let path = request.path();
    match path.strip_prefix("/old/").map(|rest| rest.parse::<u32>().unwrap_or(u32::MAX)) {
        Some(13) => Reply::redirect(301, "/new/0"),
        Some(14) => Reply::redirect(301, "/gone"),
        Some(15) => Reply::redirect(301, "/old/15"),
        Some(16) => Reply::redirect(301, "https://staging.shop.test/"),
        Some(17) => Reply::redirect(301, "/soft"),
        Some(18) => Reply::redirect(301, "https://"),
        Some(19) => Reply::status(429).header("retry-after", "0"),
        Some(number) => Reply::redirect(301, format!("/new/{}", number % 100)),
        None if path.starts_with("/new/") => Reply::text("here"),
        None if path == "/soft" => Reply::html("<title>Page not found</title>"),
        None => Reply::status(404),
    }
}

fn old(number: usize) -> OldUrl {
    OldUrl::new(format!("/old/{number}"), Some(format!("/new/{}", number % 100)))
}

async fn walked(
    lab: &Lab,
    urls: impl IntoIterator<Item = OldUrl>,
    seen: &mut Seen,
) -> (Vec<Landing>, Tally) {
    let mut landings = Vec::new();
    let config = ListConfig::new("https://shop.test/");
    let cx = lab.context();
    let tally = walk(urls, &config, seen, &cx, |l| landings.push(l.clone())).await.unwrap();
    landings.sort_by(|a, b| a.from.cmp(&b.from));
    (landings, tally)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_walked_once_resumed_and_compared() {
    let lab = Lab::builder().launch(moved()).start().await.unwrap();
    let mut seen = Seen::default();
    let twice = (0..2000).map(old).chain((0..2000).map(old)).chain([OldUrl::new("ftp://x/", None)]);
    let (landings, tally) = walked(&lab, twice, &mut seen).await;
    assert_eq!((tally.landed, tally.repeated, tally.invalid), (1993, 2000, 1));
    assert_eq!((tally.elsewhere, tally.soft_not_found, tally.lost, tally.unseen), (1, 1, 4, 1));
    let of = |number: usize| {
        let from = format!("https://shop.test/old/{number}");
        landings.iter().find(|landing| landing.from == from).unwrap()
    };
    assert_eq!((of(13).verdict, of(13).last()), (Verdict::Elsewhere, "https://shop.test/new/0"));
    assert_eq!((of(14).verdict, of(14).statuses.as_slice()), (Verdict::Lost, &[301, 404][..]));
    assert_eq!((of(15).verdict, of(15).ends), (Verdict::Lost, Ends::Loop));
    assert_eq!((of(16).verdict, of(16).ends), (Verdict::Lost, Ends::Forbidden));
    assert_eq!(of(17).verdict, Verdict::SoftNotFound);
    assert_eq!((of(18).verdict, of(18).ends), (Verdict::Lost, Ends::Error));
    assert_eq!(of(19).verdict, Verdict::Unseen);

    // Each URL once, but for the one that asked to be tried again; six connections at most.
    let requests: Vec<_> = lab.requests().iter().map(lr_lab::SeenRequest::url).collect();
    let unique: BTreeSet<_> = requests.iter().collect();
    assert_eq!(requests.len(), unique.len() + 1);
    assert!(lab.connections().len() <= 6, "{}", lab.connections().len());

    // A later run asks only for what was not seen, and for what is new.
    let lines: String =
        landings.iter().map(|landing| serde_json::to_string(landing).unwrap() + "\n").collect();
    lab.clear_log();
    let mut seen = Seen::default();
    assert_eq!(seen.resume(lines.as_bytes()).unwrap(), 1999);
    let (again, tally) = walked(&lab, (0..2001).map(old), &mut seen).await;
    assert_eq!((again.len(), tally.repeated), (2, 1999));
    // The two, the target of the new one, and the second try.
    assert_eq!(lab.requests().len(), 4);

    // After a repair, what has changed is what was repaired.
    let repaired = Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.fallback(answer).get("/old/13", Reply::redirect(301, "/new/13"))
    });
    let lab = Lab::builder().launch(repaired).start().await.unwrap();
    let (after, _) = walked(&lab, (0..50).map(old), &mut Seen::default()).await;
    let earlier = Earlier::read(lines.as_bytes(), false).unwrap();
    let changes: Vec<_> = after.iter().filter_map(|landing| earlier.change(landing)).collect();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].from, "https://shop.test/old/13");
    assert_eq!(changes[0].after.1, Verdict::Landed);
}

#[tokio::test]
async fn a_host_that_does_not_answer_costs_little() {
    let launch =
        moved().edit_site("shop.test", |site| site.fallback(Reply::hang_up()).http1_only());
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    let (landings, tally) = walked(&lab, (0..1000).map(old), &mut Seen::default()).await;
    assert_eq!((landings.len(), tally.unseen), (1000, 1000));
    assert!(lab.requests().len() < 100, "{}", lab.requests().len());
}

/// A port that is given belongs to the launch; another one would be an internal one.
#[tokio::test]
async fn a_list_may_have_a_port() {
    let lab = Lab::builder().launch(moved()).start().await.unwrap();
    let mut network = lab.network();
    let to = lab.real("shop.test", 443).unwrap();
    network.routes.push(lr_core::Route::new("shop.test", 8443, to));
    let config = ListConfig::new("https://shop.test:8443/");
    let cx = lab.context().with_network(network);
    let mut verdicts = Vec::new();
    let urls = ["/old/1", "https://shop.test:8444/"].map(|url| OldUrl::new(url, None));
    walk(urls, &config, &mut Seen::default(), &cx, |l| verdicts.push((l.ends, l.verdict)))
        .await
        .unwrap();
    verdicts.sort_by_key(|(_, verdict)| *verdict);
    assert_eq!(verdicts, [(Ends::Ok, Verdict::Landed), (Ends::Forbidden, Verdict::Lost)]);
}

#[tokio::test]
async fn credentials_go_to_the_launch_and_over_https_only() {
    let lab = Lab::builder()
        .launch(Launch::healthy("shop.test").edit_site("shop.test", |site| {
            site.fallback(|request: &Request| match request.header("authorization") {
                Some("Bearer open-sesame") => Reply::redirect(302, "https://other.test/"),
                _ => Reply::status(401),
            })
            .http(|request: &Request| match request.header("authorization") {
                Some(_) => Reply::status(500),
                None => {
                    Reply::redirect(301, format!("https://shop.test{}", request.path_and_query))
                }
            })
        }))
        .site(Site::new("other.test").fallback(|request: &Request| {
            Reply::status(if request.header("authorization").is_some() { 500 } else { 200 })
        }))
        .start()
        .await
        .unwrap();
    let mut config = ListConfig::new("http://shop.test/");
    let mut seen = Seen::default();
    for (credentials, verdict) in
        [(None, Verdict::Lost), (Some(Credentials::bearer("open-sesame")), Verdict::Landed)]
    {
        config.credentials = credentials;
        let url = OldUrl::new(format!("/{verdict:?}"), None);
        let mut found = None;
        let landed = |landing: &Landing| found = Some(landing.verdict);
        walk([url], &config, &mut seen, &lab.context(), landed).await.unwrap();
        assert_eq!(found, Some(verdict));
    }
}

/// `cargo test --release -p lr-redirects --test list -- --ignored --nocapture` prints what 100,000
/// URLs cost: nothing is kept of them but a number each.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes its time: a measurement"]
async fn a_hundred_thousand_urls_need_little_memory() {
    const URLS: usize = 100_000;
    let lab = Lab::builder().launch(moved()).start().await.unwrap();
    // What the lab, the first connections and the thread pool need is there before.
    walked(&lab, (20..2000).map(old), &mut Seen::default()).await;
    let before = peak_kib();
    let (config, cx) = (ListConfig::new("https://shop.test/"), lab.context());
    let mut landed = 0;
    let urls = (2000..2000 + URLS).map(old);
    let cx = cx.with_time_left(std::time::Duration::from_secs(600));
    let mut seen = Seen::default();
    let tally = walk(urls, &config, &mut seen, &cx, |_| {
        landed += 1;
        // The lab's record of requests is not ours.
        if landed % 500 == 0 {
            lab.clear_log();
        }
    });
    assert_eq!(tally.await.unwrap().landed, URLS);
    let grown = peak_kib() - before;
    println!("{URLS} URLs: {grown} KiB more than before, {} bytes for each", grown * 1024 / URLS);
    assert!(grown < 64 << 10, "{grown} KiB");
}

/// The most memory that this process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
