//! Roles of administrators.

use entente::domain::roles::{Role, Roles};
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;

pub async fn a_role_is_granted_once_and_revoked_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut granting = unit(&*store).await;
    assert_eq!(granting.roles_of(guest_id(1)).await.unwrap(), Roles::NONE);
    for (role, expected) in
        [(Role::GuestInviter, Once::First), (Role::GuestInviter, Once::Again), (Role::ReportsReader, Once::First)]
    {
        assert_eq!(granting.grant_role(guest_id(1), role, after(1)).await.unwrap(), expected, "{role:?}");
    }
    granting.commit().await.unwrap();
    let mut reading = unit(&*store).await;
    let both = Roles::of(&[Role::GuestInviter, Role::ReportsReader]);
    assert_eq!(reading.roles_of(guest_id(1)).await.unwrap(), both);
    assert_eq!(reading.guest(guest_id(1)).await.unwrap().unwrap().value.roles, both);
    let listed = reading.list_role_assignments().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|one| (one.guest.id, one.role, one.granted_at)).collect();
    let expected = [Role::GuestInviter, Role::ReportsReader].map(|role| (guest_id(1), role, after(1)));
    assert_eq!(listed, expected);
    drop(reading);
    let mut revoking = unit(&*store).await;
    assert_eq!(revoking.revoke_role(guest_id(1), Role::GuestInviter).await.unwrap(), Once::First);
    assert_eq!(revoking.revoke_role(guest_id(1), Role::GuestInviter).await.unwrap(), Once::Again);
    assert_eq!(revoking.roles_of(guest_id(1)).await.unwrap(), Roles::of(&[Role::ReportsReader]));
    // It goes with its account.
    revoking.delete_guest(guest_id(1)).await.unwrap();
    assert_eq!(revoking.list_role_assignments().await.unwrap(), []);
}
