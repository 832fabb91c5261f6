//! Knows files by names that say that they hold credentials.

/// A kind of file that holds credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedFile {
    Npmrc,
    Pypirc,
    Netrc,
    /// A file of addresses, some with a password in them.
    Addresses,
    DockerConfig,
    Kubeconfig,
    DotEnv,
    KeyStore,
}

/// Words in names of files that show which variables there are, without their values.
const SHOWN_ENV: [&str; 7] = [
    "example", "sample", "template", "tmpl", "dist", "defaults", "test",
];

impl NamedFile {
    /// Returns the kind of a file by its path.
    pub(super) fn of(path: &[u8]) -> Option<NamedFile> {
        let path = std::str::from_utf8(path).ok()?;
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let dir = dir.rsplit('/').next().unwrap_or_default();
        let ends = |ending: &str| name.len() > ending.len() && name.ends_with(ending);
        Some(match (dir, name) {
            (_, ".npmrc" | "npmrc") => NamedFile::Npmrc,
            (_, ".pypirc") => NamedFile::Pypirc,
            (_, ".netrc" | "_netrc") => NamedFile::Netrc,
            ("apt", "auth.conf") | ("auth.conf.d", _) => NamedFile::Netrc,
            (_, ".git-credentials" | "pip.conf" | "sources.list")
            | (".git", "config")
            | ("sources.list.d", _) => NamedFile::Addresses,
            (_, ".dockercfg" | ".dockerconfigjson")
            | (".docker", "config.json")
            | ("containers", "auth.json") => NamedFile::DockerConfig,
            (".kube", "config") | (_, "kubeconfig" | "k3s.yaml") => NamedFile::Kubeconfig,
            ("kubernetes", _) if ends(".conf") => NamedFile::Kubeconfig,
            _ if ends(".kubeconfig") => NamedFile::Kubeconfig,
            _ if name == ".env" || name.starts_with(".env.") || ends(".env") => {
                let mut words = name.split(['.', '-', '_']);
                match words.any(|word| SHOWN_ENV.contains(&word)) {
                    true => return None,
                    false => NamedFile::DotEnv,
                }
            }
            _ if ends(".p12") || ends(".pfx") => NamedFile::KeyStore,
            _ => return None,
        })
    }

    /// True for a file that is no text.
    pub(super) fn is_binary(self) -> bool {
        self == NamedFile::KeyStore
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let check = |path: &str, kind| assert_eq!(NamedFile::of(path.as_bytes()), kind, "{path}");
        for (path, kind) in [
            ("root/.npmrc", NamedFile::Npmrc),
            ("usr/lib/npm/npmrc", NamedFile::Npmrc),
            (".pypirc", NamedFile::Pypirc),
            ("root/.netrc", NamedFile::Netrc),
            ("etc/apt/auth.conf.d/internal", NamedFile::Netrc),
            ("root/.git-credentials", NamedFile::Addresses),
            ("app/.git/config", NamedFile::Addresses),
            ("etc/pip.conf", NamedFile::Addresses),
            ("root/.docker/config.json", NamedFile::DockerConfig),
            ("root/.config/containers/auth.json", NamedFile::DockerConfig),
            ("root/.kube/config", NamedFile::Kubeconfig),
            ("etc/kubernetes/admin.conf", NamedFile::Kubeconfig),
            ("ci.kubeconfig", NamedFile::Kubeconfig),
            ("app/.env", NamedFile::DotEnv),
            ("app/.env.production", NamedFile::DotEnv),
            ("app/prod.env", NamedFile::DotEnv),
            ("app/a.p12", NamedFile::KeyStore),
        ] {
            check(path, Some(kind));
        }
        for path in [
            "app/.env.example",
            "app/example.env",
            "app/.env-sample",
            "app/test.env",
            "etc/config.json",
            "usr/lib/python3/site-packages/kubernetes/config.py",
            "etc/environment",
            "app/env",
        ] {
            check(path, None);
        }
    }
}
