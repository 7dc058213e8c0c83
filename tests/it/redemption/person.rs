//! A person at a mailbox of no partner, and a browser on our pages.

use entente::domain::guests::GuestId;
use entente::domain::partners::{MAILED_CODE_SLUG, Switch};
use entente::flows::operate::{Act, switch_partner};

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;

/// Where the pages of codes post to.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// An address of no partner.
pub const VIC: &str = "vic@elsewhere.example";

/// The page for `email`, of a sign-in at the confidential app.
pub async fn offered(gateway: &Gateway, client: &mut Client, email: &str) -> Page {
    offered_at(client, &gateway.authorize(&[]), email).await
}

/// The page for `email`, of the sign-in that `authorize` begins.
pub async fn offered_at(client: &mut Client, authorize: &str, email: &str) -> Page {
    let page = client.get(authorize).await;
    let attempt = page.field("attempt").unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    client.post("/sign-in/organization", &[("attempt", &attempt), ("email", email)]).await
}

/// Posts what the page's form has.
pub async fn answer(client: &mut Client, page: &Page, fields: &[(&str, &str)]) -> Page {
    let attempt = page.field("attempt").unwrap_or_else(|| panic!("no form: {}", page.body)).to_owned();
    let fields: Vec<(&str, &str)> = [("attempt", attempt.as_str())].into_iter().chain(fields.iter().copied()).collect();
    client.post(SIGN_IN_CODE, &fields).await
}

/// Has a code sent.
pub async fn send(client: &mut Client, page: &Page) -> Page {
    answer(client, page, &[("action", "send")]).await
}

/// Types a code.
pub async fn type_code(client: &mut Client, page: &Page, code: &str) -> Page {
    answer(client, page, &[("action", "check"), ("code", code)]).await
}

/// A code that is not this one.
pub fn other_than(code: &str) -> &'static str {
    if code == "00000000" { "00000001" } else { "00000000" }
}

impl Gateway {
    /// The newest of `count` codes that were mailed; they go out beside the answers.
    pub async fn mailed(&self, address: &str, count: usize) -> String {
        self.mailbox.wait(address, count).await;
        assert_eq!(self.mailbox.to(address).len(), count);
        self.mailbox.code(address)
    }

    /// Invites Vic, who has no identity provider.
    pub async fn invite_vic(&self) -> GuestId {
        self.invite(VIC, None, &[self.payroll, self.travel]).await
    }

    /// A whole sign-in by a code, up to the code for the app; `count` mails have come to the address then.
    pub async fn sign_in_by_code(&self, client: &mut Client, email: &str, count: usize) -> String {
        let page = offered(self, client, email).await;
        let page = send(client, &page).await;
        let code = self.mailed(email, count).await;
        let done = type_code(client, &page, &code).await;
        crate::support::client::query(&done.onward(), "code").unwrap_or_else(|| panic!("{}", done.onward()))
    }

    /// Switches codes that sign in on or off.
    pub async fn switch_codes(&self, switch: Switch) {
        let act = Act { operator: "olga", now: self.now() };
        switch_partner(&self.services, act, MAILED_CODE_SLUG, switch).await.unwrap();
    }
}

/// The code for the app that a session gets without a question.
pub async fn by_session(client: &mut Client, authorize: &str) -> String {
    granted(&client.get(authorize).await)
}
