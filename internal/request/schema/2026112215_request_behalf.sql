-- +goose Up
-- In whose place it was done, by a deputy; null: the actor's own deed.
alter table request_event add column behalf bigint;
create index request_event_behalf on request_event (behalf, at) where behalf is not null;

-- +goose Down
drop index request_event_behalf;
alter table request_event drop column behalf;
