//! The list of an engine's images.

use std::io::Read;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bounds::EngineLimits;
use crate::io::{EngineCause, EngineImage, EngineKind, EngineList, EngineTrouble};

use super::address::Address;
use super::containerd;
use super::http;
use super::names::is_plain;
use super::trouble;
use super::watch::Until;

/// The name of an image that has none, as engines write it.
const UNNAMED: &str = "<none>:<none>";

/// Returns the kind that an address speaks for.
pub(super) fn kind_of(address: &str) -> EngineKind {
    match address {
        address if address.starts_with(containerd::SCHEME) => EngineKind::Containerd,
        address if address.contains("podman") => EngineKind::Podman,
        _ => EngineKind::Docker,
    }
}

/// Tells an engine's kind.
pub(super) fn kind(engine: &Address, limits: &EngineLimits, until: &Until) -> EngineKind {
    #[derive(Deserialize)]
    struct Version {
        #[serde(rename = "Components", default)]
        components: Vec<Component>,
    }
    #[derive(Deserialize)]
    struct Component {
        #[serde(rename = "Name", default)]
        name: String,
    }
    let is_podman = |component: &Component| component.name.to_ascii_lowercase().contains("podman");
    match document::<Version>(engine, "/version", limits, until) {
        Ok(version) if version.components.iter().any(is_podman) => EngineKind::Podman,
        Ok(_) => EngineKind::Docker,
        Err(_) => kind_of(&engine.to_string()),
    }
}

/// An image as an engine tells it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    id: String,
    repo_tags: Option<Vec<String>>,
    size: Option<i64>,
    #[serde(default)]
    created: i64,
}

/// Lists an engine's images.
pub(super) fn images(
    engine: &Address,
    limits: &EngineLimits,
    until: &Until,
) -> Result<EngineList, EngineTrouble> {
    if let Address::Containerd(namespace) = engine {
        return namespace.images(limits, until);
    }
    let told: Vec<Told> = document(engine, "/images/json", limits, until)?;
    let n_told = told.len();
    let images = told.into_iter().filter_map(|told| image(told, limits));
    let mut images: Vec<EngineImage> = images.collect();
    images.sort_by(|a, b| (b.created_seconds, &a.names).cmp(&(a.created_seconds, &b.names)));
    images.truncate(limits.images);
    Ok(EngineList {
        n_left_out: (n_told - images.len()) as u64,
        images,
    })
}

fn image(told: Told, limits: &EngineLimits) -> Option<EngineImage> {
    let mut names = told.repo_tags.unwrap_or_default();
    names.retain(|name| name != UNNAMED);
    let n_names = names.len();
    names.retain(|name| is_plain(name));
    names.sort_unstable();
    names.truncate(limits.image_names);
    is_plain(&told.id).then(|| EngineImage {
        id: told.id,
        n_names_left_out: (n_names - names.len()) as u64,
        names,
        size_bytes: told.size.and_then(|size| u64::try_from(size).ok()),
        created_seconds: told.created,
    })
}

/// Returns the ID of an image; `None` if the engine does not tell.
pub(super) fn id_of(
    engine: &Address,
    name: &str,
    limits: &EngineLimits,
    until: &Until,
) -> Option<String> {
    #[derive(Deserialize)]
    struct Inspected {
        #[serde(rename = "Id")]
        id: String,
    }
    let path = format!("/images/{name}/json");
    let inspected: Inspected = document(engine, &path, limits, until).ok()?;
    is_plain(&inspected.id).then_some(inspected.id)
}

/// Asks an engine for a document.
pub(super) fn document<T: DeserializeOwned>(
    engine: &Address,
    path: &str,
    limits: &EngineLimits,
    until: &Until,
) -> Result<T, EngineTrouble> {
    let mut until = until.clone();
    let silence = Duration::from_secs(limits.list_seconds);
    let answer = http::ask(engine, &format!("GET {path}"), silence, &mut until);
    let answer = answer.map_err(|cause| trouble::of_error(&cause))?;
    if answer.status != 200 {
        return Err(answer.refusal());
    }
    read_document(path, answer.body, limits)
}

/// Reads a document that an engine answers at a path.
pub(super) fn read_document<T: DeserializeOwned>(
    path: &str,
    body: impl Read,
    limits: &EngineLimits,
) -> Result<T, EngineTrouble> {
    let mut text = Vec::new();
    let mut body = body.take(limits.list_bytes + 1);
    let read = body.read_to_end(&mut text);
    read.map_err(|cause| trouble::of_error(&cause))?;
    if text.len() as u64 > limits.list_bytes {
        return Err(trouble::too_long(limits));
    }
    serde_json::from_slice(&text)
        .map_err(|cause| trouble::of(EngineCause::Odd, format!("{path}: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_told_with_plain_names_only_and_the_others_are_counted() {
        let long = "a".repeat(600);
        let limits = EngineLimits {
            image_names: 3,
            ..EngineLimits::DEFAULT
        };
        for (json, expected) in [
            (
                r#"{"Id":"sha256:aa","RepoTags":["b:1","a:1"],"Size":7,"Created":5}"#,
                Some("a:1 b:1 +0 Some(7) 5"),
            ),
            (
                r#"{"Id":"aa","RepoTags":null,"Size":-1}"#,
                Some(" +0 None 0"),
            ),
            (
                r#"{"Id":"aa","RepoTags":["<none>:<none>","../x","a b","a?b","ok"]}"#,
                Some("ok +3 None 0"),
            ),
            (
                r#"{"Id":"aa","RepoTags":["e","d","c","b","a"],"Size":0}"#,
                Some("a b c +2 Some(0) 0"),
            ),
            (
                &format!(r#"{{"Id":"aa","RepoTags":["{long}"]}}"#),
                Some(" +1 None 0"),
            ),
            (r#"{"Id":"../aa"}"#, None),
        ] {
            let told: Told = serde_json::from_str(json).expect("an image");
            let words = image(told, &limits).map(|image| {
                let (size, created) = (image.size_bytes, image.created_seconds);
                let (names, more) = (image.names.join(" "), image.n_names_left_out);
                format!("{names} +{more} {size:?} {created}")
            });
            assert_eq!(words.as_deref(), expected, "{json}");
        }
    }
}
