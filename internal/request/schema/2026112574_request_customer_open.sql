-- +goose Up
-- What a unit waits for, the next due first.
create index request_customer_open on request (customer, next_due, id) where closed_at is null;

-- +goose Down
drop index request_customer_open;
