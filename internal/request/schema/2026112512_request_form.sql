-- +goose Up
-- how many open requests keep which version of a form
create index request_form on request (service, service_version) where closed_at is null;

-- +goose Down
drop index request_form;
