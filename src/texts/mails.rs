//! The mails: plain text, so that nothing in them can be dressed up, and without a link, so that
//! nobody learns to follow one.

use super::catalogue::Catalogue;
use super::language::Language;

/// The words of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Lines that end with `\n`.
    pub text: String,
}

/// A code to be typed where the person signs in. `organization` is who runs the gateway, `code` is
/// written in groups of four, `minutes` is how long it is good.
#[must_use]
pub fn mailed_code(catalogue: &Catalogue, language: Language, organization: &str, code: &str, minutes: u64) -> Mail {
    code_mail(catalogue, language, organization, code, minutes, ["mail-code-intro", "mail-code-not-you"])
}

/// As [`mailed_code`], for who signs in by the code alone.
#[must_use]
pub fn sign_in_code(catalogue: &Catalogue, language: Language, organization: &str, code: &str, minutes: u64) -> Mail {
    code_mail(catalogue, language, organization, code, minutes, ["mail-sign-in-intro", "mail-sign-in-not-you"])
}

fn code_mail(
    catalogue: &Catalogue,
    language: Language,
    organization: &str,
    code: &str,
    minutes: u64,
    [intro, not_you]: [&str; 2],
) -> Mail {
    let args = [("organization", organization.to_owned()), ("minutes", minutes.to_string())];
    let text = |key: &str| catalogue.text(language, key, &args);
    let paragraphs = [
        text(intro),
        format!("    {}", grouped(code)),
        text("mail-code-use"),
        text("mail-code-keep"),
        text(not_you),
        format!("-- \n{}", text("mail-footer")),
    ];
    Mail { subject: text("mail-code-subject"), text: format!("{}\n", paragraphs.join("\n\n")) }
}

/// Digits in groups of four, as they are easily read and typed.
fn grouped(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(organization: &str) -> Mail {
        mailed_code(&Catalogue::new().unwrap(), Language::English, organization, "01234567", 30)
    }

    #[test]
    fn a_code_that_signs_in_is_told_apart_from_one_that_is_a_second_step() {
        let alone = sign_in_code(&Catalogue::new().unwrap(), Language::English, "Contoso", "01234567", 30);
        assert!(
            alone.text.contains("    0123 4567") && alone.text.contains("with this e-mail address"),
            "{}",
            alone.text
        );
        assert_ne!(alone.text, mail("Contoso").text);
    }

    #[test]
    fn a_code_stands_on_a_line_of_its_own() {
        let mail = mail("Contoso");
        let lines: Vec<&str> = mail.text.lines().collect();
        assert_eq!(lines.iter().filter(|line| line.contains("0123 4567")).collect::<Vec<_>>(), [&"    0123 4567"]);
        assert!(!mail.subject.contains("0123"), "a subject is read over shoulders and on locked screens");
    }

    #[test]
    fn who_asks_and_for_how_long_is_said() {
        let mail = mail("Contoso");
        assert_eq!(mail.subject, "Your sign-in code for Contoso");
        assert!(mail.text.contains("at Contoso") && mail.text.contains("30 minutes"), "{}", mail.text);
        assert!(!mail.text.contains(['{', '⟦']), "{}", mail.text);
    }

    #[test]
    fn nothing_in_a_mail_is_a_link() {
        let mail = mail("Contoso");
        for part in ["http", "www.", "://", "@"] {
            assert!(!mail.text.contains(part) && !mail.subject.contains(part), "{part}");
        }
    }

    #[test]
    fn codes_of_any_length_are_grouped() {
        for (code, expected) in [("", ""), ("1", "1"), ("1234", "1234"), ("12345", "1234 5"), ("12345678", "1234 5678")]
        {
            assert_eq!(grouped(code), expected);
        }
    }
}
