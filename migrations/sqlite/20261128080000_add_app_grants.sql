-- Why: what an app may redeem, and what else is agreed with a relying party, in one column.
alter table apps add column oidc text;
