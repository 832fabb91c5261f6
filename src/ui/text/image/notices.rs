//! Typed warnings in Chinese: one sentence for each, and the compiler misses none.

use crate::protocol::{EngineRefusal, Notice, OverlayEffect};
use crate::ui::text::visible::visible_text;

/// The Chinese sentence for a notice.
pub(super) fn chinese(notice: &Notice) -> String {
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
        Notice::ArchiveTruncated { reason } => format!("归档不完整：{}", visible_text(reason)),
        Notice::UnreadableList { reason } => {
            format!("无法读取归档的此镜像列表：{}", visible_text(reason))
        }
        Notice::ManifestsDiffer => "布局中的清单与 manifest.json 对此镜像的描述不同：较旧的引擎读取 manifest.json，较新的读取布局".to_owned(),
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
