-- +goose Up

create table talk_message (
  id bigint primary key,
  subject_kind text not null,
  subject bigint not null,
  person bigint not null,               -- 0: the house
  unit bigint not null,                 -- for which unit the person spoke; 0: none
  kind text not null,                   -- message | note | ask | answer | system
  body text not null,
  files integer not null,               -- how many, so that a list without files asks nothing more
  at bigint not null
);

create index talk_message_of_subject on talk_message (subject_kind, subject, at, id);

create table talk_mention (
  message bigint not null references talk_message (id),
  person bigint not null,
  primary key (message, person)
); -- without rowid

create table talk_watch (
  subject_kind text not null,
  subject bigint not null,
  person bigint not null,
  why text not null,
  at bigint not null,
  primary key (subject_kind, subject, person)
); -- without rowid

-- One row per message that a person has not read.
create table talk_unread (
  person bigint not null,
  message bigint not null references talk_message (id),
  subject_kind text not null,
  subject bigint not null,
  mentioned boolean not null,
  primary key (person, message)
); -- without rowid

create index talk_unread_of_subject on talk_unread (person, subject_kind, subject);

-- A file is unattached (subject_kind '') until a message or a form takes it; the sweep removes what nobody took.
create table talk_file (
  id bigint primary key,
  subject_kind text not null,
  subject bigint not null,
  message bigint not null,              -- 0: a field of a form, or unattached
  internal boolean not null,            -- of a note
  name text not null,
  type text not null,
  size bigint not null,
  hash text not null,
  person bigint not null,               -- who uploaded it
  at bigint not null
);

create index talk_file_of_subject on talk_file (subject_kind, subject, message);
create index talk_file_of_hash on talk_file (hash);

-- +goose Down
drop table talk_file;
drop table talk_unread;
drop table talk_watch;
drop table talk_mention;
drop table talk_message;
