// A partner: the provider of the package `oidc-provider`. Whoever comes is Wen, who needs no password.
//
// usage: node provider.mjs PORT REDIRECT_URI
import Provider from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'entente',
      client_secret: 'a-secret-of-the-peers-0123456789',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['peers'] },
  jwks: undefined,
  async findAccount(_, id) {
    const claims = {
      sub: id,
      email: 'wen@woodgrove.example',
      email_verified: true,
      name: 'Wen Zhao',
      given_name: 'Wen',
      family_name: 'Zhao',
    };
    return { accountId: id, claims: async () => claims };
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  const result = {};
  if (prompt.name === 'login') {
    result.login = { accountId: 'wen', acr: 'https://refeds.org/profile/sfa', amr: ['pwd'] };
  } else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid email profile');
    result.consent = { grantId: await grant.save() };
  }
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
});

provider.on('server_error', (_, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
