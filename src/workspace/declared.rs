//! What a layer's media type claims of it, held against its bytes.
//!
//! Whether something is a layer at all, the media type decides; how a layer is read, its bytes do, and a claim that
//! does not fit is only told.

use crate::image::{CompressionHint, MediaKind, MediaType};
use crate::layer::{Compression, Notice, Warning};
use crate::source::Error;

/// Why a blob is no layer of a file system, when its media type says so (MT-09, MT-12).
pub(super) fn no_layer(media_type: &MediaType) -> Option<Error> {
    let reason = match media_type.kind() {
        _ if media_type.may_be_layer() => return None,
        MediaKind::Encrypted => "the layer is encrypted, and cannot be read as a file system",
        MediaKind::Empty => "it is empty, and stands where there is no layer",
        MediaKind::OtherTar => "it is a tar of another kind, and no part of a file system",
        _ => "it cannot be read as a file system",
    };
    Some(Error::Unsupported {
        what: media_type.to_string(),
        reason: reason.to_owned(),
    })
}

/// A note when the bytes are compressed in another way than the media type claims (MT-11).
pub(super) fn compression_note(media_type: &MediaType, actual: Compression) -> Option<Warning> {
    let claimed = match media_type.layer()?.compression {
        CompressionHint::None => Compression::None,
        CompressionHint::Gzip => Compression::Gzip,
        CompressionHint::Zstd => Compression::Zstd,
    };
    (claimed != actual).then(|| {
        let notice = Notice::CompressionMismatch { claimed, actual };
        Warning::new(notice, media_type.as_str().as_bytes())
    })
}
