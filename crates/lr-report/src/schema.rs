use schemars::schema_for;

use crate::Report;

/// The JSON Schema of the report document, pretty-printed and ending in a newline.
///
/// # Panics
/// Never: a schema is plain data.
#[must_use]
pub fn report_schema() -> String {
    let schema = schema_for!(Report);
    serde_json::to_string_pretty(&schema).expect("a schema is plain data") + "\n"
}
