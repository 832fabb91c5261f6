//! The browser extension in Chinese.

use crate::ui::text::extension::ExtensionWords;
use crate::ui::text::words::words;

/// The messages in Chinese.
pub(in crate::ui::text) static EXTENSION: ExtensionWords = ExtensionWords {
    allow: words("允许此扩展读取 {0}"),
    why: "您可以让此扩展读取该主机，不论它的 CORS 响应头如何。浏览器会向您确认，并只对这一台主机记住您的选择。",
    other: "或者把本页面用作浏览器扩展：用 `make extension` 打包；凡是您允许的 registry，它无需 CORS 响应头即可读取。",
};
