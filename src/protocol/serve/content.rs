//! Bytes that leave the image: previews, downloads, listings and reports.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::image::ImagePath;
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, View};
use crate::protocol::{
    Answer, ContentAnswer, ContentKind, Event, ExportAnswer, ExportKind, ImageKey, Problem,
    ProblemCode,
};
use crate::workspace::{Detail, FileContent, Report, listing_line, report_of};

use super::session::{Cancel, Shown};
use super::{Saver, Served, Session, World, tree};

/// The page hears this often how far decoding has come that takes long, in milliseconds.
const TELL_MILLIS: f64 = 100.0;

/// A preview answers with at most this many bytes, whatever is asked for.
const PREVIEW_BYTES: u64 = 16 * 1024 * 1024;

/// A download goes on for this many bytes before it lets other messages be heard.
const STRIDE_BYTES: u64 = 8 * 1024 * 1024;

impl<W: World> Session<W> {
    pub(super) async fn content(
        &self,
        image: ImageKey,
        path_hex: &str,
        layer: u32,
        offset: u64,
        len: u32,
    ) -> Result<Served<W::Saved>, Problem> {
        let path = tree::path_from_hex(path_hex)?;
        let file = self.looking_at(self.file(image, &path, layer)?);
        let len = u64::from(len).min(PREVIEW_BYTES);
        let told_millis = Cell::new(self.world.now_millis());
        let total_bytes = file.passed_bytes() + len.min(file.size_bytes());
        let watch = |decoded_bytes: u64| {
            let now = self.world.now_millis();
            (now - told_millis.get() >= TELL_MILLIS).then(|| {
                told_millis.set(now);
                self.world.tell(Event::Content {
                    image,
                    layer,
                    decoded_bytes,
                    total_bytes,
                });
                self.world.breathe()
            })
        };
        let bytes = file.read(offset, len, &watch).await;
        let bytes = bytes.map_err(|error| Problem::from(&error))?;
        Ok(Served {
            answer: Answer::Content(ContentAnswer {
                size_bytes: file.size_bytes(),
                offset,
                kind: kind_of(&bytes),
            }),
            file: None,
            bytes: Some(bytes),
        })
    }

    pub(super) async fn download(
        &self,
        image: ImageKey,
        path_hex: &str,
        layer: u32,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved>, Problem> {
        let path = tree::path_from_hex(path_hex)?;
        let file = self.file(image, &path, layer)?;
        let limit = self.limits.decoded_bytes;
        if file.size_bytes() > limit {
            // Holes cost a layer nothing, and a download of them fills the disk.
            let detail = format!(
                "the file claims {} bytes, more than the limit of {limit}; what of it is stored can be looked at",
                file.size_bytes()
            );
            return Err(Problem::new(
                ProblemCode::TooLarge,
                path.to_string(),
                detail,
            ));
        }
        let mut saver = self.world.saver();
        let mut offset = 0;
        while offset < file.size_bytes() {
            if let ControlFlow::Break(()) = cancel.check() {
                return Err(Problem::new(
                    ProblemCode::Cancelled,
                    path.to_string(),
                    "cancelled",
                ));
            }
            let before = offset;
            let mut give = |piece: &[u8]| {
                saver.push(piece);
                offset += piece.len() as u64;
            };
            file.pieces(before, STRIDE_BYTES, &mut give, &|_| {
                Some(self.world.breathe())
            })
            .await
            .map_err(|error| Problem::from(&error))?;
            if offset == before {
                return Err(Problem::new(
                    ProblemCode::Damaged,
                    path.to_string(),
                    format!(
                        "the content ends after {offset} of {} bytes",
                        file.size_bytes()
                    ),
                ));
            }
            self.world.breathe().await;
        }
        let name = path.file_name().unwrap_or(b"file");
        saved::<W>(
            saver,
            safe_name(&crate::image::escape(name)),
            file.size_bytes(),
            "application/octet-stream",
        )
    }

    /// The same file as was looked at last, if it is that: it may go on where it stood.
    fn looking_at(&self, file: FileContent) -> Rc<FileContent> {
        let mut last = self.looked_at.borrow_mut();
        match &*last {
            Some(same) if same.is(&file) => Rc::clone(same),
            _ => Rc::clone(last.insert(Rc::new(file))),
        }
    }

    fn file(&self, image: ImageKey, path: &ImagePath, layer: u32) -> Result<FileContent, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let union = shown.image.union();
        let node = union.lookup(path.as_bytes());
        let info = node.and_then(|node| union.node(node, View::UpTo(LayerIdx(layer))));
        let kind = info.as_ref().map(|info| info.kind);
        let nothing = || {
            Problem::new(
                ProblemCode::NoContent,
                path.to_string(),
                format!(
                    "layer {layer} has no content here, {}: /{path}",
                    why_none(kind)
                ),
            )
        };
        let file = info.filter(|info| info.kind == EntryKind::File);
        let place = file.and_then(|info| info.content).ok_or_else(nothing)?;
        shown.image.file_content(place).ok_or_else(nothing)
    }

    pub(super) async fn export(
        &self,
        image: ImageKey,
        kind: ExportKind,
    ) -> Result<Served<W::Saved>, Problem> {
        let shown = self.shown(image)?;
        let shown = shown.borrow();
        let mut saver = self.world.saver();
        let mut size_bytes = 0;
        let mut give = |bytes: &[u8]| {
            saver.push(bytes);
            size_bytes += bytes.len() as u64;
        };
        let (suffix, media_type) = match kind {
            ExportKind::Listing { view, full } => {
                write_listing(&shown, view, full, &mut give);
                ("listing.jsonl", "application/jsonl")
            }
            ExportKind::Report => {
                let report = Report {
                    images: vec![report_of(&shown.image)],
                    warnings: Vec::new(),
                };
                let json = serde_json::to_vec_pretty(&report).map_err(|error| {
                    Problem::new(ProblemCode::Internal, "report", error.to_string())
                })?;
                give(&json);
                give(b"\n");
                ("report.json", "application/json")
            }
            ExportKind::Config => {
                give(&document(&shown, "config", |shown| {
                    shown.image.config().map(|c| c.bytes.to_vec())
                })?);
                ("config.json", "application/json")
            }
            ExportKind::Manifest => {
                give(&document(&shown, "manifest", |shown| {
                    let manifest = shown.image.found.manifest.as_ref();
                    manifest.map(|m| m.bytes.to_vec())
                })?);
                ("manifest.json", "application/json")
            }
        };
        let title = shown.image.title();
        let name = safe_name(&format!("{title}.{suffix}"));
        saved::<W>(saver, name, size_bytes, media_type)
    }
}

/// Listing lines are handed over in pieces of about this size.
const LISTING_BYTES: usize = 256 * 1024;

fn write_listing(
    shown: &Shown,
    view: crate::protocol::TreeView,
    full: bool,
    give: &mut dyn FnMut(&[u8]),
) {
    let detail = if full { Detail::Full } else { Detail::Plain };
    let union = shown.image.union();
    let Some(view) = tree::overlay_view(view, union.n_layers()) else {
        return;
    };
    let mut lines = String::new();
    for row in union.listing(view) {
        lines.push_str(&listing_line(union, view, &row, detail));
        lines.push('\n');
        if lines.len() >= LISTING_BYTES {
            give(lines.as_bytes());
            lines.clear();
        }
    }
    give(lines.as_bytes());
}

/// Why there is nothing to show of what is not a file with content.
fn why_none(kind: Option<EntryKind>) -> &'static str {
    match kind {
        None => "nothing is there",
        Some(EntryKind::Dir) => "a directory has only what is in it",
        Some(EntryKind::Symlink) => "a symbolic link has only its target",
        Some(EntryKind::Hardlink) => "this is a hard link whose target cannot be found",
        Some(EntryKind::Char | EntryKind::Block) => {
            "a device stands for hardware and is never opened"
        }
        Some(EntryKind::Fifo) => "a named pipe stores nothing and is never opened",
        Some(EntryKind::File) => "the layer that stores it was not read",
    }
}

fn document(
    shown: &Shown,
    what: &str,
    bytes: impl Fn(&Shown) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Problem> {
    bytes(shown).ok_or_else(|| {
        let detail = format!("this image has no {what}");
        Problem::new(ProblemCode::NoContent, what, detail)
    })
}

pub(super) fn saved<W: World>(
    saver: W::Saver,
    file_name: String,
    size_bytes: u64,
    media_type: &str,
) -> Result<Served<W::Saved>, Problem> {
    let file = saver.finish(media_type).ok_or_else(|| {
        let detail = format!("the browser has no room for {size_bytes} bytes");
        Problem::new(ProblemCode::StorageFull, file_name.clone(), detail)
    })?;
    Ok(Served {
        answer: Answer::File(ExportAnswer {
            file_name,
            size_bytes,
        }),
        file: Some(file),
        bytes: None,
    })
}

/// A name that every file system takes: no separators, no control or direction characters, not hidden, not long.
pub(super) fn safe_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => '_',
            c => c,
        })
        .take(120)
        .collect();
    let trimmed = plain.trim_matches(['.', ' ']);
    if trimmed.is_empty() {
        "file".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// What bytes seem to be, by their beginning; only raster pictures count as pictures, for they run nothing.
fn kind_of(bytes: &[u8]) -> ContentKind {
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
    if let Some((_, media_type)) = picture {
        let media_type = (*media_type).to_owned();
        return ContentKind::Picture { media_type };
    }
    if webp {
        let media_type = "image/webp".to_owned();
        return ContentKind::Picture { media_type };
    }
    if is_text(bytes) {
        ContentKind::Text
    } else {
        ContentKind::Binary
    }
}

/// A bitmap states its header's size, one of a few, in its fifteenth byte.
fn is_bitmap(bytes: &[u8]) -> bool {
    bytes
        .get(14..18)
        .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// UTF-8 without control characters; a character cut at the end of the preview does not count against it.
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

    #[test]
    fn tells_text_pictures_and_the_rest() {
        assert_eq!(kind_of(b""), ContentKind::Text);
        assert_eq!(kind_of("Grüße\n".as_bytes()), ContentKind::Text);
        assert_eq!(kind_of(&"中".as_bytes()[..2]), ContentKind::Text);
        assert_eq!(kind_of(b"BM is how this text begins"), ContentKind::Text);
        assert_eq!(kind_of(b"\x7fELF\x02\x01"), ContentKind::Binary);
        assert_eq!(kind_of(b"<svg onload=alert(1)>"), ContentKind::Text);
        let png = ContentKind::Picture {
            media_type: "image/png".to_owned(),
        };
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n...."), png);
    }

    #[test]
    fn makes_names_that_every_file_system_takes() {
        assert_eq!(
            safe_name("demo/app:1.0.report.json"),
            "demo_app_1.0.report.json"
        );
        assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe_name("..."), "file");
        assert_eq!(safe_name("a\u{202e}gpj.exe"), "a_gpj.exe");
        assert_eq!(safe_name("a\u{200b}\n\u{feff}.txt"), "a___.txt");
    }
}
