//! The way out where a browser refuses to read: the configuration for each server, and the commands that need none.

use yew::prelude::*;

use crate::protocol::Problem;
use crate::ui::kit::code_block::CodeBlock;
use crate::ui::shell::Shell as Context;
use crate::ui::text::extension::ExtensionWords;
use crate::ui::text::shell::Shell;
use crate::web::{extension, location};

use super::codes::{Remedy, remedy};
use super::commands::{Commands, commands};
use super::offer::Offer;
use super::recipes::{Evidence, Server};

/// The setting that keeps CNCF distribution from redirecting downloads to its storage.
const REDIRECT_CONFIG: &str = "storage:\n  redirect:\n    disable: true\n";

/// Draws what helps against a problem, if anything does: a permission, configurations, commands.
pub(crate) fn remedies(
    context: &Context,
    problem: &Problem,
    on_retry: Option<Callback<()>>,
) -> Html {
    let on_allowed = on_retry.unwrap_or_default();
    html! {
        <>
            <Offer problem={problem.clone()} {on_allowed} />
            { by_hand(context, problem) }
        </>
    }
}

fn by_hand(context: &Context, problem: &Problem) -> Html {
    let text = context.text.shell;
    let words = &text.problem;
    let commands = commands(&problem.subject.to_string());
    let open = || open_command(context, commands.as_ref());
    match remedy(problem.code) {
        Some(Remedy::AnyServer) => {
            html! { <>{ configurations(text, Server::ALL) }{ open() }</> }
        }
        Some(Remedy::Proxy) => {
            html! { <>{ configurations(text, Server::PROXIES) }{ open() }</> }
        }
        Some(Remedy::Redirect) => html! {
            <>
                <p>{ words.redirect_config }</p>
                <CodeBlock {text} code={REDIRECT_CONFIG} />
                { open() }
            </>
        },
        Some(Remedy::Open) => open(),
        Some(Remedy::Save) => {
            let Some(Commands { docker, skopeo, .. }) = commands.clone() else {
                return Html::default();
            };
            html! {
                <>
                    { open() }
                    <p>{ words.save_by_docker }</p>
                    <CodeBlock {text} code={docker} />
                    <p>{ words.save_by_skopeo }</p>
                    <CodeBlock {text} code={skopeo} />
                </>
            }
        }
        None => Html::default(),
    }
}

/// Draws the configuration of each server that lets this page read and write a registry; the first is unfolded.
fn configurations(text: &'static Shell, servers: &[Server]) -> Html {
    let words = &text.problem;
    let origin = location::origin();
    let one = |(n, server): (usize, &Server)| {
        let basis = match server.evidence() {
            Evidence::Tried(with) => (words.tried)(with),
            Evidence::ByProxy(source) => (words.by_proxy)(source),
            Evidence::TokensApart(source) => (words.tokens_apart)(source),
        };
        html! {
            <details open={n == 0}>
                <summary>{ server.name() }</summary>
                <div class="stack">
                    <p class="muted small">{ basis }</p>
                    { for server.config(&origin).map(|code| html! { <CodeBlock {text} {code} /> }) }
                </div>
            </details>
        }
    };
    html! {
        <>
            <p>{ (words.configurations)(&origin) }</p>
            { for servers.iter().enumerate().map(one) }
            <p class="muted small">{ words.cors_note }</p>
        </>
    }
}

/// Draws the ways in which no registry has to allow anything: the command that opens the image through this machine, and
/// the extension.
fn open_command(context: &Context, commands: Option<&Commands>) -> Html {
    let text = context.text.shell;
    html! {
        <>
            if let Some(commands) = commands {
                <p>{ text.problem.open_by_command }</p>
                <CodeBlock {text} code={commands.lamina.clone()} />
            }
            if !extension::is_here() {
                <p>{ ExtensionWords::of(context.language).other }</p>
            }
        </>
    }
}
