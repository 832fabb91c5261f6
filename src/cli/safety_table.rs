//! The safety of an image, as `lamina inspect` prints it: a line, and a table where it is asked for.

use crate::image::escape;
use crate::insight::safety::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};
use crate::workspace::NoAnalysis;

use super::console::plain;
use super::{system_line, table};

/// Characters of one text of an image.
const MOST_CHARS: usize = 60;

/// Returns the numbers of findings by rule; empty for an artifact.
pub(super) fn line(list: Result<&SafetyList, &NoAnalysis>) -> String {
    let list = match list {
        Ok(list) => list,
        Err(NoAnalysis::Artifact) => return String::new(),
        Err(reason) => return format!("not known: {reason}"),
    };
    let of_rule = |rule: &SafetyRule| match (list.n_of(&[*rule]), *rule) {
        (0, _) => None,
        (_, SafetyRule::RootUser) => Some("runs as root".to_owned()),
        (_, SafetyRule::NoHealthcheck) => Some("no health check".to_owned()),
        (n, rule) => {
            let (one, many) = nouns(rule);
            Some(table::of(n, one, many))
        }
    };
    let mut parts: Vec<String> = SafetyRule::ALL.iter().filter_map(of_rule).collect();
    if parts.is_empty() {
        parts.push("nothing found".to_owned());
    }
    parts.extend(system_line::gaps(&list.gaps));
    parts.join(", ")
}

fn nouns(rule: SafetyRule) -> (&'static str, &'static str) {
    match rule {
        SafetyRule::EmptyPassword => ("account without a password", "accounts without a password"),
        SafetyRule::PasswordHash => ("account with a password", "accounts with a password"),
        SafetyRule::Setuid => ("setuid file", "setuid files"),
        SafetyRule::Setgid => ("setgid file", "setgid files"),
        SafetyRule::Capabilities => ("file with capabilities", "files with capabilities"),
        SafetyRule::WritableFile => ("world-writable file", "world-writable files"),
        SafetyRule::WritableDir => ("world-writable directory", "world-writable directories"),
        SafetyRule::Sudo => ("sudo", "programs like sudo"),
        SafetyRule::SshServer => ("SSH server", "SSH servers"),
        SafetyRule::RemoteAdd => ("file added from an address", "files added from addresses"),
        SafetyRule::ExposedPort => ("port", "ports"),
        SafetyRule::RootUser => ("root user", "root users"),
        SafetyRule::NoHealthcheck => ("missing health check", "missing health checks"),
    }
}

/// Returns a table of all findings.
pub(super) fn rows(list: &SafetyList) -> String {
    let head = [
        "SAFETY", "MODE", "OWNER", "SIZE", "LAYER", "PLACE", "DETAIL", "MADE BY",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(list.findings.iter().map(|finding| row(finding, list)));
    let mut text = table::aligned(&rows, 3..=4);
    for (rule, n) in &list.left_out {
        text.push_str(&format!("and {n} more of {}\n", rule.word()));
    }
    text
}

fn row(finding: &SafetyFinding, list: &SafetyList) -> [String; 8] {
    let layer = finding.place.layer();
    let [mode, owner, bytes] = match &finding.place {
        SafetyPlace::Path {
            mode,
            uid,
            gid,
            size_bytes,
            ..
        } => [
            format!("{mode:04o}"),
            format!("{uid}:{gid}"),
            table::size(*size_bytes),
        ],
        _ => Default::default(),
    };
    [
        finding.rule.word().to_owned(),
        mode,
        owner,
        bytes,
        layer.map_or_else(String::new, |layer| layer.0.to_string()),
        short(&place(&finding.place)),
        short(detail(&finding.place)),
        short(list.line_of(finding)),
    ]
}

/// Returns where a finding is.
pub(super) fn place(place: &SafetyPlace) -> String {
    match place {
        SafetyPlace::Path { path, .. } | SafetyPlace::Account { path, .. } => {
            format!("/{}", escape(path))
        }
        SafetyPlace::Config { .. } => "config".to_owned(),
        SafetyPlace::History { step, .. } => format!("step {step} of the history"),
    }
}

/// Returns what a finding's place has: capabilities, an account, a user, a port or an address.
pub(super) fn detail(place: &SafetyPlace) -> &str {
    match place {
        SafetyPlace::Path { capabilities, .. } => capabilities,
        SafetyPlace::Account { name, .. } => name,
        SafetyPlace::Config { value } => value,
        SafetyPlace::History { address, .. } => address,
    }
}

fn short(text: &str) -> String {
    plain(text).chars().take(MOST_CHARS).collect()
}
