-- +goose Up
-- how often the whole letter was handed over and no answer came: it may have arrived each time
alter table notice_post add column unsure integer not null default 0;

-- +goose Down
alter table notice_post drop column unsure;
