//! What apps do at the token endpoint and its neighbours beside redeeming codes.

use entente::domain::apps::grant_types::{GrantType, GrantTypes};

use super::client::{Client, Page};
use super::gateway::{Gateway, PAYROLL_SECRET, oidc};
use super::journey::granted;
use super::partner::Person;

/// The credentials of the confidential app, for a form.
pub const AS_PAYROLL: [(&str, &str); 2] = [("client_id", "payroll"), ("client_secret", PAYROLL_SECRET)];
/// Those of the public one.
pub const AS_TRAVEL: [(&str, &str); 1] = [("client_id", "travel")];

/// The refresh token of an answer.
pub fn refresh_token(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token: {}", page.body)).to_owned()
}

impl Gateway {
    /// Lets both apps renew their tokens.
    pub async fn let_apps_renew(&self) {
        for app in [self.payroll, self.travel] {
            self.alter_app(&self.services, app, |app| {
                oidc(app).grants = GrantTypes::STANDARD.with(GrantType::RefreshToken);
            })
            .await;
        }
    }

    /// The browser of Ana, and the answer to the confidential app's redemption.
    pub async fn ana_renewable(&self) -> (Client, Page) {
        self.let_apps_renew().await;
        let mut client = self.client();
        let code = granted(&self.sign_in(&mut client, &Person::ana()).await);
        let page = self.redeem(&code).await;
        (client, page)
    }

    /// Posts a form to an endpoint for apps.
    pub async fn at_desk(&self, path: &str, parts: &[&[(&str, &str)]]) -> Page {
        self.client().post(path, &parts.concat()).await
    }

    /// Renews as the confidential app.
    pub async fn renew(&self, token: &str) -> Page {
        self.at_desk("/oidc/token", &[&AS_PAYROLL, &[("grant_type", "refresh_token"), ("refresh_token", token)]]).await
    }

    /// Whether a token is active, as the confidential app is told.
    pub async fn is_active(&self, token: &str) -> bool {
        let page = self.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", token)]]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let json = page.json();
        if json["active"] == false {
            assert_eq!(page.body, r#"{"active":false}"#, "nothing is told of a token that is not active");
        }
        json["active"].as_bool().unwrap()
    }
}
