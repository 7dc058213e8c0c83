-- Why: whoever changes a partner or an app noted it at once, under a lock that others wait for, while holding rows that
-- they may need. The triggers are deferred to the commit, so that nobody waits who holds a row that others still need.
-- SQLite has one writer at a time and needs nothing of this.
drop trigger partners_noted on partners;
drop trigger partner_domains_noted on partner_domains;
drop trigger partner_claims_noted on partner_claims;
drop trigger domain_proofs_noted on domain_proofs;
drop trigger apps_noted on apps;
create constraint trigger partners_noted after insert or update or delete on partners
deferrable initially deferred
for each row execute function note_object();
create constraint trigger partner_domains_noted after insert or update or delete on partner_domains
deferrable initially deferred
for each row execute function note_partner();
create constraint trigger partner_claims_noted after insert or update or delete on partner_claims
deferrable initially deferred
for each row execute function note_partner();
create constraint trigger domain_proofs_noted after insert or update or delete on domain_proofs
deferrable initially deferred
for each row execute function note_partner();
create constraint trigger apps_noted after insert or update or delete on apps
deferrable initially deferred
for each row execute function note_object();
