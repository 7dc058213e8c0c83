-- Apps that speak SAML: their name, and what else is agreed with them as one JSON text.
alter table apps add column entity_id text;
alter table apps add column saml text;
create unique index apps_entity_id_key on apps (entity_id);
