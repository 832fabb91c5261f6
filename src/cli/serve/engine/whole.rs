//! The end of an archive that an engine sends without a length: two blocks of zeros, which every engine writes last.

use crate::bounds::Limits;
use crate::layer::tar::{TarEvent, TarParser};

/// An archive that passes by.
pub(super) struct Passing(Option<TarParser>);

impl Passing {
    /// Creates the beginning of an archive.
    pub(super) fn new() -> Passing {
        Passing(Some(TarParser::new(&Limits::DEFAULT.layer)))
    }

    /// Takes the next bytes.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while let Some(parser) = &mut self.0 {
            match parser.step(bytes) {
                Ok(step) if matches!(step.event, TarEvent::NeedsInput) => return,
                Ok(step) => bytes = bytes.get(step.read..).unwrap_or_default(),
                // Damage is told where the archive is read.
                Err(_) => self.0 = None,
            }
        }
    }

    /// True if the archive goes on after the bytes that have passed.
    pub(super) fn is_cut_off(&self) -> bool {
        self.0.as_ref().is_some_and(|parser| !parser.is_ended())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_ends_with_its_two_blocks_of_zeros_and_nowhere_before() {
        let mut header = tar::Header::new_ustar();
        header.set_size(1024);
        header.set_cksum();
        let mut builder = tar::Builder::new(Vec::new());
        // Zeros, which are no end.
        builder
            .append_data(&mut header, "layer.tar", [0; 1024].as_slice())
            .expect("an entry");
        let whole = builder.into_inner().expect("an archive");
        for len in 0..=whole.len() {
            for n_bytes in [1, 700] {
                let mut passing = Passing::new();
                let bytes = whole.get(..len).expect("its beginning");
                bytes.chunks(n_bytes).for_each(|piece| passing.pass(piece));
                assert_eq!(passing.is_cut_off(), len < whole.len(), "{len}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_archive_are_told_by_their_reader() {
        let mut passing = Passing::new();
        passing.pass(&[b'x'; 600]);
        assert!(!passing.is_cut_off());
    }
}
