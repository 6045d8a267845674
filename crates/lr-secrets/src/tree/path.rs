use std::fmt::Write;
use std::path::Path;

/// The path as text, with `/` between parts. Bytes that are no UTF-8 are written `\xff`, so that two
/// names never become one.
pub(crate) fn show(path: &Path) -> String {
    let text = show_bytes(path.as_os_str().as_encoded_bytes());
    match std::path::MAIN_SEPARATOR {
        '/' => text,
        separator => text.replace(separator, "/"),
    }
}

/// The same for a path that has `/` between parts on any system.
pub(crate) fn show_bytes(path: &[u8]) -> String {
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing into a string does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}
