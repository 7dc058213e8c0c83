-- Why: metadata may come from an address, and an OIDC provider's documents outlive a restart. `source` is
-- JSON for a SAML partner, `documents` for an OIDC partner; a SAML app has its source in `saml`.
alter table partners add column source text;
alter table partners add column documents text;
