-- A name that was checked has its share however it is written: by case, kind of letter, spaces or what nobody sees it is no
-- other one.

drop index training_of_people;
create index training_of_people
  on training (
    (case
      when verified then lower(normalize(regexp_replace(coalesce(reviewer, ''), '[\s\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'), NFKC))
      else ''
    end),
    created, batch_id, position
  )
  where batch_id is not null;
