use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::layout::Page;
use crate::CheckReport;

/// Entries of a list that a person still reads; the rest is in the JSON.
const MOST: usize = 40;

/// The summaries of the checks: lists of things as tables where they fit, single facts as lines.
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
            Value::Null => {}
            // For reports that can show them.
            Value::Array(_) if name == "pictures" => {}
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) if items.iter().all(Value::is_object) => {
                things(page, &title(name), items);
            }
            Value::Object(inner) if inner.values().any(Value::is_array) => {
                page.line(&format!("  {}", page.bold(&title(name))));
                facts(page, inner);
            }
            value => page.hanging(2, 4, &format!("{}: ", title(name)), &cell(value)),
        }
    }
}

/// A list of things: a table if it fits, and otherwise a paragraph for each.
fn things(page: &mut Page, name: &str, items: &[Value]) {
    let objects: Vec<_> = items.iter().filter_map(Value::as_object).take(MOST).collect();
    let mut columns: Vec<&str> = Vec::new();
    for (key, value) in objects.iter().copied().flatten() {
        if !value.is_null() && !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    let header: Vec<String> = columns.iter().map(|column| title(column)).collect();
    let row = |object: &&Map<String, Value>| -> Vec<String> {
        columns.iter().map(|key| object.get(*key).map_or_else(String::new, cell)).collect()
    };
    let rows: Vec<Vec<String>> = objects.iter().map(row).collect();
    page.line(&format!("  {}", page.bold(name)));
    if width(&header, &rows) <= page.width() {
        page.table(&header, &rows);
    } else {
        rows.iter().for_each(|row| paragraph(page, &header, row));
    }
    if items.len() > MOST {
        page.line(&format!("    … and {} more", items.len() - MOST));
    }
}

fn paragraph(page: &mut Page, header: &[String], row: &[String]) {
    let mut cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let head = cells.next().map(|(_, cell)| cell.clone()).unwrap_or_default();
    let rest: Vec<String> = cells.map(|(name, cell)| format!("{name} {cell}")).collect();
    page.hanging(4, 6, "", &format!("{head} {}", page.dim_words(&rest.join("; "))));
}

/// What a table would take: its widest cells, a space on either side.
fn width(header: &[String], rows: &[Vec<String>]) -> usize {
    let widest = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([header[column].width()]).max().unwrap_or(0)
    };
    (0..header.len()).map(|column| widest(column) + 2).sum::<usize>() + 1
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => lr_core::Text::new(text).to_string(),
        Value::Array(items) if items.iter().any(Value::is_object) => items.len().to_string(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        Value::Object(inner) => {
            let pairs = inner.iter().map(|(key, value)| (title(key), cell(value)));
            let pairs = pairs.filter(|(_, value)| !value.is_empty());
            pairs.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// A field's name as words.
fn title(name: &str) -> String {
    name.replace(['_', '-'], " ")
}
