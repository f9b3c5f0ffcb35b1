-- +goose Up
-- What of an arrangement is still open and is not yet known to another system: a feed finds it by the day it is due.
create index delivery_match on delivery (service, customer, due) where origin = 'schedule' and external is null and closed_at is null;

-- +goose Down
drop index delivery_match;
