-- Programs of before this loop write predictions and ratings, too, and know fewer columns. What they leave out is filled
-- in here, so that everybody who reads finds rows that are whole.

create function complete_prediction() returns trigger language plpgsql as $$
begin
  -- Without a place in its batch, a row gets the next one; two who add to one batch take turns. Times are as fine as
  -- those that JavaScript has, since the page of older batches begins where the one before it ended.
  if new.position is null then
    perform pg_advisory_xact_lock(hashtextextended(new.batch_id::text, 0));
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

create trigger complete_prediction before insert or update of is_correct on predictions
for each row when (
  new.position is null
  or new.is_correct is not null and new.rated_at is null
  or new.is_correct <> (new.true_label = new.prediction)
) execute function complete_prediction();

update predictions set rated_at = date_trunc('milliseconds', created) where is_correct is not null and rated_at is null;
