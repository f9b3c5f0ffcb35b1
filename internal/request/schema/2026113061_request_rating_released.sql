-- +goose Up
-- a rating is part of a number that was released; of which one is not said
alter table rating add column released boolean not null default false;
create index rating_waiting on rating (request, person) where released = false;

-- +goose Down
drop index rating_waiting;
alter table rating drop column released;
