//! The texts for pushing an image, and for signing in where a registry requires a name and a password.

mod en;
mod zh;

pub use en::ENGLISH;
pub use zh::CHINESE;

/// The texts of the push dialog.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct Push {
    pub open: &'static str,
    pub busy: &'static str,
    pub title: &'static str,
    pub target: &'static str,
    pub target_hint: &'static str,
    pub tags: &'static str,
    pub tags_hint: &'static str,
    pub one_platform: &'static str,
    pub repacked: &'static str,
    pub present: &'static str,
    pub all_platforms: &'static str,
    pub start: &'static str,
    pub again: &'static str,
    pub stop: &'static str,
    pub preparing: &'static str,
    pub documents: &'static str,
    pub blobs: &'static str,
    pub waiting: &'static str,
    pub asking: &'static str,
    pub sending: &'static str,
    pub exists: &'static str,
    pub mounted: &'static str,
    pub sent: &'static str,
    pub done: &'static str,
    pub counts: &'static str,
    pub compressed: &'static str,
    pub failed_hint: &'static str,
    pub tags_written: &'static str,
    pub tag_unknown: &'static str,
    pub tags_unwritten: &'static str,
    pub sign_in: SignIn,
}

/// The texts of the form for a name and a password.
#[derive(Debug)]
#[allow(missing_docs, reason = "the English text says what each is")]
pub struct SignIn {
    pub title: &'static str,
    pub name: &'static str,
    pub password: &'static str,
    pub refused: &'static str,
    pub button: &'static str,
    pub note: &'static str,
    pub plain: &'static str,
}
