//! The terms of a query, as they were understood.

use super::glob::Glob;
use super::operator::{AccountNames, Facts, Operator};
use crate::message::Message;
use crate::overlay::bytes::Needle;

/// A query that was understood.
///
/// ```
/// use lamina::bounds::SearchLimits;
/// use lamina::overlay::Query;
///
/// assert!(Query::parse("etc passwd size:>1k", &SearchLimits::DEFAULT).is_ok());
/// let why = Query::parse("sise:>1k", &SearchLimits::DEFAULT).unwrap_err();
/// assert!(why.to_string().contains("sise:"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(in crate::overlay) words: Vec<Word>,
    pub(in crate::overlay) globs: Vec<Glob>,
    pub(in crate::overlay) operators: Vec<Operator>,
}

/// A part of a name or path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::overlay) struct Word {
    /// The text as it was typed.
    pub(in crate::overlay) text: Box<[u8]>,
    /// The text to look for in a directory's path.
    pub(in crate::overlay) needle: Needle,
    /// True if its letters may be scattered over the path.
    pub(in crate::overlay) is_fuzzy: bool,
}

impl Word {
    pub(super) fn new(text: &[u8], is_fuzzy: bool) -> Word {
        Word {
            text: text.into(),
            needle: Needle::new(text),
            is_fuzzy: is_fuzzy && text.len() > 1,
        }
    }
}

impl Query {
    /// Returns the query for a part of a name, or of a path, exactly as it stands there but for the case of ASCII
    /// letters.
    pub fn literal(text: &[u8]) -> Query {
        Query {
            words: Some(text)
                .filter(|text| !text.is_empty())
                .map(|text| Word::new(text, false))
                .into_iter()
                .collect(),
            ..Query::default()
        }
    }

    /// True if it asks for nothing, and finds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }

    /// True if it names a user or a group, whose number only the image's own accounts tell.
    pub fn wants_accounts(&self) -> bool {
        let mut operators = self.operators.iter();
        operators.any(|operator| matches!(operator, Operator::Owner(owner) if owner.is_named()))
    }

    /// Replaces the names of users and groups by their numbers.
    ///
    /// # Errors
    /// The name that the image does not have.
    pub fn with_accounts(mut self, names: &AccountNames) -> Result<Query, Message> {
        for operator in &mut self.operators {
            if let Operator::Owner(owner) = operator {
                owner.resolve(names)?;
            }
        }
        Ok(self)
    }

    /// True if it has nothing that a name is compared with.
    pub(in crate::overlay) fn is_of_facts(&self) -> bool {
        self.words.is_empty() && self.globs.is_empty()
    }

    /// True if the largest files are to come first: their size is asked for, and their name is not.
    pub(in crate::overlay) fn is_by_size(&self) -> bool {
        let mut operators = self.operators.iter();
        self.is_of_facts() && operators.any(|operator| matches!(operator, Operator::Size(_)))
    }

    /// True if it asks for what certain layers wrote.
    pub(in crate::overlay) fn names_layers(&self) -> bool {
        let mut operators = self.operators.iter();
        operators.any(|operator| matches!(operator, Operator::Layer(_)))
    }

    /// True if a version of a path meets all operators.
    pub(in crate::overlay) fn fits(&self, facts: &Facts) -> bool {
        self.operators.iter().all(|operator| operator.fits(facts))
    }
}
