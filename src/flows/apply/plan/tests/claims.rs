use super::*;
use crate::domain::claims::facts::{Fact, Users};
use crate::domain::claims::rule::{
    BasicClaims, ClaimRule, Condition, Input, Lists, NameFormat, NameIdRule, NameIdSource, Output,
};
use crate::domain::claims::set::ClaimTerms;
use crate::domain::definitions::RulePlace;

/// A claim for those who are in `group`.
fn of_group(group: &str) -> ClaimsDefinition {
    let output = Output { input: Input::Fact(Fact::Mail), transforms: Vec::new() };
    let condition = Condition { users: Users::Any, groups: vec![group.to_owned()], output };
    let rule = ClaimRule {
        name: "claim".to_owned(),
        format: NameFormat::ByName,
        lists: Lists::First,
        otherwise: None,
        conditions: vec![condition],
    };
    let place = RulePlace { rule: origin(12), conditions: vec![origin(13)] };
    let terms = ClaimTerms { rules: vec![rule], basic: BasicClaims::NotSent, name_id: None };
    ClaimsDefinition { terms, places: vec![place] }
}

fn with_claims(claims: ClaimsDefinition) -> Definitions {
    let mut definitions = whole();
    definitions.apps[0].value.claims = claims;
    definitions
}

fn group_of(definitions: &Definitions) -> String {
    definitions.groups[0].value.slug.to_string()
}

#[test]
fn claims_are_compiled_with_the_groups_that_will_be() {
    let slug = group_of(&whole());
    let added = World::empty().plan(&with_claims(of_group(&slug))).unwrap();
    let app = added.apps.iter().find_map(|step| match step {
        Step::Add(app) if app.claims.has_rules() => Some(app),
        _ => None,
    });
    let Some(Step::Add(group)) = added.groups.first() else { panic!("no group") };
    assert_eq!(app.unwrap().claims.names().groups, [(slug, group.group.id)]);
}

#[test]
fn claims_alone_can_change_and_are_compared() {
    let slug = group_of(&whole());
    let world = World::with(&whole());
    let plan = world.plan(&with_claims(of_group(&slug))).unwrap();
    let [Step::Change { value, fields, .. }] = &plan.apps[..] else { panic!("no change: {:?}", plan.apps) };
    assert_eq!((fields.as_slice(), value.version), (["claims"].as_slice(), 2));
    let unchanged = world.plan(&whole()).unwrap().unchanged;
    assert_eq!(plan.unchanged, unchanged - 1);
    let world = World::with(&with_claims(of_group(&slug)));
    assert!(world.plan(&with_claims(of_group(&slug))).unwrap().is_empty());
    let mut both = with_claims(ClaimsDefinition::NONE);
    both.apps[0].value.name = "Other".to_owned();
    let plan = world.plan(&both).unwrap();
    let [Step::Change { value, fields, .. }] = &plan.apps[..] else { panic!("no change") };
    assert_eq!((fields.as_slice(), value.version), (["name", "claims"].as_slice(), 2));
    assert!(!value.claims.has_rules());
}

#[test]
fn a_group_that_is_not_there_is_told_at_its_line() {
    let message = "13: app `payroll`: claim `claim`, condition 1: there is no group `nobody`";
    World::empty().refused(&with_claims(of_group("nobody")), &[message]);
}

#[test]
fn a_name_id_belongs_to_an_app_that_speaks_saml() {
    let terms = ClaimTerms { name_id: Some(NameIdRule::of(NameIdSource::Mail)), ..ClaimTerms::NONE };
    let definition = ClaimsDefinition { terms, places: Vec::new() };
    let mut definitions = with_claims(definition.clone());
    let line = definitions.apps[0].origin.line;
    let message = format!("{line}: app `payroll`: `name_id` belongs to SAML; leave it out");
    World::empty().refused(&definitions, &[message.as_str()]);
    definitions.apps[0].value.claims = ClaimsDefinition::NONE;
    let wiki = AppDefinition { claims: definition, ..saml("wiki", "urn:wiki") };
    definitions.apps.push(Located { origin: origin(40), value: wiki });
    World::empty().plan(&definitions).unwrap();
}

#[test]
fn what_claims_of_a_kept_app_name_is_not_removed() {
    let slug = group_of(&whole());
    let mut world = World::with(&with_claims(of_group(&slug)));
    // The app is kept, since no file put it there.
    world.stored.apps.iter_mut().for_each(|kept| kept.provenance = Provenance::SignIn);
    let without = definitions(vec![], vec![], vec![], vec![]);
    let message = format!("stored apps:1: app `payroll`: its claims name the group `{slug}`, which would be removed");
    assert_eq!(world.plan_with(&without, Pruning::Remove).unwrap_err(), [message]);
    assert!(world.plan(&without).unwrap().is_empty());
}
