//! The settings of containers: `config` and `container_config` in an image's config.
//!
//! Lamina runs nothing. It shows these fields, and reconstructs a Dockerfile from them.

use std::collections::BTreeMap;

use super::fields::Fields;

/// The settings of a container. Absent texts and lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeConfig {
    /// User name or UID, optionally with a group.
    pub user: String,
    /// Ports with their protocol, sorted by protocol and number.
    pub exposed_ports: Vec<String>,
    /// Environment in order, as `NAME=value`; see [`env_pair`].
    pub env: Vec<String>,
    /// Program that always runs, with its first arguments.
    pub entrypoint: Vec<String>,
    /// Program that runs by default, or the arguments of the entry point.
    pub cmd: Vec<String>,
    /// Paths of volumes, sorted.
    pub volumes: Vec<String>,
    /// Path of the working directory.
    pub working_dir: String,
    /// Labels by key.
    pub labels: BTreeMap<String, String>,
    /// Signal that stops a container.
    pub stop_signal: String,
    /// Seconds that a container has to stop.
    pub stop_timeout: Option<i64>,
    /// Health check of the container.
    pub healthcheck: Option<Healthcheck>,
    /// Instructions for images built on this one.
    pub on_build: Vec<String>,
    /// Shell for the shell form of instructions.
    pub shell: Vec<String>,
    /// Host name of the container.
    pub hostname: String,
    /// Domain name of the container.
    pub domainname: String,
    /// Image from which this one was built.
    pub image: String,
    /// MAC address of the container.
    pub mac_address: String,
    /// True if standard input is attached.
    pub attach_stdin: bool,
    /// True if standard output is attached.
    pub attach_stdout: bool,
    /// True if standard error is attached.
    pub attach_stderr: bool,
    /// True if there is a terminal.
    pub tty: bool,
    /// True if standard input stays open.
    pub open_stdin: bool,
    /// True if standard input closes after the first client.
    pub stdin_once: bool,
    /// True if the arguments are already escaped for Windows.
    pub args_escaped: bool,
    /// True if there is no network.
    pub network_disabled: bool,
}

/// A health check. Durations are in nanoseconds; `None` and 0 mean the engine's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", ...]` or `["CMD-SHELL", "..."]`; empty means inherited.
    pub test: Vec<String>,
    /// Time between two checks.
    pub interval_nanos: Option<i64>,
    /// Time after which a check fails.
    pub timeout_nanos: Option<i64>,
    /// Time that the container has to start.
    pub start_period_nanos: Option<i64>,
    /// Time between two checks while it starts.
    pub start_interval_nanos: Option<i64>,
    /// Consecutive failures that make the container unhealthy.
    pub retries: Option<i64>,
}

impl RuntimeConfig {
    pub(super) fn read(fields: &Fields<'_>) -> RuntimeConfig {
        let text = |key| fields.text(key).unwrap_or_default();
        RuntimeConfig {
            user: text("User"),
            exposed_ports: sorted_ports(fields.set("ExposedPorts")),
            env: fields.texts("Env"),
            entrypoint: fields.texts("Entrypoint"),
            cmd: fields.texts("Cmd"),
            volumes: sorted(fields.set("Volumes")),
            working_dir: text("WorkingDir"),
            labels: fields.text_map("Labels"),
            stop_signal: text("StopSignal"),
            stop_timeout: fields.signed("StopTimeout"),
            healthcheck: fields
                .object("Healthcheck")
                .map(|check| Healthcheck::read(&check)),
            on_build: fields.texts("OnBuild"),
            shell: fields.texts("Shell"),
            hostname: text("Hostname"),
            domainname: text("Domainname"),
            image: text("Image"),
            mac_address: text("MacAddress"),
            attach_stdin: fields.flag("AttachStdin"),
            attach_stdout: fields.flag("AttachStdout"),
            attach_stderr: fields.flag("AttachStderr"),
            tty: fields.flag("Tty"),
            open_stdin: fields.flag("OpenStdin"),
            stdin_once: fields.flag("StdinOnce"),
            args_escaped: fields.flag("ArgsEscaped"),
            network_disabled: fields.flag("NetworkDisabled"),
        }
    }

    /// Returns the process arguments: the entry point, then the command.
    pub fn argv(&self) -> Vec<&str> {
        let parts = self.entrypoint.iter().chain(&self.cmd);
        parts.map(String::as_str).collect()
    }
}

impl Healthcheck {
    fn read(fields: &Fields<'_>) -> Healthcheck {
        Healthcheck {
            test: fields.texts("Test"),
            interval_nanos: fields.signed("Interval"),
            timeout_nanos: fields.signed("Timeout"),
            start_period_nanos: fields.signed("StartPeriod"),
            start_interval_nanos: fields.signed("StartInterval"),
            retries: fields.signed("Retries"),
        }
    }
}

/// Splits an environment entry into name and value. The value may contain `=`; it is `None` if there is no `=`.
pub fn env_pair(entry: &str) -> (&str, Option<&str>) {
    match entry.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (entry, None),
    }
}

/// Formats a duration as Go does: `5s`, `1m30s`, `1h0m0s`, `1.5s`, `250ms`.
pub fn duration_text(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let rest = nanos.unsigned_abs();
    if rest == 0 {
        return "0s".to_owned();
    }
    let fraction = |unit: u64, digits: usize| {
        let (whole, part) = (rest / unit, rest % unit);
        let text = format!("{whole}.{part:0digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match rest {
        0..1_000 => return format!("{sign}{rest}ns"),
        1_000..1_000_000 => return format!("{sign}{}µs", fraction(1_000, 3)),
        1_000_000..1_000_000_000 => return format!("{sign}{}ms", fraction(1_000_000, 6)),
        _ => {}
    }
    let minutes = rest / 60_000_000_000;
    let in_minute = rest % 60_000_000_000;
    let seconds = format!(
        "{}.{:09}",
        in_minute / 1_000_000_000,
        in_minute % 1_000_000_000
    );
    let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// Sorts ports by protocol and number. A port without a protocol becomes a TCP port.
fn sorted_ports(ports: Vec<String>) -> Vec<String> {
    let with_protocol = |port: String| match port.contains('/') {
        true => port,
        false => format!("{port}/tcp"),
    };
    let mut ports: Vec<String> = ports.into_iter().map(with_protocol).collect();
    ports.sort_by_cached_key(|port| {
        let (number, protocol) = port.split_once('/').unwrap_or((port, ""));
        let first = number.split('-').next().unwrap_or(number);
        let first: u32 = first.parse().unwrap_or(u32::MAX);
        (protocol.to_owned(), first, port.clone())
    });
    ports.dedup();
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cf_07_durations_as_go_writes_them() {
        let cases = [
            (0, "0s"),
            (5_000_000_000, "5s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (1_500_000_000, "1.5s"),
            (250_000_000, "250ms"),
            (1_001, "1.001µs"),
            (7, "7ns"),
            (-5_000_000_000, "-5s"),
            (60_000_000_000, "1m0s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(duration_text(nanos), text);
        }
    }
}
