-- The tables of the loop for banknotes, as its declaration and the migrations in migrations/ add up to them. Runs on
-- PostgreSQL 15 or newer, as the owner of the database, again and again:
--   psql -v ON_ERROR_STOP=1 -f schema.sql
-- It makes tables and never changes them: npm run migrate does that, and, after a change of the declaration,
-- npm run data-set -- migrate. This text is made by
--   node scripts/run.mjs scripts/data-set.ts schema banknotes
-- The functions never work as the owner. Each logs in as a member of a role of its own, with only the rights below; whoever
-- looks after the loop, and programs of before, as members of `ml_readwrite`.

begin;

-- Two who load this at the same moment, two deployments say, take turns, with each other and with migrations.
do $$ begin perform pg_advisory_xact_lock(20120817); end $$;

-- The tables of another data set are refused.
do $$
declare
  stored text;
begin
  if to_regclass('data_set') is not null then
    select name into stored from data_set;
  elsif to_regclass('predictions') is not null then
    stored := 'banknotes';
  end if;
  if stored <> 'banknotes' then
    raise exception 'This database holds the tables of %, and not those of banknotes.', stored
      using hint = 'Give banknotes a database of its own.';
  end if;
  if to_regclass('predictions') is not null and not exists (
    select from pg_attribute where attrelid = to_regclass('predictions') and attname = 'position'
  ) then
    raise exception 'This database holds the tables of the demo of before.'
      using hint = 'npm run migrate -- --from old takes over what is in them.';
  end if;
end
$$;

-- Tables of another version stay as they are, since what follows makes only what is not there: they are refused.
do $$
declare
  described constant integer := 185;
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

-- The migrations that the tables have been through. Before these were counted, there were no names and checksums.
create table if not exists schema_versions (
  version  integer     primary key,
  applied  timestamptz not null default now(),
  name     text,
  checksum text
);
alter table schema_versions add column if not exists name text, add column if not exists checksum text;
insert into schema_versions as applied (version, name, checksum) values
  (1, 'first-tables', '36a45da67cc9ed05c92ed1b71540e444ad549f411d3308706db2f4eeaf90df8d'),
  (2, 'any-table', 'b1300bb63654b3a24ab1480ded50646a6d13f075a0ba9a38bed5f95978bc4a0b'),
  (3, 'label-checks', '0722cbee70887d53a92cb059cc899ed4fe92468c811c940e732284c8a4d35cd7'),
  (20, 'chosen-rows', '3548bb2b0aa073a3ab21294722141170625ef9a3829163fd53448881a2a99bb9'),
  (40, 'doubted-labels', 'bddeb18f2492cab78658d2d96cbec2514563012eb71fb02a81e5ca8d4791401c'),
  (50, 'unlike-answers', '27069f26fb49a3e6f678a35c17cea652651aa9a141462d0f1e4a07e3e74d50e0'),
  (70, 'content-of-models', '194391e7868acdf3c4e109b6b9fce01f662f47f484dd7145090a8f920b5dada1'),
  (71, 'audit', 'a81fbd4512161c50122b8464d996aad48962163be32ab87808fbe906d76990be'),
  (80, 'other-writers', '63e7a6ced757758e0bc16855dd93acebe19113a2ede72e933d75b1e2cf332237'),
  (85, 'repeated-rows', '95f431a8a1a1960089920beee5903f9072e607359a56702afce94081dca72fe8'),
  (95, 'counted-labels', '5fdfc3851947461ec4b168f0a9a37cb4a41fc7cf3c5d14c606f623918f0a86cf'),
  (98, 'words-of-reviewers', '5076cb557f5b310e0d307d4bf1ea6741014683eb890a75bea25b67552c449961'),
  (99, 'outvoted-labels', 'f3d0c0cb1bb49a9b72911697c42e636074f0937b3b10e6bf49b114797b655c23'),
  (113, 'forgetting', 'bf7e4ce7254461861b377cbeabbc2bee9adcc414485d2bb89365d7981df2bbd3'),
  (117, 'figures', '69a8ecf1e2fa6889d30d52020f9f5672558226819ecb707fb98205d9f0b606c4'),
  (118, 'review-leases', 'c1d867d31a5caff146dcad4c3ab46fdfd429d9034021117ffa86674cdfdea381'),
  (130, 'expiry', '46e3fa04ad1244ae9414a9a0a45cd14fc45aec39dcc1342063920d5a67ee6ace'),
  (140, 'forgotten-leases', '329044354761795b9fa9aa6459291a247bad526ef396990179aca9b033bf569a'),
  (160, 'layouts', '9d11dc84e8e5eb6c6904c01e73f6aa11de16f0fc7bd503eedcf79ce41bdc2772'),
  (185, 'one-cap-for-one-person', 'd92a6d8d9a06dceaa3ac3e4fcc36d8c7c86ff4fd4790b3abbbb739907d33848a')
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
-- `seed` says which file's rows have been loaded, and `layouts` by which meaning of columns and class numbers instances may
-- use the tables.
create table if not exists data_set (
  name        text        primary key check (name = 'banknotes'),
  declaration jsonb       not null,
  version     integer     not null default 1,
  seed        text,
  applied     timestamptz not null default now(),
  layouts     text[]      not null
);
insert into data_set (name, declaration, layouts)
values ('banknotes', '{
  "name": "banknotes",
  "title": "Banknotes",
  "item": "note",
  "items": "notes",
  "question": "Is it real?",
  "features": [
    {
      "name": "variance",
      "missing": false,
      "hint": "variance of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -7.0421,
      "max": 6.8248,
      "strict": false,
      "example": 3.6216,
      "column": "variance",
      "csv": "variance"
    },
    {
      "name": "skewness",
      "missing": false,
      "hint": "skewness of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -13.7731,
      "max": 12.9516,
      "strict": false,
      "example": 8.6661,
      "column": "skewness",
      "csv": "skewness"
    },
    {
      "name": "curtosis",
      "missing": false,
      "hint": "curtosis of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -5.2861,
      "max": 17.9274,
      "strict": false,
      "example": -2.8073,
      "column": "curtosis",
      "csv": "curtosis"
    },
    {
      "name": "entropy",
      "missing": false,
      "hint": "entropy of the image",
      "kind": "number",
      "integer": false,
      "min": -8.5482,
      "max": 2.4495,
      "strict": false,
      "example": -0.44699,
      "column": "entropy",
      "csv": "entropy"
    }
  ],
  "label": {
    "name": "class",
    "classes": [
      {
        "name": "fake",
        "csv": "0"
      },
      {
        "name": "real",
        "csv": "1"
      }
    ],
    "csv": "class"
  },
  "file": "../../bank_data.csv",
  "header": true,
  "balance": true,
  "floor": {
    "accuracy": 0.95,
    "recall": 0.9
  },
  "source": {
    "title": "Banknote Authentication, UCI Machine Learning Repository",
    "url": "https://archive.ics.uci.edu/dataset/267/banknote+authentication",
    "licence": "CC BY 4.0",
    "citation": "Lohweg, V. (2012). Banknote Authentication [Dataset]. UCI Machine Learning Repository. https://doi.org/10.24432/C55P57"
  }
}', array['c3256fea4e2c8c060a02d69baa07e5bd'])
on conflict do nothing;

create or replace function check_layout(layout text) returns boolean language plpgsql stable as $$
begin
  if exists (select from data_set where layout = any (layouts)) then return true; end if;
  raise exception 'The tables are at another declaration than this instance.' using errcode = 'object_not_in_prerequisite_state';
end
$$;

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

-- One row for each item of each batch, in the batch's own order. `is_correct` is a person's word on `prediction`:
-- null until somebody rates it, and null again when the rating is withdrawn. `true_label` is what the person said it is,
-- where they said so. `rated_at` orders ratings: an older one that arrives late changes nothing. `verified` says that
-- `reviewer` is who the rating came from, by a token that was checked, and not a name that anybody may write. Two classes
-- have a `score`, the probability of class 1; more have `probabilities`, one for each. `unlike` is the share of known
-- items that are less unlike the rest of what the model had learned from, and `abstained` whether the answer stood for "don't know".
create table if not exists predictions (
  batch_id        uuid             not null,
  position        integer          not null check (position >= 0),
  subject_id      text             not null,
  variance        double precision not null,
  skewness        double precision not null,
  curtosis        double precision not null,
  entropy         double precision not null,
  prediction      text             not null check (prediction in ('fake', 'real')),
  score           double precision check (score between 0 and 1),
  probabilities   double precision[],
  unlike          double precision check (unlike between 0 and 1),
  abstained       boolean,
  model_file_name text,
  is_correct      boolean,
  true_label      text             check (true_label in ('fake', 'real')),
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
-- `note_hash` is what makes two items the same item: all their values. It also decides the order in which rows are
-- taken, and, with the salt, which of them are hold-out: always the same ones, whichever way they came in. Adding 0 turns
-- -0 into 0.
-- `role` is what became of a person's label, as the training on the latest rows settled it: `trains`, `judges` (the
-- hold-out), `surplus` (its class has more rows than another), `capped` (its reviewer or batch has had its share),
-- `overruled` (the file's own label judges), `superseded` (a later label of the same item) or `set aside`. `job_id` is
-- the first training for which that was so; later ones change neither.
-- What follows is known of people's labels only, and forgotten when a label changes. `plausibility` is the probability
-- that a model of the file's own rows, `checked_by`, gives to the label; `unlike` says how unlike known rows the item is,
-- as a share of them; `oddity` which value lies far outside of all that is known; `suspicion` how probably the label is
-- wrong. `seconded_by` is another reviewer who said the same of the same item, `kept_by` an operator who wants it learned. `set_aside` says
-- why nothing is learned from it, and `set_aside_by` what found that: `suspicion`, `distance`, `oddity`, `refusal` (models that
-- learn from it are refused) or `operator`. `doubt` says why it looks wrong, also while it is learned from, and `outvoted`
-- that it judges and a model was promoted against it. `near_settled` is a label of an item that is far from all known rows,
-- but near one that a second reviewer has settled.
create table if not exists training (
  batch_id        uuid,
  position        bigint           not null generated by default as identity (start with 1000000000),
  variance        double precision not null,
  skewness        double precision not null,
  curtosis        double precision not null,
  entropy         double precision not null,
  class           smallint         not null check (class in (0, 1)),
  reviewer        text,
  created         timestamptz      not null default now(),
  note_hash       bytea            not null generated always as (
    sha256(float8send(variance + 0) || float8send(skewness + 0) || float8send(curtosis + 0) || float8send(entropy + 0))
  ) stored,
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

create index if not exists training_by_note on training (note_hash);
create index if not exists training_of_data_set on training (class, note_hash) where batch_id is null;
-- The newest labels of each reviewer; all names that nobody verified are one.
create index if not exists training_of_people
  on training ((case when verified then lower(normalize(regexp_replace(coalesce(reviewer, ''), '[\s\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'), NFKC)) else '' end), created, batch_id, position) where batch_id is not null;
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
-- an empty one; without a class the rating was taken back, or teaches nothing. `spent` words had been given when the label
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

-- One row for each model ever trained, written by the training itself before it announces the model. `message` is
-- that announcement: a training that died between writing and announcing is announced by the next delivery.
-- `content_sha256` is what its file was: another content under its name is not taken for it.
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
-- promoting one says which model answers now, and, if it is a pin, that trainings change nothing. `replaces` is the
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
-- in, dead letters replayed, people signed in, exported and forgotten, reads of what is others', refusals. Nobody changes what
-- stands here, its owner neither.
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

-- The log keeps what was done, when and how often; only a name in it may give way to a pseudonym (`forget_person`), and
-- what is older than it has to be may go (`expire_audit`).
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_nargs = 0 and (
    tg_op = 'UPDATE' and current_setting('loop.forgetting', true) = 'on'
    or tg_op = 'DELETE' and current_setting('loop.expiring', true) = 'on'
  ) then
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

-- Whom the loop has forgotten, by the name that stands in their place, and when that was asked for; "finished" stays empty
-- until messages and caches have been cleared, too. What they had said before then does not count, however late it comes.
create table if not exists forgotten (
  pseudonym text        primary key,
  asked     timestamptz not null,
  finished  timestamptz
);

-- Pseudonyms are made with this key, which no function may read: without it nobody can tell from a pseudonym whose it is,
-- or try names. Whoever deletes it makes that final, and the next person who is forgotten gets a new one.
create table if not exists pseudonym_key (
  only_one boolean primary key default true check (only_one),
  key      bytea   not null
);

-- The ratings of one person.
create index if not exists predictions_by_reviewer on predictions (reviewer) where reviewer is not null;

create or replace function pseudonym_of(person text) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare
  secret bytea;
begin
  insert into pseudonym_key (key) values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'utf8')))
  on conflict do nothing;
  select key into secret from pseudonym_key;
  return 'person-' || left(encode(sha256(secret || sha256(secret || convert_to(person, 'utf8'))), 'hex'), 16);
end
$$;

-- A text with another name wherever it has this one, as a name of its own and not as a part of a longer one.
create or replace function with_other_name(said text, name text, other text) returns text language sql immutable parallel safe as $$
  select regexp_replace(said, '(?<![[:alnum:]_@]|[[:alnum:]][.+-]|sub:)' || regexp_replace(name, '([^[:alnum:]])', '\\\1', 'g')
    || '(?![[:alnum:]_@]|[.+-][[:alnum:]])', other, 'g')
$$;

-- The same for every text within a value.
create or replace function with_other_name(said jsonb, name text, other text) returns jsonb language plpgsql immutable parallel safe as $$
begin
  case jsonb_typeof(said)
    when 'string' then return to_jsonb(with_other_name(said #>> '{}', name, other));
    when 'array' then return (
      select coalesce(jsonb_agg(with_other_name(value, name, other) order by place), '[]')
      from jsonb_array_elements(said) with ordinality as item (value, place));
    when 'object' then return (
      select coalesce(jsonb_object_agg(key, with_other_name(value, name, other)), '{}') from jsonb_each(said));
    else return said;
  end case;
end
$$;

-- Which models learned from a person's labels, or were judged by them, as far as roles tell.
create or replace function models_taught_by(person text) returns jsonb language sql stable as $$
  with taught as (
    select role, models.created from training join models using (job_id)
    where batch_id is not null and reviewer = person and role in ('trains', 'judges')
  )
  select coalesce(jsonb_agg(jsonb_build_object('model_file_name', file_name, 'learned', learned, 'judged', judged) order by created), '[]')
  from models, lateral (
    select count(*) filter (where role = 'trains') as learned, count(*) filter (where role = 'judges') as judged
    from taught where taught.created <= models.created
  ) as counted
  where learned + judged > 0
$$;

-- Takes a person out of all tables at once, or not at all. What they said of items goes, with the rows that were learned
-- from it; records of what was done stay, under a pseudonym. Answers what there was. Done again, it finds nothing. "only_look"
-- does the same and undoes it.
create or replace function forget_person(person text, asked_by text, from_address text, only_look boolean)
returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare
  other constant text := pseudonym_of(person);
  -- As it stands in the text of a JSON value.
  quoted constant text := substr(to_jsonb(person)::text, 2, length(to_jsonb(person)::text) - 2);
  now timestamptz;
  taught jsonb;
  found jsonb := '{}';
  changed bigint;
  total bigint := 0;
  unfinished boolean;
begin
  if person = '' then raise exception 'A person has a name.'; end if;
  -- Nobody rates meanwhile: what is on its way is either found here, or finds the person forgotten.
  if not only_look then lock table predictions in share row exclusive mode; end if;
  now := date_trunc('milliseconds', clock_timestamp());
  taught := models_taught_by(person);
  unfinished := exists (select from forgotten where pseudonym = other and finished is null);
  perform set_config('loop.forgetting', 'on', true);
  begin
    -- First predictions and then training, in the order of everybody who locks both.
    perform from predictions where reviewer = person order by batch_id, position for update;
    update predictions set is_correct = null, true_label = null, reviewer = null, verified = false, rated_at = greatest(rated_at, now)
    where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('ratings', changed);
    total := total + changed;

    delete from training where batch_id is not null and reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('training_rows', changed);
    total := total + changed;

    delete from words where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('words', changed);
    total := total + changed;

    update training
    set seconded_by = case when seconded_by <> person then seconded_by end,
      kept_by = with_other_name(kept_by, person, other), set_aside = with_other_name(set_aside, person, other)
    where seconded_by = person or position(person in concat_ws(' ', kept_by, set_aside)) > 0
      and (kept_by, set_aside) is distinct from (with_other_name(kept_by, person, other), with_other_name(set_aside, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('labels_of_others', changed);
    total := total + changed;

    update decisions set made_by = with_other_name(made_by, person, other), why = with_other_name(why, person, other)
    where position(person in made_by || ' ' || why) > 0
      and (made_by, why) is distinct from (with_other_name(made_by, person, other), with_other_name(why, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('decisions', changed);
    total := total + changed;

    update models set reason = with_other_name(reason, person, other), message = with_other_name(message, person, other)
    where (position(person in reason) > 0 or position(quoted in message::text) > 0)
      and (reason, message) is distinct from (with_other_name(reason, person, other), with_other_name(message, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('models', changed);
    total := total + changed;

    update jobs set report = with_other_name(report, person, other)
    where position(quoted in report::text) > 0 and report <> with_other_name(report, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('jobs', changed);
    total := total + changed;

    update skipped_trainings set reason = with_other_name(reason, person, other)
    where position(person in reason) > 0 and reason <> with_other_name(reason, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('skipped_trainings', changed);
    total := total + changed;

    update audit set who = with_other_name(who, person, other), target = with_other_name(target, person, other),
      before = with_other_name(before, person, other), after = with_other_name(after, person, other),
      address = case when person not in (who, address) then address end
    where (position(person in concat_ws(' ', who, address, target)) > 0 or position(quoted in concat_ws(' ', before, after)) > 0)
      and (who, address, target, before, after) is distinct from (with_other_name(who, person, other), nullif(address, person),
        with_other_name(target, person, other), with_other_name(before, person, other), with_other_name(after, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('audit', changed);
    total := total + changed;

    delete from review_leases where position(person in holder) > 0 and holder <> with_other_name(holder, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('review_leases', changed);
    total := total + changed;

    -- Deleting the rows above has written changes of the counts, too. Whoever counts them at this moment is waited for.
    delete from label_changes where reviewer = person;
    delete from reviewer_counts where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('reviewer_counts', changed);
    total := total + changed;

    if only_look then raise exception using errcode = 'LOOKD'; end if;

    if total > 0 or not exists (select from forgotten where pseudonym = other) then
      insert into forgotten (pseudonym, asked) values (other, now)
      on conflict (pseudonym) do update set asked = excluded.asked, finished = null;
      insert into audit (who, address, action, target, after)
      values (with_other_name(asked_by, person, other), nullif(from_address, person), 'person-forgotten', other,
        found || jsonb_build_object('models_taught', taught));
      unfinished := true;
    end if;
  exception when sqlstate 'LOOKD' then
    null;
  end;
  perform set_config('loop.forgetting', '', true);
  return jsonb_build_object('pseudonym', other, 'found', found, 'models_taught', taught, 'unfinished', unfinished);
end
$$;

-- Everything else has been cleared, too.
create or replace function finish_forgetting(person text) returns void language sql security definer set search_path = public, pg_temp as $$
  update forgotten set finished = clock_timestamp() where pseudonym = pseudonym_of(person)
$$;

-- What somebody said who has been forgotten since comes late: it changes nothing.
create or replace function refuse_forgotten() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from forgotten) then
    return new;
  end if;
  perform from forgotten where pseudonym = pseudonym_of(new.reviewer) and asked >= new.rated_at;
  if not found then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    return old;
  end if;
  new.is_correct := null;
  new.true_label := null;
  new.reviewer := null;
  new.verified := false;
  return new;
end
$$;

create or replace trigger refuse_forgotten before insert or update of reviewer on predictions
for each row when (new.reviewer is not null) execute function refuse_forgotten();

create or replace function refuse_forgotten_word() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from forgotten) then
    return new;
  end if;
  perform from forgotten where pseudonym = pseudonym_of(new.reviewer) and asked >= new.said_at;
  return case when found then null else new end;
end
$$;

create or replace trigger refuse_forgotten_word before insert or update on words
for each row when (new.reviewer <> '') execute function refuse_forgotten_word();

revoke all on function pseudonym_of(text), forget_person(text, text, text, boolean), finish_forgetting(text), refuse_forgotten(), refuse_forgotten_word() from public;
grant execute on function forget_person(text, text, text, boolean), finish_forgetting(text) to ml_readwrite;
grant select on forgotten to ml_readwrite;

-- Of these batches what may go: notes that nobody has rated since "earliest", and that models do not learn from. The first
-- note of a batch stays with any other one, since it stands for the batch in all lists.
create or replace function unrated_notes(batches uuid[], earliest timestamptz)
returns table (batch_id uuid, "position" integer) language sql stable as $$
  with judged as (
    select p.batch_id, p.position,
      p.created >= unrated_notes.earliest or p.is_correct is not null or coalesce(p.rated_at >= unrated_notes.earliest, false)
        or exists (select from training t where t.batch_id = p.batch_id and t.position = p.position) as stays
    from predictions p where p.batch_id = any (unrated_notes.batches)
  )
  select batch_id, position from (
    select batch_id, position, stays or position = 0 and bool_or(stays) over (partition by batch_id) as stays from judged
  ) as standing
  where not stays
$$;

-- What was made lately stays, whatever somebody asks for who has found a way in.
create or replace function refuse_early_expiry(earliest timestamptz, youngest interval) returns void language plpgsql as $$
begin
  if earliest is null or earliest > now() - youngest then
    raise exception 'What is younger than % stays.', youngest using errcode = 'check_violation';
  end if;
end
$$;

create or replace function expire_unrated(batches uuid[], earliest timestamptz, out gone_batches integer, out gone_notes integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_early_expiry(earliest, '12 hours');
  -- A rating that comes at this moment is waited for, and then counts.
  perform from predictions where batch_id = any (expire_unrated.batches) order by batch_id, position for update;
  with gone as (
    select * from unrated_notes(batches, earliest)
  ), unsaid as (
    delete from words using gone where words.batch_id = gone.batch_id and words.position = gone.position
  ), deleted as (
    delete from predictions p using gone where p.batch_id = gone.batch_id and p.position = gone.position
    returning p.batch_id
  )
  select count(distinct batch_id), count(*) into gone_batches, gone_notes from deleted;
end
$$;

-- Models that were refused before "earliest": what a person has decided on, what others were made from, what has answered
-- and what labels were settled by stays.
create or replace function refused_models(earliest timestamptz) returns setof text language sql stable as $$
  select file_name from models m
  where not promoted and created < earliest
    and not exists (select from predictions p where p.model_file_name = m.file_name and p.position = 0)
    and not exists (select from training t where t.job_id = m.job_id)
    and not exists (select from models child where child.parent = m.file_name)
    and not exists (
      select from decisions d where d.model_file_name = m.file_name and (d.promoted or d.kind <> 'training')
    )
  order by file_name
$$;

create or replace function expire_models(earliest timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_early_expiry(earliest, '12 hours');
  with gone as (
    delete from models using refused_models(earliest) as refused where file_name = refused returning job_id
  )
  delete from jobs using gone where jobs.id = gone.job_id;
end
$$;

-- The numbers that people watch, and trainings that were put off.
create or replace function expire_records(earliest timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone bigint;
begin
  perform refuse_early_expiry(earliest, '12 hours');
  with numbers as (
    delete from figures where since < earliest returning true
  ), trainings as (
    delete from skipped_trainings where created < earliest returning true
  )
  select (select count(*) from numbers) + (select count(*) from trainings) into gone;
  return gone;
end
$$;

-- Takes the oldest records out of the audit log, and writes down that it did. Whoever asks cannot wipe away what was done
-- of late.
create or replace function expire_audit(earliest timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone bigint;
begin
  perform refuse_early_expiry(earliest, '89 days');
  perform set_config('loop.expiring', 'on', true);
  delete from audit where created < earliest;
  get diagnostics gone = row_count;
  perform set_config('loop.expiring', '', true);
  if gone > 0 then
    insert into audit (who, action, target, after)
    values (session_user, 'records-expired', 'audit', jsonb_build_object('records', gone, 'before', earliest));
  end if;
  return gone;
end
$$;

revoke all on function expire_unrated(uuid[], timestamptz), expire_models(timestamptz), expire_records(timestamptz), expire_audit(timestamptz) from public;
grant execute on function expire_unrated(uuid[], timestamptz), expire_models(timestamptz), expire_records(timestamptz), expire_audit(timestamptz) to ml_readwrite;

-- One role for each function that uses tables, with what it needs of them.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['ml_prediction_to_db', 'ml_feedback_to_db', 'ml_feedback_to_training', 'ml_training', 'ml_training_to_db', 'ml_predict_api'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception
      when duplicate_object or unique_violation then null;  -- another database of the server has it, or makes it now
    end;
  end loop;
end
$$;
revoke all on all tables in schema public from ml_prediction_to_db;
revoke all on all functions in schema public from ml_prediction_to_db;
grant usage on schema public to ml_prediction_to_db;
grant select on data_set to ml_prediction_to_db;
grant select, insert, update (prediction, score, probabilities, model_file_name, created, unlike, abstained, is_correct, true_label) on predictions to ml_prediction_to_db;
revoke all on all tables in schema public from ml_feedback_to_db;
revoke all on all functions in schema public from ml_feedback_to_db;
grant usage on schema public to ml_feedback_to_db;
grant select on data_set to ml_feedback_to_db;
grant select, update (is_correct, true_label, rated_at, reviewer, verified) on predictions to ml_feedback_to_db;
grant select, update (created, reviewer, verified) on training to ml_feedback_to_db;
grant select, insert, update (class, said_at) on words to ml_feedback_to_db;
grant insert on label_changes to ml_feedback_to_db;
revoke all on all tables in schema public from ml_feedback_to_training;
revoke all on all functions in schema public from ml_feedback_to_training;
grant usage on schema public to ml_feedback_to_training;
grant select on data_set to ml_feedback_to_training;
grant select, update (abstained) on predictions to ml_feedback_to_training;
grant select, insert, delete, update (class, reviewer, verified, created, role, job_id, checked_by, plausibility, unlike, oddity, suspicion, seconded_by, kept_by, doubt, outvoted, near_settled, set_aside, set_aside_by) on training to ml_feedback_to_training;
grant insert on label_changes to ml_feedback_to_training;
revoke all on all tables in schema public from ml_training;
revoke all on all functions in schema public from ml_training;
grant usage on schema public to ml_training;
grant select on data_set to ml_training;
grant select on predictions to ml_training;
grant select, update (role, job_id, checked_by, plausibility, unlike, oddity, suspicion, seconded_by, kept_by, doubt, outvoted, near_settled, set_aside, set_aside_by) on training to ml_training;
grant select, update (spent) on words to ml_training;
grant select, insert, delete on label_changes to ml_training;
grant select, insert, update on reviewer_counts to ml_training;
grant select on hold_out to ml_training;
grant select, insert on jobs to ml_training;
grant select, insert on models to ml_training;
grant select, insert on decisions to ml_training;
grant insert on skipped_trainings to ml_training;
grant select, insert, delete on alerts to ml_training;
grant select, insert, update (value) on figures to ml_training;
grant insert on audit to ml_training;
revoke all on all tables in schema public from ml_training_to_db;
revoke all on all functions in schema public from ml_training_to_db;
grant usage on schema public to ml_training_to_db;
grant select on data_set to ml_training_to_db;
grant select, insert on jobs to ml_training_to_db;
grant select, insert on models to ml_training_to_db;
grant select, insert on decisions to ml_training_to_db;
grant insert on audit to ml_training_to_db;
revoke all on all tables in schema public from ml_predict_api;
revoke all on all functions in schema public from ml_predict_api;
grant usage on schema public to ml_predict_api;
grant select on data_set to ml_predict_api;
grant select on predictions to ml_predict_api;
grant select, update (kept_by, set_aside, set_aside_by) on training to ml_predict_api;
grant select on words to ml_predict_api;
grant select, insert on label_changes to ml_predict_api;
grant select, insert on jobs to ml_predict_api;
grant select, insert on models to ml_predict_api;
grant select, insert on decisions to ml_predict_api;
grant select on skipped_trainings to ml_predict_api;
grant select, insert, delete on alerts to ml_predict_api;
grant select, insert, update (value) on figures to ml_predict_api;
grant select, insert, delete, update (holder, ends) on review_leases to ml_predict_api;
grant select, insert on audit to ml_predict_api;
grant select on reviewer_counts to ml_predict_api;
grant select on forgotten to ml_predict_api;
grant execute on function forget_person(text, text, text, boolean), finish_forgetting(text) to ml_predict_api;

commit;
