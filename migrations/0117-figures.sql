-- How the numbers that people watch have been: one value of each for ten minutes, the last one measured in them.

create table figures (
  name  text             not null,
  since timestamptz      not null,
  value double precision not null,
  primary key (name, since)
);

grant select, insert, update on figures to ml_readwrite;
