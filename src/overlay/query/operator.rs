//! The operators of a query: what they ask of a version of a path.

use std::ops::RangeInclusive;

use crate::layer::EntryKind;
use crate::message::Message;
use crate::overlay::Change;

/// The facts of one version of a path.
#[derive(Clone, Copy, Debug)]
pub(in crate::overlay) struct Facts {
    pub(in crate::overlay) layer: u32,
    pub(in crate::overlay) kind: EntryKind,
    pub(in crate::overlay) size_bytes: u64,
    pub(in crate::overlay) owner: (u32, u32),
    pub(in crate::overlay) mode: u16,
    /// `None` if a container with all layers sees it.
    pub(in crate::overlay) hidden: Option<Change>,
}

/// A condition on a version of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::overlay) enum Operator {
    /// Bytes of content. Only files have some.
    Size(RangeInclusive<u64>),
    /// The layer that wrote it.
    Layer(RangeInclusive<u64>),
    Owner(Owner),
    Kind(Kinds),
    /// True for what a layer above deleted.
    Deleted(bool),
    /// True for what a layer above overwrote.
    Overwritten(bool),
    Mode(Mode),
}

/// Types of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::overlay) enum Kinds {
    File,
    Dir,
    Link,
    Device,
    Pipe,
}

/// Permission bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::overlay) enum Mode {
    /// All of these bits.
    Has(u16),
    /// Any of these bits.
    Any(u16),
    /// These bits and no others.
    Is(u16),
}

/// A user, a group, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::overlay) struct Owner {
    pub(super) user: Option<Account>,
    pub(super) group: Option<Account>,
}

/// The accounts of an image, by which the names in a query become numbers.
#[derive(Clone, Debug, Default)]
pub struct AccountNames {
    /// Users, by name.
    pub users: Vec<(String, u32)>,
    /// Groups, by name.
    pub groups: Vec<(String, u32)>,
}

/// An account by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::overlay) enum Account {
    Id(u32),
    Name(String),
}

impl Operator {
    pub(super) fn fits(&self, facts: &Facts) -> bool {
        match self {
            Operator::Size(range) => {
                facts.kind == EntryKind::File && range.contains(&facts.size_bytes)
            }
            Operator::Layer(range) => range.contains(&u64::from(facts.layer)),
            Operator::Owner(owner) => owner.fits(facts.owner),
            Operator::Kind(kinds) => kinds.has(facts.kind),
            Operator::Deleted(wanted) => (facts.hidden == Some(Change::Deleted)) == *wanted,
            Operator::Overwritten(wanted) => (facts.hidden == Some(Change::Changed)) == *wanted,
            Operator::Mode(mode) => facts.kind != EntryKind::Symlink && mode.fits(facts.mode),
        }
    }
}

impl Kinds {
    fn has(self, kind: EntryKind) -> bool {
        match self {
            Kinds::File => kind == EntryKind::File,
            Kinds::Dir => kind == EntryKind::Dir,
            Kinds::Link => matches!(kind, EntryKind::Symlink | EntryKind::Hardlink),
            Kinds::Device => matches!(kind, EntryKind::Char | EntryKind::Block),
            Kinds::Pipe => kind == EntryKind::Fifo,
        }
    }
}

impl Mode {
    fn fits(self, mode: u16) -> bool {
        match self {
            Mode::Has(bits) => mode & bits == bits,
            Mode::Any(bits) => mode & bits != 0,
            Mode::Is(bits) => mode == bits,
        }
    }
}

impl Owner {
    pub(in crate::overlay) fn is_named(&self) -> bool {
        let mut accounts = [&self.user, &self.group].into_iter().flatten();
        accounts.any(|account| matches!(account, Account::Name(_)))
    }

    pub(super) fn resolve(&mut self, names: &AccountNames) -> Result<(), Message> {
        for (account, known) in [
            (&mut self.user, &names.users),
            (&mut self.group, &names.groups),
        ] {
            let Some(Account::Name(name)) = account else {
                continue;
            };
            match known.iter().find(|(known, _)| known == name) {
                Some((_, id)) => *account = Some(Account::Id(*id)),
                None => return Err(Message::query_account(std::mem::take(name))),
            }
        }
        Ok(())
    }

    fn fits(&self, (uid, gid): (u32, u32)) -> bool {
        let fits = |wanted: &Option<Account>, id: u32| match wanted {
            None => true,
            Some(wanted) => *wanted == Account::Id(id),
        };
        fits(&self.user, uid) && fits(&self.group, gid)
    }
}
