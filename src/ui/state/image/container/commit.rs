//! Holds the form for a new image: its texts, and the configuration with the changed fields.

use std::collections::BTreeMap;

use crate::protocol::{CommitForm, ConfigField, Problem, SquashView};

use super::super::Loadable;
use super::{CommitText, FormProblem};

/// State of the form for a new image.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitState {
    /// Message of the commit.
    pub message: String,
    /// Author of the commit.
    pub author: String,
    /// Names of the new image, separated by spaces, commas or line breaks.
    pub names: String,
    /// True if the new layer is compressed.
    pub gzip: bool,
    /// Fields of the configuration as the form shows them.
    pub fields: BTreeMap<ConfigField, String>,
    /// True while an image is being created.
    pub is_busy: bool,
    /// Reason why no image was created.
    pub problem: Option<Problem>,
    /// Lowest of the layers to squash.
    pub squash_from: Option<u32>,
    /// Bytes that the squash would save.
    pub plan: Loadable<SquashView>,
    /// Fields of the configuration as the image has them.
    pub(super) own: BTreeMap<ConfigField, String>,
    /// The reason that the fields of the configuration are not known.
    pub own_problem: Option<Problem>,
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
            own_problem: None,
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

    /// Stores the image's own fields; fields that were changed in the form stay changed.
    pub(super) fn take_own(&mut self, own: Vec<(ConfigField, String)>) {
        for (field, text) in own {
            let before = self.own.insert(field, text.clone());
            let shown = self.fields.entry(field).or_default();
            if before.as_ref().is_none_or(|before| before == shown) {
                *shown = text;
            }
        }
    }

    /// True once the fields of the configuration are known. Until then an empty field would delete what is there.
    pub fn has_fields(&self) -> bool {
        !self.own.is_empty()
    }

    /// True if the form has changed this field.
    pub fn is_changed(&self, field: ConfigField) -> bool {
        self.fields.get(&field) != self.own.get(&field)
    }

    /// Returns the number of changed fields.
    pub fn n_changed(&self) -> usize {
        let changed = ConfigField::ALL.iter();
        changed.filter(|field| self.is_changed(**field)).count()
    }

    /// Returns the form as the worker takes it.
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

/// Splits a text into names at spaces, commas and line breaks.
pub(super) fn names_of(text: &str) -> Vec<String> {
    let names = text.split([' ', ',', '\n']).map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

impl FormProblem {
    /// True if the problem is reported while the user types.
    pub fn is_said_at_once(self) -> bool {
        matches!(self, FormProblem::Whiteout | FormProblem::Dots)
    }
}
