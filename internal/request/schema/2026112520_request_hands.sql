-- +goose Up
alter table request add column hand_overs integer not null default 0; -- how often it was handed over
alter table request add column came_back integer not null default 0; -- how often it came back to a unit that had it
alter table request add column passes integer not null default 0; -- hand-overs since the quality office decided
alter table request add column parent bigint; -- the request that it is a part of
alter table request add column depth integer not null default 0; -- how many requests stand above it
alter table request add column parts integer not null default 0; -- what it was split into
alter table request add column parts_open integer not null default 0; -- of those: not ended
alter table request add column merged_into bigint; -- closed as a duplicate of that one
create index request_parent on request (parent, id) where parent is not null;
-- What a unit owes while another has it in hand.
create index request_lent on request (provider, opened_at, id) where provider <> unit;
-- What went through several hands: whom a unit may hand the next one to is learned from it.
create index request_moved on request (service, id) where hops > 1;
create index request_event_passed on request_event (at) where kind in ('hand-over', 'decline');

-- +goose Down
drop index request_event_passed;
drop index request_moved;
drop index request_lent;
drop index request_parent;
alter table request drop column merged_into;
alter table request drop column parts_open;
alter table request drop column parts;
alter table request drop column depth;
alter table request drop column parent;
alter table request drop column passes;
alter table request drop column came_back;
alter table request drop column hand_overs;
