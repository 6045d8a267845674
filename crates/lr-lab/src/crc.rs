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

/// Length of a run that [`run_of_a`] takes in one step.
pub(crate) const RUN: u64 = 258;

/// [`RUN`] times the letter `a` more. A checksum is a linear function of its beginning, so a whole
/// run costs four look-ups.
pub(crate) fn run_of_a(crc: u32) -> u32 {
    let [a, b, c, d] = crc.to_le_bytes().map(usize::from);
    let [low, second, third, high] = &RUN_TABLE;
    low[a] ^ second[b] ^ third[c] ^ high[d] ^ RUN_FROM_ZERO
}

const RUN_FROM_ZERO: u32 = advance(0, b'a');

/// What each byte of a checksum becomes over a run of zeros.
static RUN_TABLE: [[u32; 256]; 4] = {
    let mut tables = [[0; 256]; 4];
    let mut bit = 0;
    while bit < 32 {
        let image = advance(1 << bit, 0);
        let mut byte = 0;
        while byte < 256 {
            if byte >> (bit % 8) & 1 == 1 {
                tables[bit / 8][byte] ^= image;
            }
            byte += 1;
        }
        bit += 1;
    }
    tables
};

const fn advance(mut crc: u32, byte: u8) -> u32 {
    let mut count = 0;
    while count < RUN {
        crc = TABLE[((crc ^ byte as u32) & 0xff) as usize] ^ (crc >> 8);
        count += 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_check_value_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_run_is_as_good_as_its_bytes() {
        for crc in [0, !0, 0x1234_5678] {
            assert_eq!(run_of_a(crc), (0..RUN).fold(crc, |crc, _| step(crc, b'a')));
        }
    }
}
