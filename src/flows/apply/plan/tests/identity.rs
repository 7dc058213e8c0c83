use super::*;

#[test]
fn given_ids_are_taken_and_never_change() {
    let mut given = whole();
    given.partners[0].value.id = Some(GIVEN);
    assert_eq!(World::with(&given).stored.partners[0].value.id.to_string(), GIVEN.to_string());
    let world = World::with(&whole());
    let stored = world.stored.partners[0].value.id;
    world.refused(
        &given,
        &[&format!("10: partner `fabrikam` is stored with the id `{stored}`, not `{GIVEN}`; ids never change")],
    );
}

#[test]
fn an_id_of_another_kind_is_refused() {
    let world = World::with(&whole());
    let app = &world.stored.apps[0].value.id;
    let mut changed = whole();
    changed.groups[0].value.slug = slug("others");
    changed.groups[0].value.id = Some(Uuid::from_bytes(*app.as_bytes()));
    world.refused(
        &changed,
        &[&format!("30: group `others` is given the id `{app}`, which is that of another object, of the kind `app`")],
    );
}

#[test]
fn an_object_found_by_its_id_may_take_another_name() {
    let mut world = World::with(&whole());
    let mut changed = whole();
    changed.apps[0].value.id = Some(uuid(world.stored.apps[0].value.id.as_bytes()));
    changed.apps[0].value.slug = slug("wages");
    changed.groups[0].value.apps = vec![slug("wages")];
    assert_eq!(world.report(&changed), "app `wages` changed: slug\n0 added, 1 changed, 0 removed, 5 unchanged\n");
    let plan = world.plan(&changed).unwrap();
    world.carry_out(&plan);
    assert_eq!(world.stored.apps[0].value.version, 2);
    changed.apps.push(Located { origin: origin(29), value: app("payroll") });
    oidc(&mut changed.apps[2].value).client_id = "another".to_owned();
    assert!(world.plan(&changed).is_ok());
}

#[test]
fn a_name_that_is_given_up_may_be_taken_in_the_same_apply() {
    let world = World::with(&whole());
    let mut changed = whole();
    let mut renamed = app("wages");
    renamed.id = Some(uuid(world.stored.apps[0].value.id.as_bytes()));
    oidc(&mut renamed).client_id = "wages".to_owned();
    changed.apps.push(Located { origin: origin(29), value: renamed });
    let plan = world.plan(&changed).unwrap();
    let [Step::Change { value: renamed, .. }, Step::Add(new)] = &plan.apps[..] else { panic!("{:?}", plan.apps) };
    assert_eq!((renamed.slug.as_str(), new.slug.as_str()), ("wages", "payroll"));
    assert_ne!(renamed.id, new.id);
}

#[test]
fn two_definitions_cannot_mean_the_same_object() {
    let world = World::with(&whole());
    let mut changed = whole();
    changed.apps[0].value.id = Some(uuid(world.stored.apps[0].value.id.as_bytes()));
    changed.apps.push(Located { origin: origin(29), value: changed.apps[0].value.clone() });
    world.refused(&changed, &["29: app `payroll` means the same stored object as another definition"]);
}
