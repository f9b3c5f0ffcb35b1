-- +goose Up
-- Who stands in for a customer on a request, until when.
create table request_stand_in (
  request bigint not null references request (id),
  person bigint not null references org_person (id),
  by_person bigint not null references org_person (id), -- for whom
  at bigint not null,
  until_at bigint not null,
  primary key (request, person)
); -- without rowid
create index request_stand_in_until on request_stand_in (until_at);
create index request_stand_in_person on request_stand_in (person, request);
create index request_stand_in_by on request_stand_in (by_person);

-- +goose Down
drop table request_stand_in;
