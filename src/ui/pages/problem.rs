//! What could not be opened, and why.

use yew::prelude::*;

use crate::protocol::{Problem, ProblemCode};
use crate::ui::components::problem_view::ProblemView;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, TabId};

/// What went wrong in which tab.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ProblemPageProps {
    /// The tab.
    pub tab: TabId,
    /// The failure.
    pub problem: Problem,
}

/// The explanation, with a way to try again.
#[component]
pub(crate) fn ProblemPage(props: &ProblemPageProps) -> Html {
    let shell = use_shell();
    let tab = props.tab;
    let retry = shell.act.reform(move |()| Action::Retry(tab));
    html! {
        <div class="page page--narrow" role="alert">
            <ProblemView
                text={shell.text.shell}
                language={shell.language}
                problem={props.problem.clone()}
                on_retry={can_change(props.problem.code).then_some(retry)}
            />
        </div>
    }
}

/// Whether trying again may end otherwise.
fn can_change(code: ProblemCode) -> bool {
    !matches!(
        code,
        ProblemCode::BadAddress
            | ProblemCode::DockerHub
            | ProblemCode::MixedContent
            | ProblemCode::NotAnImage
            | ProblemCode::Unsupported
    )
}
