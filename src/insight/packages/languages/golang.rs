//! Reads what Go notes in its programs of the modules that they are built of, as `go version -m` shows it.

use memchr::memmem;

use super::super::PackageKind;
use super::super::record::{Record, Records, text};
use super::elf::Elf;
use super::number::{be, le};

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Bytes of the head before the texts.
const HEAD_BYTES: usize = 32;
/// Bytes before and behind the list of modules that are no part of it.
const MARK_BYTES: usize = 16;

/// Reads the modules of a program; nothing of one that Go did not build.
pub(super) fn packages(path: &[u8], bytes: &[u8], records: &mut Records) {
    let Some((version, modules)) = Elf::of(bytes).and_then(build_info) else {
        return;
    };
    let most = records.budget.limits.name_bytes;
    let lines = || modules.split(|&byte| byte == b'\n');
    let architecture = lines().find_map(|line| line.strip_prefix(b"build\tGOARCH="));
    let mut lines = lines().peekable();
    while let Some(line) = lines.next() {
        let is_tab = |byte: &u8| *byte == b'\t';
        let mut words = line.split(is_tab);
        let is_main = match words.next() {
            Some(b"mod") => true,
            Some(b"dep") => false,
            _ => continue,
        };
        // What takes the place of a module is what was built.
        let replacement = lines.next_if(|next| next.starts_with(b"=>\t"));
        if let Some(replacement) = replacement {
            words = replacement.split(is_tab);
            words.next();
        }
        let mut record = Record::new(PackageKind::Go);
        record.name = text(words.next().unwrap_or_default(), most);
        record.version = text(words.next().unwrap_or_default(), most);
        if record.name.is_empty() {
            records.malformed();
            continue;
        }
        if is_main {
            record.architecture = text(architecture.unwrap_or_default(), most);
            records.own(path, &mut record);
        }
        records.push(record);
    }
    let mut library = Record::new(PackageKind::Go);
    "stdlib".clone_into(&mut library.name);
    library.version = text(version, most);
    if library.version.is_empty() {
        return records.malformed();
    }
    records.push(library);
}

/// Returns the version of Go and the lines about modules.
fn build_info(elf: Elf<'_>) -> Option<(&[u8], &[u8])> {
    let place = elf.section(b".go.buildinfo").or_else(|| elf.data())?;
    let info = place.get(memmem::find(place, MAGIC)?..)?;
    let flags = *info.get(MAGIC.len() + 1)?;
    let (version, modules) = match flags & 2 {
        0 => {
            let len = usize::from(*info.get(MAGIC.len())?);
            let is_big = flags & 1 != 0;
            let pointed = |at: usize| go_text(elf, number(info, at, len, is_big)?, len, is_big);
            let first = MAGIC.len() + 2;
            (
                pointed(first)?,
                pointed(first.checked_add(len)?).unwrap_or_default(),
            )
        }
        _ => {
            let (version, rest) = counted(info.get(HEAD_BYTES..)?)?;
            (
                version,
                counted(rest).map_or(&b""[..], |(modules, _)| modules),
            )
        }
    };
    let inner = modules.len().saturating_sub(MARK_BYTES);
    let modules = modules.get(MARK_BYTES..inner).unwrap_or_default();
    Some((version, modules))
}

fn number(bytes: &[u8], at: usize, len: usize, is_big: bool) -> Option<u64> {
    let len = Some(len).filter(|len| [4, 8].contains(len))?;
    match is_big {
        true => be(bytes, at, len),
        false => le(bytes, at, len),
    }
}

/// Returns a text of Go by the address of its head: an address and a length.
fn go_text(elf: Elf<'_>, head: u64, len: usize, is_big: bool) -> Option<&[u8]> {
    let head = elf.at(head)?;
    let at = elf.at(number(head, 0, len, is_big)?)?;
    at.get(..usize::try_from(number(head, len, len, is_big)?).ok()?)
}

/// Takes a text that its length stands before, seven bits a byte.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut len = 0_u64;
    for (n, byte) in bytes.iter().take(9).enumerate() {
        len |= u64::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return bytes
                .get(n + 1..)?
                .split_at_checked(usize::try_from(len).ok()?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::record::Budget;
    use super::super::elf::tests::elf_of;
    use super::*;
    use crate::bounds::PackageLimits;

    /// A program of Go with this list of modules.
    fn program(modules: &str) -> Vec<u8> {
        let mut info = MAGIC.to_vec();
        info.extend([8, 2]);
        info.resize(HEAD_BYTES, 0);
        for text in [
            "go1.22.1".to_owned(),
            format!("{0}{modules}{0}", "0123456789abcdef"),
        ] {
            let len = text.len();
            assert!(len < 1 << 14);
            info.extend([
                u8::try_from(len & 0x7f).unwrap() | 0x80,
                u8::try_from(len >> 7).unwrap(),
            ]);
            info.extend(text.as_bytes());
        }
        elf_of(&[(".text", b"x"), (".go.buildinfo", &info)])
    }

    fn told(program: &[u8]) -> (Vec<String>, u32) {
        let mut records = Records::new(Budget::new(PackageLimits::DEFAULT));
        packages(b"app/run", program, &mut records);
        let told = records.installed.iter().map(|one| {
            let files = super::super::super::paths::tests::told(&one.paths);
            format!("{} {} {} {files}", one.name, one.version, one.architecture)
        });
        (told.collect(), records.n_malformed)
    }

    #[test]
    fn programs_name_their_modules() {
        let modules = "path\tx/cmd\nmod\tx\t(devel)\t\ndep\ta/b\tv1.2.3\th1:x=\ndep\told\tv1\n=>\tnew\tv2\th1:y=\nbuild\tGOARCH=arm64\n";
        let expected = [
            "x (devel) arm64 app/run",
            "a/b v1.2.3  ",
            "new v2  ",
            "stdlib go1.22.1  ",
        ];
        assert_eq!(
            told(&program(modules)),
            (expected.map(str::to_owned).to_vec(), 0)
        );
        assert_eq!(told(&program("")).0, ["stdlib go1.22.1  "]);
        assert_eq!(told(&program("mod\t\t\ndep\n=>\n")).1, 2);
    }

    #[test]
    fn what_is_torn_or_lies_is_nothing() {
        let whole = program("mod\tx\tv1\n");
        let at = memmem::find(&whole, MAGIC).unwrap();
        for len in 0..at + HEAD_BYTES + 8 {
            assert_eq!(told(&whole[..len]), (Vec::new(), 0), "{len}");
        }
        for byte in at + MAGIC.len()..whole.len() {
            let mut bytes = whole.clone();
            bytes[byte] = 0xff;
            told(&bytes);
        }
        assert_eq!(told(b"#!/bin/sh\n"), (Vec::new(), 0));
    }

    #[test]
    fn older_programs_point_at_their_texts() {
        // One segment, which is loaded at 0x1000 and has everything.
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(64 + 56, 0);
        let put = |bytes: &mut Vec<u8>, at: usize, number: u64| {
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes())
        };
        put(&mut bytes, 32, 64);
        (bytes[54], bytes[56]) = (56, 1);
        (bytes[64], bytes[68]) = (1, 6);
        put(&mut bytes, 64 + 16, 0x1000);
        let modules = format!("{0}mod\tx\tv1\n{0}", "0123456789abcdef");
        let info = bytes.len();
        bytes.extend(MAGIC);
        bytes.extend([8, 0]);
        bytes.resize(info + HEAD_BYTES + 32, 0);
        for (n, text) in ["go1.16", modules.as_str()].into_iter().enumerate() {
            let (head, at) = (info + HEAD_BYTES + 16 * n, bytes.len());
            put(&mut bytes, info + 16 + 8 * n, 0x1000 + head as u64);
            put(&mut bytes, head, 0x1000 + at as u64);
            put(&mut bytes, head + 8, text.len() as u64);
            bytes.extend(text.as_bytes());
        }
        let len = bytes.len() as u64;
        put(&mut bytes, 64 + 32, len);
        assert_eq!(told(&bytes).0, ["x v1  app/run", "stdlib go1.16  "]);
    }
}
