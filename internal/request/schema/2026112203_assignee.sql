-- +goose Up
create index request_assignee on request (assignee, opened_at, id) where assignee is not null;

-- +goose Down
drop index request_assignee;
