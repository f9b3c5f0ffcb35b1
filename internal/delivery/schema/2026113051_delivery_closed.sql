-- +goose Up
create index delivery_closed on delivery (closed_at, id) where closed_at is not null;

-- +goose Down
drop index delivery_closed;
