//! What the worker's answers make of an image's page.

use crate::protocol::{Answer, Problem, ProblemCode};
use crate::ui::state::Shared;

use super::flights::{Purpose, problem_of};
use super::{ImageState, Reading, Said, Summary, summary};

impl ImageState {
    pub(super) fn take(
        &mut self,
        purpose: Purpose,
        outcome: Result<Answer, Problem>,
        bytes: Vec<u8>,
    ) {
        match (purpose, outcome) {
            (Purpose::Read | Purpose::ReadAgain(_), outcome) => self.take_reading(outcome),
            // The layers themselves say that they are left out.
            (Purpose::LeaveOut, _) => {}
            (
                Purpose::Tree {
                    fresh,
                    change,
                    anchor_row,
                },
                Ok(Answer::Tree(window)),
            ) => {
                let before = self.tree.focus.as_ref().and_then(|f| f.path_hex.clone());
                if let Some(said) = self.tree.take(window, fresh, change, anchor_row) {
                    self.say(said);
                }
                // The panel may show a path that the view does not have: only a row that was chosen since
                // (its page came late) takes its place.
                if self.tree.focus.as_ref().and_then(|f| f.path_hex.clone()) != before {
                    self.panel_follows(false);
                }
            }
            (Purpose::Tree { .. }, outcome) => self.tree.failed(problem_of(outcome)),
            (
                Purpose::Find,
                Ok(Answer::Matches {
                    rows,
                    more,
                    is_whole,
                }),
            ) => {
                let n = u32::try_from(rows.len()).unwrap_or(u32::MAX);
                self.say(Said::Found { n, more, is_whole });
                self.find.take(Ok((rows, more, is_whole)));
            }
            (Purpose::Find, outcome) => self.find.take(Err(problem_of(outcome))),
            (Purpose::Space, Ok(Answer::Space(space))) => self.space.take(Ok(space)),
            (Purpose::Space, outcome) => self.space.take(Err(problem_of(outcome))),
            (Purpose::Detail { .. }, outcome) => {
                let detail = match outcome {
                    Ok(Answer::Detail(detail)) => Ok(detail),
                    outcome => Err(problem_of(outcome)),
                };
                if let Some(panel) = &mut self.panel {
                    panel.take_detail(detail);
                }
            }
            (Purpose::Container(ask), outcome) => self.take_container(ask, outcome, bytes),
            (Purpose::Push | Purpose::SignIn, outcome) => self.take_push(outcome),
            (Purpose::Content { chunk, .. }, outcome) => {
                if let Some(panel) = &mut self.panel {
                    panel.take_content(chunk, outcome, bytes);
                }
            }
            (purpose @ (Purpose::Download | Purpose::Export(_) | Purpose::Save), outcome) => {
                self.take_saved(&purpose, outcome);
            }
        }
    }

    fn take_reading(&mut self, outcome: Result<Answer, Problem>) {
        let more = self.flights.any(Purpose::is_reading);
        if !more {
            self.progress.clear();
            self.reading = Reading::Still;
        }
        match outcome {
            Ok(Answer::Image(image)) => {
                self.image = Shared::new(image);
                if let Summary::Verified {
                    n_layers,
                    n_known: 0,
                } = summary(&self.image)
                {
                    self.say(Said::AllVerified(n_layers));
                }
            }
            outcome => {
                let problem = problem_of(outcome);
                if problem.code != ProblemCode::Cancelled {
                    self.reading = Reading::Failed(problem);
                }
            }
        }
        self.rows_out_of_date();
        if !more {
            // What has not come by now does not come: the panel says so.
            self.tree.forget_wanted_after_refresh();
        }
    }
}
