-- +goose Up
-- holder_kind: 1 person, 2 unit, 3 role of the whole company (holder 0)
create table access_grant (
  subject_kind text not null,
  subject bigint not null,
  holder_kind integer not null,
  holder bigint not null,
  role text not null default '',
  why text not null,
  at bigint not null,
  primary key (subject_kind, subject, holder_kind, holder, role, why)
); -- without rowid
create index access_grant_holder on access_grant (holder_kind, holder, subject_kind, subject, role, why);

create view access_grant_v as
  select subject_kind, subject, holder_kind, holder, role, why, at
  from access_grant;

-- +goose Down
drop view access_grant_v;
drop table access_grant;
