-- +goose Up
-- where the work stands among the service's own stages; '' is none
alter table request add column stage text not null default '';

-- +goose Down
alter table request drop column stage;
