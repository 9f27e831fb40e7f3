-- What the file of a model was when it was recorded, so that another content under its name is not taken for it. Models of
-- before have none, and their signatures alone.

alter table models add column content_sha256 text check (content_sha256 ~ '^[0-9a-f]{64}$');
