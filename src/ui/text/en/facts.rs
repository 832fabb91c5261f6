//! The names of a configuration's fields in English.

use crate::protocol::ConfigFact;

/// Returns the name of a field.
pub(super) fn name(fact: ConfigFact) -> &'static str {
    match fact {
        ConfigFact::HealthTest => "test",
        ConfigFact::HealthInterval => "interval",
        ConfigFact::HealthTimeout => "timeout",
        ConfigFact::HealthStartPeriod => "start period",
        ConfigFact::HealthStartInterval => "start interval",
        ConfigFact::HealthRetries => "retries",
        ConfigFact::OsVersion => "os.version",
        ConfigFact::OsFeatures => "os.features",
        ConfigFact::Container => "container",
        ConfigFact::ContainerCommand => "container command",
        ConfigFact::Hostname => "hostname",
        ConfigFact::Domainname => "domainname",
        ConfigFact::ParentImage => "parent image",
        ConfigFact::MacAddress => "MAC address",
        ConfigFact::StopTimeout => "stop timeout",
        ConfigFact::AttachStdin => "attach stdin",
        ConfigFact::AttachStdout => "attach stdout",
        ConfigFact::AttachStderr => "attach stderr",
        ConfigFact::Tty => "tty",
        ConfigFact::OpenStdin => "open stdin",
        ConfigFact::StdinOnce => "stdin once",
        ConfigFact::NetworkDisabled => "network disabled",
        ConfigFact::ArgsEscaped => "args escaped",
    }
}
