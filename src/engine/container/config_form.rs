//! The configuration in the commit form: one text for each field that `docker commit --change` can set.

use crate::image::{Healthcheck, RuntimeConfig, duration_text};
use crate::protocol::ConfigField;
use crate::workspace::OpenImage;

/// Returns every field with its text.
pub(super) fn form(image: &OpenImage) -> Vec<(ConfigField, String)> {
    let none = RuntimeConfig::default();
    let config = image
        .config()
        .and_then(|config| config.config.config.as_ref());
    let runtime = config.unwrap_or(&none);
    let fields = ConfigField::ALL.map(|field| (field, text_of(runtime, field)));
    fields.into()
}

/// Returns a field's text; empty if the configuration does not have the field.
pub(super) fn text_of(runtime: &RuntimeConfig, field: ConfigField) -> String {
    match field {
        ConfigField::Cmd => exec(&runtime.cmd),
        ConfigField::Entrypoint => exec(&runtime.entrypoint),
        ConfigField::Env => runtime.env.join("\n"),
        ConfigField::Expose => runtime.exposed_ports.join("\n"),
        ConfigField::Label => {
            let labels = runtime.labels.iter();
            let lines: Vec<String> = labels
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            lines.join("\n")
        }
        ConfigField::OnBuild => runtime.on_build.join("\n"),
        ConfigField::StopSignal => runtime.stop_signal.clone(),
        ConfigField::User => runtime.user.clone(),
        ConfigField::Volume => runtime.volumes.join("\n"),
        ConfigField::WorkDir => runtime.working_dir.clone(),
        ConfigField::Healthcheck => runtime.healthcheck.as_ref().map(check).unwrap_or_default(),
    }
}

/// Formats a list of arguments in the exec form of a Dockerfile.
fn exec(arguments: &[String]) -> String {
    match arguments {
        [] => String::new(),
        // Serialising a list of texts cannot fail.
        arguments => serde_json::to_string(arguments).unwrap_or_default(),
    }
}

/// Formats a health check as in a Dockerfile.
fn check(check: &Healthcheck) -> String {
    let times = [
        ("interval", check.interval_nanos),
        ("timeout", check.timeout_nanos),
        ("start-period", check.start_period_nanos),
        ("start-interval", check.start_interval_nanos),
    ];
    let mut words: Vec<String> = Vec::new();
    for (word, nanos) in times {
        if let Some(nanos) = nanos.filter(|nanos| *nanos != 0) {
            words.push(format!("--{word}={}", duration_text(nanos)));
        }
    }
    if let Some(retries) = check.retries.filter(|retries| *retries != 0) {
        words.push(format!("--retries={retries}"));
    }
    match check.test.split_first() {
        None => {}
        Some((kind, _)) if kind == "NONE" => words.push("NONE".to_owned()),
        Some((kind, rest)) if kind == "CMD-SHELL" => {
            words.push(format!("CMD {}", rest.join(" ")));
        }
        Some((_, rest)) => words.push(format!("CMD {}", exec(rest))),
    }
    words.join(" ")
}
