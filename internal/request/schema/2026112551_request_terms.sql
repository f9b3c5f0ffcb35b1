-- +goose Up
-- The calendars of the customer's clocks where they are not the one of the unit that holds the request; null: that one.
alter table request_event add column response_calendar text;
alter table request_event add column response_version integer;
alter table request_event add column completion_calendar text;
alter table request_event add column completion_version integer;

-- +goose Down
alter table request_event drop column completion_version;
alter table request_event drop column completion_calendar;
alter table request_event drop column response_version;
alter table request_event drop column response_calendar;
