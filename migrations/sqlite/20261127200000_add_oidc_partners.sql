-- Why: a partner may speak OpenID Connect; its issuer stands in `entity_id`, and its secret is sealed.
alter table partners add column oidc text;
alter table partners add column client_secret blob;
