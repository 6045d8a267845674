//! What is sent and shown: pure functions from events and monitors to text.

use std::fmt::Write;

use lr_core::Timestamp;
use serde_json::{Value, json};

use super::{Event, EventKind, Monitor, State};

/// The body of a Slack incoming webhook.
#[must_use]
pub fn slack_message(event: &Event) -> String {
    // Slack gives these three a meaning.
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = format!("{} {}", sign(&event.kind), event.kind.summary(&event.route));
    let block = json!({"type": "section", "text": {"type": "mrkdwn", "text": escape(&text)}});
    let note = json!({"type": "context", "elements": [
        {"type": "plain_text", "text": format!("{} · {}", event.at, event.id)}
    ]});
    json!({"text": escape(&text), "blocks": [block, note]}).to_string()
}

/// The body of any other webhook, and a line of a log: the event, and a sentence for people.
#[must_use]
pub fn generic_webhook(event: &Event) -> String {
    let mut value = serde_json::to_value(event).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("summary".into(), event.kind.summary(&event.route).into());
    }
    value.to_string()
}

/// The monitors in the Prometheus text format, version 0.0.4. Figures are of the day before `now`.
#[must_use]
pub fn prometheus(monitors: &[Monitor], now: Timestamp) -> String {
    let day_ago = Timestamp::from_unix_ms(now.unix_ms() - 86_400_000);
    let mut out = String::new();
    type Figure = fn(&Monitor, &super::FourNumbers) -> Option<f64>;
    let figures: [(&str, &str, Figure); 7] = [
        ("lr_route_up", "1 up, 0 down; absent if unknown", |monitor, _| match monitor.state() {
            State::Up => Some(1.0),
            State::Down => Some(0.0),
            State::Unknown => None,
        }),
        ("lr_route_degraded", "1 if too many checks are slow", |monitor, _| {
            Some(f64::from(u8::from(monitor.is_degraded())))
        }),
        ("lr_uptime_ratio", "share of good checks", |_, four| four.uptime),
        ("lr_latency_p95_seconds", "95th percentile of good checks", |_, four| {
            Some(four.p95_ms? / 1000.0)
        }),
        ("lr_error_ratio", "share of failed checks", |_, four| four.error_rate),
        ("lr_failed_jobs", "jobs that failed", |_, four| Some(four.failed_jobs as f64)),
        ("lr_checks", "checks that were made", |_, four| Some(four.checks as f64)),
    ];
    for (name, help, figure) in figures {
        // Writing to a string does not fail.
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
        for monitor in monitors {
            let four = monitor.ledger().over(day_ago, now);
            if let Some(value) = figure(monitor, &four) {
                let _ = writeln!(out, "{name}{{route=\"{}\"}} {value}", label(monitor.route()));
            }
        }
    }
    out
}

fn label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn sign(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Down { .. } | EventKind::Reminder { .. } | EventKind::BudgetBurn { .. } => "🔴",
        EventKind::Up { .. }
        | EventKind::Restored
        | EventKind::Steady
        | EventKind::PlaceBack { .. }
        | EventKind::BudgetSteady { .. } => "🟢",
        EventKind::Degraded { .. }
        | EventKind::Flapping
        | EventKind::PlaceDown { .. }
        | EventKind::PlaceStale { .. } => "🟡",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uptime::{Sample, Settings};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix(1_795_262_400 + second)
    }

    fn down() -> (Monitor, Event) {
        let mut monitor =
            Monitor::new("https://shop.test/?a=<b>&\"c", &["here"], Settings::default());
        monitor.observe(&Sample::good(at(0), 0, 120_000));
        monitor.observe(&Sample::failed(at(60), 0));
        let event = monitor.observe(&Sample::failed(at(75), 0)).remove(0);
        (monitor, event)
    }

    #[test]
    fn slack_gets_text_without_its_own_marks() {
        let message: Value = serde_json::from_str(&slack_message(&down().1)).unwrap();
        let text = message["text"].as_str().unwrap();
        assert!(text.contains("a=&lt;b&gt;&amp;\"c is down since 2026-11-21T12:01:00Z"), "{text}");
        assert_eq!(message["blocks"][0]["text"]["text"], message["text"]);
    }

    #[test]
    fn others_get_the_event_whole() {
        let (_, event) = down();
        let sent = generic_webhook(&event);
        let value: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(
            (value["event"].as_str(), value["places"][0].as_str()),
            (Some("down"), Some("here"))
        );
        assert!(value["summary"].as_str().unwrap().contains("is down since"));
        assert_eq!(serde_json::from_str::<Event>(&sent).unwrap(), event);
    }

    #[test]
    fn prometheus_reads_one_line_for_each_figure() {
        let (monitor, _) = down();
        let silent = Monitor::new("quiet", &["here"], Settings::default());
        let text = prometheus(&[monitor, silent], at(100));
        let route = r#"{route="https://shop.test/?a=<b>&\"c"}"#;
        assert!(
            text.contains(&format!("# TYPE lr_route_up gauge\nlr_route_up{route} 0\n# HELP")),
            "{text}"
        );
        assert!(text.contains(&format!("lr_uptime_ratio{route} 0.3333333333333333\n")), "{text}");
        assert!(text.contains("lr_checks{route=\"quiet\"} 0\n"), "{text}");
    }
}
