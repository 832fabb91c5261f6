//! Reads the machine of a program from the first bytes of its file.
//!
//! An ELF header says class, byte order and machine in its first 20 bytes. Nothing behind it is looked at.

use serde::{Deserialize, Serialize};

/// The form of a program, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// An ELF file.
    Elf(ElfHeader),
    /// A script: its first line names its interpreter.
    Script,
    /// Anything else.
    Other,
}

/// The part of an ELF header that says which machine runs the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElfHeader {
    /// `e_machine`, such as 62 for x86-64.
    pub machine: u16,
    /// 32 or 64, by the file's class.
    pub bits: u8,
    /// True if the most significant byte of a number comes first.
    pub is_big_endian: bool,
}

impl Form {
    /// Returns the form of a program that begins with these bytes.
    pub(super) fn of(bytes: &[u8]) -> Form {
        match ElfHeader::parse(bytes) {
            Some(header) => Form::Elf(header),
            None if bytes.starts_with(b"#!") => Form::Script,
            None => Form::Other,
        }
    }

    /// Returns the word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Form::Elf(_) => "elf",
            Form::Script => "script",
            Form::Other => "other",
        }
    }
}

impl ElfHeader {
    fn parse(bytes: &[u8]) -> Option<ElfHeader> {
        let [0x7f, b'E', b'L', b'F', class, order, 1, rest @ ..] = bytes else {
            return None;
        };
        let bits = match class {
            1 => 32,
            2 => 64,
            _ => return None,
        };
        // Seven bytes precede `rest`, eighteen the machine.
        let machine: [u8; 2] = rest.get(11..13)?.try_into().ok()?;
        let is_big_endian = match order {
            1 => false,
            2 => true,
            _ => return None,
        };
        Some(ElfHeader {
            machine: match is_big_endian {
                true => u16::from_be_bytes(machine),
                false => u16::from_le_bytes(machine),
            },
            bits,
            is_big_endian,
        })
    }

    /// Returns Go's name of the architecture, as configs have it; `None` if Go has none.
    pub fn architecture(self) -> Option<&'static str> {
        Some(match (self.machine, self.bits, self.is_big_endian) {
            (3, 32, false) => "386",
            (8, 32, true) => "mips",
            (8, 32, false) => "mipsle",
            (8, 64, true) => "mips64",
            (8, 64, false) => "mips64le",
            (20, 32, true) => "ppc",
            (21, 64, true) => "ppc64",
            (21, 64, false) => "ppc64le",
            (22, 32, true) => "s390",
            (22, 64, true) => "s390x",
            (40, 32, false) => "arm",
            (40, 32, true) => "armbe",
            (43, 64, true) => "sparc64",
            (62, 64, false) => "amd64",
            (183, 64, false) => "arm64",
            (183, 64, true) => "arm64be",
            (243, 32, false) => "riscv",
            (243, 64, false) => "riscv64",
            (258, 64, false) => "loong64",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the architecture of a header with this class, order and machine.
    fn check(class: u8, order: u8, machine: [u8; 2], architecture: Option<&str>) {
        let mut bytes = vec![0x7f, b'E', b'L', b'F', class, order, 1];
        bytes.resize(16, 0);
        bytes.extend([2, 0]);
        bytes.extend(machine);
        let Form::Elf(header) = Form::of(&bytes) else {
            panic!("{bytes:?} is an ELF header");
        };
        assert_eq!(header.architecture(), architecture, "{header:?}");
        bytes.pop();
        assert_eq!(Form::of(&bytes), Form::Other, "a byte is missing");
    }

    #[test]
    fn machines_have_the_names_of_go() {
        check(2, 1, [62, 0], Some("amd64"));
        check(1, 1, [3, 0], Some("386"));
        check(1, 1, [40, 0], Some("arm"));
        check(2, 1, [183, 0], Some("arm64"));
        check(2, 1, [243, 0], Some("riscv64"));
        check(2, 1, [21, 0], Some("ppc64le"));
        check(2, 2, [0, 22], Some("s390x"));
        check(2, 1, [8, 0], Some("mips64le"));
        check(2, 1, [2, 1], Some("loong64"));
        // The x32 ABI, and a machine of the other byte order.
        check(1, 1, [62, 0], None);
        check(2, 2, [62, 0], None);
        check(2, 1, [0xff, 0xff], None);
    }

    #[test]
    fn other_programs_have_a_form() {
        for (bytes, form) in [
            (&b"#!/bin/sh\n"[..], Form::Script),
            (b"", Form::Other),
            (b"MZ\x90\0", Form::Other),
            (b"\x7fELF", Form::Other),
            (
                b"\x7fELF\x03\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
                Form::Other,
            ),
            (
                b"\x7fELF\x02\x03\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
                Form::Other,
            ),
            (
                b"\x7fELF\x02\x01\x02\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
                Form::Other,
            ),
        ] {
            assert_eq!(Form::of(bytes), form, "{bytes:?}");
        }
    }
}
