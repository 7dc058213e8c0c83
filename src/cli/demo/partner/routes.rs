//! What a browser sees of the demo partner.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};

use super::answer::Answer;
use super::fault::PartnerFault;
use super::question::Question;
use super::{DemoPartner, Session};
use crate::base::params::RawParams;
use crate::cli::demo::identity::{self, SignIn, host_of};
use crate::cli::demo::web::{Forms, Notice, Party, Scripts, assets, document, page, redirect};
use crate::saml::bindings::post::encode;
use crate::saml::messages::authn_request::Wish;
use crate::saml::status::{NO_PASSIVE, REQUEST_DENIED, RESPONDER};

const MAX_FORM: usize = 16 * 1024;

pub(super) fn router(partner: DemoPartner) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/metadata", get(metadata))
        .route("/sso", get(sso))
        .route("/login", post(login))
        .route("/logout", get(logout))
        .merge(assets())
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .with_state(partner)
}

#[derive(Template)]
#[template(path = "demo_answer.html")]
struct Send<'a> {
    party: &'a Party,
    receiver: String,
    acs: &'a str,
    message: String,
    relay_state: Option<&'a str>,
}

async fn home(State(partner): State<DemoPartner>, headers: HeaderMap) -> Response {
    let session = partner.session(&headers);
    identity::home(&partner.0.party, session.as_ref().and_then(|session| partner.person(&session.person)))
}

async fn metadata(State(partner): State<DemoPartner>) -> Response {
    match partner.metadata() {
        Ok(text) => document("application/samlmetadata+xml", text),
        Err(fault) => partner.refuse(StatusCode::INTERNAL_SERVER_ERROR, &fault),
    }
}

async fn sso(State(partner): State<DemoPartner>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let question = match partner.question(query.as_deref().unwrap_or_default()).await {
        Ok(question) => question,
        Err(fault) => return partner.refuse(StatusCode::BAD_REQUEST, &fault),
    };
    let session = partner.session(&headers).filter(|_| question.asked.force_authn == Wish::NotAsked);
    if let Some((session, person)) =
        session.and_then(|session| Some((session.clone(), partner.person(&session.person)?)))
    {
        return partner.send(&question, &Answer::of(&partner, &question, person, &session));
    }
    if question.asked.passive == Wish::Asked {
        return partner.send(&question, &Answer::refusal(&partner, &question, RESPONDER, NO_PASSIVE));
    }
    let config = partner.config();
    let receiver = host_of(&question.acs);
    let question = partner.0.questions.put(question, config.clock.now(), &*config.random);
    let sign_in = SignIn { party: &partner.0.party, receiver, question, people: &config.people };
    page(StatusCode::OK, &sign_in, Scripts::None, Forms::Own)
}

async fn login(State(partner): State<DemoPartner>, form: String) -> Response {
    let config = partner.config();
    let chosen = RawParams::parse(&form).and_then(|form| {
        let text = |name| form.one(name).map(|value| value.map(str::to_owned));
        Ok((text("question")?, text("person")?))
    });
    let (question, person) = match chosen {
        Ok((question, person)) => (question, person),
        Err(fault) => return partner.refuse(StatusCode::BAD_REQUEST, &fault.into()),
    };
    let Some(question) = question.and_then(|handle| partner.0.questions.take(&handle, config.clock.now())) else {
        let notice = Notice {
            party: &partner.0.party,
            title: "This page has been used".to_owned(),
            lines: vec!["Start again at the app.".to_owned()],
            code: None,
            link: None,
        };
        return notice.answer(StatusCode::BAD_REQUEST);
    };
    let Some(person) = person.and_then(|id| partner.person(&id)) else {
        return partner.send(&question, &Answer::refusal(&partner, &question, RESPONDER, REQUEST_DENIED));
    };
    let session = partner.session_of(person);
    let answer = Answer::of(&partner, &question, person, &session);
    let handle = partner.0.sessions.put(session, config.clock.now(), &*config.random);
    partner.0.cookie.set(&handle, partner.send(&question, &answer))
}

async fn logout(State(partner): State<DemoPartner>, headers: HeaderMap) -> Response {
    if let Some(handle) = partner.0.cookie.value(&headers) {
        partner.0.sessions.take(handle, partner.config().clock.now());
    }
    partner.0.cookie.remove(redirect("/"))
}

impl DemoPartner {
    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.0.sessions.find(self.0.cookie.value(headers)?, self.config().clock.now())
    }

    /// The page that carries an answer to the asker.
    fn send(&self, question: &Question, answer: &Answer) -> Response {
        let signed = match answer.sign(&self.config().key, self.certificate()) {
            Ok(signed) => signed,
            Err(fault) => return self.refuse(StatusCode::INTERNAL_SERVER_ERROR, &fault),
        };
        let send = Send {
            party: &self.0.party,
            receiver: host_of(&question.acs),
            acs: &question.acs,
            message: encode(&signed),
            relay_state: question.relay_state.as_deref(),
        };
        page(StatusCode::OK, &send, Scripts::Own, Forms::Anywhere)
    }

    fn refuse(&self, status: StatusCode, fault: &PartnerFault) -> Response {
        let notice = Notice {
            party: &self.0.party,
            title: format!("{} cannot answer this", self.config().name),
            lines: vec!["The question that came with you was not taken.".to_owned()],
            code: Some(fault.to_string()),
            link: None,
        };
        notice.answer(status)
    }
}
