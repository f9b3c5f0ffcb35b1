-- +goose Up
-- how much everybody of a unit has in hand: the queue says it beside each name. closed_at stands in it so that SQLite
-- reads the index alone
create index request_in_hand on request (unit, assignee, state, merged_into, closed_at) where closed_at is null and assignee is not null;

-- +goose Down
drop index request_in_hand;
