-- +goose Up
alter table edge add column standing text not null default '';     -- '' | proposed | confirmed | disputed | ended: see standingOf
alter table edge add column standing_at bigint not null default 0; -- since when

-- What a side says of an edge now: the provider, the customer, or the quality office, which asks both or rules between them.
create table edge_word (
  edge bigint not null references edge (id),
  side text not null,                   -- provider | customer | office
  says text not null,                   -- yes | no | asks
  person bigint not null,
  at bigint not null,
  note text not null,
  primary key (edge, side)
); -- without rowid

-- Everything that ever changed what is known of an edge, and what was known after it: the map of any day is read from it.
create table edge_log (
  edge bigint not null references edge (id),
  n bigint not null,
  at bigint not null,
  what text not null,                   -- observed | declared | undeclared | yes | no | asks
  side text not null,                   -- whose word; '' otherwise
  person bigint,                        -- null: the house
  note text not null,
  standing text not null,
  observed boolean not null,
  declared boolean not null,
  primary key (edge, n)
); -- without rowid
create index edge_log_at on edge_log (at);
create index edge_log_person on edge_log (person) where person is not null;
create index edge_word_person on edge_word (person);

insert into edge_log (edge, n, at, what, side, person, note, standing, observed, declared)
select id, 1, case when declared_at = 0 or observed_at <> 0 and observed_at <= declared_at then observed_at else declared_at end,
  case when declared_at = 0 or observed_at <> 0 and observed_at <= declared_at then 'observed' else 'declared' end, '', null, '', '',
  declared_at = 0 or observed_at <> 0 and observed_at <= declared_at, not (declared_at = 0 or observed_at <> 0 and observed_at <= declared_at)
from edge
where observed_at <> 0 or declared_at <> 0;
insert into edge_log (edge, n, at, what, side, person, note, standing, observed, declared)
select id, 2, case when observed_at <= declared_at then declared_at else observed_at end,
  case when observed_at <= declared_at then 'declared' else 'observed' end, '', null, '', '', true, true
from edge
where observed_at <> 0 and declared_at <> 0;

-- +goose Down
drop table edge_log;
drop table edge_word;
alter table edge drop column standing_at;
alter table edge drop column standing;
