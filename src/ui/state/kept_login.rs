//! A login that the browser keeps, under a name that says for which registry.
//!
//! To a browser, all registries are one page's. So the registry stands in the name that the login is kept under, and what
//! comes back is held against it.

/// The name that a login is kept under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLogin {
    registry: String,
    name: String,
}

impl KeptLogin {
    /// Makes the name for a user of the registry with this base URL.
    pub fn new(registry: &str, name: &str) -> KeptLogin {
        KeptLogin {
            registry: registry.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Reads a name that a login was kept under. `None` for a plain user name.
    pub fn parse(id: &str) -> Option<KeptLogin> {
        let (registry, name) = id.split_once(' ')?;
        let host = registry.split_once("://")?.1;
        (!host.is_empty() && !name.is_empty()).then(|| KeptLogin::new(registry, name))
    }

    /// Returns the registry's base URL.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Returns the user name, if the login is for exactly this registry.
    pub fn name_at(&self, registry: &str) -> Option<&str> {
        (self.registry == registry).then_some(self.name.as_str())
    }
}

/// Writes the name that the login is kept under.
impl std::fmt::Display for KeptLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.registry, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::KeptLogin;

    #[test]
    fn a_kept_login_is_for_exactly_one_registry() {
        for (id, registry, name) in [
            ("https://r.example me", "https://r.example", Some("me")),
            (
                "https://r.example me too",
                "https://r.example",
                Some("me too"),
            ),
            ("https://r.example me", "http://r.example", None),
            ("https://r.example me", "https://r.example:5000", None),
            ("https://r.example me", "https://r.example/team", None),
            ("https://r.example me", "https://evil.r.example", None),
            ("https://r.example.evil me", "https://r.example", None),
        ] {
            let kept = KeptLogin::parse(id).expect(id);
            assert_eq!(kept.name_at(registry), name, "{id} at {registry}");
            assert_eq!(kept.to_string(), id);
        }
        for plain in [
            "me",
            "",
            "me too",
            "https://r.example",
            "://r me",
            "https:// me",
        ] {
            let kept = KeptLogin::parse(plain);
            assert!(
                kept.is_none_or(|kept| kept.name_at("https://r.example").is_none()),
                "{plain}"
            );
        }
    }
}
