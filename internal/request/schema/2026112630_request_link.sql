-- +goose Up
create index request_merged on request (merged_into, id) where merged_into is not null;
-- What belongs together, said once for both: from the one it was said on. It is kept when it is taken back.
create table request_link (
  id bigint primary key,
  request bigint not null references request (id),
  other bigint not null references request (id),
  kind text not null,       -- related, follows, blocked-by
  by_person bigint not null references org_person (id),
  at bigint not null,
  ended_at bigint,
  ended_by bigint references org_person (id)
);
create unique index request_link_once on request_link (request, other, kind) where ended_at is null;
create index request_link_of on request_link (request, id);
create index request_link_back on request_link (other, id);
create index request_link_person on request_link (by_person);
create index request_link_ender on request_link (ended_by) where ended_by is not null;

-- +goose Down
drop table request_link;
drop index request_merged;
