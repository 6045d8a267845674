use crate::engine::base64;
use crate::format::Structure;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether `token`, whose first `prefix` bytes are its keyword, proves itself; `None` where its
/// format has nothing to prove.
pub(crate) fn holds(structure: Structure, token: &[u8], prefix: usize) -> Option<bool> {
    let body = token.get(prefix..).unwrap_or_default();
    match structure {
        Structure::Unknown | Structure::Query => None,
        Structure::Crc62 => {
            // Only the form with 36 characters is documented to end in a checksum.
            let (body, sum) = body.split_last_chunk::<6>().filter(|(body, _)| body.len() == 30)?;
            Some(base62(crc32fast::hash(body)) == *sum)
        }
        Structure::Crc16Body => {
            let (body, sum) = body.split_last_chunk::<8>()?;
            Some(is_hex(crc32fast::hash(body), sum))
        }
        Structure::Crc16All => {
            let (all, sum) = token.split_last_chunk::<8>()?;
            Some(is_hex(crc32fast::hash(all), sum))
        }
        Structure::Json => {
            let json = payload(token)?;
            Some(serde_json::from_slice::<serde_json::Value>(&json).is_ok_and(|it| it.is_object()))
        }
    }
}

/// The object that the token carries.
pub(crate) fn payload(token: &[u8]) -> Option<Vec<u8>> {
    let start = memchr::memmem::find(token, b"eyJ")?;
    base64::decode(token[start..].split(|byte| *byte == b'_').next()?)
}

/// The number in base 62, six digits.
pub(crate) fn base62(mut number: u32) -> [u8; 6] {
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    digits
}

fn is_hex(number: u32, digits: &[u8; 8]) -> bool {
    format!("{number:08x}").as_bytes().eq_ignore_ascii_case(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base62_counts_digits_then_capitals_then_small_letters() {
        assert_eq!(&base62(0), b"000000");
        assert_eq!(&base62(61), b"00000z");
        assert_eq!(&base62(62), b"000010");
        assert_eq!(&base62(u32::MAX), b"4gfFC3");
    }

    #[test]
    fn a_checksum_is_right_or_wrong_or_not_there() {
        let body = [b'a'; 30];
        let mut token = [b"ghp_", &body[..], &base62(crc32fast::hash(&body))].concat();
        assert_eq!(holds(Structure::Crc62, &token, 4), Some(true));
        token[10] = b'b';
        assert_eq!(holds(Structure::Crc62, &token, 4), Some(false));
        assert_eq!(holds(Structure::Crc62, &token[..30], 4), None);
        assert_eq!(holds(Structure::Unknown, &token, 4), None);
        assert_eq!(holds(Structure::Crc16Body, b"x", 4), None);
    }

    #[test]
    fn hexadecimal_checksums_cover_body_or_all() {
        let sum = |bytes: &[u8]| format!("{:08X}", crc32fast::hash(bytes));
        let token = format!("pre_body{}", sum(b"body"));
        assert_eq!(holds(Structure::Crc16Body, token.as_bytes(), 4), Some(true));
        assert_eq!(holds(Structure::Crc16All, token.as_bytes(), 4), Some(false));
        let token = format!("pre_body{}", sum(b"pre_body"));
        assert_eq!(holds(Structure::Crc16All, token.as_bytes(), 4), Some(true));
    }
}
