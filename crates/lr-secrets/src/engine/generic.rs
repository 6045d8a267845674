//! Secrets that only their names tell: what a password, token or key is given, if it is one.

mod about;

use std::ops::Range;

use crate::engine::assigned::is_one_of;
use crate::engine::value::{self, Value};
use crate::engine::{Hints, assigned, browser, chance, pair, unless, worth};
use about::ABOUT;

/// What kind of name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Password,
    Secret,
}

/// How far the settings of a connection are read back.
const SETTINGS: usize = 200;

/// The secret that is given to the name around `keyword`.
pub(crate) fn secret(
    bytes: &[u8],
    keyword: &Range<usize>,
    kind: Name,
    hints: Hints,
) -> Option<Range<usize>> {
    // `_key=`: the sign is no part of the name.
    let is_any_key = bytes[keyword.end - 1] == b'=';
    let keyword = &(keyword.start..keyword.end - usize::from(is_any_key));
    // What follows the name tells most of them apart, at the cost of a few bytes.
    let end = keyword.end
        + bytes[keyword.end..]
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
    let end = end + properties(&bytes[end..]);
    let next = *bytes.get(end)?;
    if !b" \t\r\n\"'`\\=:>[]?|.,()".contains(&next) && !pair::is_in_element(&bytes[end..]) {
        return None;
    }
    let name = assigned::name(bytes, keyword).start..end;
    if is_any_key && !is_key_of_a_service(&bytes[name.clone()]) {
        return None;
    }
    let value = pair::value(bytes, &name).or_else(|| match next {
        b')' | b'\n' | b'\r' | b',' => None,
        b'(' => handed(bytes, keyword, end),
        b'<' => None,
        _ => value::after(bytes, end).or_else(|| unless::value(bytes, end)),
    });
    let value = match value {
        None if hints.is_settings => directive(bytes, &name),
        value => value,
    };
    // `(pass `x` to`, in prose.
    if name.len() == 4 && bytes.get(end) == Some(&b' ') && bytes.get(end + 1) == Some(&b'`') {
        return None;
    }
    if !ends_word(bytes, keyword) {
        return None;
    }
    // The last word that is a keyword decides: `password` of `token_password`.
    if later_keyword(&bytes[keyword.end..end]) {
        return None;
    }
    let value = match bytes[..name.start].ends_with(b"${") {
        true => value::fallback(bytes, end)?,
        false => value.or_else(|| value::before(bytes, name.start))?,
    };
    if hints.is_code && !value.is_quoted && !(value.is_tight && is_setting(bytes, name.start)) {
        return None;
    }
    let value = to_end_of_word(bytes, name.start, value);
    let text = &bytes[value.at.clone()];
    // `PASS: suite/case-2.exp: step 3`, as programs report that tests passed.
    let is_loose = !value.is_quoted && !value.is_tight && !hints.is_settings;
    if is_loose && matches!(&bytes[name.clone()], b"PASS" | b"XPASS") {
        return None;
    }
    if is_about_a_place(bytes, name.start) || assigned::is_type(bytes, &name) {
        return None;
    }
    if !is_about_itself(&bytes[name.clone()], &bytes[keyword.end..end]) {
        return None;
    }
    if value.is_listed
        && !is_defined(bytes, name.start)
        && (!worth::is_random(text) && !worth::is_unspeakable(text)
            || is_in_list(bytes, &name, &value))
    {
        return None;
    }
    let is_worth = match kind {
        Name::Password => is_password(bytes, text, &value, hints.is_settings),
        Name::Secret => is_token(bytes, text, &value),
    };
    if !is_worth || echoes(&bytes[name.clone()], text) {
        return None;
    }
    let is_public = kind == Name::Secret
        && (browser::is_public_name(&bytes[name.clone()])
            || browser::is_public_value(text)
            || value.is_quoted && browser::is_for_browsers(bytes, &name, &value.at));
    (!is_public).then_some(value.at)
}

/// Whether `SOME_KEY`, of which nothing else is known, is a variable of an environment with the key of
/// a service in it, not one that finds something in a table.
fn is_key_of_a_service(name: &[u8]) -> bool {
    const OTHERS: &[&str] = &[
        "cache",
        "foreign",
        "group",
        "hash",
        "host",
        "id",
        "idempotency",
        "index",
        "partition",
        "path",
        "pk",
        "primary",
        "restore",
        "routing",
        "site",
        "sort",
        "ssh",
        "write",
    ];
    !name.iter().any(u8::is_ascii_lowercase) && !words(name).any(|word| is_one_of(word, OTHERS))
}

/// How long the rest of a name is that goes on with dots, as in files of properties: `aws.secret` and
/// `.access.key`.
fn properties(rest: &[u8]) -> usize {
    [&b".access.key"[..], b".key.base", b".key", b".value"]
        .iter()
        .find(|word| rest.get(..word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word)))
        .filter(|word| rest.get(word.len()).is_some_and(|byte| matches!(byte, b' ' | b'=' | b':')))
        .map_or(0, |word| word.len())
}

/// What a line of settings says that is nothing but a name and a value: `remote_password value`.
fn directive(bytes: &[u8], name: &Range<usize>) -> Option<Value> {
    let before = bytes[..name.start].iter().rev();
    let indent = before.take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if !matches!((name.start - indent).checked_sub(1).map(|at| bytes[at]), None | Some(b'\n')) {
        return None;
    }
    let blanks = bytes[name.end..].iter().take(32);
    let at = name.end + blanks.take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let length = bytes[at..].iter().take(128).take_while(|byte| byte.is_ascii_graphic()).count();
    let ends = matches!(bytes.get(at + length), None | Some(b'\n' | b'\r'));
    (at > name.end && length > 0 && ends).then(|| Value {
        at: at..at + length,
        is_quoted: false,
        is_tight: false,
        is_listed: false,
    })
}

/// An ampersand ends a value in the query of an address, not on a line of its own: `DB_PASS=a&b`.
fn to_end_of_word(bytes: &[u8], name: usize, value: Value) -> Value {
    if value.is_quoted || bytes.get(value.at.end) != Some(&b'&') {
        return value;
    }
    let before = &bytes[name.saturating_sub(64)..name];
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    if !line.iter().all(|byte| byte.is_ascii_alphanumeric() || b" \t_-".contains(byte)) {
        return value;
    }
    let rest = bytes[value.at.end..].iter().take(64);
    let is_part =
        |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b';');
    let more = rest.take_while(is_part).count();
    Value { at: value.at.start..value.at.end + more, ..value }
}

/// What a builder or a setter is handed: `.password("value")`, `setPassword("value")`.
fn handed(bytes: &[u8], keyword: &Range<usize>, end: usize) -> Option<Value> {
    let name = &bytes[assigned::name(bytes, keyword).start..end];
    let own = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let first = words(own).next().unwrap_or_default();
    let is_setter = is_one_of(first, &["set", "with"])
        || own.len() < name.len() && own.len() == end - keyword.start;
    let value = value::read(bytes, end + 1).filter(|value| is_setter && value.is_quoted)?;
    (bytes.get(value.at.end + 1) == Some(&b')')).then_some(value)
}

/// Whether the name at `start` is one of the settings in a string: `"Server=db;Password=`.
fn is_setting(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(SETTINGS)..start];
    let Some(open) = before.iter().rposition(|byte| matches!(byte, b'"' | b'\'' | b'`')) else {
        return false;
    };
    let before = before[open + 1..].trim_ascii_end();
    before.first().is_some_and(u8::is_ascii_alphabetic)
        && before.contains(&b'=')
        && before.ends_with(b";")
        && before.split(|byte| *byte == b';').all(|one| one.is_empty() || one.contains(&b'='))
}

/// Whether the name at `start` is what a call defines: `define('NAME', 'value')`.
fn is_defined(bytes: &[u8], start: usize) -> bool {
    const CALLS: &[&str] =
        &["define", "put", "setdefault", "setenv", "setenvironmentvariable", "setproperty"];
    let before = &bytes[start.saturating_sub(64)..start];
    let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\"")).unwrap_or(before);
    let Some(before) = before.trim_ascii_end().strip_suffix(b"(") else { return false };
    let before = before.trim_ascii_end();
    let length = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let call = &before[before.len() - length..];
    is_one_of(call, CALLS)
}

/// Whether name and value are two strings among others: `["a", "token", "b", "c"]`, not
/// `set("section", "token", "b")`, `set("token", "b", "EX")` or `["--token", "b", "--all"]`.
fn is_in_list(bytes: &[u8], name: &Range<usize>, value: &Value) -> bool {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    let is_sign = |byte: &&u8| !byte.is_ascii_whitespace();
    let before = bytes[..name.start].iter().rev().take(16).filter(is_sign);
    let after = bytes[value.at.end..].iter().take(16).filter(is_sign);
    let mut before = before.skip_while(|byte| is_quote(byte));
    let mut after = after.skip_while(|byte| is_quote(byte));
    let is_second = match before.next() {
        Some(b',') => before.next().is_some_and(is_quote),
        sign => sign == Some(&b'['),
    };
    is_second
        && bytes[name.start] != b'-'
        && after.next() == Some(&b',')
        && after.next().is_some_and(is_quote)
}

/// Whether the name is a part of an address that names where a secret is kept, as
/// `arn:aws:secretsmanager:eu-west-1:111122223333:secret:name`, or that of a picture with what was
/// measured: those are made to be shown.
fn is_about_a_place(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(100)..start];
    let is_part = |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`');
    let length = before.iter().rev().take_while(is_part).count();
    let before = &before[before.len() - length..];
    before.ends_with(b"badge.svg?") || before.ends_with(b":") && chance::contains(before, b"arn:")
}

/// Whether the value spells its own name: `setAttr_Token_B0Prime "setAttr-Token-B0Prime"`.
fn echoes(name: &[u8], text: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
        letters.map(u8::to_ascii_lowercase).collect()
    };
    let (name, text) = (letters(name), letters(text));
    text.len() >= 8 && memchr::memmem::find(&name, &text).is_some()
}

/// Whether the word goes on after the keyword in no other way than names of secrets do:
/// `secretKey` and `PASSWORD`, not `tokenized` or `compassion`.
fn ends_word(bytes: &[u8], keyword: &Range<usize>) -> bool {
    let is_upper = bytes[keyword.end - 1].is_ascii_uppercase();
    let same = |byte: &&u8| byte.is_ascii_alphabetic() && byte.is_ascii_uppercase() == is_upper;
    let length = bytes[keyword.end..].iter().take(16).take_while(same).count();
    let rest = &bytes[keyword.end..keyword.end + length];
    let goes_on = [
        "",
        "word",
        "wd",
        "phrase",
        "code",
        "key",
        "token",
        "access",
        "accesskey",
        "value",
        "wort",
        "w",
        "data",
        "base",
    ];
    is_one_of(rest, &goes_on)
        && (rest.len() > 1
            || !bytes[keyword.clone()].eq_ignore_ascii_case(b"pass")
            || is_own_word(bytes, keyword.start))
}

/// Whether a word begins at `at`: `pass` in `db_pass` and `dbPass`, not in `bypass`.
fn is_own_word(bytes: &[u8], at: usize) -> bool {
    match (at.checked_sub(1).map(|before| bytes[before]), bytes[at]) {
        (None, _) => true,
        (Some(before), first) => {
            !before.is_ascii_alphabetic()
                || before.is_ascii_lowercase() && first.is_ascii_uppercase()
        }
    }
}

/// Whether a keyword of its own follows, which is looked at when its turn comes.
fn later_keyword(after: &[u8]) -> bool {
    assigned::holds(after, &["pass", "secret", "token", "apikey", "api_key", "api-key"])
}

/// Whether the name says that its value is the secret, not something about a secret.
fn is_about_itself(name: &[u8], after: &[u8]) -> bool {
    let last = words(after).last().unwrap_or_default();
    let last = if last.is_empty() { after } else { last };
    let starts = |word: &str| {
        name.len() >= word.len() && name[..word.len()].eq_ignore_ascii_case(word.as_bytes())
    };
    let mut words = words(name);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_page = is_one_of(first, &["page"])
        || starts("continuation")
        || is_one_of(first, &["next"])
            && is_one_of(second, &["token", "page", "cursor", "sync", "batch"]);
    // What browsers are given to send back; the secret that signs it is none of theirs.
    let is_sent_back = (assigned::holds(name, &["csrf", "xsrf"]) || starts("authenticity"))
        && !assigned::holds(name, &["secret"]);
    let first_is_public = is_one_of(first, &["public", "has", "hashed"])
        || starts("publickey")
        || starts("is_")
        || starts("get_")
        || starts("__RequestVerif")
        || is_page
        || is_sent_back;
    // `nonMatchingToken`, `expired_token`: values that tests make up.
    let is_made_up = is_one_of(
        first,
        &[
            "non",
            "no",
            "invalid",
            "fake",
            "dummy",
            "wrong",
            "bad",
            "mock",
            "mocked",
            "expired",
            "expected",
            "example",
            "sample",
            "placeholder",
        ],
    );
    !is_one_of(last, ABOUT) && !first_is_public && !is_made_up
}

/// The words of a name, by capitals and signs.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphanumeric())
        .flat_map(|part| part.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase())))
}

fn is_password(bytes: &[u8], text: &[u8], value: &Value, is_settings: bool) -> bool {
    if !(5..=128).contains(&text.len()) || worth::is_no_value(bytes, value) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| text.iter().any(test);
    let (digit, letter) = (has(u8::is_ascii_digit), has(u8::is_ascii_alphabetic));
    let sign = value.is_quoted && has(|byte| b"!$%^&*?+~".contains(byte));
    let space = has(|byte| *byte == b' ');
    if space || !(letter || digit && value.is_quoted && text.len() >= 6) {
        return false;
    }
    let mixed = (digit || sign) && chance::entropy(text) >= 2.0;
    mixed && !worth::is_identifier(text, value.is_quoted || is_settings)
        || value.is_quoted && text.len() >= 12 && worth::is_random(text)
        || text.iter().all(u8::is_ascii_alphabetic) && worth::is_unspeakable(text)
}

fn is_token(bytes: &[u8], text: &[u8], value: &Value) -> bool {
    let fits = |byte: &u8| byte.is_ascii_graphic();
    (10..=500).contains(&text.len())
        && text.iter().all(fits)
        && !text.contains(&b':')
        && !worth::is_no_value(bytes, value)
        && !worth::is_spelled(text)
        && (worth::is_random(text)
            || worth::is_mixed(text, value.is_quoted)
            || value.is_quoted && is_short_or_letters(text) && worth::is_unspeakable(text))
}

/// What is long and has digits is told by those.
fn is_short_or_letters(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_alphabetic)
        || text.len() <= 16 && text.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        let at = text.find("token").unwrap();
        secret(text.as_bytes(), &(at..at + 5), Name::Secret, Hints::default()).is_some()
    }

    #[test]
    fn strings_of_a_list_are_not_given_to_each_other() {
        let key = "Zk3rQ9wX7vLp2MtB";
        for text in ["[`a`, `token`, `KEY`, `b`]", "[`token`,`KEY`,`b`]"] {
            assert!(!found(&text.replace("KEY", key).replace('`', "\"")), "{text}");
        }
        for text in [
            "set(`section`, `token`, `KEY`)",
            "set(`token`, `KEY`, `EX`, 60)",
            "[`run`, `--token`, `KEY`, `--all`]",
            "[[`x-token`, `KEY`], [`b`, `c`]]",
        ] {
            assert!(found(&text.replace("KEY", key).replace('`', "\"")), "{text}");
        }
    }

    #[test]
    fn what_a_call_defines_is_given() {
        let found = |text: &str| {
            let text = text.replace("VALUE", "kelpie;tango^4!");
            let at = text.find("PASS").unwrap();
            secret(text.as_bytes(), &(at..at + 4), Name::Password, Hints::default()).is_some()
        };
        assert!(
            found("define('DB_PASSWORD', 'VALUE');") && found("define( \"DB_PASS\", \"VALUE\" )")
        );
        assert!(found("os.Setenv(\"DB_PASSWORD\", \"VALUE\")"));
        assert!(!found("translate('DB_PASSWORD', 'VALUE')"));
        assert!(!found("['DB_PASSWORD', 'VALUE']") && !found("define('DB_PASSWORD', $pass)"));
    }

    #[test]
    fn an_ampersand_ends_parameters_only() {
        let at = |text: &str| {
            let name = text.find("token").unwrap();
            let at = secret(text.as_bytes(), &(name..name + 5), Name::Secret, Hints::default());
            at.map(|at| text[at].to_owned())
        };
        assert_eq!(at("API_token=Zk3rQ9w&7vLp2MtB\n").as_deref(), Some("Zk3rQ9w&7vLp2MtB"));
        assert_eq!(at("  token: Zk3rQ9w&7vLp2MtB").as_deref(), Some("Zk3rQ9w&7vLp2MtB"));
        assert_eq!(at("/a?token=Zk3rQ9wX7vLp2&b=c").as_deref(), Some("Zk3rQ9wX7vLp2"));
    }

    #[test]
    fn a_type_is_given_no_secret() {
        let key = "Zk3rQ9wX7vLp2MtB";
        let found = |text: &str| found(&text.replace("KEY", key).replace('`', "\""));
        assert!(!found("`AWS::Shop::token`: `KEY`"));
        assert!(found("Shop::token = `KEY`"));
    }

    #[test]
    fn tests_that_passed_are_no_passwords() {
        let pass = |text: &str, hints| {
            let at = text.find("PASS").unwrap();
            secret(text.as_bytes(), &(at..at + 4), Name::Password, hints).is_some()
        };
        let settings = Hints { is_settings: true, ..Hints::default() };
        assert!(!pass("PASS: gdb.cp/gdb1355.exp: ptype s1\n", Hints::default()));
        assert!(pass("PASS: gdb1355exp4\n", settings));
        assert!(pass("PASS=gdb1355exp4\n", Hints::default()));
        assert!(pass("DB_PASS: gdb1355exp4\n", Hints::default()));
    }

    #[test]
    fn a_line_of_settings_may_have_no_sign() {
        let settings = Hints { is_settings: true, ..Hints::default() };
        let found = |text: &str, hints| {
            let at = text.find("token").unwrap();
            secret(text.as_bytes(), &(at..at + 5), Name::Secret, hints).is_some()
        };
        for text in ["token Zk3rQ9wX7vLp2MtB", "a b\n  token\tZk3rQ9wX7vLp2MtB\r\n"] {
            assert!(found(text, settings), "{text}");
            assert!(!found(text, Hints::default()), "{text}");
        }
        for text in ["my token Zk3rQ9wX7vLp2MtB", "token Zk3rQ9wX7vLp2MtB is", "token ", "token"] {
            assert!(!found(text, settings), "{text}");
        }
    }

    #[test]
    fn variables_of_an_environment_may_be_keys_of_anything() {
        let found = |text: &str| {
            let at = text.to_ascii_lowercase().find("_key=").unwrap();
            secret(text.as_bytes(), &(at..at + 5), Name::Secret, Hints::default()).is_some()
        };
        let key = "9d3c1f7a5b8e2046c9a1d3f7b5e80246";
        assert!(found(&format!("WEATHER_KEY={key}")) && found(&format!("X_KEY=\"{key}\"\n")));
        for text in ["CACHE_KEY", "weather_key", "SITE_KEY", "DEPS_CACHE_KEY", "SHOP_PUBLIC_KEY"] {
            assert!(!found(&format!("{text}={key}")), "{text}");
        }
        assert!(!found("WEATHER_KEY=current-conditions") && !found("WEATHER_KEY=$KEY"));
    }

    #[test]
    fn short_secrets_are_told_from_words_by_their_letters() {
        let given = |value: &str| found(&format!("token = {value}"));
        assert!(given("\"Zkq9XvWpQr\"") && !given("Zkq9XvWpQr"));
        assert!(!given("\"northwind1\""));
    }

    #[test]
    fn a_password_of_a_connection_may_look_like_a_constant() {
        let found = |password: &str| {
            let text =
                format!("\"Server=db.shop.test;User ID=a;Password={password};Encrypt=True\"");
            let at = text.find("Pass").unwrap();
            let hints = Hints { is_code: true, ..Hints::default() };
            secret(text.as_bytes(), &(at..at + 4), Name::Password, hints).is_some()
        };
        assert!(found("QRX_KV4711") && found("QRX4711kv"));
        assert!(!found("DB_SA_VALUE") && !found("DB_VALUE_2"));
    }

    #[test]
    fn keys_that_an_emulator_prints_are_no_secrets() {
        let printed = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
        assert!(!found(&format!("token = \"{printed}\"")));
        assert!(!found(&format!("token = \"0x{printed}\"")));
        assert!(found(&format!("token = \"0xb{printed}\"")));
    }

    #[test]
    fn names_go_on_with_dots() {
        assert!(found("shop.token.key=Zk3rQ9wX7vLp2MtB"));
        assert!(found("shop.token.access.key = Zk3rQ9wX7vLp2MtB"));
        assert!(!found("shop.token.keys=Zk3rQ9wX7vLp2MtB"));
    }

    #[test]
    fn a_name_is_told_by_whole_words() {
        for text in [
            "next_token",
            "next_page_token",
            "page_token",
            "has_token",
            "hashed_token",
            "public_token",
            "publickeytoken",
            "csrf_token",
            "x-xsrf-token",
            "continuation_token",
        ] {
            assert!(!found(&format!("{text}=\"Zk3rQ9wX7vLp2MtB\"")), "{text}");
        }
        for text in [
            "NEXTAUTH_token",
            "NEXT_PUBLIC_API_token",
            "NEXT_PRIVATE_token",
            "nextcloud_token",
            "hasura_token",
            "hashicorp_token",
            "pagerduty_token",
            "csrf_secret_token",
        ] {
            assert!(found(&format!("{text}=\"Zk3rQ9wX7vLp2MtB\"")), "{text}");
        }
    }

    #[test]
    fn addresses_of_secrets_hold_none() {
        assert!(!found("arn:aws:secretsmanager:eu-west-1:1111:token:MyToken-f3gDy9Zk"));
        assert!(!found("https://shop.test/graph/badge.svg?token=RXP95LE2XLZ4"));
        assert!(found("https://shop.test/graph?token=RXP95LE2XLZ4"));
    }
}
