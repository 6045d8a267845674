//! Addresses that are secrets themselves: whoever has one may call it.

use lr_core::Severity;

use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "lark-webhook",
        ("Lark and Feishu", "webhook of a bot"),
        &["open.feishu.cn/open-apis/bot/", "open.larksuite.com/open-apis/bot/"],
        r"open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/(?:v2/)?hook/[0-9a-f-]{32,36}",
    )
    .severity(Severity::Medium)
    .can("post into the group")
    .rotate(
        "remove the bot from the group and add a new one, with a signature",
        "https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot",
    ),
    Format::token(
        "wecom-webhook",
        ("WeCom", "webhook of a group bot"),
        &["qyapi.weixin.qq.com/cgi-bin/webhook/"],
        r"qyapi\.weixin\.qq\.com/cgi-bin/webhook/(?:send|upload_media)\?key=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .severity(Severity::Medium)
    .can("post into the group")
    .rotate(
        "remove the bot from the group and add a new one",
        "https://developer.work.weixin.qq.com/document/path/91770",
    ),
    Format::token(
        "dingtalk-webhook",
        ("DingTalk", "webhook of a bot"),
        &["oapi.dingtalk.com/robot/send?"],
        r"oapi\.dingtalk\.com/robot/send\?access_token=[0-9a-f]{64}",
    )
    .severity(Severity::Medium)
    .can("post into the group, if no signature is asked for")
    .rotate(
        "reset the webhook in the group's settings",
        "https://open.dingtalk.com/document/robots/custom-robot-access",
    ),
    Format::token(
        "render-deploy-hook",
        ("Render", "deploy hook"),
        &["api.render.com/deploy/"],
        r"api\.render\.com/deploy/srv-[0-9a-z]{20}\?key=[0-9A-Za-z_-]{11,24}",
    )
    .severity(Severity::Medium)
    .can("start a deployment")
    .rotate("regenerate it in the service's settings", "https://render.com/docs/deploy-hooks"),
    Format::token(
        "alchemy-endpoint",
        ("Alchemy", "endpoint with API key"),
        &[".g.alchemy.com/"],
        r"\.g\.alchemy\.com/(?:nft/)?v[23]/[0-9A-Za-z_-]{32}",
    )
    .kind(Kind::Restrictable)
    .can("ask nodes at the owner's cost")
    .rotate(
        "rotate the key in the dashboard, and allow only the domains of the product",
        "https://www.alchemy.com/docs/best-practices-for-key-security-and-management",
    ),
    Format::token(
        "infura-endpoint",
        ("Infura", "endpoint with API key"),
        &[".infura.io/"],
        r"\.infura\.io/(?:ws/)?v3/[0-9a-f]{32}",
    )
    .kind(Kind::Restrictable)
    .can("ask nodes at the owner's cost")
    .rotate(
        "create another key in the dashboard, and allow only the origins of the product",
        "https://docs.metamask.io/services/how-to/use-api-key/",
    ),
    Format::token(
        "quicknode-endpoint",
        ("QuickNode", "endpoint with token"),
        &[".quiknode.pro/"],
        r"\.quiknode\.pro/[0-9a-f]{40}",
    )
    .kind(Kind::Restrictable)
    .can("ask nodes at the owner's cost")
    .rotate(
        "replace the token under the endpoint's security settings, and allow only referrers of the product",
        "https://www.quicknode.com/guides/quicknode-products/endpoint-security/how-to-setup-token-based-authentication",
    ),
];
