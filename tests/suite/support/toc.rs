//! Layers with a table of contents, made from an ordinary tar as the writers of eStargz and zstd:chunked make them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lamina::bounds::LayerLimits;
use lamina::image::{Digest, escape};
use lamina::layer::EntryKind;
use lamina::layer::TocForm;
use lamina::layer::tar::{TarEntry, TarEvent, TarParser};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use super::{gzip_of, zstd};

/// Maximum size of a chunk of a file, in bytes.
pub(crate) const CHUNK_BYTES: usize = 1024 * 1024;

/// A layer with its table of contents.
#[derive(Clone)]
pub(crate) struct Written {
    /// Compressed bytes.
    pub(crate) stored: Vec<u8>,
    /// Annotations of its descriptor about the table.
    pub(crate) annotations: BTreeMap<String, String>,
    /// All of its uncompressed bytes.
    pub(crate) decoded: Vec<u8>,
}

/// Writes a layer. `edit` may change the table before it is written.
pub(crate) fn with_toc(form: TocForm, tar: &[u8], edit: impl FnOnce(&mut Value)) -> Written {
    let mut writer = Writer {
        form,
        stored: Vec::new(),
        decoded: Vec::new(),
        rows: Vec::new(),
    };
    // Real eStargz puts the table before the tar's end marker, as the last file.
    let tar = match form {
        TocForm::Estargz => tar.strip_suffix(&[0; 1024]).unwrap_or(tar),
        TocForm::ZstdChunked => tar,
    };
    let mut at = 0;
    for entry in entries(tar) {
        let start = entry.data_offset.0 as usize;
        let end = start + entry.size_bytes as usize;
        if entry.size_bytes > 0 {
            writer.member(&tar[at..start]);
            at = end;
        }
        writer.entry(&entry, &tar[start..end]);
    }
    writer.member(&tar[at..]);
    writer.finish(edit)
}

fn entries(mut tar: &[u8]) -> Vec<TarEntry> {
    let mut parser = TarParser::new(&LayerLimits::DEFAULT);
    let mut entries = Vec::new();
    loop {
        let step = parser.step(tar).expect("the test's tar is whole");
        tar = &tar[step.read..];
        match step.event {
            TarEvent::NeedsInput => return entries,
            TarEvent::Entry(entry) => entries.push(*entry),
            TarEvent::Data(_) | TarEvent::EntryEnd => {}
        }
    }
}

struct Writer {
    form: TocForm,
    stored: Vec<u8>,
    decoded: Vec<u8>,
    rows: Vec<Value>,
}

impl Writer {
    /// Appends bytes as a gzip member or zstd frame of their own.
    fn member(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.decoded.extend(bytes);
        self.stored.extend(match self.form {
            TocForm::Estargz => gzip_of(bytes, 0),
            TocForm::ZstdChunked => compress_to_vec(bytes, CompressionLevel::Uncompressed),
        });
    }

    fn entry(&mut self, entry: &TarEntry, content: &[u8]) {
        let mut row = json!({
            "name": escape(&entry.name),
            "type": word(entry.kind),
            "mode": entry.mode,
            "uid": entry.uid,
            "gid": entry.gid,
        });
        let seconds = entry.mtime.seconds;
        if seconds != 0 {
            // All times in the tests are within the first day.
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            row["modtime"] = json!(format!(
                "1970-01-01T{hours:02}:{minutes:02}:{:02}Z",
                seconds % 60
            ));
        }
        if !entry.link.is_empty() {
            row["linkName"] = json!(escape(&entry.link));
        }
        if let Some(device) = entry.device {
            row["devMajor"] = json!(device.major);
            row["devMinor"] = json!(device.minor);
        }
        for (name, value) in &entry.xattrs {
            row["xattrs"][escape(name)] = json!(STANDARD.encode(value));
        }
        if content.is_empty() {
            self.rows.push(row);
            return;
        }
        row["size"] = json!(content.len());
        row["digest"] = json!(Digest::sha256_of(content).to_string());
        let chunks: Vec<_> = content.chunks(CHUNK_BYTES).collect();
        for (number, chunk) in chunks.iter().enumerate() {
            let offset = self.stored.len();
            self.member(chunk);
            let mut row = match number {
                0 => row.clone(),
                _ => json!({"type": "chunk", "name": escape(&entry.name)}),
            };
            row["offset"] = json!(offset);
            if chunks.len() > 1 {
                row["chunkSize"] = json!(chunk.len());
                row["chunkOffset"] = json!(number * CHUNK_BYTES);
                row["chunkDigest"] = json!(Digest::sha256_of(chunk).to_string());
            }
            self.rows.push(row);
        }
        if self.form == TocForm::ZstdChunked {
            let first = self.rows.len() - chunks.len();
            self.rows[first]["endOffset"] = json!(self.stored.len());
        }
    }

    fn finish(mut self, edit: impl FnOnce(&mut Value)) -> Written {
        let mut toc = json!({"version": 1, "entries": self.rows});
        edit(&mut toc);
        let json = toc.to_string().into_bytes();
        let mut annotations = BTreeMap::new();
        match self.form {
            TocForm::Estargz => {
                let offset = self.stored.len();
                let tar = tar_file("stargz.index.json", &json);
                self.stored.extend(gzip_of(&tar, 9));
                self.decoded.extend(tar);
                self.stored.extend(stargz_footer(offset as u64));
                let digest = Digest::sha256_of(&json).to_string();
                let key = "containerd.io/snapshot/stargz/toc.digest";
                annotations.insert(key.to_owned(), digest);
            }
            TocForm::ZstdChunked => {
                let table = compress_to_vec(&json[..], CompressionLevel::Fastest);
                let offset = self.stored.len() + 8;
                self.stored.extend(zstd::skippable(0, &table));
                let numbers = [offset, table.len(), json.len(), 1].map(|n| n as u64);
                self.stored
                    .extend(zstd::skippable(0, &chunked_footer(&numbers, 64)));
                let key = |name| format!("io.github.containers.zstd-chunked.manifest-{name}");
                let position = numbers.map(|n| n.to_string()).join(":");
                annotations.insert(key("position"), position);
                let digest = Digest::sha256_of(&table).to_string();
                annotations.insert(key("checksum"), digest);
            }
        }
        Written {
            stored: self.stored,
            annotations,
            decoded: self.decoded,
        }
    }
}

/// Returns the last bytes of an eStargz layer: an empty member whose extra field has the offset.
pub(crate) fn stargz_footer(offset: u64) -> Vec<u8> {
    let field = format!("{offset:016x}STARGZ");
    extra_member(&[&b"SG\x16\0"[..], field.as_bytes()].concat())
}

/// Returns the same in the older stargz form.
pub(crate) fn legacy_footer(offset: u64) -> Vec<u8> {
    extra_member(format!("{offset:016x}STARGZ").as_bytes())
}

/// Returns the tar of one file.
fn tar_file(name: &str, content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o444);
    header.set_size(content.len() as u64);
    builder
        .append_data(&mut header, name, content)
        .expect("memory takes it");
    builder.into_inner().expect("memory takes it")
}

fn extra_member(extra: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255];
    member.extend((extra.len() as u16).to_le_bytes());
    member.extend(extra);
    // An empty stored block, then the checksum and length of no bytes.
    member.extend([1, 0, 0, 255, 255]);
    member.extend([0; 8]);
    member
}

/// Returns the last frame of a zstd:chunked layer: offset, lengths and type, and three
/// more numbers in the longer form.
pub(crate) fn chunked_footer(numbers: &[u64; 4], len: usize) -> Vec<u8> {
    let mut footer: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    footer.resize(len - 8, 0);
    footer.extend(b"GNUlInUx");
    footer
}

fn word(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File => "reg",
        EntryKind::Dir => "dir",
        EntryKind::Symlink => "symlink",
        EntryKind::Hardlink => "hardlink",
        EntryKind::Char => "char",
        EntryKind::Block => "block",
        EntryKind::Fifo => "fifo",
    }
}
