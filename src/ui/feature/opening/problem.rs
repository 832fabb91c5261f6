//! Page for content that could not be opened, with the reason.

use yew::prelude::*;

use crate::protocol::{Problem, ProblemCode, Secret};
use crate::ui::apart::{Apart, Piece};
use crate::ui::components::problem_view::ProblemView;
use crate::ui::components::sign_in::SignInProps;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, TabId};

/// Properties of [`ProblemPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ProblemPageProps {
    /// Tab in which it failed.
    pub tab: TabId,
    /// Reason for the failure.
    pub problem: Problem,
}

/// Explains the failure and offers a retry.
#[component]
pub(crate) fn ProblemPage(props: &ProblemPageProps) -> Html {
    let shell = use_shell();
    let tab = props.tab;
    let retry = shell.act.reform(move |()| Action::Retry(tab));
    let act = shell.act.clone();
    let registry = props.problem.sign_in.clone();
    let form = registry.map(|registry| {
        let form = SignInProps {
            registry: registry.clone().into(),
            is_refused: props.problem.code == ProblemCode::LoginRefused,
            on_submit: sign_in_from(act, tab, registry),
            on_close: None,
        };
        html! { <Apart piece={Piece::SignIn(form)} /> }
    });
    html! {
        <div class="page page--narrow stack" role="alert">
            { for form }
            <ProblemView
                text={shell.text.shell}
                language={shell.language}
                problem={props.problem.clone()}
                on_retry={can_change(props.problem.code).then_some(retry)}
            />
        </div>
    }
}

/// Signs in to the registry, then opens the tab's content.
pub(crate) fn sign_in_from(
    act: Callback<Action>,
    tab: TabId,
    registry: String,
) -> Callback<(Secret, Secret)> {
    act.reform(move |(name, password)| Action::SignIn {
        tab,
        registry: registry.clone(),
        name,
        password,
    })
}

/// True if a retry may have another result.
fn can_change(code: ProblemCode) -> bool {
    !matches!(
        code,
        ProblemCode::BadAddress
            | ProblemCode::DockerHub
            | ProblemCode::RelayLost
            | ProblemCode::MixedContent
            | ProblemCode::NotAnImage
            | ProblemCode::Unsupported
    )
}
