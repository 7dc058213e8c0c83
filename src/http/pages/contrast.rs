//! The contrast of the style sheet's colours, light and dark (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::HashMap;

use super::assets::STYLE;

/// Pairs of a text and the ground that it stands on.
const TEXTS: [(&str, &str); 13] = [
    ("accent", "card"),
    ("accent", "quiet"),
    ("ink", "ground"),
    ("ink", "card"),
    ("ink", "quiet"),
    ("soft", "ground"),
    ("soft", "card"),
    ("soft", "quiet"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("fault", "fault-ground"),
    ("fault", "card"),
    ("fault", "ground"),
];

/// Pairs of a border or focus ring and the ground beside it.
const CONTROLS: [(&str, &str); 4] =
    [("control", "card"), ("control", "quiet"), ("accent", "card"), ("accent", "ground")];

/// The colour tokens of each `:root` block, the light one first.
fn schemes() -> Vec<HashMap<&'static str, [f64; 3]>> {
    let style = std::str::from_utf8(STYLE.bytes).unwrap();
    let blocks = style.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap());
    let tokens = blocks.map(|block| block.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #")));
    tokens.map(|lines| lines.map(|(name, value)| (name, channels(value.trim_end_matches(';')))).collect()).collect()
}

fn channels(hex: &str) -> [f64; 3] {
    [0, 2, 4].map(|start| f64::from(u8::from_str_radix(&hex[start..start + 2], 16).unwrap()) / 255.0)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn check(pairs: &[(&str, &str)], least: f64) {
    let schemes = schemes();
    assert_eq!(schemes.len(), 2);
    for (scheme, (front, back)) in schemes.iter().flat_map(|scheme| pairs.iter().map(move |pair| (scheme, pair))) {
        let found = contrast(scheme[front], scheme[back]);
        assert!(found >= least, "{front} on {back}: {found:.2}");
    }
}

#[test]
fn the_measure_knows_its_ends() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast([0.5; 3], [0.5; 3]) - 1.0).abs() < 1e-9);
}

#[test]
fn every_text_can_be_read_in_both_schemes() {
    check(&TEXTS, 4.5);
}

#[test]
fn every_control_can_be_seen_in_both_schemes() {
    check(&CONTROLS, 3.0);
}
