//! The link in a mail by which a person blocks invitations.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{Method, Response};

use super::app::{peer, request_id};
use super::oidc::only_looking;
use super::pages::optional;
use super::table::{MAIL_BLOCK_FORM_PARAMETERS, MAIL_BLOCK_PARAMETERS};
use crate::base::params::RawParams;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::mails::unwanted::{self, MailChoice};
use crate::flows::next::Arrival;
use crate::flows::paths;
use crate::http::limits::MAX_FORM;
use crate::http::request::{self, Asked};
use crate::http::respond;
use crate::http::state::State;

/// What a mail program posts to the link (RFC 8058 3.2).
const ONE_CLICK: &str = "One-Click";

/// Shows how things stand; nothing that only follows links changes anything.
pub async fn show(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    if request.method() == Method::HEAD {
        let id = request_id(&request);
        return only_looking(&state, &request, &id);
    }
    serve(&state, request).await
}

/// The form of the page, or the post of a mail program, which has the token in the address.
pub async fn choose(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request).await
}

async fn serve(state: &Arc<State>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let is_post = parts.method == Method::POST;
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let visitor = request::visitor(state, &headers, peer);
    let next = async {
        state.authorize.check(visitor.address).map_err(|many| many.refusal("too_many_answers"))?;
        let asked = request::read(state, parts, body, peer, id.clone(), MAX_FORM).await?;
        let services = state.services();
        if !is_post {
            let next = unwanted::show(services, token(&asked.params)?, &asked.visitor).await;
            return Ok(respond::next(state, &asked, &next, paths::MAIL_BLOCK, MAIL_BLOCK_PARAMETERS));
        }
        // A page of another site has no token; that a form of one is refused nevertheless costs nothing.
        if visitor.arrival == Arrival::CrossSite {
            return Err(Refusal::new(Code::BadRequest, "form_of_another_site"));
        }
        let (in_address, choice) = said(&asked)?;
        let of_address = RawParams::parse(&query)
            .map_err(|error| Refusal::new(Code::BadRequest, "parameters_badly_encoded").seen(error.to_string()))?;
        let token = token(if in_address { &of_address } else { &asked.params })?;
        let next = unwanted::choose(services, token, choice, &asked.visitor).await;
        Ok(respond::next(state, &asked, &next, paths::MAIL_BLOCK, MAIL_BLOCK_FORM_PARAMETERS))
    };
    next.await.unwrap_or_else(|refusal: Refusal| respond::refused(state, &headers, &refusal, None, &id))
}

/// Whether the token is in the address, and what is to be done.
fn said(asked: &Asked) -> Result<(bool, MailChoice), Refusal> {
    let unknown = Refusal::new(Code::BadRequest, "decision_unknown");
    match (optional(&asked.params, "List-Unsubscribe")?, optional(&asked.params, "decision")?) {
        (Some(ONE_CLICK), None) => Ok((true, MailChoice::Block)),
        (None, Some("block")) => Ok((false, MailChoice::Block)),
        (None, Some("unblock")) => Ok((false, MailChoice::Unblock)),
        _ => Err(unknown),
    }
}

fn token(params: &RawParams) -> Result<&str, Refusal> {
    optional(params, "token")?.ok_or(Refusal::new(Code::BadRequest, "token_missing"))
}
