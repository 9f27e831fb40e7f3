-- Each reviewer's word on each prediction is kept, so that it does not depend on the order in which they arrive who agrees
-- with whom. Until now a row of training knew one reviewer who had said the same, and only if that one came later.

create table words (
  batch_id uuid        not null,
  position bigint      not null,
  reviewer text        not null,
  verified boolean     not null,
  class    smallint,
  said_at  timestamptz not null,
  spent    boolean     not null default false,
  primary key (batch_id, position, reviewer, verified)
);
grant select, insert, update on words to ml_readwrite;

insert into words (batch_id, position, reviewer, verified, class, said_at)
select batch_id, position, coalesce(reviewer, ''), verified, class, created from training where batch_id is not null;

insert into words (batch_id, position, reviewer, verified, class, said_at)
select batch_id, position, case seconded_by when 'somebody without a name' then '' else seconded_by end, verified, class,
  created - interval '1 millisecond'
from training where batch_id is not null and seconded_by is not null
on conflict do nothing;
