//! How many accounts and groups there are, at the addresses that SDKs ask (`/$count`).

use entente::domain::permissions::Permission;

use super::scene::{Scene, assert_fault};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_number_is_told_as_the_list_would_have_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        gateway.add_group("auditors", &[ben], &[]).await;
        let token = scene.service_with(&[Permission::DirectoryReadAll]).await;
        for (path, expected) in [
            ("/v1.0/users/$count", "2"),
            ("/v1.0/users/%24count", "2"),
            ("/v1.0/users/$count?$filter=mail%20eq%20%27ben%40fabrikam.example%27", "1"),
            ("/v1.0/users/$count?$filter=userType%20eq%20%27Member%27", "0"),
            ("/v1.0/users/$count?$search=%22mail:ben%22", "1"),
            ("/v1.0/groups/$count", "1"),
        ] {
            let page = scene.get(&token, path).await;
            assert_eq!((page.status, page.body.as_str()), (200, expected), "{path}");
            assert_eq!(page.headers["content-type"], "text/plain");
            let mut client = gateway.client();
            let request = client.request(reqwest::Method::GET, path).bearer_auth(&token);
            let page = client.send(request).await;
            assert_fault(&page, 400, "Request_BadRequest");
            assert!(page.body.contains("ConsistencyLevel"), "{}", page.body);
        }
        for path in ["/v1.0/users/$count?$top=1", "/v1.0/users/$count?$orderby=mail", "/v1.0/groups/$count?$filter=id%20eq%20%27x%27"] {
            assert_fault(&scene.get(&token, path).await, 400, "Request_UnsupportedQuery");
        }
        assert_fault(&scene.call(&token, "POST", "/v1.0/users/$count", None).await, 405, "Request_MethodNotAllowed");
        for path in ["/v1.0/users/$value", "/v1.0/groups/$delta", "/v1.0/groups/$count/members"] {
            let page = scene.get(&token, path).await;
            assert_fault(&page, 400, "Request_BadRequest");
            assert!(page.body.contains("no id begins with `$`"), "{}", page.body);
        }
    }

    async fn who_may_not_see_the_list_counts_nothing(backend: Backend) {
        let scene = Scene::start(backend).await;
        let guest = scene.ana().await;
        assert_fault(&scene.get(&guest, "/v1.0/users/$count").await, 403, "Authorization_RequestDenied");
        assert_eq!(scene.get(&guest, "/v1.0/groups/$count").await.body, "0", "guests read groups here");
        let app = scene.service_with(&[Permission::GroupReadAll]).await;
        assert_fault(&scene.get(&app, "/v1.0/users/$count").await, 403, "Authorization_RequestDenied");
        assert_eq!(scene.get(&app, "/v1.0/groups/$count").await.status, 200);
        let app = scene.service_with(&[Permission::UserReadAll]).await;
        assert_fault(&scene.get(&app, "/v1.0/groups/$count").await, 403, "Authorization_RequestDenied");
    }
}
