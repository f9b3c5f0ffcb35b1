-- +goose Up
-- The people to whom a personal-support service may be asked, by name.
create table catalog_supporter (
  service bigint not null references catalog_service (id),
  person bigint not null references org_person (id),
  primary key (service, person)
); -- without rowid
create index catalog_supporter_person on catalog_supporter (person);

-- +goose Down
drop table catalog_supporter;
