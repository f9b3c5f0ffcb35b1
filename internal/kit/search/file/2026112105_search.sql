-- +goose Up
create table search_doc (
  num bigint primary key,
  kind text not null,
  id bigint not null,
  title text not null,
  ref text not null,
  link text not null,
  print bigint not null
);
create unique index search_doc_key on search_doc (kind, id);
create virtual table search_text using fts5(title, body, content='', contentless_delete=1, detail=full, tokenize='ascii');
create table search_state (
  id bigint primary key,
  seq bigint not null,
  built boolean not null
);
insert into search_state (id, seq, built) values (1, 0, false);
