-- +goose Up
-- The small picture of a photograph, by the hash of its contents; empty when no picture can be made of it.
create table talk_thumb (
  hash text primary key,
  thumb text not null
); -- without rowid
create index talk_thumb_thumb on talk_thumb (thumb);

-- +goose Down
drop table talk_thumb;
