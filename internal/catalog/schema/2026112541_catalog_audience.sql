-- +goose Up
-- Who may know of a service; without a row everybody. side: in or out; kind: unit, site or role.
create table catalog_audience (
  service bigint not null references catalog_service (id),
  n integer not null,
  side text not null,
  kind text not null,
  unit bigint references org_unit (id), -- of a unit, a site
  below boolean not null,               -- of a unit: with the units below it
  role text not null default '',
  primary key (service, n)
); -- without rowid
create index catalog_audience_unit on catalog_audience (unit) where unit is not null;

-- Review: who proposed the draft, and why it was sent back; of a retired service the one to ask for instead.
alter table catalog_service add column proposed_by bigint references org_person (id);
alter table catalog_service add column proposed_at bigint;
alter table catalog_service add column sent_back text not null default '';
alter table catalog_service add column successor bigint references catalog_service (id);

-- +goose Down
alter table catalog_service drop column successor;
alter table catalog_service drop column sent_back;
alter table catalog_service drop column proposed_at;
alter table catalog_service drop column proposed_by;
drop table catalog_audience;
