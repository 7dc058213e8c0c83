-- Why: an OIDC partner ends sessions here by its own `sid`. Kept is a hash of partner and `sid`; the index has the
-- sessions of such partners alone, so that a sign-in by others writes no page more.
alter table sessions add column partner_sid bytea;
create index sessions_partner_sid_idx on sessions (partner_sid) where partner_sid is not null;
