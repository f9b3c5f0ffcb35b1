-- +goose Up
create table job (
  id bigint primary key,
  kind text not null,
  payload jsonb not null,
  state text not null, -- ready, running or dead; a job that is done is deleted
  priority integer not null,
  due bigint not null,
  tries integer not null,
  holder text not null,
  until bigint not null,
  unique_key text,
  error text not null,
  created bigint not null
);
create index job_ready on job (priority desc, due, id) where state = 'ready';
create index job_due on job (due) where state = 'ready';
create index job_running on job (kind, unique_key, until) where state = 'running';
create index job_dead on job (due) where state = 'dead';
create unique index job_unique on job (kind, unique_key) where state = 'ready' and unique_key is not null;
create table job_schedule (
  kind text primary key,
  due bigint not null,
  holder text not null,
  until bigint not null
);
