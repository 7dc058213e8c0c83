//! Invitations by the file: judged before anything is sent, each row done once, and a report of all.

mod doors;
mod jobs;
mod scene;
