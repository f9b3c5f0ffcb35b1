-- +goose Up
-- Values are compared byte by byte, as SQLite does.
alter table request_field alter column value type text collate "C";

-- +goose Down
alter table request_field alter column value type text;
