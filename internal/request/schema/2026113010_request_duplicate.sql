-- +goose Up
-- It goes, or went, along with a request of the same customer: its outcome counts once, with that one.
alter table request add column duplicate boolean not null default false;

-- +goose Down
alter table request drop column duplicate;
