//! The configuration of gitleaks (version 8), as its README documents it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::own::allow::{Allow, Target};
use crate::own::{OwnRules, Rule};

/// Rules that are read.
const RULES: usize = 5000;

/// Why rules of one's own cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnRulesError {
    /// The text is no TOML.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
}

/// A part of a configuration that is not supported and was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsupported {
    /// Its line, counted from 1.
    pub line: usize,
    /// What it is, and why it is left out.
    pub what: String,
}

/// Reads a configuration.
pub(super) fn read(text: &str) -> Result<OwnRules, OwnRulesError> {
    let table = DeTable::parse(text).map_err(|error| OwnRulesError::Syntax {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut reader = Reader { text, unsupported: Vec::new() };
    let (mut rules, mut allow) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        match &**key.get_ref() {
            "title" | "description" | "minVersion" => {}
            "extend" => reader.extend(value),
            "rules" => {
                let tables = reader.tables(key, value);
                rules.extend(tables.into_iter().take(RULES).filter_map(|it| reader.rule(it)));
            }
            "allowlist" | "allowlists" => {
                let tables = reader.tables(key, value);
                let read = |it| reader.allow(it, ".gitleaks.toml");
                allow.extend(tables.into_iter().filter_map(read));
            }
            other => reader.leave(key, format!("`{other}` is not known")),
        }
    }
    reader.unsupported.sort_by_key(|it| it.line);
    Ok(OwnRules::new(rules, allow, reader.unsupported))
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

type Table<'t, 'i> = (&'t Spanned<DeValue<'i>>, &'t DeTable<'i>);

struct Reader<'a> {
    text: &'a str,
    unsupported: Vec<Unsupported>,
}

impl Reader<'_> {
    fn leave<T>(&mut self, at: &Spanned<T>, what: String) {
        let line = line_of(self.text, at.span().start);
        self.unsupported.push(Unsupported { line, what });
    }

    fn extend(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.leave(value, "`extend` is no table".into());
        };
        for (key, value) in table {
            match &**key.get_ref() {
                "useDefault" => {}
                other => self.leave(value, format!("`extend.{other}` is not followed")),
            }
        }
    }

    /// A table, or several of them.
    fn tables<'t, 'i, K: AsRef<str>>(
        &mut self,
        key: &Spanned<K>,
        value: &'t Spanned<DeValue<'i>>,
    ) -> Vec<Table<'t, 'i>> {
        let all: Vec<_> = match value.get_ref() {
            DeValue::Table(table) => return vec![(value, table)],
            DeValue::Array(array) => array.iter().collect(),
            _ => vec![value],
        };
        let mut tables = Vec::new();
        for value in all {
            match value.get_ref().as_table() {
                Some(table) => tables.push((value, table)),
                None => self.leave(value, format!("`{}` is no table", key.get_ref().as_ref())),
            }
        }
        tables
    }

    /// A rule, if it can be followed.
    fn rule(&mut self, (at, table): Table<'_, '_>) -> Option<Rule> {
        let id = self.string(table, "id").unwrap_or_default();
        let mut rule = Rule {
            regex: regex::bytes::Regex::new("").ok()?,
            description: String::new(),
            group: None,
            entropy: 0.0,
            path: None,
            keywords: Vec::new(),
            allow: Vec::new(),
            id,
        };
        let (mut regex, mut is_whole) = (None, true);
        for (key, value) in table {
            let id = &rule.id;
            match &**key.get_ref() {
                "id" | "tags" => {}
                "description" => rule.description = self.text_of(value)?,
                "regex" => regex = self.bytes_regex(value),
                "path" => match self.regex(value) {
                    Some(path) => rule.path = Some(path),
                    None => is_whole = false,
                },
                "secretGroup" => match number(value) {
                    Some(group) if group >= 0.0 => rule.group = Some(group as usize),
                    _ => self.leave(value, format!("rule `{id}`: `secretGroup` is no group")),
                },
                "entropy" => match number(value) {
                    Some(bits) => rule.entropy = bits,
                    None => self.leave(value, format!("rule `{id}`: `entropy` is no number")),
                },
                "keywords" => {
                    rule.keywords =
                        self.strings(value).into_iter().map(|it| it.to_lowercase()).collect();
                }
                "allowlist" | "allowlists" => {
                    let reason = format!("rule {id}");
                    for table in self.tables(key, value) {
                        rule.allow.extend(self.allow(table, &reason));
                    }
                }
                other => {
                    let what = format!("rule `{id}`: `{other}` is not supported");
                    // Without it, the rule would find more than it should.
                    is_whole = false;
                    self.leave(value, what);
                }
            }
        }
        // Zero is gitleaks' way to leave it open.
        rule.group = rule.group.filter(|group| *group > 0);
        let Some(regex) = regex else {
            if !table.iter().any(|(key, _)| *key.get_ref() == "regex") {
                let what = format!("rule `{}` has no `regex`", rule.id);
                self.leave(at, what);
            }
            return None;
        };
        if rule.id.is_empty() || rule.group.is_some_and(|group| group >= regex.captures_len()) {
            let what = match rule.id.is_empty() {
                true => "a rule has no `id`".into(),
                false => format!("rule `{}` has no such group", rule.id),
            };
            self.leave(at, what);
            return None;
        }
        rule.regex = regex;
        is_whole.then_some(rule)
    }

    fn allow(&mut self, (at, table): Table<'_, '_>, reason: &str) -> Option<Allow> {
        let mut allow = Allow {
            reason: format!("allowed by {reason}"),
            rules: Vec::new(),
            regexes: Vec::new(),
            target: Target::Secret,
            stopwords: Vec::new(),
            paths: Vec::new(),
            commits: Vec::new(),
            all: false,
        };
        for (key, value) in table {
            match &**key.get_ref() {
                "description" => {
                    allow.reason = format!("{}: {}", allow.reason, self.text_of(value)?);
                }
                "targetRules" => allow.rules = self.strings(value),
                "regexes" => {
                    let all = self.list(value);
                    allow.regexes = all.into_iter().filter_map(|it| self.bytes_regex(it)).collect();
                }
                "paths" => {
                    let all = self.list(value);
                    allow.paths = all.into_iter().filter_map(|it| self.regex(it)).collect();
                }
                "stopwords" => {
                    allow.stopwords =
                        self.strings(value).into_iter().map(|it| it.to_lowercase()).collect();
                }
                "commits" => allow.commits = self.strings(value),
                "regexTarget" => match value.get_ref().as_str() {
                    Some("secret" | "") => allow.target = Target::Secret,
                    Some("match") => allow.target = Target::Match,
                    Some("line") => allow.target = Target::Line,
                    _ => self.leave(value, "this `regexTarget` is not known".into()),
                },
                "condition" => match value.get_ref().as_str().map(str::to_uppercase).as_deref() {
                    Some("AND" | "&&") => allow.all = true,
                    Some("OR" | "||" | "") => allow.all = false,
                    _ => self.leave(value, "this `condition` is not known".into()),
                },
                other => self.leave(value, format!("`{other}` of an allowlist is not supported")),
            }
        }
        if allow.is_mixed() {
            let what = "an allowlist that asks for contents and place at once is not supported";
            self.leave(at, what.into());
            return None;
        }
        Some(allow)
    }

    fn string(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let (_, value) = table.iter().find(|(there, _)| *there.get_ref() == key)?;
        self.text_of(value)
    }

    fn text_of(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.leave(value, "a text is expected here".into());
        }
        text
    }

    fn list<'t, 'i>(&mut self, value: &'t Spanned<DeValue<'i>>) -> Vec<&'t Spanned<DeValue<'i>>> {
        match value.get_ref().as_array() {
            Some(array) => array.iter().collect(),
            None => {
                self.leave(value, "a list is expected here".into());
                Vec::new()
            }
        }
    }

    fn strings(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let all = self.list(value);
        all.into_iter().filter_map(|it| self.text_of(it)).collect()
    }

    /// For contents, which need not be UTF-8.
    fn bytes_regex(&mut self, value: &Spanned<DeValue<'_>>) -> Option<regex::bytes::Regex> {
        let text = self.text_of(value)?;
        let regex = regex::bytes::RegexBuilder::new(&text).unicode(false).build();
        // What matches characters beyond ASCII needs Unicode after all.
        let regex = regex.or_else(|_| regex::bytes::Regex::new(&text));
        regex.map_err(|error| self.leave(value, said(&error))).ok()
    }

    /// For paths.
    fn regex(&mut self, value: &Spanned<DeValue<'_>>) -> Option<regex::Regex> {
        let text = self.text_of(value)?;
        regex::Regex::new(&text).map_err(|error| self.leave(value, said(&error))).ok()
    }
}

/// The last line says what is wrong, those before show where.
fn said(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("a regular expression is not supported: {}", last.trim_start_matches("error: "))
}

fn number(value: &Spanned<DeValue<'_>>) -> Option<f64> {
    match value.get_ref() {
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}
