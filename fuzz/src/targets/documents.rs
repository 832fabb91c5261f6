//! Documents: manifests, indexes, configs and the lists of archives, with each media type that a document may have.

use lamina::image::{
    Algorithm, ConfigDocument, Content, Digest, Document, HistoryMatch, ImageConfig, Json,
    LegacyImage, Manifest, MediaType, Oddity, chain_ids, default_platform, duration_text, env_pair,
    match_history, pick_platform, read_repositories, read_saved_images, shown_command,
    without_mark,
};
use lamina::layer::Warning;
use serde_json::Value;

use super::world::{LIMITS, TIGHT};

/// Maximum number of oddities kept per document, plus one that says that there are more.
const MOST_ODDITIES: usize = 51;

const TYPES: [&str; 6] = [
    "",
    MediaType::OCI_MANIFEST,
    MediaType::OCI_INDEX,
    MediaType::DOCKER_MANIFEST,
    MediaType::DOCKER_LIST,
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
];

/// Reads bytes as every kind of document.
pub fn run(data: &[u8]) {
    check_digest(data);
    let tree = check_tree(data);
    for media_type in TYPES {
        let document = Document::new(data, MediaType::new(media_type));
        let reading = document.read(LIMITS.documents.json_bytes);
        assert_eq!(reading, document.read(LIMITS.documents.json_bytes));
        assert!(reading.is_err() || tree.is_some());
        if data.len() as u64 > TIGHT.documents.json_bytes {
            assert!(document.read(TIGHT.documents.json_bytes).is_err());
        }
        let Ok(reading) = reading else {
            continue;
        };
        check_oddities(&reading.oddities);
        if let Content::Manifest(manifest) = &reading.content {
            check_manifest(manifest);
        }
        if let Content::Index(index) = &reading.content {
            let platforms: Vec<_> = index.manifests.iter().map(|m| m.platform.clone()).collect();
            let picked = default_platform(&platforms);
            assert!(picked.is_none_or(|at| at < platforms.len()));
            for wanted in platforms.iter().flatten().take(4) {
                let picked = pick_platform(&platforms, wanted);
                assert!(picked.is_some_and(|at| platforms[at].is_some()));
            }
        }
        assert_eq!(
            reading.clone().into_manifest().is_ok(),
            matches!(reading.content, Content::Manifest(_))
        );
        assert_eq!(
            reading.clone().into_index().is_ok(),
            matches!(reading.content, Content::Index(_))
        );
    }
    if let Ok(config) = ConfigDocument::parse(data, LIMITS.documents.json_bytes) {
        assert_eq!(&*config.bytes, data);
        assert_eq!(config.matches(&config.digest), Some(true));
        check_oddities(&config.oddities);
        check_config(&config.config);
    }
    if let Ok((image, oddities)) = LegacyImage::parse(data, LIMITS.documents.json_bytes) {
        check_oddities(&oddities);
        check_config(&image.config);
        let _ = image.history_entry();
    }
    if let Ok((_, oddities)) = read_saved_images(data, LIMITS.documents.json_bytes) {
        check_oddities(&oddities);
    }
    if let Ok((_, oddities)) = read_repositories(data, LIMITS.documents.json_bytes) {
        check_oddities(&oddities);
    }
}

fn check_digest(data: &[u8]) {
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let digest = Digest::of(data, algorithm);
        assert_eq!(Digest::parse(digest.as_str()).as_ref(), Ok(&digest));
        assert_eq!(digest.matches(data), Some(true));
        let verified = Document::verified(data, &digest, MediaType::default());
        assert!(verified.is_ok_and(|document| *document.bytes == *data));
        let more = [data, b" "].concat();
        assert!(Document::verified(more, &digest, MediaType::default()).is_err());
    }
}

/// Checks that a tree that is serialised and parsed again is the same, without the oddities of its first text.
fn check_tree(data: &[u8]) -> Option<Value> {
    let bare = without_mark(data);
    assert_eq!(bare.trim_ascii(), bare);
    let json = Json::parse(data, LIMITS.documents.json_bytes).ok()?;
    check_oddities(&json.oddities);
    let text = json.value.to_string();
    let again = Json::parse(text.as_bytes(), u64::MAX).expect("what was JSON is JSON");
    assert_eq!(again.oddities, []);
    if !has_float(&json.value) {
        assert_eq!(again.value, json.value);
    }
    Some(json.value)
}

/// True if the value contains a float. Its shortest decimal form may be parsed as an adjacent float.
fn has_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_float),
        Value::Object(members) => members.values().any(has_float),
        _ => false,
    }
}

fn check_oddities(oddities: &[Oddity]) {
    assert!(oddities.len() <= MOST_ODDITIES);
    for oddity in oddities {
        assert!(!oddity.code().is_empty() && !Warning::from(oddity).message().is_empty());
        let _ = oddity.subject();
    }
}

fn check_manifest(manifest: &Manifest) {
    let _ = (manifest.is_image(), manifest.artifact_type());
    for descriptor in manifest.layers.iter().chain(&manifest.config) {
        if let Some(data) = descriptor.embedded() {
            let digest = descriptor.known_digest().expect("was proved");
            assert_eq!(digest.matches(&data), Some(true));
            assert_eq!(descriptor.size_bytes, Some(data.len() as u64));
        }
        if let Some(digest) = descriptor.known_digest() {
            assert_eq!(Digest::parse(digest.as_str()).as_ref(), Ok(digest));
        }
        let kind = descriptor.media_type.kind();
        assert_eq!(MediaType::new(descriptor.media_type.as_str()).kind(), kind);
        let _ = (descriptor.title(), descriptor.image_name());
        let _ = (descriptor.attests(), descriptor.is_attestation());
    }
}

fn check_config(config: &ImageConfig) {
    let chain = chain_ids(&config.diff_ids);
    assert_eq!(chain.len(), config.diff_ids.len());
    let n_known = config.diff_ids.iter().take_while(|id| id.is_some()).count();
    assert!(chain[..n_known].iter().all(Option::is_some));
    assert!(chain[n_known..].iter().all(Option::is_none));
    for n_layers in [config.diff_ids.len(), config.history.len(), 0, 3] {
        check_match(&match_history(&config.history, n_layers), config, n_layers);
    }
    for entry in &config.history {
        let shown = shown_command(&entry.created_by);
        assert!(shown.text.len() <= entry.created_by.len() + 4);
    }
    let _ = (config.check_rootfs(), config.labels());
    for runtime in config.config.iter().chain(&config.container_config) {
        for pair in &runtime.env {
            let (name, value) = env_pair(pair);
            assert!(pair.starts_with(name) && pair.ends_with(value.unwrap_or_default()));
        }
        if let Some(health) = &runtime.healthcheck {
            let times = [health.interval_nanos, health.timeout_nanos];
            for nanos in times.into_iter().flatten() {
                assert!(!duration_text(nanos).is_empty());
            }
        }
    }
}

/// Checks that each layer is made by at most one history entry, in their order.
fn check_match(matched: &HistoryMatch, config: &ImageConfig, n_layers: usize) {
    assert!(matched.layer_of.len() <= config.history.len());
    let made: Vec<_> = matched.layer_of.iter().flatten().copied().collect();
    assert!(made.iter().all(|&layer| layer < n_layers));
    assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    for layer in 0..n_layers.min(20) {
        let entry = matched.entry_of(layer);
        assert!(entry.is_none_or(|entry| matched.layer_of[entry] == Some(layer)));
    }
}
