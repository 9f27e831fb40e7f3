-- A program of before this loop knows no places, and stores what is delivered to it again a second time. A row without a
-- place, of a subject and with values that its batch has already, is such a repetition, and is left out. Rows of one
-- transaction belong to one delivery: there the same item may stand twice.

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
