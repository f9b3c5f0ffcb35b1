-- +goose Up
-- What becomes of a request that is asked beyond the limit of work in hand.
alter table catalog_service add column when_full text not null default 'line';

-- +goose Down
alter table catalog_service drop column when_full;
