//! The export of an engine's image into a file, as `docker save` does it.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempPath};

use crate::bounds::Limits;
use crate::io::{EngineCause, EngineItem, EngineTrouble};

use super::super::super::complain;
use super::super::super::part::Part;
use super::address::Address;
use super::container;
use super::http;
use super::names::is_plain;
use super::room::{Place, Room};
use super::trouble;
use super::watch::Watch;
use super::whole::Passing;

/// Time in which an engine has to say something: it may put the whole image together first.
const SILENCE: Duration = Duration::from_secs(300);
/// Time between two lines about an export.
const AGAIN: Duration = Duration::from_secs(5);

/// A file of this user with an image, which ends with this value or with the program.
pub(in crate::cli::serve) struct Exported {
    pub(in crate::cli::serve) path: TempPath,
    pub(in crate::cli::serve) size_bytes: u64,
    _part: Part,
    _place: Place,
}

/// An image that was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli::serve) struct ExportOf {
    /// The engine's address.
    pub(in crate::cli::serve) engine: String,
    /// The name that it was exported by, which stands in the file.
    pub(in crate::cli::serve) name: String,
    /// The ID that the engine had under this name.
    pub(in crate::cli::serve) id: String,
}

/// Exports an image, or a container with its image.
pub(super) fn export(
    engine: &Address,
    item: &EngineItem,
    watch: &mut dyn Watch,
    room: &Room,
) -> Result<Exported, EngineTrouble> {
    let name = item.name();
    if !is_plain(name) {
        let of = match item {
            EngineItem::Image(_) => "an image",
            EngineItem::Container(_) => "a container",
        };
        let said = format!("{name:?} is no name or ID of {of}");
        return Err(trouble::of(EngineCause::NoSuchImage, said));
    }
    let place = room.place();
    let place = place.ok_or_else(|| trouble::of(EngineCause::Full, "too many exports are open"))?;
    match item {
        EngineItem::Image(name) => export_image(engine, name, watch, place),
        EngineItem::Container(name) => {
            let committed = container::commit(engine, name, watch)?;
            export_image(engine, &committed.id, watch, place)
        }
    }
}

fn export_image(
    engine: &Address,
    name: &str,
    watch: &mut dyn Watch,
    place: Place,
) -> Result<Exported, EngineTrouble> {
    let mut body: Box<dyn Read> = match engine {
        Address::Containerd(namespace) => {
            let export = namespace.export(name, watch);
            Box::new(export.map_err(|cause| trouble::of_error(&cause))?)
        }
        engine => {
            let answer = http::ask(engine, &format!("GET /images/{name}/get"), SILENCE, watch);
            let answer = answer.map_err(|cause| trouble::of_error(&cause))?;
            if answer.status != 200 {
                return Err(answer.refusal());
            }
            answer.body
        }
    };
    let mut file = NewFile::create(place)?;
    file.copy(&mut body)?;
    file.finish()
}

/// A file for an export, which only this user may read. A signal that ends the program removes it.
struct NewFile {
    file: NamedTempFile,
    part: Part,
    place: Place,
    n_bytes: u64,
}

impl NewFile {
    fn create(place: Place) -> Result<NewFile, EngineTrouble> {
        let mut form = tempfile::Builder::new();
        let file = form.prefix("lamina-").suffix(".tar").tempfile();
        let file = file.map_err(|cause| trouble::of_file(&cause))?;
        let part = Part::begin(file.path());
        Ok(NewFile {
            file,
            part,
            place,
            n_bytes: 0,
        })
    }

    /// Copies an archive to its end.
    fn copy(&mut self, body: &mut dyn Read) -> Result<(), EngineTrouble> {
        let mut piece = vec![0; 256 * 1024];
        let mut passing = Passing::new();
        loop {
            let read = body.read(&mut piece);
            let n = read.map_err(|cause| trouble::of_error(&cause))?;
            if n == 0 {
                return match passing.is_cut_off() {
                    // The connection's end is all that an engine's failure leaves of it.
                    true => Err(trouble::of(
                        EngineCause::CutOff,
                        "it came without the end of an archive",
                    )),
                    false => Ok(()),
                };
            }
            let bytes = piece.get(..n).unwrap_or_default();
            self.write(bytes)?;
            passing.pass(bytes);
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EngineTrouble> {
        let most = Limits::DEFAULT.archive.spool_bytes;
        self.n_bytes = self.n_bytes.saturating_add(bytes.len() as u64);
        if self.n_bytes > most {
            let said = format!("the export is longer than {most} bytes");
            return Err(trouble::of(EngineCause::TooLong, said));
        }
        if !self.place.grow(bytes.len() as u64) {
            let said = "the open exports together are too large";
            return Err(trouble::of(EngineCause::Full, said));
        }
        let mut file: &File = self.file.as_file();
        let written = file.write_all(bytes);
        written.map_err(|cause| trouble::of_file(&cause))
    }

    fn finish(self) -> Result<Exported, EngineTrouble> {
        Ok(Exported {
            path: self.file.into_temp_path(),
            size_bytes: self.n_bytes,
            _part: self.part,
            _place: self.place,
        })
    }
}

/// The watch of a person at a terminal.
pub(super) struct Terminal<'a> {
    name: &'a str,
    told: Instant,
}

impl Terminal<'_> {
    /// Creates the watch over the export of an image.
    pub(super) fn new(name: &str) -> Terminal<'_> {
        let told = Instant::now();
        Terminal { name, told }
    }
}

impl Watch for Terminal<'_> {
    fn hear(&mut self, n_bytes: u64) -> io::Result<()> {
        if self.told.elapsed() >= AGAIN {
            self.told = Instant::now();
            complain(&format!(
                "{}: {} MB exported",
                self.name,
                n_bytes / 1_000_000
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(in crate::cli::serve) mod tests {
    use super::*;

    /// Returns a finished file.
    pub(in crate::cli::serve) fn exported(room: &Room) -> Exported {
        let place = room.place().expect("room");
        let file = NewFile::create(place).unwrap_or_else(|why| panic!("{why:?}"));
        file.finish().unwrap_or_else(|why| panic!("{why:?}"))
    }

    fn copied(body: &[u8], room: &Room) -> Option<EngineCause> {
        let place = room.place().expect("room");
        let mut file = NewFile::create(place).unwrap_or_else(|why| panic!("{why:?}"));
        let copied = file.copy(&mut &*body);
        copied.err().map(|trouble| trouble.cause)
    }

    #[test]
    fn an_archive_is_taken_with_its_end_and_within_the_room() {
        use crate::bounds::EngineLimits;
        let mut limits = EngineLimits::DEFAULT;
        let room = Room::new(limits);
        assert_eq!(copied(&[0; 1024], &room), None);
        assert_eq!(copied(&[0; 512], &room), Some(EngineCause::CutOff));
        assert_eq!(copied(&[], &room), Some(EngineCause::CutOff));
        limits.export_bytes = 1000;
        let room = Room::new(limits);
        assert_eq!(copied(&[0; 1024], &room), Some(EngineCause::Full));
    }
}
