//! Internal accounts that are redeemed from elsewhere: by an account of the domain of their address, whichever link leads
//! there.

use entente::domain::guests::Binding;
use entente::domain::invitations::wish::Wish;
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::partners::PartnerKind;
use entente::flows::invite::Invited;
use entente::flows::invite::again::{NewAddress, resend, reset};

use super::links::{decide, follow, is_pending, path};
use crate::invite::scene::{anew, operator, wish};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::assert_refused;
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

const ANA: &str = "ana@adatum.example";

/// Which link of the account is followed.
#[derive(Debug, Clone, Copy)]
enum Link {
    First,
    WithCopy,
    Resent,
    Second,
    SecondById,
    ByReset,
    ByResetElsewhere,
}

impl Link {
    const ALL: [Self; 7] = [
        Self::First,
        Self::WithCopy,
        Self::Resent,
        Self::Second,
        Self::SecondById,
        Self::ByReset,
        Self::ByResetElsewhere,
    ];

    /// Converts Ana, and makes the link.
    async fn make(self, gateway: &Gateway) -> Invited {
        let services = &gateway.services;
        let by_id = Wish { account: Some(gateway.ana), ..wish(gateway, ANA) };
        let copied = Wish { cc: Some(MailAddress::parse("boss@adatum.example").unwrap()), ..by_id.clone() };
        let first = if matches!(self, Self::WithCopy) { &copied } else { &by_id };
        let first = gateway.invited_by(&operator(), first).await.unwrap();
        let again = anew(gateway.ana);
        match self {
            Self::First => first,
            // The first one is narrower than a link of the domain, and what follows is no wider.
            Self::WithCopy | Self::Resent => resend(services, &operator(), &again).await.unwrap(),
            Self::Second => gateway.invited(ANA).await,
            Self::SecondById => gateway.invited_by(&operator(), &by_id).await.unwrap(),
            Self::ByReset => reset(services, &operator(), &again, &NewAddress::Same).await.unwrap(),
            Self::ByResetElsewhere => {
                let to = NewAddress::SetNow(MailAddress::parse("a.almeida@adatum.example").unwrap());
                reset(services, &operator(), &again, &to).await.unwrap()
            }
        }
    }
}

/// A person of Adatum follows the link.
async fn followed(
    gateway: &Gateway,
    adatum: &Partner,
    client: &mut Client,
    invited: &Invited,
    person: &Person,
) -> Page {
    let page = follow(client, &path(gateway, invited)).await;
    let request = gateway.request_to(adatum, &page);
    let answer = adatum.answer(&request, person, &gateway.audience(), gateway.now());
    gateway.post_text(client, &request.relay_state, &answer.post(adatum)).await
}

on_both_stores! {
    async fn f28_an_internal_account_is_redeemed_by_the_domain_of_its_address_by_every_link(backend: Backend) {
        for link in Link::ALL {
            let gateway = Gateway::start_with(backend, |partner| partner.kind = PartnerKind::Home).await;
            let group = gateway.add_group("project", &[gateway.ana], &[]).await;
            gateway.ana_signed_in().await;
            let adatum = Partner::named("https://idp.adatum.example/saml", "https://idp.adatum.example/sso", keys::stranger());
            let id = gateway.add_partner("adatum", &adatum, |partner| {
                partner.kind = PartnerKind::Partner;
                partner.domains.push(MailDomain::parse("adatum-group.example").unwrap().into());
            }).await;
            gateway.services.directory.forget();
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            let mut kept = unit.guest(gateway.ana).await.unwrap().unwrap();
            kept.value.guest.mail = Some(MailAddress::parse(ANA).unwrap());
            unit.update_guest(&kept.value, kept.provenance).await.unwrap();
            unit.commit().await.unwrap();
            let before = gateway.guest(gateway.ana).await;
            let invited = link.make(&gateway).await;
            assert_eq!(invited.guest.id, gateway.ana, "{link:?}");
            let other = Person::new("kim-1", "ana@adatum-group.example", "Kim", "Other");
            let refused = followed(&gateway, &adatum, &mut gateway.client(), &invited, &other).await;
            assert_refused(&gateway, &refused, "IDP_USER_UNKNOWN", "invitation_of_another_address").await;
            assert!(is_pending(&gateway, gateway.ana).await, "{link:?}");
            let mut client = gateway.client();
            let person = Person::new("ana-2", "ana.b@adatum.example", "Ana", "Almeida");
            let question = followed(&gateway, &adatum, &mut client, &invited, &person).await;
            decide(&mut client, &question, "accept").await;
            let after = gateway.guest(gateway.ana).await;
            let Binding::Accepted { partner, .. } = after.guest.binding else { panic!("{link:?}: not bound") };
            assert_eq!((partner, after.guest.user_type), (id, before.guest.user_type), "{link:?}");
            assert_eq!((after.guest.user_principal_name, after.apps), (before.guest.user_principal_name, before.apps));
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            assert_eq!(unit.groups_of(gateway.ana, 10).await.unwrap(), [group], "{link:?}");
        }
    }
}
