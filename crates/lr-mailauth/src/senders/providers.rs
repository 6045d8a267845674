//! Who sends mail for others, and by what they are recognised.

/// A company that sends or receives mail for the domains of its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Lower case with hyphens; what configuration names it by.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Domains at or below which its SPF records are.
    pub spf: &'static [&'static str],
    /// Domains at or below which its mail hosts are.
    pub mx: &'static [&'static str],
    /// Domains at or below which its DKIM keys are, where customers publish aliases.
    pub dkim: &'static [&'static str],
    /// The selectors that it has its customers publish; empty where they are random.
    pub selectors: &'static [&'static str],
    /// What supports the entry, as it was checked last in November 2026.
    pub source: &'static str,
}

/// A table of others that was looked up name by name.
const TABLE: &str = "public tables of vendors whose names were looked up in DNS (October 2026)";
/// What customers publish, over and over again.
const ZONES: &str = "records that customers publish, in public zone files and infrastructure code";

/// The providers that are known. What no source supports was left out.
#[rustfmt::skip]
pub static PROVIDERS: &[Provider] = &[
    Provider { id: "google-workspace", name: "Google Workspace", spf: &["google.com", "googlemail.com"], mx: &["google.com", "googlemail.com", "psmtp.com"], dkim: &[], selectors: &["google", "20230601"], source: TABLE },
    Provider { id: "microsoft-365", name: "Microsoft 365", spf: &["outlook.com", "office365.us"], mx: &["outlook.com", "mx.microsoft", "office365.us"], dkim: &["onmicrosoft.com", "dkim.mail.microsoft"], selectors: &["selector1", "selector2"], source: TABLE },
    Provider { id: "amazon-ses", name: "Amazon SES", spf: &["amazonses.com"], mx: &["amazonses.com", "amazonaws.com", "awsapps.com"], dkim: &["amazonses.com"], selectors: &[], source: TABLE },
    Provider { id: "sendgrid", name: "Twilio SendGrid", spf: &["sendgrid.net"], mx: &["sendgrid.net"], dkim: &["sendgrid.net"], selectors: &["s1", "s2", "smtpapi"], source: TABLE },
    Provider { id: "mailchimp", name: "Mailchimp", spf: &["mcsv.net"], mx: &[], dkim: &["mcsv.net"], selectors: &["k1", "k2", "k3"], source: TABLE },
    Provider { id: "mandrill", name: "Mailchimp Transactional", spf: &["mandrillapp.com"], mx: &["mandrillapp.com"], dkim: &["mandrillapp.com"], selectors: &["mandrill", "mte1", "mte2"], source: TABLE },
    Provider { id: "mailgun", name: "Mailgun", spf: &["mailgun.org"], mx: &["mailgun.org"], dkim: &["mailgun.org"], selectors: &["k1", "mx", "pic", "krs", "smtp"], source: TABLE },
    Provider { id: "postmark", name: "Postmark", spf: &["mtasv.net"], mx: &["postmarkapp.com"], dkim: &[], selectors: &["pm"], source: TABLE },
    Provider { id: "sparkpost", name: "SparkPost (Bird)", spf: &["sparkpostmail.com", "e.sparkpost.com"], mx: &["sparkpostmail.com"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "mailjet", name: "Mailjet", spf: &["mailjet.com"], mx: &["mailjet.com"], dkim: &[], selectors: &["mailjet"], source: TABLE },
    Provider { id: "brevo", name: "Brevo", spf: &["sendinblue.com", "brevo.com"], mx: &[], dkim: &["brevo.com", "sendinblue.com"], selectors: &["brevo1", "brevo2", "mail"], source: TABLE },
    Provider { id: "hubspot", name: "HubSpot", spf: &["hubspotemail.net", "_spf.hubspot.com"], mx: &[], dkim: &["hubspotemail.net"], selectors: &["hs1", "hs2"], source: TABLE },
    Provider { id: "zendesk", name: "Zendesk", spf: &["mail.zendesk.com"], mx: &["zendesk.com"], dkim: &["zendesk.com"], selectors: &["zendesk1", "zendesk2"], source: TABLE },
    Provider { id: "freshworks", name: "Freshworks", spf: &["email.freshdesk.com", "freshemail.io"], mx: &[], dkim: &["freshemail.io"], selectors: &[], source: TABLE },
    Provider { id: "intercom", name: "Intercom", spf: &["intercom-mail.com", "intercom.io"], mx: &[], dkim: &["intercom.io"], selectors: &["intercom"], source: TABLE },
    Provider { id: "salesforce", name: "Salesforce", spf: &["_spf.salesforce.com"], mx: &[], dkim: &["custdkim.salesforce.com"], selectors: &[], source: TABLE },
    Provider { id: "salesforce-marketing-cloud", name: "Salesforce Marketing Cloud", spf: &["exacttarget.com"], mx: &["exacttarget.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "salesforce-account-engagement", name: "Salesforce Account Engagement (Pardot)", spf: &["pardot.com"], mx: &[], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "marketo", name: "Adobe Marketo", spf: &["mktomail.com"], mx: &[], dkim: &[], selectors: &["m1"], source: TABLE },
    Provider { id: "oracle-email-delivery", name: "Oracle Email Delivery", spf: &["oracleemaildelivery.com"], mx: &[], dkim: &["oracleemaildelivery.com"], selectors: &[], source: ZONES },
    Provider { id: "klaviyo", name: "Klaviyo", spf: &["klaviyo.com", "klaviyomail.com"], mx: &[], dkim: &["klaviyo.com", "klaviyomail.com"], selectors: &["kl", "kl2", "km1", "km2"], source: TABLE },
    Provider { id: "activecampaign", name: "ActiveCampaign", spf: &["emsd1.com"], mx: &[], dkim: &["acems1.com"], selectors: &["acdkim1", "acdkim2", "dk"], source: TABLE },
    Provider { id: "constant-contact", name: "Constant Contact", spf: &["constantcontact.com"], mx: &[], dkim: &["ccsend.com"], selectors: &["ctct1", "ctct2"], source: TABLE },
    Provider { id: "campaign-monitor", name: "Campaign Monitor", spf: &["createsend.com"], mx: &[], dkim: &[], selectors: &["cm"], source: TABLE },
    Provider { id: "kit", name: "Kit (ConvertKit)", spf: &["convertkit.com"], mx: &[], dkim: &["convertkit.com"], selectors: &["cka", "cka2"], source: TABLE },
    Provider { id: "mailerlite", name: "MailerLite", spf: &["mlsend.com", "mailerlite.com"], mx: &[], dkim: &["mlsend.com"], selectors: &["litesrv", "ml"], source: TABLE },
    Provider { id: "mailersend", name: "MailerSend", spf: &["mailersend.net"], mx: &[], dkim: &["mailersend.net"], selectors: &["mlsend", "mlsend2"], source: ZONES },
    Provider { id: "customer-io", name: "Customer.io", spf: &["customeriomail.com"], mx: &["customeriomail.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "elastic-email", name: "Elastic Email", spf: &["elasticemail.com"], mx: &[], dkim: &["elasticemail.com"], selectors: &["api"], source: TABLE },
    Provider { id: "smtp2go", name: "SMTP2GO", spf: &["smtp2go.com"], mx: &[], dkim: &["smtp2go.net", "smtp2go.com"], selectors: &[], source: ZONES },
    Provider { id: "socketlabs", name: "SocketLabs", spf: &["email-od.com"], mx: &[], dkim: &["email-od.com"], selectors: &["dkim"], source: ZONES },
    Provider { id: "resend", name: "Resend", spf: &[], mx: &[], dkim: &[], selectors: &["resend"], source: TABLE },
    Provider { id: "mailchannels", name: "MailChannels", spf: &["mailchannels.net"], mx: &["mailchannels.net"], dkim: &[], selectors: &["mailchannels"], source: ZONES },
    Provider { id: "shopify", name: "Shopify", spf: &["shops.shopify.com"], mx: &[], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "atlassian", name: "Atlassian", spf: &["atlassian.net"], mx: &[], dkim: &["atlassian.net"], selectors: &[], source: ZONES },
    Provider { id: "help-scout", name: "Help Scout", spf: &["helpscoutemail.com"], mx: &[], dkim: &["helpscout.net"], selectors: &["strong1", "strong2"], source: TABLE },
    Provider { id: "qualtrics", name: "Qualtrics", spf: &["qualtrics.com"], mx: &[], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "servicenow", name: "ServiceNow", spf: &["service-now.com"], mx: &["service-now.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "zoho-mail", name: "Zoho Mail", spf: &["zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zohomail.com", "zohomail.eu"], mx: &["zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zohomail.com"], dkim: &["zoho.com"], selectors: &["zoho", "zmail"], source: TABLE },
    Provider { id: "zeptomail", name: "Zoho ZeptoMail", spf: &["zeptomail.net", "zeptomail.com", "zeptomail.eu", "zeptomail.in", "zeptomail.net.in"], mx: &[], dkim: &["zeptomail.com"], selectors: &[], source: ZONES },
    Provider { id: "fastmail", name: "Fastmail", spf: &["messagingengine.com"], mx: &["messagingengine.com"], dkim: &["fmhosted.com"], selectors: &["fm1", "fm2", "fm3"], source: TABLE },
    Provider { id: "proton-mail", name: "Proton Mail", spf: &["protonmail.ch"], mx: &["protonmail.ch"], dkim: &["proton.ch"], selectors: &["protonmail", "protonmail2", "protonmail3"], source: TABLE },
    Provider { id: "icloud-mail", name: "iCloud Mail", spf: &["icloud.com"], mx: &["icloud.com"], dkim: &["icloudmailadmin.com"], selectors: &["sig1"], source: ZONES },
    Provider { id: "yandex-360", name: "Yandex 360", spf: &["yandex.net", "yandex.ru"], mx: &["yandex.net", "yandex.ru"], dkim: &[], selectors: &["mail"], source: ZONES },
    Provider { id: "vk-mail", name: "VK WorkMail (Mail.ru)", spf: &["_spf.mail.ru"], mx: &["mail.ru"], dkim: &[], selectors: &["mailru"], source: ZONES },
    Provider { id: "rackspace-email", name: "Rackspace Email", spf: &["emailsrvr.com"], mx: &["emailsrvr.com"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "godaddy", name: "GoDaddy Email", spf: &["secureserver.net"], mx: &["secureserver.net"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "ionos", name: "IONOS", spf: &["perfora.net", "kundenserver.de", "ionos.com"], mx: &["ionos.com", "ionos.de", "kundenserver.de", "perfora.net"], dkim: &["ionos.com"], selectors: &["s1-ionos", "s2-ionos"], source: TABLE },
    Provider { id: "ovhcloud", name: "OVHcloud", spf: &["mx.ovh.com", "mx.ovh.ca"], mx: &["ovh.net", "ovh.ca"], dkim: &["mail.ovh.net"], selectors: &[], source: ZONES },
    Provider { id: "gandi", name: "Gandi", spf: &["_mailcust.gandi.net"], mx: &["mail.gandi.net"], dkim: &["gandimail.net"], selectors: &["gm1", "gm2", "gm3"], source: ZONES },
    Provider { id: "namecheap-private-email", name: "Namecheap Private Email", spf: &["privateemail.com"], mx: &["privateemail.com"], dkim: &[], selectors: &["default"], source: ZONES },
    Provider { id: "namecheap-forwarding", name: "Namecheap e-mail forwarding", spf: &["registrar-servers.com"], mx: &["registrar-servers.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "hostinger", name: "Hostinger", spf: &["hostinger.com"], mx: &["hostinger.com"], dkim: &["hostinger.com"], selectors: &["hostingermail-a", "hostingermail-b", "hostingermail-c"], source: ZONES },
    Provider { id: "mailbox-org", name: "mailbox.org", spf: &["mailbox.org"], mx: &["mailbox.org"], dkim: &["mailbox.org"], selectors: &["mbo0001", "mbo0002", "mbo0003", "mbo0004"], source: ZONES },
    Provider { id: "migadu", name: "Migadu", spf: &["migadu.com"], mx: &["migadu.com"], dkim: &["migadu.com"], selectors: &["key1", "key2", "key3"], source: ZONES },
    Provider { id: "tuta", name: "Tuta", spf: &["tutanota.de"], mx: &["tutanota.de"], dkim: &["tutanota.de"], selectors: &["s1", "s2"], source: ZONES },
    Provider { id: "purelymail", name: "Purelymail", spf: &["purelymail.com"], mx: &["purelymail.com"], dkim: &["purelymail.com"], selectors: &["purelymail1", "purelymail2", "purelymail3"], source: ZONES },
    Provider { id: "mxroute", name: "MXroute", spf: &["mxroute.com", "mxlogin.com"], mx: &["mxroute.com", "mxrouting.net"], dkim: &[], selectors: &["x"], source: ZONES },
    Provider { id: "infomaniak", name: "Infomaniak", spf: &["infomaniak.ch"], mx: &["infomaniak.ch"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "titan", name: "Titan", spf: &["titan.email"], mx: &["titan.email"], dkim: &[], selectors: &["titan1"], source: ZONES },
    Provider { id: "strato", name: "STRATO", spf: &["strato.de", "strato.com"], mx: &["rzone.de"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "dreamhost", name: "DreamHost", spf: &["dreamhost.com"], mx: &["dreamhost.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "siteground", name: "N-able Mail Assure (SiteGround)", spf: &["mailspamprotection.com"], mx: &["mailspamprotection.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "one-com", name: "one.com", spf: &["_custspf.one.com"], mx: &["one.com"], dkim: &["one.com"], selectors: &["rsa1", "rsa2"], source: ZONES },
    Provider { id: "cloudflare-email-routing", name: "Cloudflare Email Routing", spf: &["mx.cloudflare.net"], mx: &["mx.cloudflare.net"], dkim: &[], selectors: &["cf2024-1"], source: TABLE },
    Provider { id: "mimecast", name: "Mimecast", spf: &["mimecast.com", "mim.ec"], mx: &["mimecast.com", "mimecast-offshore.com"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "proofpoint", name: "Proofpoint", spf: &["pphosted.com", "ppe-hosted.com"], mx: &["pphosted.com", "ppe-hosted.com"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "barracuda", name: "Barracuda", spf: &["barracudanetworks.com"], mx: &["barracudanetworks.com"], dkim: &[], selectors: &[], source: TABLE },
    Provider { id: "cisco-secure-email", name: "Cisco Secure Email", spf: &["iphmx.com"], mx: &["iphmx.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "sophos-email", name: "Sophos Email", spf: &["sophos.com"], mx: &["sophos.com"], dkim: &[], selectors: &[], source: ZONES },
    Provider { id: "hornetsecurity", name: "Hornetsecurity", spf: &["hornetsecurity.com", "antispameurope.com"], mx: &["hornetsecurity.com", "antispameurope.com"], dkim: &[], selectors: &[], source: ZONES },
];

/// The provider with this id.
#[must_use]
pub fn provider(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.id.eq_ignore_ascii_case(id))
}

impl Provider {
    /// Whose SPF record stands at a name.
    #[must_use]
    pub fn of_spf(name: &str) -> Option<&'static Self> {
        Self::by(name, |provider| provider.spf)
    }

    /// Whose mail host this is.
    #[must_use]
    pub fn of_mx(host: &str) -> Option<&'static Self> {
        Self::by(host, |provider| provider.mx)
    }

    /// Whose DKIM key an alias leads to.
    #[must_use]
    pub fn of_dkim(name: &str) -> Option<&'static Self> {
        Self::by(name, |provider| provider.dkim)
    }

    fn by(name: &str, of: impl Fn(&Self) -> &'static [&'static str]) -> Option<&'static Self> {
        PROVIDERS.iter().find(|provider| of(provider).iter().any(|end| is_below(name, end)))
    }
}

/// Whether a name is a domain or lies below it.
pub(crate) fn is_below(name: &str, domain: &str) -> bool {
    let name = name.trim_end_matches('.');
    let Some(at) = name.len().checked_sub(domain.len()) else { return false };
    name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(domain))
        && (at == 0 || name.as_bytes()[at - 1] == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_lower_case() {
        for (at, provider) in PROVIDERS.iter().enumerate() {
            let is_new = PROVIDERS[..at].iter().all(|other| other.id != provider.id);
            assert!(is_new, "{}", provider.id);
            let names = [provider.spf, provider.mx, provider.dkim, provider.selectors].concat();
            let all = names.iter().chain([&provider.id]);
            assert!(!provider.source.is_empty());
            assert!(all.into_iter().all(|name| *name == name.to_ascii_lowercase()));
        }
    }

    #[test]
    fn a_suffix_ends_at_a_dot() {
        assert_eq!(Provider::of_spf("_spf.google.com").map(|p| p.id), Some("google-workspace"));
        assert_eq!(Provider::of_spf("evilgoogle.com"), None);
        assert_eq!(
            Provider::of_mx("shop-test.mail.protection.outlook.com.").map(|p| p.id),
            Some("microsoft-365")
        );
    }

    /// Two providers that claim one name would be told apart by their order alone.
    #[test]
    fn no_name_belongs_to_two() {
        for (one, other) in PROVIDERS.iter().flat_map(|one| PROVIDERS.iter().map(move |o| (one, o)))
        {
            for (ours, theirs) in [(one.spf, other.spf), (one.mx, other.mx), (one.dkim, other.dkim)]
            {
                let shared = ours.iter().find(|a| theirs.iter().any(|b| is_below(a, b)));
                assert!(
                    one.id == other.id || shared.is_none(),
                    "{} {} {shared:?}",
                    one.id,
                    other.id
                );
            }
        }
    }
}
