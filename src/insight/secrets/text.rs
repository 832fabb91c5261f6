//! Searches one text for all that is known by its form.

use super::SecretStanding;
use super::credentials::aws_secrets;
use super::hits::Hits;
use super::keys;
use super::rules::SecretRule;
use super::tokens::Forms;

/// The rules, made ready once.
pub(super) struct Searcher {
    forms: Forms,
}

impl Searcher {
    pub(super) fn new() -> Searcher {
        Searcher {
            forms: Forms::new(),
        }
    }

    /// Adds keys and tokens.
    pub(super) fn search_text(&self, text: &[u8], hits: &mut Hits) {
        keys::scan(text, &mut |key| {
            let standing = match key.is_encrypted {
                true => SecretStanding::Encrypted,
                false => SecretStanding::Secret,
            };
            hits.add(SecretRule::PrivateKey, text, key.at, standing);
        });
        self.forms.scan(text, &mut |token| {
            hits.add(token.rule, text, token.at, SecretStanding::Secret);
        });
        aws_secrets(text, &mut |at| {
            hits.add(SecretRule::AwsSecret, text, at, SecretStanding::Secret);
        });
    }
}
