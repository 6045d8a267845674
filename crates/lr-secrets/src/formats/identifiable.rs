//! Keys that carry the mark of their issuer in their middle, as Microsoft's identifiable keys do.

use lr_core::Severity;

use crate::Format;
use crate::format::Shape;

const ROTATE: &str = "move to the second key, then regenerate the first in the portal";
const UTILITIES: &str = "https://github.com/microsoft/security-utilities";

/// A key of `before` characters, the mark and the rest.
const fn marked(
    id: &'static str,
    name: &'static str,
    marks: &'static [&'static str],
    before: usize,
    pattern: &'static str,
) -> Format {
    let shape = Shape::Infix { pattern, least: before, most: before, class: |_| true };
    Format::new(id, ("Microsoft Azure", name), marks, shape)
}

pub(crate) const FORMATS: &[Format] = &[
    marked(
        "azure-annotated-key",
        "annotated key of AI services, SignalR, Maps and others",
        &["JQQJ9"],
        52,
        r"[0-9A-Za-z]{52}JQQJ9[9DH][0-9A-Za-z][A-L][0-9A-Za-z]{16}[A-Za-z][0-9A-Za-z]{7}(?:[0-9A-Za-z]{2}==)?",
    )
    .can("call the service as its owner")
    .rotate(ROTATE, UTILITIES),
    marked(
        "azure-messaging-key",
        "key of Event Hubs, Service Bus, Relay, Event Grid or IoT Hub",
        &["+AEh", "+ASb", "+ARm", "AzEG", "AIoT"],
        33,
        r"[0-9A-Za-z+/]{33}(?:\+AEh|\+ASb|\+ARm|AzEG|AIoT)[0-9A-Za-z+/]{5}[AEIMQUYcgkosw048]=",
    )
    .can("send and read messages")
    .rotate(ROTATE, UTILITIES),
    marked(
        "azure-redis-key",
        "Cache for Redis key",
        &["AzCa"],
        33,
        r"[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{5}=",
    )
    .can("read and change the cache")
    .rotate(ROTATE, UTILITIES),
    marked(
        "azure-management-key",
        "key of API Management, Batch or Machine Learning",
        &["APIM", "+ABa", "+AMC"],
        76,
        r"[0-9A-Za-z+/]{76}(?:APIM|\+ABa|\+AMC)[0-9A-Za-z+/]{5}[AQgw]==",
    )
    .can("call the service as its owner")
    .rotate(ROTATE, UTILITIES),
    marked(
        "azure-devops-marked-token",
        "DevOps personal access token with a mark",
        &["AZDO"],
        76,
        r"[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}",
    )
    .severity(Severity::Critical)
    .can("read and change repositories and pipelines as its owner")
    .rotate(
        "revoke it in the user settings and create a new one",
        "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
    ),
];
