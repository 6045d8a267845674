//! Newer providers of models, and agents.

use lr_core::Severity;

use crate::Format;
use crate::format::KEYS;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "google-gemini-key",
        ("Google", "Gemini API key"),
        &["AQ.Ab8"],
        r"AQ\.Ab8[0-9A-Za-z_-]{47}",
    )
    .can("call Gemini at the project's cost")
    .rotate(
        "delete it in AI Studio under API keys and create a new one",
        "https://ai.google.dev/gemini-api/docs/api-key",
    ),
    Format::token(
        "wandb-v1-key",
        ("Weights & Biases", "API key"),
        &["wandb_v1_"],
        r"wandb_v1_[0-9A-Za-z_]{77}",
    )
    .severity(Severity::High)
    .can("read and change runs and models")
    .rotate(
        "delete it in the user settings and create a new one",
        "https://docs.wandb.ai/support/find_api_key/",
    ),
    Format::token(
        "minimax-key",
        ("MiniMax", "API key"),
        &["sk-api-"],
        r"sk-api-[0-9A-Za-z_-]{100,130}",
    )
    .severity(Severity::High)
    .can("call models at the owner's cost")
    .rotate(
        "delete it in the console under API keys and create a new one",
        "https://platform.minimax.io/docs/guides/quickstart",
    ),
    Format::token(
        "cartesia-key",
        ("Cartesia", "API key"),
        &["sk_car_"],
        r"sk_car_[0-9A-Za-z_]{20,24}",
    )
    .severity(Severity::High)
    .can("make voices at the owner's cost")
    .rotate(
        "delete it in the playground under keys and create a new one",
        "https://docs.cartesia.ai/use-the-api/api-conventions",
    ),
    Format::token(
        "devin-key",
        ("Cognition", "Devin API key"),
        &["apk_user_", "apk_", "cog_"],
        r"(?:cog_[a-z2-7]{52}|apk_(?:user_)?[0-9A-Za-z+/]{80,180}={0,2})",
    )
    .can("start sessions that read and change code")
    .rotate(
        "revoke it in the settings under API keys and create a new one",
        "https://docs.devin.ai/api-reference/overview",
    ),
    Format::assigned(
        "zhipu-key",
        ("Zhipu AI", "API key"),
        &["zhipu", "bigmodel", "z_ai", "zai_"],
        KEYS,
        r"[0-9a-f]{32}\.[0-9A-Za-z]{16}",
    )
    .severity(Severity::High)
    .can("call models at the owner's cost")
    .rotate(
        "delete it in the console under API keys and create a new one",
        "https://docs.z.ai/guides/overview/quick-start",
    ),
    Format::assigned(
        "moonshot-key",
        ("Moonshot AI", "API key"),
        &["moonshot", "kimi"],
        KEYS,
        r"sk-[0-9A-Za-z_-]{48}",
    )
    .severity(Severity::High)
    .prior()
    .can("call models at the owner's cost")
    .rotate(
        "delete it in the console under API keys and create a new one",
        "https://platform.moonshot.ai/docs/introduction",
    ),
    Format::token(
        "model-provider-key",
        ("a provider of models", "API key after OpenAI's manner"),
        &["sk-"],
        r"sk-(?:[0-9a-f]{32}|[0-9A-Za-z]{48})",
    )
    .severity(Severity::High)
    .can("call models at the owner's cost")
    .rotate(
        "delete it where its requests go, at DeepSeek or Qwen among others",
        "https://api-docs.deepseek.com/",
    ),
];
