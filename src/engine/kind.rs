//! Guesses the kind of a file from its bytes: text, a picture that may be drawn, or other bytes.

use crate::image::MediaType;
use crate::protocol::ContentKind;

/// Guesses the kind of a file from its first bytes. Only raster pictures count as pictures, since they run nothing.
///
/// A picture that would take more memory to draw than allowed counts as other bytes.
pub(super) fn kind_of(bytes: &[u8], most_pixels: u64) -> ContentKind {
    const PICTURES: [(&[u8], &str); 6] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"\0\0\x01\0", "image/x-icon"),
        (b"BM", "image/bmp"),
    ];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let picture = PICTURES.iter().find(|(magic, _)| bytes.starts_with(magic));
    // Two letters prove little: a text may begin with "BM".
    let picture = picture.filter(|(magic, _)| magic.len() > 2 || is_bitmap(bytes));
    if (picture.is_some() || webp) && pixels_of(bytes).is_none_or(|pixels| pixels > most_pixels) {
        return ContentKind::Binary;
    }
    if let Some((_, media_type)) = picture {
        let media_type = MediaType::new(media_type);
        return ContentKind::Picture { media_type };
    }
    if webp {
        let media_type = MediaType::new("image/webp");
        return ContentKind::Picture { media_type };
    }
    if is_text(bytes) {
        ContentKind::Text
    } else {
        ContentKind::Binary
    }
}

/// Returns the pixels of all frames of a picture, from its headers; `None` if they do not tell.
///
/// Each frame counts with the whole picture's size, which is what a browser keeps of it.
fn pixels_of(bytes: &[u8]) -> Option<u64> {
    let size = imagesize::blob_size(bytes).ok()?;
    let frame = u64::try_from(size.width)
        .ok()?
        .checked_mul(u64::try_from(size.height).ok()?)?;
    frame.checked_mul(n_frames(bytes))
}

/// Returns an upper bound on a picture's frames, by counting the marks in front of them.
fn n_frames(bytes: &[u8]) -> u64 {
    let count = |mark: &[u8]| memchr::memmem::find_iter(bytes, mark).count() as u64;
    let n = match bytes {
        // The extension in front of each frame of an animation, or the frame's separator after the end of the
        // previous block.
        [b'G', b'I', b'F', ..] => count(b"\x21\xf9\x04").max(count(b"\0\x2c")),
        [b'R', b'I', b'F', b'F', ..] => count(b"ANMF"),
        [0x89, b'P', b'N', b'G', ..] => count(b"fcTL"),
        _ => 1,
    };
    n.max(1)
}

/// True if the fifteenth byte is one of the few header sizes of a bitmap.
fn is_bitmap(bytes: &[u8]) -> bool {
    bytes
        .get(14..18)
        .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// True for UTF-8 without control characters. A character that is cut at the end of the preview is accepted.
fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && bytes.len() - error.valid_up_to() < 4,
    };
    let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    valid && !bytes.iter().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(bytes: &[u8]) -> ContentKind {
        super::kind_of(bytes, 1_000_000)
    }

    /// Returns the beginning of a PNG of this size with `n_frames` frame marks.
    fn png(width: u32, height: u32, n_frames: usize) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [head, size, vec![8, 6, 0, 0, 0], b"fcTL".repeat(n_frames)].concat()
    }

    #[test]
    fn tells_text_pictures_and_the_rest() {
        assert_eq!(kind_of(b""), ContentKind::Text);
        assert_eq!(kind_of("Grüße\n".as_bytes()), ContentKind::Text);
        assert_eq!(kind_of(&"中".as_bytes()[..2]), ContentKind::Text);
        assert_eq!(kind_of(b"BM is how this text begins"), ContentKind::Text);
        assert_eq!(kind_of(b"\x7fELF\x02\x01"), ContentKind::Binary);
        assert_eq!(kind_of(b"<svg onload=alert(1)>"), ContentKind::Text);
        let png = ContentKind::Picture {
            media_type: MediaType::new("image/png"),
        };
        assert_eq!(kind_of(&super::tests::png(1_000, 1_000, 0)), png);
        // A hundred kilobytes may take gigabytes to draw, so such pictures count as other bytes.
        assert_eq!(
            kind_of(&super::tests::png(16_000, 16_000, 0)),
            ContentKind::Binary
        );
        assert_eq!(kind_of(&super::tests::png(1_000, 500, 2)), png);
        assert_eq!(
            kind_of(&super::tests::png(1_000, 500, 3)),
            ContentKind::Binary
        );
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n...."), ContentKind::Binary);
        let gif = |n: usize| {
            [
                b"GIF89a\x10\x27\x20\x00\0\0\0".to_vec(),
                b"\x21\xf9\x04".repeat(n),
            ]
            .concat()
        };
        assert!(matches!(kind_of(&gif(3)), ContentKind::Picture { .. }));
        assert_eq!(kind_of(&gif(4)), ContentKind::Binary);
    }
}
