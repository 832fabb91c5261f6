//! Searches the layers of an image for a query. Newer questions are heard meanwhile, and end a search that nobody waits
//! for any more.

use crate::message::Message;
use crate::overlay::{AccountNames, Change, Found, LayerIdx, Query, Search};
use crate::protocol::{ImageKey, MatchRow, Matches, Name, Problem, ProblemCode, ask};
use crate::workspace::OpenImage;

use super::breath::Breath;
use super::tree::{overlay_view, path_of};
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) async fn find(&self, question: ask::Find) -> Result<Matches, Problem> {
        let image = question.image;
        let shown = self.shown(image)?;
        let limits = self.limits.search;
        let misread = |why| Problem::new(ProblemCode::BadQuery, Message::none(), why);
        let query = Query::parse(&question.text, &limits).map_err(misread)?;
        let query = match query.wants_accounts() {
            true => query
                .with_accounts(&self.account_names(image).await?)
                .map_err(misread)?,
            false => query,
        };
        let limit =
            usize::try_from(question.limit).map_or(limits.hits, |limit| limit.min(limits.hits));
        let (mut search, was_whole) = {
            let shown = shown.borrow();
            let union = shown.image.union();
            let Some(view) = overlay_view(shown.view, union.n_layers()) else {
                return Ok(Matches::default());
            };
            let search = Search::new(union, query.clone(), view, limit.saturating_add(1));
            (search, is_whole(&shown.image))
        };
        let breath = Breath::new(self);
        while !search.step(shown.borrow().image.union()) {
            if let Some(pause) = breath.due() {
                pause.await;
                self.shown(image)?;
            }
        }
        let shown = shown.borrow();
        let union = shown.image.union();
        let mut found = search.finish(union);
        let more = found.len() > limit;
        found.truncate(limit);
        let row = |found: Found| {
            let path = union.path(found.id);
            let hidden_as = |wanted| {
                let hidden = found.hidden.filter(|(_, change)| *change == wanted);
                hidden.map(|(layer, _)| layer.0)
            };
            MatchRow {
                marks: query.marks(&path, &limits),
                path: Name::of(&path),
                path_key: path_of(&path),
                kind: found.kind,
                size_bytes: found.size_bytes,
                layer: found.layer.0,
                in_view: found.in_view,
                deleted_by: hidden_as(Change::Deleted),
                overwritten_by: hidden_as(Change::Changed),
            }
        };
        Ok(Matches {
            rows: found.into_iter().map(row).collect(),
            more,
            is_whole: was_whole && is_whole(&shown.image),
        })
    }

    /// Reads the accounts of an image.
    async fn account_names(&self, image: ImageKey) -> Result<AccountNames, Problem> {
        let system = self.system(image).await?;
        let users = system.users.first.into_iter();
        let groups = system.groups.first.into_iter();
        Ok(AccountNames {
            users: users.map(|user| (user.name, user.uid)).collect(),
            groups: groups.map(|group| (group.name, group.gid)).collect(),
        })
    }
}

/// True if all layers are there to their ends.
fn is_whole(image: &OpenImage) -> bool {
    let union = image.union();
    let is_there = |layer| union.layer_index(LayerIdx::at(layer)).is_some();
    let is_cut = |layer| !image.left_out(layer).is_empty();
    (0..image.found.layers.len()).all(|layer| is_there(layer) && !is_cut(layer))
}
