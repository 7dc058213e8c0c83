//! Administration.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::domain_proofs::{DomainProof, ProofKind};
use crate::domain::groups::GroupId;
use crate::domain::guests::{GuestId, Standing};
use crate::domain::mail::MailDomain;
use crate::domain::partners::{Partner, PartnerId, Switch};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Objects, Provenance, WholeGroup, WholeGuest};
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Objects for Unit {
    async fn list_partners(&mut self) -> Result<Vec<Kept<Partner>>, StoreError> {
        sql::partners::list(self).await
    }

    async fn insert_partner(&mut self, partner: &Partner, provenance: Provenance) -> Result<(), StoreError> {
        sql::partners::insert(self, partner, provenance).await
    }

    async fn update_partner(&mut self, partner: &Partner, provenance: Provenance) -> Result<(), StoreError> {
        sql::partners::update(self, partner, provenance).await
    }

    async fn switch_partner(&mut self, id: PartnerId, switch: Switch) -> Result<Once, StoreError> {
        sql::partners::switch(self, id, switch).await
    }

    async fn delete_partner(&mut self, id: PartnerId) -> Result<(), StoreError> {
        sql::partners::delete(self, id).await
    }

    async fn list_domain_proofs(&mut self, id: PartnerId) -> Result<Vec<DomainProof>, StoreError> {
        sql::holders::list_proofs(self, id).await
    }

    async fn insert_domain_proof(&mut self, id: PartnerId, proof: &DomainProof) -> Result<(), StoreError> {
        sql::holders::insert_proof(self, id, proof).await
    }

    async fn delete_domain_proof(
        &mut self,
        id: PartnerId,
        domain: &MailDomain,
        kind: ProofKind,
    ) -> Result<(), StoreError> {
        sql::holders::delete_proof(self, id, domain, kind).await
    }

    async fn touch_partner(&mut self, id: PartnerId) -> Result<(), StoreError> {
        sql::partners::touch(self, id).await
    }

    async fn list_apps(&mut self) -> Result<Vec<Kept<App>>, StoreError> {
        sql::apps::list(self).await
    }

    async fn insert_app(&mut self, app: &App, provenance: Provenance) -> Result<(), StoreError> {
        sql::apps::insert(self, app, provenance).await
    }

    async fn update_app(&mut self, app: &App, provenance: Provenance) -> Result<(), StoreError> {
        sql::apps::update(self, app, provenance).await
    }

    async fn switch_app(&mut self, id: AppId, switch: Switch) -> Result<Once, StoreError> {
        sql::apps::switch(self, id, switch).await
    }

    async fn delete_app(&mut self, id: AppId) -> Result<(), StoreError> {
        sql::apps::delete(self, id).await
    }

    async fn list_groups(&mut self) -> Result<Vec<Kept<WholeGroup>>, StoreError> {
        sql::groups::list(self).await
    }

    async fn upsert_group(&mut self, group: &WholeGroup, provenance: Provenance) -> Result<(), StoreError> {
        sql::groups::upsert(self, group, provenance).await
    }

    async fn delete_group(&mut self, id: GroupId) -> Result<(), StoreError> {
        sql::groups::delete(self, id).await
    }

    async fn list_guests(&mut self, after: Option<GuestId>, limit: u32) -> Result<Vec<Kept<WholeGuest>>, StoreError> {
        sql::guests::list(self, after, limit).await
    }

    async fn guest(&mut self, id: GuestId) -> Result<Option<Kept<WholeGuest>>, StoreError> {
        sql::guests::by_id(self, id).await
    }

    async fn guest_by_mail_key(&mut self, key: &str) -> Result<Option<Kept<WholeGuest>>, StoreError> {
        sql::guests::by_mail_key(self, key).await
    }

    async fn update_guest(&mut self, guest: &WholeGuest, provenance: Provenance) -> Result<(), StoreError> {
        sql::guests::update(self, guest, provenance).await
    }

    async fn set_guest_apps(&mut self, id: GuestId, apps: &[AppId]) -> Result<(), StoreError> {
        sql::guests::set_apps(self, id, apps).await
    }

    async fn delete_guest(&mut self, id: GuestId) -> Result<(), StoreError> {
        sql::guests::delete(self, id).await
    }

    async fn set_guest_standing(
        &mut self,
        id: GuestId,
        standing: Standing,
        now: Timestamp,
    ) -> Result<Once, StoreError> {
        sql::guests::set_standing(self, id, standing, now).await
    }

    async fn revoke_guest(&mut self, id: GuestId, now: Timestamp) -> Result<u64, StoreError> {
        sql::guests::revoke(self, id, now).await
    }
}
