//! Applies the worker's answers to an image's page.

use crate::protocol::{Exchange, ImageView, Matches, Problem, ProblemCode, TreeWindow, ask};
use crate::ui::state::Shared;

use super::open_image::is_reading;
use super::saving::is_listing;
use super::{ImageState, Reading, Said, Summary, summary};

impl ImageState {
    /// Applies the result of a request; `bytes` is the buffer that came with the answer.
    pub(super) fn take(&mut self, exchange: Exchange, bytes: Vec<u8>) {
        match exchange {
            Exchange::ReadLayers(_, outcome)
            | Exchange::ReadLayerAgain(_, outcome)
            | Exchange::ReadLayerHigher(_, outcome) => self.take_reading(outcome),
            Exchange::Tree(asked, outcome) => self.take_rows(asked, outcome),
            Exchange::Find(_, outcome) => {
                if let Ok(Matches {
                    rows,
                    more,
                    is_whole,
                }) = &outcome
                {
                    let n = u32::try_from(rows.len()).unwrap_or(u32::MAX);
                    let (more, is_whole) = (*more, *is_whole);
                    self.say(Said::Found { n, more, is_whole });
                }
                if let Some(hit) = self.find.take(outcome) {
                    self.go_to_hit(hit);
                }
            }
            Exchange::Analyse(asked, outcome) => self.analyses.take(asked, outcome),
            Exchange::Detail(_, outcome) => {
                if let Some(panel) = &mut self.panel {
                    panel.take_detail(outcome);
                }
            }
            Exchange::Content(asked, outcome) => {
                if let Some(panel) = &mut self.panel {
                    panel.take_content(&asked, outcome, bytes);
                }
            }
            Exchange::Download(_, outcome) | Exchange::DownloadBlob(_, outcome) => {
                self.take_saved(false, outcome);
            }
            Exchange::Export(asked, outcome) => {
                self.take_saved(is_listing(asked.kind), outcome);
            }
            Exchange::Save(_, outcome) => self.take_saved(true, outcome),
            Exchange::Container(asked, outcome) => self.take_container(&asked.ask, outcome),
            Exchange::Text(asked, outcome) => self.take_text(&asked, outcome),
            Exchange::TextDiff(asked, outcome) => self.take_diff(&asked.path_key, outcome),
            Exchange::FormFields(_, outcome) => self.take_fields(outcome),
            Exchange::SquashPlan(_, outcome) => self.take_plan(outcome),
            Exchange::Commit(_, outcome) | Exchange::Squash(_, outcome) => {
                self.take_commit(outcome);
            }
            Exchange::Rename(_, outcome) => match outcome {
                Ok(image) => self.image = Shared::new(image),
                Err(problem) => self.container.problem = Some(problem),
            },
            Exchange::Push(_, outcome) => self.take_push(outcome),
            Exchange::SignIn(asked, outcome) => {
                self.take_login(&asked.registry, &outcome);
                self.take_sign_in(&asked.registry, outcome);
            }
            // The layers themselves report that they are left out.
            Exchange::LeaveOut(..) => {}
            // These belong to the page's shell.
            Exchange::OpenFile(..)
            | Exchange::OpenFolder(..)
            | Exchange::OpenAddress(..)
            | Exchange::OpenFound(..)
            | Exchange::Catalog(..)
            | Exchange::Tags(..)
            | Exchange::Close(..)
            | Exchange::CloseArchive(..)
            | Exchange::BeCareful(..)
            | Exchange::Storage(..)
            | Exchange::ClearStorage(..)
            | Exchange::ChooseQuota(..)
            | Exchange::Cancel(..) => {}
        }
    }

    fn take_rows(&mut self, asked: ask::Tree, outcome: Result<TreeWindow, Problem>) {
        let window = match outcome {
            Ok(window) => window,
            Err(problem) => return self.tree.failed(problem),
        };
        let before = self.tree.focus.as_ref().and_then(|f| f.path_key.clone());
        if let Some(said) = self.tree.take(window, asked.change) {
            self.say(said);
        }
        // The panel may show a path that the view lacks. Only a row chosen since then, whose page came
        // late, replaces it.
        if self.tree.focus.as_ref().and_then(|f| f.path_key.clone()) != before {
            self.panel_follows(false);
        }
    }

    fn take_reading(&mut self, outcome: Result<ImageView, Problem>) {
        let more = self.flights.any(&is_reading);
        if !more {
            self.progress.clear();
            self.reading = Reading::Still;
        }
        match outcome {
            Ok(image) => {
                self.image = Shared::new(image);
                if let Summary::Verified {
                    n_layers,
                    n_known: 0,
                } = summary(&self.image)
                {
                    self.say(Said::AllVerified(n_layers));
                }
            }
            Err(problem) => {
                if problem.code != ProblemCode::Cancelled {
                    self.reading = Reading::Failed(problem);
                }
            }
        }
        self.layers_out_of_date();
        if !more {
            // All layers have arrived: a path that the next refresh does not find is missing, and the panel says so.
            self.tree.forget_wanted_after_refresh();
        }
    }
}
