-- Why: a partner's statements of strength are judged by a contract of its own, and a session remembers
-- what was shown at the partner, what the partner was asked for and which second factors were passed here.
alter table partners add column assurance text;
alter table sessions add column home_methods text not null default '';
alter table sessions add column asked_strengths text not null default '';
alter table sessions add column factors text not null default '[]';
