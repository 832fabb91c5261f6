//! The names of a configuration's fields in Chinese.

use crate::protocol::ConfigFact;

/// Returns the name of a field.
pub(super) fn name(fact: ConfigFact) -> &'static str {
    match fact {
        ConfigFact::HealthTest => "检查命令",
        ConfigFact::HealthInterval => "间隔",
        ConfigFact::HealthTimeout => "超时",
        ConfigFact::HealthStartPeriod => "启动期",
        ConfigFact::HealthStartInterval => "启动期间隔",
        ConfigFact::HealthRetries => "重试次数",
        ConfigFact::OsVersion => "系统版本",
        ConfigFact::OsFeatures => "系统特性",
        ConfigFact::Container => "容器",
        ConfigFact::ContainerCommand => "容器命令",
        ConfigFact::Hostname => "主机名",
        ConfigFact::Domainname => "域名",
        ConfigFact::ParentImage => "父镜像",
        ConfigFact::MacAddress => "MAC 地址",
        ConfigFact::StopTimeout => "停止超时",
        ConfigFact::AttachStdin => "附加标准输入",
        ConfigFact::AttachStdout => "附加标准输出",
        ConfigFact::AttachStderr => "附加标准错误",
        ConfigFact::Tty => "终端 (tty)",
        ConfigFact::OpenStdin => "打开标准输入",
        ConfigFact::StdinOnce => "标准输入仅一次",
        ConfigFact::NetworkDisabled => "禁用网络",
        ConfigFact::ArgsEscaped => "参数已转义",
    }
}
