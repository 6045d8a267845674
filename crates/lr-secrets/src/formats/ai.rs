use crate::Format;
use crate::format::Shape;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "openai-key",
        ("OpenAI", "project, service account or admin key"),
        &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,120}T3BlbkFJ[A-Za-z0-9_-]{20,120}",
    )
    .can("call models at the owner's cost and read the project's files and threads")
    .rotate(
        "create a new key at platform.openai.com under API keys, deploy it, delete this one",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    Format::new(
        "openai-legacy-key",
        ("OpenAI", "user key"),
        &["T3BlbkFJ"],
        Shape::Infix {
            pattern: r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
            least: 23,
            most: 23,
            class: |_| true,
        },
    )
    .can("call models at the owner's cost, in every project of its owner")
    .rotate(
        "delete it at platform.openai.com under API keys and use a project key instead",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    Format::token(
        "anthropic-api-key",
        ("Anthropic", "API key"),
        &["sk-ant-api"],
        r"sk-ant-api\d\d-[A-Za-z0-9_-]{93}AA",
    )
    .can("call models at the owner's cost")
    .rotate(
        "create a new key in the console under API keys, deploy it, delete this one",
        "https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key",
    ),
    Format::token(
        "anthropic-admin-key",
        ("Anthropic", "admin key"),
        &["sk-ant-admin"],
        r"sk-ant-admin\d\d-[A-Za-z0-9_-]{93}AA",
    )
    .can("manage members, workspaces and API keys of the organisation")
    .rotate(
        "delete it in the console under admin keys, then look through the members and keys",
        "https://docs.anthropic.com/en/api/administration-api",
    ),
    Format::token(
        "huggingface-token",
        ("Hugging Face", "access token"),
        &["hf_", "api_org_"],
        r"(?:hf_|api_org_)[A-Za-z0-9]{34}",
    )
    .can("read private models and data sets, and with a write token change them")
    .rotate(
        "invalidate it at huggingface.co/settings/tokens and create a fine-grained one",
        "https://huggingface.co/docs/hub/security-tokens",
    ),
    Format::token("groq-key", ("Groq", "API key"), &["gsk_"], r"gsk_[A-Za-z0-9]{52}")
        .can("call models at the owner's cost")
        .rotate(
            "delete it at console.groq.com/keys and create a new one",
            "https://console.groq.com/docs/quickstart",
        ),
    Format::token("xai-key", ("xAI", "API key"), &["xai-"], r"xai-[A-Za-z0-9_-]{70,120}")
        .can("call models at the owner's cost")
        .rotate(
            "delete it at console.x.ai under API keys and create a new one",
            "https://docs.x.ai/docs/overview",
        ),
    Format::token("replicate-token", ("Replicate", "API token"), &["r8_"], r"r8_[A-Za-z0-9]{37}")
        .can("run models at the owner's cost and read earlier predictions")
        .rotate(
            "disable it at replicate.com/account/api-tokens and create a new one",
            "https://replicate.com/docs/topics/security/api-tokens",
        ),
    Format::token("perplexity-key", ("Perplexity", "API key"), &["pplx-"], r"pplx-[A-Za-z0-9]{48}")
        .can("call models at the owner's cost")
        .rotate(
            "delete it in the API settings and generate a new one",
            "https://docs.perplexity.ai/getting-started/api-groups",
        ),
    Format::token(
        "openrouter-key",
        ("OpenRouter", "API key"),
        &["sk-or-v1-"],
        r"sk-or-v1-[0-9a-f]{64}",
    )
    .can("call models of every provider from the owner's credit")
    .rotate(
        "delete it at openrouter.ai/settings/keys and create a new one with a limit",
        "https://openrouter.ai/docs/api-reference/authentication",
    ),
    Format::token(
        "pinecone-key",
        ("Pinecone", "API key"),
        &["pcsk_"],
        r"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{60,66}",
    )
    .can("read, change and delete the vector indexes of a project")
    .rotate(
        "delete it in the console under API keys and create a new one",
        "https://docs.pinecone.io/guides/projects/manage-api-keys",
    ),
    Format::token(
        "langsmith-key",
        ("LangSmith", "API key"),
        &["lsv2_"],
        r"lsv2_(?:pt|sk)_[0-9a-fA-F]{32}_[0-9a-fA-F]{10}",
    )
    .can("read traces, which hold prompts and answers, and write new ones")
    .rotate(
        "delete it in the workspace settings under API keys and create a new one",
        "https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key",
    ),
    Format::token("nvidia-key", ("NVIDIA", "API key"), &["nvapi-"], r"nvapi-[A-Za-z0-9_-]{60,70}")
        .can("call models at the owner's cost and pull from the private registry")
        .rotate(
            "delete it at build.nvidia.com under API keys and generate a new one",
            "https://docs.nvidia.com/ngc/gpu-cloud/ngc-user-guide/index.html",
        ),
    Format::token("cerebras-key", ("Cerebras", "API key"), &["csk-"], r"csk-[a-z0-9]{48}")
        .can("call models at the owner's cost")
        .rotate(
            "delete it at cloud.cerebras.ai under API keys and create a new one",
            "https://inference-docs.cerebras.ai/quickstart",
        ),
];
