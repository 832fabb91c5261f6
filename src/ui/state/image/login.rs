//! Holds the sign-in that a registry asks for in the middle of work: a token that is not renewed any more, or a password
//! that was changed. What failed for it goes on afterwards.
//!
//! A password passes from an action into a request and is stored nowhere here.

use super::{ImageState, PanelAction, Reading};
use crate::protocol::{Done, LayerState, Problem, ProblemCode, Secret, ask};

/// State of the sign-in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoginPane {
    /// True if the user closed the form: what failed stays failed until it is tried again.
    is_closed: bool,
    /// The registry that checks what was typed, by its base URL.
    busy_at: Option<String>,
    /// Failure of the last sign-in.
    problem: Option<Problem>,
}

/// A registry that has to be signed in to, for work to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedLogin {
    /// Base URL of the registry.
    pub registry: String,
    /// True if the last password was rejected.
    pub is_refused: bool,
    /// Failure of the last sign-in for another reason.
    pub problem: Option<Problem>,
}

/// An action in the form.
#[derive(Clone, Debug, PartialEq)]
pub enum LoginAction {
    /// Signs in at this registry, then continues.
    SignIn {
        /// Base URL of the registry.
        registry: String,
        /// User name at the registry.
        name: Secret,
        /// Password of that user.
        password: Secret,
    },
    /// Closes the form.
    Close,
}

impl ImageState {
    /// Returns the registry without whose login something failed; `None` while there is none, or the user has closed
    /// the form.
    pub fn wanted_login(&self) -> Option<WantedLogin> {
        let pane = &self.login;
        if pane.is_closed || pane.busy_at.is_some() || self.reading == Reading::UnderWay {
            return None;
        }
        let cause = self.failures().find(|problem| problem.sign_in.is_some())?;
        let is_refused = |problem: &Problem| problem.code == ProblemCode::LoginRefused;
        Some(WantedLogin {
            registry: cause.sign_in.clone()?,
            is_refused: is_refused(pane.problem.as_ref().unwrap_or(cause)),
            problem: pane.problem.clone().filter(|problem| !is_refused(problem)),
        })
    }

    /// Iterates over the failures of what is read: layers, the panel's path, analyses.
    fn failures(&self) -> impl Iterator<Item = &Problem> {
        let layers = self.image.layers.iter().filter_map(|row| match &row.state {
            LayerState::Failed { problem } => Some(problem),
            _ => None,
        });
        let panel = self.panel.as_ref().and_then(|panel| panel.failure());
        layers.chain(panel).chain(self.analyses.failures())
    }

    pub(super) fn login_action(&mut self, action: LoginAction) {
        match action {
            LoginAction::SignIn {
                registry,
                name,
                password,
            } => {
                self.login = LoginPane {
                    busy_at: Some(registry.clone()),
                    ..LoginPane::default()
                };
                self.flights.ask(ask::SignIn {
                    registry,
                    name,
                    password,
                });
            }
            LoginAction::Close => self.login.is_closed = true,
        }
    }

    /// Reads a layer again.
    pub(super) fn read_again(&mut self, layer: u32) {
        let image = self.image.key;
        self.flights.ask(ask::ReadLayerAgain { image, layer });
        self.reading = Reading::UnderWay;
    }

    /// Forgets a sign-in that was given up.
    pub(super) fn forget_login(&mut self, registry: &str) {
        let busy_at = self.login.busy_at.take();
        self.login.busy_at = busy_at.filter(|at| at != registry);
    }

    /// Opens the form again if what is tried now fails as before.
    pub(super) fn reopen_login(&mut self) {
        self.login.is_closed = false;
    }

    /// Applies the result of a sign-in: what failed at this registry is read again.
    pub(super) fn take_login(&mut self, registry: &str, outcome: &Result<Done, Problem>) {
        // Another form signs in as well, maybe at another registry: that answer is none of this form's.
        let busy_at = self.login.busy_at.as_deref();
        if busy_at.is_none_or(|at| at == registry) {
            let is_own = busy_at.is_some();
            self.login = LoginPane {
                problem: outcome.as_ref().err().cloned().filter(|_| is_own),
                ..LoginPane::default()
            };
        }
        if outcome.is_err() {
            return;
        }
        let is_meant = |problem: &Problem| problem.sign_in.as_deref() == Some(registry);
        let layers: Vec<u32> = self
            .image
            .layers
            .iter()
            .filter(|row| matches!(&row.state, LayerState::Failed { problem } if is_meant(problem)))
            .map(|row| row.layer)
            .collect();
        for layer in layers {
            self.read_again(layer);
        }
        if let Some(panel) = &mut self.panel
            && panel.failure().is_some_and(is_meant)
        {
            panel.reduce(&PanelAction::Retry);
        }
        self.analyses.retry_failed(is_meant);
    }
}
