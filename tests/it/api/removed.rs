//! Accounts that are removed, restored and purged.

use entente::domain::guest_details::RESTORABLE;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;

use super::scene::{Scene, assert_fault, ids};
use crate::support::stores::on_both_stores;

const DELETED: &str = "/v1.0/directory/deletedItems";

on_both_stores! {
    async fn f84_a_removed_account_is_restored_with_its_groups_and_apps(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let auditors = gateway.add_group("auditors", &[gateway.ana], &[]).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll, Permission::GroupReadAll]).await;
        let person = scene.ana_with(&[Permission::UserRead]).await;
        let ana = gateway.ana.to_string();
        let (path, item) = (format!("/v1.0/users/{ana}"), format!("{DELETED}/{ana}"));
        assert_fault(&scene.get(&token, &item).await, 404, "Request_ResourceNotFound");
        assert_eq!(scene.done(&token, "DELETE", &path, None).await.status, 204);
        assert_fault(&scene.get(&person, "/v1.0/me").await, 401, "InvalidAuthenticationToken");
        assert_fault(&scene.get(&token, &path).await, 404, "Request_ResourceNotFound");
        assert_fault(&scene.call(&token, "DELETE", &path, None).await, 404, "Request_ResourceNotFound");
        assert_eq!(ids(&scene.read(&token, "/v1.0/users").await), Vec::<String>::new());
        assert_eq!(ids(&scene.read(&token, &format!("/v1.0/groups/{auditors}/members")).await), Vec::<String>::new());
        assert_eq!(ids(&scene.read(&token, &format!("{DELETED}/microsoft.graph.user?$top=1")).await), [ana.as_str()]);
        assert_eq!(scene.read(&token, &item).await["id"], ana);
        let restored = scene.done(&token, "POST", &format!("{item}/restore"), None).await;
        assert_eq!((restored.status, &restored.json()["mail"]), (200, &"ana@fabrikam.example".into()));
        assert_eq!(ids(&scene.read(&token, &format!("/v1.0/groups/{auditors}/members")).await), [ana.as_str()]);
        let again = scene.call(&token, "POST", &format!("{item}/restore"), None).await;
        assert_fault(&again, 404, "Request_ResourceNotFound");
        scene.ana_with(&[Permission::UserRead]).await;
        for activity in ["guest_deleted", "guest_restored"] {
            assert_eq!(scene.audited(activity).await.last().unwrap().guest, Some(gateway.ana), "{activity}");
        }
    }

    async fn f84_a_purged_account_is_gone_and_an_address_that_was_taken_is_a_conflict(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await.to_string();
        let item = format!("{DELETED}/{ben}");
        assert_fault(&scene.call(&token, "DELETE", &item, None).await, 404, "Request_ResourceNotFound");
        scene.done(&token, "DELETE", &format!("/v1.0/users/{ben}"), None).await;
        // Somebody else has the address by now.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut guest = crate::support::gateway::guest("ben@fabrikam.example", None);
        guest.user_principal_name = "ben_fabrikam.example1#EXT#@contoso.example".to_owned();
        unit.insert_guest(&guest, entente::domain::store::objects::Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        let conflict = scene.call(&token, "POST", &format!("{item}/restore"), None).await;
        assert_fault(&conflict, 409, "Request_Conflict");
        scene.done(&token, "DELETE", &item, None).await;
        assert_fault(&scene.get(&token, &item).await, 404, "Request_ResourceNotFound");
        assert_eq!(scene.audited("guest_purged").await.len(), 1);
    }

    async fn f84_an_account_whose_time_is_over_is_not_shown_and_not_restored(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let permissions = [Permission::UserReadWriteAll];
        let token = scene.service_with(&permissions).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await.to_string();
        let item = format!("{DELETED}/{ben}");
        scene.done(&token, "DELETE", &format!("/v1.0/users/{ben}"), None).await;
        let tick = std::time::Duration::from_micros(1);
        gateway.clock.advance(RESTORABLE.saturating_sub(tick));
        let token = scene.service().await;
        assert_eq!(scene.read(&token, &item).await["id"], ben);
        gateway.clock.advance(tick);
        // The sweep has not come by yet.
        assert_fault(&scene.get(&token, &item).await, 404, "Request_ResourceNotFound");
        assert_eq!(ids(&scene.read(&token, &format!("{DELETED}/microsoft.graph.user")).await), Vec::<String>::new());
        let restored = scene.call(&token, "POST", &format!("{item}/restore"), None).await;
        assert_fault(&restored, 404, "Request_ResourceNotFound");
        scene.done(&token, "DELETE", &item, None).await;
    }

    async fn an_administrator_is_removed_by_administrators_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let ben = scene.gateway.invite("ben@fabrikam.example", None, &[]).await;
        let path = format!("/v1.0/users/{ben}");
        scene.give(ben, &[Role::GlobalAdministrator]).await;
        assert_fault(&scene.call(&token, "DELETE", &path, None).await, 403, "Authorization_RequestDenied");
        scene.give(scene.gateway.ana, &[Role::GlobalAdministrator]).await;
        let person = scene.ana().await;
        scene.done(&person, "DELETE", &path, None).await;
        let restore = format!("{DELETED}/{ben}/restore");
        assert_fault(&scene.call(&token, "POST", &restore, None).await, 403, "Authorization_RequestDenied");
        scene.done(&person, "POST", &restore, None).await;
    }
}
