-- A label that looks wrong is shown for a second look also while it is learned from.

alter table training add column doubt text;
create index training_doubted on training (created desc) where doubt is not null or set_aside is not null;
