//! Each kind of failure in words: what happened, the likely cause, the way out.
