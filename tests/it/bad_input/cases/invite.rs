//! The pages on which a person invites. Nobody is signed in, so that what is sent is not even looked at, but for what must be
//! there.

use entente::flows::paths;

use super::pages::choice;
use super::{refused, shown_or};
use crate::bad_input::case::{Expect, Face, Kind, Parameter};

pub(super) fn faces() -> Vec<Face> {
    let panel = Expect::To(paths::PANEL.to_owned());
    let form = |path, base: &[(&'static str, &'static str)]| {
        let token = [("token", "x")];
        let base: Vec<_> = token.into_iter().chain(base.iter().copied()).collect();
        Face::new("POST", path, &base, panel.clone())
    };
    let free = |name, limit| {
        Parameter::new(name, "x", limit, shown_or(&panel, panel.clone())).wrong(&["0", "é", "\"><script>"], &panel)
    };
    let no_token = refused("BAD_REQUEST", "token_missing");
    let token = || {
        Parameter::new("token", "x", 40_000, shown_or(&panel, no_token.clone()))
            .wrong(&["0", "é"], &panel)
            .but(Kind::Empty, &no_token)
    };
    let mut invite = form(paths::INVITE, &[("address", "zoe@adatum.example")]);
    invite.parameters = vec![
        token(),
        free("address", 254),
        free("name", 256),
        // Several apps are given at once.
        free("app", 64).but(Kind::Doubled, &panel),
        free("message", 2_000),
        free("language", 64),
    ];
    let mut show_preview = Face::new("GET", paths::INVITE_PREVIEW, &[("upload", "x")], panel.clone());
    show_preview.parameters = vec![free("upload", 64)];
    let mut preview = form(paths::INVITE_PREVIEW, &[("upload", "x"), ("decision", "confirm")]);
    preview.parameters = vec![token(), free("upload", 64), choice("decision", "confirm", "decision_unknown")];
    let mut show_job = Face::new("GET", paths::INVITE_JOB, &[("job", "x")], panel.clone());
    show_job.parameters = vec![free("job", 64)];
    let mut job = form(paths::INVITE_JOB, &[("job", "x"), ("action", "stop")]);
    job.parameters = vec![token(), free("job", 64), choice("action", "stop", "action_unknown")];
    let mut rows = Face::new("GET", paths::INVITE_ROWS, &[("job", "x"), ("which", "x"), ("after", "x")], panel.clone());
    rows.parameters = vec![free("job", 64), free("which", 64), free("after", 64)];
    let mut report = form(paths::INVITE_REPORT, &[("job", "x")]);
    report.parameters = vec![token(), free("job", 64)];
    vec![
        Face::new("GET", paths::INVITE, &[], panel.clone()),
        invite,
        Face::new("GET", paths::INVITE_FILES, &[], panel.clone()),
        Face::new("POST", paths::INVITE_FILES, &[], panel.clone()),
        show_preview,
        preview,
        show_job,
        job,
        rows,
        report,
    ]
}
