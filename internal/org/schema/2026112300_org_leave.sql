-- +goose Up
-- the change that handed over what somebody on long leave had; null: the absence stands for itself
alter table org_absence add column change bigint references org_change (id);
create index org_absence_change on org_absence (change) where change is not null;

-- what a person had when a long leave began, so that it can be asked back; read by that person alone
create table org_change_gave (
  change bigint not null references org_change (id),
  n integer not null,
  holding text not null,
  receiver bigint not null,
  title text not null,               -- empty: its words are not kept here
  href text not null,
  primary key (change, n)
); -- without rowid

-- +goose Down
drop table org_change_gave;
drop index org_absence_change;
alter table org_absence drop column change;
