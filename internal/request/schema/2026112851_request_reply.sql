-- +goose Up
-- What a word of the customer after the first response is answered within (null: nothing is promised of it), as its event
-- says it; it counts in the calendar of the first response.
alter table request_event add column next_value integer;
alter table request_event add column next_unit text;
-- Since when the customer waits for an answer to such a word, and by when it is owed; null: nothing waits.
alter table request add column reply_since bigint;
alter table request add column reply_due bigint;
-- Each of these turns: a cache of what the log comes to, proven by doctor. The report counts them one by one.
create table reply_turn (
  request bigint not null references request (id),
  n integer not null,
  service bigint not null,
  began_at bigint not null,
  due_at bigint not null,
  ended_at bigint,
  outcome text not null,
  took bigint not null,
  primary key (request, n)
); -- without rowid

create index reply_turn_service on reply_turn (service, due_at);

-- +goose Down
drop table reply_turn;
alter table request drop column reply_due;
alter table request drop column reply_since;
alter table request_event drop column next_unit;
alter table request_event drop column next_value;
