//! A response as a browser posts it. Nobody but the partner can sign, so nothing is ever accepted, and
//! every refusal has its cause.

#![no_main]

use entente::upstream::{Answers, Expected, PostedAnswer, judge};
use entente_fuzz::{KEYS, NOW, PROVIDERS, PUBLIC_URL, RECORD, REQUEST};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(answer) = PostedAnswer::captured(data) else { return };
    let answers = Answers::Request(REQUEST);
    let expected = Expected { answers, public_url: &PUBLIC_URL, keys: &KEYS, providers: &PROVIDERS };
    let judged = judge(&RECORD, &answer, &expected, NOW);
    let refusal = judged.outcome.expect_err("a stranger's response was accepted");
    assert!(!refusal.cause.is_empty());
});
