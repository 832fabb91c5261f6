//! Platforms as `os[(version)]/architecture[/variant]`, and the choice of an index's entry for one.
//!
//! The version of the operating system is in brackets, as containerd writes it. Windows images of one architecture
//! differ only in it, and none runs on an older host.
//!
//! If an index has no platform for an entry, the reader takes it from the config.

use std::fmt;
use std::str::FromStr;

use super::Error;
use super::fields::Fields;

/// The platform of an image. Any field may be empty, because some tools write configs without them.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Platform {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Architecture by Go's names, such as `arm64`.
    pub architecture: String,
    /// Variant of the architecture, such as `v8`; often empty.
    pub variant: String,
    /// Version of the operating system; used by Windows images.
    pub os_version: String,
    /// Features of the operating system that the image needs.
    pub os_features: Vec<String>,
}

impl Platform {
    /// Creates a platform without a variant.
    pub fn new(os: &str, architecture: &str) -> Platform {
        Platform {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            ..Platform::default()
        }
    }

    /// Returns the default platform: `linux/amd64`.
    pub fn usual() -> Platform {
        Platform::new("linux", "amd64")
    }

    pub(super) fn read(fields: &Fields<'_>) -> Platform {
        let text = |key| fields.text(key).unwrap_or_default();
        Platform {
            os: text("os"),
            architecture: text("architecture"),
            variant: text("variant"),
            os_version: text("os.version"),
            os_features: fields.texts("os.features"),
        }
    }

    /// True for `unknown/unknown`, by which BuildKit marks attestations.
    pub fn is_unknown(&self) -> bool {
        self.os == "unknown" && self.architecture == "unknown"
    }

    /// True if both operating system and architecture are empty.
    pub fn is_empty(&self) -> bool {
        self.os.is_empty() && self.architecture.is_empty()
    }

    /// Returns `os/architecture[/variant]`, without a version.
    pub fn without_version(&self) -> String {
        match self.variant.as_str() {
            "" => format!("{}/{}", self.os, self.architecture),
            variant => format!("{}/{}/{variant}", self.os, self.architecture),
        }
    }

    /// True if the version is the wanted one or more specific: `10.0.17763.1` for `10.0.17763`.
    fn has_version(&self, wanted: &str) -> bool {
        match self.os_version.strip_prefix(wanted) {
            Some(rest) => wanted.is_empty() || rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }

    /// Returns how far an image for `self` is from `wanted`: 0 is exact, more is further, `None` if it does not
    /// run.
    ///
    /// A wanted version of the operating system must match. Older variants of 32-bit ARM run on newer ones, and
    /// lower levels of amd64 on higher ones.
    pub fn distance(&self, wanted: &Platform) -> Option<u32> {
        if !self.os.eq_ignore_ascii_case(&wanted.os) || !self.has_version(&wanted.os_version) {
            return None;
        }
        let (architecture, variant) = normal(&self.architecture, &self.variant);
        let (wanted_architecture, wanted_variant) = normal(&wanted.architecture, &wanted.variant);
        if architecture != wanted_architecture {
            return None;
        }
        if variant == wanted_variant {
            return Some(0);
        }
        let level = |variant: &str| variant.strip_prefix('v')?.parse::<u32>().ok();
        match architecture.as_str() {
            "arm" | "amd64" => level(&wanted_variant)?
                .checked_sub(level(&variant)?)
                .filter(|&steps| steps > 0),
            _ => None,
        }
    }
}

/// Returns the index of the candidate closest to `wanted`, the first of equally close ones.
pub fn pick_platform(candidates: &[Option<Platform>], wanted: &Platform) -> Option<usize> {
    let distance = |(i, candidate): (usize, &Option<Platform>)| {
        Some((candidate.as_ref()?.distance(wanted)?, i))
    };
    let closest = candidates.iter().enumerate().filter_map(distance).min()?;
    Some(closest.1)
}

/// Returns the index of the candidate to open by default: `linux/amd64`, or else the first Linux, or else the first
/// that is not an attestation. A candidate without a platform counts as an image of an unknown platform.
pub fn default_platform(candidates: &[Option<Platform>]) -> Option<usize> {
    let first = |wanted: fn(&Platform) -> bool| {
        candidates
            .iter()
            .position(|c| c.as_ref().is_some_and(wanted))
    };
    pick_platform(candidates, &Platform::usual())
        .or_else(|| first(|p| p.os == "linux"))
        .or_else(|| candidates.iter().position(Option::is_none))
        .or_else(|| first(|p| !p.is_unknown()))
}

/// Returns architecture and variant by Go's names, with the default variant if none is given.
fn normal(architecture: &str, variant: &str) -> (String, String) {
    let architecture = architecture.to_ascii_lowercase();
    let variant = variant.to_ascii_lowercase();
    let (architecture, meant) = match architecture.as_str() {
        "x86_64" | "x86-64" | "amd64" => ("amd64", "v1"),
        "aarch64" | "arm64" => ("arm64", "v8"),
        "armhf" => ("arm", "v7"),
        "armel" => ("arm", "v6"),
        "arm" => ("arm", "v7"),
        "i386" => ("386", ""),
        other => (other, ""),
    };
    let variant = match variant.as_str() {
        "" => meant.to_owned(),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => format!("v{digits}"),
        _ => variant,
    };
    (architecture.to_owned(), variant)
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.without_version();
        match plain.split_once('/') {
            Some((os, rest)) if !self.os_version.is_empty() => {
                write!(f, "{os}({})/{rest}", self.os_version)
            }
            _ => f.write_str(&plain),
        }
    }
}

impl FromStr for Platform {
    type Err = Error;

    /// Parses `os[(version)]/architecture[/variant]`.
    fn from_str(text: &str) -> Result<Platform, Error> {
        let refuse = || Error::Platform {
            text: text.chars().take(80).collect(),
        };
        let part = |part: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
            let ok = !part.is_empty() && part.len() <= 64 && part.bytes().all(fits);
            ok.then(|| part.to_ascii_lowercase()).ok_or_else(refuse)
        };
        let parts: Vec<&str> = text.trim().split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            [os, architecture] => (*os, part(architecture)?, String::new()),
            [os, architecture, variant] => (*os, part(architecture)?, part(variant)?),
            _ => return Err(refuse()),
        };
        let (os, os_version) = match os.strip_suffix(')').and_then(|os| os.split_once('(')) {
            Some((os, version)) => (part(os)?, part(version)?),
            None => (part(os)?, String::new()),
        };
        Ok(Platform {
            os,
            architecture,
            variant,
            os_version,
            os_features: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_pick(candidates: &str, wanted: &str, picked: Option<usize>) {
        let parse = |text: &str| match text {
            "-" => None,
            text => Some(text.parse().expect("is a platform")),
        };
        let list: Vec<Option<Platform>> = candidates.split_whitespace().map(parse).collect();
        let actual = match wanted {
            "" => default_platform(&list),
            wanted => pick_platform(&list, &wanted.parse().expect("is a platform")),
        };
        assert_eq!(actual, picked, "{wanted:?} of {candidates:?}");
    }

    #[test]
    fn cf_12_picks_the_platform() {
        check_pick("linux/arm64 linux/amd64", "", Some(1));
        check_pick("linux/amd64/v3 linux/amd64 linux/amd64", "", Some(1));
        check_pick("unknown/unknown windows/amd64 linux/s390x", "", Some(2));
        check_pick("unknown/unknown windows/amd64", "", Some(1));
        check_pick("unknown/unknown - windows/amd64", "", Some(1));
        check_pick("unknown/unknown", "", None);
        check_pick("linux/arm64", "linux/arm64/v8", Some(0));
        check_pick("linux/arm64/v8", "linux/arm64", Some(0));
        check_pick("linux/aarch64", "linux/arm64", Some(0));
        check_pick("linux/arm/v5 linux/arm/v6", "linux/arm/v7", Some(1));
        check_pick("linux/arm/v5 linux/arm", "linux/arm/v7", Some(1));
        check_pick("linux/arm/v7", "linux/arm/v6", None);
        check_pick("linux/amd64 linux/amd64/v2", "linux/amd64/v3", Some(1));
        check_pick("linux/arm64/v9", "linux/arm64", None);
        check_pick("linux/amd64", "windows/amd64", None);
        let windows = "windows(10.0.17763.1)/amd64 windows(10.0.20348.2)/amd64 windows/amd64";
        check_pick(windows, "windows/amd64", Some(0));
        check_pick(windows, "windows(10.0.20348.2)/amd64", Some(1));
        check_pick(windows, "windows(10.0.20348)/amd64", Some(1));
        check_pick(windows, "windows(10.0.2034)/amd64", None);
        check_pick(windows, "windows(10.0.20348.2)/arm64", None);
    }

    #[test]
    fn reads_and_writes_platforms() {
        for text in [
            "linux/amd64",
            "linux/arm/v7",
            "windows/amd64",
            "windows(10.0.17763.1)/amd64/v2",
        ] {
            let platform: Platform = text.parse().expect("is a platform");
            assert_eq!(platform.to_string(), text);
        }
        for text in [
            "",
            "linux",
            "linux/",
            "/",
            "a/b/c/d",
            "linux/am d64",
            "windows()/amd64",
            "windows(1/amd64",
            "(1)/amd64",
            "windows(1)x/amd64",
        ] {
            assert!(text.parse::<Platform>().is_err(), "{text:?} was accepted");
        }
    }
}
