-- +goose Up
-- what ended lately: a night's reconcile and the capacity of units read it
create index request_closed on request (closed_at, id) where closed_at is not null;

-- +goose Down
drop index request_closed;
