//! The warnings in Chinese, one sentence for each.

use crate::protocol::{Compression, EngineRefusal, FieldType, Message, Notice, OverlayEffect};
use crate::ui::text::visible::visible_text;

/// Returns the Chinese sentence for a notice.
pub(super) fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::EnginesRefuse { why } => format!("容器引擎会拒绝此层：{}", refusal(why)),
        Notice::OverlayAttribute { name, effect } => format!(
            "overlay 挂载会{}（扩展属性 {}），其他存储驱动不会",
            overlay(*effect),
            visible_text(name)
        ),
        Notice::SeveralMembers { n } => {
            format!("归档中该成员出现 {n} 次：Docker 读取最后一个（如此处所示），podman 读取第一个")
        }
        Notice::AboveRoot => "名称指向根目录之上：Docker 和 podman 会拒绝此层，containerd 则止于根目录（如此处所示）".to_owned(),
        Notice::GlobalHeaderName => "全局头带有此名称：Docker 的 vfs 驱动和 containerd 会删除下层的同名内容，overlay 驱动不会".to_owned(),
        Notice::GnuPrefix => "名称含有 GNU 头的前缀部分，容器引擎如此读取；其他 tar 程序会略去它".to_owned(),
        Notice::SparseRecordsIgnored => "容器引擎不采用其稀疏文件记录，而以此名称解出存储的字节；其他 tar 程序会得到另一名称的稀疏文件".to_owned(),
        Notice::DeviceZero => "字符设备 0/0：overlay 挂载会隐藏此名称，其他存储驱动则得到一个设备".to_owned(),
        Notice::AufsName => "AUFS 专用的名称：Docker 的 vfs 驱动会略去它（如此处所示），overlay 驱动和 containerd 会解出它，或将其视为删除标记".to_owned(),
        Notice::WhiteoutOfDirectory => "此删除标记没有指明文件：Docker 的 vfs 驱动会删除其所在目录，其他引擎会拒绝此层".to_owned(),
        Notice::WhiteoutAfterEntry => "删除标记出现在同一层的同名内容之后：Docker 的 vfs 驱动和 containerd 会删除该内容，overlay 驱动会拒绝此层，而规范要求保留（如此处所示）".to_owned(),
        Notice::WhiteoutOfOwnDirectory => "此层删除该目录，随后又写入它或其中的内容：containerd 的 overlay 快照器会显示较低层在其中的内容，或拒绝此层；其他引擎会重新建立该目录（如此处所示）".to_owned(),
        Notice::DuplicatePath => "此层中该路径出现多次：Docker 的存储驱动会拒绝此层，其他引擎以最后一次为准（如此处所示）".to_owned(),
        Notice::LinkToLower => "指向较低层文件的硬链接：Docker 的 overlay2 驱动会拒绝此层，其他引擎会建立链接（如此处所示）".to_owned(),
        Notice::OwnerCut => "属主或属组的编号超出范围：内核只取低 32 位，或保持为 root（如此处所示）".to_owned(),
        Notice::ThroughSymlink => "路径经过较低层的符号链接，已跟随该链接；overlay 驱动会用目录取代该链接".to_owned(),
        Notice::DanglingParent => "路径经过指向不存在位置的符号链接，已将其目标视为目录；其他引擎会拒绝此层".to_owned(),
        Notice::ParentNotDirectory => "此路径的某个上级在先前的层中不是目录，已由新目录取代；其他引擎会拒绝此层".to_owned(),
        Notice::SeveralKeys => "多个成员对应同一字段；引擎取最后一个并合并对象（如此处所示），其他读取程序可能取另一个".to_owned(),
        Notice::DuplicateKey => "同一对象中该键出现多次，以最后一次为准".to_owned(),
        Notice::OtherCase => "字段名的大小写不同；引擎仍会采用它".to_owned(),
        Notice::ConfigDigest { actual, claimed } => {
            format!("配置的摘要是 {actual}，而不是所声明的 {claimed}")
        }
        Notice::DocumentSize { actual, claimed } => {
            format!("数据块有 {actual} 个字节，而其描述符声明为 {claimed} 个")
        }
        Notice::LayerCount { n_layers, n_counted } => {
            format!("共有 {n_layers} 层，而配置声明为 {n_counted} 层")
        }
        Notice::ArchiveTruncated { reason } => format!("归档不完整：{}", said(reason)),
        Notice::UnreadableList { reason } => {
            format!("无法读取归档的此镜像列表：{}", said(reason))
        }
        Notice::NotUtf8 => "文档不是 UTF-8；不合规的字节已被替换".to_owned(),
        Notice::WrongType { expected } => format!("该字段不是{}，已略去", field_type(*expected)),
        Notice::InvalidDigest { reason } => format!("摘要的格式有误：{}", said(reason)),
        Notice::StatedDigest { reason } => {
            format!("registry 给出的摘要格式有误：{}", said(reason))
        }
        Notice::MediaTypeMismatch { declared, stated } => format!(
            "文档自称介质类型为 {}，而此处声明为 {}",
            visible_text(stated),
            visible_text(declared)
        ),
        Notice::AmbiguousDocument => "文档同时具有索引和清单的字段".to_owned(),
        Notice::NoHistory => "配置没有说明各层的历史".to_owned(),
        Notice::HistoryMismatch {
            n_entries,
            n_layers,
        } => format!("历史记录有 {n_entries} 项声称生成了层，而镜像有 {n_layers} 层，因此没有对应"),
        Notice::HistoryGuessed => "历史记录对空项的标记有误，已按顺序与各层对应".to_owned(),
        Notice::MoreOddities => "同类的异常之处还有更多".to_owned(),
        Notice::RootfsType { reason } => {
            format!("配置的 rootfs.type 不是 layers：{}", said(reason))
        }
        Notice::NotVerifiable => "摘要的算法未知，因此无法校验内容".to_owned(),
        Notice::AnnotationsLeftOut => "注解超出大小限制，因此其下各镜像不显示这些注解".to_owned(),
        Notice::TooManyNames { n_names, n_shown } => {
            format!("镜像显示其 {n_names} 个名称中的 {n_shown} 个；其余过多或过长")
        }
        Notice::TooManyDocuments { n_seen } => format!("只查看了前 {n_seen} 项"),
        Notice::TooManyIndexes => "索引嵌套过深，或位于过多其他索引之后，未予读取".to_owned(),
        Notice::NestedIndex { reason } => {
            format!("无法取得其中的索引：{}", said(reason))
        }
        Notice::OtherPlatform { wanted } => {
            format!("镜像只有这一个平台，而所要求的是 {}", visible_text(wanted))
        }
        // The registry's own words.
        Notice::RegistryWarning { text } => visible_text(text),
        Notice::InsideFolder => "所有成员都在同一个文件夹内，其他工具可能找不到镜像".to_owned(),
        Notice::NoImages => "归档没有列出任何镜像".to_owned(),
        Notice::OciLayoutMissing => "缺少标记 OCI 布局的文件".to_owned(),
        Notice::OciLayoutVersion { is_told: true } => "OCI 布局的版本不是 1.0.0".to_owned(),
        Notice::OciLayoutVersion { is_told: false } => "OCI 布局没有说明其版本".to_owned(),
        Notice::FlatRootfs { n_members, sample } => format!(
            "归档没有指明镜像；其中的 {n_members} 个成员（{}）作为一层显示",
            visible_text(sample)
        ),
        Notice::ListsDiffer { n_docker, n_oci } => {
            format!("manifest.json 有 {n_docker} 层，而 index.json 的清单有 {n_oci} 层")
        }
        Notice::ParentCircle => "该层是其自身的祖先，层链在此处结束".to_owned(),
        Notice::MissingParent { reason } => {
            format!("无法取得该层及其下的内容：{}", said(reason))
        }
        Notice::UnreadableRepositories { reason } => {
            format!("无法读取镜像的名称：{}", said(reason))
        }
        Notice::DocumentShortened { n_rows, n_shown } => {
            format!("共 {n_rows} 项，显示 {n_shown} 项；保存的文档包含全部内容")
        }
        Notice::TocDiffers { n_paths } => {
            format!("此层自带的目录对 {n_paths} 个路径的描述与实际内容不符，以上为其中第一个")
        }
        Notice::TocUnusable { reason } => {
            format!("此层自带的目录无法使用，因此读取了整层：{}", said(reason))
        }
        Notice::CompressionMismatch { claimed, actual } => format!(
            "介质类型声明为 {}，而实际内容是 {}，已按实际内容读取",
            compression(*claimed),
            compression(*actual)
        ),
        Notice::TrailingGarbage { at } => {
            format!("压缩数据之后，从第 {at} 个存储字节起还有内容，已忽略")
        }
        Notice::DecompressedOnTheWay => {
            "这不是摘要所指的字节，而是其解压后的内容：传输途中（例如代理）已将其解压".to_owned()
        }
        Notice::Sha256LeftOut => "此稀疏文件的空洞超出限制，已略去其 SHA-256".to_owned(),
        Notice::GlobalHeaderBetween => {
            "扩展头之后紧跟全局头；容器引擎会忘掉该扩展头，因此不予采用".to_owned()
        }
        Notice::LinkAttributesLeftOut => {
            "此层有过多的硬链接为同一文件带来扩展属性，已略去前一个链接的属性".to_owned()
        }
        Notice::ManifestsDiffer => "布局中的清单与 manifest.json 对此镜像的描述不同：较旧的引擎读取 manifest.json，较新的读取布局".to_owned(),
    }
}

/// Returns a reason as text that can be shown.
fn said(reason: &Message) -> String {
    visible_text(&reason.in_words(super::messages::text))
}

fn field_type(expected: FieldType) -> &'static str {
    match expected {
        FieldType::Text => "文本",
        FieldType::Flag => "真或假",
        FieldType::Unsigned => "非负整数",
        FieldType::Signed => "整数",
        FieldType::Texts => "文本列表",
        FieldType::Object => "对象",
        FieldType::Objects => "对象列表",
        FieldType::Base64 => " base64",
    }
}

fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "未压缩",
        compressed => compressed.word(),
    }
}

fn refusal(why: &EngineRefusal) -> String {
    match why {
        EngineRefusal::UnknownType { flag } => {
            let flag = visible_text(&char::from(*flag).to_string());
            format!("tar 条目类型“{flag}”未知，已略去该条目")
        }
        EngineRefusal::NameTooLong { n_bytes } => {
            format!("名称有 {n_bytes} 个字节，而 Linux 只允许 255 个")
        }
        EngineRefusal::PathTooLong { n_bytes } => {
            format!("路径有 {n_bytes} 个字节，而 Linux 只允许 4095 个")
        }
        EngineRefusal::LinkTooLong { n_bytes } => {
            format!("链接目标有 {n_bytes} 个字节，而 Linux 只允许 4095 个")
        }
        EngineRefusal::OldGnuSparse => "旧式 GNU 稀疏文件".to_owned(),
        EngineRefusal::ContiguousFile => "“连续文件”类型的文件".to_owned(),
        EngineRefusal::SingleZeroBlock => {
            "tar 以一个零块结束，其后还有非零内容，不作为条目读取".to_owned()
        }
        EngineRefusal::EmptyLink => "没有目标的链接".to_owned(),
        EngineRefusal::SparseRest => "此稀疏文件存储的内容多于其映射所用".to_owned(),
        EngineRefusal::RootNotDirectory => "根只能是目录，已略去该条目".to_owned(),
        EngineRefusal::UnresolvedHardlink => "此硬链接的目标无法链接".to_owned(),
        EngineRefusal::SymlinkLoop => "路径经过的符号链接过多，已略去该条目".to_owned(),
        EngineRefusal::NulInName => "名称中含有 NUL 字节，已略去该条目".to_owned(),
    }
}

fn overlay(effect: OverlayEffect) -> &'static str {
    match effect {
        OverlayEffect::Opaque => "隐藏此目录中较低层的内容",
        OverlayEffect::Redirect => "在此处显示另一目录的内容",
        OverlayEffect::Metacopy => "在此处显示较低层的内容",
        OverlayEffect::Whiteout => "隐藏此名称",
        OverlayEffect::Other => "遵从此扩展属性",
    }
}
