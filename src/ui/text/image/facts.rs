//! The names of a configuration's fields in both languages. The compiler sees that none is missing.

use super::{ENGLISH, Image};
use crate::protocol::ConfigFact;

/// Returns the name of a field in the reader's language.
pub fn config_fact(text: &Image, fact: ConfigFact) -> &'static str {
    let (english, chinese) = match fact {
        ConfigFact::HealthTest => ("test", "检查命令"),
        ConfigFact::HealthInterval => ("interval", "间隔"),
        ConfigFact::HealthTimeout => ("timeout", "超时"),
        ConfigFact::HealthStartPeriod => ("start period", "启动期"),
        ConfigFact::HealthStartInterval => ("start interval", "启动期间隔"),
        ConfigFact::HealthRetries => ("retries", "重试次数"),
        ConfigFact::OsVersion => ("os.version", "系统版本"),
        ConfigFact::OsFeatures => ("os.features", "系统特性"),
        ConfigFact::Container => ("container", "容器"),
        ConfigFact::ContainerCommand => ("container command", "容器命令"),
        ConfigFact::Hostname => ("hostname", "主机名"),
        ConfigFact::Domainname => ("domainname", "域名"),
        ConfigFact::ParentImage => ("parent image", "父镜像"),
        ConfigFact::MacAddress => ("MAC address", "MAC 地址"),
        ConfigFact::StopTimeout => ("stop timeout", "停止超时"),
        ConfigFact::AttachStdin => ("attach stdin", "附加标准输入"),
        ConfigFact::AttachStdout => ("attach stdout", "附加标准输出"),
        ConfigFact::AttachStderr => ("attach stderr", "附加标准错误"),
        ConfigFact::Tty => ("tty", "终端 (tty)"),
        ConfigFact::OpenStdin => ("open stdin", "打开标准输入"),
        ConfigFact::StdinOnce => ("stdin once", "标准输入仅一次"),
        ConfigFact::NetworkDisabled => ("network disabled", "禁用网络"),
        ConfigFact::ArgsEscaped => ("args escaped", "参数已转义"),
    };
    // Comparing with English, which is always loaded: naming the Chinese messages would add them to this program.
    match *text == ENGLISH {
        true => english,
        false => chinese,
    }
}
