use serde_json::{Map, Value};

use super::layout::Page;
use crate::CheckReport;

/// Rows that a person still reads; the rest is in the JSON.
const MOST_ROWS: usize = 40;
/// Columns that fit beside each other.
const MOST_COLUMNS: usize = 8;

/// The summaries of the checks: lists of things as tables, single facts as lines.
pub(super) fn write(page: &mut Page, checks: &[CheckReport]) {
    for check in checks {
        let data = check.data.as_deref().and_then(|raw| serde_json::from_str(raw.get()).ok());
        if let Some(Value::Object(summary)) = data {
            page.heading(&format!("Seen by {}", check.check));
            facts(page, &summary);
        }
    }
}

fn facts(page: &mut Page, summary: &Map<String, Value>) {
    for (name, value) in summary {
        match value {
            Value::Array(rows) if rows.iter().any(Value::is_object) => table(page, name, rows),
            Value::Object(inner) if inner.values().any(Value::is_array) => facts(page, inner),
            Value::Null => {}
            Value::Array(rows) if rows.is_empty() => {}
            value => page.hanging(2, 4, &format!("{name}: "), &cell(value)),
        }
    }
}

fn table(page: &mut Page, name: &str, rows: &[Value]) {
    let objects: Vec<&Map<String, Value>> = rows.iter().filter_map(Value::as_object).collect();
    let mut columns: Vec<&str> = Vec::new();
    for object in &objects {
        for (key, value) in *object {
            if !value.is_null() && !columns.contains(&key.as_str()) {
                columns.push(key);
            }
        }
    }
    columns.truncate(MOST_COLUMNS);
    page.line(&format!("  {name}"));
    let cells = |object: &&Map<String, Value>| -> Vec<String> {
        columns.iter().map(|key| object.get(*key).map_or_else(String::new, cell)).collect()
    };
    let shown: Vec<Vec<String>> = objects.iter().take(MOST_ROWS).map(cells).collect();
    page.table(&columns, &shown);
    if objects.len() > MOST_ROWS {
        page.line(&format!("    … and {} more", objects.len() - MOST_ROWS));
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => lr_core::Text::new(text).to_string(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        Value::Object(inner) => {
            let pairs = inner.iter().filter(|(_, value)| !value.is_null());
            pairs.map(|(key, value)| format!("{key} {}", cell(value))).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
