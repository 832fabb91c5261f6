//! Tests of the config.

use std::collections::BTreeMap;

use crate::image::{ImageConfig, RuntimeConfig, env_pair};

use super::document::{MetadataTest, NamedValue};
use super::patterns::compiled;

/// Returns what of a test is not so.
pub(super) fn run(test: &MetadataTest, config: &ImageConfig) -> Vec<String> {
    let none = RuntimeConfig::default();
    let runtime = config.config.as_ref().unwrap_or(&none);
    let mut errors = Vec::new();
    let env = runtime.env.iter().map(|entry| env_pair(entry));
    let env: BTreeMap<&str, &str> = env
        .map(|(name, value)| (name, value.unwrap_or_default()))
        .collect();
    let labels = runtime.labels.iter();
    let labels: BTreeMap<&str, &str> = labels.map(|(key, value)| (&**key, &**value)).collect();
    for (what, wanted, found) in [
        ("variable", &test.env_vars, &env),
        ("label", &test.labels, &labels),
    ] {
        for one in wanted {
            errors.extend(value(what, one, found.get(&*one.key).copied()));
        }
    }
    for one in &test.unbound_env_vars {
        if env.contains_key(&*one.key) {
            errors.push(format!("variable {} is set, and should not be", one.key));
        }
    }
    for (what, wanted, found) in [
        ("cmd", &test.cmd, &runtime.cmd),
        ("entrypoint", &test.entrypoint, &runtime.entrypoint),
    ] {
        if let Some(wanted) = wanted.as_ref().filter(|wanted| *wanted != found) {
            errors.push(format!("{what} is {found:?}, and not {wanted:?}"));
        }
    }
    for (what, wanted, found) in [
        ("workdir", &test.workdir, &runtime.working_dir),
        ("user", &test.user, &runtime.user),
    ] {
        if !wanted.is_empty() && wanted != found {
            errors.push(format!("{what} is {found:?}, and not {wanted:?}"));
        }
    }
    let ports = runtime.exposed_ports.iter();
    let ports = ports.filter_map(|port| port.split('/').next());
    let ports: Vec<&str> = ports.collect();
    let volumes: Vec<&str> = runtime.volumes.iter().map(String::as_str).collect();
    for (what, wanted, unwanted, found) in [
        ("port", &test.exposed_ports, &test.unexposed_ports, &ports),
        ("volume", &test.volumes, &test.unmounted_volumes, &volumes),
    ] {
        let missing = wanted.iter().filter(|one| !found.contains(&one.as_str()));
        errors.extend(missing.map(|one| format!("{what} {one} is not in the config")));
        let present = unwanted.iter().filter(|one| found.contains(&one.as_str()));
        errors
            .extend(present.map(|one| format!("{what} {one} is in the config, and should not be")));
    }
    errors.extend(empty_keys(test));
    errors
}

/// Returns the complaint about a test that names nothing.
fn empty_keys(test: &MetadataTest) -> Option<String> {
    let named = test.env_vars.iter().chain(&test.unbound_env_vars);
    let mut keys = named.chain(&test.labels).map(|one| &one.key);
    let plain = test.exposed_ports.iter().chain(&test.volumes);
    let mut plain = plain
        .chain(&test.unexposed_ports)
        .chain(&test.unmounted_volumes);
    let is_empty = keys.any(String::is_empty) || plain.any(String::is_empty);
    is_empty.then(|| "a key, a port or a volume of the test is empty".to_owned())
}

fn value(what: &str, wanted: &NamedValue, found: Option<&str>) -> Option<String> {
    let NamedValue {
        key,
        value,
        is_regex,
    } = wanted;
    let Some(found) = found else {
        return Some(format!("{what} {key} is not in the config"));
    };
    let fits = match is_regex {
        false => found == value,
        true => match compiled(value) {
            Ok(regex) => regex.is_match(found),
            Err(reason) => return Some(reason),
        },
    };
    // The value may be a secret.
    (!fits).then(|| format!("{what} {key} has another value than {value:?}"))
}
