//! What the image's page says: header, layers, configuration, history, tree, panel.

mod en;
mod zh;

pub use en::ENGLISH;
pub use zh::CHINESE;

/// The messages.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Image {
    pub layers: &'static str,
}
