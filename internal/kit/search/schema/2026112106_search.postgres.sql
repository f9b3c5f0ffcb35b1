-- +goose Up
create table search_doc (
  num bigint primary key,
  kind text not null,
  id bigint not null,
  title text not null,
  ref text not null,
  link text not null,
  print bigint not null,
  words tsvector not null
);
create unique index search_doc_key on search_doc (kind, id);
create index search_doc_words on search_doc using gin (words) with (fastupdate = off);
create table search_state (
  id bigint primary key,
  seq bigint not null,
  built boolean not null
);
insert into search_state (id, seq, built) values (1, 0, false);
