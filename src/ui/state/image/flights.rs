//! Tracks requests that have not been answered, and orders that are to be sent.
//!
//! A request is kept until its answer arrives, so that the state knows what it waits for.

use std::collections::BTreeMap;

use crate::protocol::{Request, RequestId};

use super::container::UploadId;
use super::{Order, OrderId};

#[derive(Clone, Debug, PartialEq)]
struct Flight {
    question: Request,
    request: Option<RequestId>,
}

/// The outbox, and the requests in flight.
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

    pub(super) fn ask(&mut self, question: impl Into<Request>) {
        let question = question.into();
        self.take_off(Order::Ask(question.clone()), question);
    }

    /// Sends a request together with files.
    pub(super) fn ask_with(&mut self, question: impl Into<Request>, files: UploadId) {
        let question = question.into();
        self.take_off(Order::AskWith(question.clone(), files), question);
    }

    fn take_off(&mut self, order: Order, question: Request) {
        let id = self.post(order);
        let request = None;
        self.under_way.insert(id, Flight { question, request });
    }

    fn post(&mut self, order: Order) -> OrderId {
        let id = OrderId(self.next);
        self.next = self.next.wrapping_add(1);
        self.outbox.push((id, order));
        id
    }

    /// Records that an order was posted. A request that was dropped in the meantime is cancelled now.
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

    /// Records that a request was answered. Returns `false` if nobody waits for the answer any more.
    pub(super) fn landed(&mut self, id: OrderId) -> bool {
        self.under_way.remove(&id).is_some()
    }

    /// Stops waiting for requests of a kind, and cancels those that were posted.
    pub(super) fn drop_all(&mut self, is_of_kind: impl Fn(&Request) -> bool) {
        let dropped: Vec<OrderId> = self
            .under_way
            .iter()
            .filter(|(_, flight)| is_of_kind(&flight.question))
            .map(|(id, _)| *id)
            .collect();
        for id in dropped {
            if let Some(request) = self.under_way.remove(&id).and_then(|flight| flight.request) {
                self.post(Order::Cancel(request));
            }
        }
    }

    /// Cancels requests of a kind but still awaits them: their answers tell how far they came.
    pub(super) fn cancel(&mut self, is_of_kind: impl Fn(&Request) -> bool) {
        let requests: Vec<RequestId> = self
            .under_way
            .values()
            .filter(|flight| is_of_kind(&flight.question))
            .filter_map(|flight| flight.request)
            .collect();
        for request in requests {
            self.post(Order::Cancel(request));
        }
    }

    pub(super) fn any(&self, is_of_kind: impl Fn(&Request) -> bool) -> bool {
        self.count(is_of_kind) > 0
    }

    pub(super) fn count(&self, is_of_kind: impl Fn(&Request) -> bool) -> usize {
        self.under_way
            .values()
            .filter(|flight| is_of_kind(&flight.question))
            .count()
    }
}
