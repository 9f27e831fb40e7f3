import type { DataSet, Feature } from '../data-set/declaration.ts';
import { classNames, columnTypes, hashOf, literal } from './features.ts';
import { forgettingSchema } from './forgetting-schema.ts';
import { layoutFunction, layoutOf } from './layout.ts';
import { grantsToFunctions } from './rights.ts';

// The tables of a data set: what its declaration and all migrations add up to.

/** What a database says of each migration that its tables have been through. */
export interface AppliedMigration {
  /** The version that it leads to: they are applied in the order of their versions, which may have gaps. */
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** Whoever makes or changes tables holds this lock. */
export const tablesLock = 20_120_817;

/** All tables, as a script for their owner that can be run again and again. */
export function schemaOf(dataSet: DataSet, migrations: readonly AppliedMigration[]): string {
  return `-- The tables of the loop for ${dataSet.name}, as its declaration and the migrations in migrations/ add up to them. Runs on
-- PostgreSQL 15 or newer, as the owner of the database, again and again:
--   psql -v ON_ERROR_STOP=1 -f schema.sql
-- It makes tables and never changes them: npm run migrate does that, and, after a change of the declaration,
-- npm run data-set -- migrate. This text is made by
--   node scripts/run.mjs scripts/data-set.ts schema ${dataSet.name}
-- The functions never work as the owner. Each logs in as a member of a role of its own, with only the rights below; whoever
-- looks after the loop, and programs of before, as members of \`ml_readwrite\`.

begin;

-- Two who load this at the same moment, two deployments say, take turns, with each other and with migrations.
do $$ begin perform pg_advisory_xact_lock(${tablesLock}); end $$;

${refuseOthers(dataSet)}
-- Tables of another version stay as they are, since what follows makes only what is not there: they are refused.
do $$
declare
  described constant integer := ${migrations.at(-1)?.version ?? 0};
  reached integer := 0;
begin
  if to_regclass('predictions') is null then return; end if;
  if to_regclass('schema_versions') is not null then
    select coalesce(max(version), 0) into reached from schema_versions;
  end if;
  if reached <> described then
    raise exception 'The tables are of version %, and schema.sql describes version %.', reached, described
      using hint = 'npm run migrate brings older tables up to date.';
  end if;
end
$$;

${tablesOf(dataSet, migrations)}
commit;
`;
}

/** Refuses the tables of another data set before anything is written. The first tables were those of banknotes, and did not say so. */
export function refuseOthers({ name }: DataSet): string {
  return `-- The tables of another data set are refused.
do $$
declare
  stored text;
begin
  if to_regclass('data_set') is not null then
    select name into stored from data_set;
  elsif to_regclass('predictions') is not null then
    stored := 'banknotes';
  end if;
  if stored <> ${literal(name)} then
    raise exception 'This database holds the tables of %, and not those of ${name}.', stored
      using hint = 'Give ${name} a database of its own.';
  end if;
  if to_regclass('predictions') is not null and not exists (
    select from pg_attribute where attrelid = to_regclass('predictions') and attname = 'position'
  ) then
    raise exception 'This database holds the tables of the demo of before.'
      using hint = 'npm run migrate -- --from old takes over what is in them.';
  end if;
end
$$;
`;
}

export function tablesOf(dataSet: DataSet, migrations: readonly AppliedMigration[]): string {
  return `-- The migrations that the tables have been through. Before these were counted, there were no names and checksums.
create table if not exists schema_versions (
  version  integer     primary key,
  applied  timestamptz not null default now(),
  name     text,
  checksum text
);
alter table schema_versions add column if not exists name text, add column if not exists checksum text;
insert into schema_versions as applied (version, name, checksum) values
  ${migrations.map(({ version, name, checksum }) => `(${version}, ${literal(name)}, ${literal(checksum)})`).join(',\n  ')}
on conflict (version) do update set name = excluded.name, checksum = excluded.checksum
  where applied.checksum is null;

do $$
begin
  create role ml_readwrite nologin;
exception
  when duplicate_object then null;  -- the role belongs to the server, so another database may have made it already
  when unique_violation then null;  -- and another session may be making it at this moment
end
$$;

-- One row: whose tables these are, and by which declaration, and how many there have been.
-- \`seed\` says which file's rows have been loaded, and \`layouts\` by which meaning of columns and class numbers instances may
-- use the tables.
create table if not exists data_set (
  name        text        primary key check (name = ${literal(dataSet.name)}),
  declaration jsonb       not null,
  version     integer     not null default 1,
  seed        text,
  applied     timestamptz not null default now(),
  layouts     text[]      not null
);
insert into data_set (name, declaration, layouts)
values (${literal(dataSet.name)}, ${declarationOf(dataSet)}, array[${literal(layoutOf(dataSet))}])
on conflict do nothing;

${layoutFunction}

-- One item in five judges every model and trains none. Which ones, nobody can tell who does not know the salt: it is drawn
-- once for each database, and no function ever sends it anywhere.
create table if not exists hold_out (
  only_one boolean primary key default true check (only_one),
  salt     bytea   not null
);
insert into hold_out (salt)
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'utf8'))
on conflict do nothing;

create or replace function is_holdout(note_hash bytea, salt bytea)
returns boolean language sql immutable strict parallel safe as $$
  select get_byte(sha256(salt || note_hash), 0) < 51
$$;

-- One row for each item of each batch, in the batch's own order. \`is_correct\` is a person's word on \`prediction\`:
-- null until somebody rates it, and null again when the rating is withdrawn. \`true_label\` is what the person said it is,
-- where they said so. \`rated_at\` orders ratings: an older one that arrives late changes nothing. \`verified\` says that
-- \`reviewer\` is who the rating came from, by a token that was checked, and not a name that anybody may write. Two classes
-- have a \`score\`, the probability of class 1; more have \`probabilities\`, one for each. \`unlike\` is the share of known
-- items that are less unlike the rest of what the model had learned from, and \`abstained\` whether the answer stood for "don't know".
create table if not exists predictions (
  batch_id        uuid             not null,
  position        integer          not null check (position >= 0),
  subject_id      text             not null,
${featureDefinitions(dataSet)}
  prediction      text             not null check (prediction in (${labelList(dataSet)})),
  score           double precision check (score between 0 and 1),
  probabilities   double precision[],
  unlike          double precision check (unlike between 0 and 1),
  abstained       boolean,
  model_file_name text,
  is_correct      boolean,
  true_label      text             check (true_label in (${labelList(dataSet)})),
  rated_at        timestamptz,
  reviewer        text,
  created         timestamptz      not null default now(),
  verified        boolean          not null default false,
  primary key (batch_id, position)
);

-- One entry for each batch: "the newest batches" reads this, however many notes they hold.
create index if not exists predictions_newest_batches on predictions (created desc, batch_id desc) where position = 0;
create index if not exists predictions_rated on predictions (rated_at) where rated_at is not null;
-- "The first answer of a model" reads this.
create index if not exists predictions_by_model on predictions (model_file_name, created) where position = 0;

-- Programs of before this loop write predictions and ratings, too, and know fewer columns. What they leave out is filled
-- in, so that everybody who reads finds rows that are whole.
create or replace function complete_prediction() returns trigger language plpgsql as $$
declare
  of_the_answer constant text[] := array[
    'batch_id', 'position', 'subject_id', 'prediction', 'score', 'probabilities', 'unlike', 'abstained', 'model_file_name',
    'is_correct', 'true_label', 'rated_at', 'reviewer', 'verified', 'created'
  ];
begin
  -- Without a place in its batch, a row gets the next one; two who add to one batch take turns. Times are as fine as
  -- those that JavaScript has, since the page of older batches begins where the one before it ended.
  if new.position is null then
    perform pg_advisory_xact_lock(hashtextextended(new.batch_id::text, 0));
    perform from predictions as stored
    where stored.batch_id = new.batch_id
      and stored.subject_id = new.subject_id
      and stored.xmin <> pg_current_xact_id()::xid
      and to_jsonb(stored) - of_the_answer = to_jsonb(new) - of_the_answer;
    if found then
      return null;
    end if;
    select coalesce(max(position) + 1, 0) into new.position from predictions where batch_id = new.batch_id;
    new.created := date_trunc('milliseconds', new.created);
  end if;
  if new.is_correct is not null and new.rated_at is null then
    new.rated_at := date_trunc('milliseconds', clock_timestamp());
  end if;
  -- What was said before of the same row does not hold any more.
  if new.is_correct <> (new.true_label = new.prediction) then
    new.true_label := null;
  end if;
  return new;
end
$$;

create or replace trigger complete_prediction before insert or update of is_correct on predictions
for each row when (
  new.position is null
  or new.is_correct is not null and new.rated_at is null
  or new.is_correct <> (new.true_label = new.prediction)
) execute function complete_prediction();

-- What the model learns from. Rows of the data set's own file have no batch, and their line as position; all others are
-- predictions that a person rated, and carry the key of that prediction, so that a rating that changes moves its
-- row instead of adding one.
-- \`note_hash\` is what makes two items the same item: all their values. It also decides the order in which rows are
-- taken, and, with the salt, which of them are hold-out: always the same ones, whichever way they came in. Adding 0 turns
-- -0 into 0.
-- \`role\` is what became of a person's label, as the training on the latest rows settled it: \`trains\`, \`judges\` (the
-- hold-out), \`surplus\` (its class has more rows than another), \`capped\` (its reviewer or batch has had its share),
-- \`overruled\` (the file's own label judges), \`superseded\` (a later label of the same item) or \`set aside\`. \`job_id\` is
-- the first training for which that was so; later ones change neither.
-- What follows is known of people's labels only, and forgotten when a label changes. \`plausibility\` is the probability
-- that a model of the file's own rows, \`checked_by\`, gives to the label; \`unlike\` says how unlike known rows the item is,
-- as a share of them; \`oddity\` which value lies far outside of all that is known; \`suspicion\` how probably the label is
-- wrong. \`seconded_by\` is another reviewer who said the same of the same item, \`kept_by\` an operator who wants it learned. \`set_aside\` says
-- why nothing is learned from it, and \`set_aside_by\` what found that: \`suspicion\`, \`distance\`, \`oddity\`, \`refusal\` (models that
-- learn from it are refused) or \`operator\`. \`doubt\` says why it looks wrong, also while it is learned from, and \`outvoted\`
-- that it judges and a model was promoted against it. \`near_settled\` is a label of an item that is far from all known rows,
-- but near one that a second reviewer has settled.
create table if not exists training (
  batch_id        uuid,
  position        bigint           not null generated by default as identity (start with 1000000000),
${featureDefinitions(dataSet)}
  class           smallint         not null check (class in (${numberList(dataSet)})),
  reviewer        text,
  created         timestamptz      not null default now(),
  ${hashDefinition(dataSet)},
  role            text,
  job_id          uuid,
  checked_by      text,
  plausibility    double precision,
  unlike          double precision,
  oddity          text,
  suspicion       double precision,
  seconded_by     text,
  kept_by         text,
  set_aside       text,
  set_aside_by    text,
  doubt           text,
  verified        boolean          not null default false,
  outvoted        text,
  near_settled    boolean          not null default false,
  unique nulls not distinct (batch_id, position)
);

${hashIndexes};
-- The newest labels of each reviewer; all names that nobody verified are one.
create index if not exists training_of_people
  on training (${principal}, created, batch_id, position) where batch_id is not null;
create index if not exists training_counting on training (created desc) where role in ('trains', 'judges');
create index if not exists training_set_aside on training (created desc) where set_aside is not null;
create index if not exists training_doubted on training (created desc) where doubt is not null or set_aside is not null;
-- People's rows are few beside the file's: what is asked of them alone reads this.
create index if not exists training_by_people on training (created desc, batch_id, position) where batch_id is not null;
-- Labels that may look wrong, and those that have not been checked yet.
create index if not exists training_plausible on training ((coalesce(reviewer, '')), plausibility)
  where batch_id is not null and plausibility is not null;
create index if not exists training_odd on training (created) where batch_id is not null and oddity is not null;
create index if not exists training_far on training (created) where batch_id is not null and unlike >= 0.99;
create index if not exists training_checked on training (checked_by) where batch_id is not null;

-- How often each reviewer errs, by labels that were checked and whose items known rows are near to: how many there are, how
-- many known rows find improbable, and as how many of these a model would find improbable that is only as sure as it says.
-- A name that nobody gave is empty.
create table if not exists reviewer_counts (
  reviewer   text    primary key,
  checked    bigint  not null,
  improbable bigint  not null,
  doubt      numeric not null
);
-- What is to be added to those counts. Each training does so before it asks how often a reviewer errs: whoever writes
-- labels waits for nobody who counts them.
create table if not exists label_changes (
  reviewer   text    not null,
  checked    integer not null,
  improbable integer not null,
  doubt      numeric not null
);

create or replace function count_label() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.plausibility is not null then
    insert into label_changes
    select coalesce(old.reviewer, ''), -is_known::int, -(is_open and old.plausibility < 0.5)::int,
      case when is_open then -least(old.plausibility, 1 - old.plausibility)::numeric else 0 end
    from (select coalesce(old.unlike < 0.99, false) as is_known) as known,
      lateral (select is_known and old.seconded_by is null and old.kept_by is null as is_open) as open;
  end if;
  if tg_op <> 'DELETE' and new.plausibility is not null then
    insert into label_changes
    select coalesce(new.reviewer, ''), is_known::int, (is_open and new.plausibility < 0.5)::int,
      case when is_open then least(new.plausibility, 1 - new.plausibility)::numeric else 0 end
    from (select coalesce(new.unlike < 0.99, false) as is_known) as known,
      lateral (select is_known and new.seconded_by is null and new.kept_by is null as is_open) as open;
  end if;
  return null;
end
$$;

create or replace trigger count_new_label after insert on training
for each row when (new.plausibility is not null) execute function count_label();
create or replace trigger count_changed_label
after update of reviewer, plausibility, unlike, seconded_by, kept_by on training
for each row when (
  (old.reviewer, old.plausibility, old.unlike, old.seconded_by is null, old.kept_by is null)
    is distinct from (new.reviewer, new.plausibility, new.unlike, new.seconded_by is null, new.kept_by is null)
) execute function count_label();
create or replace trigger count_lost_label after delete on training
for each row when (old.plausibility is not null) execute function count_label();

-- What each reviewer said of each prediction last, by the time of the rating and not of its arrival. Without a name it is
-- an empty one; without a class the rating was taken back, or teaches nothing. \`spent\` words had been given when the label
-- turned out to hold learning back: repeating them settles nothing.
create table if not exists words (
  batch_id uuid        not null,
  position bigint      not null,
  reviewer text        not null,
  verified boolean     not null,
  class    smallint,
  said_at  timestamptz not null,
  spent    boolean     not null default false,
  primary key (batch_id, position, reviewer, verified)
);

-- One row for each training: what it took and what came out.
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
create index if not exists decisions_promoting on decisions (created desc, model_file_name desc) where promoted;

-- Who did what, when and from where: decisions on models and labels, ratings taken back or given for others, models taken
-- in, dead letters replayed, people signed in, exported and forgotten, reads of what is others', refusals. Nobody changes or
-- deletes what stands here, its owner neither.
create table if not exists audit (
  id      bigint      generated always as identity primary key,
  created timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  who     text        not null,
  address text,
  action  text        not null,
  target  text,
  before  jsonb,
  after   jsonb,
  times   integer     not null default 1
);
create index if not exists audit_by_who on audit (who, id);

-- The log keeps what was done, when and how often; only a name in it may give way to a pseudonym (\`forget_person\`).
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_nargs = 0 and current_setting('loop.forgetting', true) = 'on' then
    return null;
  end if;
  raise exception 'The table % is only ever added to.', tg_table_name;
end
$$;

create or replace trigger audit_is_kept before update or delete or truncate on audit
for each statement execute function refuse_change();
create or replace trigger audit_keeps_what_was_done before update of id, created, action, times on audit
for each statement execute function refuse_change('always');

-- One row for each request for a training that came to nothing, and why.
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
create index if not exists review_leases_ended on review_leases (ends);

grant usage on schema public to ml_readwrite;
grant select, insert, update on predictions, words to ml_readwrite;
grant select, insert, update, delete on training to ml_readwrite;
grant select, insert on jobs, models, decisions, skipped_trainings, audit to ml_readwrite;
grant select, insert, delete on alerts, label_changes to ml_readwrite;
grant select, insert, update on reviewer_counts, figures to ml_readwrite;
grant select, insert, update, delete on review_leases to ml_readwrite;
grant select on schema_versions, data_set, hold_out to ml_readwrite;

${forgettingSchema}
${grantsToFunctions()}`;
}

export function declarationOf(dataSet: DataSet): string {
  return literal(JSON.stringify(dataSet, undefined, 2));
}

export function labelList(dataSet: DataSet): string {
  return classNames(dataSet).map(literal).join(', ');
}

export function numberList({ label }: DataSet): string {
  return label.classes.map((_, number) => number).join(', ');
}

export function hashDefinition(dataSet: DataSet): string {
  return `note_hash       bytea            not null generated always as (
    ${hashOf(dataSet)}
  ) stored`;
}

/** The second one gives the data set's own rows, class by class, in an order that depends on the items alone. */
export const hashIndexes = `create index if not exists training_by_note on training (note_hash);
create index if not exists training_of_data_set on training (class, note_hash) where batch_id is null`;

/** Whose label a row is; all names that nobody verified are one. */
export const principal = `(case when verified then coalesce(reviewer, '') else '' end)`;

/** Values of one width first: PostgreSQL fills up the room before a number that follows a text. */
const inOrderOfWidth: readonly Feature['kind'][] = ['number', 'yes-no', 'category'];

function featureDefinitions(dataSet: DataSet): string {
  return inOrderOfWidth
    .flatMap(kind => dataSet.features.filter(feature => feature.kind === kind))
    .map(({ column, kind, missing }) => {
      const type = columnTypes[kind];
      return `  ${column.padEnd(15)} ${missing ? type : `${type.padEnd(16)} not null`},`;
    })
    .join('\n');
}
