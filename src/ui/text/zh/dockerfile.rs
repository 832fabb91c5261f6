//! The Dockerfile in Chinese.

use crate::ui::text::dockerfile::DockerfileWords;
use crate::ui::text::words::words;

/// The messages in Chinese.
pub(in crate::ui::text) static DOCKERFILE: DockerfileWords = DockerfileWords {
    shown: "显示为",
    steps: "构建步骤",
    dockerfile: "Dockerfile",
    waiting: "读完所有层后即可还原 Dockerfile。",
    computing: "正在还原 Dockerfile…",
    rebuilt: "根据配置中的历史以及各层的内容还原。",
    base_told: words("历史中写有基础镜像：{0}。它自己的步骤列在 FROM 之上。"),
    base_untold: "历史没有说明基础镜像到哪里为止：它的步骤也在其中。",
    of_base: "基础镜像",
    download: "下载大小",
    instruction: "指令",
    copy_all: "Dockerfile",
    lacks: "历史中没有",
    gap_sources: "来源的位置",
    gap_here_document: "here 文档的内容",
    gap_words: "单词的界限",
    gap_command: "指令",
};
