-- +goose Up
-- what somebody waits for: the home page shows the next due of all that one ever asked
create index request_asked_open on request (asked_by, next_due, id) where state in ('new', 'working');
create index request_for_open on request (for_person, next_due, id) where for_person is not null and state in ('new', 'working');

-- +goose Down
drop index request_for_open;
drop index request_asked_open;
