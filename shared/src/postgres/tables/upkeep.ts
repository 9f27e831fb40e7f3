/** What the loop notes of its own work: what came to nothing, how it does, and who works on what. */
export const upkeepTables = `-- One row for each request for a training that came to nothing, and why.
create table if not exists skipped_trainings (
  message_id  text        primary key,
  batch_id    uuid        not null,
  fingerprint text        not null,
  reason      text        not null,
  created     timestamptz not null
);
create index if not exists skipped_trainings_newest on skipped_trainings (created desc);

-- What is wrong with the live model's quality at the moment: a row as long as a threshold is crossed.
create table if not exists alerts (
  name    text        primary key,
  created timestamptz not null default now()
);

-- How the numbers that people watch have been: one value of each for ten minutes, the last one measured in them.
create table if not exists figures (
  name  text             not null,
  since timestamptz      not null,
  value double precision not null,
  primary key (name, since)
);

-- Who works on an item at the moment: it is shown to no other reviewer until then.
create table if not exists review_leases (
  batch_id uuid        not null,
  subject  text        not null,
  holder   text        not null,
  ends     timestamptz not null,
  primary key (batch_id, subject)
);
create index if not exists review_leases_ended on review_leases (ends);`;
