-- +goose Up
-- The newest row is never purged: SQLite numbers from max(seq), and a number must never come back.
create table outbox (
  seq bigint primary key,
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
