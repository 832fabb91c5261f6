use crate::protocol::serve::session::Shown;
use crate::protocol::serve::{Session, World};
use crate::protocol::{Answer, CommitForm, Problem, ProblemCode};
use std::cell::RefCell;
impl<W: World> Session<W> {
    pub(super) async fn commit(
        &self,
        _shown: &RefCell<Shown>,
        _form: CommitForm,
    ) -> Result<Answer, Problem> {
        Err(Problem::new(ProblemCode::Internal, "", ""))
    }
    pub(super) async fn squash(
        &self,
        _shown: &RefCell<Shown>,
        _from: u32,
        _form: CommitForm,
    ) -> Result<Answer, Problem> {
        Err(Problem::new(ProblemCode::Internal, "", ""))
    }
}
pub(super) fn squash_plan(_shown: &RefCell<Shown>, _from: u32) -> Result<Answer, Problem> {
    Err(Problem::new(ProblemCode::Internal, "", ""))
}
