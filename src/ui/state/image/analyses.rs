//! Analyses of an image: each is requested when a tab that shows it is shown, and again when the layers have changed.

use std::collections::BTreeMap;

use crate::protocol::{
    AnalysisKind, Findings, ImageView, LayerState, Problem, Request, Strata, StrataGap, ask,
};
use crate::ui::state::Shared;

use super::{ImageState, Loadable, Reading};

/// The findings of an analysis, as far as they are here.
pub(super) type Awaited = Loadable<Shared<Findings>>;

/// The analyses of one image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analyses {
    /// Those that were requested.
    found: BTreeMap<AnalysisKind, Awaited>,
    /// The bytes of the layers, once they are known.
    strata: Option<Shared<Result<Strata, StrataGap>>>,
}

impl Analyses {
    /// Returns what is here of an analysis.
    pub fn of(&self, kind: AnalysisKind) -> &Awaited {
        self.found.get(&kind).unwrap_or(&Loadable::Idle)
    }

    /// Returns the bytes of the layers; `None` if they are not known, or not yet.
    pub fn strata(&self) -> Option<&Strata> {
        (**self.strata.as_ref()?).as_ref().ok()
    }

    /// Returns the question of an analysis; `None` if it has been asked, or a layer is still to come.
    pub(super) fn next_question(
        &mut self,
        kind: AnalysisKind,
        image: &ImageView,
        is_reading: bool,
    ) -> Option<Request> {
        let waits = |state: &LayerState| *state == LayerState::Waiting;
        let is_whole = !is_reading && !image.layers.iter().any(|row| waits(&row.state));
        if (kind.reads_layers() && !is_whole) || self.found.contains_key(&kind) {
            return None;
        }
        self.found.insert(kind, Loadable::Loading);
        let image = image.key;
        Some(ask::Analyse { image, kind }.into())
    }

    /// Forgets the answers, because the layers have changed.
    pub(super) fn out_of_date(&mut self) {
        self.found.retain(|kind, _| !kind.reads_layers());
        self.strata = None;
    }

    /// Forgets the answers that count the container layer, because that has changed.
    pub(super) fn container_changed(&mut self) {
        self.found.remove(&AnalysisKind::Space);
    }

    /// Forgets the answer of one analysis, so that it is requested again.
    pub(super) fn retry(&mut self, kind: AnalysisKind) {
        self.found.remove(&kind);
    }

    /// Iterates over the failures.
    pub(super) fn failures(&self) -> impl Iterator<Item = &Problem> {
        self.found.values().filter_map(|found| match found {
            Loadable::Failed(problem) => Some(problem),
            _ => None,
        })
    }

    /// Forgets the failures that are meant, so that their analyses are requested again.
    pub(super) fn retry_failed(&mut self, is_meant: impl Fn(&Problem) -> bool) {
        self.found
            .retain(|_, found| !matches!(found, Loadable::Failed(problem) if is_meant(problem)));
    }

    /// Takes in the answer to one of them.
    pub(super) fn take(&mut self, asked: ask::Analyse, outcome: Result<Findings, Problem>) {
        let found = match outcome {
            Ok(findings) => {
                if let Some(strata) = findings.strata() {
                    self.strata = Some(Shared::new(strata));
                }
                Loadable::Ready(Shared::new(findings))
            }
            Err(problem) => Loadable::Failed(problem),
        };
        self.found.insert(asked.kind, found);
    }
}

impl ImageState {
    /// Asks for everything again that the layers tell.
    pub(super) fn layers_out_of_date(&mut self) {
        self.analyses.out_of_date();
        self.drop_questions(
            &|question| matches!(question, Request::Analyse(ask) if ask.kind.reads_layers()),
        );
        self.rows_out_of_date();
    }

    /// Asks again for what the container layer changes.
    pub(super) fn container_out_of_date(&mut self) {
        self.analyses.container_changed();
        self.drop_questions(
            &|question| matches!(question, Request::Analyse(ask) if ask.kind == AnalysisKind::Space),
        );
        self.rows_out_of_date();
    }

    /// Asks for the analyses that the shown tab needs and that are not asked for.
    pub(super) fn pump_analyses(&mut self) {
        let is_reading = self.reading == Reading::UnderWay;
        for kind in self.tab.entry().analyses {
            let question = match self.has_tree() {
                true => self.analyses.next_question(*kind, &self.image, is_reading),
                false => None,
            };
            if let Some(question) = question {
                self.flights.ask(question);
            }
        }
    }
}
