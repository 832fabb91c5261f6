//! Images and containers of the engines on this machine: Docker and podman, by the API of their sockets, and containerd, by its tool.
//!
//! An image is exported once, as `docker save` does it, and put down in a file of this user that ends with the program.

mod address;
mod container;
mod containerd;
mod export;
mod http;
mod list;
mod listing;
mod load;
mod names;
mod room;
mod tool;
mod trouble;
mod watch;
mod whole;

#[cfg(test)]
pub(super) use export::tests::exported;
pub(super) use export::{ExportOf, Exported};
pub(super) use listing::tell_engines;
pub(super) use room::Room;
pub(super) use watch::{Over, Watch};

use std::sync::mpsc::Receiver;

use crate::bounds::{EngineLimits, Limits};
use crate::io::{EngineCause, EngineItem, EngineTrouble, LoadedImage};

use super::super::complain;
use super::super::error::Error;
use address::{Address, Found, Named};
use export::Terminal;
use names::is_plain;
use watch::Until;

const LIMITS: EngineLimits = Limits::DEFAULT.engines;

/// Exports the image or container of this name from the engine that is chosen, or else from the first that has it.
///
/// # Errors
/// When no engine answers, none has it, or the disk is full.
pub(super) fn export(item: &EngineItem, room: &Room) -> Result<Exported, Error> {
    let Found {
        mut engines,
        is_first_chosen,
    } = address::found();
    match is_first_chosen {
        // A name that is chosen is not another engine's.
        true => engines.truncate(1),
        false => engines.extend(namespaces()),
    }
    let name = item.name();
    let mut told = Vec::new();
    for named in engines {
        let exported = named.address.and_then(|engine| {
            let exported = export::export(&engine, item, &mut Terminal::new(name), room);
            exported.map_err(|trouble| in_words(&engine, item, trouble))
        });
        match exported {
            Ok(exported) => {
                complain(&format!("{name}: from {}", named.name));
                return Ok(exported);
            }
            Err(trouble) => told.push(trouble.said),
        }
    }
    if told.is_empty() {
        told.push(
            "no socket of Docker, podman or containerd is here; DOCKER_HOST names one".to_owned(),
        );
    }
    Err(Error::Choice(format!("{name}: {}", told.join("; "))))
}

/// Returns the namespaces of each containerd. One that cannot be asked has none.
fn namespaces() -> Vec<Named> {
    let found = containerd::all().into_iter().flat_map(|containerd| {
        let until = Until::list(&Over::default(), &LIMITS);
        containerd.namespaces(&LIMITS, &until).unwrap_or_default()
    });
    found
        .map(|namespace| Named::at(Address::Containerd(namespace)))
        .collect()
}

/// Words a failure for a person at a terminal.
fn in_words(engine: &Address, item: &EngineItem, trouble: EngineTrouble) -> EngineTrouble {
    let said = match trouble.cause {
        EngineCause::NoSuchImage if is_plain(item.name()) => match item {
            EngineItem::Image(_) => format!("{engine} has no such image"),
            EngineItem::Container(_) => format!("{engine} has no such container"),
        },
        EngineCause::NoSuchImage => trouble.said,
        EngineCause::CutOff => format!("{engine}: the export ended: {}", trouble.said),
        _ => format!("{engine}: {}", trouble.said),
    };
    trouble::of(trouble.cause, said)
}

/// Tells which image an engine has under a name now; `None` for one that it does not tell, and for a container, which
/// changes.
pub(super) fn identity(
    address: &str,
    item: &EngineItem,
) -> Result<Option<ExportOf>, EngineTrouble> {
    let EngineItem::Image(name) = item else {
        return Ok(None);
    };
    let engine = engine_at(address)?;
    let id = match engine {
        Address::Containerd(_) => None,
        _ if !is_plain(name) => None,
        _ => list::id_of(
            &engine,
            name,
            &LIMITS,
            &Until::list(&Over::default(), &LIMITS),
        ),
    };
    Ok(id.map(|id| ExportOf {
        engine: address.to_owned(),
        name: name.clone(),
        id,
    }))
}

/// Exports an image, or a container with its image, from the engine of this address.
pub(super) fn export_from(
    address: &str,
    item: &EngineItem,
    watch: &mut dyn Watch,
    room: &Room,
) -> Result<Exported, EngineTrouble> {
    export::export(&engine_at(address)?, item, watch, room)
}

/// Loads an archive of this length, whose bytes come in pieces, into the engine of this address.
pub(super) fn load_into(
    address: &str,
    size_bytes: u64,
    pieces: &Receiver<Vec<u8>>,
    over: &Over,
) -> Result<Vec<LoadedImage>, EngineTrouble> {
    load::load(&engine_at(address)?, size_bytes, pieces, over)
}

/// Returns the engine of this address, if this machine names it: no page can have another asked.
fn engine_at(address: &str) -> Result<Address, EngineTrouble> {
    match address::find(address) {
        Some(named) => named.address,
        None => {
            let said = "this is no engine of this machine";
            Err(trouble::of(EngineCause::Unknown, said))
        }
    }
}
