//! What an app is told by its own rules, in the words of its protocol.

use std::borrow::Cow;

use crate::domain::apps::{App, AppProtocol};
use crate::domain::claims::facts::{Carrier, Facts, Membership, Value};
use crate::domain::claims::outcome::Reason;
use crate::domain::claims::rule::NameFormat;
use crate::domain::claims::set::{HAS_GROUPS, MAX_JWT_GROUPS};
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerProtocol;
use crate::oidc::app_claims::{AppClaim, ClaimValue};
use crate::saml::messages::write_response::FormattedAttribute;
use crate::saml::names::{NAME_FORMAT_BASIC, NAME_FORMAT_UNSPECIFIED, NAME_FORMAT_URI};

/// What the rules of one answer may ask, as texts.
#[derive(Debug)]
pub struct Known<'a> {
    /// About whom.
    pub guest: &'a Guest,
    /// What the partner speaks that it is bound to.
    pub protocol: Option<PartnerProtocol>,
    /// Its groups, where the rules need them.
    pub groups: &'a [GroupId],
    /// What is made of it.
    pub carrier: Carrier,
    /// What the app's sector calls the person.
    pub subject: &'a str,
    /// This organisation.
    pub tenant: &'a str,
    /// By which means the person is proven.
    pub methods: &'a [String],
}

impl<'a> Known<'a> {
    /// As rules ask for it.
    #[must_use]
    pub const fn facts(&self) -> Facts<'a> {
        Facts {
            guest: Some(self.guest),
            protocol: self.protocol,
            groups: Membership::of(self.groups),
            carrier: self.carrier,
            pairwise_id: self.subject,
            organization: self.tenant,
            methods: self.methods,
            stated: &[],
        }
    }
}

/// What an app is sent without a rule.
#[derive(Debug)]
pub struct Usual<'a> {
    /// The claim or attribute.
    pub name: &'static str,
    /// Its value.
    pub value: Value<'a>,
    /// The scope that opens it; none where it is sent anyway.
    pub scope: Option<&'static str>,
}

/// What `app` is sent without a rule, as far as its rules leave it.
#[must_use]
pub fn usual<'a>(app: &App, known: &Known<'a>) -> Vec<Usual<'a>> {
    let guest = known.guest;
    if let AppProtocol::Saml(_) = app.protocol {
        let attributes = super::saml::answer::usual(known, app);
        return attributes.map(|(name, value)| Usual { name, value: Value::Text(value.into()), scope: None }).collect();
    }
    let mail = guest.proven_mail().map(MailAddress::as_str);
    // A guest's address is told without the scope too.
    let mail_scope = (guest.user_type == UserType::Member).then_some("email");
    let user_name = mail.or(Some(&guest.user_principal_name));
    let texts = [
        ("email", mail, mail_scope),
        ("name", guest.display_name.as_deref(), Some("profile")),
        ("given_name", guest.given_name.as_deref(), Some("profile")),
        ("family_name", guest.family_name.as_deref(), Some("profile")),
        ("preferred_username", user_name, Some("profile")),
    ];
    let texts = texts.into_iter().filter_map(|(name, value, scope)| {
        let value = value.filter(|text| !text.is_empty())?;
        Some(Usual { name, value: Value::Text(value.into()), scope })
    });
    let groups: Vec<Cow<'_, str>> = known.groups.iter().map(|id| Cow::Owned(id.to_string())).collect();
    let scope = Some("groups");
    let groups = match groups.len() {
        0 => None,
        count if count > MAX_JWT_GROUPS => Some(Usual { name: HAS_GROUPS, value: Value::Flag(true), scope }),
        _ => Some(Usual { name: "groups", value: Value::Texts(groups), scope }),
    };
    let is_sent =
        |usual: &Usual<'_>| app.claims.sends_basic(if usual.name == HAS_GROUPS { "groups" } else { usual.name });
    texts.chain(groups).filter(is_sent).collect()
}

/// The claims of a token or of userinfo.
pub(super) fn of_token<'a>(app: &'a App, known: &Known<'a>) -> Vec<AppClaim<'a>> {
    if !app.claims.has_rules() {
        return Vec::new();
    }
    let value = |value| match value {
        Value::Text(text) => ClaimValue::Text(text),
        Value::Texts(texts) => ClaimValue::Texts(texts),
        Value::Flag(flag) => ClaimValue::Flag(flag),
        Value::Number(number) => ClaimValue::Number(number),
    };
    sent(app, known).map(|(name, _, given)| AppClaim { name, value: value(given) }).collect()
}

/// The attributes of an assertion.
pub(super) fn of_assertion(app: &App, known: &Known<'_>) -> Vec<FormattedAttribute> {
    let values = |value| match value {
        Value::Text(text) => vec![text.into_owned()],
        Value::Texts(texts) => texts.into_iter().map(Cow::into_owned).collect(),
        Value::Flag(flag) => vec![flag.to_string()],
        Value::Number(number) => vec![number.to_string()],
    };
    let attribute = |(name, format, value): (&str, NameFormat, _)| FormattedAttribute {
        name: name.to_owned(),
        format: match format {
            NameFormat::ByName if name.contains(':') => NAME_FORMAT_URI,
            NameFormat::ByName | NameFormat::Basic => NAME_FORMAT_BASIC,
            NameFormat::Uri => NAME_FORMAT_URI,
            NameFormat::Unspecified => NAME_FORMAT_UNSPECIFIED,
        },
        values: values(value),
    };
    sent(app, known).map(attribute).collect()
}

/// What is sent; what could not be made is noted by its name and reason.
fn sent<'a>(app: &'a App, known: &Known<'a>) -> impl Iterator<Item = (&'a str, NameFormat, Value<'a>)> {
    app.claims.evaluate(&known.facts()).into_iter().filter_map(|claim| match claim.outcome {
        Ok(value) => Some((claim.name, claim.format, value)),
        Err(Reason::NoValue | Reason::FactAbsent(_)) => None,
        Err(reason) => {
            let (app, claim, reason) = (app.id, claim.name, reason.as_str());
            tracing::info!(app.id = %app, claim, reason, "a claim was not sent");
            None
        }
    })
}
