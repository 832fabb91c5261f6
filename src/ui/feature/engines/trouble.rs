//! The reasons that an engine tells nothing, each with the way out.

use yew::prelude::*;

use super::drawing::name_of;
use crate::protocol::{EngineCause, EngineKind, EngineTrouble};
use crate::ui::kit::code_block::CodeBlock;
use crate::ui::shell::Shell;
use crate::ui::text::engines::EngineWords;
use crate::ui::text::visible::visible_text;
use crate::ui::text::words::fill;

/// The command that starts Docker where systemd does.
const START_DOCKER: &str = "sudo systemctl start docker";
/// The command that switches on the socket of this user's podman.
const START_PODMAN: &str = "systemctl --user enable --now podman.socket";
/// The command that lets this user use Docker's socket.
const LET_IN_DOCKER: &str = "sudo usermod -aG docker $USER";

/// The command that starts containerd where systemd does.
const START_CONTAINERD: &str = "sudo systemctl start containerd";
/// The command by which containerd is asked as the one who may.
const LET_IN_CONTAINERD: &str = "sudo lamina serve";

/// Draws the reason of an engine's failure, quietly: nobody may want this engine.
pub(super) fn trouble(shell: &Shell, kind: EngineKind, why: &EngineTrouble) -> Html {
    let (words, name) = (EngineWords::of(shell.language), name_of(kind));
    let start = match kind {
        EngineKind::Docker => START_DOCKER,
        EngineKind::Podman => START_PODMAN,
        EngineKind::Containerd => START_CONTAINERD,
    };
    let let_in = match kind {
        EngineKind::Docker => LET_IN_DOCKER,
        EngineKind::Podman => START_PODMAN,
        EngineKind::Containerd => LET_IN_CONTAINERD,
    };
    let command = match why.cause {
        EngineCause::NotRunning => Some(start),
        EngineCause::NotPermitted => Some(let_in),
        _ => None,
    };
    let line = match why.cause {
        EngineCause::NotRunning => fill(words.not_running, &[name]),
        EngineCause::NotPermitted => fill(words.not_permitted, &[name]),
        EngineCause::Silent => fill(words.silent, &[name]),
        EngineCause::CutOff => words.cut_off.to_owned(),
        EngineCause::NoSuchImage => words.no_such_image.to_owned(),
        EngineCause::NoRoom => words.no_room.to_owned(),
        EngineCause::Full => words.full.to_owned(),
        EngineCause::TooLong => words.too_long.to_owned(),
        EngineCause::Odd => fill(words.odd, &[name]),
        EngineCause::Unknown => words.unknown.to_owned(),
        EngineCause::Scheme => words.scheme.to_owned(),
        EngineCause::Tls => words.tls.to_owned(),
        EngineCause::Context => words.context.to_owned(),
        EngineCause::NothingLoaded => fill(words.nothing_loaded, &[name]),
        EngineCause::GivenUp => words.given_up.to_owned(),
        EngineCause::TooManyLoads => words.too_many_loads.to_owned(),
        EngineCause::Lost => words.lost.to_owned(),
        EngineCause::Other => fill(words.other, &[name]),
    };
    html! {
        <div class="engines__trouble small">
            <p class="muted">{ line }</p>
            if why.cause.has_own_words() && !why.said.is_empty() {
                <p class="mono break"><bdi>{ visible_text(&why.said) }</bdi></p>
            }
            { for command.map(|command| code(shell, command)) }
            if command == Some(LET_IN_DOCKER) {
                <p class="muted">{ words.sign_in_again }</p>
            }
            if command == Some(LET_IN_CONTAINERD) {
                <p class="muted">{ words.as_root }</p>
            }
        </div>
    }
}

/// Draws that there is no engine at all.
pub(super) fn no_engine(shell: &Shell) -> Html {
    let words = EngineWords::of(shell.language);
    html! {
        <div class="engines__trouble small">
            <p class="muted">{ words.none }{ " " }{ words.none_hint }</p>
            { code(shell, START_PODMAN) }
        </div>
    }
}

fn code(shell: &Shell, command: &'static str) -> Html {
    html! { <CodeBlock text={shell.text.shell} code={command} /> }
}
