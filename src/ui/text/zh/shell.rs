//! The shell in Chinese.

use super::messages;
use crate::ui::text::shell::{About, Archive, Bar, Home, Linked, List, OpeningWords, ProblemWords, Shell, UnsavedWords, Wanted};
use crate::protocol::{AddressKind, ArtifactKind};
use crate::ui::text::format::count;

/// The messages in Chinese.
pub(super) static SHELL: Shell = Shell {
    said: messages::text,
    explain: super::problem::text,
    bar: Bar {
        skip: "跳到页面内容",
        tabs: "已打开的内容",
        start: "起始页",
        new_tab: "新建标签页",
        close_tab: |name| format!("关闭 {name}"),
        address: "Registry、仓库或镜像",
        address_hint: "registry.example.com/team/app:1.0",
        open: "打开",
        up: |name| format!("返回上级：{name}"),
        language: "语言",
        theme: "外观",
        theme_system: "跟随系统",
        theme_light: "浅色",
        theme_dark: "深色",
        about: "关于 Lamina",
        go_to: "前往…",
        drop_here: "松开即可打开",
        drop_hint: "镜像归档、根文件系统的 tar，或包含 OCI layout 的文件夹",
        reader_restarted: "读取程序曾停止，现已重新启动，并重新打开原有内容",
        reader_gave_up: "读取程序多次停止，因此不再自动启动",
        one_reader_stopped: "有一层的读取程序停止了，其余不受影响",
        reader_left_out: |layer, title| {
            format!("读取 {title} 的第 {layer} 层时停止；已略去此层，可在该层上点击“重新读取”")
        },
        show: |title| format!("显示 {title}"),
        restart: "启动并重新打开全部内容",
        messages: "消息",
        dismiss: "关闭消息",
    },
    home: Home {
        title: "打开一个容器镜像",
        lead: "在浏览器里查看它的层、文件，以及每一层的来历。",
        examples: "例如",
        guide: "搭建自己的 registry",
        guide_tab: "Registry 指南",
        guide_hint: "一步一步，命令按您填写的名称生成：从启动到在其他机器上拉取，以及发布到云端",
        registry: "一个 registry",
        repository: "一个仓库",
        image: "一个镜像",
        from_file: "也可以把文件拖到页面任意位置",
        file_hint: "支持 docker save、podman save、skopeo、kaniko、crane 的输出，OCI layout（文件或文件夹），以及根文件系统的 tar；可不压缩，也可用 gzip、zstd、bzip2 或 xz 压缩。",
        choose_file: "选择文件",
        choose_folder: "选择文件夹",
        sample: "看看示例",
        sample_hint: "随本页面附带的一个小型 registry",
        recent: "最近打开",
        recent_empty: "打开过的内容会列在这里，只保存在本浏览器中",
        reopen: "再次打开",
        drop_again: "需重新拖入",
        several: "多个镜像",
        forget: |name| format!("从列表中移除 {name}"),
        kept: "本浏览器保留的层",
        kept_hint: "读取并校验过的层，再次打开时无需重新读取或下载",
        kept_briefly: "此页面在这里没有可用的存储空间：关闭页面后不再保留",
        kept_line: |n, bytes, quota| format!("{} 层，共 {bytes}，上限 {quota}", count(n)),
        kept_limit: "最多保留",
        kept_nothing: "不保留",
        kept_clear: "清除",
        privacy: "Lamina 没有服务器。镜像只在本浏览器中读取，不会有任何字节离开这里。",
        cors: |origin| {
            format!(
                "Registry 的 CORS 响应头允许 {origin} 时才能读取。Docker Hub 不发送 CORS 响应头：请在本机用 `lamina open` 打开这类镜像，或先把它们保存为文件。"
            )
        },
        extension: "此扩展可读取您所允许的每一个 registry。",
    },
    list: List {
        registry: "Registry",
        repositories: |n, more| {
            if more {
                format!("已加载 {n} 个仓库")
            } else {
                format!("共 {n} 个仓库")
            }
        },
        filter_repositories: "筛选仓库",
        no_repositories: "这个 registry 里还没有仓库",
        relayed: "通过本机的 lamina serve 读取，registry 不需要 CORS 响应头。",
        not_offered: "这个 registry 不提供仓库列表",
        not_offered_hint: "许多 registry 不公开仓库列表。请直接输入仓库名打开。",
        by_name: "按名称打开仓库",
        by_name_hint: "team/app",
        repository: "仓库",
        tags: |n, more| {
            if more {
                format!("已加载 {n} 个标签")
            } else {
                format!("共 {n} 个标签")
            }
        },
        filter_tags: "筛选标签",
        no_tags: "这个仓库没有标签",
        no_tag_list: "这个 registry 不提供仓库的标签列表",
        no_tag_list_hint: "请输入标签或摘要来打开镜像。",
        by_tag: "标签或摘要",
        companion: |kind, of| {
            let what = match kind {
                ArtifactKind::Signature => "签名",
                ArtifactKind::Attestation => "证明文件",
                ArtifactKind::Sbom => "物料清单",
                ArtifactKind::BuildCache => "构建缓存",
                ArtifactKind::EmptyIndex | ArtifactKind::Index => "索引",
                ArtifactKind::Unknown | ArtifactKind::Other => "制品",
            };
            format!("{of} 的{what}")
        },
        order: "排序",
        newest_first: "版本从高到低",
        oldest_first: "版本从低到高",
        no_match: |text| format!("没有匹配“{text}”的结果"),
        cut_off: "列表可能不完整：请求后续内容时，registry 又给出相同的名称",
        filter_incomplete: |n| format!("目前只在已加载的 {n} 项中筛选"),
        shown: |shown, all| format!("{shown} / {all}"),
        load_more: "加载更多",
        loading: "加载中",
        show_all: "全部显示",
        other_reading: |kind| match kind {
            AddressKind::Registry => "您是不是想打开 registry",
            AddressKind::Repository => "您是不是想打开仓库",
            AddressKind::Image => "您是不是想打开镜像",
        },
        trail: "当前位置",
        question_mark: "？",
    },
    archive: Archive {
        images: |n| format!("{} 个镜像", count(n)),
        name: "镜像",
        platform: "平台",
        created: "创建时间",
        size: "存储大小",
        layers: "层数",
        unnamed: "未命名",
        none: "这个归档里没有可以浏览的镜像",
        none_hint: "归档里的其他内容列在下方。",
        others: "归档中的其他内容",
        not_saved: "索引中列出，但没有随其他镜像一起保存",
        build_cache: "BuildKit 的构建缓存：用于加速构建的层，不是镜像",
        warnings: "值得留意",
        missing: |id| format!("之前打开的镜像 {id} 不在这个文件里。文件中的镜像如下。"),
    },
    opening: OpeningWords {
        title: |name| format!("正在打开 {name}"),
        starting: "正在启动",
        connecting: |url| format!("正在请求 {url}"),
        unpacking: |read, total, decoded| format!("正在解压：{read} / {total}，已得到 {decoded}"),
        scanning: |read, total, n| format!("正在扫描归档：{read} / {total}，{} 个成员", count(n)),
        documents: "正在读取清单和配置",
        asking: "正在请求 registry",
        decompressing: "正在解压归档",
        looking_through: "正在扫描归档",
        waited: |seconds| format!("{seconds} 秒没有响应"),
        cancel: "取消",
    },
    wanted: Wanted {
        title: |name| format!("这里曾打开 {name}"),
        by_handle: "浏览器保留了文件的引用，但没有保留内容。再次读取前会请求您的许可。",
        open_again: "再次打开",
        by_drop: "页面不保存文件。请重新拖入同一个文件，或重新选择它。",
        known_by: |id| format!("页面会按镜像 ID {id} 认出它。"),
    },
    linked: Linked {
        title: "此链接会打开一个镜像或仓库",
        asks: |host| {
            format!(
                "它会向 {host} 以及由其指明的令牌服务器和存储发出请求。它们会得知您的网络地址，以及您在查看的内容。"
            )
        },
        why: "此浏览器此前没有打开过来自那里的内容，因此尚未发出任何请求。",
        open: "打开",
    },
    unsaved: UnsavedWords {
        mark: "未保存",
        keeping: "尚未保存，正在写入此浏览器的存储。",
        kept: "尚未保存。在保存、推送或丢弃之前，由此浏览器保留。",
        not_kept: "未保存，此浏览器也无法保留：关闭此标签页后就会丢失。请通过“导出”保存，或推送它。",
        ask: |name| format!("{name} 尚未保存"),
        ask_kept: "此浏览器可以保留它，并列在起始页上。",
        ask_lost: "它不在任何文件或 registry 中，丢弃后无法恢复。",
        keep: "保留在此浏览器中",
        discard: "丢弃",
        cancel: "取消",
        gone: |name| format!("{name} 已不存在"),
        gone_hint: "该镜像是在此浏览器中制作的，不在任何文件或 registry 中，这里也不再保留。只要没有丢弃容器层，其更改仍然保留：请打开它下面的镜像，重新提交。",
    },
    problem: ProblemWords {
        retry: "重试",
        cause: "可能的原因",
        way_out: "解决办法",
        detail: "原始信息",
        copy: "复制",
        copied: "已复制",
        pause: |left, is_over| match is_over {
            true => "等待结束，请重试。".to_owned(),
            false => format!("Registry 要求 {left} 后再试。"),
        },
        configurations: |origin| {
            format!("Registry 或其前面的服务器需要为来自 {origin} 的页面做如下配置：")
        },
        tried: |with| format!("已在 {with} 上测试。"),
        by_proxy: |source| {
            format!("它自身不能发送这些响应头（{source}），请在前面放置 nginx。以下配置已在 nginx 1.22 加 distribution 2.8 上测试。")
        },
        tokens_apart: |source| {
            format!("它的 token 来自另一个地址，该地址同样不发送 CORS 响应头（{source}），请使用 `lamina open`。")
        },
        open_by_command: "不必改动 registry：用 lamina 命令通过本机打开：",
        cors_note: "只能写一个来源，或写 '*'。如果 blob 下载会重定向到对象存储，那里也需要 CORS 响应头。",
        save_by_docker: "使用 Docker：",
        save_by_skopeo: "没有 Docker 时，使用 skopeo：",
        redirect_config: "或者在 config.yml 中关闭重定向，由 registry 自己转发数据：",
    },
    about: About {
        title: "Lamina",
        what: "完全在浏览器中运行的容器镜像工作台：查看各层、它们叠加成的文件系统，以及谁在何时提交了什么。",
        privacy: "没有服务器，也不做任何统计。页面只与您指定的 registry 通信。",
        keys: "快捷键",
        key_address: "转到地址栏",
        key_box: "前往文件、层、栏目、标签页；输入 > 查找命令（也可用 Ctrl P）",
        key_find: "按名称查找镜像中的文件",
        key_escape: "退出一级：关闭、离开输入框、回到层",
        key_tabs: "在标签栏中切换到上一个、下一个标签页",
        key_tree: "在文件树中移动、展开和折叠",
        key_about: "显示所选路径的详情，与双击目录相同",
        key_layers: "在各层之间移动，文件随之更新",
        key_into: "从层进入文件树，再打开文件",
        key_brackets: "在任意位置切换到下一层或上一层",
        key_panes: "在层与文件之间切换",
        key_letters: "在文件树中跳到以此开头的下一个名称",
        key_siblings: "在文件树中展开同级的所有目录",
        key_edit: "在容器层中编辑所选文件",
        key_rename: "在容器层中重命名",
        key_delete: "在容器层中删除",
        key_undo: "在容器层中撤销上一步",
        key_help: "显示或隐藏这份按键说明",
        close: "关闭",
        version: |version| format!("版本 {version}"),
    },
};
