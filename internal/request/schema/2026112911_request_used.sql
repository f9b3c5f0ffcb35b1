-- +goose Up
-- what opened in a span, and for which service: counted from the index alone
drop index request_opened;
create index request_opened on request (opened_at, id, service, confidential);

-- +goose Down
drop index request_opened;
create index request_opened on request (opened_at, id);
