//! Many layer indexes in, the tree that a container sees out.
