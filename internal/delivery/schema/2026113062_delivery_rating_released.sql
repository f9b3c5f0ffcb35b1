-- +goose Up
-- a rating is part of a number that was released; of which one is not said
alter table delivery_rating add column released boolean not null default false;
create index delivery_rating_waiting on delivery_rating (delivery, person) where released = false;

-- +goose Down
drop index delivery_rating_waiting;
alter table delivery_rating drop column released;
