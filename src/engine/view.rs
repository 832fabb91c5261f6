//! Converts an open image to the rows that the page shows.

use crate::message::Message;
use std::collections::BTreeMap;

use crate::image::{
    ConfigDocument, Descriptor, Digest, Healthcheck, HistoryEntry, RuntimeConfig, duration_text,
    shown_command,
};
use crate::overlay::LayerIdx;
use crate::protocol::{
    AnnotationPlace, AnnotationRow, ArtifactView, ConfigFact, ConfigView, HistoryRow, ImageKey,
    ImageView, LayerRow, LayerState, PlatformRow, Problem, ProblemCode, count,
};
use crate::workspace::{LayerStatus, OpenImage, comment_of};

use super::platforms::digest_of;
use super::session::{Place, Shown};
use super::shorten::Shortening;

pub(super) fn image_view(key: ImageKey, shown: &Shown) -> ImageView {
    let image = &shown.image;
    let found = &image.found;
    let config = image.config();
    let (address, archive, file_name, platforms) = match &shown.place {
        Place::Archive {
            archive,
            name,
            platforms,
        } => (None, Some(*archive), Some(name.clone()), platforms.clone()),
        Place::Committed => (None, None, None, Vec::new()),
        Place::Registry {
            address, platforms, ..
        } => (Some(address.clone()), None, None, platforms.clone()),
    };
    let title = match &shown.place {
        // A tag of a registry stays the title, under whatever names the image is saved or pushed.
        Place::Registry {
            name: Some(name), ..
        } => name.clone(),
        _ => image.title(),
    };
    let short = Shortening::new(image.limits());
    let n_steps = config.map_or(0, |c| c.config.history.len());
    let mut view = ImageView {
        key,
        title: if title.is_empty() {
            file_name.clone().unwrap_or_default()
        } else {
            title
        },
        address,
        file_name,
        archive,
        names: found.names.clone(),
        origin: found.origin,
        image_id: found.image_id.clone(),
        manifest_digest: found.manifest.as_ref().map(|m| m.digest.clone()),
        index_digest: found.index_digest.clone(),
        platform: found.platform.clone(),
        platforms: selected(platforms, digest_of(found)),
        created: config
            .and_then(|c| c.config.created.as_ref())
            .map(|created| created.raw.clone()),
        author: config
            .map(|c| short.text(&c.config.author))
            .unwrap_or_default(),
        comment: short.text(&comment_of(image)),
        stored_bytes: image.stored_bytes(),
        decoded_bytes: image.decoded_bytes(),
        n_entries: image.n_entries(),
        n_layers_ready: count(image.n_applied()),
        layers: (0..image.layers().len())
            .map(|layer| layer_row(image, layer))
            .collect(),
        history: short.rows(
            "history",
            n_steps,
            image
                .history()
                .map(|(entry, layer)| history_row(&short, entry, layer)),
        ),
        config: config.map(|config| config_view(&short, config)),
        config_problem: found
            .config
            .as_ref()
            .and_then(|config| config.as_ref().err())
            .map(Problem::from),
        annotations: annotations(&short, shown),
        artifact_type: found.artifact_type.clone(),
        artifact: found.artifact().map(|artifact| ArtifactView {
            kind: artifact.kind,
            of: artifact.of,
            raw_json: artifact.document.map_or_else(String::new, |document| {
                String::from_utf8_lossy(&document.bytes).into_owned()
            }),
        }),
        warnings: image.warnings().to_vec(),
    };
    let cut = short.warnings();
    view.warnings.extend(cut);
    view
}

fn selected(mut platforms: Vec<PlatformRow>, digest: Option<&Digest>) -> Vec<PlatformRow> {
    for row in &mut platforms {
        row.selected = digest.is_some() && row.digest.as_ref() == digest;
    }
    platforms
}

/// Returns the compressed bytes of the layers that are read.
pub(super) fn stored_bytes_read(image: &OpenImage) -> u64 {
    (0..image.layers().len())
        .filter_map(|layer| image.read_layer(layer))
        .map(|read| read.stored_bytes)
        .sum()
}

pub(super) fn layer_row(image: &OpenImage, layer: usize) -> LayerRow {
    let found = image.found.layers.get(layer);
    let read = image.read_layer(layer);
    let entry = image.history_of(layer);
    let listed = image.listed_layer(layer).map(|listed| &listed.index);
    let index = read.map(|read| &read.index).or(listed);
    let counts = (layer < image.n_applied() && index.is_some())
        .then(|| image.union().counts(LayerIdx::at(layer)));
    let applied = image.layer_warnings(layer);
    let own = read.map(|read| &read.warnings);
    let short = Shortening::new(image.limits());
    let text = |text: fn(&HistoryEntry) -> &str| {
        entry
            .map(|entry| short.text(text(entry)))
            .unwrap_or_default()
    };
    let raw_command = text(|entry| &entry.created_by);
    LayerRow {
        layer: count(layer),
        digest: image.layer_digest(layer).cloned(),
        diff_id: image.diff_id(layer).cloned(),
        chain_id: image.chain_id(layer).cloned(),
        media_type: found.and_then(|f| f.media_type.clone()),
        title: found
            .and_then(|f| f.annotations.get(Descriptor::TITLE))
            .cloned(),
        compression: read.map(|r| r.compression),
        stored_bytes: read
            .map(|r| r.stored_bytes)
            .or_else(|| found?.claimed_bytes()),
        decoded_bytes: read.map(|r| r.decoded_bytes),
        n_entries: index.map(|index| index.n_entries() as u64),
        n_added: counts.map(|c| u64::from(c.n_added)),
        n_changed: counts.map(|c| u64::from(c.n_changed)),
        n_deleted: counts.map(|c| u64::from(c.n_deleted)),
        command: shown_command(&raw_command).text,
        raw_command,
        created: entry
            .and_then(|e| e.created.as_ref())
            .map(|c| c.raw.clone()),
        author: text(|entry| &entry.author),
        comment: text(|entry| &entry.comment),
        state: image
            .layers()
            .get(layer)
            .map_or(LayerState::Waiting, |status| layer_state(status, layer)),
        warnings: own
            .map(|own| own.kept.as_slice())
            .unwrap_or_default()
            .iter()
            .chain(&applied.kept)
            .cloned()
            .collect(),
        n_more_warnings: own.map_or(0, |own| own.n_dropped) + applied.n_dropped,
        left_out: image.left_out(layer),
    }
}

fn layer_state(status: &LayerStatus, layer: usize) -> LayerState {
    match status {
        LayerStatus::Waiting => LayerState::Waiting,
        LayerStatus::Listed(listed) => LayerState::Listed {
            asked_bytes: listed.asked_bytes,
            by: listed.by,
        },
        LayerStatus::Failed(error) => LayerState::Failed {
            problem: Problem::from(error),
        },
        LayerStatus::LeftOut => LayerState::Failed {
            problem: Problem::new(
                ProblemCode::LeftOut,
                Message::layer(layer),
                Message::reader_died(layer),
            ),
        },
        LayerStatus::Read(read, verdict) => LayerState::Read {
            verdict: verdict.clone(),
            damage: read
                .damage
                .as_ref()
                .map(|damage| Problem::of_layer(damage, layer)),
        },
    }
}

fn history_row(short: &Shortening<'_>, entry: &HistoryEntry, layer: Option<usize>) -> HistoryRow {
    let raw_command = short.text(&entry.created_by);
    HistoryRow {
        created: entry
            .created
            .as_ref()
            .map(|created| short.text(&created.raw)),
        author: short.text(&entry.author),
        command: shown_command(&raw_command).text,
        raw_command,
        comment: short.text(&entry.comment),
        empty_layer: entry.empty_layer,
        layer: layer.map(count),
    }
}

fn annotations(short: &Shortening<'_>, shown: &Shown) -> Vec<AnnotationRow> {
    let all = &shown.image.found.annotations;
    let rows = |place: AnnotationPlace, what: &'static str, map: &BTreeMap<String, String>| {
        let row = |(key, value): (&String, &String)| AnnotationRow {
            place,
            key: short.text(key),
            value: short.text(value),
        };
        short.rows(what, map.len(), map.iter().map(row))
    };
    let layers = shown.image.found.layers.iter().enumerate();
    let of_layers = layers.flat_map(|(at, layer)| {
        rows(
            AnnotationPlace::Layer(count(at)),
            "annotations of a layer",
            &layer.annotations,
        )
    });
    [
        rows(
            AnnotationPlace::Index,
            "annotations of the index",
            &all.index,
        ),
        rows(
            AnnotationPlace::Descriptor,
            "annotations of the descriptor",
            &all.descriptor,
        ),
        rows(
            AnnotationPlace::Manifest,
            "annotations of the manifest",
            &all.manifest,
        ),
        of_layers.collect(),
    ]
    .concat()
}

fn config_view(short: &Shortening<'_>, document: &ConfigDocument) -> ConfigView {
    let config = &document.config;
    let empty = RuntimeConfig::default();
    let run = config.config.as_ref().unwrap_or(&empty);
    let architecture = match config.platform.variant.as_str() {
        "" => config.platform.architecture.clone(),
        variant => format!("{}/{variant}", config.platform.architecture),
    };
    let labels = run.labels.iter();
    let labels = labels.map(|(key, value)| (short.text(key), short.text(value)));
    ConfigView {
        raw_json: String::from_utf8_lossy(&document.bytes).into_owned(),
        os: config.platform.os.clone(),
        architecture,
        docker_version: config.docker_version.clone(),
        user: run.user.clone(),
        working_dir: run.working_dir.clone(),
        entrypoint: short.texts("entry point", &run.entrypoint),
        cmd: short.texts("command", &run.cmd),
        env: short.texts("environment", &run.env),
        exposed_ports: short.texts("ports", &run.exposed_ports),
        volumes: short.texts("volumes", &run.volumes),
        labels: short.rows("labels", run.labels.len(), labels),
        stop_signal: run.stop_signal.clone(),
        shell: short.texts("shell", &run.shell),
        on_build: short.texts("ONBUILD", &run.on_build),
        healthcheck: run
            .healthcheck
            .as_ref()
            .map(healthcheck_rows)
            .unwrap_or_default(),
        extras: extras(document, run),
    }
}

fn healthcheck_rows(check: &Healthcheck) -> Vec<(ConfigFact, String)> {
    let duration = |nanos: Option<i64>| nanos.filter(|&n| n != 0).map(duration_text);
    [
        (
            ConfigFact::HealthTest,
            Some(check.test.join(" ")).filter(|test| !test.is_empty()),
        ),
        (ConfigFact::HealthInterval, duration(check.interval_nanos)),
        (ConfigFact::HealthTimeout, duration(check.timeout_nanos)),
        (
            ConfigFact::HealthStartPeriod,
            duration(check.start_period_nanos),
        ),
        (
            ConfigFact::HealthStartInterval,
            duration(check.start_interval_nanos),
        ),
        (
            ConfigFact::HealthRetries,
            check.retries.map(|retries| retries.to_string()),
        ),
    ]
    .into_iter()
    .filter_map(|(fact, value)| Some((fact, value?)))
    .collect()
}

fn extras(document: &ConfigDocument, run: &RuntimeConfig) -> Vec<(ConfigFact, String)> {
    let config = &document.config;
    let flag = |set: bool| {
        if set {
            "true".to_owned()
        } else {
            String::new()
        }
    };
    let made_by = config.container_config.as_ref();
    let made_by = made_by.map(|c| c.cmd.join(" ")).unwrap_or_default();
    [
        (ConfigFact::OsVersion, config.platform.os_version.clone()),
        (
            ConfigFact::OsFeatures,
            config.platform.os_features.join(", "),
        ),
        (ConfigFact::Container, config.container.clone()),
        (ConfigFact::ContainerCommand, made_by),
        (ConfigFact::Hostname, run.hostname.clone()),
        (ConfigFact::Domainname, run.domainname.clone()),
        (ConfigFact::ParentImage, run.image.clone()),
        (ConfigFact::MacAddress, run.mac_address.clone()),
        (
            ConfigFact::StopTimeout,
            run.stop_timeout
                .map(|s| format!("{s} s"))
                .unwrap_or_default(),
        ),
        (ConfigFact::AttachStdin, flag(run.attach_stdin)),
        (ConfigFact::AttachStdout, flag(run.attach_stdout)),
        (ConfigFact::AttachStderr, flag(run.attach_stderr)),
        (ConfigFact::Tty, flag(run.tty)),
        (ConfigFact::OpenStdin, flag(run.open_stdin)),
        (ConfigFact::StdinOnce, flag(run.stdin_once)),
        (ConfigFact::NetworkDisabled, flag(run.network_disabled)),
        (ConfigFact::ArgsEscaped, flag(run.args_escaped)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}
