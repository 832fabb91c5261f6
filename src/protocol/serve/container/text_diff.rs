use crate::protocol::serve::session::Shown;
use crate::protocol::serve::{Session, World};
use crate::protocol::{Answer, Problem, ProblemCode};
use std::cell::RefCell;
impl<W: World> Session<W> {
    pub(super) async fn text_diff(
        &self,
        _shown: &RefCell<Shown>,
        _path: &str,
    ) -> Result<Answer, Problem> {
        Err(Problem::new(ProblemCode::Internal, "", ""))
    }
}
