//! What the policies would decide, over the API.

use entente::domain::permissions::Permission;
use serde_json::json;

use super::scene::{Scene, assert_fault};
use crate::support::stores::on_both_stores;

const PATH: &str = "/api/v1/policy/what-if";

on_both_stores! {
    async fn f76_what_if_is_asked_by_who_may_read_policies(backend: Backend) {
        let scene = Scene::start(backend).await;
        let question = json!({
            "guest": "ana@fabrikam.example", "app": "payroll", "platform": "linux", "client_app_type": "browser",
            "ip": "192.0.2.1", "country": "DE", "flow": "unknown", "shown": ["home:pwd@60"],
        });
        let token = scene.service_with(&[Permission::UserReadAll]).await;
        let page = scene.call(&token, "POST", PATH, Some(question.clone())).await;
        assert_fault(&page, 403, "Authorization_RequestDenied");
        let token = scene.service_with(&[Permission::PolicyReadAll]).await;
        let mut asked = question.clone();
        asked.as_object_mut().unwrap().remove("shown");
        let answer = scene.done(&token, "POST", PATH, Some(asked)).await.json();
        assert_eq!((&answer["decision"], &answer["applying"]), (&json!("allow"), &json!([])));
        for (name, value) in [
            ("guest", json!("nobody@fabrikam.example")),
            ("app", json!("nothing")),
            ("platform", json!("solaris")),
            ("client_app_type", json!(1)),
            ("ip", json!("home")),
            ("country", json!("de")),
            ("flow", json!("slow")),
            ("shown", json!(["fido2"])),
            ("shown", json!("here:x")),
            ("colour", json!("blue")),
        ] {
            let mut body = question.clone();
            body.as_object_mut().unwrap().remove("shown");
            body[name] = value;
            let page = scene.call(&token, "POST", PATH, Some(body)).await;
            assert_fault(&page, 400, "Request_BadRequest");
        }
    }
}
