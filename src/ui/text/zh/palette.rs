//! The box that goes everywhere, in Chinese.

use crate::ui::text::palette::PaletteWords;
use crate::ui::text::words::words;

/// The messages in Chinese.
pub(in crate::ui::text) static PALETTE: PaletteWords = PaletteWords {
    label: "前往",
    hint: "文件、层、栏目、标签页；输入 > 查找命令",
    hint_no_image: "标签页、标签、地址；输入 > 查找命令",
    list: "位置和命令",
    layer: words("第 {0} 层"),
    tab: words("标签页 {0}"),
    tag: words("标签 {0}"),
    repository: words("仓库 {0}"),
    open: words("打开 {0}"),
    save: "保存镜像…",
    push: "推送到注册表…",
    commit: "制作新镜像…",
    all_layers: "显示所有层的文件",
    undo: "撤销容器层中的操作",
    redo: "重做容器层中的操作",
    copy_twin: "复制为命令",
    copy_address: "复制地址",
    close_tab: "关闭此标签页",
    theme: words("主题：{0}"),
    language: words("语言：{0}"),
    show_keys: "显示按键",
    none: "任何一层中都没有，已删除和已覆盖的文件中也没有；也没有这样的栏目、层、标签页或命令",
    none_read: "已读取的层中没有，其中已删除和已覆盖的文件中也没有；尚有层未读完",
    none_here: "没有这样的标签页、标签或命令；打开镜像后才能查找文件",
    found: words("{0} 项"),
};
