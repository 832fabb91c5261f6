//! Compares the claims of a layer's media type with its bytes.
//!
//! The media type decides whether a blob is a layer at all. Its bytes decide how it is read. Other claims are
//! compared with them, and a wrong one is only reported.

use crate::image::{CompressionHint, MediaKind, MediaType};
use crate::layer::{Compression, Notice, Warning};
use crate::message::Message;
use crate::source::Error;

/// Returns an error if the media type says that the blob is not a file system layer (MT-09, MT-12).
pub(super) fn no_layer(media_type: &MediaType) -> Option<Error> {
    let reason = match media_type.kind() {
        _ if media_type.may_be_layer() => return None,
        MediaKind::Encrypted => Message::layer_encrypted(),
        MediaKind::Empty => Message::layer_empty(),
        MediaKind::OtherTar => Message::layer_other_tar(),
        _ => Message::layer_unreadable(),
    };
    Some(Error::Unsupported {
        what: Message::verbatim(media_type.to_string()),
        reason,
    })
}

/// Returns a warning if the compression differs from the media type's claim (MT-11).
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
