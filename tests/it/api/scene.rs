//! A gateway with an app that may call the API, and people who may.

use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::guests::{GuestId, UserType};
use entente::domain::permissions::{Permission, Permissions};
use entente::domain::roles::Role;
use serde_json::Value;

use super::described;
use crate::support::client::Page;
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, granted};
use crate::support::partner::Person;
use crate::support::renewing::AS_PAYROLL;
use crate::support::stores::Backend;

/// Everything that people may be asked for.
pub const ALL: Permissions = {
    let mut all = Permissions::NONE;
    let mut place = 0;
    while place < Permission::ALL.len() {
        all = all.with(Permission::ALL[place]);
        place += 1;
    }
    all
};

/// A gateway whose confidential app calls the API.
pub struct Scene {
    /// The gateway.
    pub gateway: Gateway,
}

impl Scene {
    /// Starts.
    pub async fn start(backend: Backend) -> Self {
        let gateway = Gateway::start(backend).await;
        let scene = Self { gateway };
        scene.let_app(&[]).await;
        scene
    }

    /// Lets the app do this for itself, and everything in the name of people.
    pub async fn let_app(&self, permissions: &[Permission]) {
        self.let_app_through(permissions, ALL).await;
    }

    /// Lets the app do this for itself, and that in the name of people.
    pub async fn let_app_through(&self, permissions: &[Permission], delegated: Permissions) {
        let grants = GrantTypes::STANDARD.with(GrantType::ClientCredentials).with(GrantType::RefreshToken);
        self.gateway
            .alter_app(&self.gateway.services, self.gateway.payroll, |app| {
                let oidc = oidc(app);
                oidc.grants = grants;
                oidc.tokens.permissions = Permissions::of(permissions);
                oidc.tokens.delegated = delegated;
            })
            .await;
        self.gateway.services.directory.forget();
    }

    /// A token of the app for itself.
    pub async fn service(&self) -> String {
        let page = self.gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &[("grant_type", "client_credentials")]]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of the app for itself, which may do this from now on.
    pub async fn service_with(&self, permissions: &[Permission]) -> String {
        self.let_app(permissions).await;
        self.service().await
    }

    /// A token of Ana with these permissions.
    pub async fn ana_with(&self, permissions: &[Permission]) -> String {
        let words: Vec<_> = permissions.iter().map(|permission| permission.as_str()).collect();
        let scope = format!("openid {}", words.join(" "));
        let gateway = &self.gateway;
        let mut client = gateway.client();
        let authorize = gateway.authorize(&[("domain_hint", "fabrikam"), ("scope", &scope)]);
        let request = gateway.ask(&mut client, &authorize).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        Tokens::of(&gateway.redeem(&granted(&page)).await).access
    }

    /// A token of Ana with every permission.
    pub async fn ana(&self) -> String {
        self.ana_with(&Permission::ALL).await
    }

    /// Gives an account these roles and no others.
    pub async fn give(&self, guest: GuestId, roles: &[Role]) {
        let mut unit = self.gateway.services.store.unit_of_work().await.unwrap();
        for role in Role::ALL {
            if roles.contains(&role) {
                unit.grant_role(guest, role, self.gateway.now()).await.unwrap();
            } else {
                unit.revoke_role(guest, role).await.unwrap();
            }
        }
        unit.commit().await.unwrap();
    }

    /// Makes an account a member or a guest.
    pub async fn make(&self, guest: GuestId, user_type: UserType) {
        use sqlx::Connection as _;
        let word = if user_type == UserType::Member { "member" } else { "guest" };
        let url = self.gateway.database_url();
        let id = *guest.as_bytes();
        if url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            let update = sqlx::query("update guests set user_type = $1 where id = $2");
            update.bind(word).bind(&id[..]).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            let update = sqlx::query("update guests set user_type = $1 where id = $2");
            update.bind(word).bind(&id[..]).execute(&mut connection).await.unwrap();
        }
    }

    /// Calls the API.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Page {
        let mut client = self.gateway.client();
        let (name, method) = (method, reqwest::Method::from_bytes(method.as_bytes()).unwrap());
        let mut request = client.request(method, path).bearer_auth(token).header("consistencylevel", "eventual");
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let page = client.send(request).await;
        let faults = described::faults(name, path, &page);
        assert!(faults.is_empty(), "an answer is not as described: {}", faults.join("\n"));
        page
    }

    /// Reads something.
    pub async fn get(&self, token: &str, path: &str) -> Page {
        self.call(token, "GET", path, None).await
    }

    /// Reads something that is there.
    pub async fn read(&self, token: &str, path: &str) -> Value {
        let page = self.get(token, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.json()
    }

    /// Does something that is done.
    pub async fn done(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Page {
        let page = self.call(token, method, path, body).await;
        assert!((200..300).contains(&page.status), "{method} {path}: {} {}", page.status, page.body);
        page
    }

    /// What the audit says was done, newest last, of these activities.
    pub async fn audited(&self, activity: &str) -> Vec<entente::domain::audit::AuditRecord> {
        let query = entente::domain::audit::AuditQuery {
            activity: Some(activity.to_owned()),
            limit: 100,
            ..Default::default()
        };
        let mut records = self.gateway.services.store.audit(&query).await.unwrap();
        records.reverse();
        records
    }
}

/// The ids of a list.
pub fn ids(list: &Value) -> Vec<String> {
    list["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Asserts a refusal in the form of Graph.
pub fn assert_fault(page: &Page, status: u16, code: &str) {
    assert_eq!(page.status, status, "{}", page.body);
    let error = &page.json()["error"];
    assert_eq!(error["code"], code, "{}", page.body);
    assert!(!error["message"].as_str().unwrap().is_empty());
    for name in ["date", "request-id", "client-request-id"] {
        assert!(error["innerError"][name].is_string(), "{name}: {}", page.body);
    }
}
