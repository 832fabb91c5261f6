//! Archives described as text, with correct digests, which a fuzzer cannot guess.
//!
//! The first line is `parts`. Members follow, each after a line `@@ NAME`. In content, `{{3}}` is replaced by the
//! SHA-256 of the third member (counted from 0), and `[[3]]` by its length, if that member comes earlier. A name
//! that ends with `/` is completed with the digest of its own content.

use lamina::image::Digest;

const MARK: &[u8] = b"parts\n";
const SEPARATOR: &[u8] = b"\n@@ ";

/// Returns the tar that a text of parts describes; `None` for any other bytes.
pub fn assembled(text: &[u8]) -> Option<Vec<u8>> {
    let mut rest = text.strip_prefix(MARK)?.strip_prefix(b"@@ ")?;
    let (mut tar, mut facts) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        let end = rest.windows(SEPARATOR.len()).position(|w| w == SEPARATOR);
        let (part, later) = match end {
            Some(end) => (&rest[..end], &rest[end + SEPARATOR.len()..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = later;
        let name_end = part.iter().position(|&byte| byte == b'\n');
        let (name, content) = part.split_at(name_end.unwrap_or(part.len()));
        let content = filled(content.strip_prefix(b"\n").unwrap_or_default(), &facts);
        let digest = Digest::sha256_of(&content).encoded().to_owned();
        let name = match name {
            [.., b'/'] => &[name, digest.as_bytes()].concat(),
            name => name,
        };
        facts.push((digest, content.len().to_string()));
        push_file(&mut tar, name, &content);
    }
    tar.resize(tar.len() + 1024, 0);
    Some(tar)
}

/// Returns the text with digests and lengths filled in.
fn filled(text: &[u8], facts: &[(String, String)]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, later)) = rest.split_first() {
        let fact = match rest {
            [b'{', b'{', n @ b'0'..=b'9', b'}', b'}', ..] => {
                facts.get(usize::from(n - b'0')).map(|(digest, _)| digest)
            }
            [b'[', b'[', n @ b'0'..=b'9', b']', b']', ..] => {
                facts.get(usize::from(n - b'0')).map(|(_, len)| len)
            }
            _ => None,
        };
        match fact {
            Some(fact) => {
                filled.extend_from_slice(fact.as_bytes());
                rest = &rest[5..];
            }
            None => {
                filled.push(byte);
                rest = later;
            }
        }
    }
    filled
}

/// Appends one file in ustar form, with its name cut to the length of the header's field.
fn push_file(tar: &mut Vec<u8>, name: &[u8], content: &[u8]) {
    let mut header = [0; 512];
    let name = &name[..name.len().min(100)];
    header[..name.len()].copy_from_slice(name);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}
