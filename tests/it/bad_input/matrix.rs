//! The matrix: every parameter of every route with every kind of fault. Each answer is the one that
//! the cases name, with its cause, and nothing is written.

use super::case::{Expect, Told};
use super::cases::{self, Setup};
use super::edge::{Call, Edge};
use super::rows::Witness;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address};
use crate::support::stores::on_both_stores;

/// A browser that has an attempt under way and is asked for its organisation.
pub async fn setup(edge: &Edge, issuer: &str) -> Setup {
    let params = [
        ("client_id", "payroll"),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
    ];
    let heard = edge.get(&address("/oidc/authorize", &params)).await;
    let attempt = heard.page.field("attempt").unwrap().to_owned();
    Setup { issuer: issuer.to_owned(), attempt, cookie: heard.cookie() }
}

on_both_stores! {
    async fn every_fault_of_every_parameter_is_told_precisely_and_writes_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let edge = Edge::new(gateway.services.clone());
        let mut witness = Witness::connect(gateway.database_url()).await;
        let before = witness.rows().await;
        let setup = setup(&edge, &gateway.url).await;
        let told =
            Told { redirect_uri: PAYROLL_CALLBACK, issuer: &setup.issuer, partner: &gateway.partner.sso };
        let (mut faults, mut count) = (Vec::new(), 0);
        for face in cases::all(&setup) {
            let (method, path) = (face.method, face.path);
            let heard = edge.call(face.good_call()).await;
            if let Err(fault) = face.good.check(&heard, &told) {
                faults.push(format!("{method} {path}, the good request\n{fault}"));
            }
            for parameter in &face.parameters {
                for case in &parameter.cases {
                    count += 1;
                    let heard = edge.call(face.bad_call(parameter, case)).await;
                    if let Err(fault) = case.expect.check(&heard, &told) {
                        let raw: Vec<_> = case.raw.iter().map(|raw| raw.chars().take(60).collect::<String>()).collect();
                        faults.push(format!("{method} {path} {} {:?} {raw:?}\n{fault}", parameter.name, case.kind));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{} of {count} cases\n{}", faults.len(), faults.join("\n"));
        assert!(count > 1_000, "{count} cases");
        gateway.services.refusals.flush().await;
        assert_eq!(witness.rows().await, before);
        let alive = Expect::Document("text/plain; charset=utf-8", "no-store");
        assert_eq!(alive.check(&edge.get("/health/ready").await, &told), Ok(()));
    }

    async fn parameters_that_no_route_reads_change_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let edge = Edge::new(gateway.services.clone());
        let setup = setup(&edge, &gateway.url).await;
        let told =
            Told { redirect_uri: PAYROLL_CALLBACK, issuer: &setup.issuer, partner: &gateway.partner.sso };
        for mut face in cases::all(&setup) {
            for (name, value) in [("unheard", "1"), ("unheard", "2"), ("", "x"), ("__proto__", "x"), ("é", "\u{0}")] {
                face.base.push((name, value.to_owned()));
            }
            let heard = edge.call(face.good_call()).await;
            assert_eq!(face.good.check(&heard, &told), Ok(()), "{} {}", face.method, face.path);
        }
    }

    async fn a_parameter_in_the_query_of_a_post_is_not_read(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let edge = Edge::new(gateway.services.clone());
        let query = address("/oidc/token", &[("grant_type", "authorization_code"), ("client_id", "payroll")]);
        let heard = edge.call(Call::form(&query, "")).await;
        assert_eq!((heard.page.status, heard.causes), (401, vec!["client_authentication_missing".to_owned()]));
        let heard = edge.call(Call::form("/oidc/userinfo?access_token=x", "")).await;
        assert_eq!((heard.page.status, heard.causes), (401, vec!["access_token_missing".to_owned()]));
        let heard = edge.get("/oidc/userinfo?access_token=x").await;
        assert_eq!((heard.page.status, heard.causes), (401, vec!["access_token_missing".to_owned()]));
    }
}
