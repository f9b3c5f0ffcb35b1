-- +goose Up
-- lists are narrowed from the top down
create index place_top on place (path) where parent is null;

-- +goose Down
drop index place_top;
