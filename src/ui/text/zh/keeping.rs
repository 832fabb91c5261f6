//! Kept logins in Chinese.

use crate::ui::text::keeping::KeepingWords;
use crate::ui::text::words::words;

/// The messages in Chinese.
pub(in crate::ui::text) static KEEPING: KeepingWords = KeepingWords {
    keep: "为此 registry 保存到浏览器的密码中",
    note: "浏览器会先询问，然后以该 registry 的地址为名，与其他密码一起保存。Lamina 自身不保存，只发送给这个 registry 及其指定的令牌服务器。",
    use_kept: "使用已保存的登录",
    none_kept: "没有选中为此 registry 保存的登录。",
    other_registry: words("此登录是为 {0} 保存的，不会发送到别处。"),
    cancel: "取消",
};
