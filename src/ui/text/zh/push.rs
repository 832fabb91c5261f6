//! Pushing and signing in, in Chinese.

use crate::ui::text::push::{PushWords, SignIn};
use crate::ui::text::words::words;

/// The messages in Chinese.
pub(super) static PUSH: PushWords = PushWords {
    open: "推送",
    busy: "正在推送…",
    title: "推送到 registry",
    target: "目标",
    target_hint: "registry.example.com/team/app:1.0",
    tags: "更多标签",
    tags_hint: "1 latest",
    one_platform: words("只推送当前平台，标签将不再指向索引中的其他平台：{0}"),
    repacked: words("第 {0} 层将改用 gzip 压缩：清单无法表示 xz 和 bzip2。"),
    present: "推送此处已有的部分",
    all_platforms: "连同索引推送所有平台的镜像",
    start: "推送",
    again: "再次推送；已送达的不会重发",
    stop: "停止",
    preparing: words("正在压缩层：已读取 {0}"),
    documents: "正在写入 manifest",
    blobs: "层与配置",
    waiting: "等待",
    asking: "询问中",
    sending: words("上传 {0} %"),
    exists: "层已存在",
    mounted: "已从其他仓库挂载",
    sent: "已推送",
    done: "镜像已在 registry 中。",
    counts: words("发送 {0} 个（{1}），{2} 个原已存在"),
    compressed: words("为此压缩：{0}"),
    failed_hint: "没有改动任何标签。",
    tags_written: words("已指向新镜像的标签：{0}"),
    tag_unknown: words("此标签的响应丢失，可能已写入：{0}"),
    tags_unwritten: words("未改动的标签：{0}"),
    sign_in: SignIn {
        title: "登录",
        name: "用户名",
        password: "密码或访问令牌",
        refused: "用户名或密码错误，或权限不足。",
        button: "登录",
        note: "只保存在此标签页的内存中，只发送给此 registry 及其指定的令牌服务器。",
        plain: "此 registry 使用 http：密码会以明文经过网络。",
    },
};
