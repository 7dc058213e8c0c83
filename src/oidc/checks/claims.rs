//! OIDC Core 5.5: `claims`: which claims of the person the ID token and userinfo show whatever the scopes, the `acr`
//! of the ID token (5.5.1.1), and the `sub` of whom alone an answer is wanted. Names that are not known are ignored, and
//! so is whether a claim is essential, and which value is wished, where the person has what it has.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::base::params::RawParams;
use crate::oidc::authorize::{RequestedAcr, RequestedClaims, Weight};
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};
use crate::oidc::requested_claims::{PersonClaim, PersonClaims};

/// **Units**: bytes.
const MAX_CLAIMS: usize = 4096;
/// How deep objects and lists may stand in each other; the deepest that is read is the list of values.
const MAX_DEPTH: usize = 8;
/// The most classes or persons of one request.
const MAX_VALUES: usize = 16;
/// The longest `sub` (OIDC Core 2). **Units**: bytes.
const MAX_SUBJECT: usize = 255;
/// The longest class. **Units**: bytes.
const MAX_VALUE: usize = 1024;
const CLAIMS: ParamRule = param_rule!("claims", MAX_CLAIMS);
const TOO_DEEP: ParamFault = param_fault!("claims", "_too_deep", " is nested deeper than 8 levels");
const TOO_MANY: ParamFault = param_fault!("claims", "_too_many", " asks for more than 16 values of acr");
const SUB_MALFORMED: ParamFault = param_fault!("claims", "_sub_malformed", " asks for sub in a way that is not known");
const ACR_MALFORMED: ParamFault = param_fault!("claims", "_acr_malformed", " asks for acr in a way that is not known");

pub(in crate::oidc) fn read(params: &RawParams) -> Result<RequestedClaims, AuthorizeError> {
    let Some(text) = CLAIMS.optional(params)? else { return Ok(RequestedClaims::default()) };
    if depth(text) > MAX_DEPTH {
        return Err(TOO_DEEP.into());
    }
    let Ok(Json::Object(claims)) = serde_json::from_str(text) else { return Err(CLAIMS.malformed.into()) };
    let id_token = place(&claims, "id_token")?;
    let userinfo = place(&claims, "userinfo")?;
    let acr = match member(id_token, "acr") {
        // The claim alone, which is in every ID token where it is known.
        None | Some(Json::Null) => None,
        Some(Json::Object(acr)) => requested(acr)?,
        Some(_) => return Err(ACR_MALFORMED.into()),
    };
    let subjects = match (subjects(id_token)?, subjects(userinfo)?) {
        (one, none) | (none, one) if none.is_empty() => one,
        (one, other) => {
            let both: Vec<String> = one.into_iter().filter(|subject| other.contains(subject)).collect();
            // Nobody would do.
            if both.is_empty() {
                return Err(SUB_MALFORMED.into());
            }
            both
        }
    };
    Ok(RequestedClaims { acr, in_id_token: named(id_token)?, at_userinfo: named(userinfo)?, subjects })
}

/// One of the two places where claims are shown.
fn place<'j>(claims: &'j [(String, Json)], name: &str) -> Result<&'j [(String, Json)], ParamFault> {
    match member(claims, name) {
        None | Some(Json::Null) => Ok(&[]),
        Some(Json::Object(members)) => Ok(members),
        Some(_) => Err(CLAIMS.malformed),
    }
}

/// The claims of the person that are asked for there.
fn named(members: &[(String, Json)]) -> Result<PersonClaims, ParamFault> {
    let mut named = PersonClaims::default();
    for claim in PersonClaim::ALL {
        match member(members, claim.as_str()) {
            None => {}
            Some(Json::Null) => named = named.with(claim),
            Some(Json::Object(wish)) if matches!(member(wish, "essential"), None | Some(Json::Flag(_))) => {
                named = named.with(claim);
            }
            Some(_) => return Err(CLAIMS.malformed),
        }
    }
    Ok(named)
}

/// Of whom alone an answer is wanted.
fn subjects(members: &[(String, Json)]) -> Result<Vec<String>, ParamFault> {
    let wish = match member(members, "sub") {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Object(wish)) => wish,
        Some(_) => return Err(SUB_MALFORMED),
    };
    let listed: &[Json] = match member(wish, "values") {
        None => &[],
        Some(Json::List(list)) => list,
        Some(_) => return Err(SUB_MALFORMED),
    };
    let text = |value: &Json| match value {
        Json::Text(subject) if (1..=MAX_SUBJECT).contains(&subject.len()) => Ok(subject.clone()),
        _ => Err(SUB_MALFORMED),
    };
    let subjects = member(wish, "value").into_iter().chain(listed).map(text).collect::<Result<Vec<_>, _>>()?;
    if subjects.len() > MAX_VALUES { Err(SUB_MALFORMED) } else { Ok(subjects) }
}

/// Without values nothing definite is asked, however essential it is.
fn requested(acr: &[(String, Json)]) -> Result<Option<RequestedAcr>, ParamFault> {
    let weight = match member(acr, "essential") {
        None | Some(Json::Flag(false)) => Weight::Voluntary,
        Some(Json::Flag(true)) => Weight::Essential,
        Some(_) => return Err(ACR_MALFORMED),
    };
    let mut values: Vec<String> = Vec::new();
    let listed: &[Json] = match member(acr, "values") {
        None => &[],
        Some(Json::List(list)) => list,
        Some(_) => return Err(ACR_MALFORMED),
    };
    for value in member(acr, "value").into_iter().chain(listed) {
        match value {
            Json::Text(class) if is_class(class) => {
                if !values.contains(class) {
                    values.push(class.clone());
                }
            }
            _ => return Err(ACR_MALFORMED),
        }
    }
    if values.len() > MAX_VALUES {
        return Err(TOO_MANY);
    }
    Ok((!values.is_empty()).then_some(RequestedAcr { weight, values }))
}

fn is_class(text: &str) -> bool {
    (1..=MAX_VALUE).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

fn member<'j>(object: &'j [(String, Json)], name: &str) -> Option<&'j Json> {
    object.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// How deep a text is nested, were it JSON; looked at before it is parsed.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// JSON whose objects name nothing twice, since readers differ in which of two they take.
enum Json {
    Null,
    Flag(bool),
    Number,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members: Vec<(String, Json)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Json>()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a member twice"));
            }
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::encode;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    fn check(claims: &str, expected: Result<Option<RequestedAcr>, &'static str>) {
        let query = format!("claims={}", encode(claims));
        let acr = |params: &RawParams| super::read(params).map(|claims| claims.acr);
        testing::check(&query, acr, expected.map_err(|cause| (OAuthError::InvalidRequest, cause)));
    }

    fn read(claims: &str) -> Result<RequestedClaims, &'static str> {
        let params = RawParams::parse(&format!("claims={}", encode(claims))).unwrap();
        super::read(&params).map_err(|error| error.cause)
    }

    #[test]
    fn claims_are_asked_for_by_name_in_two_places() {
        let email = PersonClaims::default().with(PersonClaim::Email);
        let all = PersonClaim::ALL.into_iter().fold(PersonClaims::default(), PersonClaims::with);
        let claims =
            read(r#"{"id_token":{"email":null,"picture":null},"userinfo":{"email":{"essential":true}}}"#).unwrap();
        assert_eq!((claims.in_id_token, claims.at_userinfo), (email, email));
        let names = PersonClaim::ALL.map(|claim| format!("\"{}\":null", claim.as_str())).join(",");
        let claims = read(&format!("{{\"userinfo\":{{{names}}}}}")).unwrap();
        assert_eq!((claims.in_id_token, claims.at_userinfo), (PersonClaims::default(), all));
        assert_eq!(read(r#"{"userinfo":{"email":{"value":"x","values":["y"],"more":1}}}"#).unwrap().at_userinfo, email);
        for wrong in [
            r#"{"userinfo":1}"#,
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"email":1}}"#,
            r#"{"userinfo":{"email":"x"}}"#,
            r#"{"id_token":{"email":{"essential":"true"}}}"#,
        ] {
            assert_eq!(read(wrong), Err("claims_malformed"), "{wrong}");
        }
    }

    #[test]
    fn a_person_is_named_by_sub() {
        let subjects = |claims: &str| read(claims).map(|claims| claims.subjects);
        let of = |subjects: &[&str]| Ok(subjects.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        for nobody in [r#"{"id_token":{"sub":null}}"#, r#"{"id_token":{"sub":{"essential":true}}}"#] {
            assert_eq!(subjects(nobody), of(&[]), "{nobody}");
        }
        assert_eq!(subjects(r#"{"id_token":{"sub":{"value":"a"}}}"#), of(&["a"]));
        assert_eq!(subjects(r#"{"userinfo":{"sub":{"values":["a","b"]}}}"#), of(&["a", "b"]));
        let both = r#"{"id_token":{"sub":{"values":["a","b"]}},"userinfo":{"sub":{"value":"b"}}}"#;
        assert_eq!(subjects(both), of(&["b"]));
        let long = format!(r#"{{"id_token":{{"sub":{{"value":"{}"}}}}}}"#, "a".repeat(256));
        for wrong in [
            r#"{"id_token":{"sub":"a"}}"#,
            r#"{"id_token":{"sub":{"value":1}}}"#,
            r#"{"id_token":{"sub":{"value":""}}}"#,
            r#"{"id_token":{"sub":{"values":"a"}}}"#,
            r#"{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}"#,
            &long,
        ] {
            assert_eq!(subjects(wrong), Err("claims_sub_malformed"), "{wrong}");
        }
    }

    fn asked(weight: Weight, values: &[&str]) -> Result<Option<RequestedAcr>, &'static str> {
        Ok(Some(RequestedAcr { weight, values: values.iter().map(|value| (*value).to_owned()).collect() }))
    }

    #[test]
    fn the_acr_of_the_id_token_is_read_and_what_is_not_known_ignored() {
        testing::check("", super::read, Ok(RequestedClaims::default()));
        testing::check("claims=", super::read, Ok(RequestedClaims::default()));
        for nothing in [
            "{}",
            " {\"userinfo\":{\"acr\":{\"essential\":true,\"values\":[\"x\"]}},\"acr\":1} ",
            r#"{"id_token":null}"#,
            r#"{"id_token":{"auth_time":{"essential":true},"acr":null}}"#,
            r#"{"id_token":{"acr":{"essential":true}}}"#,
            r#"{"id_token":{"acr":{"values":[]}},"more":[1,-1,1.5,"é",{"a":[]}]}"#,
        ] {
            check(nothing, Ok(None));
        }
        check(r#"{"id_token":{"acr":{"value":"phr"}}}"#, asked(Weight::Voluntary, &["phr"]));
        check(
            r#"{"id_token":{"acr":{"essential":false,"values":["b","a","b"]}}}"#,
            asked(Weight::Voluntary, &["b", "a"]),
        );
        check(
            r#"{"id_token":{"acr":{"essential":true,"value":"a","values":["\u0062"],"purpose":"x"}}}"#,
            asked(Weight::Essential, &["a", "b"]),
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_cause() {
        for malformed in
            ["x", "[]", "1", "null", "{", "{}x", r#"{"id_token":[]}"#, r#"{"id_token":1}"#, "{'id_token':{}}"]
        {
            check(malformed, Err("claims_malformed"));
        }
        check(r#"{"a":1,"a":1}"#, Err("claims_malformed"));
        check(r#"{"id_token":{"acr":null,"acr":{"essential":true,"value":"x"}}}"#, Err("claims_malformed"));
        for acr in [
            "1",
            r#""phr""#,
            r#"["phr"]"#,
            r#"{"essential":"true","value":"x"}"#,
            r#"{"values":"x"}"#,
            r#"{"values":[1]}"#,
            r#"{"value":["x"]}"#,
            r#"{"value":""}"#,
            r#"{"value":"a b"}"#,
            r#"{"value":"é"}"#,
        ] {
            check(&format!("{{\"id_token\":{{\"acr\":{acr}}}}}"), Err("claims_acr_malformed"));
        }
        let many = |count: usize| {
            let values: Vec<String> = (0..count).map(|number| format!("\"v{number}\"")).collect();
            format!("{{\"id_token\":{{\"acr\":{{\"values\":[{}]}}}}}}", values.join(","))
        };
        check(&many(17), Err("claims_too_many"));
        assert!(super::read(&RawParams::parse(&format!("claims={}", encode(&many(16)))).unwrap()).is_ok());
    }

    #[test]
    fn a_long_or_deep_one_is_refused_before_it_is_parsed() {
        let padded = |length: usize| format!("{{}}{}", " ".repeat(length - 2));
        check(&padded(4096), Ok(None));
        check(&padded(4097), Err("claims_too_long"));
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        check(&nested(8), Ok(None));
        check(&nested(9), Err("claims_too_deep"));
        check(&"[".repeat(4000), Err("claims_too_deep"));
        check(r#"{"a":"[[[[[[[[[[\"[[["}"#, Ok(None));
        testing::check("claims={}&claims={}", super::read, Err((OAuthError::InvalidRequest, "claims_doubled")));
    }
}
