use data_encoding::BASE64;

use crate::dns::fault::Fault;
use crate::dns::name::host;
use crate::dns::zone::Zone;
use crate::smtp::MailHost;
use crate::tls::authority::CA_DOMAIN;
use crate::tls::certificate::Certificate;
use crate::tls::key::NobodysRsaKey;
use crate::web::reply::{Reply, Request};
use crate::web::site::Site;

/// A complete launch without a fault, to be broken one thing at a time.
///
/// [`Launch::healthy`] has
/// - a zone with two name servers on different networks, SOA, CAA for the lab's authority, MX,
///   SPF, DMARC and a DKIM key at the selector `default`;
/// - `https://DOMAIN` with pages at `/`, `/about` and `/pricing`, 404 elsewhere; `http://DOMAIN`,
///   `http://www.DOMAIN` and `https://www.DOMAIN` lead there in one permanent redirect that keeps
///   path and query; `app.DOMAIN`, and `api.DOMAIN` with `/health`; all over IPv4 and IPv6, with
///   HSTS;
/// - certificates with 60 of 90 days left;
/// - a mail host `mx1.DOMAIN` with STARTTLS.
///
/// ```
/// use lr_lab::{Certificate, Fault, Launch};
///
/// let launch = Launch::healthy("shop.test")
///     .certificate("www.shop.test", Certificate::expired())
///     .replace_record("_dmarc TXT \"v=DMARC1; p=none\"")
///     .remove_record("@", "CAA")
///     .record("status CNAME gone.shop.test.")
///     .nameserver_fault("ns2.shop.test", Fault::Silent);
/// # let _ = launch;
/// ```
#[derive(Clone, Debug)]
pub struct Launch {
    domain: String,
    zone: Zone,
    others: Vec<Zone>,
    sites: Vec<Site>,
    mail: Vec<MailHost>,
}

impl Launch {
    /// A launch of this domain with nothing wrong.
    #[must_use]
    pub fn healthy(domain: &str) -> Self {
        let domain = host(domain);
        let www = format!("www.{domain}");
        let both = Certificate::valid().names([domain.clone(), www.clone()]);
        let home = move |title: &str| {
            Reply::html(format!(
                "<!doctype html><html lang=\"en\"><title>{title}</title><h1>{title}</h1></html>"
            ))
        };
        let sites = vec![
            secure(Site::new(&domain), &domain)
                .get("/", home("Welcome"))
                .get("/about", home("About us"))
                .get("/pricing", home("Pricing"))
                .certificate(both.clone()),
            secure(Site::new(&www), &domain).fallback(to_https(&domain)).certificate(both),
            secure(Site::new(&format!("app.{domain}")), &format!("app.{domain}"))
                .get("/", home("Sign in")),
            secure(Site::new(&format!("api.{domain}")), &format!("api.{domain}"))
                .get("/", json("{\"version\":1}"))
                .get("/health", json("{\"status\":\"ok\"}")),
        ];
        Self {
            zone: Zone::new(&domain),
            others: Vec::new(),
            sites,
            mail: vec![MailHost::new(&format!("mx1.{domain}"))],
            domain,
        }
    }

    /// Adds records, as [`Zone::records`] reads them.
    #[must_use]
    pub fn record(mut self, lines: &str) -> Self {
        self.zone = self.zone.records(lines);
        self
    }

    /// Adds records, in place of those of the same names and types.
    #[must_use]
    pub fn replace_record(mut self, lines: &str) -> Self {
        self.zone = self.zone.replace(lines);
        self
    }

    /// Removes the records of a name and type (`"ANY"`: the name).
    #[must_use]
    pub fn remove_record(mut self, name: &str, record_type: &str) -> Self {
        self.zone = self.zone.remove(name, record_type);
        self
    }

    /// Gives a name server, such as `"ns2.shop.test"`, a fault; `"*"` stands for both.
    #[must_use]
    pub fn nameserver_fault(mut self, server: &str, fault: Fault) -> Self {
        self.zone = self.zone.fault(server, fault);
        self
    }

    /// On one name server these records replace those of the same names and types.
    #[must_use]
    pub fn nameserver_records(mut self, server: &str, lines: &str) -> Self {
        self.zone = self.zone.records_on(server, lines);
        self
    }

    /// Gives one name and type a fault on every name server.
    #[must_use]
    pub fn name_fault(mut self, name: &str, record_type: &str, fault: Fault) -> Self {
        self.zone = self.zone.name_fault(name, record_type, fault);
        self
    }

    /// Changes the launch's zone in any other way; its healthy records are not in it yet.
    #[must_use]
    pub fn edit_zone(mut self, edit: impl FnOnce(Zone) -> Zone) -> Self {
        self.zone = edit(self.zone);
        self
    }

    /// Adds another zone beside that of the launch.
    #[must_use]
    pub fn other_zone(mut self, zone: Zone) -> Self {
        self.others.push(zone);
        self
    }

    /// Adds a site, in place of one for the same host.
    #[must_use]
    pub fn site(mut self, site: Site) -> Self {
        self.sites.retain(|known| known.host != site.host);
        self.sites.push(site);
        self
    }

    /// Changes the site of a host; nothing happens if there is none.
    #[must_use]
    pub fn edit_site(mut self, name: &str, edit: impl FnOnce(Site) -> Site) -> Self {
        let name = host(name);
        if let Some(index) = self.sites.iter().position(|site| site.host == name) {
            let site = self.sites.remove(index);
            self.sites.insert(index, edit(site));
        }
        self
    }

    /// Removes the site of a host: its ports are closed.
    #[must_use]
    pub fn without_site(mut self, name: &str) -> Self {
        let name = host(name);
        self.sites.retain(|site| site.host != name);
        self
    }

    /// The site of a host presents this certificate. One without names is for this host.
    #[must_use]
    pub fn certificate(self, name: &str, certificate: Certificate) -> Self {
        self.edit_site(name, |site| site.certificate(certificate))
    }

    /// Adds a mail host, in place of one of the same name.
    #[must_use]
    pub fn mail_host(mut self, mail: MailHost) -> Self {
        self.mail.retain(|known| known.host != mail.host);
        self.mail.push(mail);
        self
    }

    /// The zones, sites and mail hosts of the launch that is the lab's `index`th.
    pub(crate) fn into_parts(self, index: u16) -> (Vec<Zone>, Vec<Site>, Vec<MailHost>) {
        let zone = self.zone.begin_with(healthy_records(&self.domain, index));
        (std::iter::once(zone).chain(self.others).collect(), self.sites, self.mail)
    }
}

/// A DKIM record with an RSA key of this many bits, whose private key nobody has.
#[must_use]
pub fn dkim_record(bits: usize) -> String {
    let key = BASE64.encode(&NobodysRsaKey::new(bits, bits as u64).subject_public_key_info());
    let (first, rest) = key.split_at(key.len().min(200));
    format!("\"v=DKIM1; k=rsa; p={first}\" \"{rest}\"")
}

/// A redirect to the same path and query on `https://HOST`.
pub(crate) fn to_https(host: &str) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    let origin = format!("https://{host}");
    move |request| Reply::redirect(308, format!("{origin}{}", request.path_and_query))
}

fn secure(site: Site, canonical: &str) -> Site {
    site.http(to_https(canonical))
        .https_header("strict-transport-security", "max-age=63072000; includeSubDomains")
}

fn json(text: &str) -> Reply {
    Reply::status(200).header("content-type", "application/json").body(text.to_owned())
}

fn healthy_records(domain: &str, index: u16) -> String {
    let [high, low] = index.to_be_bytes();
    let (web, first, second) = (10 + high % 70, 80 + high % 70, 150 + high % 70);
    let six = 0x2000 + index % 0xd000;
    let dkim = dkim_record(2048);
    format!(
        "@ 3600 SOA ns1.{domain}. hostmaster.{domain}. 2026112101 7200 3600 1209600 300
         @ 3600 NS ns1
         @ 3600 NS ns2
         ns1 3600 A 11.{first}.{low}.53
         ns1 3600 AAAA 2a0e:b107:{six:x}:53::53
         ns2 3600 A 11.{second}.{low}.53
         ns2 3600 AAAA 2a0f:b107:{six:x}:53::53
         @ A 11.{web}.{low}.80
         @ AAAA 2a0e:b107:{six:x}::80
         www A 11.{web}.{low}.80
         www AAAA 2a0e:b107:{six:x}::80
         app A 11.{web}.{low}.81
         app AAAA 2a0e:b107:{six:x}::81
         api A 11.{web}.{low}.82
         api AAAA 2a0e:b107:{six:x}::82
         @ 3600 CAA 0 issue \"{CA_DOMAIN}\"
         @ 3600 MX 10 mx1
         mx1 A 11.{web}.{low}.25
         mx1 AAAA 2a0e:b107:{six:x}::25
         @ 3600 TXT \"v=spf1 mx -all\"
         _dmarc 3600 TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@{domain}\"
         default._domainkey 3600 TXT {dkim}"
    )
}
