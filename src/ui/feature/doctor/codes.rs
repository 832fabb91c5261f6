//! The problems against which a configuration or a command helps.

use crate::protocol::ProblemCode;

/// The way out of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A configuration of the registry, or of a server in front of it.
    AnyServer,
    /// A configuration of a server in front of the registry.
    Proxy,
    /// A configuration that keeps a registry from redirecting downloads.
    Redirect,
    /// The command that opens the image through this machine.
    Open,
    /// The same, or a file that another tool saves.
    Save,
}

/// Returns the way out of a problem; `None` where neither a configuration nor a command helps.
pub fn remedy(code: ProblemCode) -> Option<Remedy> {
    match code {
        ProblemCode::CorsRefused
        | ProblemCode::CorsOrCertificate
        | ProblemCode::NoLocation
        | ProblemCode::AnswerWithheld => Some(Remedy::AnyServer),
        ProblemCode::PreflightRefused => Some(Remedy::Proxy),
        ProblemCode::RedirectRefused => Some(Remedy::Redirect),
        ProblemCode::TokenServerRefused | ProblemCode::MixedContent => Some(Remedy::Open),
        ProblemCode::DockerHub | ProblemCode::LoginNeeded => Some(Remedy::Save),
        _ => None,
    }
}
