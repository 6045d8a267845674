//! Text, redaction, evidence, routes and time, as others see them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lr_core::{Evidence, Network, Redacted, Route, Text, Timestamp, Value};
use proptest::prelude::*;

proptest! {
    #[test]
    fn text_is_bounded_clean_and_stable(raw in any::<String>(), times in 1..400usize) {
        let text = Text::new(&raw.repeat(times.min(1 + 4096 / raw.len().max(1))));
        prop_assert!(text.as_str().len() <= 1024);
        prop_assert!(!text.as_str().chars().any(char::is_control));
        prop_assert_eq!(Text::new(text.as_str()), text);
    }

    #[test]
    fn a_redacted_secret_shows_at_most_a_quarter(secret in "[!-~]{0,80}", lead in 0..40usize) {
        let shown = Redacted::new(&secret, lead).to_string();
        let (prefix, _) = shown.split_once('…').unwrap();
        prop_assert!(prefix.len() <= secret.len() / 4 && prefix.len() <= lead);
        prop_assert_eq!(&format!("{:?}", Redacted::new(&secret, lead)), &shown);
    }

    #[test]
    fn time_reads_what_it_writes(ms in -62_135_596_800_000i64..=253_402_300_799_999) {
        let time = Timestamp::from_unix_ms(ms);
        prop_assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn reading_a_time_never_panics(text in any::<String>()) {
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn reading_a_route_never_panics(text in any::<String>()) {
        if let Ok(route) = Route::parse(&text) {
            prop_assert_eq!(Route::parse(&route.to_string()), Ok(route));
        }
    }
}

#[test]
fn times_of_rfc_3339() {
    // The examples of section 5.8, and some that are none.
    for (text, unix_ms) in [
        ("1985-04-12T23:20:50.52Z", Some(482_196_050_520)),
        ("1996-12-19T16:39:57-08:00", Some(851_042_397_000)),
        ("1990-12-31T23:59:60Z", Some(662_687_999_000)),
        ("1937-01-01T12:00:27.87+00:20", Some(-1_041_337_172_130)),
        ("2024-02-29T00:00:00Z", Some(1_709_164_800_000)),
        ("2023-02-29T00:00:00Z", None),
        ("2026-11-21", None),
        ("2026-11-21T12:00:00", None),
        ("2026-11-21T25:00:00Z", None),
        ("2026-11-21T12:00:00.Z", None),
        ("2026-11-21T12:00:00Zjunk", None),
        ("２026-11-21T12:00:00Z", None),
    ] {
        let read = text.parse::<Timestamp>().ok().map(Timestamp::unix_ms);
        assert_eq!(read, unix_ms, "{text}");
    }
}

#[test]
fn evidence_keeps_its_order_and_the_last_word() {
    let mut evidence = Evidence::default();
    evidence.set("zebra", 1);
    evidence.set("ant", "two\u{1b}");
    evidence.set("zebra", 3.0);
    evidence.set("big", u64::MAX);
    evidence.set("nothing", f64::NAN);
    let json = serde_json::to_string(&evidence).unwrap();
    let expected = r#"{"zebra":3.0,"ant":"two�","big":"18446744073709551615","nothing":null}"#;
    assert_eq!(json, expected);
    let again: Evidence = serde_json::from_str(&json).unwrap();
    assert_eq!(again.get("zebra"), Some(&Value::Float(3.0)));
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
}

#[test]
fn routes_match_names_and_literals() {
    let mut network = Network::default();
    network.routes = vec![
        Route::parse("Shop.TEST.:443=127.0.0.1:8443").unwrap(),
        Route::parse("[2001:db8::1]:80=[::1]:8080").unwrap(),
    ];
    assert_eq!(network.route("shop.test", 443), Some("127.0.0.1:8443".parse().unwrap()));
    assert_eq!(network.route("shop.test", 80), None);
    assert_eq!(network.route("2001:db8::1", 80), Some("[::1]:8080".parse().unwrap()));
    for bad in
        ["shop.test=1.2.3.4:5", "shop.test:443", "a:b=1.2.3.4:5", "a:1=host:2", ":1=1.1.1.1:1"]
    {
        assert!(Route::parse(bad).is_err(), "{bad}");
    }
}
