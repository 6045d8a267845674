//! Whether certificates are formed as RFC 5280 and the profile of the Baseline Requirements ask,
//! where path building is more lenient. What authorities do wrong some clients let pass today and
//! refuse tomorrow.

use std::net::IpAddr;

use lr_core::{Severity, Timestamp};
use lr_net::Url;
use x509_parser::extensions::{GeneralName, NameConstraints, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::chain::ChainVerdict;
use super::{Bench, Seen};
use crate::asn1::Values;
use crate::rules::FORM;
use crate::{Der, Roots};

/// A flaw, and whether it breaks RFC 5280 or only the profile of public authorities.
struct Flaw {
    what: String,
    /// Section of RFC 5280, or of the Baseline Requirements.
    by: &'static str,
    profile: bool,
}

/// What is recommended and not demanded; and what RFC 5280 demands and the Baseline Requirements do
/// not, as many clients once knew no name constraints (ballot 75).
const HINTS: [&str; 2] = [SMALL_EXPONENT, OPEN_CONSTRAINTS];
const SMALL_EXPONENT: &str = "BR 6.1.6, recommended";
const OPEN_CONSTRAINTS: &str = "section 4.2.1.10, but not ballot 75";

/// The part that a certificate plays in its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    EndEntity,
    Intermediate,
    Root,
}

pub(super) fn judge(
    seen: &Seen<'_>,
    path: &[usize],
    trust: ChainVerdict,
    roots: &Roots,
    bench: &mut Bench<'_, '_>,
) {
    let chain = seen.face.chain();
    let mut flaws = Vec::new();
    let mut last = None;
    for (at, place) in path.iter().enumerate() {
        let Some(der) = chain.get(*place) else { continue };
        let Ok((_, one)) = X509Certificate::from_der(der.as_bytes()) else { continue };
        let issued = one.issuer().as_raw() == one.subject().as_raw();
        let role = match (at, issued) {
            (0, _) => Role::EndEntity,
            (_, true) if at + 1 == path.len() && roots.own(der.as_bytes()) => Role::Root,
            _ => Role::Intermediate,
        };
        check(&one, role, seen.now, &mut flaws);
        last = Some(der);
    }
    // Of public roots only name and key are known here; the owner of others can mend them.
    let root = last.and_then(|der| root_of(der, roots));
    if let Some(Ok((_, root))) = root.map(X509Certificate::from_der) {
        check(&root, Role::Root, seen.now, &mut flaws);
    }
    if flaws.is_empty() {
        return bench.pass(&FORM);
    }
    // Nobody but public authorities has promised to follow their profile.
    let promised = trust == ChainVerdict::Trusted;
    let severity = |flaw: &Flaw| match HINTS.contains(&flaw.by) {
        true => Severity::Info,
        false if flaw.profile && !promised => Severity::Low,
        false => FORM.severity,
    };
    let severity = flaws.iter().map(severity).max().unwrap_or(FORM.severity);
    let list: Vec<_> =
        flaws.iter().take(8).map(|flaw| format!("{} ({})", flaw.what, flaw.by)).collect();
    bench.fail_as(&FORM, severity, list.join("; "));
}

/// The user's own root that issued the last certificate of a path.
fn root_of<'a>(last: &Der, roots: &'a Roots) -> Option<&'a [u8]> {
    let (_, last) = X509Certificate::from_der(last.as_bytes()).ok()?;
    if roots.own(last.as_ref()) {
        return None;
    }
    roots.own_ders().find(|der| {
        let Ok((_, root)) = X509Certificate::from_der(der) else { return false };
        root.subject().as_raw() == last.issuer().as_raw()
            && last.verify_signature(Some(root.public_key())).is_ok()
    })
}

fn check(one: &X509Certificate<'_>, role: Role, now: Timestamp, flaws: &mut Vec<Flaw>) {
    let title = match role {
        Role::EndEntity => "the certificate".to_owned(),
        Role::Intermediate | Role::Root => {
            let name = one.subject().to_string().chars().take(80).collect::<String>();
            let kind = if role == Role::Root { "root" } else { "intermediate" };
            format!("the {kind} {name}")
        }
    };
    let mut add = |profile, by, what: &str| {
        flaws.push(Flaw { what: format!("{title} {what}"), by, profile });
    };
    // Roots are older than the rule, and are trusted for what they are.
    if role != Role::Root {
        serial(one, &mut add);
    }
    for extension in one.extensions() {
        single(one, role, extension, &mut add);
    }
    key_identifiers(one, role, &mut add);
    authority(one, role, &mut add);
    names(one, role, &mut add);
    purposes(one, role, &mut add);
    key(one, &mut add);
    if role == Role::Root && one.validity().not_after.timestamp() < now.unix() {
        add(false, "section 6.1.3", "has expired");
    }
}

fn serial(one: &X509Certificate<'_>, add: &mut impl FnMut(bool, &'static str, &str)) {
    let number = one.raw_serial();
    // A leading zero octet is for the sign.
    let length = number.len() - usize::from(number.len() > 1 && number[0] == 0);
    if length > 20 || number.len() > 20 {
        add(false, "section 4.1.2.2", "has a serial number of more than 20 octets");
    }
    if number.iter().all(|byte| *byte == 0) || number.first().is_some_and(|byte| byte & 0x80 != 0) {
        add(false, "section 4.1.2.2", "has a serial number that is not positive");
    }
}

/// What each extension must be by itself.
fn single(
    one: &X509Certificate<'_>,
    role: Role,
    extension: &X509Extension<'_>,
    add: &mut impl FnMut(bool, &'static str, &str),
) {
    let critical = extension.critical;
    match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(_) if critical => {
            add(false, "section 4.2.1.1", "has a critical authority key identifier");
        }
        ParsedExtension::SubjectKeyIdentifier(_) if critical => {
            add(false, "section 4.2.1.2", "has a critical subject key identifier");
        }
        ParsedExtension::PolicyConstraints(_) if !critical => {
            add(false, "section 4.2.1.11", "has policy constraints that are not critical");
        }
        ParsedExtension::NameConstraints(constraints) => {
            if !critical {
                add(false, OPEN_CONSTRAINTS, "has name constraints that are not critical");
            }
            if role == Role::EndEntity {
                add(false, "section 4.2.1.10", "has name constraints, but issues nothing");
            }
            constrain(extension.value, constraints, add);
        }
        ParsedExtension::SubjectAlternativeName(_) => {
            let nameless = one.subject().iter().next().is_none();
            match (nameless, critical) {
                (true, false) => add(
                    false,
                    "section 4.2.1.6",
                    "has no subject, and alternative names that are not critical",
                ),
                (false, true) => {
                    add(true, "BR 7.1.2.7.12", "has a subject, and critical alternative names")
                }
                _ => {}
            }
        }
        ParsedExtension::ExtendedKeyUsage(_) if critical && role == Role::EndEntity => {
            add(true, "BR 7.1.2.7.6", "has a critical extended key usage");
        }
        ParsedExtension::ExtendedKeyUsage(_) if role == Role::Root => {
            add(true, "BR 7.1.2.1.2", "has an extended key usage");
        }
        ParsedExtension::AuthorityInfoAccess(access) if access.accessdescs.is_empty() => {
            add(false, "section 4.2.2.1", "has an empty authority information access");
        }
        ParsedExtension::ParseError { .. } => {
            let what = format!("has an extension {} that cannot be read", extension.oid);
            add(false, "section 4.2", &what);
        }
        // Path building refuses these in all certificates but roots.
        ParsedExtension::UnsupportedExtension { .. } if critical && role == Role::Root => {
            let what = format!("has the unknown critical extension {}", extension.oid);
            add(false, "section 4.2", &what);
        }
        _ => {}
    }
}

fn constrain(
    value: &[u8],
    constraints: &NameConstraints<'_>,
    add: &mut impl FnMut(bool, &'static str, &str),
) {
    let subtrees = [&constraints.permitted_subtrees, &constraints.excluded_subtrees];
    let all: Vec<_> = subtrees.iter().filter_map(|list| list.as_ref()).flatten().collect();
    // Whatever a parser makes of a NULL or an empty list, there is nothing in it.
    let written = Values(value).next().map(|outer| outer.values().collect::<Vec<_>>());
    let written = written.unwrap_or_default();
    let empty = written.is_empty()
        || written.iter().all(|list| list.values().all(|one| one.contents.is_empty()));
    if all.is_empty() || empty {
        add(false, "section 4.2.1.10", "has empty name constraints");
    }
    for subtree in all {
        if matches!(&subtree.base, GeneralName::DNSName(name) if name.starts_with('.')) {
            add(false, "section 4.2.1.10", "has a name constraint that begins with a dot");
        }
    }
}

fn key_identifiers(
    one: &X509Certificate<'_>,
    role: Role,
    add: &mut impl FnMut(bool, &'static str, &str),
) {
    let mut authority = None;
    let mut subject = None;
    for extension in one.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(found) => authority = Some(found),
            ParsedExtension::SubjectKeyIdentifier(found) => subject = Some(found),
            _ => {}
        }
    }
    let own = one.issuer().as_raw() == one.subject().as_raw()
        && (role == Role::Root || one.verify_signature(None).is_ok());
    match authority {
        None if !own => {
            add(true, "section 4.2.1.1", "has no authority key identifier");
        }
        Some(found) => {
            if found.key_identifier.is_none() {
                add(true, "BR 7.1.2.11.1", "has an authority key identifier without a key");
            }
            if found.authority_cert_issuer.is_some() || found.authority_cert_serial.is_some() {
                let what = "has an authority key identifier with an issuer or a serial number";
                add(true, "BR 7.1.2.11.1", what);
            }
            if let (true, Some(key), Some(subject)) = (own, &found.key_identifier, subject)
                && key != subject
            {
                add(true, "BR 7.1.2.11.1", "has two identifiers of its key that differ");
            }
        }
        None => {}
    }
    if subject.is_none() && role != Role::EndEntity {
        add(true, "section 4.2.1.2", "has no subject key identifier");
    }
}

/// Basic constraints and key usage belong together.
fn authority(
    one: &X509Certificate<'_>,
    role: Role,
    add: &mut impl FnMut(bool, &'static str, &str),
) {
    let basic = one.basic_constraints().ok().flatten();
    let is_ca = basic.as_ref().is_some_and(|basic| basic.value.ca);
    let usage = one.key_usage().ok().flatten();
    let signs = usage.as_ref().map(|usage| usage.value.key_cert_sign());
    if signs == Some(true) && !is_ca {
        add(false, "section 4.2.1.9", "may sign certificates, but is no authority's");
    }
    if role == Role::EndEntity {
        return;
    }
    if signs == Some(false) {
        add(false, "section 4.2.1.3", "is an authority's, but may not sign certificates");
    }
    if one.subject().iter().next().is_none() {
        add(false, "section 4.1.2.6", "is an authority's and has no subject");
    }
    match basic {
        None => add(false, "section 4.2.1.9", "is an authority's and has no basic constraints"),
        Some(basic) if !basic.critical => {
            add(false, "section 4.2.1.9", "has basic constraints that are not critical");
        }
        Some(_) => {}
    }
}

fn names(one: &X509Certificate<'_>, role: Role, add: &mut impl FnMut(bool, &'static str, &str)) {
    if role != Role::EndEntity {
        return;
    }
    let Ok(Some(alternative)) = one.subject_alternative_name() else { return };
    let names = &alternative.value.general_names;
    for name in names.iter().take(2000) {
        if let GeneralName::DNSName(name) = name
            && name.contains('_')
        {
            add(true, "section 4.2.1.6", "has a host name with an underscore");
            break;
        }
    }
    // What is no host name at all, such as "My Server", misleads nobody.
    let common = one.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
    let Some(common) = common.filter(|name| is_host(name)) else { return };
    let same = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => *name == common,
        GeneralName::IPAddress(bytes) => address(bytes).is_some_and(|ip| ip.to_string() == common),
        _ => false,
    };
    if !names.iter().any(same) {
        let shown: String = common.chars().take(80).collect();
        let what = format!("has the common name {shown}, which is none of its alternative names");
        add(true, "BR 7.1.4.3", &what);
    }
}

/// Whether a common name is meant as a host: a name with a dot, or an address.
fn is_host(name: &str) -> bool {
    if name.contains([' ', '/', '@', '?', '#']) {
        return false;
    }
    // An address may have other forms than dotted digits, as the URL standard reads them.
    let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    let url = Url::parse(&format!("https://{host}/")).ok();
    let ip = url.and_then(|url| url.host_str()?.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    ip.is_some() || name.contains('.')
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match <[u8; 4]>::try_from(bytes) {
        Ok(v4) => Some(v4.into()),
        Err(_) => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    }
}

fn purposes(one: &X509Certificate<'_>, role: Role, add: &mut impl FnMut(bool, &'static str, &str)) {
    if role != Role::EndEntity {
        return;
    }
    match one.extended_key_usage() {
        Ok(None) => add(true, "BR 7.1.2.7.6", "has no extended key usage"),
        Ok(Some(usage)) if usage.value.any => {
            add(true, "BR 7.1.2.7.10", "has the purpose anyExtendedKeyUsage");
        }
        _ => {}
    }
}

fn key(one: &X509Certificate<'_>, add: &mut impl FnMut(bool, &'static str, &str)) {
    if let Ok(PublicKey::RSA(rsa)) = one.public_key().parsed() {
        let digits: Vec<_> = rsa.modulus.iter().skip_while(|byte| **byte == 0).collect();
        if digits.first().is_some_and(|first| **first < 0x80) {
            add(true, "BR 6.1.6", "has an RSA modulus whose bits are not a multiple of 8");
        }
        let odd = rsa.exponent.last().is_some_and(|last| last & 1 == 1);
        let small = rsa.exponent.iter().skip_while(|byte| **byte == 0).eq([1].iter());
        if !odd || small {
            add(false, "BR 6.1.6", "has an RSA exponent that is even or one");
        } else if rsa.exponent.iter().skip_while(|byte| **byte == 0).count() < 3 {
            add(false, SMALL_EXPONENT, "has an RSA exponent below 65537");
        }
    }
}
