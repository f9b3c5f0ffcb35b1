-- +goose Up
-- What somebody began to ask for and has not sent: one per person and service.
create table request_draft (
  person bigint not null references org_person (id),
  service bigint not null,
  title text not null,
  typed jsonb not null,   -- what stands beside the service's own fields
  fields jsonb not null,  -- raw answers, unchecked
  files text not null,    -- ids of uploaded files among them, separated by spaces
  saved_at bigint not null,
  primary key (person, service)
); -- without rowid
create index request_draft_saved on request_draft (saved_at);

-- +goose Down
drop table request_draft;
