//! Searches the config: variables, labels and history.

use super::hits::Hits;
use super::rules::SecretRule;
use super::text::Searcher;
use super::variables::{assignments, passwords_of_addresses, secret_in};
use super::{SecretPlace, SecretStanding};
use crate::image::{ImageConfig, env_pair};

/// Characters of a name that are kept.
const MOST_NAME_CHARS: usize = 200;

impl Searcher {
    /// Gives the findings of each text of a config.
    pub(super) fn search_config(
        &self,
        config: &ImageConfig,
        most: usize,
        give: &mut dyn FnMut(&SecretPlace, Hits),
    ) {
        let runtime = config.config.as_ref();
        for entry in runtime.into_iter().flat_map(|runtime| &runtime.env) {
            let (name, value) = env_pair(entry);
            let place = SecretPlace::Env {
                name: self.named(name),
            };
            give(
                &place,
                self.named_text(name, value.unwrap_or_default(), most),
            );
        }
        for (name, value) in runtime.into_iter().flat_map(|runtime| &runtime.labels) {
            let place = SecretPlace::Label {
                name: self.named(name),
            };
            give(&place, self.named_text(name, value, most));
        }
        for (step, entry) in config.history.iter().enumerate() {
            let place = SecretPlace::History {
                step: u32::try_from(step).unwrap_or(u32::MAX),
            };
            give(&place, self.command(&entry.created_by, most));
        }
    }

    /// Searches a text with a name.
    fn named_text(&self, name: &str, text: &str, most: usize) -> Hits {
        let mut hits = Hits::new(most);
        self.search_text(text.as_bytes(), &mut hits);
        let passwords = passwords_of_addresses(text);
        let passwords = passwords.filter_map(|one| secret_in("PASSWORD", one));
        let whole = secret_in(name, text).into_iter();
        add_all(text, whole.chain(passwords), &mut hits);
        hits
    }

    /// Searches a command line.
    fn command(&self, text: &str, most: usize) -> Hits {
        let mut hits = Hits::new(most);
        self.search_text(text.as_bytes(), &mut hits);
        let assigned = assignments(text).filter_map(|(name, value)| secret_in(name, value));
        add_all(text, assigned, &mut hits);
        let passwords = passwords_of_addresses(text);
        let passwords = passwords.filter_map(|one| secret_in("PASSWORD", one));
        add_all(text, passwords, &mut hits);
        hits
    }

    /// Returns a name as it is kept: its beginning, and without a token that stands in it.
    fn named(&self, name: &str) -> String {
        let mut hits = Hits::new(1);
        self.search_text(name.as_bytes(), &mut hits);
        let (hits, _) = hits.finish();
        match hits.first() {
            Some(hit) => hit.value.masked(),
            None => name.chars().take(MOST_NAME_CHARS).collect(),
        }
    }
}

/// Adds secrets in the order of the text, so that each byte is passed once.
fn add_all<'t>(text: &'t str, secrets: impl Iterator<Item = &'t str>, hits: &mut Hits) {
    let text = text.as_bytes();
    let mut passed = 0;
    for secret in secrets {
        let secret = secret.as_bytes();
        let rest = text.get(passed..).unwrap_or_default();
        let at = match memchr::memmem::find(rest, secret) {
            Some(inside) => {
                let from = passed + inside;
                passed = from + secret.len();
                from..passed
            }
            // Within the one before.
            None => continue,
        };
        hits.add(SecretRule::Variable, text, at, SecretStanding::Secret);
    }
}
