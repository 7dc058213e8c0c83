use super::*;
use crate::base::csv::CsvFault;
use crate::domain::mail::MailError;

const V1: &str = "version:v1.0\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n";

fn read(text: &str) -> Result<Sheet, FileFault> {
    Sheet::read(text.as_bytes())
}

fn entry(text: &str) -> Entry {
    let sheet = read(text).unwrap();
    assert_eq!(sheet.rows.len(), 1, "{text}");
    sheet.rows[0].entry.clone().unwrap()
}

fn row_fault(text: &str) -> RowFault {
    let sheet = read(text).unwrap();
    sheet.rows.last().unwrap().entry.clone().unwrap_err()
}

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

#[test]
fn f09_all_eight_columns_of_2016_are_read() {
    let text = "Email,DisplayName,InvitationText,InviteRedirectUrl,InvitedToApplications, InvitedToGroups,CcEmailAddress,Language\r\n\
                ana@fabrikam.example,Ana,\"Hello, Ana\",https://wiki.example/,payroll travel,auditors,bo@fabrikam.example,zh-hans\r\n";
    let sheet = read(text).unwrap();
    assert_eq!((sheet.form, sheet.rows[0].line, sheet.good()), (Form::Year2016, 2, 1));
    let expected = Entry {
        mail: address("ana@fabrikam.example"),
        name: Some("Ana".to_owned()),
        message: Some("Hello, Ana".to_owned()),
        redirect: Some("https://wiki.example/".to_owned()),
        apps: vec!["payroll".to_owned(), "travel".to_owned()],
        groups: vec!["auditors".to_owned()],
        cc: Some(address("bo@fabrikam.example")),
        language: Some("zh-HANS"),
        sends_mail: true,
    };
    assert_eq!(sheet.rows[0].entry, Ok(expected));
}

#[test]
fn f09_optional_columns_may_be_absent_or_empty_and_in_any_order() {
    let found = entry("displayname;EMAIL\nAna;ana@fabrikam.example\n");
    assert_eq!((found.name.as_deref(), found.redirect, found.language), (Some("Ana"), None, None));
    assert_eq!(entry("Email,DisplayName,Language,,\nana@fabrikam.example,Ana,,,\n").language, None);
}

#[test]
fn f10_labels_of_2015_are_read() {
    let text = "Email,DisplayName,InviteAppID,InviteReplyURL,InviteAppResources,InviteGroupResources,InviteContactUsUrl,Language\n\
                ana@fabrikam.example,Ana,1,https://wiki.example/,payroll,auditors,https://help.example/,fr\n";
    let sheet = read(text).unwrap();
    let found = sheet.rows[0].entry.clone().unwrap();
    assert_eq!(sheet.form, Form::Year2015);
    assert_eq!((found.redirect.as_deref(), found.language), (Some("https://wiki.example/"), Some("fr")));
    assert_eq!((found.apps, found.groups), (vec!["payroll".to_owned()], vec!["auditors".to_owned()]));
}

#[test]
fn f11_version_1_is_read_and_added_columns_are_passed_over() {
    let found = entry(&format!("{V1}ana@fabrikam.example,https://wiki.example/,TRUE,\"Hello, Ana\"\n"));
    assert_eq!((found.sends_mail, found.message.as_deref()), (true, Some("Hello, Ana")));
    let text = V1.replace("\n", ",\n").replace("[customizedMessageBody],", "[customizedMessageBody],Cost centre");
    assert!(!entry(&format!("{text}ana@fabrikam.example,https://wiki.example/,,,7\n")).sends_mail);
}

#[test]
fn f11_an_altered_head_is_refused() {
    let check = |from: &str, to: &str, code: &str| {
        let refused = read(&format!("{}a@b.example,https://c.example/\n", V1.replace(from, to))).unwrap_err();
        assert_eq!(refused.code(), code, "{to}");
    };
    check("version:v1.0", "version:v2.0", "CSV_HEADER");
    check("version:v1.0", "version:v1.0,x", "CSV_HEADER");
    check("inviteeEmail", "email", "CSV_HEADER");
    check("[inviteRedirectURL] Required", "[inviteRedirectURL]", "CSV_HEADER");
    check("(true or false) [sendEmail]", "[sendEmail]", "CSV_HEADER");
    assert!(matches!(read("version:v1.0\n"), Err(FileFault::MissingHeading { .. })));
}

#[test]
fn headings_that_mean_nothing_or_the_same_are_refused() {
    let refused = |head: &str| read(&format!("{head}\nana@fabrikam.example,Ana,x\n")).unwrap_err();
    assert!(
        matches!(refused("Email,DisplayName,InvitedToGroup"), FileFault::UnknownHeading { found, .. } if found == "InvitedToGroup")
    );
    assert!(matches!(refused("Email,,DisplayName"), FileFault::UnknownHeading { .. }));
    assert_eq!(refused("E-mail,DisplayName").code(), "CSV_HEADER");
    assert!(matches!(refused("Email,Language"), FileFault::MissingHeading { heading: "DisplayName", .. }));
    assert!(matches!(
        refused("Email,DisplayName,InviteReplyURL,InviteRedirectURL"),
        FileFault::DoubledHeading { heading: "InviteRedirectURL" }
    ));
}

#[test]
fn f12_two_thousand_rows_are_taken_and_one_more_refuses_the_file() {
    let file = |rows: usize| {
        let rows: String = (0..rows).map(|at| format!("g{at}@fabrikam.example,G\n")).collect();
        read(&format!("Email,DisplayName\n{rows}\n\n,\n"))
    };
    assert_eq!(file(MAX_ROWS).unwrap().good(), MAX_ROWS);
    assert_eq!(file(MAX_ROWS + 1), Err(FileFault::TooManyRows { found: MAX_ROWS + 1 }));
}

#[test]
fn f13_each_of_the_eleven_languages_is_known_and_others_refuse_their_row() {
    let file = |language: &str| format!("Email,DisplayName,Language\nana@fabrikam.example,Ana,{language}\n");
    for language in LANGUAGES {
        assert_eq!(entry(&file(language)).language, Some(language));
    }
    for language in ["nl", "pt", "en-US", "zh"] {
        assert_eq!(row_fault(&file(language)).code(), "CSV_ROW_LANGUAGE", "{language}");
    }
}

#[test]
fn f15_a_bad_row_fails_alone_and_says_why() {
    let check = |row: &str, code: &str| {
        let sheet = read(&format!("Email,DisplayName,CcEmailAddress\n{row}\nbo@fabrikam.example,Bo\n")).unwrap();
        assert_eq!(sheet.rows[0].entry.as_ref().unwrap_err().code(), code, "{row}");
        assert_eq!(sheet.good(), 1, "{row}");
    };
    check("ana,Ana", "CSV_ROW_EMAIL");
    check("ana@fabrikam.example;x,Ana", "CSV_ROW_EMAIL");
    check(".ana@fabrikam.example,Ana", "CSV_ROW_EMAIL");
    check(",Ana", "CSV_ROW_MISSING");
    check("ana@fabrikam.example,", "CSV_ROW_MISSING");
    check("ana@fabrikam.example,Ana,two@fabrikam.example three@fabrikam.example", "CSV_ROW_EMAIL");
    check("ana@fabrikam.example,Ana,,x", "CSV_ROW_CELLS");
    check(&format!("ana@fabrikam.example,{}", "n".repeat(257)), "CSV_ROW_NAME");
    check("\"ana@fabrikam.example\",\"Ana\nBcc: x\"", "CSV_ROW_NAME");
}

#[test]
fn f15_of_two_rows_for_one_address_the_first_counts() {
    let text = "Email,DisplayName\nana@fabrikam.example,Ana\nANA@fabrikam.example,Other\n";
    assert_eq!(row_fault(text), RowFault::Duplicate { first: 2 });
}

#[test]
fn rows_of_version_1_are_held_to_its_rules() {
    let refused = |row: &str| row_fault(&format!("{V1}{row}\n")).code();
    assert_eq!(refused("Example: jane@contoso.example,https://wiki.example/"), "CSV_ROW_EXAMPLE");
    assert_eq!(refused("ana@fabrikam.example,"), "CSV_ROW_MISSING");
    assert_eq!(refused("ana@fabrikam.example,https://wiki.example/,yes"), "CSV_ROW_SEND");
    let message =
        |length: usize| format!("{V1}ana@fabrikam.example,https://wiki.example/,true,{}\n", "m".repeat(length));
    assert!(entry(&message(MAX_MESSAGE)).message.is_some());
    assert_eq!(row_fault(&message(MAX_MESSAGE + 1)), RowFault::Message { found: MAX_MESSAGE + 1 });
}

#[test]
fn a_byte_order_mark_is_passed_over_and_other_encodings_are_named() {
    let text = "Email,DisplayName\nana@fabrikam.example,Ana\n";
    assert_eq!(entry(&format!("\u{feff}{text}")).mail, address("ana@fabrikam.example"));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &utf16].concat();
    assert!(matches!(Sheet::read(&marked), Err(FileFault::NotText { kind: "UTF-16 text" })));
    assert!(matches!(Sheet::read(&utf16), Err(FileFault::ControlCharacter { line: 1, character: 0 })));
    assert!(matches!(Sheet::read(b"PK\x03\x04rest"), Err(FileFault::NotText { .. })));
    let latin = [text.as_bytes(), b"zo\xeb@fabrikam.example,Zo\xeb\n"].concat();
    assert_eq!(Sheet::read(&latin), Err(FileFault::NotUtf8 { line: 3 }));
}

#[test]
fn files_with_nothing_in_them_or_too_much_are_refused() {
    assert_eq!(read(""), Err(FileFault::Empty));
    assert_eq!(read("\u{feff} \n\n"), Err(FileFault::Empty));
    assert_eq!(read("Email,DisplayName\n\n,\n"), Err(FileFault::NoRows));
    let found = MAX_FILE + 1;
    assert_eq!(Sheet::read(&vec![b'a'; found]), Err(FileFault::TooLarge { found }));
    let unclosed = read("Email,DisplayName\nana@fabrikam.example,\"Ana\n").unwrap_err();
    assert_eq!((unclosed.code(), unclosed), ("CSV_QUOTING", FileFault::Table(CsvFault::Unclosed { line: 2 })));
}

#[test]
fn addresses_that_only_look_alike_are_others() {
    // A Cyrillic letter in the local part; a domain of another script becomes its own `xn--` name.
    assert_eq!(
        row_fault("Email,DisplayName\n\u{430}na@fabrikam.example,Ana\n"),
        RowFault::Mail { heading: "Email", fault: MailError::Shape }
    );
    let found = entry("Email,DisplayName\nana@f\u{430}brikam.example,Ana\n").mail;
    assert!(found.domain().as_str().starts_with("xn--"), "{found:?}");
    assert_eq!(row_fault("Email,DisplayName\nana+x@fabrikam.example,Ana\n").code(), "CSV_ROW_EMAIL");
}
