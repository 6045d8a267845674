//! From the description of a launch to the checks that look at it.

#![cfg_attr(not(feature = "full"), allow(unused_imports, reason = "each check is a feature"))]

use crate::Site;

#[cfg(feature = "dns")]
impl Site {
    /// Looks at the domain, its hosts and further names in DNS.
    #[must_use]
    pub fn dns(&self) -> lr_dns::DnsCheck {
        let names = self.hosts.values().chain(&self.names);
        let check = names.fold(lr_dns::DnsCheck::new(&self.domain), |check, name| check.host(name));
        self.expectations().into_iter().fold(check, lr_dns::DnsCheck::expect)
    }

    pub(crate) fn expectations(&self) -> Vec<lr_dns::Expect> {
        let mut expectations = Vec::new();
        for expect in &self.expect {
            let (name, rtype) = (expect.name.as_str(), expect.rtype.as_str());
            if let Some(values) = &expect.set {
                expectations.push(lr_dns::Expect::set(name, rtype, values));
            }
            if let Some(values) = &expect.contains {
                expectations.push(lr_dns::Expect::contains(name, rtype, values));
            }
        }
        expectations
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
        lr_tls::TlsCheck::with_config(lr_tls::TlsConfig::new(required).optional(optional))
    }
}

#[cfg(feature = "mailauth")]
impl Site {
    /// Looks at mail of the domain.
    #[must_use]
    pub fn mailauth(&self) -> lr_mailauth::MailAuthCheck {
        let check = lr_mailauth::MailAuthCheck::new(&self.domain);
        self.mail.selectors.iter().fold(check, |check, selector| check.selector(selector))
    }
}

#[cfg(feature = "latency")]
impl Site {
    /// Budget in milliseconds for the 95th percentile of a page that says nothing else.
    pub const DEFAULT_BUDGET_MS: u64 = 500;

    /// Measures the endpoints; the home page if none is named.
    #[must_use]
    pub fn latency(&self) -> lr_latency::LatencyCheck {
        let home = || self.canonical.clone().unwrap_or_else(|| format!("https://{}/", self.domain));
        let endpoint = |url: &str, budget: Option<u64>| {
            lr_latency::Endpoint::new(url).budget_ms(budget.unwrap_or(Self::DEFAULT_BUDGET_MS))
        };
        lr_latency::LatencyCheck::new(match self.endpoints.as_slice() {
            [] => vec![endpoint(&home(), None)],
            all => all.iter().map(|one| endpoint(&one.url, one.budget_ms)).collect(),
        })
    }
}

#[cfg(feature = "secrets")]
impl Site {
    /// Looks at each work tree that was named.
    #[must_use]
    pub fn secrets(&self) -> Vec<lr_secrets::SecretsCheck> {
        self.secrets.paths.iter().map(lr_secrets::SecretsCheck::new).collect()
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
            .policy(self.policy());
        self.secrets().into_iter().fold(audit, crate::Audit::with)
    }
}
