-- +goose Up
-- The story of a role: why, by whom and since when it was given, and the first moment it no longer counts.
alter table org_role add column reason text not null default '';
alter table org_role add column given_by bigint not null default 0;
alter table org_role add column given_at bigint;
alter table org_role add column until bigint;
create index org_role_until on org_role (until) where until is not null;

-- What the company decided about who sees what, one row per change, shown to everybody.
create table org_company_log (
  id bigint primary key,
  at bigint not null,
  person bigint not null,
  changes jsonb not null
);

-- +goose Down
drop table org_company_log;
drop index org_role_until;
alter table org_role drop column until;
alter table org_role drop column given_at;
alter table org_role drop column given_by;
alter table org_role drop column reason;
