-- +goose Up
-- what ended lately: a night's reconcile reads it
create index request_closed on request (closed_at, id) where closed_at is not null;
-- what one unit owed in a quarter
create index request_provider on request (provider, due);

-- +goose Down
drop index request_provider;
drop index request_closed;
