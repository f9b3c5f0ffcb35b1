-- +goose Up
-- What a service kept of its standard is read from the index alone.
drop index request_service;
create index request_service on request (service, due, completion_is, state);

-- +goose Down
drop index request_service;
create index request_service on request (service, due);
