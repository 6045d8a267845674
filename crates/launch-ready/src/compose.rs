//! From the description of a launch to the checks that look at it.

#![cfg_attr(not(feature = "full"), allow(unused_imports, reason = "each check is a feature"))]

use crate::{EndpointKind, EndpointSite, ExpectSite, Expected, Site};

#[cfg(feature = "dns")]
impl Site {
    /// Looks at the domain, its hosts and further names in DNS.
    #[must_use]
    pub fn dns(&self) -> lr_dns::DnsCheck {
        let names = self.hosts.values().chain(&self.names);
        let check = names.fold(lr_dns::DnsCheck::new(&self.domain), |check, name| check.host(name));
        self.expected(check)
    }

    /// With what is expected of records and issuers.
    pub(crate) fn expected(&self, check: lr_dns::DnsCheck) -> lr_dns::DnsCheck {
        let check = self.issuers.iter().fold(check, |check, issuer| check.issuer(issuer));
        self.expectations().into_iter().fold(check, lr_dns::DnsCheck::expect)
    }

    fn expectations(&self) -> Vec<lr_dns::Expect> {
        let expect = |expect: &ExpectSite| {
            let (name, rtype) = (expect.name.as_str(), expect.rtype.as_str());
            match &expect.value {
                Expected::Set(values) => lr_dns::Expect::set(name, rtype, values),
                Expected::Contains(values) => lr_dns::Expect::contains(name, rtype, values),
                Expected::SameAs(other) => lr_dns::Expect::same_as(name, rtype, other),
                Expected::Provider(provider) => lr_dns::Expect::provider(name, rtype, provider),
                Expected::Absent(absent) => {
                    let mut expect = lr_dns::Expect::absent(name, rtype);
                    expect.value = lr_dns::Expected::Absent(*absent);
                    expect
                }
            }
        };
        self.expect.iter().map(expect).collect()
    }
}

#[cfg(feature = "redirects")]
impl Site {
    /// Looks at where the domain, its hosts and old URLs lead.
    #[must_use]
    pub fn redirects(&self) -> lr_redirects::RedirectsCheck {
        let mut config = lr_redirects::RedirectsConfig::new(&self.domain);
        config.hosts = self.hosts.values().cloned().collect();
        config.canonical.clone_from(&self.canonical);
        config.apis = self.hosts.get("api").cloned().into_iter().collect();
        let old = |old: &crate::OldUrl| (old.from.clone(), old.to.clone());
        config.old_urls = self.old_urls.iter().map(old).collect();
        lr_redirects::RedirectsCheck::with_config(config)
    }
}

#[cfg(feature = "tls")]
impl Site {
    /// Looks at TLS of the domain, `www` and its hosts; and of well-known hosts that serve it.
    #[must_use]
    pub fn tls(&self) -> lr_tls::TlsCheck {
        let below = |label: &str| format!("{label}.{}", self.domain);
        let required = std::iter::once(self.domain.clone()).chain(self.hosts.values().cloned());
        let optional = ["www", "app", "api", "admin", "mail"].map(below);
        let config = lr_tls::TlsConfig::new(required).optional(optional);
        let issuers = || self.issuers.iter().map(String::as_str);
        let known = |config: lr_tls::TlsConfig, host: &String| {
            let facts = lr_tls::HostFacts::default().with_authority_domains(issuers());
            config.with_facts(host, facts)
        };
        let hosts: Vec<_> = config.hosts.iter().chain(&config.optional).cloned().collect();
        lr_tls::TlsCheck::with_config(hosts.iter().fold(config, known))
    }
}

#[cfg(feature = "mailauth")]
impl Site {
    /// Looks at mail of the domain.
    #[must_use]
    pub fn mailauth(&self) -> lr_mailauth::MailAuthCheck {
        let mail = &self.mail;
        let check = lr_mailauth::MailAuthCheck::new(&self.domain);
        let check = check.parked(mail.parked).bulk_sender(mail.bulk_sender);
        let check = mail.selectors.iter().fold(check, |check, selector| check.selector(selector));
        let check = mail.sends_from.iter().fold(check, |check, ip| check.sends_from(*ip));
        mail.approved.iter().fold(check, |check, sender| check.approve(sender))
    }
}

#[cfg(feature = "latency")]
impl Site {
    /// Measures the endpoints; the home page if none is named.
    #[must_use]
    pub fn latency(&self) -> lr_latency::LatencyCheck {
        let home = || self.canonical.clone().unwrap_or_else(|| format!("https://{}/", self.domain));
        lr_latency::LatencyCheck::new(match self.endpoints.as_slice() {
            [] => vec![lr_latency::Endpoint::new(home())],
            all => all.iter().map(endpoint).collect(),
        })
    }
}

#[cfg(feature = "latency")]
fn endpoint(site: &EndpointSite) -> lr_latency::Endpoint {
    let mut endpoint = lr_latency::Endpoint::new(&site.url).kind(match site.kind {
        EndpointKind::CachedRead => lr_latency::Kind::CachedRead,
        EndpointKind::Read => lr_latency::Kind::Read,
        EndpointKind::Write => lr_latency::Kind::Write,
        EndpointKind::Heavy => lr_latency::Kind::Heavy,
    });
    endpoint.budget_ms = site.budget_ms.unwrap_or(endpoint.budget_ms);
    endpoint.may_change = site.may_change;
    endpoint.expected.clone_from(&site.expect_status);
    endpoint.contains.clone_from(&site.contains);
    if let Some(method) = &site.method {
        endpoint.method.clone_from(method);
    }
    if let Some(body) = &site.body {
        endpoint.body = body.clone().into();
    }
    let headers = site.credentials.0.iter();
    headers.fold(endpoint, |endpoint, (name, value)| endpoint.header(*name, value))
}

#[cfg(feature = "secrets")]
impl Site {
    /// Looks at each work tree that was named.
    #[must_use]
    pub fn secrets(&self) -> Vec<lr_secrets::SecretsCheck> {
        let checks = self.secrets.paths.iter().map(lr_secrets::SecretsCheck::new);
        #[cfg(feature = "secrets-git")]
        let checks = checks.map(|check| if self.secrets.history { check.history() } else { check });
        checks.collect()
    }
}

#[cfg(feature = "full")]
impl Site {
    /// The whole audit of this launch. What it contains depends on the site and on the version of
    /// this crate, never on features.
    #[must_use]
    pub fn audit(&self) -> crate::Audit {
        let audit = crate::Audit::new(&self.domain)
            .with(self.dns())
            .with(self.redirects())
            .with(self.tls())
            .with(self.mailauth())
            .finally(self.latency())
            .policy(self.policy())
            .reconsidered(crate::facts::hand_around);
        self.secrets().into_iter().fold(audit, crate::Audit::with)
    }
}
