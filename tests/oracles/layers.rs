//! Random layers: every dialect and extended header, odd numbers, sparse maps, global headers, and changed bytes.

use lamina::bounds::LayerLimits;
use lamina::image::{ImagePath, bytes_of_hex, escape, hex};
use lamina::layer::{
    EntryKind, Expected, FileHashes, LayerReader, LayerReading, ReadOptions, Weight,
};
use serde_json::Value;

use crate::Said;
use crate::go::Oracle;
use crate::random::Random;
use crate::records::RECORDS;

/// Reads one random layer with both readers. The error describes the difference.
pub(crate) fn compare(oracle: &mut Oracle, random: &mut Random) -> Result<Said, String> {
    let tar = layer(random);
    let go = oracle.ask(b't', &tar);
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Sha256,
    };
    let mut reader = LayerReader::new(Expected::default(), options);
    reader.push(&tar);
    let reading = reader.finish();
    judge(&go, &reading).map_err(|difference| format!("{difference}\n{}", told(&tar)))
}

fn judge(go: &Value, reading: &LayerReading) -> Result<Said, String> {
    let refusal = reading
        .warnings
        .kept
        .iter()
        .find(|warning| warning.weight() == Weight::Refused);
    let ours = entries_of(reading);
    let theirs: Vec<String> = go["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(told_by_go)
        .collect();
    let error = go["error"].as_str().unwrap();
    if !error.is_empty() {
        return match (&reading.damage, refusal) {
            (None, None) => Err(format!("Go refuses the layer ({error}), Lamina does not")),
            _ => Ok(Said::Refused),
        };
    }
    if let Some(damage) = &reading.damage {
        // An extended header without an entry ends the archive for Go. For Lamina, it is truncated.
        return match damage.to_string().contains("an extended header") && ours == theirs {
            true => Ok(Said::Alike),
            false => Err(format!("Go reads {theirs:#?}, Lamina says: {damage}")),
        };
    }
    let n_left_out = reading.left_out.n as usize;
    match ours == theirs || n_left_out > 0 && ours.len() + n_left_out >= theirs.len() {
        true => Ok(Said::Alike),
        false => Err(format!("Go: {theirs:#?}\nLamina: {ours:#?}")),
    }
}

fn entries_of(reading: &LayerReading) -> Vec<String> {
    let of = |entry: lamina::layer::Entry<'_>| {
        let kind = match entry.kind {
            EntryKind::File => "file",
            EntryKind::Dir => "dir",
            EntryKind::Symlink => "symlink",
            EntryKind::Hardlink => "hardlink",
            EntryKind::Char => "char",
            EntryKind::Block => "block",
            EntryKind::Fifo => "fifo",
        };
        let mut xattrs: Vec<String> = reading
            .index
            .xattrs(entry.id)
            .map(|xattr| format!("{}={}", hex(xattr.name), hex(xattr.value)))
            .filter(|xattr| !xattr.starts_with(&hex(b"MSWINDOWS.")))
            .collect();
        xattrs.sort();
        let content = match entry.kind {
            EntryKind::File => format!(
                " {} {}",
                entry.size_bytes,
                entry
                    .sha256
                    .map(|sha256| hex(&sha256[..8]))
                    .unwrap_or_default()
            ),
            EntryKind::Symlink | EntryKind::Hardlink => format!(" -> {}", escape(entry.link)),
            EntryKind::Char | EntryKind::Block => {
                let device = entry.device.unwrap();
                format!(" {}:{}", device.major, device.minor)
            }
            EntryKind::Dir | EntryKind::Fifo => String::new(),
        };
        let mode = if kind == "symlink" { 0o777 } else { entry.mode };
        format!(
            "{kind} {} {mode:o} {}:{} {}.{}{content} {xattrs:?}",
            escape(&entry.path.to_vec()),
            entry.uid,
            entry.gid,
            entry.mtime.seconds,
            entry.mtime.nanos,
        )
    };
    reading.index.entries().map(of).collect()
}

/// Returns the owner for a number from Go. The kernel takes its lower 32 bits, and keeps root if all are set.
fn owner(number: &Value) -> u32 {
    match (number.as_i64().unwrap() & 0xffff_ffff) as u32 {
        u32::MAX => 0,
        number => number,
    }
}

/// Returns an entry as Go reads it, in the words of `entries_of`; `None` for one that engines do not extract.
fn told_by_go(entry: &Value) -> Option<String> {
    let bytes = |field: &str| bytes_of_hex(entry[field].as_str().unwrap()).unwrap();
    let number = |field: &str| entry[field].as_i64().unwrap();
    let kind = match u8::try_from(number("type")).unwrap() {
        b'0' | b'7' | b'S' => "file",
        b'1' => "hardlink",
        b'2' => "symlink",
        b'3' => "char",
        b'4' => "block",
        b'5' => "dir",
        b'6' => "fifo",
        _ => return None,
    };
    let path = ImagePath::normalise(&bytes("name")).ok()?;
    if path.is_root() && kind != "dir" {
        return None;
    }
    let content = match kind {
        "file" => format!(
            " {} {}",
            number("size"),
            &entry["sha256"].as_str().unwrap()[..16]
        ),
        "symlink" | "hardlink" => format!(" -> {}", escape(&bytes("link"))),
        "char" | "block" => {
            let device = |field| (number(field) & 0xffff_ffff) as u32;
            format!(" {}:{}", device("major"), device("minor"))
        }
        _ => String::new(),
    };
    let mode = if kind == "symlink" {
        0o777
    } else {
        number("mode") & 0o7777
    };
    let xattrs: Vec<&str> = entry["xattrs"]
        .as_array()
        .map(|all| all.iter().map(|one| one.as_str().unwrap()).collect())
        .unwrap_or_default();
    Some(format!(
        "{kind} {} {mode:o} {}:{} {}.{}{content} {xattrs:?}",
        escape(path.as_bytes()),
        owner(&entry["uid"]),
        owner(&entry["gid"]),
        number("seconds"),
        number("nanos"),
    ))
}

/// Returns a layer as text: the blocks that are not all zeros, shortened.
fn told(tar: &[u8]) -> String {
    let blocks = tar.chunks(512).enumerate();
    let block = |(at, block): (usize, &[u8])| {
        let end = block.iter().rposition(|&b| b != 0)? + 1;
        let text: String = escape(&block[..end]).replace('\0', "·");
        Some(format!("{at:4}: {text}"))
    };
    blocks.filter_map(block).collect::<Vec<_>>().join("\n")
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "d/",
    "d/e",
    "./f",
    "/g",
    "d/../h",
    "../i",
    "",
    ".",
    "a//b",
    ".wh.a",
    "d/.wh..wh..opq",
    "j/",
    "k\u{e9}",
];
const TYPES: &[u8] = b"0000000000111222233445555667\0\0\0SgxZ";
const NUMBERS: &[&str] = &[
    "0000644\0",
    "0000755\0",
    "644 \0",
    "   755 ",
    "0",
    "",
    "\0\0\0\0",
    "7777777\0",
    "644 \0ab\0",
    "64 4",
    "-1",
    "0000800\0",
    "\u{1}",
    "+5",
    "6\0\0\0\0\0\0\0",
];

/// Makes a random layer of a few entries.
fn layer(random: &mut Random) -> Vec<u8> {
    let mut tar = Vec::new();
    for _ in 0..1 + random.below(5) {
        while random.one_in(5) {
            extension(random, &mut tar);
        }
        entry(random, &mut tar);
    }
    match random.below(30) {
        0 => {}
        1 => tar.resize(tar.len() + 512, 0),
        2 => {
            tar.resize(tar.len() + 512, 0);
            entry(random, &mut tar);
        }
        3 => tar.resize(tar.len() + 512 + random.below(512), 0),
        _ => tar.resize(tar.len() + 1024, 0),
    }
    if random.one_in(12) {
        turn_over(random, &mut tar);
    }
    if random.one_in(20) {
        tar.truncate(random.below(tar.len() + 1));
    }
    tar
}

fn entry(random: &mut Random, tar: &mut Vec<u8>) {
    let flag = TYPES[random.below(TYPES.len())];
    let content = match flag {
        b'0' | 0 | b'7' | b'S' | b'Z' | b'x' | b'g' => random.below(700),
        _ if random.one_in(10) => 5,
        _ => 0,
    };
    let mut block = header(random, flag, content);
    if flag == b'S' {
        sparse_fields(random, &mut block, content);
    }
    seal(&mut block);
    tar.extend_from_slice(&block);
    let content: Vec<u8> = match flag {
        b'x' | b'g' => records(random, content),
        _ if random.one_in(6) => sparse_map(random, content),
        _ => (0..content).map(|_| random.next() as u8).collect(),
    };
    body(tar, &content);
}

fn body(tar: &mut Vec<u8>, content: &[u8]) {
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

/// Makes the map of a PAX 1.0 sparse file, or something similar, with content after it.
fn sparse_map(random: &mut Random, n_bytes: usize) -> Vec<u8> {
    let texts = [
        "1\n0\n5\n",
        "0\n",
        "2\n0\n3\n10\n4\n",
        "+1\n0\n5\n",
        "1\n-0\n5\n",
        "1\n0\nx\n",
        "2\n5\n3\n0\n1\n",
        "1\n0\n600\n",
    ];
    let mut map = random.of(&texts).as_bytes().to_vec();
    map.resize(512, 0);
    map.extend(std::iter::repeat_n(b'c', n_bytes));
    map.truncate(n_bytes);
    map
}

fn header(random: &mut Random, flag: u8, size: usize) -> [u8; 512] {
    let mut block = [0u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, random.of(NAMES).as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"14371573757\0");
    put(156, &[flag]);
    if random.one_in(2) || matches!(flag, b'1' | b'2') {
        put(157, random.of(&["a", "d/e", "/g", "../x", ""]).as_bytes());
    }
    let magic: &[u8] = random.of(&[
        &b"ustar\x0000"[..],
        b"ustar\x0000",
        b"ustar  \0",
        b"ustar 00",
        b"",
        b"ustar\0\0\0",
    ]);
    put(257, magic);
    if random.one_in(4) {
        put(
            345,
            random
                .of(&[
                    "p",
                    "p/q",
                    "pr\u{e9}",
                    "0000001\0",
                    "14371573757\0",
                    "\0abc",
                ])
                .as_bytes(),
        );
    }
    if random.one_in(40) {
        put(508, b"tar\0");
        put(476, random.of(&["14371573757\0", "x", "", "9"]).as_bytes());
    }
    if random.one_in(3) || matches!(flag, b'3' | b'4') {
        put(
            329,
            random
                .of(&["0000001\0", "0000000\0", "0010000\0", ""])
                .as_bytes(),
        );
        put(
            337,
            random
                .of(&["0000003\0", "0000000\0", "0000003\0", "", "0000000\0", "x"])
                .as_bytes(),
        );
    }
    for at in [100, 108, 116] {
        if random.one_in(60) {
            put(at, &[0; 8]);
            let text = random.of(NUMBERS).as_bytes();
            put(at, &text[..text.len().min(8)]);
        }
    }
    if random.one_in(10) {
        put(108, &[0x80, 0, 0, random.below(4) as u8, 0, 0, 1, 0]);
    }
    if random.one_in(14) {
        put(116, &[0xff; 8]);
    }
    if random.one_in(16) {
        put(
            136,
            &[
                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
            ],
        );
    }
    if random.one_in(120) {
        put(124, &[0xff; 12]);
    }
    block
}

/// Writes the map of an old GNU sparse file.
fn sparse_fields(random: &mut Random, block: &mut [u8; 512], size: usize) {
    if random.one_in(2) {
        block[257..265].copy_from_slice(b"ustar  \0");
    }
    block[345..369].fill(0);
    block[386..398].copy_from_slice(b"00000000000\0");
    block[398..410].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[483..495].copy_from_slice(format!("{:011o}\0", size + random.below(3)).as_bytes());
}

/// Writes the right checksum into a header.
fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

fn extension(random: &mut Random, tar: &mut Vec<u8>) {
    let flag = *random.of(&[&b'x', &b'x', &b'x', &b'L', &b'K', &b'g']);
    let content = match flag {
        b'x' | b'g' => records(random, usize::MAX),
        _ => {
            let mut name = random.of(NAMES).as_bytes().to_vec();
            name.extend_from_slice(random.of(&[&b"\0"[..], b"", b"\0rest"]));
            name
        }
    };
    let mut block = header(random, flag, content.len());
    seal(&mut block);
    tar.extend_from_slice(&block);
    body(tar, &content);
}

/// Returns PAX records of at most `most` bytes.
fn records(random: &mut Random, most: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let is_sparse = random.one_in(4);
    for _ in 0..1 + random.below(5) {
        let (key, values) = match is_sparse {
            true => RECORDS[11 + random.below(9)],
            false => RECORDS[random.below(RECORDS.len())],
        };
        // Most values make sense, so that most layers can be read.
        let value = match random.one_in(4) {
            true => random.of(values),
            false => values[0],
        };
        let rest = format!(" {key}={value}\n");
        let mut len = rest.len() + 1;
        while len.to_string().len() + rest.len() != len {
            len = len.to_string().len() + rest.len();
        }
        let record = match random.below(200) {
            0 => format!("+{}{rest}", len + 1),
            1 => format!("{}{rest}", len + 1),
            2 => format!("000{}{rest}", len + 3),
            3 => rest,
            _ => format!("{len}{rest}"),
        };
        text.extend_from_slice(record.as_bytes());
    }
    text.truncate(most);
    text
}

/// Changes a byte or two. Most of the time, the header that contains them gets a right checksum.
fn turn_over(random: &mut Random, tar: &mut [u8]) {
    for _ in 0..1 + random.below(2) {
        if tar.is_empty() {
            return;
        }
        let at = random.below(tar.len());
        tar[at] = match random.below(4) {
            0 => 0,
            1 => b' ',
            2 => tar[at].wrapping_add(1),
            _ => random.next() as u8,
        };
        let start = at / 512 * 512;
        let end = (start + 512).min(tar.len());
        let Ok(block) = <&mut [u8; 512]>::try_from(&mut tar[start..end]) else {
            continue;
        };
        let is_header = block[148..156] != [0; 8] && block[257..262] == *b"ustar";
        if is_header && !random.one_in(5) {
            seal(block);
        }
    }
}
