//! Jobs that invite the rows of a file.

use std::collections::HashSet;

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::bulk::job::{Asked, BulkJob, BulkJobId, JobState, Requester, RowOutcome};
use crate::domain::bulk::upload::{Upload, UploadId};
use crate::domain::store::StoreError;
use crate::domain::store::bulk_jobs::BulkJobs;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl BulkJobs for Unit {
    async fn insert_bulk_job(&mut self, job: &BulkJob, sealed_sheet: &[u8]) -> Result<(), StoreError> {
        sql::bulk_jobs::insert(self, job, sealed_sheet).await
    }

    async fn list_bulk_jobs(&mut self, before: Option<BulkJobId>, limit: u32) -> Result<Vec<BulkJob>, StoreError> {
        sql::bulk_jobs::list(self, before, limit).await
    }

    async fn list_bulk_jobs_of(
        &mut self,
        requester: &Requester,
        before: Option<BulkJobId>,
        limit: u32,
    ) -> Result<Vec<BulkJob>, StoreError> {
        sql::bulk_jobs::list_of(self, requester, before, limit).await
    }

    async fn count_bulk_jobs_of(&mut self, requester: &Requester, since: Timestamp) -> Result<Asked, StoreError> {
        sql::bulk_jobs::count_of(self, requester, since).await
    }

    async fn find_bulk_job(&mut self, id: BulkJobId) -> Result<Option<BulkJob>, StoreError> {
        sql::bulk_jobs::find(self, id).await
    }

    async fn find_bulk_sheet(&mut self, id: BulkJobId) -> Result<Option<Vec<u8>>, StoreError> {
        sql::bulk_jobs::sheet(self, id).await
    }

    async fn claim_bulk_job(&mut self, id: BulkJobId, now: Timestamp, until: Timestamp) -> Result<Once, StoreError> {
        sql::bulk_jobs::claim(self, id, now, until).await
    }

    async fn take_bulk_row(&mut self, id: BulkJobId, row: u32) -> Result<Once, StoreError> {
        sql::bulk_jobs::take_row(self, id, row).await
    }

    async fn insert_bulk_outcome(
        &mut self,
        id: BulkJobId,
        outcome: &RowOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sql::bulk_jobs::insert_outcome(self, id, outcome, now).await
    }

    async fn move_bulk_job(
        &mut self,
        id: BulkJobId,
        from: JobState,
        to: JobState,
        now: Timestamp,
    ) -> Result<Once, StoreError> {
        sql::bulk_jobs::move_to(self, id, from, to, now).await
    }

    async fn delete_bulk_job(&mut self, id: BulkJobId) -> Result<Once, StoreError> {
        sql::bulk_jobs::delete(self, id).await
    }

    async fn mail_keys_here(&mut self, keys: &[&str]) -> Result<HashSet<String>, StoreError> {
        sql::bulk_uploads::mail_keys_here(self, keys).await
    }

    async fn insert_bulk_upload(&mut self, upload: &Upload, sealed_sheet: &[u8]) -> Result<(), StoreError> {
        sql::bulk_uploads::insert(self, upload, sealed_sheet).await
    }

    async fn find_bulk_upload(&mut self, id: UploadId) -> Result<Option<(Upload, Vec<u8>)>, StoreError> {
        sql::bulk_uploads::find(self, id).await
    }

    async fn take_bulk_upload(&mut self, id: UploadId) -> Result<Once, StoreError> {
        sql::bulk_uploads::take(self, id).await
    }

    async fn list_bulk_outcomes(
        &mut self,
        id: BulkJobId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<RowOutcome>, StoreError> {
        sql::bulk_jobs::outcomes(self, id, from, limit).await
    }
}
