//! A job: the rows of one file on their way, one after another, each in a transaction of its own that also says
//! how far the job has come. So whoever goes on after a crash does no row twice.

use std::time::Duration;

use super::Form;
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::guests::GuestId;

crate::id_type!(
    /// Names a job.
    BulkJobId
);

/// How long a job that has ended can be looked at.
pub const HISTORY: Duration = Duration::from_hours(20 * 24);
/// The most jobs of one requester that run at the same time.
pub const MAX_RUNNING: u32 = 5;
/// The most files that somebody may hand in within [`FILES_SPAN`] who invites because everybody may, by no role and
/// no permission.
pub const MAX_FILES: u32 = 10;
/// See [`MAX_FILES`].
pub const FILES_SPAN: Duration = Duration::from_hours(24);
/// The longest name of a file that is kept. **Units**: characters.
pub const MAX_FILE_NAME: usize = 128;

/// Who wants the rows invited. What they may do is asked again for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requester {
    /// Somebody at the command line.
    Operator(String),
    /// An app.
    App(AppId),
    /// A person.
    Person(GuestId),
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Rows are waiting and are done one after another.
    Running,
    /// Rows are waiting, and nobody does them until it is resumed.
    Stopped,
    /// The same, by the word of an administrator: whoever wants the rows cannot resume it themselves.
    Held,
    /// Every row is done.
    Finished,
}

impl JobState {
    /// The word in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Held => "held",
            Self::Finished => "finished",
        }
    }
}

/// How much somebody has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Jobs that run.
    pub running: u32,
    /// Jobs of a span of time, in whatever state.
    pub since: u32,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Invited.
    pub invited: u32,
    /// Passed over: the person is here already, or stands in an earlier row.
    pub skipped: u32,
    /// Not invited.
    pub failed: u32,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJob {
    /// Its name.
    pub id: BulkJobId,
    /// The name of the file, for people.
    pub file_name: String,
    /// The form of the file.
    pub form: Form,
    /// Who wants it.
    pub requester: Requester,
    /// Where it stands.
    pub state: JobState,
    /// How many rows there are.
    pub total: u32,
    /// The first row that is not done, counted from 0.
    pub next_row: u32,
    /// What became of those that are.
    pub counts: Counts,
    /// When it was handed in.
    pub created_at: Timestamp,
    /// When the last row was done, or it was stopped.
    pub ended_at: Option<Timestamp>,
}

/// What became of a row, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStatus {
    /// Invited.
    Invited,
    /// Passed over.
    Skipped,
    /// Not invited.
    Failed,
}

impl RowStatus {
    /// The word of reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "Invited",
            Self::Skipped => "Skipped",
            Self::Failed => "Failed",
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOutcome {
    /// Which row, counted from 0.
    pub row: u32,
    /// In a word.
    pub status: RowStatus,
    /// The stable code of the fault, where there is one.
    pub code: Option<String>,
    /// The fault in words.
    pub message: Option<String>,
    /// The account.
    pub guest: Option<GuestId>,
    /// The link of the invitation, sealed at [`place_of_link`].
    pub sealed_link: Option<Vec<u8>>,
}

/// Where the file of a job is sealed.
#[must_use]
pub fn place_of_sheet(id: BulkJobId) -> Vec<u8> {
    [b"bulk_jobs.sealed_sheet ".as_slice(), id.as_bytes()].concat()
}

/// Where the link of a row is sealed.
#[must_use]
pub fn place_of_link(id: BulkJobId, row: u32) -> Vec<u8> {
    [b"bulk_outcomes.sealed_link ".as_slice(), id.as_bytes(), &row.to_be_bytes()].concat()
}
