-- +goose Up
-- What most lists are narrowed by, state, service, provider, due time and outcome, lies beside the order of the list: what a filter
-- leaves out is passed over in the index. What is open of a service needs no index of its own then, and the line of a unit
-- stands in the index of its queue.
drop index request_asked;
create index request_asked on request (asked_by, opened_at, id, state, service, provider, due, completion_is);
drop index request_for;
create index request_for on request (for_person, opened_at, id, state, service, provider, due, completion_is) where for_person is not null;
drop index request_assignee;
create index request_assignee on request (assignee, opened_at, id, state, service, provider, due, completion_is) where assignee is not null;
drop index request_unit;
create index request_unit on request (unit, opened_at, id, state, service, provider, due, completion_is);
drop index request_customer;
create index request_customer on request (customer, opened_at, id, state, service, provider, due, completion_is);
drop index request_lent;
create index request_lent on request (provider, opened_at, id, state, service, due, completion_is) where provider <> unit;
drop index request_opened;
create index request_opened on request (opened_at, id, service, confidential, state, provider, due, completion_is);
drop index request_response;
drop index request_of_service;
create index request_of_service on request (service, opened_at, id, state, response_due, due, completion_is);
drop index request_open;
create index request_open on request (unit, next_due, id, number, state, service, closed_at) where closed_at is null;
drop index request_line_unit;

-- +goose Down
create index request_line_unit on request (unit, number) where state = 'new';
drop index request_open;
create index request_open on request (unit, next_due, id) where closed_at is null;
drop index request_of_service;
create index request_of_service on request (service, number, state, service_version) where closed_at is null;
create index request_response on request (service, response_due);
drop index request_opened;
create index request_opened on request (opened_at, id, service, confidential);
drop index request_lent;
create index request_lent on request (provider, opened_at, id) where provider <> unit;
drop index request_customer;
create index request_customer on request (customer, opened_at, id);
drop index request_unit;
create index request_unit on request (unit, opened_at, id);
drop index request_assignee;
create index request_assignee on request (assignee, opened_at, id) where assignee is not null;
drop index request_for;
create index request_for on request (for_person, opened_at, id) where for_person is not null;
drop index request_asked;
create index request_asked on request (asked_by, opened_at, id);
