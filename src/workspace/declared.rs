//! What a layer's media type claims of it, held against its bytes.
//!
//! The bytes decide how a layer is read; a claim that does not fit is only told.

use crate::image::{CompressionHint, MediaType};
use crate::layer::{Compression, Warning};

/// A note when the bytes are compressed in another way than the media type claims (MT-11).
pub(super) fn compression_note(media_type: &MediaType, actual: Compression) -> Option<Warning> {
    let claimed = match media_type.layer()?.compression {
        CompressionHint::None => Compression::None,
        CompressionHint::Gzip => Compression::Gzip,
        CompressionHint::Zstd => Compression::Zstd,
    };
    (claimed != actual).then(|| {
        let message = format!(
            "the media type claims {}, and the bytes are {}: they were read as what they are",
            words(claimed),
            words(actual)
        );
        Warning::new(
            "compression-mismatch",
            media_type.as_str().as_bytes(),
            message,
        )
    })
}

fn words(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "uncompressed",
        compressed => compressed.word(),
    }
}
