use std::net::IpAddr;

use lr_net::AddressClass;
use serde::{Deserialize, Serialize};

use super::address::address;
use super::read::Message;

/// Who handed a message in, as the receiving host saw it in SMTP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Envelope {
    /// Address of the connecting host.
    pub client_ip: Option<IpAddr>,
    /// The address of `MAIL FROM`; empty for bounces.
    pub mail_from: Option<String>,
    /// The name given with HELO or EHLO.
    pub helo: Option<String>,
    /// What was not given but read from the message, whose header anybody can write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Assumption>,
}

/// What part of the envelope was read from the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Assumption {
    /// `MAIL FROM`, from Return-Path.
    ReturnPath,
    /// `MAIL FROM`, from the `envelope-from` in the topmost Received.
    EnvelopeFrom,
    /// Address and HELO of the connecting host, from the topmost Received that names a host
    /// outside.
    Received,
}

impl Envelope {
    /// An envelope, as it is known from SMTP.
    #[must_use]
    pub fn new(client_ip: IpAddr, mail_from: &str, helo: &str) -> Self {
        Self::default().client_ip(client_ip).mail_from(mail_from).helo(helo)
    }

    /// Sets [`Self::client_ip`].
    #[must_use]
    pub fn client_ip(self, address: IpAddr) -> Self {
        Self { client_ip: Some(address), ..self }
    }

    /// Sets [`Self::mail_from`]; angle brackets are dropped.
    #[must_use]
    pub fn mail_from(self, sender: &str) -> Self {
        let sender = sender.trim().trim_start_matches('<').trim_end_matches('>');
        Self { mail_from: Some(sender.to_owned()), ..self }
    }

    /// Sets [`Self::helo`].
    #[must_use]
    pub fn helo(self, name: &str) -> Self {
        Self { helo: Some(name.trim().to_owned()), ..self }
    }

    /// Fills what is missing from the message itself, and notes that it is assumed.
    pub(super) fn completed(&self, message: &Message<'_>) -> Self {
        let mut envelope = Self { assumed: Vec::new(), ..self.clone() };
        let received: Vec<String> =
            message.all("received").take(MAX_RECEIVED).map(|field| field.text()).collect();
        if envelope.mail_from.is_none() {
            if let Some(path) = message.first("return-path") {
                envelope.mail_from = Some(address(&path).unwrap_or_default());
                envelope.assumed.push(Assumption::ReturnPath);
            } else if let Some(sender) = received.first().and_then(|text| envelope_from(text)) {
                envelope.mail_from = Some(sender);
                envelope.assumed.push(Assumption::EnvelopeFrom);
            }
        }
        if envelope.client_ip.is_none()
            && let Some(hop) = received.iter().filter_map(|text| hop(text)).find(Hop::is_outside)
        {
            envelope.client_ip = Some(hop.ip);
            if envelope.helo.is_none() {
                envelope.helo = hop.helo;
            }
            envelope.assumed.push(Assumption::Received);
        }
        envelope
    }
}

/// Below that many hops nobody is outside any more.
const MAX_RECEIVED: usize = 16;

/// The host that a Received field says the message came from.
struct Hop {
    ip: IpAddr,
    helo: Option<String>,
}

impl Hop {
    /// Whether it can be the connecting host, and not a step within one organization.
    fn is_outside(&self) -> bool {
        !matches!(
            AddressClass::of(self.ip),
            AddressClass::Loopback | AddressClass::Private | AddressClass::LinkLocal
        )
    }
}

/// `from HELO (name [address]) by ...` and its many variants.
fn hop(text: &str) -> Option<Hop> {
    if !text.get(..5)?.eq_ignore_ascii_case("from ") {
        return None;
    }
    let end = text.find(" by ").unwrap_or(text.len());
    let clause = text.get(5..end)?;
    let ip = addresses_in(clause).next()?;
    let named = |mark: &str| {
        let at = clause.to_ascii_lowercase().find(mark)? + mark.len();
        let rest = clause.get(at..)?.trim_start();
        rest.split([' ', ')', ';']).next().map(str::to_owned)
    };
    let first = clause.split_whitespace().next().map(str::to_owned);
    let helo = named("helo=").or_else(|| named("(helo ")).or_else(|| named("(ehlo ")).or(first);
    let helo = helo.filter(|name| !name.is_empty() && !name.starts_with('('));
    Some(Hop { ip, helo })
}

/// Addresses in brackets, then in parentheses.
fn addresses_in(clause: &str) -> impl Iterator<Item = IpAddr> {
    let read = |text: &str| {
        let text = text.trim();
        let text = text
            .get(..5)
            .filter(|tag| tag.eq_ignore_ascii_case("ipv6:"))
            .map_or(text, |_| &text[5..]);
        text.parse::<IpAddr>().ok()
    };
    let inside = move |open: char, close: char| {
        let pieces = clause.split(open).skip(1);
        pieces.filter_map(move |piece| piece.split([close, ' ']).next().and_then(read))
    };
    inside('[', ']').chain(inside('(', ')'))
}

/// `(envelope-from <a@b>)`, as Exim and others write it.
fn envelope_from(text: &str) -> Option<String> {
    let at = text
        .find("envelope-from ")
        .map(|at| at + 14)
        .or_else(|| text.find("envelope-from=").map(|at| at + 14))?;
    let rest = text.get(at..)?.trim_start();
    let sender = rest.split([' ', ')', ';']).next()?;
    Some(sender.trim_matches(['<', '>', '"']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn received_is_read_as_mail_hosts_write_it() {
        for (text, ip, helo) in [
            (
                "from mail.a.test (mail.a.test [192.0.2.25]) by mx.b.test with ESMTPS",
                "192.0.2.25",
                "mail.a.test",
            ),
            ("from a.test (unknown [IPv6:2001:db8::1]) by mx", "2001:db8::1", "a.test"),
            ("from [192.0.2.9] (helo=a.test) by mx with esmtp (Exim 4.98)", "192.0.2.9", "a.test"),
            ("from unknown (HELO a.test) (192.0.2.7) by mx with SMTP", "192.0.2.7", "a.test"),
            ("from a.test ([192.0.2.4]) by mx", "192.0.2.4", "a.test"),
        ] {
            let hop = hop(text).unwrap();
            assert_eq!(
                (hop.ip.to_string().as_str(), hop.helo.as_deref()),
                (ip, Some(helo)),
                "{text}"
            );
        }
        assert!(hop("by mx.b.test id 1").is_none());
        assert!(hop("from a.test by mx").is_none());
    }

    #[test]
    fn what_is_not_given_is_assumed_and_said() {
        let text = b"Return-Path: <bounce@a.test>\r\n\
            Received: from mx.b.test (localhost [127.0.0.1]) by store.b.test\r\n\
            Received: from a.test (a.test [192.0.2.25]) by mx.b.test\r\n\r\n";
        let message = Message::read(text);
        let found = Envelope::default().completed(&message);
        assert_eq!(found.client_ip, Some("192.0.2.25".parse().unwrap()));
        assert_eq!(found.mail_from.as_deref(), Some("bounce@a.test"));
        assert_eq!(found.assumed, [Assumption::ReturnPath, Assumption::Received]);
        let given = Envelope::new("192.0.2.1".parse().unwrap(), "<>", "x.test");
        assert_eq!(given.completed(&message), given);
        assert_eq!(given.mail_from.as_deref(), Some(""));
    }
}
