-- Why: people list their own jobs, and what each has asked for is bounded; both are found by who asked.
create index bulk_jobs_app_idx on bulk_jobs (app_id, id) where app_id is not null;
create index bulk_jobs_guest_idx on bulk_jobs (guest_id, id) where guest_id is not null;
