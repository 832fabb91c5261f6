//! Failures in Chinese.

use super::ProblemText;
use crate::protocol::ProblemCode;

/// The words for a kind of failure.
pub(super) fn text(code: ProblemCode) -> ProblemText {
    let (title, cause, way_out): (_, _, &'static [&'static str]) = match code {
        ProblemCode::BadAddress => (
            "这不是镜像地址",
            "输入的内容既不是 registry，也不是仓库或镜像引用。",
            &[
                "写法与 docker pull 相同，例如 registry.example.com/team/app:1.0",
                "名称用小写；标签写在冒号后，摘要写在 @ 后",
            ],
        ),
        ProblemCode::DockerHub => (
            "网页无法读取 Docker Hub",
            "Docker Hub 不发送 CORS 响应头，浏览器不会把它的响应交给任何网页；Lamina 也没有可以代为下载的服务器。",
            &["用下面任意一条命令把镜像保存为文件，再拖到这里"],
        ),
        ProblemCode::Unreachable => (
            "Registry 没有响应",
            "可能是主机名或端口有误、registry 未运行、浏览器不信任它的证书，或未允许本页面访问本地网络。",
            &[
                "在新标签页中打开 registry 地址加 /v2/：接受证书，或查看浏览器给出的原因",
                "如果浏览器询问是否允许访问本地网络，请允许",
            ],
        ),
        ProblemCode::CorsRefused => (
            "Registry 不允许本页面读取",
            "Registry 有响应，但没有给本页面的 CORS 响应头，浏览器因此不交出响应内容。",
            &["把下面的响应头加到 registry 的配置中，然后重启它"],
        ),
        ProblemCode::MixedContent => (
            "https 页面不能访问 http 的 registry",
            "本页面通过 https 打开，而 registry 只支持 http。除 localhost 外，浏览器会阻止这样的请求。",
            &[
                "让 registry 通过 https 提供服务",
                "或者通过 http 或在 localhost 上打开 Lamina：它只是一组静态文件",
            ],
        ),
        ProblemCode::RedirectRefused => (
            "Registry 的存储不允许本页面读取",
            "Registry 把下载重定向到没有 CORS 响应头的对象存储。重定向之后，浏览器发送的来源是“null”，因此存储必须允许 '*'。",
            &["在存储桶的 CORS 规则中允许任意来源（*）发起 GET 请求"],
        ),
        ProblemCode::NotFound => (
            "找不到这个名称",
            "仓库或标签不存在，或者登录后才可见。",
            &["检查拼写和标签", "只打开 registry，看看它提供哪些仓库"],
        ),
        ProblemCode::LoginNeeded => (
            "需要登录",
            "Registry 只向有权限的用户开放读取或写入；有的 registry 对不存在的内容也这样回答。",
            &[
                "在页面要求时登录；密码处也可填访问令牌",
                "或在已登录的机器上把镜像保存为文件，再拖到这里",
            ],
        ),
        ProblemCode::WriteRefused => (
            "registry 不允许写入该处",
            "当前登录者无权写入此仓库，或 registry 不会因推送而新建仓库，或它是只读的。",
            &[
                "申请推送权限，或先请人建好仓库",
                "换一个名字登录，或推送到别的仓库",
            ],
        ),
        ProblemCode::RateLimited => (
            "Registry 要求稍候",
            "您所在的网络短时间内请求过多。",
            &["等一分钟再试"],
        ),
        ProblemCode::RegistryFailed => (
            "Registry 出错",
            "它返回了自身的错误，详见原始信息。",
            &["请重试；如果一直如此，请 registry 的维护者查看日志"],
        ),
        ProblemCode::BadAnswer => (
            "返回的内容不像 registry",
            "响应的可能不是镜像 registry，而是网站、登录页或代理。",
            &["检查主机名和端口，并在新标签页中打开该地址加 /v2/"],
        ),
        ProblemCode::WebPage => (
            "响应的是一个网页",
            "本应由 registry 响应的地址返回了网页：可能是公司代理的登录页、registry 的网页界面，或其他服务器。",
            &[
                "在新标签页中打开该地址，如有要求先登录，然后重试",
                "检查主机名和端口：registry 的网页地址往往与 docker pull 所用的不同",
            ],
        ),
        ProblemCode::NotStored => (
            "Registry 没有保存它已接受的内容",
            "它回答一切正常，但再次查询时没有这些内容，或内容不同。",
            &[
                "请重试；如果一直如此，请 registry 的维护者检查存储",
                "检查主机名和端口：不是 registry 的服务器也可能这样回答",
            ],
        ),
        ProblemCode::RequestTooLarge => (
            "Registry 不接受这么大的请求",
            "Registry 或其前面的代理拒绝超过某一大小的请求，分成小块也不接受。",
            &["提高代理的上限；nginx 为：client_max_body_size 0;"],
        ),
        ProblemCode::NotAllowed => (
            "Registry 不支持此操作",
            "它可能是只读的、是另一个 registry 的缓存，或关闭了此功能。",
            &["请联系它的维护者，或换用其他 registry"],
        ),
        ProblemCode::NotAnImage => (
            "这个文件不是容器镜像",
            "它既不是镜像归档，也不是 OCI layout，也不是根文件系统的 tar。",
            &["用 docker save、podman save 或 skopeo copy 生成归档，再拖到这里"],
        ),
        ProblemCode::Truncated => (
            "文件不完整",
            "下载或复制很可能中途断开了。",
            &["与原文件比较大小，然后重新获取"],
        ),
        ProblemCode::Malformed => (
            "镜像中的文档无法理解",
            "清单、索引或配置不符合规范，具体位置见原始信息。",
            &["用较新的工具重新构建或保存镜像"],
        ),
        ProblemCode::Missing => (
            "镜像缺少一部分",
            "镜像引用的内容不存在：可能复制不完整，或已被 registry 垃圾回收。",
            &["重新保存或推送镜像"],
        ),
        ProblemCode::DigestMismatch => (
            "内容与摘要不符",
            "数据在传输或存储中被改动或损坏。Lamina 不会把它当作正确的内容显示。",
            &["重新获取镜像；如果仍然不符，请不要使用它"],
        ),
        ProblemCode::Damaged => (
            "数据已损坏",
            "数据中断、校验和不符，或违反其格式的规则。",
            &["重新获取或保存镜像"],
        ),
        ProblemCode::TooLarge => (
            "超出保护浏览器的限制",
            "其中某一项（文档、名称、条目数或压缩比）大于正常镜像所需。",
            &["如果镜像没有问题，可用命令行工具读取：lamina inspect --limit 名称=数值"],
        ),
        ProblemCode::StorageFull => (
            "浏览器存储空间不足",
            "解压归档需要占用浏览器的存储空间。",
            &[
                "清理磁盘，或清除其他网站的数据",
                "也可以先自行解压，再拖入未压缩的 tar：这样不占空间",
            ],
        ),
        ProblemCode::Unreadable => (
            "文件已无法读取",
            "文件在打开后被修改、移动或删除，或读取许可已失效。",
            &["请重新拖入"],
        ),
        ProblemCode::Unsupported => (
            "Lamina 认得这种格式，但不支持读取",
            "这是较旧或少见的格式，名称见原始信息。",
            &["用较新的工具拉取并保存镜像，即可得到当前格式"],
        ),
        ProblemCode::NoContent => (
            "没有可显示的内容",
            "只有普通文件有内容，而且只存在于写入它的层中。",
            &[],
        ),
        ProblemCode::Refused => ("无法这样修改", "没有作任何改动，原因见具体信息。", &[]),
        ProblemCode::Cancelled => ("已取消", "操作由您取消。", &[]),
        ProblemCode::Closed => (
            "已关闭",
            "请求进行期间，镜像或归档已被关闭。",
            &["请重新打开"],
        ),
        ProblemCode::WorkerLost => (
            "打开此内容时读取程序停止了",
            "它在后台运行。浏览器终止了它（多半因为内存不足），或这些数据使它出错。",
            &["请重试；如果再次停止，可使用命令行工具 lamina"],
        ),
        ProblemCode::WorkerNotStarted => (
            "读取程序无法启动",
            "Lamina 在后台读取镜像，而负责读取的部分没有启动：服务器上可能缺少该文件，版本可能与此页面不一致，或内存不足。",
            &[
                "请重试，或重新加载页面",
                "如果仍然失败，请关闭其他标签页，或联系提供此页面的人",
            ],
        ),
        ProblemCode::LeftOut => (
            "读取此层时读取程序停止了",
            "浏览器终止了它（多半因为内存不足），或这些数据使它出错或停滞。它已重新启动，此层被略去。",
            &["重新读取此层"],
        ),
        ProblemCode::Internal => (
            "Lamina 自身出错",
            "无论镜像怎样，都不应出现这种情况。",
            &["请附上原始信息反馈此问题"],
        ),
    };
    ProblemText {
        title,
        cause,
        way_out,
    }
}
