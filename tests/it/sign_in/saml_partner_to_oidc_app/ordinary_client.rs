//! An app that knows nothing of this gateway but its address: the `openidconnect` crate finds
//! everything in the discovery document and verifies the token by its own rules.

use std::time::{Duration, SystemTime};

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse as _,
};

use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET};
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// Carries the requests of the crate, which brings no connection of its own here.
#[expect(clippy::disallowed_methods, reason = "the tests are outside of the gateway")]
async fn carry(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
    let (parts, body) = request.into_parts();
    let sent = http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send().await?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = sent.status();
    *response.headers_mut() = sent.headers().clone();
    *response.body_mut() = sent.bytes().await?.to_vec();
    Ok(response)
}

on_both_stores! {
    async fn an_ordinary_client_signs_a_person_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let issuer = IssuerUrl::new(gateway.url.clone()).unwrap();
        let provider = CoreProviderMetadata::discover_async(issuer, &carry).await.unwrap();
        let secret = ClientSecret::new(PAYROLL_SECRET.to_owned());
        let app = CoreClient::from_provider_metadata(provider, ClientId::new("payroll".to_owned()), Some(secret))
            .set_redirect_uri(RedirectUrl::new(PAYROLL_CALLBACK.to_owned()).unwrap());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = app
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .add_extra_param("domain_hint", "fabrikam")
            .set_pkce_challenge(challenge)
            .url();

        let mut client = gateway.client();
        let request = gateway.ask(&mut client, url.as_str()).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(page.param("state").as_ref(), Some(state.secret()));

        let exchange = app.exchange_code(AuthorizationCode::new(granted(&page))).unwrap();
        let answer = exchange.set_pkce_verifier(verifier).request_async(&carry).await.unwrap();
        let id_token = answer.id_token().unwrap();
        let now = u64::try_from(gateway.now().seconds()).unwrap();
        let verifier =
            app.id_token_verifier().set_time_fn(move || (SystemTime::UNIX_EPOCH + Duration::from_secs(now)).into());
        let claims = id_token.claims(&verifier, &nonce).unwrap();
        assert_eq!(claims.issuer().as_str(), gateway.url);
        assert_eq!(claims.email().unwrap().as_str(), "ana@fabrikam.example");
        let algorithm = id_token.signing_alg().unwrap();
        let key = id_token.signing_key(&verifier).unwrap();
        let hash = AccessTokenHash::from_token(answer.access_token(), algorithm, key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&hash));

        let subject = claims.subject().clone();
        let asked = app.user_info(answer.access_token().clone(), Some(subject.clone())).unwrap();
        let known: CoreUserInfoClaims = asked.request_async(&carry).await.unwrap();
        assert_eq!(known.subject(), &subject);
        assert_eq!(known.preferred_username().unwrap().as_str(), "ana@fabrikam.example");
    }
}
