//! What the page says outside an image: bar, home, registry, repository, archive, opening.

mod en;
mod zh;

pub use en::ENGLISH;
pub use zh::CHINESE;

/// The messages.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Shell {
    pub retry: &'static str,
}
