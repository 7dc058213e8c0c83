//! The mail that tells whoever handed in a file of invitations that it is done: how many rows came out how, and where each
//! of them is shown. It has no link that does anything, and no address of a guest.

use super::catalogue::Catalogue;
use super::invitation::escaped;
use super::language::Language;

/// What the mail says. Nothing in it is marked up: each part writes it as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkFinished {
    /// The organisation that runs the gateway.
    pub organization: String,
    /// How the file is called, on one line.
    pub file: String,
    /// How many were invited.
    pub invited: u32,
    /// How many were passed over.
    pub skipped: u32,
    /// How many were not invited.
    pub failed: u32,
    /// Where the rows are shown to who signs in.
    pub link: String,
    /// To whom the mail goes.
    pub address: String,
}

/// The words of one mail in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkMail {
    /// The name beside the sender's address.
    pub sender: String,
    /// One line.
    pub subject: String,
    /// Lines that end with `\n`.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// The mail, in `language`.
#[must_use]
pub fn bulk_finished(catalogue: &Catalogue, language: Language, said: &BulkFinished) -> BulkMail {
    let args = [
        ("organization", said.organization.clone()),
        ("file", said.file.clone()),
        ("invited", said.invited.to_string()),
        ("skipped", said.skipped.to_string()),
        ("failed", said.failed.to_string()),
        ("address", said.address.clone()),
    ];
    let word = |key: &str| catalogue.text(language, key, &args);
    let counts = ["mail-bulk-invited", "mail-bulk-skipped", "mail-bulk-failed"].map(word);
    let (subject, intro, footer) = (word("mail-bulk-subject"), word("mail-bulk-intro"), word("mail-bulk-footer"));
    let link = format!("{}\n{}", word("mail-bulk-link"), said.link);
    let text = format!(
        "{}\n",
        [&intro, &counts.join("\n"), &link, &format!("-- \n{footer}")].map(String::as_str).join("\n\n")
    );
    let html = format!(
        include_str!("bulk_mail.html"),
        language = language.tag(),
        subject = escaped(&subject),
        intro = escaped(&intro),
        counts = counts.map(|count| escaped(&count)).join("<br>"),
        link = escaped(&said.link),
        open = escaped(&word("mail-bulk-open")),
        footer = escaped(&footer),
    );
    BulkMail { sender: word("mail-invite-sender"), subject, text, html }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(file: &str, language: Language) -> BulkMail {
        let said = BulkFinished {
            organization: "Contoso".to_owned(),
            file: file.to_owned(),
            invited: 3,
            skipped: 2,
            failed: 1,
            link: "https://gate.contoso.example/invite/job?job=1&x=2".to_owned(),
            address: "ana@fabrikam.example".to_owned(),
        };
        bulk_finished(&Catalogue::new().unwrap(), language, &said)
    }

    #[test]
    fn f16_both_parts_say_how_many_rows_came_out_how_and_where_they_are() {
        let mail = mail("guests.csv", Language::English);
        assert_eq!(mail.subject, "Your file of invitations for Contoso is done");
        let expected = "\
All rows of your file guests.csv are done.

Invited: 3
Passed over: 2
Not invited: 1

To see what became of each row, sign in and then open this address:
https://gate.contoso.example/invite/job?job=1&x=2

-- 
This mail was sent to ana@fabrikam.example by the sign-in service of Contoso, because the file was handed in with your \
account.
";
        assert_eq!(mail.text, expected);
        for part in [
            "<html lang=\"en\">",
            "Invited: 3<br>Passed over: 2<br>Not invited: 1",
            "href=\"https://gate.contoso.example/invite/job?job=1&amp;x=2\"",
            ">See each row</a>",
        ] {
            assert!(mail.html.contains(part), "{part}: {}", mail.html);
        }
    }

    #[test]
    fn every_language_says_all_of_it_and_a_name_of_a_file_is_text() {
        for language in Language::ALL {
            let mail = mail("<b>{link}</b>{{ 7 }}\"'&.csv", language);
            assert!(
                !mail.html.contains("<b>") && mail.html.contains("&lt;b&gt;{link}&lt;/b&gt;{{ 7 }}"),
                "{}",
                mail.html
            );
            assert_eq!(mail.html.matches("<a ").count(), 1, "{}", mail.html);
            for text in [&mail.text, &mail.html, &mail.subject, &mail.sender] {
                assert!(!text.contains(['⟦', '$']), "{text}");
            }
            assert!(mail.text.contains("<b>{link}</b>"), "{}", mail.text);
        }
    }
}
