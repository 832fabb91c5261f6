//! What has been asked and not been answered, and what is to be sent.
//!
//! Each question has a purpose by which its answer is understood. A newer question of the same purpose takes
//! the place of an older one, whose answer is then not awaited any more.

use std::collections::BTreeMap;

use crate::protocol::{Answer, ExportKind, Problem, ProblemCode, Request, RequestId, TreeChange};

use super::container::{Ask, UploadId};
use super::{Order, OrderId};

/// What an answer is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Purpose {
    /// Reading the layers.
    Read,
    /// Reading one layer again.
    ReadAgain(u32),
    /// Leaving layers out.
    LeaveOut,
    /// Rows of the tree.
    Tree {
        /// Whether all rows given before are out of date by then.
        fresh: bool,
        /// What was changed.
        change: Option<TreeChange>,
        /// Where the revealed path stood, when it was revealed only to keep the scroll position.
        anchor_row: Option<u32>,
    },
    /// Names that hold the text.
    Find,
    /// What the image's bytes are good for.
    Space,
    /// All about a path.
    Detail { path_hex: String },
    /// A piece of a file.
    Content {
        path_hex: String,
        layer: u32,
        chunk: u32,
    },
    /// A file for the disk.
    Download,
    /// A machine-readable answer for the disk.
    Export(ExportKind),
    /// Something about the container layer.
    Container(Ask),
    /// An export, written to the disk while it is made.
    Save,
    /// Pushing the image.
    Push,
    /// Signing in, to push.
    SignIn,
}

impl Purpose {
    /// Whether layers are read for it.
    pub(super) fn is_reading(&self) -> bool {
        matches!(self, Purpose::Read | Purpose::ReadAgain(_))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Flight {
    purpose: Purpose,
    request: Option<RequestId>,
}

/// The outbox, and the questions under way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flights {
    next: u32,
    outbox: Vec<(OrderId, Order)>,
    under_way: BTreeMap<OrderId, Flight>,
}

impl Flights {
    pub(super) fn outbox(&self) -> &[(OrderId, Order)] {
        &self.outbox
    }

    pub(super) fn ask(&mut self, request: Request, purpose: Purpose) {
        self.take_off(Order::Ask(request), purpose);
    }

    /// The same with files.
    pub(super) fn ask_with(&mut self, request: Request, purpose: Purpose, files: UploadId) {
        self.take_off(Order::AskWith(request, files), purpose);
    }

    fn take_off(&mut self, order: Order, purpose: Purpose) {
        let id = self.post(order);
        self.under_way.insert(
            id,
            Flight {
                purpose,
                request: None,
            },
        );
    }

    fn post(&mut self, order: Order) -> OrderId {
        let id = OrderId(self.next);
        self.next = self.next.wrapping_add(1);
        self.outbox.push((id, order));
        id
    }

    /// An order has left; a request that was dropped in the meantime is cancelled now.
    pub(super) fn sent(&mut self, id: OrderId, request: Option<RequestId>) {
        let was_ask = self
            .outbox
            .iter()
            .any(|(posted, order)| *posted == id && !matches!(order, Order::Cancel(_)));
        self.outbox.retain(|(posted, _)| *posted != id);
        match (self.under_way.get_mut(&id), request) {
            (Some(flight), request) => flight.request = request,
            (None, Some(request)) if was_ask => {
                self.post(Order::Cancel(request));
            }
            (None, _) => {}
        }
    }

    /// What an answer is for; `None` when nobody waits for it any more.
    pub(super) fn landed(&mut self, id: OrderId) -> Option<Purpose> {
        self.under_way.remove(&id).map(|flight| flight.purpose)
    }

    /// Stops waiting for the questions of a kind.
    pub(super) fn drop_all(&mut self, is_of_kind: impl Fn(&Purpose) -> bool) {
        let dropped: Vec<OrderId> = self
            .under_way
            .iter()
            .filter(|(_, flight)| is_of_kind(&flight.purpose))
            .map(|(id, _)| *id)
            .collect();
        for id in dropped {
            if let Some(request) = self.under_way.remove(&id).and_then(|flight| flight.request) {
                self.post(Order::Cancel(request));
            }
        }
    }

    /// Asks for the end of requests that are still awaited: their answers tell how far they came.
    pub(super) fn cancel(&mut self, is_of_kind: impl Fn(&Purpose) -> bool) {
        let requests: Vec<RequestId> = self
            .under_way
            .values()
            .filter(|flight| is_of_kind(&flight.purpose))
            .filter_map(|flight| flight.request)
            .collect();
        for request in requests {
            self.post(Order::Cancel(request));
        }
    }

    pub(super) fn any(&self, is_of_kind: impl Fn(&Purpose) -> bool) -> bool {
        self.count(is_of_kind) > 0
    }

    pub(super) fn count(&self, is_of_kind: impl Fn(&Purpose) -> bool) -> usize {
        self.under_way
            .values()
            .filter(|flight| is_of_kind(&flight.purpose))
            .count()
    }
}

/// The problem in an outcome; an answer to another question is a mistake in Lamina itself.
pub(super) fn problem_of(outcome: Result<Answer, Problem>) -> Problem {
    match outcome {
        Err(problem) => problem,
        Ok(_) => Problem::new(
            ProblemCode::Internal,
            "worker",
            "the worker answered another question than the one that was asked",
        ),
    }
}
