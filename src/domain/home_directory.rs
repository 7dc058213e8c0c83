//! What of a partner's statement shows that a person may look through the partner's own directory.

/// The claims, or attributes, in which a statement says what somebody was let do (RFC 8693 4.2, and Microsoft's `scp`).
const NAMES: [&str; 2] = ["scope", "scp"];

/// The words of Microsoft Graph that let somebody look through accounts.
const WORDS: [&str; 5] =
    ["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// Whether the attributes of a statement show it. **Shape**: words with spaces between, or one value each.
#[must_use]
pub fn is_shown_by(attributes: &[(String, Vec<String>)]) -> bool {
    let stated = attributes.iter().filter(|(name, _)| NAMES.contains(&name.as_str()));
    stated.flat_map(|(_, values)| values).flat_map(|value| value.split(' ')).any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f27_a_scope_shows_it_and_nothing_else_does() {
        let check = |name: &str, values: &[&str], expected: bool| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(is_shown_by(&[(name.to_owned(), values)]), expected, "{name}");
        };
        check("scp", &["User.ReadBasic.All"], true);
        check("scope", &["openid profile Directory.Read.All"], true);
        check("scp", &["openid", "User.Read.All"], true);
        check("scp", &["User.Read openid"], false);
        check("scp", &["user.read.all", "XUser.Read.All", "User.Read.All,openid"], false);
        check("roles", &["User.Read.All"], false);
        check("scp", &[], false);
        assert!(!is_shown_by(&[]));
    }
}
