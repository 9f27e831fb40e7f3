-- Every label of a person's is checked before models learn from it, and one that would mislead them or hold them back is
-- set aside, with the reason, until somebody settles it.

alter table training
  add column checked_by text,
  add column plausibility double precision,
  add column unlike double precision,
  add column oddity text,
  add column suspicion double precision,
  add column seconded_by text,
  add column kept_by text,
  add column set_aside text,
  add column set_aside_by text;
create index training_set_aside on training (created desc) where set_aside is not null;
create index training_by_people on training (created desc, batch_id, position) where batch_id is not null;
