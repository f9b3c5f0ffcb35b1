-- +goose Up
-- A date that the provider proposes and the customer has not answered; how many were agreed on, and what the completion
-- would be without any of them.
alter table request add column proposed_due bigint;
alter table request add column agreed integer not null default 0;
alter table request add column original_due bigint;
alter table request add column original_is text not null default '';
-- Reopened in the same cycle; asked again as another request; the one that it repeats.
alter table request add column reopens integer not null default 0;
alter table request add column recurs integer not null default 0;
alter table request add column again_of bigint;
-- Accepted by the house, when it will be, and when its customer is told of that.
alter table request add column silent boolean not null default false;
alter table request add column accept_by bigint;
alter table request add column accept_tell bigint;
-- Counted seconds that the completion was paused, as of the last event; who has to say whether a pause was needed.
alter table request add column paused_took integer not null default 0;
alter table request add column contest text not null default '';
-- '' usual, 'wanted' urgent in the customer's eyes and not granted yet, 'urgent'
alter table request add column priority text not null default '';
create index request_again on request (again_of) where again_of is not null;
create index request_accept on request (accept_by) where accept_by is not null;
create index request_accept_tell on request (accept_tell) where accept_tell is not null;
-- reopen as another: its number; contest and its settlement: the number of the question in the log
alter table request_event add column other bigint;

-- +goose Down
alter table request_event drop column other;
drop index request_accept_tell;
drop index request_accept;
drop index request_again;
alter table request drop column priority;
alter table request drop column contest;
alter table request drop column paused_took;
alter table request drop column accept_tell;
alter table request drop column accept_by;
alter table request drop column silent;
alter table request drop column again_of;
alter table request drop column recurs;
alter table request drop column reopens;
alter table request drop column original_is;
alter table request drop column original_due;
alter table request drop column agreed;
alter table request drop column proposed_due;
