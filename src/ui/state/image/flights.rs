//! Tracks the questions of one image that have not been answered, and what the shell has to send for them.
//!
//! A question gets its number when the shell takes it ([`Flights::take_orders`]). That number is the only one: the
//! worker's answer and the cancellation carry it too.

use crate::protocol::{Request, RequestId};

use super::Outgoing;
use super::container::UploadId;

#[derive(Clone, Debug, PartialEq)]
struct Flight {
    question: Request,
    upload: Option<UploadId>,
    /// `None` until the shell has taken the question.
    id: Option<RequestId>,
}

/// The questions in flight, and the cancellations to send.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flights {
    under_way: Vec<Flight>,
    cancelled: Vec<RequestId>,
}

impl Flights {
    pub(super) fn ask(&mut self, question: impl Into<Request>) {
        self.take_off(question.into(), None);
    }

    /// Sends a question together with files.
    pub(super) fn ask_with(&mut self, question: impl Into<Request>, upload: UploadId) {
        self.take_off(question.into(), Some(upload));
    }

    fn take_off(&mut self, question: Request, upload: Option<UploadId>) {
        self.under_way.push(Flight {
            question,
            upload,
            id: None,
        });
    }

    /// True if anything is to be sent.
    pub(super) fn has_orders(&self) -> bool {
        !self.cancelled.is_empty() || self.under_way.iter().any(|flight| flight.id.is_none())
    }

    /// Returns what is to be sent, oldest first, and numbers the questions among it.
    pub(super) fn take_orders(&mut self, number: &mut dyn FnMut() -> RequestId) -> Vec<Outgoing> {
        let cancelled = std::mem::take(&mut self.cancelled);
        let mut orders: Vec<Outgoing> = cancelled.into_iter().map(Outgoing::Cancel).collect();
        for flight in &mut self.under_way {
            if flight.id.is_none() {
                let id = number();
                flight.id = Some(id);
                orders.push(Outgoing::Ask {
                    id,
                    question: flight.question.clone(),
                    upload: flight.upload,
                });
            }
        }
        orders
    }

    /// True if somebody waits for the answer to a question.
    pub(super) fn awaits(&self, id: RequestId) -> bool {
        self.under_way.iter().any(|flight| flight.id == Some(id))
    }

    /// Records that a question was answered.
    pub(super) fn landed(&mut self, id: RequestId) {
        self.under_way.retain(|flight| flight.id != Some(id));
    }

    /// Stops waiting for questions of a kind, and cancels those that were sent.
    pub(super) fn drop_all(&mut self, is_of_kind: &dyn Fn(&Request) -> bool) {
        let cancelled = &mut self.cancelled;
        self.under_way.retain(|flight| {
            let is_dropped = is_of_kind(&flight.question);
            if is_dropped {
                cancelled.extend(flight.id);
            }
            !is_dropped
        });
    }

    /// Cancels questions of a kind but still awaits them: their answers tell how far they came.
    pub(super) fn cancel(&mut self, is_of_kind: &dyn Fn(&Request) -> bool) {
        let flights = self.under_way.iter();
        let meant = flights.filter(|flight| is_of_kind(&flight.question));
        self.cancelled.extend(meant.filter_map(|flight| flight.id));
    }

    pub(super) fn any(&self, is_of_kind: &dyn Fn(&Request) -> bool) -> bool {
        self.count(is_of_kind) > 0
    }

    pub(super) fn count(&self, is_of_kind: &dyn Fn(&Request) -> bool) -> usize {
        self.under_way
            .iter()
            .filter(|flight| is_of_kind(&flight.question))
            .count()
    }
}
