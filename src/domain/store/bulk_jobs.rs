//! Jobs that invite the rows of a file.

use std::collections::HashSet;

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::bulk::job::{Asked, BulkJob, BulkJobId, JobState, Requester, RowOutcome};
use crate::domain::bulk::upload::{Upload, UploadId};

/// Jobs inside a unit. Which have rows waiting is asked outside, of
/// [`Store::waiting_bulk_jobs`](super::Store::waiting_bulk_jobs).
#[async_trait]
pub trait BulkJobs {
    /// Adds a job with its file, sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_bulk_job(&mut self, job: &BulkJob, sealed_sheet: &[u8]) -> Result<(), StoreError>;

    /// Jobs, newest first, those before `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_bulk_jobs(&mut self, before: Option<BulkJobId>, limit: u32) -> Result<Vec<BulkJob>, StoreError>;

    /// The same, of one requester.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_bulk_jobs_of(
        &mut self,
        requester: &Requester,
        before: Option<BulkJobId>,
        limit: u32,
    ) -> Result<Vec<BulkJob>, StoreError>;

    /// How many jobs of a requester run, and how many there are that were handed in after `since`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_bulk_jobs_of(&mut self, requester: &Requester, since: Timestamp) -> Result<Asked, StoreError>;

    /// A job.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_bulk_job(&mut self, id: BulkJobId) -> Result<Option<BulkJob>, StoreError>;

    /// The file of a job, sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_bulk_sheet(&mut self, id: BulkJobId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Takes up a job that is running until `until`; [`Once::Again`] where another node has it at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_bulk_job(&mut self, id: BulkJobId, now: Timestamp, until: Timestamp) -> Result<Once, StoreError>;

    /// Takes the next row of a running job, `row`, so that it is done in this unit; [`Once::Again`] where it is done
    /// already, or the job does not run. Later takers wait for the end of this unit.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_bulk_row(&mut self, id: BulkJobId, row: u32) -> Result<Once, StoreError>;

    /// Notes what became of a row that was taken. After the last one the job is finished.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_bulk_outcome(
        &mut self,
        id: BulkJobId,
        outcome: &RowOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Moves a job from one state to another; [`Once::Again`] where it stands elsewhere.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn move_bulk_job(
        &mut self,
        id: BulkJobId,
        from: JobState,
        to: JobState,
        now: Timestamp,
    ) -> Result<Once, StoreError>;

    /// Removes a job that does not run; [`Once::Again`] where it runs or is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_bulk_job(&mut self, id: BulkJobId) -> Result<Once, StoreError>;

    /// Which of these addresses, by their keys, have an account here.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn mail_keys_here(&mut self, keys: &[&str]) -> Result<HashSet<String>, StoreError>;

    /// Keeps a file, sealed, that its person has not confirmed. Of more than
    /// [`MAX_UPLOADS`](crate::domain::bulk::upload::MAX_UPLOADS) of one person the oldest give way.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_bulk_upload(&mut self, upload: &Upload, sealed_sheet: &[u8]) -> Result<(), StoreError>;

    /// A file that is kept, with what is in it, sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_bulk_upload(&mut self, id: UploadId) -> Result<Option<(Upload, Vec<u8>)>, StoreError>;

    /// Takes a file out of keeping; [`Once::Again`] where it is not there any more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_bulk_upload(&mut self, id: UploadId) -> Result<Once, StoreError>;

    /// What became of the rows from `from` on, in their order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_bulk_outcomes(&mut self, id: BulkJobId, from: u32, limit: u32)
    -> Result<Vec<RowOutcome>, StoreError>;
}
