//! Cost of opening one file in the middle of an image. `one_file IMAGE` prints JSON: the file, and the bytes that
//! are decoded and the compressed bytes that are read to show its beginning.
//!
//! The page opens a file with the same code, but there only the time can be measured.

#![allow(clippy::print_stdout, reason = "what it is asked for")]

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::io::{Bytes, MemorySpool};
use lamina::layer::{ContentReader, DataPlace, EntryId, EntryKind, FileHashes, ReadOptions};
use lamina::source::archive::{Input, open};
use lamina::workspace::{LayerStatus, OpenImage, ReadLayer, read_layer};

/// Length of the page's first request for content.
const PREVIEW_BYTES: u64 = 256 * 1024;

fn main() -> ExitCode {
    // `cargo bench` passes a flag of its own, and no image: then there is nothing to do.
    let Some(place) = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"))
    else {
        return ExitCode::SUCCESS;
    };
    match pollster::block_on(told(&place)) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("one_file: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn told(place: &str) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let limits = Limits::DEFAULT;
    let input = Input::File {
        name: place.to_owned(),
        bytes: Rc::new(Bytes::new(std::fs::read(place)?)),
    };
    let spool = || Box::new(MemorySpool::new(limits.archive.spool_memory_bytes)) as _;
    let mut opened = open(input, spool, &limits, &|_| ControlFlow::Continue(())).await?;
    let found = opened.images.pop().ok_or("there is no image")?;
    let mut image = OpenImage::new(found, limits);
    let middle = image.layers().len() / 2;
    let options = ReadOptions {
        limits: limits.layer,
        file_hashes: FileHashes::Skip,
    };
    let task = image
        .task(middle)
        .ok_or("the middle layer cannot be read")?;
    let (read, verdict) = read_layer(task, options, &|_| ControlFlow::Continue(())).await?;
    let read = Rc::new(read);
    image.accept(middle, LayerStatus::Read(Rc::clone(&read), verdict));
    let entry_id = file_in_the_middle(&read).ok_or("the middle layer has no file")?;
    let entry = read.index.entry(entry_id).ok_or("the file is an entry")?;
    let len = entry.size_bytes.min(PREVIEW_BYTES);
    let mut reader = ContentReader::part(Rc::clone(&read.access), &entry, 0, len);
    let (mut out, mut stored_bytes) = (Vec::new(), 0);
    while let Some(range) = reader.next_range() {
        let bytes = read
            .blob
            .read_at(range.offset, usize::try_from(range.len)?)
            .await?;
        stored_bytes += bytes.len();
        reader.push(&bytes, &mut out)?;
    }
    Ok(serde_json::json!({
        "path": escape(&entry.path.to_vec()),
        "size_bytes": entry.size_bytes,
        "shown_bytes": out.len(),
        "decoded_bytes": reader.decoded_bytes(),
        "stored_bytes": stored_bytes,
    }))
}

/// Returns the file whose content begins nearest to the middle of a layer's uncompressed bytes.
fn file_in_the_middle(read: &ReadLayer) -> Option<EntryId> {
    let middle = read.decoded_bytes / 2;
    let ids = (0..u32::try_from(read.index.n_entries()).ok()?).map(EntryId);
    ids.filter_map(|id| {
        let entry = read.index.entry(id)?;
        match (entry.kind, entry.data) {
            (EntryKind::File, DataPlace::At(at)) => Some((at.0.abs_diff(middle), id)),
            _ => None,
        }
    })
    .min_by_key(|(distance, _)| *distance)
    .map(|(_, id)| id)
}
