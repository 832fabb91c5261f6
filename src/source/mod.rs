//! Where images and their blobs come from: archives and registries.
