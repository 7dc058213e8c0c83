//! Every row: accepted, refused for each cause, both edges of each limit, and absent.

use crate::saml::subject::SubjectRule;
use crate::saml::testing::{Signed, good};

const RESPONSE_ISSUER: &str = concat!(
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
    "https://idp.fabrikam.example/saml</saml:Issuer>{r}"
);
const ASSERTION_ISSUER: &str = "<saml:Issuer>https://idp.fabrikam.example/saml</saml:Issuer>{a}";
const AUDIENCE: &str =
    "<saml:AudienceRestriction><saml:Audience>https://gate.example/saml/sp</saml:Audience></saml:AudienceRestriction>";
const NAME_ID: &str =
    r#"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">p-7f3a</saml:NameID>"#;
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

#[test]
fn a_good_response_is_accepted_however_it_is_signed() {
    for signed in [Signed::Assertion, Signed::Response, Signed::Both] {
        good().signed(signed).is_accepted();
    }
}

#[test]
fn another_version_is_refused() {
    good().swap_first(r#"Version="2.0""#, r#"Version="2.1""#).fails(&["response_version_not_2_0"]);
    good().swap_last(r#"Version="2.0""#, r#"Version="1.1""#).fails(&["assertion_version_not_2_0"]);
    good().swap_first(r#" Version="2.0""#, "").fails(&["xml_attribute_missing"]);
    good().swap_last(r#" Version="2.0""#, "").fails(&["xml_attribute_missing"]);
}

#[test]
fn messages_of_the_future_and_of_long_ago_are_refused() {
    let response =
        |time: &str| good().swap_first(r#"IssueInstant="2026-09-21T14:13:20Z""#, &format!("IssueInstant=\"{time}\""));
    response("2026-09-21T14:14:20Z").is_accepted();
    response("2026-09-21T14:14:20.000001Z").fails(&["response_issued_in_future"]);
    response("2026-09-20T14:12:20Z").is_accepted();
    response("2026-09-20T14:12:19Z").fails(&["response_issued_long_ago"]);
    response("yesterday").fails(&["time_malformed"]);
    let assertion =
        |time: &str| good().swap_last(r#"IssueInstant="2026-09-21T14:13:20Z""#, &format!("IssueInstant=\"{time}\""));
    assertion("2026-09-21T14:14:20Z").is_accepted();
    assertion("2026-09-21T14:14:20.000001Z").fails(&["assertion_issued_in_future"]);
    assertion("2026-09-20T14:12:19Z").fails(&["assertion_issued_long_ago", "assertion_life_too_long"]);
    good().swap_first(r#" IssueInstant="2026-09-21T14:13:20Z""#, "").fails(&["xml_attribute_missing"]);
    good().swap_last(r#" IssueInstant="2026-09-21T14:13:20Z""#, "").fails(&["xml_attribute_missing"]);
}

#[test]
fn answers_to_another_request_or_to_none_are_refused() {
    let response = |new: &str| good().swap_first(r#" InResponseTo="_asked""#, new);
    response(r#" InResponseTo="_other""#).fails(&["response_answers_another_request"]);
    response("").fails(&["response_unsolicited"]);
    let confirmation = |new: &str| good().swap_last(r#" InResponseTo="_asked""#, new);
    confirmation(r#" InResponseTo="_other""#).fails(&["confirmation_answers_another_request"]);
    confirmation("").fails(&["confirmation_unsolicited"]);
    good().swap(r#" InResponseTo="_asked""#, "").fails(&["response_unsolicited", "confirmation_unsolicited"]);
}

#[test]
fn an_unknown_request_is_shown_as_not_judged_and_absence_still_fails() {
    good().without_request().is_accepted();
    let rows = good().without_request().judge().rows;
    let not_judged: Vec<&str> = rows
        .iter()
        .filter(|row| row.outcome == crate::base::trace::CheckOutcome::NotJudged)
        .map(|row| row.name)
        .collect();
    assert_eq!(not_judged, ["response_in_response_to", "confirmation_in_response_to"]);
    good().without_request().swap_first(r#" InResponseTo="_asked""#, "").fails(&["response_unsolicited"]);
}

#[test]
fn the_destination_is_required_where_signed_and_held_wherever_present() {
    let case = |new: &str| good().swap_first(r#" Destination="https://gate.example/saml/sp/acs""#, new);
    case("").is_accepted();
    case("").signed(Signed::Response).fails(&["destination_absent"]);
    case("").signed(Signed::Both).fails(&["destination_absent"]);
    for other in
        ["https://gate.example/saml/sp/acs/", "https://gate.example/saml/sp/acs?x", "https://other.example/", ""]
    {
        for signed in [Signed::Assertion, Signed::Response] {
            case(&format!(" Destination=\"{other}\"")).signed(signed).fails(&["destination_not_ours"]);
        }
    }
}

#[test]
fn the_issuer_of_the_response_is_the_partner() {
    good().swap(RESPONSE_ISSUER, "{r}").is_accepted();
    good().swap(RESPONSE_ISSUER, "{r}").signed(Signed::Response).fails(&["response_issuer_absent"]);
    let other = RESPONSE_ISSUER.replace("fabrikam", "woodgrove");
    good().swap(RESPONSE_ISSUER, &other).fails(&["response_issuer_not_partner"]);
    let format = |format: &str| RESPONSE_ISSUER.replace("assertion\">", &format!("assertion\" Format=\"{format}\">"));
    good().swap(RESPONSE_ISSUER, &format("urn:oasis:names:tc:SAML:2.0:nameid-format:entity")).is_accepted();
    good().swap(RESPONSE_ISSUER, &format("urn:x")).fails(&["response_issuer_format"]);
}

#[test]
fn the_issuer_of_the_assertion_is_the_partner() {
    let other = ASSERTION_ISSUER.replace("fabrikam", "woodgrove");
    good().swap(ASSERTION_ISSUER, &other).fails(&["assertion_issuer_not_partner"]);
    good()
        .swap(ASSERTION_ISSUER, &ASSERTION_ISSUER.replace("saml</", "saml </"))
        .fails(&["assertion_issuer_not_partner"]);
    let format = ASSERTION_ISSUER.replacen("Issuer>", r#"Issuer Format="urn:x">"#, 1);
    good().swap(ASSERTION_ISSUER, &format).fails(&["assertion_issuer_format"]);
    good().swap(ASSERTION_ISSUER, "{a}").fails(&["element_missing"]);
}

#[test]
fn the_confirmation_is_of_a_bearer_with_data() {
    good().swap(BEARER, "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches").fails(&["bearer_confirmation_absent"]);
    let entity = format!(r#"{BEARER}"><saml:NameID>other</saml:NameID>"#);
    good().swap(&format!("{BEARER}\">"), &entity).fails(&["bearer_for_another_entity"]);
    let data = concat!(
        r#"<saml:SubjectConfirmationData InResponseTo="_asked" NotOnOrAfter="2026-09-21T14:18:20Z""#,
        r#" Recipient="https://gate.example/saml/sp/acs"></saml:SubjectConfirmationData>"#
    );
    good().swap(data, "").fails(&["confirmation_data_absent"]);
    let whole = format!(r#"<saml:SubjectConfirmation Method="{BEARER}">{data}</saml:SubjectConfirmation>"#);
    good().swap(&whole, "").fails(&["bearer_confirmation_absent"]);
}

#[test]
fn any_one_bearer_that_fulfils_all_is_enough() {
    let second = |recipient: &str, request: &str| {
        format!(
            concat!(
                r#"<saml:SubjectConfirmation Method="{}"><saml:SubjectConfirmationData InResponseTo="{}""#,
                r#" NotOnOrAfter="2026-09-21T14:18:20Z" Recipient="{}"></saml:SubjectConfirmationData>"#,
                "</saml:SubjectConfirmation></saml:Subject>"
            ),
            BEARER, request, recipient
        )
    };
    let acs = "https://gate.example/saml/sp/acs";
    let with = |first: &str, second: &str| {
        good()
            .swap_last(r#"InResponseTo="_asked""#, &format!(r#"InResponseTo="{first}""#))
            .swap("</saml:Subject>", second)
    };
    with("_other", &second(acs, "_asked")).is_accepted();
    with("_asked", &second("https://other.example/", "_other")).is_accepted();
    // Two halves of a good confirmation do not make one.
    with("_other", &second("https://other.example/", "_asked")).fails(&["confirmation_answers_another_request"]);
}

#[test]
fn the_recipient_is_our_address() {
    let case = |new: &str| good().swap(r#" Recipient="https://gate.example/saml/sp/acs""#, new);
    case("").fails(&["recipient_absent"]);
    case(r#" Recipient="https://gate.example/saml/sp/ACS""#).fails(&["recipient_not_ours"]);
}

#[test]
fn the_confirmation_ends_and_has_no_start() {
    let case = |new: &str| good().swap(r#" NotOnOrAfter="2026-09-21T14:18:20Z" Recipient"#, new);
    case(" Recipient").fails(&["confirmation_end_absent"]);
    case(r#" NotOnOrAfter="2026-09-21T14:12:20.000001Z" Recipient"#).is_accepted();
    case(r#" NotOnOrAfter="2026-09-21T14:12:20Z" Recipient"#).fails(&["confirmation_expired"]);
    case(r#" NotBefore="2026-09-21T14:00:00Z" NotOnOrAfter="2026-09-21T14:18:20Z" Recipient"#)
        .fails(&["confirmation_not_before_present"]);
    case(r#" NotOnOrAfter="soon" Recipient"#).fails(&["time_malformed"]);
}

#[test]
fn conditions_hold_within_their_window_and_the_skew() {
    good().earlier(60).is_accepted();
    good().earlier(61).fails(&["response_issued_in_future", "assertion_issued_in_future", "assertion_not_yet_valid"]);
    good().later(359).is_accepted();
    good().later(360).fails(&["confirmation_expired", "assertion_expired"]);
    let start = |new: &str| good().swap(r#"NotBefore="2026-09-21T14:13:20Z" "#, new);
    start("").is_accepted();
    start(r#"NotBefore="2026-09-21T14:14:20Z" "#).is_accepted();
    start(r#"NotBefore="2026-09-21T14:14:21Z" "#).fails(&["assertion_not_yet_valid"]);
    start(r#"NotBefore="2026-09-21T14:18:20Z" "#).fails(&["assertion_not_yet_valid", "conditions_window_empty"]);
    let end = |new: &str| good().swap(r#" NotOnOrAfter="2026-09-21T14:18:20Z">"#, new);
    end(">").fails(&["conditions_end_absent"]);
    end(r#" NotOnOrAfter="2026-09-21T14:13:20Z">"#).fails(&["conditions_window_empty"]);
}

#[test]
fn conditions_must_be_there_and_known() {
    let with = |condition: &str| good().swap(AUDIENCE, &format!("{AUDIENCE}{condition}"));
    with("<saml:OneTimeUse></saml:OneTimeUse>").is_accepted();
    with("<saml:OneTimeUse></saml:OneTimeUse><saml:OneTimeUse></saml:OneTimeUse>").fails(&["one_time_use_repeated"]);
    with("<saml:Condition></saml:Condition>").fails(&["condition_unknown"]);
    with(r#"<x:Geofence xmlns:x="urn:x"></x:Geofence>"#).fails(&["condition_unknown"]);
    let proxy = |attributes: &str, content: &str| {
        format!("<saml:ProxyRestriction{attributes}>{content}</saml:ProxyRestriction>")
    };
    with(&proxy("", "")).is_accepted();
    with(&proxy(r#" Count="1""#, "")).is_accepted();
    with(&proxy(r#" Count="0""#, "")).fails(&["proxying_forbidden"]);
    with(&proxy(r#" Count="-1""#, "")).fails(&["value_malformed"]);
    with(&proxy("", "<saml:Audience>urn:x</saml:Audience>")).fails(&["proxying_restricted_to_audiences"]);
    with(&format!("{0}{0}", proxy(r#" Count="1""#, ""))).fails(&["proxy_restriction_repeated"]);
    let all = format!(
        r#"<saml:Conditions NotBefore="2026-09-21T14:13:20Z" NotOnOrAfter="2026-09-21T14:18:20Z">{AUDIENCE}</saml:Conditions>"#
    );
    good().swap(&all, "").fails(&["conditions_absent"]);
}

#[test]
fn every_audience_restriction_names_us() {
    let other = AUDIENCE.replace("gate", "other");
    good().swap(AUDIENCE, "").fails(&["audience_absent"]);
    good().swap(AUDIENCE, &other).fails(&["audience_not_ours"]);
    good().swap(AUDIENCE, &format!("{AUDIENCE}{other}")).fails(&["audience_not_ours"]);
    good().swap(AUDIENCE, &format!("{AUDIENCE}{AUDIENCE}")).is_accepted();
    let either = AUDIENCE.replace("<saml:Audience>", "<saml:Audience>urn:x</saml:Audience><saml:Audience>");
    good().swap(AUDIENCE, &either).is_accepted();
    good().swap(AUDIENCE, &AUDIENCE.replace("sp</", "sp/</")).fails(&["audience_not_ours"]);
    good().swap(AUDIENCE, "<saml:AudienceRestriction></saml:AudienceRestriction>").fails(&["element_missing"]);
}

#[test]
fn an_assertion_lives_a_day_at_most() {
    let end =
        |time: &str| good().swap(r#"NotOnOrAfter="2026-09-21T14:18:20Z">"#, &format!(r#"NotOnOrAfter="{time}">"#));
    end("2026-09-22T14:13:20Z").is_accepted();
    end("2026-09-22T14:13:20.000001Z").fails(&["assertion_life_too_long"]);
    good()
        .swap(r#"NotOnOrAfter="2026-09-21T14:18:20Z" Recipient"#, r#"NotOnOrAfter="2026-09-22T14:13:21Z" Recipient"#)
        .fails(&["assertion_life_too_long"]);
    good().swap(r#"NotBefore="2026-09-21T14:13:20Z""#, r#"NotBefore="2026-09-20T14:18:20Z""#).is_accepted();
    good()
        .swap(r#"NotBefore="2026-09-21T14:13:20Z""#, r#"NotBefore="2026-09-20T14:18:19Z""#)
        .fails(&["assertion_life_too_long"]);
}

#[test]
fn the_authentication_is_stated_and_not_in_the_future() {
    let instant = |time: &str| good().swap("2026-09-21T14:13:00Z", time);
    instant("2026-09-21T14:14:20Z").is_accepted();
    instant("2026-09-21T14:14:21Z").fails(&["authn_instant_in_future"]);
    instant("2026-01-01T00:00:00Z").is_accepted();
    good().swap(r#" AuthnInstant="2026-09-21T14:13:00Z""#, "").fails(&["xml_attribute_missing"]);
    let session =
        |time: &str| good().swap(r#"SessionIndex="_s""#, &format!(r#"SessionIndex="_s" SessionNotOnOrAfter="{time}""#));
    session("2026-09-21T14:12:20.000001Z").is_accepted();
    session("2026-09-21T14:12:20Z").fails(&["partner_session_ended"]);
    let statement = concat!(
        r#"<saml:AuthnStatement AuthnInstant="2026-09-21T14:13:00Z" SessionIndex="_s"><saml:AuthnContext>"#,
        r#"<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"#,
        r#"</saml:AuthnContext></saml:AuthnStatement>"#
    );
    good().swap(statement, "").fails(&["authn_statement_absent"]);
    good()
        .swap(statement, &statement.replace("<saml:AuthnContext>", "").replace("</saml:AuthnContext>", ""))
        .fails(&["element_missing"]);
}

#[test]
fn the_name_id_is_persistent_unless_another_rule_is_set() {
    let format = |format: &str| good().swap("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", format);
    format("urn:oasis:names:tc:SAML:2.0:nameid-format:transient").fails(&["name_id_transient"]);
    format("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress").fails(&["name_id_mail"]);
    format("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified").fails(&["name_id_unspecified"]);
    format("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos").fails(&["name_id_format_refused"]);
    good().swap(NAME_ID, "<saml:NameID>p-7f3a</saml:NameID>").fails(&["name_id_unspecified"]);
    good().swap(NAME_ID, "").fails(&["name_id_absent"]);
    good().swap("p-7f3a", "ana@fabrikam.example").fails(&["name_id_mail_like"]);
}

#[test]
fn a_mail_address_names_a_person_only_under_the_dangerous_rule() {
    let email = |format: &str, value: &str| {
        good()
            .swap("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", format)
            .swap("p-7f3a", value)
            .rule(SubjectRule::DangerousEmailNameId)
    };
    let mail = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    email(mail, "ana@fabrikam.example").is_accepted();
    email("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "ana@fabrikam.example").is_accepted();
    email(mail, "ana").fails(&["name_id_not_a_mail"]);
    email("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "ana@fabrikam.example").fails(&["name_id_transient"]);
    email("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos", "ana@fabrikam.example")
        .fails(&["name_id_format_refused"]);
    good().swap(NAME_ID, "").rule(SubjectRule::DangerousEmailNameId).fails(&["name_id_absent"]);
}

#[test]
fn the_subject_is_one_value_of_an_attribute_where_the_rule_says_so() {
    let subject = |values: &str| {
        let new = format!(
            r#"<saml:AttributeStatement><saml:Attribute Name="subject-id">{values}</saml:Attribute><saml:Attribute Name="mail">"#
        );
        good().swap(r#"<saml:AttributeStatement><saml:Attribute Name="mail">"#, &new).by_attribute("subject-id")
    };
    let value = |text: &str| format!("<saml:AttributeValue>{text}</saml:AttributeValue>");
    subject(&value("ana@fabrikam.example")).is_accepted();
    subject(&value("7")).swap(NAME_ID, "").is_accepted();
    subject(&value("7")).swap("nameid-format:persistent", "nameid-format:transient").is_accepted();
    subject(&format!("{}{}", value("7"), value("8"))).fails(&["subject_attribute_ambiguous"]);
    subject("").fails(&["subject_attribute_absent"]);
    subject(&value("")).fails(&["subject_empty"]);
    good().by_attribute("subject-id").fails(&["subject_attribute_absent"]);
}

#[test]
fn the_shape_of_the_subject_is_held() {
    good().swap("p-7f3a", &"ä".repeat(256)).is_accepted();
    good().swap("p-7f3a", &"ä".repeat(257)).fails(&["subject_too_long"]);
    good().swap("p-7f3a", "").fails(&["subject_empty"]);
    good().swap("p-7f3a", " ").fails(&["subject_empty"]);
    good().swap("p-7f3a", " p-7f3a").fails(&["subject_malformed"]);
    good().swap("p-7f3a", "p\n7").fails(&["subject_malformed"]);
    good().swap("p-7f3a", &"x".repeat(2049)).fails(&["value_too_long"]);
    let subject = "<saml:Subject>";
    let xml = good().xml();
    let end = xml.find("</saml:Subject>").unwrap() + "</saml:Subject>".len();
    let whole = &xml[xml.find(subject).unwrap()..end];
    good().swap(whole, "").fails(&["bearer_confirmation_absent", "subject_absent"]);
}

#[test]
fn qualifiers_name_the_partner_and_us() {
    let with = |qualifiers: &str| good().swap("persistent\">", &format!("persistent\"{qualifiers}>"));
    let (theirs, ours) = ("https://idp.fabrikam.example/saml", "https://gate.example/saml/sp");
    with(&format!(r#" NameQualifier="{theirs}" SPNameQualifier="{ours}""#)).is_accepted();
    with(&format!(r#" SPNameQualifier="{theirs}""#)).fails(&["sp_name_qualifier_not_ours"]);
    with(r#" SPNameQualifier="""#).fails(&["sp_name_qualifier_not_ours"]);
    with(&format!(r#" NameQualifier="{ours}""#)).fails(&["name_qualifier_not_partner"]);
}

#[test]
fn an_error_answer_is_no_fault_of_the_table() {
    let status = |codes: &str| {
        good()
            .swap(r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>"#, codes)
    };
    status(r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"></samlp:StatusCode>"#)
        .fails(&["status_not_success"]);
    status("").fails(&["element_missing"]);
    status("<samlp:StatusCode></samlp:StatusCode>").fails(&["xml_attribute_missing"]);
}

#[test]
fn the_message_of_an_error_answer_shows_no_mail_address() {
    let code = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>"#;
    let message = concat!(
        r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"></samlp:StatusCode>"#,
        "<samlp:StatusMessage>no user ana@fabrikam.example here</samlp:StatusMessage>"
    );
    let rows = good().swap(code, message).judge().rows;
    let status = rows.iter().find(|row| row.name == "status").unwrap();
    let hidden = crate::base::encoding::fingerprint("ana@fabrikam.example");
    assert_eq!(status.saw, format!("Responder: no user {hidden} here"));
}

#[test]
fn all_faults_are_shown_at_once_and_the_first_names_the_refusal() {
    good()
        .swap_first("Destination=\"https://gate", "Destination=\"https://other")
        .swap("Recipient=\"https://gate", "Recipient=\"https://other")
        .swap(AUDIENCE, "")
        .swap("p-7f3a", "")
        .fails(&["destination_not_ours", "recipient_not_ours", "audience_absent", "subject_empty"]);
}

#[test]
fn row_names_are_distinct_and_in_snake_case() {
    let rows = good().judge().rows;
    assert_eq!(rows.len(), 3 + super::RESPONSE_RULES.len() + super::ASSERTION_RULES.len());
    let mut names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rows.len());
}

#[test]
fn no_row_shows_who_the_person_is() {
    let mail = "ana@fabrikam.example";
    let case = good()
        .swap(
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        )
        .swap("p-7f3a", mail);
    for rows in [case.judge().rows, case.rule(SubjectRule::DangerousEmailNameId).judge().rows, good().judge().rows] {
        assert!(rows.iter().all(|row| !row.saw.contains(mail) && !row.saw.contains("p-7f3a")), "{rows:?}");
    }
}
