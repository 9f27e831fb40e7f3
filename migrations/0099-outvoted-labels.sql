-- A label that judges, and objected in vain to a model that was promoted, is shown for a second look; and what a second
-- reviewer has settled far from everything known makes its surroundings known.

alter table training
  add column outvoted text,
  add column near_settled boolean not null default false;
