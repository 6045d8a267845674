use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::domain_spec::{check, check_macros, is_address};
use super::{IpNetwork, Mechanism, Qualifier, Record, Term, TermKind};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::Lower;

/// Whether a text is an SPF record at all (RFC 7208, section 4.5): `v=spf1` in any case, then a
/// space or the end.
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    let (version, rest) = text.split_at(text.len().min(VERSION.len()));
    version.eq_ignore_ascii_case(VERSION) && rest.first().is_none_or(|byte| *byte == b' ')
}

/// Reads an SPF record (RFC 7208, section 12). Every issue makes receivers answer `permerror`.
///
/// ```
/// let parsed = lr_mailauth::spf::parse(b"v=spf1 ip4:192.0.2.25-all");
/// assert_eq!(
///     parsed.issues[0].to_string(),
///     "`192.0.2.25-all` is no IPv4 address (at byte 12); it should read `ip4:192.0.2.25 -all`",
/// );
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    if !is_record(text) {
        let end = text.len().min(VERSION.len());
        let issue = Issue::new(IssueKind::Version, Span::new(0, end), "this is no SPF record");
        parsed.issues.push(issue.should_read("v=spf1 ..."));
        return parsed;
    }
    parsed.value.terms.reserve(12);
    let mut at = VERSION.len();
    let (mut redirects, mut explanations) = (0, 0);
    for word in text[at..].split(|byte| *byte == b' ') {
        let span = Span::new(at, at + word.len());
        at = span.end + 1;
        if word.is_empty() {
            continue;
        }
        match term(word, span) {
            Ok(kind) => {
                let twice = match kind {
                    TermKind::Redirect(_) => std::mem::replace(&mut redirects, 1) > 0,
                    TermKind::Exp(_) => std::mem::replace(&mut explanations, 1) > 0,
                    _ => false,
                };
                if twice {
                    let message = format!("`{}` comes a second time", show(word));
                    push(&mut parsed.issues, Issue::new(IssueKind::Duplicate, span, message));
                }
                parsed.value.terms.push(Term { span, kind });
            }
            Err(issue) => push(&mut parsed.issues, issue),
        }
    }
    parsed
}

const VERSION: &[u8] = b"v=spf1";

fn term(word: &[u8], span: Span) -> Result<TermKind, Issue> {
    let syntax = |message: String| Issue::new(IssueKind::Syntax, span, message);
    let name_end = word.iter().position(|b| matches!(b, b':' | b'/' | b'=')).unwrap_or(word.len());
    if word.get(name_end) == Some(&b'=') && is_modifier(&word[..name_end]) {
        let value = &word[name_end + 1..];
        let start = span.start + name_end + 1;
        return match &word[..name_end] {
            name if name.eq_ignore_ascii_case(b"redirect") => {
                Ok(TermKind::Redirect(domain(value, start)?))
            }
            name if name.eq_ignore_ascii_case(b"exp") => Ok(TermKind::Exp(domain(value, start)?)),
            _ => {
                check_macros(value).map_err(|(at, message)| {
                    let place = Span::new(start + at, span.end);
                    Issue::new(IssueKind::Syntax, place, message)
                })?;
                Ok(TermKind::Unknown(show_all(&word[..name_end]), show_all(value)))
            }
        };
    }
    let (qualifier, rest) = match word.split_first() {
        Some((b'+', rest)) => (Qualifier::Pass, rest),
        Some((b'-', rest)) => (Qualifier::Fail, rest),
        Some((b'~', rest)) => (Qualifier::SoftFail, rest),
        Some((b'?', rest)) => (Qualifier::Neutral, rest),
        _ => (Qualifier::Pass, word),
    };
    let offset = word.len() - rest.len();
    let (name, argument) = rest.split_at(name_end.saturating_sub(offset).min(rest.len()));
    let place = span.start + offset + name.len();
    let known = Lower::of(name);
    let mechanism = match known.as_ref().map_or(name, Lower::as_bytes) {
        b"all" if argument.is_empty() => Mechanism::All,
        b"all" => {
            let message = format!("`all` takes nothing, but `{}` follows", show(argument));
            return Err(syntax(message).should_read(format!("{}all", qualifier.sign())));
        }
        b"include" => Mechanism::Include(required(argument, place, span, "include")?),
        b"exists" => Mechanism::Exists(required(argument, place, span, "exists")?),
        b"ptr" if argument.is_empty() => Mechanism::Ptr(None),
        b"ptr" => Mechanism::Ptr(Some(required(argument, place, span, "ptr")?)),
        b"a" => {
            let (domain, v4, v6) = hosts(argument, place)?;
            Mechanism::A(domain, v4, v6)
        }
        b"mx" => {
            let (domain, v4, v6) = hosts(argument, place)?;
            Mechanism::Mx(domain, v4, v6)
        }
        b"ip4" => Mechanism::Ip(network::<Ipv4Addr>(argument, place, "ip4", 32)?),
        b"ip6" => Mechanism::Ip(network::<Ipv6Addr>(argument, place, "ip6", 128)?),
        _ => return Err(unknown(word, rest, name, span)),
    };
    Ok(TermKind::Directive(qualifier, mechanism))
}

/// Says what a word that is no term was meant to be.
fn unknown(word: &[u8], rest: &[u8], name: &[u8], span: Span) -> Issue {
    let issue = Issue::new(
        IssueKind::Syntax,
        span,
        format!("`{}` is no mechanism or modifier", show(word)),
    );
    let argument = show(&rest[name.len()..]);
    let lower = name.to_ascii_lowercase();
    if lower.first().is_some_and(|byte| b"+-~?".contains(byte)) {
        let bare = rest.iter().position(u8::is_ascii_alphabetic).unwrap_or(rest.len());
        return issue.should_read(show(&[&word[..1], &rest[bare..]].concat()));
    }
    if lower.ends_with(b",") || lower.contains(&b',') || argument.ends_with(',') {
        let spaced: Vec<u8> = word.iter().map(|b| if *b == b',' { b' ' } else { *b }).collect();
        return issue.should_read(show(spaced.trim_ascii_end()));
    }
    if word.parse_address() {
        let family = if word.contains(&b':') { "ip6" } else { "ip4" };
        return issue.should_read(format!("{family}:{}", show(word)));
    }
    let meant = match lower.as_slice() {
        b"ipv4" | b"ip" | b"ip4s" => "ip4",
        b"ipv6" => "ip6",
        b"inlcude" | b"includes" | b"inclue" | b"incude" | b"incldue" => "include",
        b"mx4" | b"mxs" => "mx",
        b"exist" => "exists",
        _ => return issue,
    };
    issue.should_read(format!("{meant}{argument}"))
}

trait ParseAddress {
    fn parse_address(&self) -> bool;
}

impl ParseAddress for [u8] {
    fn parse_address(&self) -> bool {
        let address = self.split(|byte| *byte == b'/').next().unwrap_or_default();
        std::str::from_utf8(address).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
    }
}

fn required(argument: &[u8], place: usize, span: Span, name: &str) -> Result<String, Issue> {
    match argument.split_first() {
        Some((b':', value)) if !value.is_empty() => domain(value, place + 1),
        _ => {
            let message = format!("`{name}` needs a domain name right after its colon");
            Err(Issue::new(IssueKind::Syntax, span, message).should_read(format!("{name}:DOMAIN")))
        }
    }
}

fn domain(spec: &[u8], start: usize) -> Result<String, Issue> {
    let whole = Span::new(start, start + spec.len());
    if is_address(spec) {
        let address = show(spec);
        let family = if spec.contains(&b':') { "ip6" } else { "ip4" };
        let message = format!("`{address}` is an address, and a host name is wanted here");
        let issue = Issue::new(IssueKind::AddressAsName, whole, message);
        return Err(issue.should_read(format!("{family}:{address}")));
    }
    check(spec).map_err(|(at, message)| {
        Issue::new(IssueKind::Syntax, Span::new(start + at, whole.end), message)
    })?;
    Ok(show_all(spec))
}

/// `[ ":" domain-spec ] [ "/" bits ] [ "//" bits ]`
fn hosts(argument: &[u8], start: usize) -> Result<(Option<String>, u8, u8), Issue> {
    let (rest, v6) = prefix(argument, b"//", 128, start)?;
    let (rest, v4) = prefix(rest, b"/", 32, start)?;
    let domain = match rest.split_first() {
        None => None,
        Some((b':', spec)) => Some(domain(spec, start + 1)?),
        Some(_) => {
            let place = Span::new(start, start + argument.len());
            let message = format!("`{}` is no prefix length", show(rest));
            return Err(Issue::new(IssueKind::Syntax, place, message).should_read("/24 or //64"));
        }
    };
    Ok((domain, v4, v6))
}

/// Takes `mark` and digits off the end.
fn prefix<'a>(
    text: &'a [u8],
    mark: &[u8],
    width: u8,
    start: usize,
) -> Result<(&'a [u8], u8), Issue> {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, number) = text.split_at(text.len() - digits);
    match head.strip_suffix(mark) {
        Some(rest) if digits > 0 && !(mark.len() == 1 && rest.ends_with(b"/")) => {
            let bits = bits(number, width).ok_or_else(|| {
                let place = Span::new(start + head.len(), start + text.len());
                let message = format!("`{}` is no prefix length", show(number));
                Issue::new(IssueKind::Syntax, place, message).should_read(format!("0 to {width}"))
            })?;
            Ok((rest, bits))
        }
        _ => Ok((text, width)),
    }
}

fn bits(number: &[u8], width: u8) -> Option<u8> {
    let leading_zero = number.len() > 1 && number.starts_with(b"0");
    let bits = std::str::from_utf8(number).ok()?.parse().ok()?;
    (!leading_zero && bits <= width).then_some(bits)
}

fn network<T>(argument: &[u8], place: usize, name: &str, width: u8) -> Result<IpNetwork, Issue>
where
    T: std::str::FromStr + Into<IpAddr>,
{
    let family = if width == 32 { "IPv4" } else { "IPv6" };
    let Some((b':', value)) = argument.split_first() else {
        let span = Span::new(place.saturating_sub(name.len()), place + argument.len());
        let message = format!("`{name}` needs an {family} address after a colon");
        return Err(
            Issue::new(IssueKind::Syntax, span, message).should_read(format!("{name}:ADDRESS"))
        );
    };
    let slash = value.iter().position(|byte| *byte == b'/');
    let (address, number) = value.split_at(slash.unwrap_or(value.len()));
    let span = Span::new(place + 1, place + 1 + value.len());
    let read = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<T>().ok();
    let Some(ip) = read(address) else {
        let issue = Issue::new(
            IssueKind::Syntax,
            span,
            format!("`{}` is no {family} address", show(address)),
        );
        let other = format!("ip{}:{}", if width == 32 { 6 } else { 4 }, show(value));
        let glued = address
            .iter()
            .enumerate()
            .filter(|(_, byte)| b"-+~?,;".contains(byte) || byte.is_ascii_alphabetic())
            .find(|(at, _)| read(&address[..*at]).is_some());
        return Err(match glued {
            Some((at, byte)) => {
                let rest = if b",;".contains(byte) { at + 1 } else { at };
                issue.should_read(format!(
                    "{name}:{} {}",
                    show(&address[..at]),
                    show(&value[rest..]),
                ))
            }
            None if address.parse_address() => issue.should_read(other),
            None => issue,
        });
    };
    let prefix = match number.split_first() {
        None => Some(width),
        Some((_, number)) => bits(number, width),
    };
    let prefix = prefix.ok_or_else(|| {
        let place = Span::new(span.start + address.len(), span.end);
        let message = format!("`{}` is no {family} prefix length", show(number));
        Issue::new(IssueKind::Syntax, place, message).should_read(format!("/0 to /{width}"))
    })?;
    Ok(IpNetwork::new(ip.into(), prefix))
}

/// `name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )`
fn is_modifier(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn show_all(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
