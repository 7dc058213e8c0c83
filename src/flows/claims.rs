//! What an app would be told of a person, and why each claim has its value.

use crate::domain::apps::App;
use crate::domain::claims::facts::{Carrier, MAX_GROUPS, Value};
use crate::domain::claims::outcome::{Choice, Reason};
use crate::domain::claims::rule::NameIdFormat;
use crate::domain::guests::{Binding, Guest};
use crate::domain::subjects::pairwise_subject;
use crate::downstream;
use crate::flows::inspect;
use crate::flows::operate::{OperateError, find_guest};
use crate::flows::services::Services;

/// All claims of one person for one app.
#[derive(Debug, Clone)]
pub struct ClaimsView {
    /// The app.
    pub app: App,
    /// The person.
    pub guest: Guest,
    /// The NameID by the app's rule, where it has one and the account has a value for it.
    pub name_id: Option<(String, NameIdFormat)>,
    /// Each claim, those of rules first.
    pub claims: Vec<ClaimView>,
}

/// One claim.
#[derive(Debug, Clone)]
pub struct ClaimView {
    /// Its name.
    pub name: String,
    /// What is sent, or why nothing is.
    pub outcome: Result<Value<'static>, Reason>,
    /// Who gives it.
    pub given_by: GivenBy,
}

/// Who gives a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBy {
    /// The rule of this number, from 0, by this part of it.
    Rule(usize, Choice),
    /// The gateway, because a rule gives too many groups.
    Gateway,
    /// No rule: it is sent to apps of this kind anyway, where this scope was granted.
    Usual(Option<&'static str>),
}

/// Shows what would be sent at a sign-in that these methods prove.
///
/// # Errors
/// [`OperateError`].
pub async fn view(
    services: &Services,
    slug: &str,
    guest: &str,
    methods: &[String],
) -> Result<ClaimsView, OperateError> {
    let app = inspect::app(services, slug).await?;
    let mut unit = services.store.unit_of_work().await?;
    let id = find_guest(unit.as_mut(), guest).await?;
    let unknown = || OperateError::Unknown { kind: "guest", name: guest.to_owned() };
    let guest = unit.guest(id).await?.ok_or_else(unknown)?.value.guest;
    let protocol = match &guest.binding {
        Binding::Accepted { partner, .. } => unit.read_partner(*partner).await?.map(|partner| partner.trust.protocol()),
        Binding::PendingAcceptance => None,
    };
    let groups = unit.groups_of(id, MAX_GROUPS + 1).await?;
    let subject = pairwise_subject(&services.settings.subject_salt, &app, id);
    let tenant = services.settings.organization.id.to_string();
    let known = downstream::claims::Known {
        guest: &guest,
        protocol,
        groups: &groups,
        carrier: Carrier::Token,
        subject: &subject,
        tenant: &tenant,
        methods,
    };
    let facts = known.facts();
    let by_rules = app.claims.evaluate(&facts).into_iter().enumerate().map(|(number, claim)| ClaimView {
        name: claim.name.to_owned(),
        outcome: claim.outcome.map(Value::into_owned),
        given_by: match claim.choice {
            Choice::Overage => GivenBy::Gateway,
            choice => GivenBy::Rule(number, choice),
        },
    });
    let mut claims: Vec<ClaimView> = by_rules.collect();
    claims.extend(downstream::claims::usual(&app, &known).into_iter().map(|usual| ClaimView {
        name: usual.name.to_owned(),
        outcome: Ok(usual.value.into_owned()),
        given_by: GivenBy::Usual(usual.scope),
    }));
    let name_id = app.claims.terms().name_id.and_then(|rule| Some((app.claims.name_id(&facts)?, rule.format)));
    Ok(ClaimsView { name_id, claims, app, guest })
}
