use lr_core::Severity;

use crate::Format;
use crate::engine::worth;
use crate::format::Shape;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "slack-bot-token",
        ("Slack", "bot token"),
        &["xoxb-"],
        r"xoxb-[0-9]{8,14}-(?:[0-9]{8,14}-)?[0-9A-Za-z]{18,34}",
    )
    .can("read and write as the app in every channel that it is in")
    .rotate(
        "revoke it through `auth.revoke` or reinstall the app at api.slack.com/apps",
        "https://docs.slack.dev/authentication/tokens",
    ),
    Format::token(
        "slack-user-token",
        ("Slack", "user, configuration or refresh token"),
        &["xoxp-", "xoxe-", "xoxa-", "xoxr-", "xoxs-", "xoxc-", "xoxe.xox"],
        r"xox(?:[pearsc]-(?:[0-9]-)?(?:[0-9]{9,15}-){2,3}[0-9A-Za-z]{28,160}|e\.xox[bp]-\d-[0-9A-Za-z]{140,180}|e-\d-[0-9A-Za-z]{140,160})",
    )
    .can("read and write as a person, private conversations among it")
    .rotate(
        "revoke it through `auth.revoke` or reinstall the app at api.slack.com/apps",
        "https://docs.slack.dev/authentication/tokens",
    ),
    Format::token(
        "slack-app-token",
        ("Slack", "app-level token"),
        &["xapp-"],
        r"xapp-\d-[0-9A-Z]{8,14}-[0-9]{8,14}-[0-9a-f]{64}",
    )
    .severity(Severity::High)
    .can("receive the app's events over a socket")
    .rotate(
        "revoke it at api.slack.com/apps under app-level tokens and generate a new one",
        "https://docs.slack.dev/authentication/tokens",
    ),
    Format::token(
        "slack-webhook",
        ("Slack", "incoming webhook"),
        &["hooks.slack.com/"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{8,14}/[A-Z0-9]{8,20}/[0-9A-Za-z]{20,48}",
    )
    .severity(Severity::High)
    .can("post into a channel as the app")
    .rotate(
        "remove the webhook at api.slack.com/apps and add a new one",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
    ),
    Format::token(
        "discord-webhook",
        ("Discord", "webhook"),
        &["discord.com/api/", "discordapp.com/api/"],
        r"discord(?:app)?\.com/api/(?:v\d\d?/)?webhooks/[0-9]{17,20}/[0-9A-Za-z_-]{60,72}",
    )
    .severity(Severity::High)
    .can("post into a channel")
    .rotate(
        "delete the webhook in the channel's integrations and create a new one",
        "https://discord.com/developers/docs/resources/webhook",
    ),
    Format::assigned(
        "discord-bot-token",
        ("Discord", "bot token"),
        &["discord"],
        &["token", "secret", "key", "bot"],
        r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",
    )
    .can("read and write as the bot in every server that it is in")
    .rotate(
        "reset it at discord.com/developers/applications under bot",
        "https://discord.com/developers/docs/reference#authentication",
    ),
    Format::new(
        "telegram-bot-token",
        ("Telegram", "bot token"),
        &[":AA"],
        Shape::Infix {
            pattern: r"[0-9]{8,10}:AA[0-9A-Za-z_-]{33}",
            least: 8,
            most: 10,
            class: u8::is_ascii_digit,
        },
    )
    .can("read and write as the bot")
    .rotate(
        "send /revoke to @BotFather",
        "https://core.telegram.org/bots/features#botfather",
    ),
    Format::new(
        "telegram-bot-url",
        ("Telegram", "bot token in an address"),
        &["/bot"],
        Shape::Captured {
            pattern: r"/bot([0-9]{8,10}:AA[0-9A-Za-z_-]{33})(?:[^0-9A-Za-z_-]|$)",
            worth: worth::is_stated,
        },
    )
    .prior()
    .can("read and write as the bot")
    .rotate(
        "send /revoke to @BotFather",
        "https://core.telegram.org/bots/api#authorizing-your-bot",
    ),
    Format::assigned(
        "agora-certificate",
        ("Agora", "app certificate"),
        &["agora"],
        &["cert"],
        r"[0-9a-f]{32}",
    )
    .severity(Severity::High)
    .can("make tokens for any channel and user of the app")
    .rotate(
        "enable a secondary certificate in the console, deploy it, delete this one",
        "https://docs.agora.io/en/video-calling/get-started/manage-agora-account",
    ),
    Format::assigned(
        "twilio-auth-token",
        ("Twilio", "auth token or API key secret"),
        &["twilio"],
        &["token", "secret", "auth", "key"],
        r"(?:[0-9a-f]{32}|[0-9A-Za-z]{32})",
    )
    .can("send messages and make calls at the owner's cost, and read earlier ones")
    .rotate(
        "create a secondary auth token in the console, deploy it, promote it; prefer API keys",
        "https://www.twilio.com/docs/iam/api/authtoken",
    ),
    Format::assigned(
        "twilio-api-key",
        ("Twilio", "API key id"),
        &["twilio"],
        &[],
        r"SK[0-9a-fA-F]{32}",
    )
    .severity(Severity::High)
    .can("with its secret, send messages and make calls at the owner's cost")
    .rotate(
        "delete the key in the console under API keys and create a new one",
        "https://www.twilio.com/docs/iam/api-keys",
    ),
    Format::token(
        "sendgrid-key",
        ("SendGrid", "API key"),
        &["SG."],
        r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
    )
    .landmark(25, b'.')
    .can("send mail from the owner's domains")
    .rotate(
        "create a new key in the settings under API keys, deploy it, delete this one",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    Format::token("mailgun-key", ("Mailgun", "API key"), &["key-"], r"key-[0-9a-f]{32}")
        .can("send mail from the owner's domains and read its log")
        .rotate(
            "roll it in the control panel under API security",
            "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
        ),
    Format::assigned(
        "mailgun-signing-key",
        ("Mailgun", "API or webhook signing key"),
        &["mailgun", "mg_api"],
        &[],
        r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
    )
    .can("send mail from the owner's domains, or forge webhooks")
    .rotate(
        "roll it in the control panel under API security",
        "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    ),
    Format::new(
        "mailchimp-key",
        ("Mailchimp", "API key"),
        &["-us"],
        Shape::Infix {
            pattern: r"[0-9a-f]{32}-us[0-9]{1,2}",
            least: 32,
            most: 32,
            class: u8::is_ascii_hexdigit,
        },
    )
    .can("read the audience's addresses and send campaigns")
    .rotate(
        "revoke it in the account's extras under API keys and create a new one",
        "https://mailchimp.com/help/about-api-keys/",
    ),
    Format::assigned(
        "mandrill-key",
        ("Mailchimp Transactional", "API key"),
        &["mandrill"],
        &["key", "token", "secret"],
        r"md-[0-9A-Za-z_-]{22}",
    )
    .can("send mail from the owner's domains")
    .rotate(
        "revoke it in the settings under SMTP and API info and create a new one",
        "https://mailchimp.com/developer/transactional/guides/quick-start/",
    ),
    Format::token(
        "brevo-key",
        ("Brevo", "API or SMTP key"),
        &["xkeysib-", "xsmtpsib-"],
        r"x(?:key|smtp)sib-[0-9a-fA-F]{64}-[0-9A-Za-z]{16}",
    )
    .can("send mail from the owner's domains and read contacts")
    .rotate(
        "delete it in the settings under SMTP and API and generate a new one",
        "https://help.brevo.com/hc/articles/209467485",
    ),
    Format::assigned(
        "postmark-token",
        ("Postmark", "server or account token"),
        &["postmark"],
        &["token", "key", "secret"],
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    .can("send mail from the owner's domains and read what was sent")
    .rotate(
        "add a second token in the server's API tokens, deploy it, delete this one",
        "https://postmarkapp.com/developer/api/overview#authentication",
    ),
    Format::token(
        "resend-key",
        ("Resend", "API key"),
        &["re_"],
        r"re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}",
    )
    .landmark(11, b'_')
    .can("send mail from the owner's domains")
    .rotate(
        "create a new key at resend.com/api-keys, deploy it, delete this one",
        "https://resend.com/docs/dashboard/api-keys/introduction",
    ),
];
