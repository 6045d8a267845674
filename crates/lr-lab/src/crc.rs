//! CRC-32 (ISO-HDLC), which gzip bodies end with and some token formats contain.

/// The checksum of some bytes.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| step(crc, *byte))
}

/// One byte more; a checksum begins with, and is, the complement.
pub(crate) fn step(crc: u32, byte: u8) -> u32 {
    TABLE[((crc ^ u32::from(byte)) & 0xff) as usize] ^ (crc >> 8)
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_check_value_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
