-- +goose Up
-- a form that is being changed: requests are still asked with the one in force. stamp is new with every change of it.
create table catalog_form_draft (
  service bigint not null references catalog_service (id),
  form jsonb not null,
  base integer not null,
  stamp bigint not null,
  changed_by bigint,
  changed_at bigint not null,
  primary key (service)
); -- without rowid

-- +goose Down
drop table catalog_form_draft;
