//! Bytes that leave the image: previews, downloads, listings and reports.

use crate::message::Code;
use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::Serialize;

use crate::image::{ImagePath, escape_json};
use crate::layer::EntryKind;
use crate::overlay::{LayerIdx, View};
use crate::protocol::{
    ContentAnswer, ContentKind, Event, ExportKind, FileText, ImageKey, Problem, ProblemCode,
    RequestId, SavedFile,
};
use crate::workspace::{
    FileContent, FileFindings, NoAnalysis, Report, SbomFormat, SbomSource, report_of, sbom,
    system_task,
};

use super::cancel::Cancel;
use super::kind::kind_of;
use super::listing::Lines;
use super::session::Shown;
use super::{Saver, Served, Session, World};

/// Milliseconds between progress events while decompression takes long.
const TELL_MILLIS: f64 = 100.0;

/// The maximum number of bytes in a preview, whatever is asked for.
const PREVIEW_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of a download after which other messages are handled.
const STRIDE_BYTES: u64 = 8 * 1024 * 1024;

impl<W: World> Session<W> {
    pub(super) async fn content(
        &self,
        image: ImageKey,
        path: &ImagePath,
        layer: u32,
        offset: u64,
        len: u32,
    ) -> Result<Served<W::Saved, ContentAnswer>, Problem> {
        let file = self.looking_at(self.file(image, path, layer)?);
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
        let kind = self.kind_of_file(&file, &bytes, &watch).await?;
        Ok(Served {
            answer: ContentAnswer {
                size_bytes: file.size_bytes(),
                offset,
                kind,
            },
            file: None,
            bytes: Some(bytes),
        })
    }

    /// Reads a file's text for the editor.
    pub(super) async fn text(
        &self,
        image: ImageKey,
        path: &ImagePath,
        layer: u32,
        most_bytes: u32,
    ) -> Result<FileText, Problem> {
        let file = self.looking_at(self.file(image, path, layer)?);
        let len = u64::from(most_bytes).min(PREVIEW_BYTES);
        let bytes = file.read(0, len, &|_| None).await;
        let bytes = bytes.map_err(|error| Problem::from(&error))?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => FileText::Utf8(text),
            Err(_) => FileText::Binary,
        })
    }

    pub(super) async fn download(
        &self,
        image: ImageKey,
        path: &ImagePath,
        layer: u32,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let file = self.file(image, path, layer)?;
        let limit = self.limits.layer.decoded_bytes;
        if file.size_bytes() > limit {
            // Holes cost a layer nothing, but a download of them fills the disk.
            let detail = Message::file_too_large(file.size_bytes(), limit);
            return Err(Problem::new(
                ProblemCode::TooLarge,
                Message::verbatim(path.to_string()),
                detail,
            ));
        }
        let mut saver = self.world.saver();
        let mut offset = 0;
        while offset < file.size_bytes() {
            if let ControlFlow::Break(()) = cancel.check() {
                return Err(Problem::new(
                    ProblemCode::Cancelled,
                    Message::verbatim(path.to_string()),
                    Message::cancelled(),
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
                    Message::verbatim(path.to_string()),
                    Message::content_cut(offset, file.size_bytes()),
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

    /// Guesses the kind of a file from its first bytes. A picture is checked as a whole, since further frames come
    /// later.
    async fn kind_of_file(
        &self,
        file: &FileContent,
        first: &[u8],
        watch: crate::workspace::Watch<'_>,
    ) -> Result<ContentKind, Problem> {
        let most_pixels = self.limits.output.picture_pixels;
        let kind = kind_of(first, most_pixels);
        let is_picture = matches!(kind, ContentKind::Picture { .. });
        if !is_picture || first.len() as u64 >= file.size_bytes() {
            return Ok(kind);
        }
        if file.size_bytes() > PREVIEW_BYTES {
            return Ok(ContentKind::Binary);
        }
        let all = file.read(0, PREVIEW_BYTES, watch).await;
        let all = all.map_err(|error| Problem::from(&error))?;
        Ok(kind_of(&all, most_pixels))
    }

    /// Returns the file that was read last if it is the same, since reading may continue from its position.
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
                Message::verbatim(path.to_string()),
                Message::no_content_here(layer, why_none(kind), path.to_string()),
            )
        };
        let file = info.filter(|info| info.kind == EntryKind::File);
        let place = file.and_then(|info| info.content).ok_or_else(nothing)?;
        shown.image.file_content(place).ok_or_else(nothing)
    }

    pub(super) async fn export(
        &self,
        request: RequestId,
        image: ImageKey,
        kind: ExportKind,
        cancel: &Cancel,
    ) -> Result<Served<W::Saved, SavedFile>, Problem> {
        let shown = self.shown(image)?;
        let mut saver = self.world.saver();
        let (suffix, media_type) = match kind {
            ExportKind::Listing { .. } => ("listing.jsonl", "application/jsonl"),
            ExportKind::Report => ("report.json", "application/json"),
            ExportKind::Spdx => ("spdx.json", "application/spdx+json"),
            ExportKind::CycloneDx => ("cdx.json", "application/vnd.cyclonedx+json"),
            ExportKind::Config => ("config.json", "application/json"),
            ExportKind::Manifest => ("manifest.json", "application/json"),
        };
        let name = safe_name(&format!("{}.{suffix}", shown.borrow().image.title()));
        let document = match kind {
            ExportKind::Listing { view, full } => {
                let lines = Lines::new(&shown.borrow(), view, full);
                let size_bytes = self
                    .write_listing(request, image, &shown, lines, &mut saver, cancel)
                    .await?;
                return saved::<W>(saver, name, size_bytes, media_type);
            }
            ExportKind::Report => {
                let task = system_task(&shown.borrow().image);
                let system = match task {
                    Ok(task) => Ok(self.run_system(task).await),
                    Err(problem) => Err(problem),
                };
                let packages = self.packages_of(&shown).await;
                let safety = self.safety_of(&shown).await;
                let found = FileFindings {
                    system: system.as_ref(),
                    packages: packages.as_ref(),
                    // It would read all layers again.
                    secrets: None,
                    safety: safety.as_ref(),
                };
                let image = report_of(&shown.borrow().image, found);
                let report = Report::new(vec![image], Vec::new(), Vec::new());
                written(&report)?
            }
            ExportKind::Spdx => self.sbom(&shown, SbomFormat::Spdx).await?,
            ExportKind::CycloneDx => self.sbom(&shown, SbomFormat::CycloneDx).await?,
            ExportKind::Config => document(&shown.borrow(), Code::DocumentConfig, |shown| {
                shown.image.config().map(|c| c.bytes.to_vec())
            })?,
            ExportKind::Manifest => document(&shown.borrow(), Code::DocumentManifest, |shown| {
                let manifest = shown.image.found.manifest.as_ref();
                manifest.map(|m| m.bytes.to_vec())
            })?,
        };
        saver.push(&document);
        saved::<W>(saver, name, document.len() as u64, media_type)
    }

    /// Reads the packages of an image into a bill of materials.
    async fn sbom(&self, shown: &RefCell<Shown>, format: SbomFormat) -> Result<Vec<u8>, Problem> {
        let unknown = |why: NoAnalysis| {
            let why = Message::from(&why);
            Problem::new(ProblemCode::NotFound, Message::none(), why)
        };
        let task = system_task(&shown.borrow().image).map_err(unknown)?;
        let system = self.run_system(task).await;
        let list = self.packages_of(shown).await.map_err(unknown)?;
        let shown = shown.borrow();
        let source = SbomSource {
            image: &shown.image,
            list: &list,
            release: &system.distribution.release,
            created: None,
        };
        written(&sbom(&source, format))
    }
}

/// Writes a document as the command does.
fn written(document: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let json = serde_json::to_string_pretty(document).map_err(|error| {
        let why = Message::verbatim(error.to_string());
        Problem::new(ProblemCode::Internal, Message::none(), why)
    })?;
    Ok(format!("{}\n", escape_json(&json)).into_bytes())
}

/// Explains that a path has no content to show.
fn why_none(kind: Option<EntryKind>) -> Code {
    match kind {
        None => Code::NothingThere,
        Some(EntryKind::Dir) => Code::DirectoryContent,
        Some(EntryKind::Symlink) => Code::SymlinkContent,
        Some(EntryKind::Hardlink) => Code::HardlinkContent,
        Some(EntryKind::Char | EntryKind::Block) => Code::DeviceContent,
        Some(EntryKind::Fifo) => Code::FifoContent,
        Some(EntryKind::File) => Code::ItsLayerNotRead,
    }
}

fn document(
    shown: &Shown,
    what: Code,
    bytes: impl Fn(&Shown) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Problem> {
    bytes(shown).ok_or_else(|| {
        let detail = Message::image_has_no(what);
        Problem::new(ProblemCode::NoContent, what, detail)
    })
}

pub(super) fn saved<W: World>(
    saver: W::Saver,
    file_name: String,
    size_bytes: u64,
    media_type: &str,
) -> Result<Served<W::Saved, SavedFile>, Problem> {
    let file = saver.finish(media_type).ok_or_else(|| {
        let detail = Message::no_room_in_browser(size_bytes);
        Problem::new(
            ProblemCode::StorageFull,
            Message::verbatim(&*file_name),
            detail,
        )
    })?;
    Ok(Served {
        answer: SavedFile {
            file_name,
            size_bytes,
            is_written: false,
        },
        file: Some(file),
        bytes: None,
    })
}

/// Returns a name that every file system accepts: no separators, no control or direction characters, not hidden, not
/// long.
///
/// Names that Windows reserves for devices, whatever their extension, get an underscore in front.
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
    let stem = trimmed.split('.').next().unwrap_or_default().trim_end();
    match stem.to_ascii_uppercase().as_str() {
        "" if trimmed.is_empty() => "file".to_owned(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => format!("_{trimmed}"),
        device if is_numbered_device(device) => format!("_{trimmed}"),
        _ => trimmed.to_owned(),
    }
}

/// True if an upper-case name is that of a serial or parallel port.
fn is_numbered_device(name: &str) -> bool {
    let number = name
        .strip_prefix("COM")
        .or_else(|| name.strip_prefix("LPT"));
    number.is_some_and(|n| {
        n.chars().count() == 1 && n.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_names_that_every_file_system_takes() {
        assert_eq!(
            safe_name("demo/app:1.0.report.json"),
            "demo_app_1.0.report.json"
        );
        assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe_name("..."), "file");
        for (device, safe) in [
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1", "_com1"),
            ("LPT9.tar.gz", "_LPT9.tar.gz"),
            ("Aux .h", "_Aux .h"),
            ("console", "console"),
            ("com10", "com10"),
            ("lpt", "lpt"),
        ] {
            assert_eq!(safe_name(device), safe);
        }
        assert_eq!(safe_name("a\u{202e}gpj.exe"), "a_gpj.exe");
        assert_eq!(safe_name("a\u{200b}\n\u{feff}.txt"), "a___.txt");
    }
}
