//! Cuts the lists and texts of an image's documents to what a page can show: a config may have 100 000 history
//! entries.
//!
//! The documents themselves are saved whole.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::bounds::Limits;
use crate::layer::{Notice, Warning};

/// Cuts the texts of one image, and records what was cut.
pub(super) struct Shortening<'a> {
    limits: &'a Limits,
    /// The full number of rows of each list that was cut.
    cut: RefCell<BTreeMap<&'static str, usize>>,
}

impl<'a> Shortening<'a> {
    pub(super) fn new(limits: &'a Limits) -> Shortening<'a> {
        Shortening {
            limits,
            cut: RefCell::default(),
        }
    }

    /// Returns the first rows of a list of `len` rows.
    pub(super) fn rows<T>(
        &self,
        what: &'static str,
        len: usize,
        rows: impl IntoIterator<Item = T>,
    ) -> Vec<T> {
        if len > self.limits.output.shown_rows {
            self.cut.borrow_mut().insert(what, len);
        }
        rows.into_iter()
            .take(self.limits.output.shown_rows)
            .collect()
    }

    /// Returns the first of several texts, each cut.
    pub(super) fn texts(&self, what: &'static str, texts: &[String]) -> Vec<String> {
        self.rows(what, texts.len(), texts.iter().map(|text| self.text(text)))
    }

    /// Cuts a text that is longer than anybody reads.
    pub(super) fn text(&self, text: &str) -> String {
        let limit = self.limits.output.shown_text_bytes;
        if text.len() <= limit {
            return text.to_owned();
        }
        let end = text.floor_char_boundary(limit);
        format!("{}…", text.get(..end).unwrap_or_default())
    }

    /// Returns a warning for each list that was cut.
    pub(super) fn warnings(self) -> Vec<Warning> {
        let limit = self.limits.output.shown_rows;
        let cut = self.cut.into_inner().into_iter();
        cut.map(|(what, len)| {
            let notice = Notice::DocumentShortened {
                n_rows: len as u64,
                n_shown: limit as u64,
            };
            Warning::new(notice, what.as_bytes())
        })
        .collect()
    }
}
