//! Random configs and manifests: keys in any case, repeated keys, `null`, objects over objects.

use lamina::image::{
    ConfigDocument, Content, Document, MediaType, RuntimeConfig, read_saved_images,
};
use serde_json::{Value, json};

use crate::Said;
use crate::go::Oracle;
use crate::random::Random;

/// Maximum size of a document in bytes.
const LIMIT: u64 = 1 << 20;

/// Decodes one random document with both readers. The error describes the difference.
pub(crate) fn compare(oracle: &mut Oracle, random: &mut Random) -> Result<Said, String> {
    let (kind, text) = match random.below(3) {
        0 => (b's', saved_images(random)),
        1 => (b'm', manifest(random)),
        _ => (b'c', config(random)),
    };
    let go = oracle.ask(kind, text.as_bytes());
    if !go["error"].as_str().unwrap().is_empty() {
        return Ok(Said::Refused);
    }
    let ours = match kind {
        b's' => our_saved_images(&text),
        b'm' => our_manifest(&text),
        _ => our_config(&text),
    };
    let theirs = tidy(go["value"].clone());
    match ours.as_ref() == Ok(&theirs) {
        true => Ok(Said::Alike),
        false => Err(format!("{text}\nGo: {theirs}\nLamina: {ours:?}")),
    }
}

/// Removes empty values: Go distinguishes absent from empty in places where it makes no difference.
fn tidy(value: Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_i64() == Some(0),
    };
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, tidy(value)))
            .filter(|(_, value)| !is_empty(value))
            .collect(),
        Value::Array(items) => items.into_iter().map(tidy).collect(),
        value => value,
    }
}

fn runtime(config: &RuntimeConfig) -> Value {
    let volumes: serde_json::Map<String, Value> = config
        .volumes
        .iter()
        .map(|v| (v.clone(), json!({})))
        .collect();
    json!({
        "User": config.user,
        "Env": config.env,
        "Cmd": config.cmd,
        "Entrypoint": config.entrypoint,
        "WorkingDir": config.working_dir,
        "Volumes": volumes,
        "Labels": config.labels,
        "StopSignal": config.stop_signal,
        "OnBuild": config.on_build,
        "Healthcheck": config.healthcheck.as_ref().map(|check| json!({"Test": check.test})),
    })
}

fn our_config(text: &str) -> Result<Value, String> {
    let document = ConfigDocument::parse(text.as_bytes(), LIMIT).map_err(|e| e.to_string())?;
    let config = &document.config;
    let history: Vec<Value> = config
        .history
        .iter()
        .map(|entry| {
            json!({
                "author": entry.author,
                "created_by": entry.created_by,
                "comment": entry.comment,
                "empty_layer": entry.empty_layer,
            })
        })
        .collect();
    let diff_ids: Vec<String> = config
        .diff_ids
        .iter()
        .map(|id| id.as_ref().map(|id| id.0.to_string()).unwrap_or_default())
        .collect();
    Ok(tidy(json!({
        "architecture": config.platform.architecture,
        "os": config.platform.os,
        "author": config.author,
        "comment": config.comment,
        "config": config.config.as_ref().map(runtime),
        "rootfs": {"type": config.rootfs_type, "diff_ids": diff_ids},
        "history": history,
    })))
}

fn our_saved_images(text: &str) -> Result<Value, String> {
    let (images, _) = read_saved_images(text.as_bytes(), LIMIT).map_err(|e| e.to_string())?;
    let image = |image: &lamina::image::SavedImage| json!({"Config": image.config, "RepoTags": image.repo_tags, "Layers": image.layers});
    Ok(tidy(images.iter().map(image).collect()))
}

fn descriptor(descriptor: &lamina::image::Descriptor) -> Value {
    json!({
        "mediaType": descriptor.media_type.as_str(),
        "digest": descriptor.known_digest().map(ToString::to_string),
        "size": descriptor.size_bytes,
        "annotations": descriptor.annotations,
        "platform": descriptor.platform.as_ref().map(|p| json!({"os": p.os, "architecture": p.architecture})),
    })
}

fn our_manifest(text: &str) -> Result<Value, String> {
    let read = |media_type: &str| {
        let document = Document::new(text.as_bytes(), MediaType::new(media_type));
        document.read(LIMIT).map_err(|e| e.to_string())
    };
    let list = |all: &[lamina::image::Descriptor]| all.iter().map(descriptor).collect::<Vec<_>>();
    let Content::Manifest(manifest) = read(MediaType::OCI_MANIFEST)?.content else {
        return Err("no manifest".to_owned());
    };
    let Content::Index(index) = read(MediaType::OCI_INDEX)?.content else {
        return Err("no index".to_owned());
    };
    Ok(tidy(json!({
        "mediaType": manifest.media_type.as_str(),
        "config": manifest.config.as_ref().map(descriptor),
        "layers": list(&manifest.layers),
        "manifests": list(&index.manifests),
        "annotations": manifest.annotations,
    })))
}

/// Maker of a random value. [`object`] picks members from a list of keys and makers.
type Maker = fn(&mut Random) -> String;

fn object(random: &mut Random, members: &[(&str, Maker)]) -> String {
    let n = random.below(5);
    let member = |random: &mut Random| {
        let (key, value) = members[random.below(members.len())];
        let value = match random.below(9) {
            0 => "null".to_owned(),
            _ => value(random),
        };
        format!("\"{}\": {value}", cased(random, key))
    };
    let members: Vec<String> = (0..n).map(|_| member(random)).collect();
    format!("{{{}}}", members.join(", "))
}

/// Returns a key in its usual case most of the time, or in another one.
fn cased(random: &mut Random, key: &str) -> String {
    match random.below(8) {
        0 => key.to_uppercase(),
        1 => key.to_lowercase(),
        2 => key.replace('s', "\u{17f}"),
        3 => key.replace(['k', 'K'], "\u{212a}"),
        4 if random.one_in(4) => format!("{key} "),
        _ => key.to_owned(),
    }
}

fn list(random: &mut Random, item: Maker) -> String {
    let items: Vec<String> = (0..random.below(3)).map(|_| item(random)).collect();
    format!("[{}]", items.join(", "))
}

fn text(random: &mut Random) -> String {
    format!("\"{}\"", random.of(&["a", "b", "root", "", "0"]))
}

fn digest(random: &mut Random) -> String {
    let digit = random.of(&["a", "b", "0"]);
    format!("\"sha256:{}\"", digit.repeat(64))
}

fn flag(random: &mut Random) -> String {
    random.of(&["true", "false"]).to_owned()
}

fn texts(random: &mut Random) -> String {
    list(random, text)
}

fn map(random: &mut Random) -> String {
    object(random, &[("k", text), ("K", text), ("other", text)]).replace("null", "\"n\"")
}

fn set(random: &mut Random) -> String {
    object(
        random,
        &[("v", |_| "{}".to_owned()), ("w", |_| "{}".to_owned())],
    )
}

fn runtime_text(random: &mut Random) -> String {
    object(
        random,
        &[
            ("User", text),
            ("User", text),
            ("Env", texts),
            ("Cmd", texts),
            ("Entrypoint", texts),
            ("WorkingDir", text),
            ("Volumes", set),
            ("Labels", map),
            ("StopSignal", text),
            ("OnBuild", texts),
            ("Healthcheck", |random| object(random, &[("Test", texts)])),
        ],
    )
}

fn config(random: &mut Random) -> String {
    let rootfs: Maker = |random| {
        object(
            random,
            &[("type", text), ("diff_ids", |random| list(random, digest))],
        )
    };
    let history: Maker = |random| {
        list(random, |random| {
            object(
                random,
                &[
                    ("author", text),
                    ("created_by", text),
                    ("comment", text),
                    ("empty_layer", flag),
                ],
            )
        })
    };
    object(
        random,
        &[
            ("architecture", text),
            ("os", text),
            ("author", text),
            ("comment", text),
            ("config", runtime_text),
            ("config", runtime_text),
            ("config", runtime_text),
            ("rootfs", rootfs),
            ("history", history),
        ],
    )
}

fn saved_images(random: &mut Random) -> String {
    list(random, |random| {
        object(
            random,
            &[("Config", text), ("RepoTags", texts), ("Layers", texts)],
        )
    })
}

fn descriptor_text(random: &mut Random) -> String {
    let platform: Maker = |random| object(random, &[("os", text), ("architecture", text)]);
    let size: Maker = |random| random.below(9).to_string();
    object(
        random,
        &[
            ("mediaType", text),
            ("digest", digest),
            ("size", size),
            ("annotations", map),
            ("platform", platform),
        ],
    )
}

fn manifest(random: &mut Random) -> String {
    object(
        random,
        &[
            ("mediaType", text),
            ("config", descriptor_text),
            ("layers", |random| list(random, descriptor_text)),
            ("manifests", |random| list(random, descriptor_text)),
            ("annotations", map),
        ],
    )
}
