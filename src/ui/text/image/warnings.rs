//! Warnings in Chinese, by their code; those whose sentence holds figures of its own stay in English.

/// The Chinese sentence for a kind of warning.
pub(super) fn chinese(code: &str) -> Option<&'static str> {
    Some(match code {
        "single-zero-block" => "tar 以一个零块结束，其后还有非零内容，不作为条目读取",
        "global-header-between" => "扩展头之后紧跟全局头；容器引擎会忘掉该扩展头，因此不予采用",
        "old-gnu-sparse" => "旧式 GNU 稀疏文件，容器引擎会拒绝它",
        "sparse-rest" => "此稀疏文件存储的内容多于其映射所用",
        "name-too-long" => "名称或链接目标超出长度限制，已略去该条目",
        "nul-in-name" => "名称中含有 NUL 字节，已略去该条目",
        "path-too-deep" => "路径的层级超出限制，已略去该条目",
        "root-not-directory" => "根只能是目录，已忽略该条目",
        "too-many-layers" => "镜像的层数超出 Lamina 的显示上限，已略去此层",
        "too-many-paths" => "镜像的路径数超出 Lamina 的计数上限，已略去该路径",
        "invalid-whiteout" => "此删除标记没有指明可隐藏的名称，已忽略",
        "duplicate-path" => "此层中该路径出现多次，以最后一次为准",
        "through-symlink" => {
            "路径经过较低层的符号链接，已跟随该链接；overlay 运行时会用目录取代该链接"
        }
        "symlink-loop" => "路径经过的符号链接过多，已略去该条目",
        "dangling-parent" => "路径经过指向不存在位置的符号链接，已将其目标视为目录",
        "parent-not-directory" => "此路径的某个上级在先前的层中不是目录，已由新目录取代",
        "unverifiable-digest" | "not-verifiable" => "摘要的算法未知，因此无法校验内容",
        "compression-mismatch" => "介质类型所称的压缩方式与实际内容不符，已按实际内容读取",
        "decompressed-on-the-way" => {
            "这不是摘要所指的字节，而是其解压后的内容：传输途中（例如代理）已将其解压"
        }
        "inside-folder" => "所有成员都在同一个文件夹内，其他工具可能找不到镜像",
        "oci-layout-missing" => "缺少标记 OCI 布局的文件",
        "no-images" => "归档没有列出任何镜像",
        _ => return None,
    })
}
