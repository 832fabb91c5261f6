//! A query for paths: words, patterns and operators, as a person types them.
//!
//! `etc passwd`, `*.pyc`, `/usr/**/x`, `size:>1M layer:2 owner:app kind:link deleted:`. A path is found if it meets every
//! term. Nothing here knows a union: `search` asks each path.

mod fuzzy;
mod glob;
mod marks;
mod operator;
mod parse;
mod range;
mod terms;

pub(super) use fuzzy::Fuzzy;
pub use operator::AccountNames;
pub(super) use operator::Facts;
pub use terms::Query;
pub(super) use terms::Word;
