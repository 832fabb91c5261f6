//! The checksums that tokens hold.

/// Digits of a base-62 number, as GitHub writes it.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// True if the last six characters are the CRC-32 of the characters between the prefix and them, in base 62.
pub(super) fn six_of_crc32(token: &[u8]) -> bool {
    let Some(prefix) = token.iter().position(|&byte| byte == b'_') else {
        return false;
    };
    let body = token.get(prefix + 1..).unwrap_or_default();
    let Some((body, six)) = body.len().checked_sub(6).map(|at| body.split_at(at)) else {
        return false;
    };
    six == base62(crc32fast::hash(body))
}

/// Writes a number in six base-62 digits.
fn base62(mut number: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        let at = number % 62;
        *digit = BASE62.get(at as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits
}

/// True if the last eight characters are the CRC-32 of the 32 before them, in hex.
pub(super) fn grafana(token: &[u8]) -> bool {
    let Some((body, sum)) = token.len().checked_sub(8).map(|at| token.split_at(at)) else {
        return false;
    };
    // The prefix and the line between both are of what is summed up.
    let body = body.strip_suffix(b"_").unwrap_or_default();
    // Written from its lowest byte on.
    sum == format!("{:08x}", crc32fast::hash(body).swap_bytes()).as_bytes()
}

/// Characters of Bech32 in capital letters, by their values.
const BECH32: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// True if the last six characters after the last `1` are the checksum of Bech32 (BIP 173).
pub(super) fn bech32(token: &[u8]) -> bool {
    let Some(at) = token.iter().rposition(|&byte| byte == b'1') else {
        return false;
    };
    let (prefix, data) = token.split_at(at);
    let data = data.get(1..).unwrap_or_default();
    let values = data
        .iter()
        .map(|byte| BECH32.iter().position(|of| of == byte));
    let values: Option<Vec<usize>> = values.collect();
    values.is_some_and(|values| polymod(prefix, &values) == 1)
}

/// Returns the checksum of a prefix and the values of characters.
fn polymod(prefix: &[u8], values: &[usize]) -> u32 {
    let lower = prefix.to_ascii_lowercase();
    let high = lower.iter().map(|&byte| u32::from(byte >> 5));
    let low = lower.iter().map(|&byte| u32::from(byte & 31));
    let values = values
        .iter()
        .map(|&value| u32::try_from(value).unwrap_or_default());
    let mut sum: u32 = 1;
    for value in high.chain([0]).chain(low).chain(values) {
        let top = sum >> 25;
        sum = ((sum & 0x01ff_ffff) << 5) ^ value;
        let generators = [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ];
        for (bit, generator) in generators.into_iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns a secret key of age whose values are these.
    pub(in super::super) fn of_age(values: &[usize]) -> String {
        let prefix = "AGE-SECRET-KEY-";
        let sum = polymod(prefix.as_bytes(), &[values, &[0; 6]].concat()) ^ 1;
        let sum = (0..6).map(|at| (sum >> (5 * (5 - at))) as usize & 31);
        let chars = values.iter().copied().chain(sum);
        let chars: String = chars.map(|value| char::from(BECH32[value])).collect();
        format!("{prefix}1{chars}")
    }

    /// The first vectors are those of BIP 173, the token of Grafana is that of its own tests.
    #[test]
    fn published_vectors_hold() {
        assert!(bech32(b"A12UEL5L"));
        assert!(bech32(b"ABCDEF1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LMQQQXW"));
        assert!(!bech32(b"ABCDEF1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LMQQQXQ"));
        assert!(!bech32(b"ABCDEF"));
        assert!(bech32(of_age(&[7; 52]).as_bytes()));
        let issued = ["glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G", "_fcaaf58a"].concat();
        assert!(grafana(issued.as_bytes()));
    }

    /// Returns a token of these characters with its checksum.
    pub(in super::super) fn with_crc32(prefix: &str, body: &str) -> String {
        let six = base62(crc32fast::hash(body.as_bytes()));
        format!("{prefix}{body}{}", String::from_utf8_lossy(&six))
    }

    /// Returns a token of Grafana with its checksum.
    pub(in super::super) fn of_grafana(body: &str) -> String {
        let start = format!("glsa_{body}");
        let sum = crc32fast::hash(start.as_bytes()).swap_bytes();
        format!("{start}_{sum:08x}")
    }

    #[test]
    fn checksums_hold_for_what_was_issued() {
        let token = with_crc32("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ");
        assert_eq!(token.len(), 40);
        assert!(six_of_crc32(token.as_bytes()));
        let mut other = token.into_bytes();
        other[10] ^= 1;
        assert!(!six_of_crc32(&other));
        assert!(!six_of_crc32(b"ghp_"));
        assert!(!six_of_crc32(b"none"));
        assert!(grafana(of_grafana(&"a1".repeat(16)).as_bytes()));
        assert!(!grafana(b"glsa_x_00000000"));
        assert!(!grafana(b""));
    }

    /// The sum of a token that GitHub issued and withdrew begins with a zero, which stays.
    #[test]
    fn small_sums_have_leading_zeros() {
        let issued = with_crc32("", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ");
        assert!(issued.ends_with("0mLq17"), "{issued}");
        assert_eq!(&base62(0), b"000000");
        assert_eq!(&base62(61), b"00000z");
        assert_eq!(&base62(u32::MAX), b"4gfFC3");
    }
}
