//! All policies together, compiled once and shared by every request.

use super::bits;
use super::canonical;
use super::checks;
use super::conditions::expression::vocabulary::{Field, FieldSet};
use super::conditions::guest_types::GuestKey;
use super::conditions::locations::LocationKey;
use super::demand::Demand;
use super::facts::AppGroupId;
use super::faults::PolicyFault;
use super::geography::Geography;
use super::keyed::Keyed;
use super::methods::MethodSet;
use super::named_locations::NamedLocation;
use super::object::Policy;
use super::strengths::{BUILT_IN, Strength, StrengthId, built_in};
use super::words::{ClientAppType, Flow, Platform, State};
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;

/// All policies that are not disabled, ready to be asked. It never changes: the caller puts another
/// one in its place, whole.
#[derive(Debug)]
pub struct PolicySet {
    pub(crate) policies: Vec<Policy>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) index: Index,
    pub(crate) enforced: Vec<u64>,
    pub(crate) with_expression: Vec<u64>,
    /// The policies that ask for roles of the account.
    by_roles: Vec<usize>,
    pub(crate) strengths: Vec<KnownStrength>,
    canonical: String,
    version: PolicyVersion,
}

/// Names the content of a policy set: SHA-256 of its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyVersion([u8; 32]);

impl PolicyVersion {
    /// A version that was written down.
    #[must_use]
    pub const fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Reads 64 hex digits, as they are printed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut hash = [0; 32];
        if digits.len() != 2 * hash.len() {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Some(Self(hash))
    }

    /// The hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for PolicyVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&crate::base::encoding::hex(&self.0))
    }
}

/// A strength as it is asked.
#[derive(Debug)]
pub(crate) struct KnownStrength {
    pub(crate) id: StrengthId,
    pub(crate) combinations: Vec<MethodSet>,
}

/// Every condition of all policies.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) users: Keyed<GuestId>,
    pub(crate) groups: Keyed<GroupId>,
    pub(crate) roles: Keyed<String>,
    pub(crate) guest_types: Keyed<GuestKey>,
    pub(crate) applications: Keyed<AppId>,
    pub(crate) application_groups: Keyed<AppGroupId>,
    pub(crate) client_app_types: Keyed<ClientAppType>,
    pub(crate) platforms: Keyed<Platform>,
    pub(crate) locations: Keyed<LocationKey>,
    pub(crate) authentication_flows: Keyed<Flow>,
    pub(crate) geography: Geography,
}

impl PolicySet {
    /// A set without policies.
    #[must_use]
    pub fn empty() -> Self {
        Self::build(Vec::new(), &[], &[], canonical::of_set(&[], &[], &[]))
    }

    /// Checks and compiles policies with the named locations and the strengths of the organisation's
    /// own; their order does not matter.
    ///
    /// # Errors
    /// Every fault of every object.
    pub fn compile(
        policies: &[Policy],
        locations: &[NamedLocation],
        strengths: &[Strength],
    ) -> Result<Self, Vec<PolicyFault>> {
        let faults = checks::check(policies, locations, strengths);
        if !faults.is_empty() {
            return Err(faults);
        }
        let canonical = canonical::of_set(policies, locations, strengths);
        let mut live: Vec<Policy> = policies.iter().filter(|policy| policy.state != State::Disabled).cloned().collect();
        live.sort_by(|left, right| left.slug.cmp(&right.slug));
        Ok(Self::build(live, locations, strengths, canonical))
    }

    fn build(policies: Vec<Policy>, locations: &[NamedLocation], strengths: &[Strength], canonical: String) -> Self {
        let known: Vec<KnownStrength> = BUILT_IN
            .iter()
            .map(|(id, _)| KnownStrength { id: *id, combinations: built_in(*id) })
            .chain(strengths.iter().map(|own| KnownStrength { id: own.id, combinations: own.combinations.clone() }))
            .collect();
        let bits_where = |holds: &dyn Fn(&Policy) -> bool| {
            let mut found = vec![0; bits::words(policies.len())];
            let holding = policies.iter().enumerate().filter(|(_, policy)| holds(policy));
            holding.for_each(|(number, _)| bits::set(&mut found, number));
            found
        };
        Self {
            demands: policies.iter().map(|policy| Demand::of(policy, &known)).collect(),
            index: Index::build(&policies, locations),
            enforced: bits_where(&|policy| policy.state == State::Enabled),
            with_expression: bits_where(&|policy| policy.conditions.expression.is_some()),
            by_roles: (0..policies.len()).filter(|number| asks_roles(&policies[*number])).collect(),
            strengths: known,
            version: PolicyVersion(crate::base::encoding::sha256(canonical.as_bytes())),
            canonical,
            policies,
        }
    }

    /// The policies that are not disabled, by slug.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Whether a policy that may hold for the app asks for roles of the account. Where none does, nobody has to know
    /// them. An app that is not known may be any.
    #[must_use]
    pub fn asks_roles(&self, app: Option<AppId>, app_groups: &[AppGroupId]) -> bool {
        let Some(app) = app else { return !self.by_roles.is_empty() };
        self.by_roles.iter().any(|number| {
            let conditions = &self.policies[*number].conditions;
            let by_app = conditions.applications.included().is_none_or(|apps| apps.contains(&app));
            let includes = |groups: &[AppGroupId]| app_groups.iter().any(|group| groups.contains(group));
            by_app || conditions.application_groups.included().is_none_or(includes)
        })
    }

    /// Names its content.
    #[must_use]
    pub const fn version(&self) -> PolicyVersion {
        self.version
    }

    /// Its content, disabled policies included, as text to be kept under its version, so that a decision
    /// can be explained when the policies are long gone.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

impl Index {
    fn build(policies: &[Policy], locations: &[NamedLocation]) -> Self {
        macro_rules! keyed {
            ($condition:ident) => {
                Keyed::build(policies.iter().map(|policy| &policy.conditions.$condition))
            };
        }
        Self {
            users: keyed!(users),
            groups: keyed!(groups),
            roles: keyed!(roles),
            guest_types: keyed!(guest_types),
            applications: keyed!(applications),
            application_groups: keyed!(application_groups),
            client_app_types: keyed!(client_app_types),
            platforms: keyed!(platforms),
            locations: keyed!(locations),
            authentication_flows: keyed!(authentication_flows),
            geography: Geography::build(locations),
        }
    }
}

fn asks_roles(policy: &Policy) -> bool {
    let conditions = &policy.conditions;
    let by_expression = FieldSet::EMPTY.with(Field::UserRoles);
    conditions.roles.terms() > 0
        || conditions.expression.as_ref().is_some_and(|expression| expression.reads_any(by_expression))
}

/// Whether a policy could shut everybody out, so that whoever writes it is warned: it is enforced for
/// all users and all apps without exception.
#[must_use]
pub fn reaches_everybody(policy: &Policy) -> bool {
    let conditions = &policy.conditions;
    let excludes_somebody = !conditions.users.exclude.is_empty()
        || !conditions.groups.exclude.is_empty()
        || !conditions.roles.exclude.is_empty()
        || !conditions.guest_types.exclude.is_empty();
    policy.state == State::Enabled
        && conditions.users.included().is_none()
        && !excludes_somebody
        && conditions.applications.is_everything()
        && conditions.application_groups.exclude.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::object::{Control, Operator};
    use crate::domain::policy::samples::{ANA, AUDITORS, FINANCE, PAYROLL, blocking, compiled, demanding};
    use crate::domain::policy::scope::Scope;

    #[test]
    fn a_policy_for_everybody_and_everything_is_told_from_one_with_an_exception() {
        let all = blocking("p");
        assert!(reaches_everybody(&all));
        let changed = |change: &dyn Fn(&mut Policy)| {
            let mut policy = blocking("p");
            change(&mut policy);
            reaches_everybody(&policy)
        };
        assert!(!changed(&|policy| policy.state = State::ReportOnly));
        assert!(!changed(&|policy| policy.conditions.users.exclude.push(ANA)));
        assert!(!changed(&|policy| policy.conditions.groups.exclude.push(AUDITORS)));
        assert!(!changed(&|policy| policy.conditions.applications = Scope::listed(vec![PAYROLL])));
        assert!(!changed(&|policy| policy.conditions.application_groups.exclude.push(FINANCE)));
    }

    #[test]
    fn roles_are_asked_where_a_policy_names_them_and_may_hold_for_the_app() {
        let asks = |change: &dyn Fn(&mut Policy), app: Option<AppId>, groups: &[AppGroupId]| {
            let mut policy = blocking("p");
            change(&mut policy);
            compiled(&[policy]).asks_roles(app, groups)
        };
        let reader = || vec!["reader".to_owned()];
        let all = |policy: &mut Policy| policy.conditions.roles.exclude = reader();
        assert!(!asks(&|_| {}, Some(PAYROLL), &[]));
        assert!(asks(&all, Some(PAYROLL), &[]) && asks(&all, None, &[]));
        assert!(asks(&|policy| policy.conditions.roles = Scope::listed(reader()), Some(PAYROLL), &[]));
        let disabled = |policy: &mut Policy| (all(policy), policy.state = State::Disabled).1;
        assert!(!asks(&disabled, Some(PAYROLL), &[]) && !asks(&disabled, None, &[]));
        let one_app = |policy: &mut Policy| {
            all(policy);
            policy.conditions.applications = Scope::listed(vec![PAYROLL]);
            policy.conditions.application_groups = Scope::NOTHING;
        };
        let other = AppId::from_uuid(uuid::Uuid::from_u128(77));
        assert!(asks(&one_app, Some(PAYROLL), &[]) && !asks(&one_app, Some(other), &[FINANCE]));
        let one_group = |policy: &mut Policy| {
            one_app(policy);
            policy.conditions.application_groups = Scope::listed(vec![FINANCE]);
        };
        assert!(asks(&one_group, Some(other), &[FINANCE]) && !asks(&one_group, Some(other), &[]));
    }

    #[test]
    fn the_version_names_the_content_and_not_its_order() {
        let (a, b) = (blocking("a"), demanding("b", Operator::And, &[Control::Mfa]));
        assert_eq!(compiled(&[a.clone(), b.clone()]).version(), compiled(&[b.clone(), a.clone()]).version());
        let versions = [
            compiled(&[]).version(),
            compiled(std::slice::from_ref(&a)).version(),
            compiled(&[Policy { state: State::ReportOnly, ..a.clone() }]).version(),
            compiled(&[demanding("a", Operator::And, &[Control::Mfa])]).version(),
            compiled(&[a, b]).version(),
            PolicySet::empty().version(),
        ];
        let distinct: std::collections::HashSet<_> = versions.iter().collect();
        assert_eq!(distinct.len(), versions.len());
        assert_eq!(PolicySet::empty().version(), PolicySet::compile(&[], &[], &[]).unwrap().version());
        let version = versions[1];
        assert_eq!(PolicyVersion::parse(&version.to_string()), Some(version));
        for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(PolicyVersion::parse(text), None, "{text}");
        }
    }
}
