-- +goose Up
-- the unit's own stages of the work on a request, as JSON: code, name, whether it waits for others; removed ones stay, retired
alter table catalog_service add column stages jsonb not null default '[]';

-- +goose Down
alter table catalog_service drop column stages;
