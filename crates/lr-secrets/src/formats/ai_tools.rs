//! Models, search and the tools around them.

use crate::format::KEYS;
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "anthropic-oauth-token",
        ("Anthropic", "OAuth token of a subscription"),
        &["sk-ant-oat", "sk-ant-ort"],
        r"sk-ant-o[ar]t\d\d-[A-Za-z0-9_-]{80,110}",
    )
    .can("use the owner's subscription")
    .rotate(
        "sign out of all devices in the account's settings and sign in again",
        "https://docs.anthropic.com/en/docs/claude-code/iam",
    ),
    Format::token(
        "openai-session-key",
        ("OpenAI", "session key"),
        &["sess-"],
        r"sess-[A-Za-z0-9]{40}",
    )
    .can("act as the signed-in user until it ends")
    .rotate(
        "log out of all sessions in the account's settings",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    Format::assigned(
        "deepseek-key",
        ("DeepSeek", "API key"),
        &["deepseek"],
        KEYS,
        r"sk-[0-9a-f]{32}",
    )
    .prior()
    .can("call models at the owner's cost")
    .rotate(
        "delete it at platform.deepseek.com/api_keys and create a new one",
        "https://api-docs.deepseek.com/",
    ),
    Format::assigned(
        "mistral-key",
        ("Mistral AI", "API key"),
        &["mistral"],
        KEYS,
        r"[A-Za-z0-9]{32}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it at console.mistral.ai/api-keys and create a new one",
        "https://docs.mistral.ai/getting-started/quickstart/",
    ),
    Format::assigned(
        "cohere-key",
        ("Cohere", "API key"),
        &["cohere", "co_api_key"],
        KEYS,
        r"[A-Za-z0-9]{40}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it at dashboard.cohere.com/api-keys and create a new one",
        "https://docs.cohere.com/reference/about",
    ),
    Format::assigned(
        "together-key",
        ("Together AI", "API key"),
        &["together"],
        KEYS,
        r"[0-9a-f]{64}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "regenerate it at api.together.ai/settings/api-keys",
        "https://docs.together.ai/docs/quickstart",
    ),
    Format::assigned(
        "fireworks-key",
        ("Fireworks AI", "API key"),
        &["fireworks"],
        KEYS,
        r"fw_[A-Za-z0-9]{22,24}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it at app.fireworks.ai/settings/users/api-keys and create a new one",
        "https://docs.fireworks.ai/getting-started/quickstart",
    ),
    Format::assigned(
        "elevenlabs-key",
        ("ElevenLabs", "API key"),
        &["elevenlabs", "eleven_labs", "xi-api-key", "xi_api_key"],
        KEYS,
        r"(?:sk_[0-9a-f]{48}|[0-9a-f]{32})",
    )
    .can("make speech and clone voices at the owner's cost")
    .rotate(
        "delete it in the settings under API keys and create a new one",
        "https://elevenlabs.io/docs/api-reference/authentication",
    ),
    Format::assigned(
        "assemblyai-key",
        ("AssemblyAI", "API key"),
        &["assemblyai", "assembly_ai"],
        KEYS,
        r"[0-9a-f]{32}",
    )
    .can("transcribe at the owner's cost and read earlier transcripts")
    .rotate(
        "disable it in the dashboard under API keys and create a new one",
        "https://www.assemblyai.com/docs/api-reference/overview",
    ),
    Format::assigned("deepgram-key", ("Deepgram", "API key"), &["deepgram"], KEYS, r"[0-9a-f]{40}")
        .can("transcribe at the owner's cost")
        .rotate(
            "delete it in the console under API keys and create a new one",
            "https://developers.deepgram.com/docs/create-additional-api-keys",
        ),
    Format::assigned(
        "wandb-key",
        ("Weights & Biases", "API key"),
        &["wandb"],
        KEYS,
        r"(?:local-)?[0-9a-f]{40}",
    )
    .can("read and change experiments and models")
    .rotate(
        "delete it at wandb.ai/authorize and create a new one",
        "https://docs.wandb.ai/support/find_api_key/",
    ),
    Format::assigned(
        "stability-key",
        ("Stability AI", "API key"),
        &["stability", "dreamstudio"],
        KEYS,
        r"sk-[A-Za-z0-9]{48}",
    )
    .prior()
    .can("make images at the owner's cost")
    .rotate(
        "delete it at platform.stability.ai/account/keys and create a new one",
        "https://platform.stability.ai/docs/api-reference",
    ),
    Format::token(
        "jina-key",
        ("Jina AI", "API key"),
        &["jina_"],
        r"jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}",
    )
    .can("embed and search at the owner's cost")
    .rotate(
        "revoke it in the API dashboard and create a new one",
        "https://jina.ai/api-dashboard/",
    ),
    Format::token("firecrawl-key", ("Firecrawl", "API key"), &["fc-"], r"fc-[0-9a-f]{32}")
        .can("crawl at the owner's cost")
        .rotate(
            "delete it at firecrawl.dev/app/api-keys and create a new one",
            "https://docs.firecrawl.dev/introduction",
        ),
    Format::token(
        "tavily-key",
        ("Tavily", "API key"),
        &["tvly-"],
        r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
    )
    .can("search at the owner's cost")
    .rotate(
        "delete it at app.tavily.com and create a new one",
        "https://docs.tavily.com/documentation/quickstart",
    ),
    Format::assigned(
        "exa-key",
        ("Exa", "API key"),
        &["exa_api", "exa-api", "exaapi"],
        KEYS,
        r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .can("search at the owner's cost")
    .rotate(
        "delete it at dashboard.exa.ai/api-keys and create a new one",
        "https://docs.exa.ai/reference/getting-started",
    ),
    Format::assigned(
        "serpapi-key",
        ("SerpApi", "private API key"),
        &["serpapi", "serp_api"],
        KEYS,
        r"[0-9a-f]{64}",
    )
    .can("search at the owner's cost")
    .rotate("regenerate it at serpapi.com/manage-api-key", "https://serpapi.com/search-api"),
    Format::assigned("serper-key", ("Serper", "API key"), &["serper"], KEYS, r"[0-9a-f]{40}")
        .can("search at the owner's cost")
        .rotate("delete it at serper.dev/api-keys and create a new one", "https://serper.dev/"),
    Format::assigned(
        "brave-search-key",
        ("Brave", "Search API key"),
        &["brave"],
        KEYS,
        r"BSA[A-Za-z0-9_-]{24,40}",
    )
    .can("search at the owner's cost")
    .rotate(
        "delete it in the API dashboard and create a new one",
        "https://api-dashboard.search.brave.com/documentation",
    ),
    Format::token(
        "langfuse-secret-key",
        ("Langfuse", "secret key"),
        &["sk-lf-"],
        r"sk-lf-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .can("read traces, which hold prompts and answers, and write new ones")
    .rotate(
        "delete it in the project's settings under API keys and create a new pair",
        "https://langfuse.com/docs/api",
    ),
    Format::token(
        "langfuse-public-key",
        ("Langfuse", "public key"),
        &["pk-lf-"],
        r"pk-lf-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .kind(Kind::Public)
    .can("send scores from a browser")
    .rotate("none needed; browsers get it by design", "https://langfuse.com/docs/api"),
    Format::token(
        "helicone-key",
        ("Helicone", "API key"),
        &["sk-helicone-"],
        r"sk-helicone-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}",
    )
    .can("read logged prompts and answers")
    .rotate(
        "delete it in the developer settings and create a new one",
        "https://docs.helicone.ai/",
    ),
    Format::assigned(
        "braintrust-key",
        ("Braintrust", "API key"),
        &["braintrust"],
        KEYS,
        r"sk-[A-Za-z0-9]{48}",
    )
    .prior()
    .can("read logs and experiments")
    .rotate(
        "delete it in the settings under API keys and create a new one",
        "https://www.braintrust.dev/docs/reference/api",
    ),
    Format::assigned(
        "voyage-key",
        ("Voyage AI", "API key"),
        &["voyage"],
        KEYS,
        r"pa-[A-Za-z0-9_-]{43}",
    )
    .can("embed at the owner's cost")
    .rotate(
        "delete it in the dashboard under API keys and create a new one",
        "https://docs.voyageai.com/docs/api-key-and-installation",
    ),
    Format::token(
        "anyscale-key",
        ("Anyscale", "API key"),
        &["esecret_"],
        r"esecret_[A-Za-z0-9]{20,40}",
    )
    .can("run jobs and models at the owner's cost")
    .rotate(
        "delete it in the console under API keys and create a new one",
        "https://docs.anyscale.com/reference/python-sdk",
    ),
    Format::assigned(
        "modal-token",
        ("Modal", "API token"),
        &["modal_token", "modal-token"],
        &[],
        r"a[ks]-[A-Za-z0-9]{22}",
    )
    .can("run code in the owner's workspace at its cost")
    .rotate(
        "delete it at modal.com/settings/tokens and create a new one",
        "https://modal.com/docs/reference/modal.config",
    ),
    Format::token("runpod-key", ("RunPod", "API key"), &["rpa_"], r"rpa_[A-Za-z0-9]{38,50}")
        .can("start and read machines at the owner's cost")
        .rotate(
            "delete it in the settings under API keys and create a new one",
            "https://docs.runpod.io/get-started/api-keys",
        ),
    Format::assigned(
        "baseten-key",
        ("Baseten", "API key"),
        &["baseten"],
        KEYS,
        r"[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}",
    )
    .can("call and deploy models at the owner's cost")
    .rotate(
        "revoke it in the settings under API keys and create a new one",
        "https://docs.baseten.co/reference/overview",
    ),
    Format::assigned(
        "fal-key",
        ("fal", "API key"),
        &["fal_key", "fal_api", "fal-key"],
        &[],
        r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}:[0-9a-f]{32}",
    )
    .can("run models at the owner's cost")
    .rotate("delete it at fal.ai/dashboard/keys and create a new one", "https://docs.fal.ai/"),
    Format::assigned(
        "cursor-key",
        ("Cursor", "API key"),
        &["cursor"],
        KEYS,
        r"(?:key|crsr)_[0-9a-f]{64}",
    )
    .can("act in the owner's team and run agents at its cost")
    .rotate(
        "revoke it in the dashboard under integrations and create a new one",
        "https://docs.cursor.com/en/account/teams/admin-api",
    ),
    Format::assigned(
        "clarifai-key",
        ("Clarifai", "API key or token"),
        &["clarifai"],
        KEYS,
        r"[0-9a-f]{32}",
    )
    .can("run models at the owner's cost")
    .rotate(
        "delete it in the settings under secrets and create a new one",
        "https://docs.clarifai.com/control/authentication/pat",
    ),
    Format::assigned(
        "sambanova-key",
        ("SambaNova", "API key"),
        &["sambanova"],
        KEYS,
        r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it at cloud.sambanova.ai/apis and create a new one",
        "https://docs.sambanova.ai/",
    ),
    Format::token(
        "friendli-token",
        ("FriendliAI", "personal token"),
        &["flp_"],
        r"flp_[A-Za-z0-9]{44,52}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete it in the settings under tokens and create a new one",
        "https://friendli.ai/docs/guides/personal_access_tokens",
    ),
    Format::assigned(
        "azure-openai-key",
        ("Microsoft Azure", "OpenAI key"),
        &["azure_openai", "azureopenai", "azure-openai", "openai_api_key"],
        &[],
        r"[0-9a-f]{32}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "move to the second key, then regenerate the first in the portal",
        "https://learn.microsoft.com/azure/ai-services/rotate-keys",
    ),
    Format::assigned(
        "privateai-key",
        ("Private AI", "API key"),
        &["privateai", "private_ai", "private-ai"],
        &[],
        r"[0-9a-z]{32}",
    )
    .can("redact texts at the owner's cost")
    .rotate("regenerate it in the portal", "https://docs.private-ai.com/"),
    Format::assigned(
        "dify-key",
        ("Dify", "app or dataset key"),
        &["dify"],
        KEYS,
        r"(?:app|dataset)-[A-Za-z0-9]{24}",
    )
    .can("run the application and read its knowledge")
    .rotate(
        "delete it at the application under API access and create a new one",
        "https://docs.dify.ai/en/guides/application-publishing/developing-with-apis",
    ),
    Format::token("e2b-key", ("E2B", "API key"), &["e2b_"], r"e2b_[0-9a-f]{40}")
        .can("run sandboxes at the owner's cost")
        .rotate(
            "delete it in the dashboard under API keys and create a new one",
            "https://e2b.dev/docs/api-key",
        ),
    Format::token(
        "browserbase-key",
        ("Browserbase", "API key"),
        &["bb_live_"],
        r"bb_live_[A-Za-z0-9_-]{27}",
    )
    .can("run browsers at the owner's cost and read sessions")
    .rotate("rotate it in the settings", "https://docs.browserbase.com/reference/introduction"),
    Format::token(
        "llamacloud-key",
        ("LlamaIndex", "LlamaCloud API key"),
        &["llx-"],
        r"llx-[A-Za-z0-9]{44,52}",
    )
    .can("parse at the owner's cost and read indexes")
    .rotate(
        "revoke it in the console under API keys and create a new one",
        "https://docs.cloud.llamaindex.ai/",
    ),
    Format::assigned(
        "kagi-key",
        ("Kagi", "API key or session link"),
        &["kagi"],
        &[],
        r"[A-Za-z0-9_-]{11}\.[A-Za-z0-9_-]{43}",
    )
    .can("search at the owner's cost")
    .rotate("generate a new one in the settings", "https://help.kagi.com/kagi/api/overview.html"),
];
