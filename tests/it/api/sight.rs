//! What of the directory guests may see: three levels.

use entente::domain::collaboration::GuestUserRole;
use entente::domain::guests::UserType;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::domain::store::objects::Provenance;
use serde_json::Value;

use super::scene::{Scene, ids};
use crate::support::stores::on_both_stores;

async fn set(scene: &Scene, level: GuestUserRole) {
    let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
    let mut settings = unit.collaboration().await.unwrap().value;
    settings.guest_user_role = level;
    unit.write_collaboration(&settings, Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
}

on_both_stores! {
    async fn f30_three_levels_of_what_guests_see(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let auditors = gateway.add_group("auditors", &[gateway.ana, ben], &[]).await;
        let token = scene.ana().await;
        let others = format!("/v1.0/users/{ben}");
        let by_name = "/v1.0/users/ben_fabrikam.example%23EXT%23@contoso.example".to_owned();
        let own = format!("/v1.0/users/{}", gateway.ana);
        let apps = format!("/v1.0/servicePrincipals/{}", gateway.payroll);
        let (group, members) = (format!("/v1.0/groups/{auditors}"), format!("/v1.0/groups/{auditors}/members"));
        let groups_of_ben = format!("{others}/memberOf");
        let rows: [(&str, [u16; 3]); 12] = [
            ("/v1.0/users", [200, 403, 403]),
            (&others, [200, 200, 403]),
            (&by_name, [200, 200, 403]),
            (&own, [200, 200, 200]),
            ("/v1.0/me", [200, 200, 200]),
            ("/v1.0/me/memberOf", [200, 200, 200]),
            ("/v1.0/groups", [200, 200, 403]),
            (&group, [200, 200, 403]),
            (&members, [200, 200, 403]),
            (&groups_of_ben, [200, 200, 403]),
            ("/v1.0/servicePrincipals", [200, 200, 403]),
            (&apps, [200, 200, 403]),
        ];
        for (place, level) in
            [GuestUserRole::Member, GuestUserRole::Limited, GuestUserRole::Restricted].into_iter().enumerate()
        {
            set(&scene, level).await;
            for (path, expected) in &rows {
                let page = scene.get(&token, path).await;
                assert_eq!(page.status, expected[place], "{level:?} {path}: {}", page.body);
            }
        }
        // One who is not there looks like one who may not be seen.
        let nobody = scene.get(&token, "/v1.0/users/00000000-0000-4000-8000-000000000000").await;
        assert_eq!(nobody.status, 403);
        let own_groups = scene.read(&token, "/v1.0/me/memberOf").await;
        assert_eq!(own_groups["value"][0].as_object().unwrap().len(), 1, "ids alone: {own_groups}");
        set(&scene, GuestUserRole::Limited).await;
        let outline = scene.read(&token, &others).await;
        for name in ["id", "displayName", "mail", "userPrincipalName", "userType"] {
            assert!(outline.get(name).is_some(), "{name}: {outline}");
        }
        for name in ["identities", "accountEnabled", "createdDateTime", "otherMails", "companyName"] {
            assert_eq!(outline.get(name), None, "{name}");
        }
        let selected = scene.read(&token, &format!("{others}?$select=identities,mail")).await;
        assert_eq!(selected.get("identities"), None);
        let members = scene.read(&token, &members).await;
        assert_eq!(ids(&members).len(), 2);
        assert_eq!(members["value"][0].get("identities"), None::<&Value>);
        // Roles and membership go before the level.
        set(&scene, GuestUserRole::Restricted).await;
        scene.give(gateway.ana, &[Role::GuestInviter]).await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        // But not a role that reads nothing of the directory: it leaves a guest the sight of guests.
        scene.give(gateway.ana, &[Role::ReportsReader]).await;
        for path in ["/v1.0/users", "/v1.0/groups", "/v1.0/servicePrincipals", &others, &group] {
            assert_eq!(scene.get(&token, path).await.status, 403, "{path}");
        }
        assert_eq!(scene.get(&token, "/v1.0/auditLogs/signIns").await.status, 200);
        for role in Role::ALL.into_iter().filter(|role| *role != Role::ReportsReader) {
            scene.give(gateway.ana, &[Role::ReportsReader, role]).await;
            for path in ["/v1.0/users", "/v1.0/groups", "/v1.0/servicePrincipals"] {
                assert_eq!(scene.get(&token, path).await.status, 200, "{role:?} {path}");
            }
        }
        scene.give(gateway.ana, &[]).await;
        scene.make(gateway.ana, UserType::Member).await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        let narrow = scene.ana_with(&[Permission::UserRead]).await;
        assert_eq!(scene.get(&narrow, &others).await.status, 403, "the app was let read its user alone");
        assert_eq!(scene.get(&narrow, &own).await.status, 200);
    }
}
