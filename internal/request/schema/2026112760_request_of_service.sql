-- +goose Up
-- what a service has in hand: by version of its form, and its line; one index instead of three
create index request_of_service on request (service, number, state, service_version) where closed_at is null;
drop index request_line;
drop index request_open_service;
drop index request_form;

-- +goose Down
create index request_form on request (service, service_version) where closed_at is null;
create index request_open_service on request (service, id) where closed_at is null;
create index request_line on request (service, number) where state = 'new';
drop index request_of_service;
