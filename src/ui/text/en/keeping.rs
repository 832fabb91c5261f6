//! Kept logins in English.

use crate::ui::text::keeping::KeepingWords;
use crate::ui::text::words::words;

/// The messages in English.
pub(in crate::ui::text) static KEEPING: KeepingWords = KeepingWords {
    keep: "Keep it in this browser's passwords, for this registry",
    note: "The browser asks, and keeps it with its other passwords under the registry's address. Lamina keeps nothing, and sends it to this registry alone and to the token server that it names.",
    use_kept: "Use a kept login",
    none_kept: "No login was chosen that is kept for this registry.",
    other_registry: words("This login is kept for {0}, and goes nowhere else."),
    cancel: "Cancel",
};
