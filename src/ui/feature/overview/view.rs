//! The Overview: what an image is, in a sentence, and what of it is worth a look. The layers stand beside it.

use std::rc::Rc;

use yew::prelude::*;

use super::bytes::bytes;
use super::findings::findings;
use super::identity::identity;
use super::large::large;
use super::sentence::{Sentence, sentence};
use crate::protocol::{
    Analysed, AnalysisKind, Findings, OverviewAnswer, PackageList, SecretList, SpaceGap, StrataGap,
    System,
};
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::kit::loader::failed;
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState, Loadable, Reading};
use crate::ui::text::Text;
use crate::ui::text::format;
use crate::ui::text::overview::OverviewWords;
use crate::ui::text::space::Space;
use crate::ui::text::words::fill;

/// Properties of [`OverviewPage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OverviewProps {
    /// State of the image.
    pub state: Shared<ImageState>,
    /// Receives the user's actions.
    pub act: Callback<ImageAction>,
}

/// Context for drawing the parts.
pub(super) struct Drawing<'a> {
    pub(super) text: &'static Text,
    pub(super) words: &'static OverviewWords,
    pub(super) state: &'a ImageState,
    pub(super) links: TreeLinks<'a>,
    /// The contents of the layers; `None` while they are not known.
    pub(super) answer: Option<&'a OverviewAnswer>,
    /// The system in the image; `None` while it is not known.
    pub(super) system: Option<&'a System>,
    /// The packages and the secrets; `None` while nobody has looked for them.
    pub(super) packages: Option<&'a PackageList>,
    pub(super) secrets: Option<&'a SecretList>,
}

impl Drawing<'_> {
    /// True if the contents of the layers are still to come.
    pub(super) fn is_awaited(&self) -> bool {
        let has_failed = matches!(
            self.state.analyses.of(AnalysisKind::Overview),
            Loadable::Failed(_)
        );
        !has_failed && (self.state.reading == Reading::UnderWay || self.n_open() == 0)
    }

    /// Returns the number of layers that are still to be read.
    fn n_open(&self) -> usize {
        let layers = self.state.image.layers.iter();
        let is_open = |layer: u32| self.state.phase(layer).is_open();
        layers.filter(|row| is_open(row.layer)).count()
    }
}

/// Returns the findings of an analysis, unpacked once, however often they are drawn; `None` while there are none.
#[hook]
fn use_found<F: Analysed + 'static>(state: &ImageState) -> Rc<Option<F>> {
    let findings = match state.analyses.of(F::KIND) {
        Loadable::Ready(findings) => Some(findings.clone()),
        _ => None,
    };
    use_memo(findings, |findings: &Option<Shared<Findings>>| {
        findings.as_ref()?.unpack().ok()
    })
}

/// The Overview.
#[component]
pub(crate) fn OverviewPage(props: &OverviewProps) -> Html {
    let text = use_shell().text;
    let state = &*props.state;
    let answer = use_found::<OverviewAnswer>(state);
    let system = use_found::<System>(state);
    let packages = use_found::<PackageList>(state);
    let secrets = use_found::<SecretList>(state);
    let drawing = Drawing {
        text,
        words: OverviewWords::of(text.language),
        state,
        links: TreeLinks {
            platform: state.place().platform,
            act: &props.act,
        },
        answer: (*answer).as_ref(),
        system: (*system).as_ref(),
        packages: (*packages).as_ref(),
        secrets: (*secrets).as_ref(),
    };
    html! {
        <div class="overview">
            <div class="overview__main">
                { said_first(&drawing) }
                { problem(&drawing) }
                { bytes(&drawing) }
                { findings(&drawing) }
                { large(&drawing) }
            </div>
            { identity(text.image, &state.image) }
        </div>
    }
}

/// Draws the sentence, or what is waited for.
fn said_first(drawing: &Drawing<'_>) -> Html {
    let words = drawing.words;
    let known = drawing.answer.and_then(|answer| {
        let strata = answer.strata.as_ref().ok()?;
        let overview = answer.overview.as_ref()?;
        Some(sentence(words, drawing.system, strata, overview))
    });
    let gap = drawing
        .answer
        .and_then(|answer| answer.strata.as_ref().err());
    match (known, gap) {
        (
            Some(Sentence {
                system,
                content,
                dead,
                because,
            }),
            _,
        ) => html! {
            <p class="overview__sentence">
                <bdi>{ system }{ content }<strong>{ dead }</strong>{ because }</bdi>
            </p>
        },
        (None, Some(gap)) => {
            html! { <p class="overview__sentence" role="status">{ gap_text(drawing.text, *gap) }</p> }
        }
        (None, None) => {
            html! { <p class="overview__sentence muted">{ waiting(drawing) }</p> }
        }
    }
}

fn gap_text(text: &Text, gap: StrataGap) -> String {
    let words = Space::of(text.language);
    let template = match gap.gap {
        SpaceGap::Waiting => words.gap_waiting,
        SpaceGap::Listed => words.gap_listed,
        SpaceGap::Failed => words.gap_failed,
        SpaceGap::LeftOut => words.gap_left_out,
        SpaceGap::Incomplete => words.gap_incomplete,
    };
    fill(template, &[&gap.layer.to_string()])
}

fn waiting(drawing: &Drawing<'_>) -> String {
    let (words, image) = (drawing.words, &drawing.state.image);
    let count = |n: usize| format::count(n as u64);
    let n_layers = image.layers.len();
    match (drawing.n_open(), drawing.is_awaited()) {
        (0, true) => words.adding.to_owned(),
        // The problem stands below.
        (0, false) => String::new(),
        (n, is_awaited) => {
            let said = if is_awaited {
                words.waiting
            } else {
                words.stopped
            };
            fill(
                said,
                &[&count(n_layers.saturating_sub(n)), &count(n_layers)],
            )
        }
    }
}

/// Draws why there are no findings.
fn problem(drawing: &Drawing<'_>) -> Html {
    let Loadable::Failed(problem) = drawing.state.analyses.of(AnalysisKind::Overview) else {
        return Html::default();
    };
    let on_retry = drawing.links.act.reform(|()| ImageAction::RetryAnalysis);
    failed(problem, Some(on_retry))
}
