//! The room that all files with exported images share.

use std::sync::{Arc, Mutex, PoisonError};

use crate::bounds::EngineLimits;

/// The room of a program. Its clones are the same room.
#[derive(Clone)]
pub(in crate::cli::serve) struct Room {
    limits: EngineLimits,
    /// Files, and the bytes of all of them.
    taken: Arc<Mutex<(usize, u64)>>,
}

impl Room {
    /// Creates the room that these limits leave.
    pub(in crate::cli::serve) fn new(limits: EngineLimits) -> Room {
        Room {
            limits,
            taken: Arc::default(),
        }
    }

    /// Takes a file's place; `None` if there are too many.
    pub(super) fn place(&self) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.0 >= self.limits.export_files {
            return None;
        }
        taken.0 += 1;
        Some(Place {
            room: self.clone(),
            n_bytes: 0,
        })
    }
}

/// The place of one file. Dropping it gives the place and its bytes back.
pub(super) struct Place {
    room: Room,
    n_bytes: u64,
}

impl Place {
    /// Takes room for further bytes; false if there is none.
    pub(super) fn grow(&mut self, n_bytes: u64) -> bool {
        let room = &self.room;
        let mut taken = room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let all = taken.1.saturating_add(n_bytes);
        let has_room = all <= room.limits.export_bytes;
        if has_room {
            taken.1 = all;
            self.n_bytes = self.n_bytes.saturating_add(n_bytes);
        }
        has_room
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &self.room.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0 = taken.0.saturating_sub(1);
        taken.1 = taken.1.saturating_sub(self.n_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_share_a_number_and_a_sum_and_give_both_back() {
        let room = Room::new(EngineLimits {
            export_files: 2,
            export_bytes: 100,
            ..EngineLimits::DEFAULT
        });
        let mut a = room.place().expect("the first");
        let mut b = room.place().expect("the second");
        assert!(room.place().is_none(), "a third");
        assert!(a.grow(60) && b.grow(40), "all of the bytes");
        assert!(!b.grow(1), "one more");
        drop(a);
        assert!(b.grow(60), "what was given back");
        assert!(room.place().is_some(), "a place that was given back");
    }
}
