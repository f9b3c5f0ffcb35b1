-- +goose Up
-- Cache 1 and a first value that is used up: the horizon of the readers relies on last_value (see horizon.go).
create sequence outbox_seq_seq cache 1;
select setval('outbox_seq_seq', 1, true);
create table outbox (
  seq bigint primary key default nextval('outbox_seq_seq'),
  at bigint not null,
  kind text not null,
  subject_kind text not null,
  subject bigint not null,
  actor bigint not null,
  via text not null,
  body jsonb not null
);
create table event_cursor (
  name text primary key,
  seq bigint not null,
  holder text not null,
  until bigint not null,
  stuck bigint not null,
  tries integer not null,
  error text not null
);
