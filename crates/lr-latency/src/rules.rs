//! The catalogue: what this check decides.

use lr_core::{Rule, Severity};

/// Every rule of this check.
pub static RULES: &[&Rule] = &[&REACHABLE, &NO_ERRORS, &WITHIN_BUDGET, &NO_REGRESSION];

/// The endpoint can be reached.
pub static REACHABLE: Rule = Rule::new("latency/reachable", Severity::High)
    .says("the endpoint can be reached", "the endpoint cannot be reached")
    .because("nobody can use what lies behind this endpoint")
    .fix(
        "make the name resolve, let something listen there, and serve a certificate that is valid \
         for the name; then measure again",
    )
    .see(&[(
        "RFC 9110, section 4.3.3: https origins",
        "https://www.rfc-editor.org/rfc/rfc9110#section-4.3.3",
    )]);

/// Requests are answered without errors.
pub static NO_ERRORS: Rule = Rule::new("latency/no-errors", Severity::High)
    .says("requests are answered without errors", "too many requests fail")
    .because("visitors meet error pages and broken forms already under a handful of users")
    .fix(
        "find the failures by their kind: look up 5xx answers in the server's log, and broken \
         connections in the limits of the proxy and the application server in front of it",
    )
    .see(&[
        (
            "RFC 9110, section 15.6: server error 5xx",
            "https://www.rfc-editor.org/rfc/rfc9110#section-15.6",
        ),
        (
            "Site Reliability Engineering: the four golden signals",
            "https://sre.google/sre-book/monitoring-distributed-systems/#xref_monitoring_golden-signals",
        ),
    ]);

/// 95 % of the requests are answered within the budget.
pub static WITHIN_BUDGET: Rule = Rule::new("latency/within-budget", Severity::Medium)
    .says(
        "95 % of the requests are answered within the budget",
        "more than 5 % of the requests exceed the budget",
    )
    .because("visitors wait, and some leave, before the launch has brought any load")
    .fix(
        "compare the phases: a long first byte is the server's own work, long connecting is \
         distance or a missing edge, a long rest is the size of the answer",
    )
    .see(&[
        (
            "Site Reliability Engineering: service level objectives",
            "https://sre.google/sre-book/service-level-objectives/",
        ),
        ("Time to first byte", "https://web.dev/articles/ttfb"),
    ]);

/// The endpoint has not become slower than the runs that were accepted.
pub static NO_REGRESSION: Rule = Rule::new("latency/no-regression", Severity::Medium)
    .says(
        "the 95th percentile has not risen by more than 30 %",
        "the 95th percentile has risen by more than 30 %",
    )
    .because("something that was released since has made every twentieth visitor wait longer")
    .fix(
        "compare the phases and the endpoints to see what became slower, look at what was released \
         since the last accepted run, and accept the new figures if they are meant to be so",
    )
    .see(&[(
        "Site Reliability Engineering: service level objectives",
        "https://sre.google/sre-book/service-level-objectives/",
    )]);
