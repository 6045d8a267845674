//! The formats, one file per family of providers. To add one, add it to its family's list and a
//! template for it to `tests/samples`: the tests then plant it everywhere.

mod agents;
mod ai;
mod ai_tools;
mod apps;
mod builds;
mod business;
mod cloud;
mod code;
mod commerce;
mod data;
mod developer;
mod endpoints;
mod generic;
mod hosting;
mod identifiable;
mod keys;
mod managed;
mod messaging;
mod monitoring;
mod observability;
mod payments;
mod platforms;
mod regions;
mod services;
mod social;
mod stores;
mod workplace;

use crate::Format;

const FAMILIES: &[&[Format]] = &[
    ai::FORMATS,
    cloud::FORMATS,
    code::FORMATS,
    data::FORMATS,
    hosting::FORMATS,
    keys::FORMATS,
    messaging::FORMATS,
    monitoring::FORMATS,
    payments::FORMATS,
    workplace::FORMATS,
    ai_tools::FORMATS,
    apps::FORMATS,
    commerce::FORMATS,
    developer::FORMATS,
    observability::FORMATS,
    platforms::FORMATS,
    social::FORMATS,
    stores::FORMATS,
    agents::FORMATS,
    business::FORMATS,
    managed::FORMATS,
    builds::FORMATS,
    endpoints::FORMATS,
    services::FORMATS,
    identifiable::FORMATS,
    regions::FORMATS,
    generic::FORMATS,
];

/// Every format that is known, family by family.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    FAMILIES.iter().copied().flatten()
}

/// The format named `id`.
#[must_use]
pub fn format(id: &str) -> Option<&'static Format> {
    formats().find(|format| format.id == id)
}
