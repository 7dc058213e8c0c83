//! Who acts at the command line.

/// The longest name that is kept in the audit. **Units**: bytes.
const MAX_NAME: usize = 64;

/// The name of the system user: `USER`, else `LOGNAME`, else the number of the user who owns this
/// process, else `unknown`. `variable` reads the environment.
#[must_use]
pub fn name(variable: impl Fn(&str) -> Option<String>) -> String {
    let named = ["USER", "LOGNAME"].into_iter().filter_map(variable).find(|name| !name.trim().is_empty());
    let mut name = crate::base::trace::printable(named.or_else(number).unwrap_or_else(|| "unknown".to_owned()));
    let end = (0..=MAX_NAME.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
    name.truncate(end);
    name
}

/// The number of the user, as Linux tells it of a process itself.
fn number() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().next().map(|uid| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_the_system_user() {
        assert_eq!(name(|key| (key == "USER").then(|| "olga".to_owned())), "olga");
        assert_eq!(name(|key| (key == "LOGNAME").then(|| "otto".to_owned())), "otto");
        assert_eq!(name(|_| Some("é".repeat(60))).len(), 64);
        assert_eq!(name(|_| Some("a\nb".to_owned())), "a\u{fffd}b");
        assert!(name(|_| None).starts_with("uid ") || name(|_| None) == "unknown");
    }
}
