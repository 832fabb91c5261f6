//! Checks the settings of containers, field by field, as a form needs it.
//!
//! The same rules hold for instructions, whose arguments `change` parses.

use super::ChangeError;
use super::signal::is_signal;
use crate::image::{RuntimeConfig, env_pair};
use crate::message::{Code, Message};

/// Largest number of ports in one range.
const MOST_PORTS: u16 = 1000;

/// Checks that a container could be run with these settings. Returns all problems, field by field.
pub fn check_settings(settings: &RuntimeConfig) -> Vec<ChangeError> {
    let mut wrong = Vec::new();
    let mut note = |instruction, found: Result<(), Message>| {
        wrong.extend(
            found
                .err()
                .map(|reason| ChangeError::of(instruction, reason)),
        );
    };
    for entry in &settings.env {
        note("ENV", check_env(entry));
    }
    for port in &settings.exposed_ports {
        note("EXPOSE", port_range(port).map(|_| ()));
    }
    for volume in &settings.volumes {
        note("VOLUME", check_filled(volume, Code::PathEmpty));
    }
    for key in settings.labels.keys() {
        note("LABEL", check_filled(key, Code::SettingNameEmpty));
    }
    for trigger in &settings.on_build {
        note("ONBUILD", check_filled(trigger, Code::NeedsInstruction));
    }
    if !settings.stop_signal.is_empty() && !is_signal(&settings.stop_signal) {
        let reason = Message::no_signal(settings.stop_signal.to_string());
        note("STOPSIGNAL", Err(reason));
    }
    if !settings.working_dir.is_empty() && !settings.working_dir.starts_with('/') {
        note("WORKDIR", Err(Message::begins_with_slash()));
    }
    wrong
}

fn check_filled(text: &str, reason: Code) -> Result<(), Message> {
    match text.trim().is_empty() {
        true => Err(reason.into()),
        false => Ok(()),
    }
}

fn check_env(entry: &str) -> Result<(), Message> {
    match env_pair(entry) {
        ("", _) => Err(Message::setting_name_empty()),
        (_, _) if entry.contains('\0') => Err(Message::value_nul()),
        (name, None) => Err(Message::no_value(name)),
        (_, Some(_)) => Ok(()),
    }
}

/// Sets a variable in its place, or at the end if it is new.
pub(super) fn set_env(env: &mut Vec<String>, name: &str, value: &str) {
    let entry = format!("{name}={value}");
    match env.iter_mut().find(|known| env_pair(known).0 == name) {
        Some(known) => *known = entry,
        None => env.push(entry),
    }
}

/// Sorts texts and removes duplicates, the form in which sets are written.
pub(super) fn sorted(texts: &mut Vec<String>) {
    texts.sort_unstable();
    texts.dedup();
}

/// Returns the ports named by `80`, `80/udp` or `8000-8010/tcp`, each with its protocol.
///
/// # Errors
/// When it is not a port or range of ports.
pub(super) fn port_range(text: &str) -> Result<Vec<String>, Message> {
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let protocol = protocol.to_ascii_lowercase();
    if !matches!(&*protocol, "tcp" | "udp" | "sctp") {
        return Err(Message::no_port_protocol(protocol.to_string()));
    }
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let port = |text: &str| {
        let number = text.parse().ok().filter(|&number: &u16| number > 0);
        number.ok_or_else(|| Message::no_port(text.to_string()))
    };
    let (first, last) = (port(first)?, port(last)?);
    match last.checked_sub(first) {
        None => Err(Message::ports_backwards(numbers.to_string())),
        Some(more) if more >= MOST_PORTS => {
            Err(Message::ports_too_many(numbers.to_string(), MOST_PORTS))
        }
        Some(_) => Ok((first..=last)
            .map(|port| format!("{port}/{protocol}"))
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_all_that_is_wrong() {
        let mut settings = RuntimeConfig {
            env: vec!["A=1".to_owned(), "=x".to_owned(), "B".to_owned()],
            exposed_ports: vec!["80/tcp".to_owned(), "x/tcp".to_owned()],
            volumes: vec![" ".to_owned()],
            on_build: vec![String::new()],
            stop_signal: "NONE".to_owned(),
            working_dir: "work".to_owned(),
            ..RuntimeConfig::default()
        };
        settings.labels.insert(String::new(), "x".to_owned());
        let wrong = check_settings(&settings);
        let fields: Vec<_> = wrong
            .iter()
            .map(|error| match error {
                ChangeError::Arguments { instruction, .. } => *instruction,
                other => panic!("{other}"),
            })
            .collect();
        let expected = [
            "ENV",
            "ENV",
            "EXPOSE",
            "VOLUME",
            "LABEL",
            "ONBUILD",
            "STOPSIGNAL",
            "WORKDIR",
        ];
        assert_eq!(fields, expected);
        assert_eq!(check_settings(&RuntimeConfig::default()), []);
    }
}
