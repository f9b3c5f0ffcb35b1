-- +goose Up
-- The report of first responses reads what was due in its span, as that of completions does by request_service.
create index request_response on request (service, response_due);

-- +goose Down
drop index request_response;
