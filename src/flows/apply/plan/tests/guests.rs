use super::*;

#[test]
fn every_key_of_guests_and_groups_is_compared() {
    let world = World::with(&whole());
    let check = |expected: &str, edit: &dyn Fn(&mut Definitions)| {
        let mut changed = whole();
        edit(&mut changed);
        assert_eq!(world.report(&changed), format!("{expected}\n0 added, 1 changed, 0 removed, 5 unchanged\n"));
    };
    let ana = "guest `ana@fabrikam.example` changed";
    check(&format!("{ana}: partner"), &|all| all.guests[0].value.partner = None);
    check(&format!("{ana}: name"), &|all| all.guests[0].value.name = Some("Ana".to_owned()));
    check(&format!("{ana}: apps"), &|all| all.guests[0].value.apps = vec![]);
    check("guest `Ana@fabrikam.example` changed: email", &|all| {
        all.guests[0].value.email = mail("Ana@fabrikam.example")
    });
    let auditors = "group `auditors` changed";
    check(&format!("{auditors}: name"), &|all| all.groups[0].value.name = "Other".to_owned());
    check(&format!("{auditors}: members"), &|all| all.groups[0].value.members = vec![]);
    check(&format!("{auditors}: apps"), &|all| all.groups[0].value.apps = vec![slug("payroll"), slug("travel")]);
}

#[test]
fn a_name_given_here_is_given_back_to_the_partner_when_it_is_left_out() {
    let mut named = whole();
    named.guests[0].value.name = Some("Ana".to_owned());
    let mut world = World::with(&named);
    assert_eq!(world.stored.guests[0].value.guest.name_source, NameSource::Here);
    let plan = world.plan(&whole()).unwrap();
    world.carry_out(&plan);
    let ana = &world.stored.guests[0].value.guest;
    assert_eq!((ana.name_source, ana.display_name.as_deref()), (NameSource::Partner, Some("Ana")));
    assert!(world.plan(&whole()).unwrap().is_empty());
}

#[test]
fn a_guest_found_by_its_id_may_get_another_address_and_keeps_its_name() {
    let world = World::with(&whole());
    let mut changed = whole();
    changed.guests[1].value.id = Some(uuid(world.stored.guests[1].value.guest.id.as_bytes()));
    changed.guests[1].value.email = mail("benjamin@fabrikam.example");
    let plan = world.plan(&changed).unwrap();
    let [Step::Change { value, fields, .. }] = &plan.guests[..] else { panic!("no change") };
    assert_eq!(fields, &["email"]);
    assert_eq!(value.guest.user_principal_name, "ben_fabrikam.example#EXT#@contoso.example");
}

#[test]
fn a_taken_external_name_is_counted_on() {
    let mut world = World::empty();
    world.clashes.insert("ana@fabrikam.example".to_owned(), 2);
    let plan = world.plan(&whole()).unwrap();
    let Step::Add(ana) = &plan.guests[0] else { panic!("not added") };
    assert_eq!(ana.guest.user_principal_name, "ana_fabrikam.example2#EXT#@contoso.example");
}

#[test]
fn a_pinned_guest_must_have_an_address_that_its_partner_can_prove() {
    let all = |domains: &[&str]| {
        definitions(
            vec![partner("fabrikam", domains, "urn:fabrikam")],
            vec![],
            vec![],
            vec![guest("ana@x.example", Some("fabrikam"), &[])],
        )
    };
    let fault = "40: guest `ana@x.example`: the domain `x.example` is none of the partner `fabrikam`, which therefore \
                 could never prove it";
    assert!(World::empty().plan(&all(&["x.example"])).is_ok());
    World::empty().refused(&all(&["y.example"]), &[fault]);
    World::empty().refused(&all(&[]), &[fault]);
    World::with(&all(&["x.example"])).refused(&all(&["y.example"]), &[fault]);
}

#[test]
fn an_unpinned_guest_whom_nobody_can_prove_is_warned_of() {
    let alone = definitions(vec![], vec![], vec![], vec![guest("ana@x.example", None, &[])]);
    let plan = World::empty().plan(&alone).unwrap();
    assert_eq!(plan.warnings, ["guest `ana@x.example`: no partner has the domain `x.example` yet"]);
}

#[test]
fn a_guest_who_came_by_a_sign_in_stays_one_when_a_file_names_it() {
    let mut world = World::with(&whole());
    world.stored.guests[1].provenance = Provenance::SignIn;
    let mut named = whole();
    named.guests[1].value.name = Some("Ben".to_owned());
    let plan = world.plan(&named).unwrap();
    let [Step::Change { provenance, .. }] = &plan.guests[..] else { panic!("no change") };
    assert_eq!(*provenance, Provenance::SignIn);
}
