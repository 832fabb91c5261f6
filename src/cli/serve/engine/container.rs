//! The containers of an engine, and the image that a container and its writable layer come to.
//!
//! The engine itself writes the layer, as `docker commit` does it, into an image without a name, which is removed as soon
//! as it is exported. So whiteouts and owners are the engine's own, and nothing is asked of a container that runs.

use std::io;
use std::time::Duration;

use serde::Deserialize;

use crate::bounds::EngineLimits;
use crate::io::{EngineCause, EngineContainer, EngineContainers, EngineTrouble};

use super::super::super::complain;
use super::super::super::part::Temporary;
use super::LIMITS;
use super::address::Address;
use super::http;
use super::list::{document, read_document};
use super::names::is_plain;
use super::trouble;
use super::watch::{Over, Until, Watch};

/// Time in which an engine has to say something while it writes a layer.
const SILENCE: Duration = Duration::from_secs(600);

/// A container as an engine tells it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    id: String,
    names: Option<Vec<String>>,
    #[serde(default)]
    image: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    created: i64,
}

/// Lists an engine's containers. Those of containerd have no writable layer that its tool would export.
pub(super) fn containers(
    engine: &Address,
    limits: &EngineLimits,
    until: &Until,
) -> Result<EngineContainers, EngineTrouble> {
    if let Address::Containerd(_) = engine {
        return Ok(EngineContainers::default());
    }
    let told: Vec<Told> = document(engine, "/containers/json?all=true", limits, until)?;
    let n_told = told.len();
    let mut listed: Vec<EngineContainer> = told.into_iter().filter_map(container).collect();
    listed.sort_by(|a, b| (b.created_seconds, &a.name).cmp(&(a.created_seconds, &b.name)));
    listed.truncate(limits.containers);
    Ok(EngineContainers {
        n_left_out: (n_told - listed.len()) as u64,
        containers: listed,
    })
}

fn container(told: Told) -> Option<EngineContainer> {
    let names = told.names.unwrap_or_default();
    let mut names = names.iter().map(|name| name.trim_start_matches('/'));
    let name = names
        .find(|name| is_plain(name))
        .unwrap_or(&told.id)
        .to_owned();
    is_plain(&told.id).then(|| EngineContainer {
        name,
        // Docker tells an image that has no name any more by its ID.
        image: match is_plain(&told.image) {
            true => told.image,
            false => String::new(),
        },
        is_running: told.state == "running",
        created_seconds: told.created,
        id: told.id,
    })
}

/// An image that stands for a container. Dropping it removes it from the engine.
pub(super) struct Committed {
    /// The ID.
    pub(super) id: String,
    _temporary: Temporary,
}

impl Committed {
    fn new(engine: &Address, id: String) -> Committed {
        let (engine, of_engine) = (engine.clone(), id.clone());
        Committed {
            id,
            _temporary: Temporary::begin(move || remove(&engine, &of_engine)),
        }
    }
}

/// Removes an image that stood for a container, and complains where that fails.
fn remove(engine: &Address, id: &str) {
    // Nobody else may end this: the image would stay.
    let mut until = Until::list(&Over::default(), &LIMITS);
    let silence = Duration::from_secs(LIMITS.list_seconds);
    // The image's parents are not this one's to remove.
    let line = format!("DELETE /images/{id}?noprune=true");
    let failed = match http::ask(engine, &line, silence, &mut until) {
        // Somebody may have pruned it meanwhile.
        Ok(answer) if matches!(answer.status, 200 | 204 | 404) => return,
        Ok(answer) => answer.refusal().said,
        Err(cause) => cause.to_string(),
    };
    complain(&format!(
        "{engine}: the image {id}, which stood for a container, could not be removed: {failed}"
    ));
}

/// A watch that lets an answer come though nobody waits for it: an engine writes the image all the same, and only its answer
/// names what has to be removed.
struct Finishing<'a>(&'a mut dyn Watch);

impl Watch for Finishing<'_> {
    fn hear(&mut self, n_bytes: u64) -> io::Result<()> {
        // The export that follows ends.
        let _ = self.0.hear(n_bytes);
        Ok(())
    }
}

/// Returns the name of a container; what it was asked for by, where the engine does not tell a plain one.
fn called(engine: &Address, name: &str) -> String {
    #[derive(Deserialize)]
    struct Inspected {
        #[serde(rename = "Name")]
        name: String,
    }
    let until = Until::list(&Over::default(), &LIMITS);
    let inspected = document(engine, &format!("/containers/{name}/json"), &LIMITS, &until);
    let own = inspected.map(|inspected: Inspected| inspected.name);
    let own = own.unwrap_or_default();
    let own = own.trim_start_matches('/');
    match is_plain(own) {
        true => own.to_owned(),
        false => name.to_owned(),
    }
}

/// Has an engine write the writable layer of a container on top of the container's image. The container goes on meanwhile.
pub(super) fn commit(
    engine: &Address,
    name: &str,
    watch: &mut dyn Watch,
) -> Result<Committed, EngineTrouble> {
    #[derive(Deserialize)]
    struct Written {
        #[serde(rename = "Id")]
        id: String,
    }
    if let Address::Containerd(_) = engine {
        let said = "containerd's tool writes no layer of a container";
        return Err(trouble::of(EngineCause::NoSuchImage, said));
    }
    let called = called(engine, name);
    let comment = format!("The%20container%20{called}%20as%20Lamina%20found%20it");
    let line = format!("POST /commit?container={name}&pause=false&comment={comment}");
    let mut watch = Finishing(watch);
    // A config with nothing to change. podman wants one.
    let answer = http::ask_with(engine, (&line, "{}"), SILENCE, &mut watch);
    let answer = answer.map_err(|cause| trouble::of_error(&cause))?;
    if answer.status != 201 && answer.status != 200 {
        return Err(answer.refusal());
    }
    let written: Written = read_document("/commit", answer.body, &LIMITS)?;
    match is_plain(&written.id) {
        true => Ok(Committed::new(engine, written.id)),
        false => Err(trouble::of(EngineCause::Odd, "/commit: no ID of an image")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_told_by_a_plain_name_or_by_its_id() {
        for (json, expected) in [
            (
                r#"{"Id":"aa","Names":["/web"],"Image":"app:1","State":"running","Created":5}"#,
                Some("aa web app:1 true 5"),
            ),
            (
                r#"{"Id":"aa","Names":["/a b","/web"],"Image":"app:1","State":"exited"}"#,
                Some("aa web app:1 false 0"),
            ),
            (
                r#"{"Id":"aa","Names":null,"Image":"<img src=x>"}"#,
                Some("aa aa  false 0"),
            ),
            (r#"{"Id":"aa?x=1","Names":["/web"]}"#, None),
        ] {
            let told: Told = serde_json::from_str(json).expect("a container");
            let words = container(told).map(|one| {
                let (id, name, image) = (one.id, one.name, one.image);
                format!(
                    "{id} {name} {image} {} {}",
                    one.is_running, one.created_seconds
                )
            });
            assert_eq!(words.as_deref(), expected, "{json}");
        }
    }
}
