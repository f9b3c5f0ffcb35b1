-- +goose Up
create table audit (
  n bigint primary key, -- place in the chain: 1, 2, 3 …
  seq bigint not null, -- of the event
  at bigint not null,
  kind text not null,
  subject_kind text not null,
  subject bigint not null,
  actor bigint not null,
  via text not null,
  body text not null, -- canonical JSON, exactly as hashed
  prev text not null,
  hash text not null
);
create index audit_subject on audit (subject_kind, subject, n);
create index audit_actor on audit (actor, n);
create table audit_head (
  id bigint primary key,
  n bigint not null,
  seq bigint not null,
  hash text not null
);
insert into audit_head (id, n, seq, hash) values (1, 0, 0, '');
