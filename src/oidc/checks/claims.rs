//! OIDC Core 5.5: `claims`, of which `id_token.acr` is read (5.5.1.1) and everything else ignored.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::base::params::RawParams;
use crate::oidc::authorize::{RequestedAcr, Weight};
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};

/// **Units**: bytes.
const MAX_CLAIMS: usize = 4096;
/// How deep objects and lists may stand in each other; the deepest that is read is the list of values.
const MAX_DEPTH: usize = 8;
/// The most classes of one request.
const MAX_VALUES: usize = 16;
/// The longest class. **Units**: bytes.
const MAX_VALUE: usize = 1024;
const CLAIMS: ParamRule = param_rule!("claims", MAX_CLAIMS);
const TOO_DEEP: ParamFault = param_fault!("claims", "_too_deep", " is nested deeper than 8 levels");
const TOO_MANY: ParamFault = param_fault!("claims", "_too_many", " asks for more than 16 values of acr");
const ACR_MALFORMED: ParamFault = param_fault!("claims", "_acr_malformed", " asks for acr in a way that is not known");

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Option<RequestedAcr>, AuthorizeError> {
    let Some(text) = CLAIMS.optional(params)? else { return Ok(None) };
    if depth(text) > MAX_DEPTH {
        return Err(TOO_DEEP.into());
    }
    let Ok(Json::Object(claims)) = serde_json::from_str(text) else { return Err(CLAIMS.malformed.into()) };
    match member(&claims, "id_token") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(id_token)) => match member(id_token, "acr") {
            // The claim alone, which is in every ID token where it is known.
            None | Some(Json::Null) => Ok(None),
            Some(Json::Object(acr)) => requested(acr).map_err(AuthorizeError::from),
            Some(_) => Err(ACR_MALFORMED.into()),
        },
        Some(_) => Err(CLAIMS.malformed.into()),
    }
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
        testing::check(&query, super::read, expected.map_err(|cause| (OAuthError::InvalidRequest, cause)));
    }

    fn asked(weight: Weight, values: &[&str]) -> Result<Option<RequestedAcr>, &'static str> {
        Ok(Some(RequestedAcr { weight, values: values.iter().map(|value| (*value).to_owned()).collect() }))
    }

    #[test]
    fn the_acr_of_the_id_token_is_read_and_everything_else_ignored() {
        testing::check("", super::read, Ok(None));
        testing::check("claims=", super::read, Ok(None));
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
