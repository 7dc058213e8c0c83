//! What the tests of invitations share.

use entente::domain::apps::AppId;
use entente::domain::collaboration::Collaboration;
use entente::domain::guests::{GuestId, UserType};
use entente::domain::invitations::fault::InviteError;
use entente::domain::invitations::wish::{Sending, Wish, WishTexts};
use entente::domain::permissions::{Caller, Permission, Permissions};
use entente::domain::roles::{Role, Roles};
use entente::domain::sessions::HandleHash;
use entente::domain::store::objects::Provenance;
use entente::flows::invite::again::Anew;
use entente::flows::invite::{Invited, invite};

use crate::support::gateway::Gateway;

/// Where people go afterwards.
pub const APP: &str = "https://app.example/start";

/// Somebody at the command line.
pub fn operator() -> Caller {
    Caller::Operator("olga".to_owned())
}

/// An app that acts for nobody.
pub fn app_only(app: AppId, permissions: &[Permission]) -> Caller {
    Caller::App { app, permissions: Permissions::of(permissions), from: None }
}

/// A person.
pub fn person(guest: GuestId, user_type: UserType, roles: &[Role]) -> Caller {
    Caller::Person { guest, user_type, roles: Roles::of(roles), through: None, from: None }
}

/// The invitation of a guest, with nothing but what is needed.
pub fn wish(gateway: &Gateway, address: &str) -> Wish {
    let texts = WishTexts { address, redirect_url: APP, ..WishTexts::default() };
    texts.read(&gateway.services.settings.public_url).unwrap()
}

/// Another link that leads where the last one did.
pub fn anew(guest: GuestId) -> Anew {
    Anew { guest, redirect_url: None, language: None, message: None, cc: None, sending: Sending::ByHand }
}

impl Gateway {
    /// Invites as the operator.
    pub async fn invited(&self, address: &str) -> Invited {
        self.invited_by(&operator(), &wish(self, address)).await.unwrap()
    }

    /// Invites as anybody.
    pub async fn invited_by(&self, caller: &Caller, wish: &Wish) -> Result<Invited, InviteError> {
        invite(&self.services, caller, wish).await
    }

    /// Why an invitation by anybody is refused, and that nothing was written.
    pub async fn not_invited(&self, caller: &Caller, wish: &Wish) -> &'static str {
        let before = (self.guest_count().await, self.audited().await);
        let error = self.invited_by(caller, wish).await.unwrap_err();
        assert_eq!((self.guest_count().await, self.audited().await), before, "{error}");
        error.code()
    }

    /// How many entries the audit has.
    pub async fn audited(&self) -> usize {
        let query = entente::domain::audit::AuditQuery { limit: 1_000, ..Default::default() };
        self.services.store.audit(&query).await.unwrap().len()
    }

    /// The activities of a guest, newest first.
    pub async fn told_of(&self, guest: GuestId) -> Vec<(String, String)> {
        let query = entente::domain::audit::AuditQuery { guest: Some(guest), limit: 100, ..Default::default() };
        let found = self.services.store.audit(&query).await.unwrap();
        found.into_iter().map(|record| (record.activity, record.actor)).collect()
    }

    /// Alters the settings of collaboration.
    pub async fn set(&self, alter: impl FnOnce(&mut Collaboration)) {
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        let mut settings = unit.collaboration().await.unwrap().value;
        alter(&mut settings);
        unit.write_collaboration(&settings, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        self.services.directory.forget();
    }
}

/// The hash of the ticket in a link.
pub fn ticket_of(link: &str) -> HandleHash {
    HandleHash::of(link.split_once("/redeem?ticket=").unwrap().1)
}
