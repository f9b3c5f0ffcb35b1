-- +goose Up
-- Written down by an agent for a colleague who called; it counts once the customer confirmed it.
alter table request add column logged_by bigint;
alter table request add column via text;
alter table request add column confirmed_at bigint;

-- +goose Down
alter table request drop column confirmed_at;
alter table request drop column via;
alter table request drop column logged_by;
