//! The pages on which a person invites: one guest, or those of a file.

mod doors;
mod files;
mod one;
mod rows;
mod scene;
mod told;
