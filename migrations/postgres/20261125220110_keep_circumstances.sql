-- Why: each use of a code or an access token is decided anew, by the browser and the time of the decision
-- that issued it, which cannot be read again.
alter table codes add column circumstances bytea;
alter table access_tokens add column circumstances bytea;
