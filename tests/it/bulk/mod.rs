//! Invitations by the file: judged before anything is sent, each row done once, and a report of all.

mod doors;
mod forms;
mod jobs;
pub mod scene;
