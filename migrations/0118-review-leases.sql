-- Who works on an item at the moment: it is shown to no other reviewer until then.

create table review_leases (
  batch_id uuid        not null,
  subject  text        not null,
  holder   text        not null,
  ends     timestamptz not null,
  primary key (batch_id, subject)
);
create index review_leases_ended on review_leases (ends);

grant select, insert, update, delete on review_leases to ml_readwrite;
