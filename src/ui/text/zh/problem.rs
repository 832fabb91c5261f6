//! Failures in Chinese.


use crate::protocol::ProblemCode;
use crate::ui::text::problem::ProblemText;

/// Returns the words for a kind of failure.
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
            &[
                "运行 lamina open 加镜像名：由本机的命令代这个网页读取 Docker Hub",
                "或者用下面任意一条命令把镜像保存为文件，再拖到这里",
            ],
        ),
        ProblemCode::RelayLost => (
            "lamina serve 不为这个标签页读取",
            "它已经结束或重新启动过，或者这个标签页的地址已经用过：每个地址只能用于一个标签页。",
            &["请打开 lamina serve 最后输出的地址，或重新启动它"],
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
        ProblemCode::CorsOrCertificate => (
            "Registry 不允许本页面读取",
            "它不通过 https 响应此浏览器；通过 http 有响应，但没有 CORS 响应头。它可能只支持 http 且未设置响应头，也可能使用 https，但浏览器不信任它的证书。",
            &[
                "在新标签页中打开 https:// 加其地址加 /v2/。如有证书警告，请在那里接受，然后重试",
                "如果那里没有响应，请把下面的响应头加到 registry 的配置中",
            ],
        ),
        ProblemCode::PreflightRefused => (
            "Registry 拒绝浏览器的预检请求",
            "它允许本页面读取。发送登录信息或数据之前，浏览器会先用不带登录信息的 OPTIONS 询问；registry 对此返回 401，或不允许该方法或请求头。",
            &[
                "让 registry 前面的代理自行响应 OPTIONS，如下所示；CNCF distribution 在需要登录时拒绝 OPTIONS",
            ],
        ),
        ProblemCode::AnswerWithheld => (
            "Registry 的一个响应没有到达本页面",
            "其他响应可以读取，说明 CORS 响应头已设置；这个响应没有：可能是前面代理的错误（413、502、配额用尽），或 registry 只对部分地址发送响应头，或连接中断。",
            &[
                "在浏览器的网络日志（F12）中查看该请求：状态码说明是哪一种",
                "让代理在出错时也发送响应头；nginx 为：add_header … always。413 则为：client_max_body_size 0;",
            ],
        ),
        ProblemCode::MixedContent => (
            "https 页面不能访问 http 的 registry",
            "本页面通过 https 打开，而 registry 只支持 http。除 localhost 外，浏览器会阻止这样的请求。",
            &[
                "如果它也支持 https，请在地址前输入 https://；否则让它通过 https 提供服务",
                "或者通过 http 或在 localhost 上打开 Lamina：它只是一组静态文件",
            ],
        ),
        ProblemCode::HttpsUnreachable => (
            "Registry 不通过 https 响应",
            "本页面通过 https 打开，浏览器只允许它尝试 https。Registry 可能只支持 http、证书不受信任，或主机名、端口、网络有误。",
            &[
                "在新标签页中打开 https:// 加其地址加 /v2/。如有证书警告，请在那里接受，然后重试",
                "再用 http:// 打开：如果有响应，则它只支持 http。请让它通过 https 提供服务，或通过 http 或在 localhost 上打开 Lamina",
                "如果浏览器询问是否允许访问本地网络，请允许",
            ],
        ),
        ProblemCode::RedirectRefused => (
            "Registry 的存储不允许本页面读取",
            "Registry 把下载重定向到没有 CORS 响应头的对象存储。重定向之后，浏览器发送的来源是“null”，因此存储必须允许 '*'。",
            &["在存储桶的 CORS 规则中允许任意来源（*）发起 GET 请求"],
        ),
        ProblemCode::StoreUnreachable => (
            "Registry 的存储没有响应",
            "Registry 把下载重定向到另一台主机。它可能未运行、证书不受此浏览器信任，或使用 http 而本页面使用 https。",
            &["在浏览器的网络日志（F12）中查看该请求，其中有主机名"],
        ),
        ProblemCode::LoginElsewhere => (
            "另一台主机要求登录",
            "Registry 或清单指向另一台主机，它要求自己的登录，主机名见原始信息。您的登录信息只用于该 registry，不会发送到那里。",
            &["如果那台主机是 registry，请在那里打开镜像"],
        ),
        ProblemCode::NotAsked => (
            "不访问此地址",
            "Registry 指向或重定向到不应访问的地址：私有网络、http，或上传时的另一台主机，详见原始信息。",
            &["在代理后面时，registry 配置中的 http.relativeurls: true 可修正上传地址"],
        ),
        ProblemCode::TokenServerRefused => (
            "令牌服务器不允许本页面读取",
            "没有令牌，registry 不提供任何内容。它的令牌服务器有响应，但没有给本页面的 CORS 响应头；有些服务器在拒绝时不发送，因此也可能是密码错误。",
            &[
                "让令牌服务器或其前面的代理对 GET 和 POST 发送 Access-Control-Allow-Origin；registry 的响应头不起作用",
                "或在已登录的机器上把镜像保存为文件，再拖到这里",
            ],
        ),
        ProblemCode::TokenServerUnusable => (
            "无法访问 registry 的令牌服务器",
            "没有令牌，registry 不提供任何内容。它指定的令牌服务器没有响应，或不能从这里访问，详见原始信息。",
            &["在新标签页中打开令牌服务器的地址：接受证书，或查看浏览器给出的原因"],
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
        ProblemCode::LoginRefused => (
            "登录未被接受",
            "名称或密码错误，或权限不足。",
            &["请重新登录；密码处也可填访问令牌"],
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
        ProblemCode::RequestInvalid => (
            "Registry 认为此请求无效",
            "它不接受所请求或发送的内容，其原话见原始信息。",
            &["检查名称和标签；也可请 registry 的维护者查看日志"],
        ),
        ProblemCode::UploadOutOfStep => (
            "Registry 收到的数据与发送的不一致",
            "它的上传位置与它所说的不同，重新开始后仍然如此（416）。同一地址后面有多台服务器而没有共享存储时会这样。",
            &["请重新推送；如果一直如此，请 registry 的维护者检查存储"],
        ),
        ProblemCode::NoLocation => (
            "Registry 没有说明数据发往何处",
            "它的响应没有上传用的 Location，或对网页隐藏了它。",
            &["在 registry 的配置中把 Location 加到 Access-Control-Expose-Headers"],
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
        ProblemCode::AbsentPlatforms => (
            "索引列出的内容多于此处所有",
            "这些平台的内容没有一起保存。",
            &[
                "推送此处已有的部分：索引会重新生成，摘要随之改变",
                "只选择当前平台",
            ],
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
        ProblemCode::BadQuery => ("无法理解这个查询", "没有进行查找，原因见具体信息。", &[]),
        ProblemCode::Refused => ("无法这样修改", "没有作任何改动，原因见具体信息。", &[]),
        ProblemCode::Cancelled => ("已取消", "操作由您取消。", &[]),
        ProblemCode::Closed => (
            "已关闭",
            "请求进行期间，镜像或归档已被关闭。",
            &["请重新打开"],
        ),
        ProblemCode::PartMissing => (
            "此页面的一部分未能加载",
            "这一部分在首次用到时才加载。可能是网络故障，或页面在此期间已更新。",
            &[
                "请重试",
                "如果仍然失败，请先保存仅存于此处的内容，再重新加载页面",
            ],
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
