//! The browser extension in English.

use crate::ui::text::extension::ExtensionWords;
use crate::ui::text::words::words;

/// The messages in English.
pub(in crate::ui::text) static EXTENSION: ExtensionWords = ExtensionWords {
    allow: words("Allow this extension to read {0}"),
    why: "You can let this extension read the host, whatever its CORS headers are. The browser asks you, and remembers it for this host alone.",
    other: "Or use this page as a browser extension: `make extension` packs it, and it reads each registry that you allow, without CORS headers.",
};
