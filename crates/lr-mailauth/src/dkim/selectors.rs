//! Which selectors are worth a question.

/// Names that servers, panels and providers use by default.
const COMMON: &[&str] = &[
    "default",
    "dkim",
    "mail",
    "google",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "k2",
    "key1",
    "smtp",
    "mx",
    "dkim1",
];

/// Who is revealed by which SPF include or mail host, and the selectors they publish.
const PROVIDERS: &[(&[&str], &[&str])] = &[
    (&["google.com", "googlemail.com"], &["google", "20230601"]),
    (&["outlook.com", "office365.us"], &["selector1", "selector2"]),
    (&["sendgrid.net"], &["s1", "s2", "smtpapi"]),
    (&["mcsv.net", "mandrillapp.com"], &["k1", "k2", "k3", "mandrill", "mte1", "mte2"]),
    (&["messagingengine.com"], &["fm1", "fm2", "fm3"]),
    (&["protonmail.ch", "proton.me"], &["protonmail", "protonmail2", "protonmail3"]),
    (&["zoho.com", "zoho.eu", "zohomail.com"], &["zoho", "zmail"]),
    (&["mailgun.org"], &["mailo", "pic", "krs", "smtp", "mta"]),
    (&["mailjet.com"], &["mailjet"]),
    (&["sendinblue.com", "brevo.com"], &["brevo1", "brevo2", "mail"]),
    (&["zendesk.com"], &["zendesk1", "zendesk2"]),
    (&["hubspotemail.net"], &["hs1", "hs2"]),
    (&["icloud.com"], &["sig1"]),
    (&["mtasv.net", "postmarkapp.com"], &["pm"]),
    (&["yandex.net", "yandex.ru"], &["mail"]),
    (&["klaviyomail.com"], &["kl", "kl2"]),
    (&["mxroute.com", "mxlogin.com"], &["x"]),
    (&["mailchannels.net"], &["mailchannels"]),
];

/// Asked at most for one domain.
pub(super) const MAX_SELECTORS: usize = 40;

/// The selectors to ask for: those given, then those of the providers that `hosts` reveal, then
/// common ones. Each once.
pub(super) fn candidates<'a>(
    given: &'a [String],
    hosts: impl Iterator<Item = String>,
) -> Vec<(&'a str, bool)> {
    let mut names: Vec<(&str, bool)> = Vec::new();
    let mut add = |name: &'a str, is_given: bool| {
        let known = names.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !known && names.len() < MAX_SELECTORS {
            names.push((name, is_given));
        }
    };
    given.iter().for_each(|name| add(name, true));
    // Before the providers' own: these do not depend on an answer, and so are asked first.
    COMMON.iter().for_each(|name| add(name, false));
    for host in hosts {
        for (suffixes, selectors) in PROVIDERS {
            if suffixes.iter().any(|suffix| is_below(&host, suffix)) {
                selectors.iter().for_each(|name| add(name, false));
            }
        }
    }
    names
}

fn is_below(host: &str, suffix: &str) -> bool {
    let host = host.trim_end_matches('.');
    let Some(at) = host.len().checked_sub(suffix.len()) else { return false };
    host.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        && (at == 0 || host.as_bytes()[at - 1] == b'.')
}
