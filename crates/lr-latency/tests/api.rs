//! What an embedder relies on, by the public API alone.

use std::time::Duration;

use lr_core::{ErrorKind, Timestamp};
use lr_latency::{
    Connections, Endpoint, FailKind, Histogram, LatencyCheck, LatencyConfig, Measurement, Obstacle,
    Policy, Sampling, Snapshot, Summary,
};

#[test]
fn secrets_are_not_shown() {
    let endpoint = Endpoint::new("https://user:open-sesame@shop.test/")
        .method("POST")
        .header("authorization", "Bearer open-sesame")
        .body("password=open-sesame");
    let check = LatencyCheck::new([endpoint.clone()]);
    let config = LatencyConfig::new([endpoint]);
    for shown in [format!("{check:?}"), format!("{config:#?}")] {
        assert!(!shown.contains("sesame"), "{shown}");
        assert!(shown.contains("authorization") && shown.contains("https://shop.test/"), "{shown}");
    }
    let seen = Measurement::new("https://user:open-sesame@shop.test/#top", "GET", 300);
    assert_eq!(seen.url, "https://shop.test/");
}

#[test]
fn settings_are_built_up_from_defaults() {
    let sampling = Sampling::default().requests(10).concurrency(2).duration(Duration::from_secs(1));
    let config = LatencyConfig::new([Endpoint::new("http://a.test/")]).sampling(sampling);
    assert_eq!((config.sampling.requests, config.sampling.concurrency), (10, 2));
    let policy = Policy::default().slow_share(0.1).error_share(0.0).confidence(0.99);
    assert_ne!(policy, Policy::default());
}

#[test]
fn the_summary_has_the_form_that_scripts_read() {
    let mut seen = Measurement::new("https://shop.test/", "GET", 300);
    (seen.attempted, seen.ok, seen.answered, seen.unfinished) = (100, 96, 98, 1);
    seen.failed = [(FailKind::Timeout, 1), (FailKind::Status(503), 2)].into();
    seen.service_us = vec![(40_000, 50), (80_000, 40), (120_000, 6)].into();
    seen.response_us = vec![(40_000, 50), (80_000, 40), (220_000, 6)].into();
    seen.late_us = [700].into_iter().collect();
    seen.per_second = 50;
    seen.first_byte_us = [30_000].into_iter().collect();
    seen.total_us = [200_500].into_iter().collect();
    seen.first_failure = Some(Obstacle::new(FailKind::Timeout, ErrorKind::Timeout, "no answer"));
    let mut connections = Connections::default();
    (connections.opened, connections.reopened) = (5, 1);
    connections.http = Some("2".into());
    connections.tls = Some("1.3".into());
    connections.remote = Some("11.10.0.80:443".into());
    connections.dns_us = [1_250].into_iter().collect();
    connections.connect_us = [20_000].into_iter().collect();
    connections.tls_us = Histogram::default();
    seen.connections = connections;
    let now = Timestamp::from_unix(1_795_262_400);
    let snapshot = Snapshot::new(now, &Sampling::default(), vec![seen]);

    let mut summary = Summary::of(&snapshot, &Policy::default());
    let picture = summary.pictures.remove(0);
    assert_eq!(picture.title, "response times of GET https://shop.test/");
    assert!(picture.svg.starts_with("<svg "));
    let json = serde_json::to_string(&summary).unwrap();
    assert_eq!(
        json,
        r#"{"endpoints":[{"url":"https://shop.test/","method":"GET","mode":"open","per_second":50,"#
            .to_owned()
            + r#""attempted":100,"ok":96,"failed":{"timeout":1,"status-503":2},"#
            + r#""unfinished":1,"unsent":0,"#
            + r#""error_rate":0.030303030303030304,"http":"2","tls":"1.3","#
            + r#""remote":"11.10.0.80:443","connections":{"opened":5,"reopened":1},"#
            + r#""service_ms":{"p50":40.0,"p90":80.0,"p95":120.0,"p99":120.0,"max":120.0,"#
            + r#""intervals":{"p50":[40.0,80.0],"p90":[80.0,120.0],"p95":[80.0,120.0],"#
            + r#""p99":[120.0,null]}},"#
            + r#""response_ms":{"p50":40.0,"p90":80.0,"p95":220.0,"p99":220.0,"max":220.0,"#
            + r#""intervals":{"p50":[40.0,80.0],"p90":[80.0,220.0],"p95":[80.0,220.0],"#
            + r#""p99":[220.0,null]}},"kept_up":false,"late_p95_ms":0.7,"#
            + r#""p95_interval_ms":[80.0,220.0],"#
            + r#""phases_ms":{"dns":1.25,"connect":20.0,"tls":null,"first_byte":30.0,"body":null,"#
            + r#""total":200.5},"budget_ms":300,"slower_than_budget":3,"design_effect":1.0,"verdict":"unclear","comparison":null,"#
            + r#""stopped":null,"steps":[],"fixes":[]}],"pictures":[]}"#
    );
}

#[test]
fn a_kept_snapshot_is_plain_json() {
    let mut seen = Measurement::new("https://shop.test/", "GET", 300);
    seen.service_us = vec![(3, 1), (2, 0), (1, 4), (3, 2)].into();
    let json = serde_json::to_value(&seen).unwrap();
    assert_eq!(json["service_us"], serde_json::json!([[1, 4], [3, 3]]));
}

#[test]
fn snapshots_of_older_versions_are_judged_as_they_were() {
    let old = r#"{"taken":"2026-11-21T12:00:00Z","requests":60,"duration_ms":8000,
        "concurrency":4,"reuse":true,"endpoints":[{"url":"https://shop.test/","method":"GET",
        "budget_ms":300,"attempted":60,"ok":60,"failed":{},"unfinished":0,"slow":0,
        "unfinished_slow":0,"answered":60,"service_us":[[20000,60]],"first_byte_us":[],
        "connections":{"opened":4,"reopened":0,"http":"2","tls":"1.3","remote":null,
        "dns_us":[],"connect_us":[],"tls_us":[]},"samples":[[0,20000,20000,"ok"]],
        "first_failure":null,"stopped":null}]}"#;
    let snapshot: Snapshot = serde_json::from_str(old).unwrap();
    let summary = Summary::of(&snapshot, &Policy::default());
    assert_eq!((summary.endpoints[0].verdict.as_str(), summary.endpoints[0].ok), ("pass", 60));
    let data = r#"{"endpoints":[]}"#;
    assert!(serde_json::from_str::<Summary>(data).unwrap().pictures.is_empty());
}
