//! `entente admin`: list, grant, revoke.

use serde_json::json;

use super::print::Printer;
use crate::cli::arguments::AdminVerb;
use crate::domain::guests::{Binding, Standing};
use crate::domain::mail::MailAddress;
use crate::domain::roles::{Role, RoleAssignment};
use crate::flows::administrators::{self, Account};
use crate::flows::operate::{Act, Change};
use crate::flows::services::Services;

/// Runs one verb.
///
/// # Errors
/// An unknown account, and failures of the database.
pub async fn run(services: &Services, act: Act<'_>, verb: &AdminVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        AdminVerb::List => {
            let rows = administrators::list(services).await?.iter().map(row).collect();
            printer.table(&["id", "mail", "role", "state", "granted_at"], rows)?;
        }
        AdminVerb::Grant(named) => {
            let granted = administrators::grant(services, act, &named.guest, named.role).await?;
            let (name, role) = (&named.guest, named.role.as_str());
            let mut sentence = match granted.change {
                Change::Made => format!("`{name}` has the role `{role}`"),
                Change::AlreadySo => format!("`{name}` had the role `{role}` already"),
            };
            let (state, more) = standing(&granted.account);
            sentence.push_str(&more);
            let changed = granted.change == Change::Made;
            let value = json!({
                "guest": name, "id": granted.guest.to_string(), "role": role, "changed": changed, "account": state,
            });
            printer.said(&sentence, &value)?;
        }
        AdminVerb::Revoke(named) => {
            let change = administrators::revoke(services, act, &named.guest, named.role).await?;
            let (name, role) = (&named.guest, named.role.as_str());
            let mut sentence = match change {
                Change::Made => format!("`{name}` has the role `{role}` no more"),
                Change::AlreadySo => format!("`{name}` had no role `{role}`"),
            };
            let is_nobody = administrators::lacks_global_administrator(services).await?;
            if is_nobody && named.role == Role::GlobalAdministrator {
                sentence.push_str("; nobody is left who may do all but at this command line");
            }
            let changed = change == Change::Made;
            printer.said(&sentence, &json!({ "guest": name, "role": role, "changed": changed }))?;
        }
    }
    Ok(())
}

/// Where an account stands, as a word and as what is told of it.
fn standing(account: &Account) -> (&'static str, String) {
    let (word, more) = match account {
        Account::Bound => ("bound", ""),
        Account::BoundElsewhere { partner } => {
            let warning = format!(
                "\nwarning: the account is signed in to by the partner `{partner}`, which is not the home organisation: \
                 whoever runs that partner can sign in as this administrator"
            );
            return ("bound_elsewhere", warning);
        }
        Account::Waiting => ("waiting", "; nobody has signed in with this address yet"),
        Account::WaitingForPartner => (
            "waiting_for_partner",
            "; nobody has signed in with this address yet, and nobody can: no partner has its domain",
        ),
    };
    (word, more.to_owned())
}

fn row(one: &RoleAssignment) -> Vec<serde_json::Value> {
    let guest = &one.guest;
    let state = match (guest.standing, &guest.binding) {
        (Standing::Deleted, _) => "deleted",
        (Standing::Blocked, _) => "blocked",
        (Standing::Active, Binding::PendingAcceptance) => "invited",
        (Standing::Active, Binding::Accepted { .. }) => "accepted",
    };
    vec![
        json!(guest.id.to_string()),
        json!(guest.mail.as_ref().map(MailAddress::as_str)),
        json!(one.role.as_str()),
        json!(state),
        json!(one.granted_at.to_rfc3339()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_the_partner_and_a_bound_account_needs_none() {
        let (word, more) = standing(&Account::BoundElsewhere { partner: "fabrikam".to_owned() });
        assert_eq!(word, "bound_elsewhere");
        assert!(more.starts_with("\nwarning: ") && more.contains("partner `fabrikam`"), "{more}");
        assert_eq!(standing(&Account::Bound), ("bound", String::new()));
    }
}
