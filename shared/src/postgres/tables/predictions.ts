import type { DataSet } from '../../data-set/declaration.ts';
import { featureDefinitions, labelList } from './declared.ts';

/** What models answer, and what people say of it. */
export function predictionTables(dataSet: DataSet): string {
  return `-- One row for each item of each batch, in the batch's own order. \`is_correct\` is a person's word on \`prediction\`:
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
) execute function complete_prediction();`;
}
