//! The new image's form: its own words, and the configuration with what is changed in it.

use std::collections::BTreeMap;

use crate::protocol::{CommitForm, ConfigField, Problem, SquashView};

use super::super::Loadable;
use super::{CommitText, FormProblem};

/// The new image's form.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitState {
    /// Why.
    pub message: String,
    /// Who.
    pub author: String,
    /// Names, one a line.
    pub names: String,
    /// Whether the new layer is compressed.
    pub gzip: bool,
    /// The configuration's fields as the form has them now.
    pub fields: BTreeMap<ConfigField, String>,
    /// Whether an image is being made.
    pub is_busy: bool,
    /// Why none was made.
    pub problem: Option<Problem>,
    /// The lowest of the layers that would become one.
    pub squash_from: Option<u32>,
    /// What that would save.
    pub plan: Loadable<SquashView>,
    /// The fields as the image has them.
    pub(super) own: BTreeMap<ConfigField, String>,
}

impl CommitState {
    pub(super) fn new() -> CommitState {
        CommitState {
            message: String::new(),
            author: String::new(),
            names: String::new(),
            gzip: true,
            fields: BTreeMap::new(),
            is_busy: false,
            problem: None,
            squash_from: None,
            plan: Loadable::Idle,
            own: BTreeMap::new(),
        }
    }

    pub(super) fn set(&mut self, place: CommitText, text: String) {
        match place {
            CommitText::Message => self.message = text,
            CommitText::Author => self.author = text,
            CommitText::Names => self.names = text,
            CommitText::Field(field) => drop(self.fields.insert(field, text)),
        }
    }

    /// Takes the image's own fields; what was changed in the form stays changed.
    pub(super) fn take_own(&mut self, own: Vec<(ConfigField, String)>) {
        for (field, text) in own {
            let before = self.own.insert(field, text.clone());
            let shown = self.fields.entry(field).or_default();
            if before.as_ref().is_none_or(|before| before == shown) {
                *shown = text;
            }
        }
    }

    /// Whether a field is changed.
    pub fn is_changed(&self, field: ConfigField) -> bool {
        self.fields.get(&field) != self.own.get(&field)
    }

    /// How many are.
    pub fn n_changed(&self) -> usize {
        let changed = ConfigField::ALL.iter();
        changed.filter(|field| self.is_changed(**field)).count()
    }

    /// What is to be made.
    pub(super) fn form(&self) -> CommitForm {
        let changed = self
            .fields
            .iter()
            .filter(|(field, _)| self.is_changed(**field));
        CommitForm {
            message: self.message.trim().to_owned(),
            author: self.author.trim().to_owned(),
            names: names_of(&self.names),
            gzip: self.gzip,
            fields: changed
                .map(|(field, text)| (*field, text.clone()))
                .collect(),
        }
    }
}

/// The names in a text of lines.
pub(super) fn names_of(text: &str) -> Vec<String> {
    let names = text.split([' ', ',', '\n']).map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

impl FormProblem {
    /// Whether it is said while one types.
    pub fn is_said_at_once(self) -> bool {
        matches!(self, FormProblem::Whiteout | FormProblem::Dots)
    }
}
