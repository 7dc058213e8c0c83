//! Classes of authentication as SAML apps ask for them: which ones an app takes, by what it names and how
//! it compares.
//!
//! # Source
//! SAML Core 3.3.2.2.1, SAML Authn Context 3.4. How strong classes are beside each other is for the
//! responder to say; the table of ranks says it here.

use super::{MICROSOFT_MULTIPLE, PHISHING_RESISTANT, PHISHING_RESISTANT_HARDWARE, REFEDS_MFA, REFEDS_SFA};

/// The class that says nothing.
pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
/// A password.
pub const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
/// A password over a protected connection, which the address of every partner's sign-in page is.
pub const PASSWORD_PROTECTED_TRANSPORT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

/// How classes that are asked for are compared with the one that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// One of them.
    Exact,
    /// At least as strong as one of them.
    Minimum,
    /// As strong as can be, but no stronger than one of them.
    Maximum,
    /// Stronger than all of them.
    Better,
}

/// Classes with their place on the scale, weakest first.
const RANKS: &[(&str, u8)] = &[
    (UNSPECIFIED, 0),
    (PASSWORD, 1),
    (PASSWORD_PROTECTED_TRANSPORT, 2),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos", 2),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", 2),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:X509", 2),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient", 2),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", 2),
    (REFEDS_SFA, 2),
    (REFEDS_MFA, 3),
    (MICROSOFT_MULTIPLE, 3),
    (PHISHING_RESISTANT, 4),
    (PHISHING_RESISTANT_HARDWARE, 5),
];

fn rank(class: &str) -> Option<u8> {
    RANKS.iter().find(|(known, _)| *known == class).map(|(_, rank)| *rank)
}

/// Whether a class of SAML's own list means one factor and says with which.
#[must_use]
pub fn is_one_factor(class: &str) -> bool {
    class != REFEDS_SFA && matches!(rank(class), Some(1 | 2))
}

/// The classes that an app takes, the preferred first: what it names comes before what is stronger, and
/// for `maximum` the strongest comes first. A class that is not known here is never told and so is left out.
/// Empty where nothing that is known here will do.
#[must_use]
pub fn acceptable(compared: Compared, asked: &[String]) -> Vec<String> {
    let all_known = asked.iter().all(|class| rank(class).is_some());
    let mut known: Vec<String> = Vec::new();
    for class in asked.iter().filter(|class| rank(class).is_some()) {
        if !known.contains(class) {
            known.push(class.clone());
        }
    }
    let asked = known;
    let ranks = || asked.iter().filter_map(|class| rank(class));
    let of = |is_wanted: &dyn Fn(u8) -> bool| {
        let known = RANKS.iter().filter(|(class, rank)| is_wanted(*rank) && !asked.iter().any(|asked| asked == class));
        known.map(|(class, _)| (*class).to_owned()).collect::<Vec<_>>()
    };
    match compared {
        Compared::Exact => asked,
        Compared::Minimum => {
            let least = ranks().min();
            let stronger = of(&|rank| least.is_some_and(|least| rank >= least));
            [asked, stronger].concat()
        }
        Compared::Better => {
            // What cannot be compared cannot be said to be exceeded.
            let most = ranks().max().filter(|_| all_known);
            of(&|rank| most.is_some_and(|most| rank > most))
        }
        Compared::Maximum => {
            let most = ranks().max();
            let weaker = of(&|rank| most.is_some_and(|most| rank <= most));
            let mut all = [asked, weaker].concat();
            all.sort_by_key(|class| std::cmp::Reverse(rank(class)));
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(compared: Compared, asked: &[&str], takes: &[&str], refuses: &[&str]) {
        let asked: Vec<String> = asked.iter().map(|class| (*class).to_owned()).collect();
        let found = acceptable(compared, &asked);
        for class in takes {
            assert!(found.iter().any(|found| found == class), "{compared:?} {asked:?} takes {class}");
        }
        for class in refuses {
            assert!(!found.iter().any(|found| found == class), "{compared:?} {asked:?} refuses {class}");
        }
    }

    #[test]
    fn an_app_takes_what_its_comparison_says() {
        use Compared::{Better, Exact, Maximum, Minimum};
        const PPT: &str = PASSWORD_PROTECTED_TRANSPORT;
        check(Exact, &[PPT], &[PPT], &[PASSWORD, REFEDS_MFA, UNSPECIFIED]);
        check(Minimum, &[PPT], &[PPT, REFEDS_MFA, PHISHING_RESISTANT], &[PASSWORD, UNSPECIFIED]);
        check(Minimum, &[REFEDS_MFA, PPT], &[PPT, REFEDS_SFA], &[PASSWORD]);
        check(Exact, &["urn:x", PPT, PPT], &[PPT], &["urn:x"]);
        check(Minimum, &["urn:x"], &[], &["urn:x", REFEDS_MFA, UNSPECIFIED]);
        check(Maximum, &[PPT], &[PPT, PASSWORD, UNSPECIFIED], &[REFEDS_MFA]);
        check(Better, &[PPT], &[REFEDS_MFA, PHISHING_RESISTANT], &[PPT, REFEDS_SFA]);
        check(Better, &[PPT, REFEDS_MFA], &[PHISHING_RESISTANT], &[REFEDS_MFA]);
        check(Better, &["urn:x", PPT], &[], &[REFEDS_MFA, PHISHING_RESISTANT]);
        check(Better, &[PHISHING_RESISTANT_HARDWARE], &[], &[PHISHING_RESISTANT_HARDWARE]);
    }

    #[test]
    fn the_strongest_comes_first_where_there_is_a_ceiling() {
        let asked = [PASSWORD_PROTECTED_TRANSPORT.to_owned()];
        let found = acceptable(Compared::Maximum, &asked);
        assert_eq!(found.first(), asked.first());
        assert_eq!(found.last().map(String::as_str), Some(UNSPECIFIED));
    }

    #[test]
    fn one_factor_is_told_from_several_and_from_none() {
        assert!(is_one_factor(PASSWORD) && is_one_factor(PASSWORD_PROTECTED_TRANSPORT));
        for other in [UNSPECIFIED, REFEDS_SFA, REFEDS_MFA, PHISHING_RESISTANT, "urn:x"] {
            assert!(!is_one_factor(other), "{other}");
        }
    }
}
