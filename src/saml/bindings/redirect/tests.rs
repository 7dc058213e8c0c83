//! Round trips, bombs, and queries that were tampered with.

use proptest::prelude::*;

use super::*;
use crate::keys::signing::SigningKey;

const LOCATION: &str = "https://idp.example/sso";

fn public(key: &SigningKey) -> Vec<Arc<PublicKey>> {
    vec![Arc::new(PublicKey::from_spki(&key.spki().unwrap()).unwrap())]
}

fn signed(key: &SigningKey, xml: &str, state: Option<&str>) -> String {
    let algorithm = key.default_algorithm();
    let waiting = encode_to_sign(LOCATION, MessageParam::Request, xml, state, algorithm).unwrap();
    let signature = key.sign(algorithm, waiting.bytes()).unwrap();
    waiting.finish(&signature)
}

fn query(url: &str) -> &str {
    url.split_once('?').unwrap().1
}

fn read(query: &str, keys: &[Arc<PublicKey>]) -> Result<VerifiedRedirect, RedirectError> {
    decode(&RawParams::parse(query).unwrap(), MessageParam::Request)?.verify(keys)
}

fn unsigned(packed: &[u8]) -> Result<RedirectMessage, RedirectError> {
    let query = format!("SAMLRequest={}", encode(&base64(packed)));
    decode(&RawParams::parse(&query).unwrap(), MessageParam::Request)
}

/// As identity providers compress.
fn compressed(text: &str) -> Result<Vec<u8>, std::io::Error> {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

#[test]
fn a_signed_redirect_is_read_back_under_each_kind_of_key() {
    for key in [SigningKey::generate_rsa().unwrap(), SigningKey::generate_p256().unwrap()] {
        for state in [None, Some("a b&c=ä")] {
            let url = signed(&key, "<a>&amp;ü</a>", state);
            assert!(url.starts_with("https://idp.example/sso?SAMLRequest="));
            let message = read(query(&url), &public(&key)).unwrap();
            assert_eq!((message.xml(), message.relay_state()), ("<a>&amp;ü</a>".as_bytes(), state));
        }
    }
}

#[test]
fn the_query_of_the_location_is_kept() {
    let url = |location: &str| {
        encode_to_sign(location, MessageParam::Response, "<a/>", None, SignatureAlgorithm::RsaSha256)
            .unwrap()
            .finish(b"s")
    };
    assert!(url("https://i.example/?x=1").starts_with("https://i.example/?x=1&SAMLResponse="));
    assert!(url("https://i.example/?").starts_with("https://i.example/?SAMLResponse="));
    assert!(url("https://i.example/#top").starts_with("https://i.example/?SAMLResponse="));
}

#[test]
fn a_changed_reordered_or_foreign_signature_is_refused() {
    let key = SigningKey::generate_p256().unwrap();
    let keys = public(&key);
    let url = signed(&key, "<a/>", Some("state"));
    let query = query(&url);
    let other = public(&SigningKey::generate_p256().unwrap());
    assert_eq!(read(query, &other), Err(RedirectError::Signature));
    assert_eq!(read(query, &[]), Err(RedirectError::Signature));
    assert_eq!(read(&query.replace("=state", "=stale"), &keys), Err(RedirectError::Signature));
    assert_eq!(read(&query.replace("&RelayState=state", ""), &keys), Err(RedirectError::Signature));
    // The order in the address does not matter, the octets of each value do (SAML Bindings 3.4.4.1).
    let moved = format!(
        "Signature={}&{}",
        query.rsplit_once("&Signature=").unwrap().1,
        query.rsplit_once("&Signature=").unwrap().0
    );
    assert!(read(&moved, &keys).is_ok());
    assert_eq!(read(&query.replace("=state", "=%73tate"), &keys), Err(RedirectError::Signature));
}

#[test]
fn a_missing_or_unknown_signature_is_refused() {
    let key = SigningKey::generate_p256().unwrap();
    let url = signed(&key, "<a/>", None);
    let (covered, signature) = query(&url).rsplit_once("&Signature=").unwrap();
    let message = covered.split('&').next().unwrap();
    assert_eq!(read(message, &public(&key)), Err(RedirectError::NotSigned));
    assert_eq!(read(covered, &public(&key)), Err(RedirectError::NotSigned));
    let alone = format!("{message}&Signature={signature}");
    assert_eq!(read(&alone, &public(&key)), Err(RedirectError::NotSigned));
    let sha1 = format!("{message}&SigAlg=http://www.w3.org/2000/09/xmldsig%23rsa-sha1&Signature={signature}");
    let fault = RedirectError::Algorithm { found: "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned() };
    assert_eq!(read(&sha1, &public(&key)), Err(fault));
}

#[test]
fn doubled_parameters_are_refused() {
    let key = SigningKey::generate_p256().unwrap();
    let url = signed(&key, "<a/>", Some("state"));
    for name in ["SAMLRequest", "RelayState", "SigAlg", "Signature", "SAMLEncoding"] {
        let doubled = format!("{}&{name}=x&{name}=x", query(&url));
        let expected = Err(RedirectError::Params(ParamError::Doubled(name.to_owned())));
        assert_eq!(read(&doubled, &public(&key)), expected);
    }
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let bomb = compressed(&"x".repeat(64 * 1024 * 1024)).unwrap();
    assert!(base64(&bomb).len() > MAX_ENCODED, "the packed form alone is refused by size");
    assert_eq!(unsigned(&bomb), Err(RedirectError::TooLarge { limit: MAX_ENCODED }));
    let small = compressed(&"x".repeat(16 * 1024 * 1024)).unwrap();
    assert!(base64(&small).len() < MAX_ENCODED);
    assert_eq!(unsigned(&small), Err(RedirectError::TooLarge { limit: MAX_MESSAGE }));
}

#[test]
fn sizes_are_held_at_both_edges() {
    assert_eq!(unsigned(&compressed(&"x".repeat(MAX_MESSAGE)).unwrap()).map(|m| m.xml.len()), Ok(MAX_MESSAGE));
    let over = compressed(&"x".repeat(MAX_MESSAGE + 1)).unwrap();
    assert_eq!(unsigned(&over), Err(RedirectError::TooLarge { limit: MAX_MESSAGE }));
    let state = "s".repeat(MAX_RELAY_STATE_SENT);
    let send = |state: &str| {
        encode_to_sign(LOCATION, MessageParam::Request, "<a/>", Some(state), SignatureAlgorithm::RsaSha256).map(|_| ())
    };
    assert_eq!(send(&state), Ok(()));
    let fault = RedirectError::RelayState { found: 81, limit: MAX_RELAY_STATE_SENT };
    assert_eq!(send(&format!("{state}s")), Err(fault));
}

#[test]
fn what_is_not_one_stream_is_refused() {
    let mut packed = deflate("<a/>").unwrap();
    assert!(unsigned(&packed).is_ok());
    packed.push(0);
    assert_eq!(unsigned(&packed), Err(RedirectError::NotDeflate));
    assert_eq!(unsigned(&packed[..3]), Err(RedirectError::NotDeflate));
    assert_eq!(unsigned(b"<a/>"), Err(RedirectError::NotDeflate));
    let read = |query: &str| decode(&RawParams::parse(query).unwrap(), MessageParam::Request);
    assert_eq!(read("SAMLRequest=*"), Err(RedirectError::NotBase64));
    assert_eq!(read("SAMLResponse=x"), Err(RedirectError::Absent { name: "SAMLRequest" }));
    assert_eq!(read("SAMLRequest=x&SAMLEncoding=urn:none"), Err(RedirectError::Encoding));
}

#[test]
fn a_relay_state_that_stands_empty_is_signed_as_it_stands() {
    let key = SigningKey::generate_p256().unwrap();
    let algorithm = key.default_algorithm();
    let url = signed(&key, "<a/>", None);
    let (message, rest) = query(&url).split_once("&SigAlg").unwrap();
    let octets = format!("{message}&RelayState=&SigAlg{}", rest.split("&Signature").next().unwrap());
    let signature = encode(&base64(key.sign(algorithm, octets.as_bytes()).unwrap()));
    let verified = read(&format!("{octets}&Signature={signature}"), &public(&key)).unwrap();
    assert_eq!((verified.xml(), verified.relay_state(), verified.key_index()), (&b"<a/>"[..], None, 0));
    // Nobody may add one to what was signed without.
    let added = query(&url).replace("&SigAlg", "&RelayState=&SigAlg");
    assert_eq!(read(&added, &public(&key)), Err(RedirectError::Signature));
}

proptest! {
    #[test]
    fn writing_then_reading_is_identity(xml in ".{1,300}") {
        let packed = compressed(&xml).unwrap();
        prop_assert_eq!(inflate(&packed), Ok(xml.clone().into_bytes()));
        prop_assert_eq!(inflate(&deflate(&xml).unwrap()), Ok(xml.into_bytes()));
    }

    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
        let _ = inflate(&bytes);
        let _ = RawParams::parse(&text).map(|params| decode(&params, MessageParam::Request));
    }
}
