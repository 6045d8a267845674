//! Providers of one part of the world.

use lr_core::Severity;

use crate::format::NAMES;
use crate::{Format, Kind};

const MIDTRANS: &str = "https://docs.midtrans.com/docs/access-keys";
const CASHFREE: &str = "https://www.cashfree.com/docs/api-reference/authentication";

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "qianfan-key",
        ("Baidu", "Qianfan API key"),
        &["bce-v3/ALTAK"],
        r"bce-v3/ALTAK(?:SP)?-[0-9A-Za-z]{21}/[0-9a-f]{40}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it in the console under security and create a new one",
        "https://cloud.baidu.com/doc/WENXINWORKSHOP/s/Um2wxbaps",
    ),
    Format::token(
        "volcengine-key-id",
        ("VolcEngine", "access key id"),
        &["AKLT"],
        r"AKLT[0-9A-Za-z_-]{40,60}={0,2}",
    )
    .severity(Severity::Medium)
    .can("name the key; with its secret, act as its owner")
    .rotate(
        "disable it in the console under API access keys and create a new one",
        "https://www.volcengine.com/docs/6291/65568",
    ),
    Format::token(
        "naver-cloud-key",
        ("NAVER Cloud", "access or secret key"),
        &["ncp_iam_"],
        r"ncp_iam_[0-9A-Za-z]{22,42}",
    )
    .can("act as its owner")
    .rotate(
        "suspend it in the portal under manage authentication key and create a new one",
        "https://api.ncloud-docs.com/docs/en/common-ncpapi",
    ),
    Format::token(
        "cashfree-secret",
        ("Cashfree", "secret key"),
        &["cfsk_"],
        r"cfsk_[a-z]{2}_prod_[0-9a-f]{32}_[0-9a-f]{8}",
    )
    .can("take and refund payments")
    .rotate("delete it in the dashboard under API keys and generate a new one", CASHFREE),
    Format::token(
        "cashfree-test-secret",
        ("Cashfree", "secret key of the sandbox"),
        &["cfsk_"],
        r"cfsk_[a-z]{2}_test_[0-9a-f]{32}_[0-9a-f]{8}",
    )
    .kind(Kind::Test)
    .can("take test payments")
    .rotate("delete it in the dashboard under API keys and generate a new one", CASHFREE),
    Format::token(
        "midtrans-key",
        ("Midtrans", "server key"),
        &["Mid-server-"],
        r"Mid-server-[0-9A-Za-z_-]{20,28}",
    )
    .can("take and refund payments")
    .rotate("ask the support for a new one", MIDTRANS),
    Format::token(
        "amazon-login-secret",
        ("Amazon", "client secret of Login with Amazon"),
        &["amzn1.oa2-cs.v1."],
        r"amzn1\.oa2-cs\.v1\.[0-9a-f]{64}",
    )
    .can("exchange codes of users and sellers for tokens as the app")
    .rotate(
        "rotate it in the developer console",
        "https://developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials",
    ),
    Format::token(
        "ebay-cert-id",
        ("eBay", "cert id, the client secret"),
        &["PRD-"],
        r"PRD-[0-9a-f]{12}(?:-[0-9a-f]{4}){4}",
    )
    .can("call the APIs as the app")
    .rotate(
        "rotate it in the developer account under application keys",
        "https://developer.ebay.com/api-docs/static/oauth-credentials.html",
    ),
    Format::assigned(
        "tableau-token",
        ("Tableau", "personal access token"),
        &["tableau"],
        NAMES,
        r"[0-9A-Za-z+/]{22}==:[0-9A-Za-z]{32}",
    )
    .can("read and change workbooks as its owner")
    .rotate(
        "revoke it in the account's settings and create a new one",
        "https://help.tableau.com/current/server/en-us/security_personal_access_tokens.htm",
    ),
    Format::token(
        "cfx-server-key",
        ("Cfx.re", "server key"),
        &["cfxk_"],
        r"cfxk_[0-9A-Za-z]{20}_[0-9A-Za-z]{5,7}",
    )
    .severity(Severity::Medium)
    .can("run a server under the owner's name")
    .rotate("delete it in the portal and generate a new one", "https://portal.cfx.re/"),
    Format::token("pangea-token", ("Pangea", "service token"), &["pts_"], r"pts_[0-9a-z]{32}")
        .severity(Severity::High)
        .can("call the services of the project")
        .rotate(
            "revoke it in the console under tokens and create a new one",
            "https://pangea.cloud/docs/admin-guide/tokens",
        ),
];
