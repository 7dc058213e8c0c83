-- Why: a token may be bound to a key, be for an API, and show claims that were asked for by name. A row of a version
-- before has no terms: whoever holds its token may use it, here.
alter table access_tokens add column terms bytea;
alter table refresh_tokens add column terms bytea;
alter table service_tokens add column terms bytea;
