-- +goose Up
-- 'due': a new version of the calendar moved the due time, from and to
alter table request_event add column due_from bigint;
alter table request_event add column due_to bigint;

-- +goose Down
alter table request_event drop column due_to;
alter table request_event drop column due_from;
