//! Layers written as text, one entry per line, in the order of the tar:
//!
//! ```text
//! etc/                          a directory, 0755
//! etc/hosts = 127.0.0.1         a file with this content (`\n` is a newline), 0644
//! big = @5000                   a file of 5000 bytes
//! usr/.wh.bin                   an empty file, in this case a whiteout
//! bin/sh -> dash                a symbolic link
//! bin/dash2 => bin/dash         a hard link
//! dev/null c 1:3                a character device (`b` block), `run/pipe p` a named pipe
//! etc/shadow = x | mode=0640 uid=1 gid=42 mtime=100 xattr.user.k=v
//! ```

use lamina::image::{ImagePath, Timestamp};
use lamina::layer::{
    DataPlace, Device, Entry, EntryId, EntryKind, IndexBuilder, LayerIndex, XattrRef,
};

struct Line {
    name: Vec<u8>,
    kind: EntryKind,
    content: Vec<u8>,
    link: Vec<u8>,
    device: Option<Device>,
    mode: u32,
    uid: u32,
    gid: u32,
    mtime: i64,
    xattrs: Vec<(String, Vec<u8>)>,
}

fn parse(line: &str) -> Line {
    let (what, attributes) = line.split_once(" | ").unwrap_or((line, ""));
    let what = what.trim_end();
    let mut parsed = Line {
        name: Vec::new(),
        kind: EntryKind::File,
        content: Vec::new(),
        link: Vec::new(),
        device: None,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: 0,
        xattrs: Vec::new(),
    };
    let name = if let Some((name, target)) = what.split_once(" -> ") {
        (parsed.kind, parsed.mode) = (EntryKind::Symlink, 0o777);
        parsed.link = unescape(target);
        name
    } else if let Some((name, target)) = what.split_once(" => ") {
        parsed.kind = EntryKind::Hardlink;
        parsed.link = unescape(target);
        name
    } else if let Some((name, content)) = what.split_once(" = ") {
        parsed.content = match content.strip_prefix('@').and_then(|n| n.parse().ok()) {
            Some(n) => (0..n).map(|at: usize| b'a' + (at % 26) as u8).collect(),
            None => unescape(content),
        };
        name
    } else if let Some(name) = what.strip_suffix(" =") {
        name
    } else if let Some(name) = what.strip_suffix(" p") {
        parsed.kind = EntryKind::Fifo;
        name
    } else if let Some((name, rest)) = what.split_once(" c ").or_else(|| what.split_once(" b ")) {
        let (major, minor) = rest.split_once(':').expect("a device has major:minor");
        parsed.kind = if what.contains(" c ") {
            EntryKind::Char
        } else {
            EntryKind::Block
        };
        parsed.device = Some(Device {
            major: major.parse().expect("the major number is decimal"),
            minor: minor.parse().expect("the minor number is decimal"),
        });
        name
    } else if what.ends_with('/') {
        (parsed.kind, parsed.mode) = (EntryKind::Dir, 0o755);
        what
    } else {
        what
    };
    parsed.name = unescape(name);
    for attribute in attributes.split_whitespace() {
        let (key, value) = attribute
            .split_once('=')
            .expect("an attribute has key=value");
        match key {
            "mode" => parsed.mode = u32::from_str_radix(value, 8).expect("mode is octal"),
            "uid" => parsed.uid = value.parse().expect("uid is decimal"),
            "gid" => parsed.gid = value.parse().expect("gid is decimal"),
            "mtime" => parsed.mtime = value.parse().expect("mtime is in seconds"),
            key => {
                let name = key.strip_prefix("xattr.").expect("a known attribute");
                parsed.xattrs.push((name.to_owned(), unescape(value)));
            }
        }
    }
    parsed
}

/// Resolves `\n`, `\\` and `\xHH`. Any other character is literal.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'\\', [b'n', tail @ ..]) => {
                bytes.push(b'\n');
                tail
            }
            (b'\\', [b'\\', tail @ ..]) => {
                bytes.push(b'\\');
                tail
            }
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let digits = String::from_utf8_lossy(&[*high, *low]).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).expect("\\x has two hex digits"));
                tail
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    bytes
}

fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(parse)
}

/// Returns the tar of a layer written as text. Uses GNU long names and PAX attributes if
/// needed, and ends with two zero blocks.
pub fn tar_of(text: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for line in lines(text) {
        if !line.xattrs.is_empty() {
            let records: Vec<_> = line
                .xattrs
                .iter()
                .map(|(name, value)| (format!("SCHILY.xattr.{name}"), value.as_slice()))
                .collect();
            builder
                .append_pax_extensions(records.iter().map(|(k, v)| (k.as_str(), *v)))
                .expect("memory takes it");
        }
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(match line.kind {
            EntryKind::File => tar::EntryType::Regular,
            EntryKind::Dir => tar::EntryType::Directory,
            EntryKind::Symlink => tar::EntryType::Symlink,
            EntryKind::Hardlink => tar::EntryType::Link,
            EntryKind::Char => tar::EntryType::Char,
            EntryKind::Block => tar::EntryType::Block,
            EntryKind::Fifo => tar::EntryType::Fifo,
        });
        header.set_mode(line.mode);
        header.set_uid(u64::from(line.uid));
        header.set_gid(u64::from(line.gid));
        header.set_mtime(line.mtime.max(0) as u64);
        header.set_size(line.content.len() as u64);
        if let Some(device) = line.device {
            header
                .set_device_major(device.major)
                .expect("gnu has device numbers");
            header
                .set_device_minor(device.minor)
                .expect("gnu has device numbers");
        }
        long_name(&mut builder, b'L', &line.name, 100);
        long_name(&mut builder, b'K', &line.link, 100);
        let raw = header.as_gnu_mut().expect("made as gnu");
        put(&mut raw.name, &line.name);
        put(&mut raw.linkname, &line.link);
        header.set_cksum();
        builder
            .append(&header, line.content.as_slice())
            .expect("memory takes it");
    }
    builder.into_inner().expect("memory takes it")
}

fn long_name(builder: &mut tar::Builder<Vec<u8>>, kind: u8, name: &[u8], limit: usize) {
    if name.len() > limit {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::new(kind));
        header.set_size(name.len() as u64 + 1);
        put(
            &mut header.as_gnu_mut().expect("made as gnu").name,
            b"././@LongLink",
        );
        header.set_cksum();
        let mut content = name.to_vec();
        content.push(0);
        builder
            .append(&header, content.as_slice())
            .expect("memory takes it");
    }
}

fn put(field: &mut [u8], value: &[u8]) {
    let len = value.len().min(field.len());
    field.fill(0);
    field[..len].copy_from_slice(&value[..len]);
}

/// Returns the index of a layer written as text, without a tar in between.
/// Fingerprints are derived from the content.
pub fn index_of(text: &str) -> LayerIndex {
    let mut builder = IndexBuilder::new();
    for line in lines(text) {
        let path = ImagePath::normalise(&line.name).expect("no NUL in a test's name");
        let xattrs: Vec<_> = line
            .xattrs
            .iter()
            .map(|(name, value)| XattrRef {
                name: name.as_bytes(),
                value,
            })
            .collect();
        let entry = Entry {
            id: EntryId(0),
            path: path.as_bytes().into(),
            kind: line.kind,
            mode: line.mode as u16,
            uid: line.uid,
            gid: line.gid,
            size_bytes: line.content.len() as u64,
            mtime: Timestamp::from_seconds(line.mtime),
            link: &line.link,
            device: line.device,
            data: DataPlace::None,
            fingerprint: xxhash_rust::xxh3::xxh3_64(&line.content),
            sha256: None,
            incomplete: false,
        };
        builder.push(&entry, &xattrs);
    }
    builder.finish()
}
