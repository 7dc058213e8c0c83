// An app: a relying party by the package `openid-client`. It pushes its requests, proves itself by its own key, binds its
// tokens to another one (DPoP), renews them, asks about them and gives them back.
//
// usage: node client.mjs PORT ISSUER PRIVATE_JWK
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const [port, issuer, jwk] = process.argv.slice(2);
const redirectUri = `http://localhost:${port}/callback`;
const key = await crypto.subtle.importKey('jwk', JSON.parse(jwk), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
let config;
let holder;
const waiting = new Map();

async function start(query) {
  config ??= await oidc.discovery(new URL(issuer), 'node-app', {}, oidc.PrivateKeyJwt({ key, kid: 'peers' }), {
    execute: [oidc.allowInsecureRequests],
  });
  holder ??= oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  waiting.set(state, { verifier, nonce });
  const url = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirectUri,
    scope: 'openid email profile offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    domain_hint: query.get('partner'),
  }, { DPoP: holder });
  return url.href;
}

async function finish(url) {
  const { verifier, nonce } = waiting.get(url.searchParams.get('state'));
  const tokens = await oidc.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: url.searchParams.get('state'),
    idTokenExpected: true,
  }, undefined, { DPoP: holder });
  const claims = tokens.claims();
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP: holder });
  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: holder });
  const active = await oidc.tokenIntrospection(config, renewed.access_token);
  await oidc.tokenRevocation(config, renewed.refresh_token);
  const after = await oidc.tokenIntrospection(config, renewed.access_token);
  const bound = tokens.token_type === 'dpop' && typeof active.cnf?.jkt === 'string';
  return { claims, info, bound, renewed: renewed.claims().sub === claims.sub, active: active.active, after: after.active };
}

createServer(async (request, response) => {
  const url = new URL(request.url, `http://localhost:${port}`);
  try {
    if (url.pathname === '/start') {
      response.writeHead(303, { location: await start(url.searchParams) }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await finish(url)));
    }
  } catch (error) {
    const cause = error.cause?.error ?? error.cause?.message ?? error.cause ?? '';
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.message} ${JSON.stringify(cause)}`);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
