-- Why: an app may take the people of some partners alone. A JSON array of ids; null where it takes everybody's.
alter table apps add column partners text;
