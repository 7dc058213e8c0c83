//! The pages on which a person invites: one guest, or those of a file.

use crate::domain::apps::AppId;
use crate::domain::bulk::job::BulkJob;
use crate::domain::bulk::upload::UploadId;
use crate::domain::invitations::fault::InviteError;
use crate::flows::bulk::BulkError;
use crate::flows::bulk::rows::{Rows, Which};
use crate::flows::bulk::take::Fault;

/// The form that invites one guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePage {
    /// Binds the form to the session.
    pub token: String,
    /// Who invites.
    pub person: String,
    /// The apps that they may give.
    pub apps: Vec<GivenApp>,
    /// What was typed.
    pub typed: TypedInvitation,
    /// What was wrong with it.
    pub fault: Option<InviteError>,
}

/// An app that may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenApp {
    /// Which.
    pub id: AppId,
    /// Its name.
    pub name: String,
}

/// What was typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedInvitation {
    /// The address.
    pub address: String,
    /// The name.
    pub name: String,
    /// Ids of apps.
    pub apps: Vec<String>,
    /// What the inviter has to say.
    pub message: String,
    /// The language of the mail.
    pub language: String,
}

/// Somebody was invited.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestInvitedPage {
    /// Who invites.
    pub person: String,
    /// Who was invited.
    pub address: String,
    /// How it came out.
    pub came_out: InvitationCameOut,
    /// The link, where whoever invites may see it.
    pub link: Option<String>,
}

impl std::fmt::Debug for GuestInvitedPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("GuestInvitedPage").finish_non_exhaustive()
    }
}

/// How an invitation came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationCameOut {
    /// There is a new account, and a mail is on its way.
    Invited,
    /// The account was there, and has another link and mail.
    Again,
    /// The person has come already and needs to accept nothing.
    Accepted,
    /// This very form was sent before, and nothing was done again.
    SentBefore,
}

/// The form for a file, and one's own jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesPage {
    /// Binds the form to the session.
    pub token: String,
    /// Who hands in.
    pub person: String,
    /// What was wrong with the last file.
    pub fault: Option<FilesFault>,
    /// The jobs, newest first.
    pub jobs: Vec<BulkJob>,
}

/// What was wrong with a file, or with the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesFault {
    /// No file was chosen.
    NoneChosen,
    /// The file has waited for too long, or was taken already.
    Gone,
    /// It is refused.
    Refused(BulkError),
}

/// What would be done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPage {
    /// Binds the form to the session.
    pub token: String,
    /// Who hands in.
    pub person: String,
    /// The file that waits.
    pub upload: UploadId,
    /// How it is called.
    pub file_name: String,
    /// How many would be invited.
    pub good: usize,
    /// How many would be passed over.
    pub skipped: usize,
    /// How many cannot be invited.
    pub failed: usize,
    /// The first rows that would not be invited, with their lines.
    pub faults: Vec<(usize, Fault)>,
}

/// How far a job has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJobPage {
    /// Binds the forms to the session.
    pub token: String,
    /// Who looks.
    pub person: String,
    /// The job.
    pub job: BulkJob,
    /// Whether whoever looks may let a held job go on.
    pub held: Held,
}

/// What became of rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRowsPage {
    /// Who looks.
    pub person: String,
    /// Which rows.
    pub which: Which,
    /// Behind which row they begin.
    pub after: Option<u32>,
    /// The job and the rows.
    pub found: Rows,
}

/// What a job that an administrator has stopped is to whoever looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It waits for an administrator.
    ByOthers,
    /// Whoever looks is one.
    IsAdministrator,
}
