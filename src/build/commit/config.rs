//! Builds the config of a committed image: the config of the image below, with the changes of the commit.
//!
//! Everything else stays byte for byte, since configs contain more members than any program knows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::ConfigError;
use super::raw_object::RawObject;
use crate::image::{DiffId, Healthcheck, RuntimeConfig, Timestamp, rfc3339, without_mark};

/// The history entry and the changes that a commit adds to an image.
#[derive(Clone, Debug)]
pub struct CommitStep<'a> {
    /// The time of the commit.
    pub created: Timestamp,
    /// The author; may be empty.
    pub author: &'a str,
    /// The command for `created_by`.
    pub created_by: &'a str,
    /// The commit message; may be empty.
    pub comment: &'a str,
    /// The change to the layers.
    pub layers: Layers<'a>,
    /// The settings before and after, if they change.
    pub settings: Option<(&'a RuntimeConfig, &'a RuntimeConfig)>,
}

/// The change of a commit to the layers of an image.
#[derive(Clone, Copy, Debug)]
pub enum Layers<'a> {
    /// Unchanged layers: only the settings change.
    Same,
    /// A new layer on top.
    Added(&'a DiffId),
    /// A new layer in place of the topmost ones.
    Replaced {
        /// The position of the lowest layer that is replaced, counted from 0 at the base.
        from: usize,
        /// The diff_id of the new layer.
        by: &'a DiffId,
    },
}

#[derive(Serialize)]
struct NewStep<'a> {
    created: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author: &'a str,
    created_by: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    comment: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    empty_layer: bool,
}

/// Returns the bytes of the new config. `below` is the config of an image with `n_layers` layers.
///
/// Like `docker commit`, this adds a history entry and sets `created` and `author` to those of the commit.
/// `container_config`, if present, becomes the config that the image specified, since that is how the container
/// was run; no container ID is given, since there was none. Afterwards the history has one entry for each layer,
/// even if it had fewer or more before: engines refuse any other history.
///
/// # Errors
/// When `below` is malformed, or does not name the layers.
pub fn new_config(
    below: &[u8],
    n_layers: usize,
    step: &CommitStep<'_>,
) -> Result<Vec<u8>, ConfigError> {
    let text = String::from_utf8_lossy(without_mark(below));
    changed(&text, n_layers, step)
        .unwrap_or_else(|error| Err(ConfigError::Malformed(error.to_string())))
}

fn changed(
    text: &str,
    n_layers: usize,
    step: &CommitStep<'_>,
) -> Result<Result<Vec<u8>, ConfigError>, serde_json::Error> {
    let mut config = RawObject::parse(text)?;
    let mut rootfs = config.object("rootfs")?;
    let mut diff_ids = rootfs.list("diff_ids")?;
    if diff_ids.len() != n_layers {
        return Ok(Err(ConfigError::DiffIds {
            n_diff_ids: diff_ids.len(),
            n_layers,
        }));
    }
    let mut history = config.list("history")?;
    let steps = steps_of_layers(&mut history, n_layers)?;
    match step.layers {
        Layers::Same => {}
        Layers::Added(diff_id) => diff_ids.push(serde_json::value::to_raw_value(diff_id)?),
        Layers::Replaced { from, by } => {
            diff_ids.truncate(from);
            diff_ids.push(serde_json::value::to_raw_value(by)?);
            // The steps were run, and their layers are in the new one, as `docker build --squash` records it.
            for at in steps.into_iter().skip(from) {
                set_empty(&mut history, at, true)?;
            }
        }
    }
    let created = rfc3339(step.created);
    history.push(serde_json::value::to_raw_value(&NewStep {
        created: &created,
        author: step.author,
        created_by: step.created_by,
        comment: step.comment,
        empty_layer: matches!(step.layers, Layers::Same),
    })?);
    if rootfs.get("type").is_none() {
        rootfs.set("type", &"layers")?;
    }
    rootfs.set("diff_ids", &diff_ids)?;
    if is_there(config.get("container_config")) {
        match config.get("config").map(RawValue::to_owned) {
            Some(run) => config.set("container_config", &run)?,
            None => config.remove("container_config"),
        }
    }
    config.remove("container");
    if let Some((before, after)) = step.settings {
        let mut run = config.object("config")?;
        set_settings(&mut run, before, after)?;
        config.set("config", &run)?;
    }
    config.set("created", &created)?;
    match step.author {
        "" => config.remove("author"),
        author => config.set("author", &author)?,
    }
    config.set("rootfs", &rootfs)?;
    config.set("history", &history)?;
    serde_json::to_vec(&config).map(Ok)
}

/// Returns the history entries that made the layers, after making the history complete. If there are as many
/// entries as layers, all of them count, whatever they say. If too many entries claim a layer, the lowest lose it.
/// Missing entries are appended. BuildKit does the same.
fn steps_of_layers(
    history: &mut Vec<Box<RawValue>>,
    n_layers: usize,
) -> Result<Vec<usize>, serde_json::Error> {
    let mut steps = Vec::new();
    for (at, entry) in history.iter().enumerate() {
        let told = RawObject::parse(entry.get())?;
        let is_empty = told.get("empty_layer").map(RawValue::get) == Some("true");
        if !is_empty {
            steps.push(at);
        }
    }
    if steps.len() != n_layers && history.len() == n_layers {
        for at in 0..n_layers {
            set_empty(history, at, false)?;
        }
        return Ok((0..n_layers).collect());
    }
    let n_too_many = steps.len().saturating_sub(n_layers);
    for at in steps.drain(..n_too_many) {
        set_empty(history, at, true)?;
    }
    while steps.len() < n_layers {
        steps.push(history.len());
        history.push(serde_json::value::to_raw_value(&MissingStep {
            comment: "the image has no history of this layer",
        })?);
    }
    Ok(steps)
}

/// The history entry of a layer without history.
#[derive(Serialize)]
struct MissingStep {
    comment: &'static str,
}

/// Sets whether a history entry made a layer.
fn set_empty(
    history: &mut [Box<RawValue>],
    at: usize,
    is_empty: bool,
) -> Result<(), serde_json::Error> {
    if let Some(entry) = history.get_mut(at) {
        let mut told = RawObject::parse(entry.get())?;
        match is_empty {
            true => told.set("empty_layer", &true)?,
            false => told.remove("empty_layer"),
        }
        *entry = serde_json::value::to_raw_value(&told)?;
    }
    Ok(())
}

fn is_there(value: Option<&RawValue>) -> bool {
    value.is_some_and(|value| value.get() != "null")
}

/// Sets the members that differ. Members that are empty now are removed.
fn set_settings(
    run: &mut RawObject,
    before: &RuntimeConfig,
    after: &RuntimeConfig,
) -> Result<(), serde_json::Error> {
    let mut texts = |key: &str, before: &String, after: &String| match after.as_str() {
        _ if before == after => Ok(()),
        "" => {
            run.remove(key);
            Ok(())
        }
        text => run.set(key, &text),
    };
    texts("User", &before.user, &after.user)?;
    texts("WorkingDir", &before.working_dir, &after.working_dir)?;
    texts("StopSignal", &before.stop_signal, &after.stop_signal)?;
    let mut lists = |key: &str, before: &[String], after: &[String], form: ListForm| {
        if before == after {
            return Ok(());
        }
        match (after, form) {
            ([], _) => {
                run.remove(key);
                Ok(())
            }
            (texts, ListForm::List) => run.set(key, &texts),
            (texts, ListForm::Set) => {
                let mut set = BTreeMap::new();
                set.extend(texts.iter().map(|text| (text, Nothing {})));
                run.set(key, &set)
            }
        }
    };
    lists("Env", &before.env, &after.env, ListForm::List)?;
    lists("Cmd", &before.cmd, &after.cmd, ListForm::List)?;
    lists(
        "Entrypoint",
        &before.entrypoint,
        &after.entrypoint,
        ListForm::List,
    )?;
    lists("OnBuild", &before.on_build, &after.on_build, ListForm::List)?;
    lists(
        "ExposedPorts",
        &before.exposed_ports,
        &after.exposed_ports,
        ListForm::Set,
    )?;
    lists("Volumes", &before.volumes, &after.volumes, ListForm::Set)?;
    if before.labels != after.labels {
        match after.labels.is_empty() {
            true => run.remove("Labels"),
            false => run.set("Labels", &after.labels)?,
        }
    }
    if before.healthcheck != after.healthcheck {
        match &after.healthcheck {
            None => run.remove("Healthcheck"),
            Some(check) => run.set("Healthcheck", &WrittenCheck::of(check))?,
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum ListForm {
    List,
    /// An object whose keys are the texts, Go's form of a set.
    Set,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenCheck<'a> {
    test: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_period: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<i64>,
}

impl WrittenCheck<'_> {
    fn of(check: &Healthcheck) -> WrittenCheck<'_> {
        WrittenCheck {
            test: &check.test,
            interval: check.interval_nanos,
            timeout: check.timeout_nanos,
            start_period: check.start_period_nanos,
            start_interval: check.start_interval_nanos,
            retries: check.retries,
        }
    }
}
