//! Encodings: UTF-8, however it is called, and base64 of a document and nothing else.

use std::io::Write as _;

use super::attack::codes::MALFORMED;
use super::attack::{Attack, Family, Point, attack, made};

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = vec![
        bytes("UTF-16 with its mark", "not_utf8", |text| {
            [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
        }),
        bytes("UTF-16 without its mark", "malformed_xml", |text| {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        }),
        bytes("a byte order mark twice", "malformed_xml", |text| format!("\u{FEFF}\u{FEFF}{text}").into_bytes()),
        bytes("an overlong form of a slash", "not_utf8", |text| {
            let at = text.find("ana-1").map_or(0, |at| at + 5);
            [&text.as_bytes()[..at], b"\xC0\xAF", &text.as_bytes()[at..]].concat()
        }),
        bytes("half of a pair of UTF-16 in UTF-8", "not_utf8", |text| {
            let at = text.find("ana-1").map_or(0, |at| at + 5);
            [&text.as_bytes()[..at], b"\xED\xA0\x80", &text.as_bytes()[at..]].concat()
        }),
        bytes("a message cut in the middle", "malformed_xml", |text| text.as_bytes()[..text.len() / 2].to_vec()),
        bytes("a deflated message, as in the other binding", "not_utf8", deflate),
        bytes("text that is no XML", "malformed_xml", |_| b"hello there".to_vec()),
        bytes("base64 twice", "malformed_xml", |text| entente::base::encoding::base64(text).into_bytes()),
    ];
    for encoding in ["ISO-8859-1", "UTF-16", "UTF-7", "US-ASCII"] {
        attacks.push(attack(
            format!("{encoding} declared for a text of UTF-8"),
            MALFORMED,
            "encoding_not_utf8",
            made(move |good, point| {
                format!("<?xml version=\"1.0\" encoding=\"{}\"?>{}", point.pick(encoding, "utf-8"), good.sealed())
            }),
        ));
    }
    Family { name: "encodings", attacks }
}

/// The bytes of a good message made over; the twin is the message with one byte order mark.
fn bytes(name: &str, cause: &'static str, change: fn(&str) -> Vec<u8>) -> Attack {
    let make = made(move |good, point| match point {
        Point::Wrong => change(&good.sealed()),
        Point::Right => format!("\u{FEFF}{}", good.sealed()).into_bytes(),
    });
    attack(name, MALFORMED, cause, make)
}

fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
