//! Tar headers made by hand, with content that no writer in memory would write.

/// A header, and the content after it.
pub(crate) struct Raw {
    header: tar::Header,
    content: Vec<u8>,
}

impl Raw {
    fn new(mut header: tar::Header, name: &str, flag: u8) -> Raw {
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkflag = [flag];
        header.set_mode(0o644);
        for set in [
            tar::Header::set_uid,
            tar::Header::set_gid,
            tar::Header::set_mtime,
            tar::Header::set_size,
        ] {
            set(&mut header, 0);
        }
        Raw {
            header,
            content: Vec::new(),
        }
    }

    pub(crate) fn ustar(name: &str, flag: u8) -> Raw {
        Raw::new(tar::Header::new_ustar(), name, flag)
    }

    pub(crate) fn gnu(name: &str, flag: u8) -> Raw {
        Raw::new(tar::Header::new_gnu(), name, flag)
    }

    pub(crate) fn v7(name: &str, flag: u8) -> Raw {
        Raw::new(tar::Header::new_old(), name, flag)
    }

    /// Sets the content, and its size in the header.
    pub(crate) fn content(mut self, content: &[u8]) -> Raw {
        self.header.set_size(content.len() as u64);
        self.content = content.to_vec();
        self
    }

    /// Puts any bytes anywhere in the header.
    pub(crate) fn put(mut self, at: usize, bytes: &[u8]) -> Raw {
        self.header.as_mut_bytes()[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    pub(crate) fn link(self, target: &str) -> Raw {
        self.put(157, target.as_bytes())
    }

    /// Returns the header with a right checksum, the content, and its padding.
    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.header.set_cksum();
        self.bytes_as_they_are()
    }

    /// Returns the same with the checksum that was put there.
    pub(crate) fn bytes_as_they_are(self) -> Vec<u8> {
        let mut bytes = self.header.as_bytes().to_vec();
        bytes.extend(&self.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }
}

/// Returns an extended header with these records.
pub(crate) fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut text = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let mut len = rest + 1;
        while len != rest + len.to_string().len() {
            len = rest + len.to_string().len();
        }
        text.extend(format!("{len} {key}=").as_bytes());
        text.extend(*value);
        text.push(b'\n');
    }
    pax_text(&text)
}

/// Returns an extended header with exactly this text.
pub(crate) fn pax_text(text: &[u8]) -> Vec<u8> {
    Raw::ustar("PaxHeaders/x", b'x').content(text).bytes()
}

/// Returns a global header with these records.
pub(crate) fn global(records: &[(&str, &[u8])]) -> Vec<u8> {
    let text = pax(records)[512..].to_vec();
    let len = text.iter().rposition(|&b| b != 0).unwrap() + 1;
    Raw::ustar("pax_global_header", b'g')
        .content(&text[..len])
        .bytes()
}

/// Returns a GNU long name (`L`) or long link target (`K`).
pub(crate) fn long(flag: u8, text: &[u8]) -> Vec<u8> {
    Raw::gnu("././@LongLink", flag).content(text).bytes()
}

/// Returns a file in ustar form.
pub(crate) fn file(name: &str, content: &[u8]) -> Vec<u8> {
    Raw::ustar(name, b'0').content(content).bytes()
}

/// Two zero blocks, which end a tar.
pub(crate) const END: [u8; 1024] = [0; 1024];
