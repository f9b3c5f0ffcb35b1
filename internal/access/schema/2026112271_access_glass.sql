-- +goose Up
-- A security officer looks at the house with somebody else's eyes, in one session.
create table access_view (
  id bigint primary key,
  session bigint not null,
  viewer bigint not null references org_person (id),
  person bigint not null references org_person (id),
  reason text not null,
  began_at bigint not null,
  until bigint not null,
  ended_at bigint
);
create index access_view_session on access_view (session, until);

-- A security officer opened one confidential record.
create table access_glass (
  id bigint primary key,
  subject_kind text not null,
  subject bigint not null,
  ref text not null,
  officer bigint not null references org_person (id),
  reason text not null,
  opened_at bigint not null,
  until bigint not null
);
create index access_glass_subject on access_glass (subject_kind, subject, officer, until);

-- What somebody is told of it: viewed (somebody looked with their eyes) or glass (their record was opened).
create table access_told (
  id bigint primary key,
  person bigint not null references org_person (id),
  what text not null,
  by_person bigint not null references org_person (id),
  reason text not null,
  ref text not null,
  at bigint not null,
  until bigint not null,
  noted_at bigint
);
create index access_told_person on access_told (person, id);

-- +goose Down
drop table access_told;
drop table access_glass;
drop table access_view;
