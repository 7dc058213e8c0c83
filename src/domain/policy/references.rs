//! The objects that policies name: none of them may go while a policy does, since its condition would
//! then match less, and what it demands would no longer be asked of somebody.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::conditions::locations::LocationKey;
use super::facts::AppGroupId;
use super::named_locations::LocationId;
use super::object::{Control, Policy};
use super::scope::Scope;
use super::strengths::{BUILT_IN, StrengthId};
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;

/// An object that a policy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A guest.
    Guest(GuestId),
    /// A group.
    Group(GroupId),
    /// A partner.
    Partner(PartnerId),
    /// An app.
    App(AppId),
    /// A group of apps.
    AppGroup(AppGroupId),
    /// A named location.
    Location(LocationId),
    /// An authentication strength of the organisation's own.
    Strength(StrengthId),
}

impl Named {
    /// Its id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        Uuid::from_bytes(match self {
            Self::Guest(id) => *id.as_bytes(),
            Self::Group(id) => *id.as_bytes(),
            Self::Partner(id) => *id.as_bytes(),
            Self::App(id) => *id.as_bytes(),
            Self::AppGroup(id) => *id.as_bytes(),
            Self::Location(id) => *id.as_bytes(),
            Self::Strength(id) => *id.as_bytes(),
        })
    }
}

/// Every object that `policy` names. The built-in strengths are none, since they cannot go.
#[must_use]
pub fn of_policy(policy: &Policy) -> BTreeSet<Named> {
    let mut named = BTreeSet::new();
    let conditions = &policy.conditions;
    add(&mut named, &conditions.users, |id| Some(Named::Guest(*id)));
    add(&mut named, &conditions.groups, |id| Some(Named::Group(*id)));
    add(&mut named, &conditions.guest_types, |key| key.partner.map(Named::Partner));
    add(&mut named, &conditions.applications, |id| Some(Named::App(*id)));
    add(&mut named, &conditions.application_groups, |id| Some(Named::AppGroup(*id)));
    add(&mut named, &conditions.locations, |key| match key {
        LocationKey::AllTrusted => None,
        LocationKey::Named(id) => Some(Named::Location(*id)),
    });
    named.extend(conditions.expression.iter().flat_map(|expression| expression.names()).map(|(_, named)| *named));
    for control in policy.grant.iter().flat_map(|grant| &grant.controls) {
        if let Control::Strength(id) = control
            && BUILT_IN.iter().all(|(built_in, _)| built_in != id)
        {
            named.insert(Named::Strength(*id));
        }
    }
    named
}

fn add<K>(named: &mut BTreeSet<Named>, scope: &Scope<K>, of: impl Fn(&K) -> Option<Named>) {
    named.extend(scope.included().unwrap_or_default().iter().chain(&scope.exclude).filter_map(of));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::expression::Expression;
    use crate::domain::policy::conditions::guest_types::GuestKey;
    use crate::domain::policy::directory::Directory;
    use crate::domain::policy::object::Operator;
    use crate::domain::policy::samples::{
        ANA, AUDITORS, BEN, ENGINEERS, EUROPE, FABRIKAM, FINANCE, PAYROLL, TRAVEL, WOODGROVE, demanding, directory,
        uuid,
    };
    use crate::domain::policy::words::GuestType;

    #[test]
    fn everything_that_is_named_anywhere_is_found() {
        let own = StrengthId::from_uuid(uuid(0x70));
        let controls = [Control::Mfa, Control::Strength(own), Control::Strength(StrengthId::PASSWORDLESS)];
        let mut policy = demanding("p", Operator::And, &controls);
        let conditions = &mut policy.conditions;
        conditions.users = Scope::EVERYTHING.except(vec![ANA]);
        conditions.groups = Scope::listed(vec![AUDITORS]);
        let of = |partner| GuestKey { guest_type: GuestType::B2bCollaborationGuest, partner };
        conditions.guest_types = Scope::listed(vec![of(Some(FABRIKAM)), of(None)]);
        conditions.applications = Scope::listed(vec![PAYROLL]);
        conditions.application_groups = Scope::NOTHING.except(vec![FINANCE]);
        conditions.locations = Scope::EVERYTHING.except(vec![LocationKey::AllTrusted, LocationKey::Named(EUROPE)]);
        let source = "user.id == 'Ben@woodgrove.example' && 'engineers' in user.groups || partner in ['woodgrove'] \
                      && app != 'travel' && country == 'DE'";
        conditions.expression = Expression::parse(source, &directory()).ok();
        let expected = [
            Named::Guest(ANA),
            Named::Guest(BEN),
            Named::Group(AUDITORS),
            Named::Group(ENGINEERS),
            Named::Partner(FABRIKAM),
            Named::Partner(WOODGROVE),
            Named::App(PAYROLL),
            Named::App(TRAVEL),
            Named::AppGroup(FINANCE),
            Named::Location(EUROPE),
            Named::Strength(own),
        ];
        assert_eq!(of_policy(&policy).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_expression_means_the_same_in_a_directory_of_what_it_names() {
        let source = "'auditors' in user.groups && user.id != 'ANA@fabrikam.example' && app_groups.size() == 0";
        assert!(Expression::parse(source, &directory()).is_err(), "what is no comparison names nothing");
        let source = "'auditors' in user.groups && user.id != 'ANA@fabrikam.example'";
        let expression = Expression::parse(source, &directory()).unwrap();
        let directory = Directory::of_names(expression.names());
        assert_eq!(Expression::parse(source, &directory), Ok(expression));
    }
}
