//! The findings about the safety of an image: plain data, which the other files fill in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::insight::system::Gap;
use crate::overlay::LayerIdx;

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $rule:ident $word:literal,)*) => {
        /// A rule that finds what makes an image less safe.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum SafetyRule {
            $($(#[doc = $doc])* $rule,)*
        }

        impl SafetyRule {
            /// All rules, in the order of their findings.
            pub const ALL: &[SafetyRule] = &[$(SafetyRule::$rule,)*];

            /// Returns the word for reports.
            pub fn word(self) -> &'static str {
                match self { $(SafetyRule::$rule => $word,)* }
            }
        }
    };
}

rules! {
    /// An account that no password protects.
    EmptyPassword "empty-password",
    /// An account with the hash of a password, which opens it.
    PasswordHash "password-hash",
    /// A container runs as root unless it is told otherwise.
    RootUser "root-user",
    /// A file that runs as its owner.
    Setuid "setuid",
    /// A file that runs as its group.
    Setgid "setgid",
    /// A file that runs with capabilities.
    Capabilities "capabilities",
    /// A file that everyone may write.
    WritableFile "world-writable-file",
    /// A directory in which everyone may replace the files of others.
    WritableDir "world-writable-dir",
    /// A program that runs others as root.
    Sudo "sudo",
    /// An SSH server.
    SshServer "ssh-server",
    /// A file that the build fetched from an address.
    RemoteAdd "remote-add",
    /// A port that a container listens on.
    ExposedPort "exposed-port",
    /// No health check is defined.
    NoHealthcheck "no-healthcheck",
}

/// Everything that was found about the safety of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyList {
    /// The findings, by rule and place.
    pub findings: Vec<SafetyFinding>,
    /// Number of findings of each rule beyond the bounds.
    pub left_out: BTreeMap<SafetyRule, u64>,
    /// The line of the history that made a layer, for each layer with findings. Secrets in it are masked.
    pub lines: BTreeMap<LayerIdx, String>,
    /// Parts of the image that were not read, sorted.
    pub gaps: Vec<Gap>,
}

impl SafetyList {
    /// Returns the number of findings of some rules.
    pub fn n_of(&self, rules: &[SafetyRule]) -> u64 {
        let found = self.findings.iter().filter(|one| rules.contains(&one.rule));
        let beyond = rules.iter().filter_map(|rule| self.left_out.get(rule));
        beyond.fold(found.count() as u64, |n, more| n.saturating_add(*more))
    }

    /// Returns the line of the history that made a finding's layer; empty if it is not known.
    pub fn line_of(&self, finding: &SafetyFinding) -> &str {
        let layer = finding.place.layer();
        let line = layer.and_then(|layer| self.lines.get(&layer));
        line.map_or("", String::as_str)
    }
}

/// A finding about the safety of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SafetyFinding {
    /// The rule that found it.
    pub rule: SafetyRule,
    /// The place of it.
    pub place: SafetyPlace,
}

/// The place of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SafetyPlace {
    /// A file or directory of the final file system.
    Path {
        /// The path.
        path: Vec<u8>,
        /// The layer that gave it its mode and attributes.
        layer: LayerIdx,
        /// Permission bits.
        mode: u16,
        /// Numeric user ID of the owner.
        uid: u32,
        /// Numeric group ID.
        gid: u32,
        /// Bytes of content; 0 for a directory.
        size_bytes: u64,
        /// Capabilities in the form of `getcap`; empty for other rules.
        capabilities: String,
    },
    /// An account in a file.
    Account {
        /// The path of the file.
        path: Vec<u8>,
        /// The layer that wrote the file.
        layer: LayerIdx,
        /// Name of the account.
        name: String,
    },
    /// The config.
    Config {
        /// The user or the port; empty if it has none.
        value: String,
    },
    /// A step of the history.
    History {
        /// The step's position, counted from 0.
        step: u32,
        /// The layer that it made, if that is known.
        layer: Option<LayerIdx>,
        /// The address, without a user name and password.
        address: String,
    },
}

impl SafetyPlace {
    /// Returns the word for reports.
    pub fn word(&self) -> &'static str {
        match self {
            SafetyPlace::Path { .. } => "path",
            SafetyPlace::Account { .. } => "account",
            SafetyPlace::Config { .. } => "config",
            SafetyPlace::History { .. } => "history",
        }
    }

    /// Returns the layer that made it.
    pub fn layer(&self) -> Option<LayerIdx> {
        match self {
            SafetyPlace::Path { layer, .. } | SafetyPlace::Account { layer, .. } => Some(*layer),
            SafetyPlace::History { layer, .. } => *layer,
            SafetyPlace::Config { .. } => None,
        }
    }

    /// Returns the path of the file, if it is in one.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            SafetyPlace::Path { path, .. } | SafetyPlace::Account { path, .. } => Some(path),
            SafetyPlace::Config { .. } | SafetyPlace::History { .. } => None,
        }
    }
}
