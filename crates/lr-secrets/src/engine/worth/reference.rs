//! Values that are filled in later or kept elsewhere: templates, paths, addresses, names of stores.

use crate::engine::chance;
use crate::engine::worth::is_random;

/// `${NAME}`, `{{ name }}`, `<name>`, `%(name)s`, `$NAME`, `#{name}`, `@name@`, `%s`, `[name]`, `{0}`, `‹name›`.
pub(crate) fn is_template(text: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (text.first(), text.last()) else { return true };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.: |$/?".contains(byte);
    let inner = |from: usize| text.get(from..text.len() - 1).unwrap_or_default();
    let encloses = match (first, last) {
        (b'<', b'>')
        | (b'[', b']')
        | (b'{', b'}')
        | (b'%', b'%')
        | (b'@', b'@')
        | (b'\'', b'\'')
        | (b'(', b')') => inner(1).iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '),
        (b'_', b'_') if text.starts_with(b"__") => true,
        _ => false,
    };
    if encloses
        || text.starts_with(b"%s")
        || text.starts_with(b"&lt;")
        || text.starts_with(b"...")
        || text.starts_with(b"***")
        || ["‹", "«", "…"].iter().any(|mark| chance::contains(text, mark.as_bytes()))
    {
        return true;
    }
    if first == b'$'
        && text[1..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_{}().:-'\"[]>$".contains(byte))
        && !text.starts_with(b"$2")
    {
        return true;
    }
    let opens = [
        (&b"${"[..], b'}'),
        (b"{{", b'}'),
        (b"#{", b'}'),
        (b"$(", b')'),
        (b"<%", b'>'),
        (b"%(", b')'),
        (b"{", b'}'),
        (b"<", b'>'),
    ];
    opens.iter().any(|(open, close)| {
        memchr::memmem::find(text, open).is_some_and(|at| {
            let rest = &text[at + open.len()..];
            let end = rest.iter().position(|byte| byte == close);
            end.is_some_and(|end| {
                let is_closed = *open != b"{{" || rest[end..].starts_with(b"}}");
                is_closed && end > usize::from(open.len() == 1) && rest[..end].iter().all(is_name)
            }) || *open == b"${" && rest.iter().all(is_name)
                || *open == b"$(" && rest.iter().all(|byte| byte.is_ascii_graphic())
                || *open == b"{{" && rest.first().is_some_and(|byte| *byte == b' ' || *byte == b'.')
                || *open == b"<%"
        })
    })
}

/// Paths, addresses, and names of where the secret is kept.
pub(super) fn is_reference(text: &[u8]) -> bool {
    let starts = |prefix: &[u8]| {
        text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix)
    };
    // `$HOME/versions`
    let variable = text.strip_prefix(b"$").unwrap_or_default();
    let name = variable.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let name = name.count();
    let is_path = starts(b"./")
        || name > 0 && variable.get(name) == Some(&b'/')
        || starts(b"../")
        || starts(b"~/")
        || starts(b"#/")
        || starts(b"/")
            && text.iter().filter(|byte| **byte == b'/').count() >= 2
            && !text.split(|byte| *byte == b'/').any(|part| part.len() >= 12 && is_random(part));
    let is_address = memchr::memmem::find(&text[..text.len().min(24)], b"://").is_some();
    let is_kept = [
        &b"arn:"[..],
        b"vault:",
        b"env.",
        b"env:",
        b"process.env",
        b"os.environ",
        b"os.getenv",
        b"getenv",
        b"secrets.",
        b"var.",
        b"data.",
        b"local.",
        b"module.",
        b"ref:",
        b"ssm:",
        b"op://",
        b"file:",
        b"keyring:",
        b"config.",
        b"self.",
        b"this.",
        b"ENC[",
        b"ENC(",
        b"NACL[",
        b"AQICAH",
        b"sops",
        b"data:",
        b"urn:",
        b"sha1-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"projects/",
        b"application/",
        b"{cipher}",
        b"ctrl+",
        b"refs/",
        b"com.",
        b"org.",
        b"npm:",
        b"workspace:",
    ]
    .iter()
    .any(|prefix| starts(prefix));
    let ends = [
        &b".pem"[..],
        b".key",
        b".crt",
        b".json",
        b".yml",
        b".yaml",
        b".txt",
        b".js",
        b".ts",
        b".html",
        b".php",
        b".py",
        b".md",
        b".png",
        b".svg",
        b".css",
    ]
    .iter()
    .any(|suffix| {
        text.len() > suffix.len() && text[text.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    });
    // `src/*.rs`
    let is_glob = [&b"/*"[..], b"*/", b"*."].iter().any(|glob| chance::contains(text, glob));
    is_path || is_address || is_kept || ends || is_glob && text.contains(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_references_are_no_values() {
        for text in [
            "${DB_PASSWORD}",
            "{{ .Values.password }}",
            "<your token>",
            "%(password)s",
            "$PASSWORD",
            "#{pw}",
            "%s",
            "a-${x}-b",
            "‹w9›-x",
        ] {
            assert!(is_template(text.as_bytes()), "{text}");
        }
        for text in ["super$ecret", "pa}ss{9", "Tr0ub4dor&3"] {
            assert!(!is_template(text.as_bytes()), "{text}");
        }
        for text in [
            "process.env.KEY",
            "./key.pem",
            "https://shop.io/token",
            "arn:aws:x",
            "/etc/app/key",
            "$ROOT/versions/",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
        for text in ["$6$salt$Zk3/x", "$argon2id$v=19/x", "Zk3$x/9", "$/x"] {
            assert!(!is_reference(text.as_bytes()), "{text}");
        }
    }
}
