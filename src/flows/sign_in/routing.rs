//! Where people of an address or a domain are led: to partners that are switched on and whose people the app
//! takes. Everything else is as good as unknown, so that strangers cannot tell it apart.

use std::sync::Arc;

use crate::domain::holders::{Holder, LookUp};
use crate::domain::mail::{MailAddress, MailDomain};
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::refusal::Refusal;
use crate::domain::requests::{AppRequest, Interaction};
use crate::flows::services::Services;

use super::advance::Hinted;
use super::redeem::judge;
use super::session_use::{Asker, app};
use super::{mailed, store_refusal};

/// The partners among which that of `mail` is, at most one where the address is not of a shared domain.
async fn by_address(services: &Services, app: &Asker, mail: &MailAddress) -> Result<Vec<Arc<Partner>>, Refusal> {
    led_to(services, app, &LookUp::of_address(mail), mail.domain()).await
}

/// The homes of an address, alike for all addresses of a domain: who has an account is not looked at.
pub(super) struct Homes {
    /// Those of a kind in the order of the settings, the first kind first; behind them those that are left out, at
    /// which who redeemed there still signs in.
    all: Vec<Arc<Partner>>,
    /// How many of them are of the first kind that there is any of.
    first: usize,
    /// How many of them are of a kind in the order.
    in_order: usize,
}

impl Homes {
    /// Those at which `request` may go on. The link of an invitation leads to the first kind alone.
    pub(super) fn of(&self, request: &AppRequest) -> &[Arc<Partner>] {
        if request.ticket().is_some() { &self.all[..self.first] } else { &self.all }
    }

    /// Whether there are some, and nobody new redeems at any of them.
    pub(super) fn are_left_out(&self) -> bool {
        self.in_order == 0 && !self.all.is_empty()
    }
}

/// The homes of `mail`.
pub(super) async fn homes(services: &Services, app: &Asker, mail: &MailAddress) -> Result<Homes, Refusal> {
    let mut all = by_address(services, app, mail).await?;
    if all.is_empty() {
        return Ok(Homes { all, first: 0, in_order: 0 });
    }
    let settings = services.directory.collaboration().await.map_err(|error| store_refusal(&error))?;
    let rank = |partner: &Partner| judge::rank(&settings.identity_provider_order, partner);
    all.sort_by_key(|partner| rank(partner));
    let in_order = all.iter().filter(|partner| rank(partner) < judge::LEFT_OUT).count();
    let first = all[..in_order].iter().take_while(|partner| rank(partner) == rank(&all[0])).count();
    Ok(Homes { all, first, in_order })
}

async fn led_to(
    services: &Services,
    app: &Asker,
    look_up: &LookUp,
    domain: &MailDomain,
) -> Result<Vec<Arc<Partner>>, Refusal> {
    let holdings = services.directory.holdings(look_up).await.map_err(|error| store_refusal(&error))?;
    let mut partners = Vec::new();
    for id in Holder::of(&holdings).partners() {
        let partner = usable_by_id(services, app, *id).await?;
        partners.extend(partner.filter(|partner| partner.has_proven(domain, services.settings.domain_proof)));
    }
    partners.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
    Ok(partners)
}

/// The partner of this id, where people may be led from `app` to it.
pub(super) async fn usable_by_id(
    services: &Services,
    app: &Asker,
    id: PartnerId,
) -> Result<Option<Arc<Partner>>, Refusal> {
    let partner = services.directory.partner(id).await.map_err(|error| store_refusal(&error))?;
    Ok(partner.filter(|partner| is_usable(app, partner)))
}

fn is_usable(app: &Asker, partner: &Partner) -> bool {
    let is_taken = app.partners.has(partner.id);
    if !partner.switch.is_on() {
        tracing::info!(partner.id = %partner.id, "a partner is named that is switched off");
    } else if !is_taken {
        tracing::info!(partner.id = %partner.id, app.id = %app.id, "a partner is named whose people the app does not take");
    }
    partner.switch.is_on() && is_taken
}

/// What the hints of a request name: `domain_hint` is a partner's slug or domain and wins; else the
/// `login_hint`.
pub(super) enum Named {
    /// There are none.
    Nothing,
    /// An address that leads nowhere is a wish that the page can still ask about.
    Address(Homes),
    /// A partner or domain.
    Organization(Vec<Arc<Partner>>),
}

/// Looks up what the hints name.
pub(super) async fn named(services: &Services, app: &Asker, request: &AppRequest) -> Result<Named, Refusal> {
    if let Some(hint) = &request.domain_hint {
        let by_slug = services.directory.partner_by_slug(hint).await.map_err(|error| store_refusal(&error))?;
        let partners = match (by_slug, MailDomain::parse(hint)) {
            (Some(partner), _) => Vec::from_iter(is_usable(app, &partner).then_some(partner)),
            (None, Ok(domain)) => led_to(services, app, &LookUp::of_domain(&domain), &domain).await?,
            (None, Err(_)) => Vec::new(),
        };
        return Ok(Named::Organization(partners));
    }
    match request.login_hint.as_deref().map(MailAddress::parse) {
        None => Ok(Named::Nothing),
        Some(Err(_)) => Ok(Named::Address(Homes { all: Vec::new(), first: 0, in_order: 0 })),
        Some(Ok(mail)) => Ok(Named::Address(homes(services, app, &mail).await?)),
    }
}

/// What the hints come to; where there are none, or an address that leads nowhere, the partner of an app that
/// takes the people of a single one.
pub(crate) async fn hinted(services: &Services, request: &AppRequest) -> Result<Hinted, Refusal> {
    let app = app(services, request).await?;
    let (partners, elsewhere) = match named(services, &app, request).await? {
        Named::Organization(partners) => (partners, true),
        // Who is new takes a code, and who redeemed at the partner goes there: the page asks.
        Named::Address(homes)
            if homes.are_left_out()
                && request.interaction != Interaction::Silent
                && mailed::is_offered(services, &app).await? =>
        {
            let left_out = homes.of(request).first().filter(|_| homes.of(request).len() == 1);
            return Ok(Hinted { several: true, left_out: left_out.map(|home| home.id), ..Hinted::default() });
        }
        Named::Address(homes) => (homes.of(request).to_vec(), false),
        Named::Nothing => (Vec::new(), false),
    };
    Ok(match partners.as_slice() {
        [one] => Hinted { partner: Some(one.id), ..Hinted::default() },
        [] if elsewhere => Hinted { elsewhere, ..Hinted::default() },
        [] => match app.partners.single() {
            Some(id) => {
                let partner = usable_by_id(services, &app, id).await?.map(|partner| partner.id);
                Hinted { partner, ..Hinted::default() }
            }
            None => Hinted::default(),
        },
        _ => Hinted { several: true, ..Hinted::default() },
    })
}
