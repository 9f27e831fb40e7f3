/** Which models there have been, and which of them answers. */
export const modelTables = `-- One row for each training: what it took and what came out.
create table if not exists jobs (
  id              uuid             primary key,
  model_file_name text             not null,
  records         integer          not null,
  accuracy        double precision not null,
  report          jsonb            not null default '{}',
  data_prep_time  double precision not null,
  training_time   double precision not null,
  testing_time    double precision not null,
  created         timestamptz      not null default now()
);
create index if not exists jobs_newest on jobs (created desc, id desc);

-- One row for each model ever trained, written by the training itself before it announces the model. \`message\` is
-- that announcement: a training that died between writing and announcing is announced by the next delivery.
-- \`content_sha256\` is what its file was: another content under its name is not taken for it.
create table if not exists models (
  file_name   text        primary key,
  job_id      uuid        not null unique,
  fingerprint text,
  parent      text,
  promoted    boolean     not null,
  reason      text        not null,
  message     jsonb       not null,
  created     timestamptz not null default now(),
  content_sha256 text     check (content_sha256 ~ '^[0-9a-f]{64}$')
);
create index if not exists models_newest on models (created desc, file_name desc);
create index if not exists models_by_fingerprint on models (fingerprint);

-- One row for each decision on which model answers, by a training's gate or by a person: who, when and why. The newest
-- promoting one says which model answers now, and, if it is a pin, that trainings change nothing. \`replaces\` is the
-- model that a person's decision took out of service.
create table if not exists decisions (
  id              uuid        primary key,
  kind            text        not null check (kind in ('training', 'promotion', 'rollback', 'pin', 'unpin')),
  model_file_name text        not null,
  promoted        boolean     not null,
  made_by         text        not null,
  why             text        not null,
  replaces        text,
  created         timestamptz not null
);
create index if not exists decisions_newest on decisions (created desc, model_file_name desc);
create index if not exists decisions_promoting on decisions (created desc, model_file_name desc) where promoted;`;
