-- +goose Up
-- Both sides of a request lie beside the order of a list: what a unit has to do with another is found in the index of either,
-- and whose requests somebody sees in part only are passed over there.
drop index request_unit;
create index request_unit on request (unit, opened_at, id, state, service, provider, customer, due, completion_is);
drop index request_customer;
create index request_customer on request (customer, opened_at, id, state, service, provider, unit, due, completion_is);
drop index request_lent;
create index request_lent on request (provider, opened_at, id, state, service, unit, customer, due, completion_is) where provider <> unit;
drop index request_opened;
create index request_opened on request (opened_at, id, service, confidential, state, provider, unit, customer, due, completion_is);

-- +goose Down
drop index request_opened;
create index request_opened on request (opened_at, id, service, confidential, state, provider, due, completion_is);
drop index request_lent;
create index request_lent on request (provider, opened_at, id, state, service, due, completion_is) where provider <> unit;
drop index request_customer;
create index request_customer on request (customer, opened_at, id, state, service, provider, due, completion_is);
drop index request_unit;
create index request_unit on request (unit, opened_at, id, state, service, provider, due, completion_is);
