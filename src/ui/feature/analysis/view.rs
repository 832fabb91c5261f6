//! The frame of every analysis: what is waited for, why there are no findings, or the findings.

use yew::prelude::*;

use crate::protocol::{Analysed, Findings};
use crate::ui::kit::loader::{WaitingWords, empty, failed, loaded};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState};
use crate::ui::text::Text;
use crate::ui::text::space::Space;

/// Words of the frame while there are no findings.
pub(crate) struct Pending {
    /// The image has no file system.
    pub no_tree: &'static str,
    /// Layers are still being read.
    pub waiting: AttrValue,
    /// The analysis runs.
    pub computing: &'static str,
}

impl Pending {
    /// Returns the words of an analysis of the image's files.
    pub(crate) fn new(
        text: &Text,
        waiting: impl Into<AttrValue>,
        computing: &'static str,
    ) -> Pending {
        Pending {
            no_tree: Space::of(text.language).no_tree,
            waiting: waiting.into(),
            computing,
        }
    }
}

/// A function that draws the findings.
pub(crate) type DrawFound<F> =
    fn(&'static Text, &ImageState, &Callback<ImageAction>, found: &F) -> Html;

/// Draws an analysis; `draw` draws its findings.
pub(crate) fn analysis<F: Analysed + 'static>(
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
    pending: Pending,
    draw: DrawFound<F>,
) -> Html {
    if !state.has_tree() {
        return empty(pending.no_tree.into());
    }
    let words = WaitingWords {
        idle: pending.waiting,
        loading: pending.computing.into(),
    };
    let on_retry = act.reform(|()| ImageAction::RetryAnalysis);
    let findings = state.analyses.of(F::KIND);
    loaded(findings, words, Some(on_retry), |findings| {
        html! {
            <Unpacked<F> findings={findings.clone()} state={state.clone()} act={act.clone()} {draw} />
        }
    })
}

/// Properties of [`Unpacked`].
#[derive(Properties)]
struct UnpackedProps<F: Analysed + 'static> {
    findings: Shared<Findings>,
    state: Shared<ImageState>,
    act: Callback<ImageAction>,
    draw: DrawFound<F>,
}

impl<F: Analysed> PartialEq for UnpackedProps<F> {
    fn eq(&self, other: &UnpackedProps<F>) -> bool {
        // Each analysis has one function that draws it.
        self.findings == other.findings && self.state == other.state && self.act == other.act
    }
}

/// Findings that are unpacked once, however often they are drawn.
#[component]
fn Unpacked<F: Analysed + 'static>(props: &UnpackedProps<F>) -> Html {
    let shell = use_shell();
    let unpacked = use_memo(props.findings.clone(), |findings| findings.unpack::<F>());
    match &*unpacked {
        Ok(found) => (props.draw)(shell.text, &props.state, &props.act, found),
        Err(problem) => {
            let on_retry = props.act.reform(|()| ImageAction::RetryAnalysis);
            failed(problem, Some(on_retry))
        }
    }
}
