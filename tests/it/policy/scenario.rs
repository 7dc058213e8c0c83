//! From the short texts of a table to policies, facts and decisions, and back.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::domain::apps::AppId;
use entente::domain::definitions::{Fault, Origin};
use entente::domain::groups::GroupId;
use entente::domain::guests::GuestId;
use entente::domain::partners::PartnerId;
use entente::domain::policy::countries::Country;
use entente::domain::policy::decide::decide;
use entente::domain::policy::decision::Decision;
use entente::domain::policy::definitions::PolicyDefinitions;
use entente::domain::policy::directory::Directory;
use entente::domain::policy::facts::{AppGroupId, Asked, Fact, Facts, HomeTrust, Place, Shown};
use entente::domain::policy::methods::{Method, MethodSet};
use entente::domain::policy::named_locations::LocationId;
use entente::domain::policy::object::PolicyId;
use entente::domain::policy::outcomes::Outcomes;
use entente::domain::policy::resolve;
use entente::domain::policy::set::PolicySet;
use entente::domain::policy::strengths::StrengthId;
use entente::domain::policy::words::{ClientAppType, Flow, GuestType, Platform};
use entente::objects::policies::{self, POLICY_TABLES};
use entente::objects::shape::Shape;
use entente::objects::sources::Sources;
use entente::objects::table::{Completeness, Reader, Table};
use uuid::Uuid;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// What every table has: the office is trusted, Europe is two countries, and one strength is ours.
const PLACES: &str = "
[[named_location]]
slug = 'office'
ip_ranges = ['192.0.2.0/24', '2001:db8::/32']
is_trusted = true
[[named_location]]
slug = 'europe'
countries_and_regions = ['DE', 'FR']
[[named_location]]
slug = 'unknown'
include_unknown_countries_and_regions = true
[[authentication_strength]]
slug = 'code-device'
allowed_combinations = ['federated_single_factor, hardware_oath']
[[authentication_strength]]
slug = 'certificate-and-code'
allowed_combinations = ['x509_certificate_single_factor, software_oath']
";

static ROOT: Shape = Shape { name: "", doc: "", keys: &POLICY_TABLES };

struct Nothing;

impl Sources for Nothing {
    fn read(&self, _: &Path) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
}

fn uuid(number: usize) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_0000_0000_0000 + number as u128)
}

const GUESTS: [&str; 2] = ["ana@fabrikam.example", "ben@woodgrove.example"];
const GROUPS: [&str; 2] = ["auditors", "engineers"];
const PARTNERS: [&str; 2] = ["fabrikam", "woodgrove"];
const APPS: [&str; 3] = ["payroll", "travel", "wiki"];
const APP_GROUPS: [&str; 2] = ["finance", "public"];
const ROLES: [&str; 2] = ["reader", "writer"];

fn number(names: &[&str], name: &str) -> Uuid {
    let place = names.iter().position(|known| *known == name);
    uuid(names[0].len() * 100 + place.unwrap_or_else(|| panic!("{name}")))
}

fn directory(definitions: &PolicyDefinitions) -> Directory {
    let mut directory = Directory::empty();
    macro_rules! add {
        ($names:ident, $field:ident, $id:ident) => {
            for name in $names {
                let uuid = number(&$names, name);
                directory.$field.add(Some(name), uuid, $id::from_uuid(uuid));
            }
        };
    }
    add!(GUESTS, guests, GuestId);
    add!(GROUPS, groups, GroupId);
    add!(PARTNERS, partners, PartnerId);
    add!(APPS, apps, AppId);
    add!(APP_GROUPS, app_groups, AppGroupId);
    directory.roles.extend(ROLES.map(str::to_owned));
    for (place, location) in definitions.locations.iter().enumerate() {
        let id = uuid(9000 + place);
        directory.locations.add(Some(location.value.slug.as_str()), id, LocationId::from_uuid(id));
    }
    for (place, strength) in definitions.strengths.iter().enumerate() {
        let id = uuid(9500 + place);
        directory.strengths.add(Some(strength.value.slug.as_str()), id, StrengthId::from_uuid(id));
    }
    directory
}

/// What files say, or every fault of them.
pub(super) fn load(text: &str) -> Result<PolicySet, Vec<String>> {
    let parsed = entente::objects::toml::parse("p.toml", text);
    let reader = Reader::new(Path::new("/"), &Nothing, Completeness::Whole);
    let mut definitions = PolicyDefinitions::default();
    let root = Table::open(&reader, &ROOT, &parsed.root).unwrap();
    policies::read(&root, &mut definitions, &mut BTreeSet::new());
    let told = |mut faults: Vec<Fault>| {
        faults.sort();
        Err(faults.iter().map(ToString::to_string).collect())
    };
    let mut faults = parsed.faults;
    faults.extend(reader.into_faults());
    if !faults.is_empty() {
        return told(faults);
    }
    let directory = directory(&definitions);
    let (mut resolved, mut broken) = (Vec::new(), Vec::new());
    for (place, policy) in definitions.policies.iter().enumerate() {
        match resolve::policy(&policy.value, PolicyId::from_uuid(uuid(8000 + place)), &directory) {
            Ok(policy) => resolved.push(policy),
            Err(faults) => broken.extend(faults),
        }
    }
    let locations = definitions.locations.iter().enumerate();
    let locations: Vec<_> = locations
        .map(|(place, location)| resolve::location(&location.value, LocationId::from_uuid(uuid(9000 + place))))
        .collect();
    let strengths = definitions.strengths.iter().enumerate();
    let strengths: Vec<_> = strengths
        .map(|(place, strength)| resolve::strength(&strength.value, StrengthId::from_uuid(uuid(9500 + place))))
        .collect();
    let compiled = PolicySet::compile(&resolved, &locations, &strengths);
    let origin = Origin { file: "p.toml".to_owned(), line: 1 };
    match compiled {
        Ok(set) if broken.is_empty() => Ok(set),
        compiled => {
            broken.extend(compiled.err().unwrap_or_default());
            told(resolve::locate(broken, &definitions, &origin))
        }
    }
}

/// The policy set of a row: each policy is a slug and what it says beside the defaults (enabled, for all
/// users and all apps), one key a line or between semicolons.
pub(super) fn set(policies: &[(&str, &str)]) -> PolicySet {
    let mut text = String::new();
    for (slug, said) in policies {
        text += &format!("[[policy]]\nslug = '{slug}'\n{}\n", said.replace("; ", "\n"));
        for (key, default) in [
            ("state", "state = 'enabled'"),
            ("conditions.users", "conditions.users.include_users = ['All']"),
            ("conditions.applications", "conditions.applications.include_applications = ['All']"),
        ] {
            if !said.contains(key) {
                text += &format!("{default}\n");
            }
        }
    }
    load(&(text + PLACES)).unwrap_or_else(|faults| panic!("{}", faults.join("\n")))
}

/// Facts that own what [`Facts`] borrow.
#[derive(Debug)]
pub(super) struct Owned {
    facts: Facts<'static>,
    groups: Vec<GroupId>,
    roles: Vec<String>,
    app_groups: Vec<AppGroupId>,
    shown: Vec<Shown>,
}

impl Owned {
    /// Ana of Fabrikam, an auditor, at Payroll with a browser on Linux in the office in Germany, one
    /// factor at home a minute ago; and what `text` says otherwise, as `key=value` with `?` for unknown.
    pub(super) fn parse(text: &str) -> Self {
        let mut owned = Self {
            facts: Facts {
                mail: Fact::Known("ana@fabrikam.example"),
                offered_here: MethodSet::HERE,
                groups: Fact::Known(&[]),
                roles: Fact::Known(&[]),
                app_groups: Fact::Known(&[]),
                shown: Fact::Known(&[]),
                authenticated_at: Fact::Known(ago("60")),
                ..Facts::NOTHING
            },
            groups: Vec::new(),
            roles: Vec::new(),
            app_groups: Vec::new(),
            shown: Vec::new(),
        };
        let usual = "user=ana@fabrikam.example groups=auditors roles=reader type=b2b_collaboration_guest \
                     partner=fabrikam app=payroll app_groups=finance client=browser platform=linux ip=192.0.2.7 \
                     country=DE flow=direct shown=home:federated_single_factor@60";
        for said in usual.split_whitespace().chain(text.split_whitespace()) {
            let (key, value) = said.split_once('=').unwrap();
            owned.say(key, value);
        }
        owned
    }

    fn say(&mut self, key: &str, value: &str) {
        fn known<T>(value: &str, read: impl FnOnce(&str) -> T) -> Fact<T> {
            if value == "?" { Fact::Unknown } else { Fact::Known(read(value)) }
        }
        let each =
            |value: &str| value.split(',').filter(|text| !text.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let facts = &mut self.facts;
        match key {
            "user" => facts.subject = known(value, |name| GuestId::from_uuid(number(&GUESTS, name))),
            "groups" => {
                facts.groups = known(value, |_| &[][..]);
                self.groups = each(value.trim_matches('?'))
                    .iter()
                    .map(|name| GroupId::from_uuid(number(&GROUPS, name)))
                    .collect();
            }
            "roles" => {
                facts.roles = known(value, |_| &[][..]);
                self.roles = each(value.trim_matches('?'));
            }
            "type" => facts.guest_type = known(value, GuestType::parse),
            "partner" => facts.partner = known(value, |name| PartnerId::from_uuid(number(&PARTNERS, name))),
            "app" => facts.app = known(value, |name| AppId::from_uuid(number(&APPS, name))),
            "app_groups" => {
                facts.app_groups = known(value, |_| &[][..]);
                let groups = each(value.trim_matches('?'));
                self.app_groups = groups.iter().map(|name| AppGroupId::from_uuid(number(&APP_GROUPS, name))).collect();
            }
            "client" => facts.client_app_type = known(value, |word| ClientAppType::parse(word).unwrap()),
            "platform" => facts.platform = known(value, |word| Platform::parse(word).unwrap()),
            "ip" => facts.ip = known(value, |text| text.parse().unwrap()),
            "country" => facts.country = known(value, |text| Country::parse(text).ok()),
            "flow" => facts.flow = known(value, |word| Flow::parse(word).unwrap()),
            "shown" => {
                facts.shown = known(value, |_| &[][..]);
                self.shown.extend(each(value.trim_matches('?')).iter().map(|text| shown(text)));
            }
            "signed_in" => facts.authenticated_at = known(value, ago),
            "trust" => {
                facts.home_trust = match value {
                    "trusted" => HomeTrust::Trusted,
                    "required" => HomeTrust::Required,
                    _ => HomeTrust::NotTrusted,
                }
            }
            "asked" => {
                facts.home_asked = if value.contains("factor") { Asked::AlreadyAsked } else { Asked::NotYet };
                facts.asked_afresh = if value.contains("afresh") { Asked::AlreadyAsked } else { Asked::NotYet };
            }
            "offered" => {
                let methods: Vec<_> = each(value).iter().map(|word| Method::parse(word).unwrap()).collect();
                facts.offered_here = MethodSet::of(&methods);
            }
            other => panic!("{other}"),
        }
    }

    /// Hands the facts to `read`.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Facts<'_>) -> T) -> T {
        fn filled<'a, T: ?Sized, U: ?Sized>(fact: Fact<&T>, owned: &'a U) -> Fact<&'a U> {
            if fact.known().is_some() { Fact::Known(owned) } else { Fact::Unknown }
        }
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        read(&Facts {
            groups: filled(self.facts.groups, &self.groups[..]),
            roles: filled(self.facts.roles, &roles[..]),
            app_groups: filled(self.facts.app_groups, &self.app_groups[..]),
            shown: filled(self.facts.shown, &self.shown[..]),
            ..self.facts
        })
    }
}

fn ago(seconds: &str) -> Timestamp {
    NOW.minus(Duration::from_secs(seconds.parse().unwrap()))
}

/// `home:fido2@60` or `here:software_oath@60`.
fn shown(text: &str) -> Shown {
    let (place, rest) = text.split_once(':').unwrap();
    let (method, age) = rest.split_once('@').unwrap();
    let place = if place == "home" { Place::Home } else { Place::Here };
    Shown { method: Method::parse(method).unwrap(), place, at: ago(age) }
}

/// A decision in short.
pub(super) fn told(decision: &Decision, set: &PolicySet) -> String {
    match decision {
        Decision::Allow(terms) => {
            let mut text = "allow".to_owned();
            let mut add = |word: &str, limit: Option<Duration>| {
                if let Some(limit) = limit {
                    text += &format!(", {word} within {}", limit.as_secs());
                }
            };
            add("sign-in", terms.sign_in_within);
            add("second factor", terms.second_factor_within);
            text + &terms.persistent_browser.map_or(String::new(), |mode| format!(", browser {}", mode.as_str()))
        }
        Decision::StepUp(need) => {
            let clauses = need.clauses.iter().map(|clause| {
                let gaps = clause.gaps.iter().map(|gap| {
                    let methods: Vec<_> = gap.methods().map(Method::as_str).collect();
                    methods.join("+")
                });
                gaps.collect::<Vec<_>>().join(" or ")
            });
            let place = if need.place == Place::Home { "home" } else { "here" };
            let fresh = if need.fresh_sign_in { "sign in again" } else { "" };
            let clauses: Vec<_> = clauses.map(|clause| format!("{place}: {clause}")).collect();
            [vec![fresh.to_owned()], clauses]
                .concat()
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("; ")
        }
        Decision::Refuse(refused) => {
            let refusal = refused.refusal();
            let policy = set.policies().iter().find(|policy| Some(policy.id) == refused.policy);
            format!("refuse {}{}", refusal.cause, policy.map_or(String::new(), |policy| format!(" {}", policy.slug)))
        }
    }
}

/// Decides a row: the decision, and the result of each policy by the order of slugs.
pub(super) fn check(policies: &[(&str, &str)], facts: &str, decision: &str, results: &str) {
    let set = set(policies);
    let mut outcomes = Outcomes::new();
    let decided = Owned::parse(facts).with(|facts| decide(&set, facts, NOW, &mut outcomes));
    let found = set.policies().iter().zip(outcomes.all());
    let found: Vec<_> =
        found.map(|(policy, outcome)| format!("{}={}", policy.slug, outcome.as_str(policy.state))).collect();
    assert_eq!((told(&decided, &set).as_str(), found.join(" ").as_str()), (decision, results));
}
