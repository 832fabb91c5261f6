//! Warnings in Chinese, by their code; figures are taken over from the English sentence, in its order.
//!
//! Those whose sentence holds words of its own, such as a registry's, stay as they are.

use super::fill;

/// The Chinese sentence for a warning; `None` where there is none, or where figures are missing for it.
pub(super) fn chinese(code: &str, message: &str) -> Option<String> {
    let sentence = sentence(code)?;
    let figures: Vec<&str> = message
        .split(|c: char| !c.is_ascii_digit())
        .filter(|figure| !figure.is_empty())
        .collect();
    (sentence.matches('{').count() <= figures.len()).then(|| fill(sentence, &figures))
}

/// The sentence for a kind of warning, with places for its figures.
fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "global-header-between" => "扩展头之后紧跟全局头；容器引擎会忘掉该扩展头，因此不予采用",
        "link-attributes-left-out" => {
            "此层有过多的硬链接为同一文件带来扩展属性，已略去前一个链接的属性"
        }
        "unverifiable-digest" | "not-verifiable" => "摘要的算法未知，因此无法校验内容",
        "compression-mismatch" => "介质类型所称的压缩方式与实际内容不符，已按实际内容读取",
        "decompressed-on-the-way" => {
            "这不是摘要所指的字节，而是其解压后的内容：传输途中（例如代理）已将其解压"
        }
        "toc-differs" => "此层自带的目录对 {0} 个路径的描述与实际内容不符，以上为其中第一个",
        "toc-unusable" => "此层自带的目录无法使用，因此读取了整层",
        "inside-folder" => "所有成员都在同一个文件夹内，其他工具可能找不到镜像",
        "oci-layout-missing" => "缺少标记 OCI 布局的文件",
        "layer-count-mismatch" => "两处所称的层数不同：{0} 与 {1}",
        "trailing-garbage" => "压缩数据之后，从第 {0} 个存储字节起还有内容，已忽略",
        "flat-rootfs" => "归档没有指明镜像；其中的 {0} 个成员作为一层显示",
        "too-many-documents" => "只查看了前 {0} 项",
        "history-mismatch" => "历史记录有 {0} 项声称生成了层，而镜像有 {1} 层，因此没有对应",
        "no-history" => "配置没有说明各层的历史",
        "not-utf8" => "文档不是 UTF-8；不合规的字节已被替换",
        "ambiguous-document" => "文档同时具有索引和清单的字段",
        "history-guessed" => "历史记录对空项的标记有误，已按顺序与各层对应",
        "more-oddities" => "同类的异常之处还有更多",
        "sha256-left-out" => "此层稀疏文件的空洞超出限制，已略去其 SHA-256",
        "annotations-left-out" => "注解超出大小限制，因此其下各镜像不显示这些注解",
        "document-shortened" => "共 {0} 项，显示 {1} 项；保存的文档包含全部内容",
        "no-images" => "归档没有列出任何镜像",
        "oci-layout-version" => "OCI 布局的版本不是 1.0.0，或没有说明",
        "parent-circle" => "该层是其自身的祖先，层链在此处结束",
        "too-many-indexes" => "索引嵌套过深，或位于过多其他索引之后，未予读取",
        "too-many-names" => "镜像有 {0} 个名称，显示其中 {1} 个；其余过多或过长",
        _ => return None,
    })
}
