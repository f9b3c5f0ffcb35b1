-- +goose Up
-- by when whoever asked needs it; what was promised stands in due
alter table request add column wished bigint;

-- +goose Down
alter table request drop column wished;
